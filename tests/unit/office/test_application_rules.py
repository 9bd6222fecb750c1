"""What an application asks of whom, when it is complete, and who may decide it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from laws.office_world import BEGUN, PEOPLE, World, read_systems
from openjustice.contracts.system import System
from openjustice.ground import errors
from openjustice.office.applications.rules import acts, case, completeness
from openjustice.office.applications.rules.case import Actor, Application
from openjustice.office.applications.rules.lifecycle import State

ADA, BEN, CLEO, DAN, EVE, FAY, GUS = PEOPLE[:7]
TODAY = date(2027, 11, 1)
BOTH = read_systems("achs", "ripa")


def first(given: Any) -> Any:
    return given[0]


def begin(*systems: System, actor: Actor = ADA) -> Application:
    return acts.begin("A-1", jurisdiction="california", systems=systems or BOTH, actor=actor, at=BEGUN).application


def until(state: str, *systems: System) -> Application:
    """Bring an application to a state by the acts that lead there."""
    world = World(systems=systems or BOTH, choose=first)
    world._keep_application(
        None, acts.begin("A-1", jurisdiction="california", systems=world.systems, actor=ADA, at=BEGUN)
    )
    while world.applications["A-1"].state != state:
        world.further("A-1")
    return world.applications["A-1"]


def refused(call: Any, *arguments: Any, **named: Any) -> tuple[str, ...]:
    with pytest.raises(errors.AccessRefused) as refusal:
        call(*arguments, **named)
    return refusal.value.codes


def test_two_systems_in_one_application_ask_for_each_paper_once():
    held = acts.invite(begin(), account="ben", actor=ADA, at=BEGUN).application
    needs = {need.need: need.systems for need in held.needs}
    assert needs == {
        "fingerprint_check.ada": ("achs",),
        "fingerprint_check.ben": ("achs",),
        "curriculum_vitae.ada": ("achs", "ripa"),
        "curriculum_vitae.ben": ("ripa",),
        "irb_approval.application": ("achs",),
        "human_subjects_training.ada": ("achs",),
        "human_subjects_training.ben": ("achs",),
        "conditions_of_release.ada.achs": ("achs",),
        "conditions_of_release.ben.achs": ("achs",),
        "notary_identity.ada": ("ripa",),
        "notary_identity.ben": ("ripa",),
        "conditions_of_release.ada.ripa": ("ripa",),
        "conditions_of_release.ben.ripa": ("ripa",),
    }


def test_the_strictest_rule_of_several_systems_holds():
    lax = BOTH[0]
    required = lax.requirements["fingerprint_check"]
    strict = lax.model_copy(
        update={"system": "other", "requirements": {"f": required.model_copy(update={"valid_months": 6})}}
    )
    need = next(item for item in case.find_needs((lax, strict), accounts=("ada",)) if "fingerprint" in item.need)
    assert need.systems == ("achs", "other")
    assert need.requirement.valid_months == 6


def test_everything_that_is_missing_is_told_at_once_by_field():
    held = acts.invite(begin(), account="ben", actor=ADA, at=BEGUN).application
    with pytest.raises(errors.AccessRefused) as refusal:
        acts.submit(held, actor=ADA, at=BEGUN, today=TODAY)
    fields = {str(fault.place.field) for fault in refusal.value.faults}
    assert {"asker.achs", "asker.ripa", "answer.purpose", "member.ben", "item.notary_identity.ben"} <= fields
    assert len(refusal.value.faults) == 2 + 4 + 1 + 13


def test_a_newer_form_never_touches_an_application_that_was_begun():
    before = begin(BOTH[0])
    stored = before.model_dump_json()
    question = BOTH[0].form.questions["purpose"].model_copy(update={"title": {"en": "A new question"}})
    newer = BOTH[0].model_copy(
        update={"version": 2, "form": BOTH[0].form.model_copy(update={"version": 2, "questions": {"new": question}})}
    )
    assert "new" in completeness.questions(begin(newer))
    again = Application.model_validate_json(stored)
    assert again == before
    assert list(completeness.questions(again)) == list(completeness.questions(before))
    assert again.systems[0].form.version == 1


@pytest.mark.parametrize(
    ("made", "today", "holds"),
    [
        ("2026-11-02", "2027-11-01", True),
        ("2026-11-01", "2027-11-01", False),
        ("2024-02-29", "2025-02-27", True),
        ("2024-02-29", "2025-02-28", False),
        ("2027-11-02", "2027-11-01", False),
    ],
)
def test_a_background_check_holds_twelve_months(made: str, today: str, holds: bool):
    need = next(item for item in begin().needs if item.kind == "fingerprint_check")
    item = case.Brought(need=need.need, by="ada", at=BEGUN, made_on=date.fromisoformat(made), reference="1")
    assert completeness.holds(need, item, on=date.fromisoformat(today)) is holds


def test_a_paper_that_states_its_end_holds_through_that_day():
    need = next(item for item in begin().needs if item.kind == "irb_approval")
    item = case.Brought(need=need.need, by="ada", at=BEGUN, made_on=date(2027, 1, 1), ends_on=date(2027, 11, 1))
    assert completeness.holds(need, item, on=date(2027, 11, 1))
    assert not completeness.holds(need, item, on=date(2027, 11, 2))


@pytest.mark.parametrize(
    ("need", "given", "code"),
    [
        ("irb_approval.application", {"attachment": "f", "made_on": TODAY}, "end_wanting"),
        ("irb_approval.application", {"made_on": TODAY, "ends_on": TODAY}, "evidence_wanting"),
        ("fingerprint_check.ada", {"made_on": TODAY, "attachment": "f"}, "evidence_wanting"),
        ("fingerprint_check.ada", {"made_on": TODAY + timedelta(days=1), "reference": "1"}, "made_in_future"),
        ("fingerprint_check.ada", {"made_on": TODAY - timedelta(days=400), "reference": "1"}, "item_expired"),
        ("conditions_of_release.ada.ripa", {"made_on": TODAY, "reference": "yes"}, "evidence_wanting"),
        ("conditions_of_release.ada", {"made_on": TODAY, "signed": "Ada"}, "item_unknown"),
    ],
)
def test_an_item_is_shown_as_it_was_declared(need: str, given: dict[str, Any], code: str):
    assert refused(acts.bring, begin(), need=need, actor=ADA, at=BEGUN, today=TODAY, **given) == (code,)


def test_everybody_brings_their_own_items():
    held = acts.invite(begin(), account="ben", actor=ADA, at=BEGUN).application
    item: dict[str, Any] = {
        "need": "notary_identity.ben",
        "made_on": TODAY,
        "today": TODAY,
        "attachment": "f",
        "at": BEGUN,
    }
    assert refused(acts.bring, held, actor=ADA, **item) == ("not_yours",)
    assert acts.bring(held, actor=BEN, **item).application.brought_for("notary_identity.ben")


def test_what_somebody_brought_goes_with_them():
    held = acts.invite(begin(), account="ben", actor=ADA, at=BEGUN).application
    item: dict[str, Any] = {
        "need": "notary_identity.ben",
        "made_on": TODAY,
        "today": TODAY,
        "attachment": "f",
        "at": BEGUN,
    }
    held = acts.bring(held, actor=BEN, **item).application
    held = acts.decline(held, actor=BEN, at=BEGUN).application
    assert held.accounts == ("ada",)
    assert not held.brought


def test_the_missing_notary_form_is_asked_for_and_brought():
    held = until("under_review")
    need = "notary_identity.ada"
    held = acts.reject(held, need=need, note="Not signed", actor=DAN, at=BEGUN).application
    held = acts.ask(held, need=need, text="Please bring the form again.", actor=DAN, at=BEGUN).application
    assert held.state == "returned"
    assert refused(acts.answer, held, text="Here", actor=ADA, at=BEGUN, today=TODAY) == ("item_rejected",)
    held = acts.bring(held, need=need, made_on=TODAY, attachment="g", actor=ADA, at=BEGUN, today=TODAY).application
    held = acts.answer(held, text="Here", actor=ADA, at=BEGUN, today=TODAY).application
    assert held.state == "under_review"
    assert [item.kind for item in held.messages] == ["question", "answer"]
    assert len([item for item in held.brought if item.need == need]) == 2, "what was rejected is kept"


def test_one_system_may_be_approved_and_another_denied_with_reasons():
    held = until("recommended")
    assert refused(acts.approve, held, denied={"ripa": ()}, words="", actor=FAY, at=BEGUN) == ("reason_wanting",)
    assert refused(acts.approve, held, denied={"ripa": ("none",)}, words="", actor=FAY, at=BEGUN) == ("unknown_reason",)
    made = acts.approve(held, denied={"ripa": ("security_insufficient",)}, words="", actor=FAY, at=BEGUN)
    decision = made.application.decisions[-1]
    assert decision.approved == ("achs",)
    assert made.event.detail == {"approved": "achs", "denied": "ripa"}
    words = acts.reason_words(made.application, decision, language="es")
    assert words == {"ripa": ("Los registros no estarían seguros.",)}


def test_nothing_is_approved_that_holds_no_more_on_the_day_of_the_decision():
    held = until("recommended")
    late = BEGUN + timedelta(days=366)
    codes = refused(acts.approve, held, denied={}, words="", actor=FAY, at=late)
    assert set(codes) == {"item_expired"}


def test_nobody_judges_twice_or_their_own():
    held = until("recommended")
    assert refused(acts.approve, held, denied={}, words="", actor=DAN, at=BEGUN) == ("not_yours",)
    both = Actor("dan", frozenset({"reviewer", "decider"}))
    assert refused(acts.approve, held, denied={}, words="", actor=both, at=BEGUN) == ("not_yours",)
    own = Actor("ada", frozenset({"researcher", "reviewer", "decider"}))
    assert refused(acts.approve, held, denied={}, words="", actor=own, at=BEGUN) == ("not_yours",)


def test_a_refusal_is_kept_and_an_appeal_goes_to_somebody_else():
    held = until("recommended")
    denied = dict.fromkeys(("achs", "ripa"), ("purpose_not_covered",))
    held = acts.deny(held, denied=denied, words="Not now", actor=FAY, at=BEGUN).application
    held = acts.appeal(held, text="It is covered", actor=ADA, at=BEGUN).application
    assert refused(acts.settle_appeal, held, upheld=False, text="Yes", actor=FAY, at=BEGUN) == ("decided_it",)
    held = acts.settle_appeal(held, upheld=False, text="It is", actor=GUS, at=BEGUN).application
    assert held.state == "under_review"
    assert held.decisions[0].denied == denied
    # Whoever denied it decided it; she does not review it now.
    reviewer = Actor("fay", frozenset({"reviewer", "decider"}))
    assert refused(acts.recommend, held, actor=reviewer, at=BEGUN) == ("not_yours",)


def test_an_application_lapses_only_when_the_days_for_an_answer_are_over():
    held = acts.ask(until("under_review"), text="Why?", actor=DAN, at=BEGUN).application
    assert held.due_at == BEGUN + timedelta(days=60)
    early = held.due_at - timedelta(seconds=1)
    assert refused(acts.lapse, held, actor=case.HOUSE_ITSELF, at=early) == ("not_due",)
    assert acts.lapse(held, actor=case.HOUSE_ITSELF, at=held.due_at).application.state == "lapsed"


def test_nobody_with_a_suspended_license_applies():
    held = until("submitted")
    draft = held.model_copy(update={"state": State.DRAFT})
    codes = refused(acts.submit, draft, actor=ADA, at=BEGUN, today=TODAY, suspended=["ada"])
    assert codes == ("license_suspended",)


def test_an_event_never_carries_what_somebody_wrote():
    held = until("under_review")
    made = acts.ask(held, text="SECRET WORDS", actor=DAN, at=BEGUN)
    assert "SECRET" not in str(made.event)
    filled = acts.fill(begin(), answers={"purpose": "SECRET"}, askers={}, actor=ADA, at=BEGUN)
    assert "SECRET" not in str(filled.event)

"""A license runs its year, reminds, renews, ends to the second, and is not over until every copy is certified as destroyed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from laws.office_world import PEOPLE, World, read_systems
from openjustice.ground import errors
from openjustice.office.applications.rules import acts as application_acts
from openjustice.office.applications.rules.case import Application
from openjustice.office.licenses.rules import acts, grant
from openjustice.office.licenses.rules.grant import Copy, License

ADA, BEN, _, DAN, _, FAY, GUS, HAL = PEOPLE[:8]
ACHS = read_systems("achs")
START = datetime(2028, 2, 29, 20, tzinfo=UTC)


def approved(at: datetime = START) -> Application:
    world = World(systems=ACHS, choose=lambda given: given[0], now=at)
    made = application_acts.begin("A-1", jurisdiction="california", systems=ACHS, actor=ADA, at=at)
    world._keep_application(None, made)
    for _ in range(4):
        world.further("A-1")
    return world.applications["A-1"]


def granted(at: datetime = START) -> License:
    return grant.grant("L-1", application=approved(at), system="achs", at=at)


def with_copy(held: License, *, fetched: bool = True) -> License:
    number = len(held.copies) + 1
    copy = Copy(
        number=number,
        dataset="d",
        sha256="0",
        mark=f"m{number}",
        recipient="age1",
        made_by="hal",
        made_at=held.starts_at,
    )
    held = acts.deliver(held, copy=copy, actor=HAL, at=held.starts_at).license
    return acts.fetch(held, number=number, actor=ADA, at=held.starts_at).license if fetched else held


def ticked(held: License, at: datetime) -> License:
    for done in acts.tick(held, at=at):
        held = done.license
    return held


def refused(call: Any, *arguments: Any, **named: Any) -> tuple[str, ...]:
    with pytest.raises(errors.AccessRefused) as refusal:
        call(*arguments, **named)
    return refusal.value.codes


def test_a_license_of_a_leap_day_ends_as_the_first_of_march_begins_in_california():
    assert granted().ends_at == datetime(2029, 3, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize("year", range(2026, 2034))
def test_renewals_keep_the_anniversary_over_leap_years(year: int):
    held = granted(datetime(year, 3, 1, 20, tzinfo=UTC))
    for terms in range(1, 6):
        held = held.model_copy(update={"terms": terms})
        assert held.ends_at == datetime(year + terms, 3, 2, 8, tzinfo=UTC)


def test_a_license_lives_to_the_last_second_and_not_one_longer():
    held = granted()
    assert grant.is_live(held, at=held.ends_at - timedelta(microseconds=1))
    assert not grant.is_live(held, at=held.ends_at)
    assert acts.tick(held, at=held.ends_at - timedelta(microseconds=1))[-1].event.event != "license_expired"
    assert ticked(held, held.ends_at).state == "destroyed", "no copy was fetched, so nothing is owed"


def test_nothing_is_given_after_the_end_even_while_the_clock_stands_still():
    held = with_copy(granted())
    assert held.state == "active"
    assert refused(acts.fetch, held, number=1, actor=ADA, at=held.ends_at) == ("license_over",)


def test_reminders_are_told_on_their_days_and_once():
    held, told = granted(), []
    moment = START
    while moment < held.ends_at:
        for done in acts.tick(held, at=moment):
            held = done.license
            told.append((done.event.event, (held.ends_at - moment).days, done.event.detail.get("days")))
        moment += timedelta(hours=1)
    assert told == [
        ("renewal_opened", 90, None), ("license_reminded", 90, "90"), ("license_reminded", 60, "60"),
        ("license_reminded", 30, "30"), ("license_reminded", 7, "7"),
    ]  # fmt: skip


def test_reminders_missed_while_the_clock_stood_are_told_as_one():
    held = granted()
    made = acts.tick(held, at=held.ends_at - timedelta(days=20))
    assert [done.event.event for done in made] == ["renewal_opened", "license_reminded"]
    assert made[-1].event.detail == {"days": "30", "missed": "2"}


def test_renewal_is_asked_in_the_window_with_every_item_holding():
    held, application = granted(), approved()
    early = held.renewal_opens_at - timedelta(seconds=1)
    ask: dict[str, Any] = {"application": application, "text": "We go on", "actor": ADA}
    assert refused(acts.ask_renewal, held, at=early, **ask) == ("renewal_not_open",)
    held = ticked(held, held.renewal_opens_at)
    assert (held.state, held.renewal_opens_at) == ("renewal_open", datetime(2028, 12, 1, 8, tzinfo=UTC))
    asked = acts.ask_renewal(held, at=held.renewal_opens_at, **ask).license
    renewed = acts.renew(asked, actor=GUS, at=held.renewal_opens_at).license
    assert renewed.ends_at == datetime(2030, 3, 1, 8, tzinfo=UTC)
    assert renewed.state == "active"
    assert renewed.reminded == ()
    assert not acts.tick(renewed, at=held.ends_at), "the old end is no end any more"
    late = held.ends_at - timedelta(days=1)
    assert set(refused(acts.ask_renewal, held, at=late, **ask)) == {"item_expired"}


def test_a_refused_renewal_is_kept_and_the_license_runs_on():
    held = ticked(granted(), granted().renewal_opens_at)
    held = acts.ask_renewal(held, application=approved(), text="More", actor=ADA, at=held.renewal_opens_at).license
    assert refused(acts.refuse_renewal, held, reasons=("none",), text="No", actor=GUS, at=held.since) == (
        "reason_wanting",
    )
    held = acts.refuse_renewal(held, reasons=("not_eligible",), text="No", actor=GUS, at=held.since).license
    assert held.state == "renewal_open"
    assert held.notes[-1].reasons == ("not_eligible",)


def test_a_revoked_license_gives_nothing_and_owes_a_certificate_per_copy():
    held = with_copy(with_copy(with_copy(granted()), fetched=False))
    held = acts.revoke(held, text="A breach", actor=GUS, at=START).license
    assert refused(acts.fetch, held, number=1, actor=ADA, at=START) == ("may_not_act",)
    assert [copy.number for copy in held.uncertified] == [1, 3]
    assert held.certificates_due_at == datetime(2028, 3, 30, 7, tzinfo=UTC)
    assert not acts.tick(held, at=START)
    certificate: dict[str, Any] = {
        "method": "erased",
        "destroyed_on": date(2028, 3, 1),
        "signed": "Ada",
        "language": "en",
        "actor": ADA,
    }
    at = START + timedelta(days=2)
    held = acts.certify(held, number=1, at=at, **certificate).license
    assert refused(acts.certify, held, number=1, at=at, **certificate) == ("copy_certified",)
    held = ticked(acts.certify(held, number=3, at=at, **certificate).license, at)
    assert held.state == "destroyed"
    assert held.destroyed_in_time is True


def test_a_certificate_is_signed_dated_and_of_a_declared_method():
    held = acts.close(with_copy(granted()), actor=ADA, at=START).license
    wrong = {"number": 1, "method": "lost", "destroyed_on": date(2028, 3, 9), "signed": " ", "language": "en"}
    codes = refused(acts.certify, held, actor=ADA, at=START, **wrong)
    assert codes == ("unknown_choice", "signature_wanting", "day_impossible")


def test_certificates_are_chased_until_they_are_given():
    held = acts.close(with_copy(granted()), actor=ADA, at=START).license
    due, chased = held.certificates_due_at, []
    assert due
    for day in range(200):
        for done in acts.tick(held, at=due + timedelta(days=day)):
            held = done.license
            chased.append(day)
    assert chased == [1, 7, 14, 30, 60, 90, 120, 150, 180]
    late = due + timedelta(days=199)
    held = acts.certify(
        held, number=1, method="erased", destroyed_on=late.date(), signed="Ada", language="es", actor=ADA, at=late
    ).license
    assert ticked(held, late).state == "destroyed"
    assert held.destroyed_in_time is False


def test_a_suspended_license_ends_at_its_end_and_its_reinstatement_moves_nothing():
    held = acts.suspend(with_copy(granted()), text="Looked at", actor=GUS, at=START).license
    assert not grant.is_live(held, at=START)
    assert refused(acts.fetch, held, number=1, actor=ADA, at=START) == ("may_not_act",)
    back = acts.reinstate(held, text="Nothing", actor=GUS, at=START + timedelta(days=9)).license
    assert back.ends_at == granted().ends_at
    assert refused(acts.reinstate, held, text="Nothing", actor=GUS, at=held.ends_at) == ("license_over",)
    assert ticked(held, held.ends_at).state == "expired"


@pytest.mark.parametrize("seed", range(5))
def test_whoever_sleeps_until_the_next_moment_misses_nothing(seed: int):
    """Looking only at the moments that a license names finds the same acts as looking every quarter of an hour."""
    held = with_copy(granted(START + timedelta(hours=37 * seed)))
    often = rare = held
    end = held.ends_at + timedelta(days=59)
    seen_often, seen_rarely, moment = [], [], held.starts_at
    while (wake := grant.next_moment(rare)) is not None and wake <= end:
        for done in acts.tick(rare, at=wake):
            rare = done.license
            seen_rarely.append(done.event.event)
    step = timedelta(hours=6) if seed else timedelta(hours=1)
    while moment <= end:
        for done in acts.tick(often, at=moment):
            often = done.license
            seen_often.append(done.event.event)
        moment += step
    assert seen_often == seen_rarely


def test_it_survives_being_stored():
    held = acts.suspend(with_copy(granted()), text="Looked at", actor=GUS, at=START).license
    assert License.model_validate_json(held.model_dump_json()) == held

"""The proposals find by themselves what identifies people, and every plan holds what it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import yaml

from openjustice.contracts.dataset import Codelist, Contract
from openjustice.contracts.policy import Policy
from openjustice.ground import engine, errors
from openjustice.ground.engine import Engine, Table
from openjustice.ground.terms import Plane
from openjustice.protect.plan import ladders, snippet, suggest
from openjustice.protect.plan.suggest import Proposal

FIELDS: dict[str, dict[str, Any]] = {
    "seen_at": {"type": "string", "role": "quasi_identifier"},
    "on": {"type": "date", "role": "quasi_identifier"},
    "nickname": {"type": "string", "role": "quasi_identifier"},
    "age": {"type": "integer", "role": "quasi_identifier", "concept": "age"},
    "race": {"type": "code", "codelist": "race", "role": "quasi_identifier", "concept": "race"},
    "race_seen": {"type": "code", "codelist": "race", "role": "quasi_identifier", "concept": "race"},
    "town": {"type": "code", "codelist": "towns", "role": "quasi_identifier"},
    "outcome": {"type": "string", "role": "sensitive"},
    "notes": {"type": "string", "role": "sensitive"},
}
CONTRACT = Contract.model_validate({
    "dataset": "stops", "version": "1", "title": "Stops", "says": "s", "unit": "u", "persons": True, "legal_basis": "l",
    "reporters": "r", "period": {"grain": "year"}, "key": [],
    "fields": {name: {"says": "s"} | item for name, item in FIELDS.items()},
})  # fmt: skip


def codelist(name: str, groups: dict[str, dict[str, Any]]) -> Codelist:
    codes = [{"code": code, "label": code, "attributes": given} for code, given in groups.items()]
    return Codelist.model_validate({"codelist": name, "version": "1", "title": name, "codes": codes})


LISTS = {
    "race": codelist("race", {"A": {"broad": "x"}, "B": {"broad": "x"}, "C": {"broad": "y"}}),
    "towns": codelist("towns", {f"T{at}": {"side": "east" if at % 2 else "west", "people": at} for at in range(8)}),
}


@pytest.fixture(scope="module")
def opened() -> Iterator[Engine]:
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as memory:
        yield memory


def stops(opened: Engine, count: int = 200, *, name: str = "stops") -> Table:
    chance = np.random.default_rng(5)
    rows = [
        (f"2026-0{1 + at % 3}-{1 + at % 28:02d}T{at % 24:02d}:{at % 60:02d}:00+00:00", f"2026-0{1 + at % 3}-{1 + at % 28:02d}",
         f"name {at}", int(chance.integers(15, 80)), "ABC"[chance.integers(3)], "ABC"[chance.integers(3)],
         f"T{chance.integers(8)}", ("held", "free")[chance.integers(2)], "n")
        for at in range(count)
    ]  # fmt: skip
    columns = {key: CONTRACT.fields[key].type.sql for key in FIELDS}
    return opened.make_table(name, columns=columns, rows=rows, plane=Plane.CONFIDENTIAL)


@pytest.fixture(scope="module")
def proposal(opened: Engine) -> Proposal:
    return suggest.suggest(
        stops(opened), contract=CONTRACT, codelists=LISTS, places=["towns"], k=4, blanks=0.05, seed=1
    )


def test_what_identifies_is_found_without_being_told(proposal):
    everything, *rest = proposal.telling
    assert everything.unique_share == 1
    assert ("nickname",) in {item.fields for item in rest}
    # A set of fields is told only where it does more than its parts: a name alone does everything.
    assert not any("nickname" in item.fields and len(item.fields) > 1 for item in rest)
    assert set(proposal.without) == set(FIELDS) - {"outcome", "notes"}


def test_every_plan_holds_its_k_and_leaves_out_the_name(proposal):
    assert 3 <= len(proposal.suggestions) <= 5
    for item in proposal.suggestions:
        (scenario,) = item.protected.scenarios
        assert scenario.after.smallest_class >= item.k
        assert item.rungs["nickname"].rule is None
        assert 0 < item.utility < 1
        assert item.risk <= item.highest <= 1 / item.k


def test_each_wish_gets_what_it_asks_for_best(proposal):
    detail = {item.wish.name: {name: rung.detail for name, rung in item.rungs.items()} for item in proposal.suggestions}
    assert detail["place"]["town"] == max(item["town"] for item in detail.values())
    time = detail.get("time", detail["balanced"])  # one plan may be the best for two wishes
    assert time["on"] == max(item["on"] for item in detail.values())
    assert {item.k for item in proposal.suggestions} == {4, 8}


def test_the_policy_can_be_pasted(proposal):
    for item in proposal.suggestions:
        whole = {
            "policy": "stops", "version": 1, "in_force_from": "2026-01-01", "signed": [{"name": "n", "on": "2026-01-01"}],
            "says": "s", "checkers": 2, **yaml.safe_load(item.text),
        }  # fmt: skip
        assert Policy.model_validate(whole).tiers == item.policy.tiers


def test_a_ladder_goes_from_as_collected_to_left_out(proposal):
    for name, rungs in proposal.ladders.items():
        details = [rung.detail for rung in rungs]
        assert (rungs[0].detail, rungs[-1].rule) == (1, None)
        assert details == sorted(details, reverse=True), name
    methods = {name: [rung.rule.method for rung in rungs if rung.rule] for name, rungs in proposal.ladders.items()}
    assert methods["seen_at"][:2] == ["keep", "truncate"]
    assert "bands" in methods["age"]
    assert methods["race"] == ["keep", "group"]
    assert methods["town"] == ["keep", "group"]  # a number of people groups nothing
    assert methods["outcome"] == ["keep"]


def test_the_same_records_give_the_same_plans(opened, proposal):
    again = suggest.suggest(
        stops(opened, name="again"), contract=CONTRACT, codelists=LISTS, places=["towns"], k=4, blanks=0.05, seed=1
    )
    assert [item.text for item in again.suggestions] == [item.text for item in proposal.suggestions]


def test_a_sensitive_variable_with_one_value_asks_for_no_second(proposal):
    (first, *_) = proposal.suggestions
    assert dict(first.policy.tiers["public"].microdata.require[0].l) == {"outcome": 2}


def test_a_name_says_what_was_done(proposal):
    names = {name for item in proposal.suggestions for name in snippet.names_of(item.rungs).values()}
    assert any(name.startswith("on_") for name in names)


def test_too_few_records_are_refused(opened):
    with pytest.raises(errors.ProtectionRefused) as refused:
        suggest.suggest(
            stops(opened, 3, name="few"), contract=CONTRACT, codelists=LISTS, places=[], k=4, blanks=0.05, seed=1
        )
    assert refused.value.codes == ("nothing_to_suggest",)


def test_a_field_without_a_number_has_no_bands(opened):
    empty = opened.make_table("e", columns={"age": "BIGINT"}, rows=[(None,)] * 5, plane=Plane.CONFIDENTIAL)
    (rungs,) = ladders.make_ladders(empty, contract=CONTRACT, codelists={}, fields=["age"]).values()
    assert [rung.rule.method if rung.rule else None for rung in rungs] == ["keep", None]


def test_classes_are_counted_whatever_the_number_of_codes():
    wide = [np.arange(1000, dtype=np.int64) * 10**6 for _ in range(8)]
    assert suggest.sizes_of(wide).tolist() == [1] * 1000
    assert suggest.unique_share([]) == 0.0

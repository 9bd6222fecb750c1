"""Special populations: stricter rules that mark nobody out, and no two rules that together tell how few belong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from openjustice.contracts.policy import Policy, Recoding, SpecialPopulation
from openjustice.ground import engine, errors
from openjustice.ground.engine import Engine, Table
from openjustice.ground.terms import Plane
from openjustice.protect import plan
from openjustice.protect.attack import AttackResult
from openjustice.protect.plan import microdata, populations
from openjustice.protect.risk import Need

FIELDS = {"age": "BIGINT", "area": "VARCHAR", "victim": "VARCHAR"}
STRICT = {"rule": "stricter", "require": [{"scenario": "press", "k": 6}]}
YOUNG, VICTIMS = {"where": "age < 18"}, {"where": "victim = 'yes'"}


@pytest.fixture
def opened() -> Iterator[Engine]:
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as memory:
        yield memory


def policy(*, minimum: int = 1, **special: dict[str, Any]) -> Policy:
    def variable(of: str, **more: Any) -> dict[str, Any]:
        return {"of": of, "method": "keep", "says": "s", "role": "quasi_identifier"} | more

    return Policy.model_validate({
        "policy": "p", "version": 1, "in_force_from": "2026-01-01", "signed": [{"name": "n", "on": "2026-01-01"}],
        "says": "s", "checkers": 2,
        "scenarios": {"press": {"says": "s", "key": ["band", "area"], "knows": "in the data"}},
        "special_populations": {name: {"says": "s", "reason": "r"} | item for name, item in special.items()},
        "tiers": {"public": {
            "recode": {"band": variable("age", method="bands", cuts=[0, 18, 40]), "area": variable("area")},
            "microdata": {
                "variables": ["band", "area"], "require": [{"scenario": "press", "k": 2}],
                "maximum_reidentification_rate": 0.5,
            },
            "tables": {"method": "cell_suppression", "minimum_frequency": minimum},
        }},
    })  # fmt: skip


def people(opened: Engine, *rows: Sequence[Any], name: str = "records") -> Table:
    return opened.make_table(name, columns=FIELDS, rows=[tuple(row) for row in rows], plane=Plane.CONFIDENTIAL)


def recoded(records: Table, given: Policy) -> Table:
    """Recode by hand, as the plan does, with the marks."""
    marked = plan.mark(records, policy=given)
    marks = "".join(f', "{name}"' for name in plan.marks(given))
    band = "CASE WHEN age < 18 THEN '00-17' WHEN age < 40 THEN '18-39' ELSE '40+' END"
    return marked.engine.derive("recoded", f"SELECT {band} AS band, area{marks} FROM m", inputs={"m": marked})


CROWD = [(age, area, "no") for age in (10, 30, 50) for area in "AABB" for _ in range(2)]


def protect(records: Table, given: Policy) -> plan.ProtectedMicrodata:
    return plan.protect_microdata(recoded(records, given), policy=given, tier="public", seed=1)


def test_who_can_be_read_from_the_file_is_protected_apart(opened):
    given = policy(young=STRICT | YOUNG)
    done = protect(people(opened, *CROWD), given)
    (held,) = done.stricter
    assert held.told_by == ("band",)
    assert (dict(held.k), dict(held.smallest_class)) == ({"press": 6}, {"press": 8})
    by = {(row["band"], row["area"]) for row in done.table.rows()}
    assert by == {("00-17", None), ("18-39", "A"), ("18-39", "B"), ("40+", "A"), ("40+", "B")}


def test_who_cannot_be_read_from_the_file_leaves_everybody_held_to_the_rule(opened):
    given = policy(victims=STRICT | VICTIMS)
    plain, other = (
        [(*row[:2], "yes" if at in chosen else "no") for at, row in enumerate(CROWD)] for chosen in ({0}, {9})
    )
    done = [protect(people(opened, *rows, name=f"r{at}"), given) for at, rows in enumerate((plain, other))]
    assert done[0].table.digest() == done[1].table.digest()
    assert done[0].stricter[0].told_by == ()
    assert done[0].scenarios[0].after.smallest_class >= 6


def test_a_release_is_measured_against_what_everybody_is_held_to(opened):
    given = policy(victims=STRICT | VICTIMS)
    marked = recoded(people(opened, *CROWD), given)
    release = opened.derive("release", "SELECT band, area FROM m", inputs={"m": marked})
    assert plan.find_unmet(release, policy=given, tier="public") == []
    (fault,) = plan.find_unmet(release, policy=given, tier="public", recoded=marked)
    assert fault.code == "microdata_unsafe"


def test_a_population_too_small_to_be_alike_is_refused(opened):
    given = policy(young=STRICT | YOUNG)
    with pytest.raises(errors.ProtectionRefused) as refused:
        protect(people(opened, *CROWD[8:], *CROWD[:3]), given)
    (fault,) = refused.value.faults
    assert (fault.code, fault.place.rule) == ("population_small", "young")


def test_those_who_belong_to_nothing_may_be_too_few_as_well(opened):
    given = policy(young=STRICT | YOUNG)
    with pytest.raises(errors.ProtectionRefused) as refused:
        protect(people(opened, *CROWD[:8], CROWD[9]), given)
    assert refused.value.faults[0].place.rule == "nobody special"


def test_nobody_belongs_and_nothing_is_measured(opened):
    given = policy(young=STRICT | YOUNG)
    (held,) = protect(people(opened, *CROWD[8:]), given).stricter
    assert dict(held.smallest_class) == {"press": 0}


def test_a_scenario_of_variables_that_the_file_does_not_have_asks_nothing():
    given = policy(young=STRICT | YOUNG)
    assert populations.asked_of(given, variables=["band"]) == {"young": []}


def test_the_strictest_of_two_needs_counts():
    key = ("band",)
    one = Need(scenario="press", key=key, k=2, l={"a": 3})
    other = Need(scenario="press", key=key, k=5, l={"a": 2, "b": 2})
    assert populations.merge([one, other]) == (Need(scenario="press", key=key, k=5, l={"a": 3, "b": 2}),)


@pytest.mark.parametrize("given", [{"rule": "stricter"}, {"rule": "withhold", "require": STRICT["require"]}])
def test_a_stricter_rule_says_what_it_requires_and_no_other_does(given):
    with pytest.raises(ValidationError, match="stricter"):
        SpecialPopulation.model_validate({"says": "s", "where": "age < 18", "reason": "r"} | given)


ONLY = {"rule": "tables_only"}


@pytest.mark.parametrize(
    ("rows", "rules", "refused"),
    [
        # Four in all, of whom one is a young victim: three others and one by subtraction.
        ([(10, "A", "no")] * 3 + [(10, "A", "yes")], {"young": ONLY | YOUNG, "victims": ONLY | VICTIMS}, True),
        ([(10, "A", "no")] * 3 + [(10, "A", "yes")] * 3, {"young": ONLY | YOUNG, "victims": ONLY | VICTIMS}, False),
        # Two small regions hide each other, if together they are no small count.
        ([(10, "A", "no")] * 2 + [(10, "A", "yes")] * 2, {"young": ONLY | YOUNG, "victims": ONLY | VICTIMS}, False),
        ([(10, "A", "no"), (10, "A", "yes")], {"young": ONLY | YOUNG, "victims": ONLY | VICTIMS}, True),
        # Whoever is withheld is in neither product.
        (
            [(10, "A", "no")] * 3 + [(10, "A", "yes")],
            {"victims": {"rule": "withhold"} | VICTIMS, "young": ONLY | YOUNG},
            False,
        ),
        # One child, and three of unknown age whom the tables count as such.
        ([(10, "A", "no")] + [(None, "A", "no")] * 3, {"young": ONLY | YOUNG}, True),
        # Three children, and one of unknown age whom the tables hide.
        ([(10, "A", "no")] * 3 + [(None, "A", "no")], {"young": ONLY | YOUNG}, False),
    ],
)
def test_no_two_rules_together_tell_how_few_belong(opened, rows, rules, refused):
    given = policy(minimum=3, **rules)
    records = people(opened, *rows, *[(30, "A", "no")] * 9)
    if not refused:
        assert plan.keep_for("microdata", records=records, policy=given).records.row_count == 9
        return
    with pytest.raises(errors.ProtectionRefused) as told:
        plan.keep_for("microdata", records=records, policy=given)
    assert told.value.codes == ("left_out_group_small",)


def test_recodings_that_are_made_of_the_condition_tell(opened):
    given = policy(young=STRICT | {"where": "age < 20"})
    bands = {"band": Recoding.model_validate({"of": "age", "method": "keep", "says": "s", "role": "sensitive"})}
    marked = recoded(people(opened, *CROWD, (19, "A", "no")), given)
    found = populations.split(marked, policy=given, variables=["band"], recodings=bands, needs=())
    assert found.apart == {}  # the band of 18 to 39 has members and others


PERSONS = {"age": "BIGINT", "area": "VARCHAR", "victim": "VARCHAR", "who": "VARCHAR"}


def persons(opened: Engine, rows: Sequence[Sequence[Any]], *, name: str = "records") -> Table:
    """Make records that say whose they are."""
    return opened.make_table(name, columns=PERSONS, rows=[tuple(row) for row in rows], plane=Plane.CONFIDENTIAL)


def protect_persons(records: Table, given: Policy) -> list[dict[str, Any]]:
    """Protect records whose file names the person, which no key has, so that persons can be counted in it."""
    public = given.tiers["public"]
    assert public.microdata is not None
    who = public.recode["area"].model_copy(update={"of": "who"})
    files = public.microdata.model_copy(update={"variables": ("band", "area", "who")})
    tier = public.model_copy(update={"microdata": files, "recode": {**public.recode, "who": who}})
    given = given.model_copy(update={"tiers": {"public": tier}, "person": "who"})
    marked = plan.mark(records, policy=given)
    kept = ", ".join(f'"{name}"' for name in plan.marks(given))
    band = "CASE WHEN age < 18 THEN '00-17' WHEN age < 40 THEN '18-39' ELSE '40+' END"
    made = marked.engine.derive("recoded", f"SELECT {band} AS band, area, who, {kept} FROM m", inputs={"m": marked})
    return [dict(row) for row in plan.protect_microdata(made, policy=given, tier="public", seed=1).table.rows()]


def test_many_records_of_one_person_count_as_one(opened):
    rows = [(50, "A", "no", "p1")] * 4 + [(30, "A", "no", f"q{at}") for at in range(4)]
    rows += [(30, "B", "no", f"q{at}") for at in range(4)] + [(30, "B", "no", "q0"), (30, "B", "no", "q1")]
    with pytest.raises(errors.ProtectionRefused) as refused:
        protect_persons(persons(opened, rows), policy())
    assert refused.value.codes == ("population_small",)
    assert "persons who must be alike have 4 records or more" in refused.value.faults[0].what
    fewer = protect_persons(persons(opened, rows[2:], name="fewer"), policy())
    alone = {row["who"] for row in fewer if row["band"] == "40+"}
    assert len(alone) != 1  # four records of one person are no class of four


def test_a_record_of_nobody_known_is_another_persons(opened):
    made = protect_persons(persons(opened, [(30, "A", "no", None)] * 3, name="unknown"), policy())
    assert [row["area"] for row in made] == ["A", "A", "A"]


def attack_persons(opened: Engine, rows: Sequence[tuple[Any, ...]]) -> AttackResult:
    """Attack a file by the list that it is itself, which says whose each row is."""
    known = opened.make_table(
        "known",
        columns={"band": "VARCHAR", "area": "VARCHAR", populations.WHOSE: "VARCHAR"},
        rows=rows,
        plane=Plane.CONFIDENTIAL,
    )
    (result,) = plan.attack_microdata(known, known=known, policy=policy(), tier="public")
    return result


def test_success_is_counted_by_person_and_not_by_row(opened):
    # Four rows alike: three of one person, whom a guess names in three of four cases, though rows say one in four.
    result = attack_persons(opened, [("b", "A", "P")] * 3 + [("b", "A", "Q")])
    assert (result.figures["bold_rate"], result.figures["people"]) == (0.25, 2)
    assert result.figures["person_rate"] == pytest.approx((3 / 4 + 1 / 4) / 2)
    assert result.figures["person_highest_rate"] == 0.75
    assert result.passed


def test_a_person_is_found_by_the_record_that_is_easiest(opened):
    rows = [("b", "A", "P"), ("c", "B", "P"), ("b", "A", None), ("b", "A", None)]
    found = attack_persons(opened, rows).figures
    # P alone has the second row; the two others share the first with P, and are two persons.
    assert (found["people"], found["person_highest_rate"]) == (3, 1)
    assert found["person_rate"] == pytest.approx((1 + 1 / 3 + 1 / 3) / 3, abs=1e-6)


def test_a_file_that_withstands_by_rows_may_fail_by_persons(opened):
    rows = [("b", "A", "P")] * 4 + [("c", "A", "Q")] * 4
    result = attack_persons(opened, rows)
    assert result.figures["bold_rate"] == 0.25
    assert result.figures["person_rate"] == 1
    assert not result.passed


SEEN = st.tuples(st.sampled_from([12, 30, 50]), st.sampled_from("AB"), st.just("no"))


@settings(max_examples=25)
@given(twice=st.lists(st.tuples(SEEN, SEEN), min_size=2, max_size=6), once=st.lists(SEEN, max_size=6))
def test_no_person_is_named_more_often_than_one_in_k_where_the_plan_protected_persons(twice, once):
    rows = [(*row, f"twice {at}") for at, both in enumerate(twice) for row in both]
    rows += [(*row, f"once {at}") for at, row in enumerate(once)]
    asked = policy().model_copy(update={"person": "who"})
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as memory:
        known = recoded(persons(memory, rows), asked)
        release = microdata.protect(known, policy=asked, tier="public", seed=1, alternatives=()).table
        (result,) = plan.attack_microdata(release, known=known, policy=asked, tier="public")
    assert result.figures["people"] == len(twice) + len(once)
    rate, highest = (float(str(result.figures[name])) for name in ("person_rate", "person_highest_rate"))
    assert 0 < rate <= highest <= 1 / 2

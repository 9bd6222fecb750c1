"""Whether two agencies compare follows from how they define what they count, and from what their files show."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjustice.contracts import registry
from openjustice.contracts.source import definitions_of
from openjustice.ground import errors
from openjustice.standards import definitions as defining
from openjustice.standards.comparability import Verdict, Weight
from openjustice.standards.definitions import Standing

DATASET = registry.load_registry(only=["united_states"]).dataset("united_states/use_of_force")
KNOWN = definitions_of([registry.shipped_registry()], "use_of_force") or pytest.fail("the definitions are not there")
DEPARTMENTS = {name: source.standing for name, source in DATASET.sources.items()}
PAIRS = list(combinations(sorted(DEPARTMENTS), 2))
SHARES = [*KNOWN.figures, "race_known", "kinds_without_label"]


def ask(first, second, measure):
    """Compare two standings by a measure."""
    return defining.compare(first, second, measure=KNOWN.measure(measure), definitions=KNOWN)


def codes(answer, weight=None):
    """Return what each reason is about."""
    return {(item.code, item.about) for item in answer.reasons if weight in (None, item.weight)}


@st.composite
def standings(draw):
    """Draw an agency with any positions and any figures, some of them not stated and some not measured."""
    positions = {
        name: value
        for name, item in KNOWN.dimensions.items()
        if (value := draw(st.sampled_from([None, *item.values]))) is not None
    }
    shares = {name: draw(st.sampled_from([0.0, 0.01, 0.05, 0.4, 1.0])) for name in SHARES if draw(st.booleans())}
    counts = {name: draw(st.integers(0, 9)) for name in ("rows", "incidents", "incidents_beyond_showing")}
    first = draw(st.integers(2000, 2020))
    years = draw(st.sampled_from([None, (first, first + 3)]))
    return Standing("x", "X", positions, counts, shares, years)


@given(standings(), standings(), st.sampled_from(list(KNOWN.measures)))
def test_the_order_of_two_agencies_changes_nothing(one, other, measure):
    other = replace(other, name="y", title="Y")
    there, back = ask(one, other, measure), ask(other, one, measure)
    assert there.verdict is back.verdict
    assert {(item.code, item.about, item.weight) for item in there.reasons} == {
        (item.code, item.about, item.weight) for item in back.reasons
    }


@given(standings(), st.sampled_from(list(KNOWN.measures)))
def test_an_agency_compares_with_itself(one, measure):
    assert ask(one, one, measure).verdict is Verdict.COMPARABLE


@given(standings(), standings(), st.sampled_from(list(KNOWN.measures)))
def test_the_verdict_follows_from_the_reasons(one, other, measure):
    answer = ask(one, replace(other, name="y"), measure)
    weights = {item.weight for item in answer.reasons}
    assert (answer.verdict is Verdict.NOT_COMPARABLE) == (Weight.REFUSES in weights)
    assert (answer.verdict is Verdict.COMPARABLE) == (not weights)
    assert all(item.what and item.why for item in answer.reasons)


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_stored_departments_with_different_units_do_not_compare_by_rows(first, second):
    one, other = DEPARTMENTS[first], DEPARTMENTS[second]
    differs = one.positions["counting_unit"] != other.positions["counting_unit"]
    answer = ask(one, other, "reports")
    assert (("definition_differs", "counting_unit") in codes(answer, Weight.REFUSES)) == differs
    assert not differs or answer.verdict is Verdict.NOT_COMPARABLE


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_a_weapon_shown_that_one_alone_counts_is_never_passed_over(first, second):
    one, other = DEPARTMENTS[first], DEPARTMENTS[second]
    shares = [item.shares["showing_alone"] for item in (one, other) if "showing_alone" in item.shares]
    about = [item for item in ask(one, other, "incidents").reasons if item.about == "display_counts"]
    if len(shares) < 2 or min(shares) > 0 or max(shares) == 0:
        return
    assert [item.weight for item in about] == [Weight.REFUSES if max(shares) >= 0.05 else Weight.CAUTIONS]
    assert f"{max(shares):.1%}" in about[0].why


@pytest.mark.parametrize(("first", "second"), PAIRS)
@pytest.mark.parametrize("measure", ["incidents", "incidents_beyond_showing"])
def test_an_agency_that_cannot_tell_incidents_apart_is_not_counted_by_them(first, second, measure):
    counts = [DEPARTMENTS[name].counts[measure] for name in (first, second)]
    answer = ask(DEPARTMENTS[first], DEPARTMENTS[second], measure)
    assert (("unit_not_countable", measure) in codes(answer, Weight.REFUSES)) == (0 in counts)


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_no_count_stands_side_by_side_without_its_caveat_on_size(first, second):
    for measure in ("reports", "incidents", "incidents_beyond_showing"):
        answer = ask(DEPARTMENTS[first], DEPARTMENTS[second], measure)
        assert answer.verdict is not Verdict.COMPARABLE
        assert ("no_denominator", "no_size") in codes(answer)


def test_baltimore_counts_serious_events_alone():
    for name in set(DEPARTMENTS) - {"baltimore"}:
        answer = ask(DEPARTMENTS["baltimore"], DEPARTMENTS[name], "incidents")
        assert ("definition_differs", "threshold") in codes(answer, Weight.REFUSES)


def test_new_orleans_and_austin_compare_beyond_showing_alone():
    new_orleans, austin = DEPARTMENTS["new_orleans"], DEPARTMENTS["austin"]
    assert ask(new_orleans, austin, "incidents").verdict is Verdict.NOT_COMPARABLE
    assert ask(new_orleans, austin, "incidents_beyond_showing").verdict is Verdict.WITH_CAVEATS


def test_years_must_meet():
    answer = ask(DEPARTMENTS["lincoln"], DEPARTMENTS["norwich"], "reports")
    assert ("no_common_year", "same_time") in codes(answer, Weight.REFUSES)


def test_every_department_has_a_profile_and_figures():
    for name, source in DATASET.sources.items():
        assert source.profile is not None, name
        assert source.measured is not None, name
        assert {"counting_unit", "threshold"} <= set(source.profile.positions), name


def test_the_answer_knows_nothing_of_names():
    """The reasons come from the data: under other names every pair has the same answer."""
    for first, second in PAIRS:
        renamed = replace(DEPARTMENTS[first], name="one"), replace(DEPARTMENTS[second], name="two")
        for measure in KNOWN.measures:
            assert ask(*renamed, measure) == ask(DEPARTMENTS[first], DEPARTMENTS[second], measure)


@pytest.mark.parametrize("broken", ["measures: {", "a: 1", "definitions: x", ""])
def test_definitions_that_cannot_be_read_are_refused(tmp_path, broken):
    (tmp_path / "x.yaml").write_text(broken)
    with pytest.raises(errors.RegistryRefused) as refused:
        defining.read_definitions(tmp_path / "x.yaml")
    assert refused.value.codes == ("definitions_unreadable",)


@pytest.mark.parametrize("wrong", [("counting_unit", "nowhere"), ("figure: showing_alone", "figure: nothing")])
def test_a_demand_that_names_what_is_not_declared_is_refused(tmp_path, registry_root, wrong):
    text = (registry_root / "common/definitions/use_of_force.yaml").read_text()
    old, new = (f"dimension: {wrong[0]}", f"dimension: {wrong[1]}") if ":" not in wrong[0] else wrong
    (tmp_path / "x.yaml").write_text(text.replace(old, new))
    with pytest.raises(errors.RegistryRefused):
        defining.read_definitions(tmp_path / "x.yaml")


def test_a_position_that_is_not_declared_is_a_fault():
    assert defining.find_position_faults({"counting_unit": "incident"}, definitions=KNOWN) == []
    assert len(defining.find_position_faults({"counting_unit": "shift", "mood": "good"}, definitions=KNOWN)) == 2


def test_an_unknown_measure_says_which_are_known():
    with pytest.raises(errors.RegistryRefused) as refused:
        KNOWN.measure("harm")
    assert refused.value.codes == ("unknown_measure",)


@pytest.mark.parametrize(
    ("one", "other", "weight"),
    [
        (("no", None), ("firearm only", None), Weight.REFUSES),
        ((None, None), ("firearm only", None), Weight.CAUTIONS),
        (("no", 0.0), ("firearm only", 0.3), Weight.REFUSES),
        ((None, 0.0), (None, 0.3), Weight.REFUSES),
        (("no", 0.0), ("firearm only", 0.01), Weight.CAUTIONS),
        (("firearm only", 0.2), ("firearm and CEW", 0.3), Weight.CAUTIONS),
        (("firearm only", 0.2), ("firearm only", 0.21), None),
        (("firearm only", 0.2), ("firearm only", 0.6), Weight.CAUTIONS),
        ((None, 0.0), (None, 0.0), None),
    ],
)
def test_a_difference_is_as_heavy_as_the_rows_it_concerns(one, other, weight):
    for first, second in permutations([one, other], 2):
        made = [_showing(name, *given) for name, given in (("a", first), ("b", second))]
        about = [item.weight for item in ask(made[0], made[1], "reports").reasons if item.about == "display_counts"]
        assert about == ([weight] if weight else [])


def _showing(name, position, share):
    """Make an agency of which nothing is known but whether it counts showing a weapon, and how often it does."""
    positions = {} if position is None else {"display_counts": position}
    return Standing(name, name, positions, shares={} if share is None else {"showing_alone": share})

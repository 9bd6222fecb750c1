"""The full table of an indicator: every combination, totals, unknown codes, denominators over the same periods."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjustice.ground import engine, errors
from openjustice.ground.engine import Engine
from openjustice.ground.terms import Plane
from openjustice.measure import frames
from unit.measure import world

RATE = {
    "denominator": {"dataset": "residents", "sum": "persons", "by": {"year": "year", "county": "county", "sex": "sex"}, "says": "s"},
    "per": 1000, "interval": "poisson",
}  # fmt: skip


def measure(breakdown: str, *, tables: dict[str, Any], place: Any = None, **more: Any) -> frames.MeasuredTable:
    """Measure the small world's indicator."""
    indicator = world.indicator(**more)
    return frames.measure_table(indicator, breakdown, tables=tables, jurisdiction=place or world.jurisdiction())


def cells(measured: frames.MeasuredTable, column: str) -> dict[tuple[str, ...], Any]:
    """Return one column by codes."""
    return {tuple(row[name] for name in measured.variables): row[column] for row in measured.table.rows()}


def test_every_combination_has_a_row_and_what_nobody_has_is_zero(opened: Engine) -> None:
    measured = measure("county_sex", tables={"events": world.events(opened, {"county": "A", "sex": "F"})})
    assert cells(measured, "numerator") == {
        ("A", "F"): 1, ("A", "M"): 0, ("A", "_T"): 1,
        ("B", "F"): 0, ("B", "M"): 0, ("B", "_T"): 0,
        ("elsewhere", "F"): 0, ("elsewhere", "M"): 0, ("elsewhere", "_T"): 0,
        ("_T", "F"): 1, ("_T", "M"): 0, ("_T", "_T"): 1,
    }  # fmt: skip
    assert measured.id == "count__by_county_sex"
    assert measured.table.plane is Plane.CONFIDENTIAL


def test_a_record_without_a_code_is_counted_as_unknown(opened: Engine) -> None:
    measured = measure("county_sex", tables={"events": world.events(opened, {"county": "A", "sex": None})})
    assert cells(measured, "numerator")["A", "_U"] == 1
    assert cells(measured, "numerator")["_T", "_T"] == 1


def test_a_breakdown_without_variables_is_the_grand_total(opened: Engine) -> None:
    measured = measure("whole", tables={"events": world.events(opened, {"year": 2000}, {"year": 2001})})
    assert measured.count_cells() == {(): 2}
    assert measured.address(()) == (("", "events/rows"),)


def test_addresses_leave_out_totals_and_hold_what_the_condition_fixes(opened: Engine) -> None:
    numerator = {"dataset": "events", "where": "state = 'open' AND year = '2000'", "says": "s"}
    tables = {
        "events": world.events(
            opened, {"year": 2000, "county": "A", "sex": "F", "state": "open"}, {"year": 2000, "state": "closed"}
        )
    }
    measured = measure("county_sex", tables=tables, numerator=numerator)
    assert measured.count_cells()["A", "_T"] == 1
    assert measured.count_cells()["_T", "_T"] == 1
    assert measured.address(("A", "_T")) == (("", "events/rows"), ("county", "A"), ("state", "open"), ("year", "2000"))


def test_a_condition_that_fixes_nothing_names_its_own_population(opened: Engine) -> None:
    numerator = {"dataset": "events", "where": "year > '2000'", "says": "s"}
    measured = measure("year", tables={"events": world.events(opened, {"year": 2001})}, numerator=numerator)
    assert measured.population == "events/rows where year > '2000'"
    assert measured.where_pairs == ()


def test_denominators_are_added_up_over_the_periods_of_the_numerator(opened: Engine) -> None:
    tables = {
        "events": world.events(opened, {"year": 2000, "period": "2000-2001", "county": "A"}, {"year": 2001, "period": "2000-2001", "county": "A"}),
        "residents": world.residents(
            opened, {"year": 1999, "county": "A", "persons": 7}, {"year": 2000, "county": "A", "persons": 10},
            {"year": 2001, "county": "A", "persons": 20}, {"year": 2001, "county": "B", "persons": 5},
            {"year": 2000, "county": "B", "persons": 5},
        ),
    }  # fmt: skip
    found = cells(measure("county_period", tables=tables, **RATE), "denominator")
    assert found["A", "2000-2001"] == 30
    assert found["A", "_T"] == 30
    assert found["_T", "2000-2001"] == 40
    assert found["elsewhere", "_T"] is None


def test_a_period_without_a_denominator_leaves_its_total_unknown(opened: Engine) -> None:
    tables = {
        "events": world.events(opened, {"year": 2000, "period": "2000-2001"}, {"year": 2002, "period": "2002+"}),
        "residents": world.residents(opened, {"year": 2000, "county": "A", "persons": 10}),
    }
    measured = measure("year", tables=tables, **RATE)
    assert cells(measured, "denominator") == {("2000",): 10, ("2002",): None, ("_T",): None}
    assert cells(measured, "denominator_marker") == {("2000",): None, ("2002",): "x", ("_T",): "x"}


def test_a_condition_on_time_limits_the_periods_of_the_denominator(opened: Engine) -> None:
    tables = {
        "events": world.events(opened, {"year": 2000}, {"year": 2002}),
        "residents": world.residents(opened, {"year": 2000, "county": "A", "persons": 10}),
    }
    numerator = {"dataset": "events", "where": "year < '2002'", "says": "s"}
    assert cells(measure("year", tables=tables, numerator=numerator, **RATE), "denominator")["_T",] == 10


def test_residents_of_a_code_that_nobody_has_count_in_the_total_alone(opened: Engine) -> None:
    tables = {
        "events": world.events(opened, {"year": 2000, "county": "A", "sex": "F"}),
        "residents": world.residents(
            opened,
            {"year": 2000, "county": "A", "sex": "F", "persons": 3},
            {"year": 2000, "county": "A", "sex": "X", "persons": 4},
        ),
    }
    found = cells(measure("county_sex", tables=tables, **RATE), "denominator")
    assert (found["A", "F"], found["A", "_T"]) == (3, 7)
    assert ("A", "X") not in found


def test_a_denominator_that_no_variable_divides_stands_under_every_part(opened: Engine) -> None:
    base = {"dataset": "residents", "sum": "persons + more", "by": {}, "says": "s"}
    tables = {
        "events": world.events(opened, {"year": 2000, "county": "A", "sex": "F"}),
        "residents": world.residents(opened, {"persons": 3, "more": 4}, {"persons": 1, "more": 0}),
    }
    measured = measure("county_sex", tables=tables, denominator=base, per=1)
    assert set(cells(measured, "denominator").values()) == {8}


def test_a_sum_with_a_part_missing_is_not_known(opened: Engine) -> None:
    numerator = {"dataset": "residents", "sum": "persons", "says": "s"}
    tables = {
        "residents": world.residents(
            opened, {"year": 2000, "county": "A", "persons": 3}, {"year": 2000, "county": "B", "persons": None}
        )
    }
    breakdowns = {"county": {"variables": ["county"], "title": "t"}}
    measured = measure(
        "county", tables=tables, dataset="residents", numerator=numerator, breakdowns=breakdowns, coverage="county"
    )
    assert cells(measured, "numerator") == {("A",): 3, ("B",): None, ("elsewhere",): None, ("_T",): None}
    assert cells(measured, "numerator_marker")["B",] == "x"
    assert cells(measured, "coverage") == {("A",): 1, ("B",): 1, ("elsewhere",): None, ("_T",): 1}


def test_coverage_is_the_share_of_areas_with_residents_that_report(opened: Engine) -> None:
    tables = {"events": world.events(opened, {"year": 2000, "county": "A"}, {"year": 2001, "county": "elsewhere"})}
    measured = measure("year", tables=tables, coverage="county")
    assert cells(measured, "coverage") == {("2000",): 0.5, ("2001",): 0.0, ("_T",): 0.5}


def test_a_code_that_owes_no_report_has_no_coverage(opened: Engine) -> None:
    tables = {"events": world.events(opened, {"year": 2000, "county": "A"}, {"year": 2000, "county": "elsewhere"})}
    breakdowns = {"county": {"variables": ["county"], "title": "t"}}
    found = cells(measure("county", tables=tables, coverage="county", breakdowns=breakdowns), "coverage")
    assert found == {("A",): 1.0, ("B",): 0.0, ("elsewhere",): None, ("_T",): 0.5}


def test_a_year_with_too_much_pending_is_provisional_where_the_table_speaks_of_it(opened: Engine) -> None:
    maturity = {"field": "state", "pending": ["open"], "period_field": "year", "provisional_over": 0.4, "says": "s"}
    place = world.jurisdiction(maturity=maturity)
    tables = {
        "events": world.events(
            opened,
            {"year": 2000, "state": "closed"},
            {"year": 2000, "state": "closed"},
            {"year": 2001, "state": "open"},
        )
    }
    breakdowns = {
        "state_year": {"variables": ["state", "year"], "title": "t"},
        "year": {"variables": ["year"], "title": "t"},
    }
    marked = cells(measure("state_year", tables=tables, place=place, breakdowns=breakdowns), "status_marker")
    assert (marked["open", "2001"], marked["closed", "2000"], marked["_T", "_T"]) == ("p", None, None)
    assert marked["_T", "2001"] is None  # the year's deaths are all counted, whatever is still decided about them
    assert set(cells(measure("year", tables=tables, place=place, breakdowns=breakdowns), "status_marker").values()) == {
        None
    }


def test_the_first_year_of_a_new_definition_is_marked_as_a_break(opened: Engine) -> None:
    place = world.jurisdiction(breaks=[{"at": "2001", "field": "sex", "says": "s"}])
    breakdowns = {"sex_year": {"variables": ["sex", "year"], "title": "t"}}
    tables = {"events": world.events(opened, {"year": 2000, "sex": "F"}, {"year": 2001, "sex": "F"})}
    marked = cells(measure("sex_year", tables=tables, place=place, breakdowns=breakdowns), "status_marker")
    assert (marked["F", "2000"], marked["F", "2001"], marked["F", "_T"]) == (None, "b", None)
    assert marked["_T", "2001"] is None


def test_denominators_that_count_persons_have_addresses_too(opened: Engine) -> None:
    base = {"dataset": "events", "where": "sex = 'F'", "by": {"year": "year"}, "says": "s"}
    numerator = {"dataset": "events", "where": "state = 'open'", "says": "s"}
    tables = {"events": world.events(opened, {"year": 2000, "sex": "F", "state": "open"}, {"year": 2000, "sex": "M"})}
    measured = measure("year", tables=tables, numerator=numerator, denominator=base, per=100)
    total = (("", "events/rows"), ("sex", "F"))
    assert measured.denominator_cells() == {total: 1, (*total, ("year", "2000")): 1}


def test_denominators_without_persons_disclose_nothing(opened: Engine) -> None:
    tables = {
        "events": world.events(opened, {"year": 2000}),
        "residents": world.residents(opened, {"year": 2000, "persons": 9}),
    }
    assert measure("year", tables=tables, **RATE).denominator_cells() == {}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"breakdowns": {"b": {"variables": ["height"], "title": "t"}}}, "column_missing"),
        ({"breakdowns": {"b": {"variables": ["sex"], "title": "t"}}, "numerator": {"dataset": "events", "where": "sex = 'F'", "says": "s"}},
         "fixed_and_broken_down"),
        ({"breakdowns": {"b": {"variables": ["sex"], "title": "t"}}, "numerator": {"dataset": "events", "where": "year > 2000", "says": "s"}},
         "condition_fails"),
    ],
)  # fmt: skip
def test_what_cannot_be_measured_is_refused(opened: Engine, more: dict[str, Any], code: str) -> None:
    with pytest.raises(errors.RegistryRefused) as refusal:
        measure("b", tables={"events": world.events(opened, {"sex": "F"})}, **more)
    assert refusal.value.codes == (code,)


def test_a_table_that_was_not_given_is_refused(opened: Engine) -> None:
    with pytest.raises(errors.RegistryRefused) as refusal:
        measure("year", tables={"events": world.events(opened, {"year": 2000})}, **RATE)
    assert "table_missing" in refusal.value.codes


codes = st.fixed_dictionaries(
    {
        "year": st.sampled_from([2000, 2001]),
        "county": st.sampled_from(["A", "B", None]),
        "sex": st.sampled_from(["F", "M", None]),
    }
)


@given(st.lists(codes, max_size=12))
def test_every_total_is_the_sum_of_its_parts(rows: list[dict[str, Any]]) -> None:
    """For any records the parts of each line add up to its total, and the grand total counts every record once."""
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as opened:
        found = measure("county_sex", tables={"events": world.events(opened, *rows)}).count_cells()
    assert found["_T", "_T"] == len(rows)
    for county in {county for county, _ in found}:
        assert found[county, "_T"] == sum(
            value for (place, sex), value in found.items() if place == county and sex != "_T"
        )
    for sex in {sex for _, sex in found}:
        assert found["_T", sex] == sum(
            value for (place, other), value in found.items() if other == sex and place != "_T"
        )

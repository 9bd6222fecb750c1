"""The plan: tables and records protected by policy, attacked alone and side by side, and what the report says of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from openjustice.contracts.policy import Policy, Recoding, TableRules
from openjustice.ground import discovery, engine, errors
from openjustice.ground.engine import Engine, Table
from openjustice.ground.terms import Plane
from openjustice.measure import frames
from openjustice.measure.frames import MeasuredTable
from openjustice.protect import plan
from openjustice.protect.methods.cell_suppression import METHOD as CELL_SUPPRESSION
from openjustice.protect.plan import RecordFile, bounds, counts
from openjustice.protect.plan.report import rule_in_words
from unit.measure import world

RULES = {"method": "cell_suppression", "minimum_frequency": 5, "hidden_at_least": 1, "audit": ["interval", "differencing"],
         "safety_interval": {"minimum_width": 3}}  # fmt: skip
MICRODATA = {
    "variables": ["year", "region", "sex", "state"],
    "require": [
        {"scenario": "press", "k": 3, "l": {"state": 2}},
        {"scenario": "published_tables", "k": 3},
    ],
    "importance": {"sex": 3, "state": 2},
    "maximum_reidentification_rate": 0.34,
}
SCENARIOS = {
    "press": {"says": "A reader.", "key": ["year", "region", "sex"], "knows": "target is in the data"},
    "published_tables": {"says": "All.", "key": ["year", "region", "sex", "state"], "knows": "target is in the data"},
}
RECODINGS = {
    name: Recoding.model_validate({"says": "s", "role": "quasi_identifier"} | rule)
    for name, rule in {
        "year": {"of": "year", "method": "keep"},
        "county": {"of": "county", "method": "keep"},
        "region": {"of": "county", "method": "group", "attribute": "region"},
        "sex": {"of": "sex", "method": "keep"},
        "state": {"of": "state", "method": "keep"},
    }.items()
}


@pytest.fixture
def opened() -> Iterator[Engine]:
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as memory:
        yield memory


def make_policy(**changes: Any) -> Policy:
    public = {
        "recode": {name: rule.model_dump() for name, rule in RECODINGS.items()},
        "microdata": MICRODATA,
        "tables": RULES,
    }
    return Policy.model_validate({
        "policy": "events", "version": 3, "in_force_from": "2026-01-01", "signed": [{"name": "n", "on": "2026-01-01"}],
        "says": "s", "checkers": 2, "scenarios": SCENARIOS, "tiers": {"public": public, "internal": {}}, **changes,
    })  # fmt: skip


def make_rules(**changes: Any) -> TableRules:
    return TableRules.model_validate(RULES | changes)


def events(opened: Engine, *groups: tuple[int, str, str, str, str | None]) -> Table:
    """Make so many events of each year, county, sex and state; the region follows from the county."""
    regions = {"A": "North", "B": "South", "elsewhere": "South"}
    rows = [
        {"year": year, "county": county, "region": regions[county], "sex": sex, "state": state}
        for count, year, county, sex, state in groups
        for _ in range(count)
    ]
    return world.events(opened, *rows)


CROWD = [
    (count, year, county, sex, state)
    for year in ("2001", "2002")
    for county, count in (("A", 8), ("B", 7), ("elsewhere", 6))
    for sex in "FM"
    for state in ("held", "free")
]


def measure(records: Table, *breakdowns: str, **more: Any) -> list[MeasuredTable]:
    tables = {"events": records, **more.pop("tables", {})}
    indicator = world.indicator(**more)
    return [
        frames.measure_table(indicator, name, tables=tables, jurisdiction=world.jurisdiction()) for name in breakdowns
    ]


def by_codes(table: Table, variables: Sequence[str]) -> dict[tuple[Any, ...], Mapping[str, Any]]:
    return {tuple(row[name] for name in variables): row for row in table.rows()}


def test_small_counts_are_marked_and_everything_else_is_true(opened):
    [measured] = measure(events(opened, *CROWD, (2, "2001", "A", "F", None)), "county_sex")
    small = events(
        opened,
        (40, "2001", "A", "F", None),
        (3, "2001", "A", "M", None),
        (30, "2001", "B", "F", None),
        (30, "2001", "B", "M", None),
    )
    [measured] = measure(small, "county_sex")
    done = plan.protect_tables([measured], rules=make_rules())
    table = done.tables[measured.id]
    assert table.plane is Plane.PROTECTED
    rows, truth = by_codes(table, measured.variables), by_codes(measured.table, measured.variables)
    assert rows["A", "M"]["numerator"] is None
    assert rows["A", "M"]["numerator_marker"] == "c"
    assert all(row["numerator"] in (None, truth[codes]["numerator"]) for codes, row in rows.items())
    assert all((row["numerator"] is None) == (row["numerator_marker"] == "c") for row in rows.values())
    assert rows["_T", "_T"]["numerator"] == 103
    assert done.hidden[measured.id] == {codes for codes, row in rows.items() if row["numerator"] is None}
    assert done.primary is not None
    assert done.primary.sum() == 1


def test_the_published_columns_stand_in_their_order(opened):
    [measured] = measure(events(opened, *CROWD), "county_sex")
    done = plan.protect_tables([measured], rules=make_rules())
    assert done.tables[measured.id].column_names == (
        "county", "sex", "numerator", "numerator_marker", "denominator", "denominator_marker", "coverage", "status_marker",
    )  # fmt: skip


def test_a_count_that_is_not_known_is_marked_as_such(opened):
    residents = world.residents(opened, {"year": "2001", "county": "A", "sex": "F", "persons": "10"})
    [measured] = measure(
        events(opened, *CROWD), "county_sex", tables={"residents": residents},
        denominator={"dataset": "residents", "sum": "persons", "says": "s", "by": {"county": "county", "sex": "sex"}},
    )  # fmt: skip
    rows = by_codes(plan.protect_tables([measured], rules=make_rules()).tables[measured.id], measured.variables)
    assert rows["A", "F"]["denominator"] == 10
    assert rows["A", "F"]["denominator_marker"] is None
    assert rows["A", "M"]["denominator"] is None
    assert rows["A", "M"]["denominator_marker"] == "x"


def test_a_denominator_of_persons_is_hidden_like_any_count(opened):
    records = events(opened, (50, "2001", "A", "F", "held"), (50, "2001", "B", "F", "held"), (60, "2001", "B", "M", "held"),
                     (60, "2001", "elsewhere", "M", "held"), (2, "2001", "A", "M", "held"))  # fmt: skip
    [measured] = measure(
        records, "county_sex", numerator={"dataset": "events", "where": "state = 'held'", "says": "s"},
        denominator={"dataset": "events", "says": "s", "by": {"county": "county", "sex": "sex"}},
    )  # fmt: skip
    done = plan.protect_tables([measured], rules=make_rules())
    row = by_codes(done.tables[measured.id], measured.variables)["A", "M"]
    assert (row["numerator_marker"], row["denominator_marker"], row["denominator"]) == ("c", "c", None)
    assert ("A", "M") in done.hidden[measured.id + counts.DENOMINATOR]


def test_without_a_method_nothing_is_hidden(opened):
    [measured] = measure(events(opened, (1, "2001", "A", "F", None)), "county_sex")
    done = plan.protect_tables([measured], rules=make_rules(method="none"))
    assert by_codes(done.tables[measured.id], measured.variables)["A", "F"]["numerator"] == 1
    assert done.system is None
    assert plan.attack_tables(done, rules=make_rules(method="none")) == ()


def test_an_unvetted_method_needs_a_published_reason(opened, monkeypatch):
    doubtful = replace(CELL_SUPPRESSION, vetted=False)
    monkeypatch.setattr(discovery, "load_plugin", lambda *_, **__: doubtful)
    measured = measure(events(opened, *CROWD), "county_sex")
    with pytest.raises(errors.ProtectionRefused) as refused:
        plan.protect_tables(measured, rules=make_rules())
    assert refused.value.codes == ("method_unvetted",)
    assert plan.protect_tables(measured, rules=make_rules(), unvetted={"cell_suppression": "a trial"}).tables


def test_a_method_for_tables_cannot_protect_records(opened):
    given = make_policy(tiers={"public": {"recode": {}, "microdata": MICRODATA | {"then": "cell_suppression"}}})
    with pytest.raises(errors.ProtectionRefused) as refused:
        plan.protect_microdata(events(opened, *CROWD), policy=given, tier="public", seed=1)
    assert refused.value.codes == ("method_unfit",)


def test_the_record_file_meets_its_needs_and_says_what_it_cost(opened):
    records = events(opened, *CROWD, (1, "2002", "A", "M", "gone"))
    done = plan.protect_microdata(records, policy=make_policy(), tier="public", seed=1)
    assert done.table.plane is Plane.PROTECTED
    assert done.table.column_names == ("year", "region", "sex", "state")
    assert plan.find_unmet(done.table, policy=make_policy(), tier="public") == []
    before, after = done.scenarios[1].before, done.scenarios[1].after
    assert (before.uniques, after.uniques) == (1, 0)
    assert [point.k for point in done.points] == [1, 3, 5, 10]
    assert [point.k for point in done.points if point.chosen] == [3]
    assert [point.utility for point in done.points] == sorted((point.utility for point in done.points), reverse=True)
    assert [point.risk for point in done.points] == sorted((point.risk for point in done.points), reverse=True)


def test_an_alternative_that_is_impossible_is_left_out(opened):
    records = events(opened, (4, "2001", "A", "F", "held"), (4, "2001", "A", "F", "free"))
    done = plan.protect_microdata(records, policy=make_policy(), tier="public", seed=1)
    assert [point.k for point in done.points] == [1, 3, 5]


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ([(2, "2001", "A", "F", "held"), (9, "2001", "B", "F", "held"), (9, "2001", "B", "F", "free")], "press"),
        ([(9, "2001", "A", "F", "held")], "press"),
        ([(9, "2001", "A", "F", "held"), (1, "2001", "A", "F", "free")], "published_tables"),
    ],
    ids=["few", "uniform", "a rare combination"],
)
def test_an_unsafe_record_file_is_found(opened, rows, rule):
    release = opened.derive("release", "SELECT year, region, sex, state FROM r", inputs={"r": events(opened, *rows)})
    faults = plan.find_unmet(release, policy=make_policy(), tier="public")
    assert {fault.code for fault in faults} == {"microdata_unsafe"}
    assert rule in {fault.place.rule for fault in faults}


def test_a_record_file_with_another_column_is_unsafe(opened):
    faults = plan.find_unmet(events(opened, *CROWD), policy=make_policy(), tier="public")
    assert [fault.place.rule for fault in faults] == ["variables"]


@pytest.mark.parametrize("tier", ["researcher", "internal"])
def test_a_tier_without_a_record_file_is_refused(opened, tier):
    with pytest.raises(errors.ProtectionRefused) as refused:
        plan.protect_microdata(events(opened, *CROWD), policy=make_policy(), tier=tier, seed=1)
    assert refused.value.codes == ("no_record_file",)


# -- the record file beside the tables -------------------------------------------------------------------------------

SPARSE = [*CROWD, (2, "2001", "A", "F", "gone"), (9, "2001", "A", "M", "gone"), (9, "2001", "B", "F", "gone"),
          (3, "2002", "A", "F", "gone"), (9, "2002", "B", "M", "gone"), (7, "2002", "elsewhere", "F", "gone")]  # fmt: skip
STATES = {"breakdowns": {"region_state": {"variables": ["region", "state"], "title": "t"},
                         "sex_state": {"variables": ["year", "region", "sex", "state"], "title": "t"},
                         "county_state": {"variables": ["county", "sex", "state"], "title": "t"}}}  # fmt: skip


# Small counts in one of two counties of a region: the file names the region alone, and cannot tell them apart.
SAFE = [*CROWD, (2, "2001", "B", "F", "gone"), (9, "2001", "elsewhere", "F", "gone"), (9, "2001", "B", "M", "gone"),
        (9, "2001", "elsewhere", "M", "gone"), (9, "2001", "A", "M", "gone"), (9, "2001", "A", "F", "gone")]  # fmt: skip


def both(
    opened: Engine, rows: Sequence[tuple[int, str, str, str, str | None]], *breakdowns: str
) -> tuple[plan.ProtectedTables, Table, Table]:
    records = events(opened, *rows)
    measured = measure(records, *(breakdowns or STATES["breakdowns"]), **STATES)
    plain = opened.derive("plain", "SELECT year, region, sex, state FROM r", inputs={"r": records})
    return plan.protect_tables(measured, rules=make_rules()), records, plain


def as_file(release: Table, *, recoded: Table) -> RecordFile:
    return RecordFile(release=release, recoded=recoded, recodings=RECODINGS, dataset="events")


def check(tables: plan.ProtectedTables, *, records: Table, file: Table) -> Any:
    return check_both(tables, records=records, file=file)[0]


def check_both(tables: plan.ProtectedTables, *, records: Table, file: Table) -> Any:
    assert tables.system is not None
    assert tables.mask is not None
    return plan.check_against_tables(
        file, recoded=records, system=tables.system, mask=tables.mask, rules=make_rules(), recodings=RECODINGS, dataset="events"
    )  # fmt: skip


def test_a_file_that_gives_hidden_counts_back_is_found(opened):
    tables, records, plain = both(opened, SPARSE)
    assert all(result.passed for result in plan.attack_tables(tables, rules=make_rules()))
    found = check(tables, records=records, file=plain)
    assert not found.passed
    assert any("region North, sex F, state gone, year 2001" in leak for leak in found.leaks)


def test_a_protected_file_may_still_give_a_helper_back_and_is_found(opened):
    # The file meets k, and yet it shows a helper of the tables in full; so the small count beside it follows.
    tables, records, _ = both(opened, SPARSE)
    done = plan.protect_microdata(records, policy=make_policy(), tier="public", seed=1)
    assert plan.find_unmet(done.table, policy=make_policy(), tier="public") == []
    assert not check(tables, records=records, file=done.table).passed


def test_tables_made_to_fit_the_file_hide_what_it_does_not_tell(opened):
    # Alone, the tables would lean on county A, which is a region of its own and so stands in the file.
    tables, records, _ = both(opened, SAFE, "county_state")
    done = plan.protect_microdata(records, policy=make_policy(), tier="public", seed=1)
    assert not check(tables, records=records, file=done.table).passed
    fitted = plan.protect_tables(
        measure(records, "county_state", **STATES), rules=make_rules(), file=as_file(done.table, recoded=records)
    )
    assert check(fitted, records=records, file=done.table).passed
    assert all(result.passed for result in plan.attack_tables(fitted, rules=make_rules()))
    assert fitted.hidden != tables.hidden


def test_a_count_that_the_file_tells_cannot_be_hidden(opened):
    records = events(opened, *SPARSE)
    plain = opened.derive("plain", "SELECT year, region, sex, state FROM r", inputs={"r": records})
    with pytest.raises(errors.ProtectionRefused) as refused:
        plan.protect_tables(
            measure(records, "sex_state", **STATES), rules=make_rules(), file=as_file(plain, recoded=records)
        )
    assert refused.value.codes == ("cannot_protect",)


@pytest.mark.parametrize(("few", "passed"), [(2, False), (5, True), (0, True)])
def test_people_who_were_kept_out_of_the_file_are_not_counted_by_subtraction(opened, few, passed):
    tables, _, _ = both(opened, [*CROWD, (few, "2001", "A", "F", "held")], "county_state")
    known = events(opened, *CROWD)
    plain = opened.derive("plain", "SELECT year, region, sex, state FROM k", inputs={"k": known})
    found = check_both(tables, records=known, file=plain)[1]
    assert found.passed is passed
    assert bool(found.leaks) is not passed
    assert all(leak.startswith("people left out of: ") for leak in found.leaks)


def test_bounds_hold_the_truth_and_the_sums_stay_true(opened):
    tables, records, plain = both(opened, SPARSE)
    protected = plan.protect_microdata(records, policy=make_policy(), tier="public", seed=1).table
    assert tables.system is not None
    system = tables.system
    for release, is_exact in ((plain, True), (protected, False)):
        found = bounds.find_bounds(as_file(release, recoded=records), system=system, mask=system.in_draft)
        truth = system.values[found.cells]
        assert (found.low <= truth).all()
        assert (truth <= found.high).all()
        joined = bounds.join(system, found, is_earlier=False)
        assert not (joined.equations @ joined.values).any()
        assert (joined.values >= 0).all()
        by_region = [place for place, cell in enumerate(found.cells) if "county" not in dict(system.addresses[cell])]
        assert bool((found.low == found.high)[by_region].all()) is is_exact


def bound_one(file: RecordFile, tables: plan.ProtectedTables, county: str) -> tuple[list[int], list[int]]:
    """Return the bounds of the count of women gone in a county."""
    assert tables.system is not None
    wanted = {("", "events/rows"), ("county", county), ("sex", "F"), ("state", "gone")}
    mask = np.array([set(address) == wanted for address in tables.system.addresses])
    found = bounds.find_bounds(file, system=tables.system, mask=mask)
    return found.low.tolist(), found.high.tolist()


def test_a_coarser_variable_of_the_same_field_bounds_a_finer_one(opened):
    tables, records, plain = both(opened, SPARSE)
    file = as_file(plain, recoded=records)
    # The North is county A alone, so the file tells its count; the South holds two counties, so it only bounds theirs.
    assert bound_one(file, tables, "A") == ([5], [5])
    assert bound_one(file, tables, "B") == ([0], [16])


def test_records_kept_out_of_the_file_count_on_both_sides(opened):
    tables, records, _ = both(opened, SPARSE)
    some = opened.derive("some", "SELECT * FROM r WHERE year = '2002'", inputs={"r": records})
    release = opened.derive("file", "SELECT year, region, sex, state FROM r", inputs={"r": some})
    assert bound_one(as_file(release, recoded=some), tables, "A") == ([5], [5])


def test_an_unknown_code_is_known_of_nobody_in_the_file(opened):
    records = events(opened, *CROWD, (6, "2001", "A", "F", None))
    [measured] = measure(records, "region_state", **STATES)
    release = opened.derive("file", "SELECT year, region, sex, state FROM r", inputs={"r": records})
    tables = plan.protect_tables([measured], rules=make_rules())
    assert tables.system is not None
    wanted = {("", "events/rows"), ("region", "North"), ("state", "_U")}
    mask = np.array([set(address) == wanted for address in tables.system.addresses])
    found = bounds.find_bounds(as_file(release, recoded=records), system=tables.system, mask=mask)
    assert (found.low.tolist(), found.high.tolist()) == ([0], [6])


def test_without_bounds_the_system_stays_as_it_is(opened):
    tables, _, _ = both(opened, SPARSE)
    assert tables.system is not None
    nothing = bounds.Bounds(*(np.zeros(0, dtype=np.int64) for _ in range(3)))
    assert bounds.join(tables.system, nothing, is_earlier=False) is tables.system


# -- all together, and the report ------------------------------------------------------------------------------------


def fitted(
    opened: Engine, *rows: tuple[int, str, str, str, str | None]
) -> tuple[plan.ProtectedTables, Table, plan.ProtectedMicrodata]:
    """Protect the records first, and then the tables so that they fit the record file."""
    records = events(opened, *rows)
    done = plan.protect_microdata(records, policy=make_policy(), tier="public", seed=1)
    measured = measure(records, "county_state", **STATES)
    return plan.protect_tables(measured, rules=make_rules(), file=as_file(done.table, recoded=records)), records, done


def test_every_attack_that_the_policy_names_is_run(opened):
    tables, records, done = fitted(opened, *SAFE)
    results = plan.attack_all(
        policy=make_policy(), tier="public", dataset="events", protected_tables=tables, release=done.table, recoded=records
    )  # fmt: skip
    assert [(item.attack, item.against) for item in results] == [
        ("interval", "all tables of the draft"),
        ("differencing", "all earlier releases"),
        ("matching", "press"),
        ("matching", "published_tables"),
        ("interval", "tables and record file together"),
        ("interval", "people who were kept out of the record file"),
    ]
    assert all(item.passed for item in results)


def test_each_intruder_has_what_the_scenario_says(opened):
    _, records, done = fitted(opened, *SAFE)
    wide = dict(SCENARIOS["press"])
    scenarios = SCENARIOS | {
        "news": {**wide, "attack": "press", "tolerance": {"year": 1}, "sources": ["papers"]},
        "model": {**wide, "attack": "attribute", "wants": ["state"]},
        "vintages": {**wide, "attack": "record_differencing", "sources": ["before", "extract"], "with": {"minimum": 3}},
    }
    public = {
        "recode": {name: rule.model_dump() for name, rule in RECODINGS.items()},
        "microdata": MICRODATA | {"attacks": ["press", "attribute", "record_differencing"]},
        "tables": RULES,
    }
    policy = make_policy(scenarios=scenarios, tiers={"public": public})
    held: dict[str, Any] = {"papers": records, "before": done.table, "extract": done.table}
    results = plan.attack_microdata(done.table, known=records, policy=policy, tier="public", sources=held)
    assert [(item.attack, item.against) for item in results] == [
        ("press", "news"),
        ("attribute", "model"),
        ("record_differencing", "vintages"),
    ]
    assert "success_rate_state" in results[1].figures
    assert results[2].figures["files"] == 2
    assert results[2].figures["differences"] == 0
    with pytest.raises(errors.ProtectionRefused) as refused:
        plan.attack_microdata(done.table, known=records, policy=policy, tier="public")
    assert refused.value.codes == ("source_missing",)
    two = make_policy(scenarios=scenarios | {"news": {**wide, "attack": "press", "sources": ["a", "b"]}},
                      tiers={"public": public})  # fmt: skip
    with pytest.raises(errors.RegistryRefused) as wrong:
        plan.attack_microdata(done.table, known=records, policy=two, tier="public", sources=held)
    assert wrong.value.codes == ("wrong_value",)


def make_report(opened: Engine) -> plan.DisclosureReport:
    tables, records, done = fitted(opened, *SAFE, (2, "2003", "elsewhere", "M", "held"))
    results = plan.attack_all(
        policy=make_policy(), tier="public", dataset="events", protected_tables=tables, release=done.table, recoded=records
    )  # fmt: skip
    return plan.make_report(
        contract=world.jurisdiction().datasets["events"].contract, policy=make_policy(), tier="public", records=records,
        tables=tables, microdata=done, left_out={"children": 2, "others": 12, "nobody": 0}, attacks=results,
    )  # fmt: skip


def test_the_report_is_plain_values_and_the_same_each_time(opened):
    first, second = make_report(opened).as_dict(), make_report(opened).as_dict()
    assert json.loads(json.dumps(first)) == json.loads(json.dumps(second))
    assert first["passed"] is True
    assert first["policy_version"] == 3


def test_the_report_gives_no_figure_for_a_small_group(opened):
    report = make_report(opened)
    assert report.left_out == {"children": None, "others": 12, "nobody": 0}
    groups = {(item.variable, item.code): item for item in report.groups}
    rare = groups["year", "2003"]
    assert (rare.share_of_group, rare.share_with_any) == (None, None)
    assert rare.erased
    assert groups["sex", "F"].share_of_group is not None
    assert not groups["sex", "F"].erased


def test_no_share_of_the_report_tells_a_number_of_records_more_closely_than_k(opened):
    report = make_report(opened)
    told = report.as_dict()
    shares = [item["unique_share"] for item in told["as_collected"]] + [item["share"] for item in told["blanked"]]
    shares += [told["values_kept"], told["records_untouched"]]
    shares += [value for point in told["points"] for value in (point["risk"], point["utility"])]
    shares += [item["before"][name] for item in told["scenarios"] for name in ("unique_share", "expected_rate")]
    records = report.records or 0
    smallest = min(10**-digits for digits in range(4) if records * 10**-digits >= 3)
    assert records > 30
    assert all(share == round(round(share / smallest) * smallest, 6) for share in shares)


def test_the_report_says_of_what_was_before_neither_how_many_were_alone_nor_how_small_the_smallest_group_was(opened):
    before = [item["before"] for item in make_report(opened).as_dict()["scenarios"]]
    assert all(item["smallest_class"] is None for item in before)
    assert not any({"uniques", "without", "classes"} & set(item) for item in before)


def test_the_report_measures_what_was_lost(opened):
    report = make_report(opened)
    assert report.records == sum(count for count, *_ in SAFE) + 2
    assert report.values_kept is not None
    assert 0.9 < report.values_kept <= 1
    assert {item.variable for item in report.blanked} == {"year", "region", "sex", "state"}
    assert all(0 <= item.distribution_change <= 1 for item in report.blanked)
    shown = {item.table: item for item in report.tables}
    table = shown["count__by_county_state"]
    assert table.cells == 4 * 3 * 4
    assert 0 < table.hidden < table.cells
    assert table.share_of_count_shown is not None
    assert 0 < table.share_of_count_shown < 1
    assert report.small_counts_hidden > 0
    assert report.recoded[0].rule == "year, unchanged"


def test_what_was_collected_is_measured_all_together_first(opened):
    report = make_report(opened)
    fields = report.as_collected[0].fields
    assert set(fields) == {"year", "county", "sex", "state"}
    assert report.as_collected[0].unique_share == 0


def test_a_report_without_a_record_file_speaks_of_tables_alone(opened):
    tables, records, _ = both(opened, SPARSE)
    report = plan.make_report(
        contract=world.jurisdiction().datasets["events"].contract, policy=make_policy(), tier="public", records=records,
        tables=tables, microdata=None, left_out={}, attacks=(),
    )  # fmt: skip
    assert (report.records, report.scenarios, report.points, report.values_kept) == (None, (), (), None)
    assert len(report.tables) == 3


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"method": "keep"}, "age, unchanged"),
        ({"method": "bands", "cuts": [0, 18]}, "age in bands that begin at 0, 18"),
        ({"method": "group", "attribute": "kind"}, "age, by the group 'kind' of its code list"),
        ({"method": "truncate", "to": "month"}, "age, the month alone"),
        (
            {"method": "merge_small", "attribute": "population", "minimum": 25000, "into": "rest"},
            "age; codes whose population is under 25,000 stand under their 'rest'",
        ),
    ],
)
def test_a_recoding_is_said_in_words(rule, words):
    given = {"of": "age", "says": "s", "role": "sensitive"} | rule
    assert rule_in_words(Recoding.model_validate(given)) == words


# -- edges -----------------------------------------------------------------------------------------------------------


def test_records_without_persons_pass_as_they_are(opened):
    given_events = events(opened, *CROWD)
    contract = world.jurisdiction().datasets["residents"].contract
    assert plan.pass_records(given_events, contract=contract).plane is Plane.PROTECTED


def test_records_of_persons_never_pass_as_they_are(opened):
    contract = world.jurisdiction().datasets["events"].contract
    with pytest.raises(errors.ProtectionRefused) as refused:
        plan.pass_records(events(opened, *CROWD), contract=contract)
    assert refused.value.codes == ("records_of_persons",)


def test_where_there_is_nothing_there_is_nothing_to_attack(opened):
    policy = make_policy(tiers={"public": {"recode": {}, "microdata": MICRODATA}})
    asked: dict[str, Any] = {"policy": policy, "tier": "public", "dataset": "events"}
    assert plan.attack_all(**asked, protected_tables=None, release=None, recoded=None) == ()
    records = events(opened, *CROWD)
    release = opened.derive("release", "SELECT year, region, sex, state FROM r", inputs={"r": records})
    results = plan.attack_all(**asked, protected_tables=None, release=release, recoded=records)
    assert [item.attack for item in results] == ["matching", "matching"]


def test_a_report_of_tables_without_persons_hides_nothing(opened):
    records = events(opened, *CROWD)
    done = plan.protect_tables(measure(records, "county_sex"), rules=make_rules(method="none"))
    nobody = opened.derive("nobody", "SELECT * FROM r WHERE FALSE", inputs={"r": records})
    report = plan.make_report(
        contract=world.jurisdiction().datasets["events"].contract, policy=make_policy(), tier="public", records=nobody,
        tables=done, microdata=None, left_out={}, attacks=(),
    )  # fmt: skip
    assert (report.tables, report.small_counts_hidden, report.helpers_hidden, report.as_collected) == ((), 0, 0, ())


def test_a_variable_that_lost_every_value_has_changed_wholly(opened):
    records = events(opened, *((1, str(2000 + at), "A", "FM"[at % 2], ("held", "free")[at % 3 > 0]) for at in range(9)))
    given = make_policy(scenarios=SCENARIOS | {"published_tables": SCENARIOS["press"]})
    done = plan.protect_microdata(records, policy=given, tier="public", seed=1)
    report = plan.make_report(
        contract=world.jurisdiction().datasets["events"].contract, policy=given, tier="public", records=records,
        tables=None, microdata=done, left_out={}, attacks=(),
    )  # fmt: skip
    lost = {item.variable: item for item in report.blanked}
    assert (lost["year"].share, lost["year"].distribution_change) == (1, 1)
    assert {item.variable for item in report.groups} == {"year", "region", "sex"}


def test_what_a_published_table_hides_is_read_back(opened):
    records = events(opened, (50, "2001", "A", "F", "held"), (50, "2001", "B", "F", "held"), (60, "2001", "B", "M", "held"),
                     (60, "2001", "elsewhere", "M", "held"), (2, "2001", "A", "M", "held"))  # fmt: skip
    [measured] = measure(
        records, "county_sex", numerator={"dataset": "events", "where": "state = 'held'", "says": "s"},
        denominator={"dataset": "events", "says": "s", "by": {"county": "county", "sex": "sex"}},
    )  # fmt: skip
    done = plan.protect_tables([measured], rules=make_rules())
    assert counts.hidden_codes(measured, published=done.tables[measured.id]) == done.hidden
    assert done.hidden[measured.id + counts.DENOMINATOR]


def test_variables_of_one_field_nest_where_one_is_a_function_of_the_other(opened):
    found = counts.find_nestings(events(opened, *CROWD, (1, "2001", "B", "F", None)), recodings=RECODINGS)
    assert [(item.fine, item.coarse) for item in found] == [("county", "region")]
    assert found[0].into == {"A": "North", "B": "South", "elsewhere": "South"}

"""California: its declarations hold together, its real files pass, and the known answers come out."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from openjustice.confidential.collect import validate
from openjustice.confidential.collect.findings import CheckResult, Verdict
from openjustice.contracts.jurisdiction import Jurisdiction
from openjustice.contracts.registry import load_registry
from openjustice.ground import engine
from openjustice.ground.engine import Engine, Table
from openjustice.ground.terms import Plane, Role
from openjustice.measure import frames, rates
from openjustice.protect import plan

FILES = {
    "deaths_in_custody": "deaths_in_custody/deaths_in_custody_2005_2018.csv",
    "county_arrests": "ca_arrests_2009/arrests_by_county_2009.csv",
    "county_population": "population/ca_counties_1980_2017.csv",
    "population": "population/census_ca_county_year_age_sex_race_2010_2017.csv",
    "county_profile": "acs/acs_2017_5yr_ca_counties.csv",
    "reported_crimes": "crime_rates/crime_rates_1985_2017_doj_ca_state.csv",
    "justice_personnel": "le_cj_personnel/le_and_cj_personnel_2003_2017.csv",
}
DATASETS = sorted(FILES)
TODAY = date(2026, 1, 31)


@pytest.fixture(scope="module")
def california(registry_root: Path) -> Jurisdiction:
    """Load the jurisdiction."""
    return load_registry([registry_root], only=["california"]).jurisdiction("california")


# -- declarations ----------------------------------------------------------------------------------------------------------


def test_counties_are_the_58_and_two_placements(california: Jurisdiction) -> None:
    counties = california.codelists["counties"]
    assert len(counties.attribute("population")) == 58
    assert counties.attribute("fips") == {code: code for code in counties.attribute("population")}
    assert set(counties.labels()) - set(counties.attribute("population")) == {"in_state", "out_of_state"}


def test_every_county_under_100000_residents_has_neighbors_to_stand_with(california: Jurisdiction) -> None:
    counties = california.codelists["counties"]
    groups, sizes = counties.attribute("small_group"), counties.attribute("population")
    small = {code for code, size in sizes.items() if float(size) < 100_000}
    assert set(groups) == small
    assert all(
        sum(float(sizes[code]) for code in small if groups[code] == group) >= 100_000 for group in set(groups.values())
    )


def test_the_map_has_every_county_once_and_is_small(registry_root: Path, california: Jurisdiction) -> None:
    path = registry_root / "california" / "map.json"
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    assert sorted(item["properties"]["code"] for item in features) == sorted(
        california.codelists["counties"].attribute("fips")
    )
    assert path.stat().st_size <= 60_000


def test_age_bands_of_deaths_are_the_bands_of_residents(california: Jurisdiction) -> None:
    policy = california.datasets["deaths_in_custody"].policy
    assert policy is not None
    cuts = policy.tiers["public"].recode["age_band"].cuts
    bands = {f"{low}-{high - 1}" for low, high in pairwise(cuts)} | {f"{cuts[-1]}+"}
    assert set(california.codelists["census_age_group"].attribute("band").values()) == bands


def test_no_public_variable_of_deaths_is_a_day_an_agency_or_an_identifier(california: Jurisdiction) -> None:
    dataset = california.datasets["deaths_in_custody"]
    assert dataset.policy is not None
    made_of = {rule.of for rule in dataset.policy.tiers["public"].recode.values()}
    withheld = {
        "death_month",
        "death_day",
        "agency_number",
        "agency_name",
        "custody_offense",
        "means",
        "cause_location",
    }
    assert not made_of & (withheld | set(dataset.contract.fields_with(Role.DIRECT_IDENTIFIER)))


@pytest.mark.parametrize("name", DATASETS)
def test_the_invented_example_passes(registry_root: Path, california: Jurisdiction, name: str) -> None:
    path = registry_root / "california" / "datasets" / name / "examples" / "good.csv"
    assert check(path, name, california).verdict is Verdict.ACCEPTED


# -- the real files --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in DATASETS if name != "deaths_in_custody"])
def test_the_real_file_passes_without_a_question(real_data: Path, california: Jurisdiction, name: str) -> None:
    assert check(real_data / "us" / FILES[name], name, california).verdict is Verdict.ACCEPTED


def test_the_real_deaths_pass_with_exactly_the_known_oddities(real_data: Path, california: Jurisdiction) -> None:
    dataset = california.datasets["deaths_in_custody"]
    result = check(real_data / "us" / FILES["deaths_in_custody"], "deaths_in_custody", california)
    known = {rule: item.known_violations for rule, item in dataset.checks.checks.items() if item.known_violations}
    assert result.rows == 9911
    assert result.verdict is Verdict.ACCEPTED_WITH_QUERIES
    assert {tally.rule: tally.count for tally in result.tallies} == known


@pytest.fixture(scope="module")
def tables(real_data: Path, california: Jurisdiction) -> Iterator[Mapping[str, Table]]:
    """Give the real files, recoded as the policies say."""
    names = [name for name in DATASETS if name != "county_profile"]
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as opened:
        yield {name: recoded(opened, real_data / "us" / FILES[name], name, california) for name in names}


def test_known_answers_of_deaths(tables: Mapping[str, Table], california: Jurisdiction) -> None:
    found = measured("deaths_in_custody", "year", tables, california)
    assert found["_T",]["numerator"] == 9911
    assert found["2018",]["numerator"] == 791


def test_known_answers_of_pending_investigations(tables: Mapping[str, Table], california: Jurisdiction) -> None:
    found = measured("pending_share", "year", tables, california)
    pending = {year: found[str(year),]["numerator"] for year in range(2005, 2019)}
    assert pending == {**dict.fromkeys(range(2005, 2014), 0), 2014: 9, 2015: 42, 2016: 98, 2017: 179, 2018: 242}
    assert found["2018",]["value"] == 30.6
    assert [year for (year,), row in found.items() if row["status_marker"] == "p"] == ["2016", "2017", "2018"]


def test_the_year_of_an_open_manner_is_provisional_and_its_total_is_not(
    tables: Mapping[str, Table], california: Jurisdiction
) -> None:
    found = measured("deaths_in_custody", "manner_year", tables, california)
    marked = {codes for codes, row in found.items() if row["status_marker"] == "p"}
    assert {year for _, year in marked} == {"2016", "2017", "2018"}
    assert "_T" not in {manner for manner, _ in marked}


@pytest.mark.parametrize("breakdown", ["custody_year", "responsibility_year", "facility_year"])
def test_deaths_in_the_process_of_arrest_break_after_2005(
    tables: Mapping[str, Table], california: Jurisdiction, breakdown: str
) -> None:
    found = measured("deaths_in_custody", breakdown, tables, california)
    assert {year for (_, year), row in found.items() if row["status_marker"] == "b"} == {"2006"}
    arrest = next(code for code, _ in found if code in ("Process of arrest", "Scene of crime or arrest"))
    assert found[arrest, "2005"]["numerator"] * 4 < found[arrest, "2006"]["numerator"]


def test_a_period_of_one_year_is_named_for_it(tables: Mapping[str, Table], california: Jurisdiction) -> None:
    found = measured("deaths_in_custody", "county_period", tables, california)
    assert {period for _, period in found} == {"2005-2009", "2010-2013", "2014-2017", "2018", "_T"}


@pytest.mark.parametrize(("level", "count"), [("felony", 466_441), ("misdemeanor", 970_221)])
def test_known_answers_of_arrests(
    tables: Mapping[str, Table], california: Jurisdiction, level: str, count: int
) -> None:
    found = measured(f"{level}_arrest_rate", "county", tables, california)
    assert found["_T", "2009"]["numerator"] == count
    assert found["_T", "2009"]["coverage"] == 1.0
    assert (
        sum(row["numerator"] is not None for (county, year), row in found.items() if county != "_T" and year == "2009")
        == 58
    )


def test_known_answer_of_status_offenses(tables: Mapping[str, Table]) -> None:
    assert sum(int(row["status_offense"]) for row in tables["county_arrests"].rows()) == 30_190


def test_a_year_without_residents_has_no_rate(tables: Mapping[str, Table], california: Jurisdiction) -> None:
    by_year = measured("deaths_in_custody_rate", "year", tables, california)
    assert (by_year["2017",]["denominator"], by_year["2017",]["value"]) == (39_536_653, 1.85)
    assert (by_year["2018",]["value"], by_year["2018",]["value_marker"]) == (None, "x")
    by_race = measured("deaths_in_custody_rate_by_group", "race_period", tables, california)
    assert by_race["White", "2005-2009"]["value_marker"] == "x"
    assert by_race["Other", "2014-2017"]["value_marker"] == "x"
    assert by_race["_T", "2014-2017"]["denominator"] == 156_566_851


def test_arrest_related_deaths_stand_beside_arrests_of_the_same_year(
    tables: Mapping[str, Table], california: Jurisdiction
) -> None:
    found = measured("arrest_related_death_rate", "county", tables, california)
    assert (found["_T",]["numerator"], found["_T",]["denominator"]) == (114, 466_441 + 970_221)


def test_homicides_cleared_in_2016(tables: Mapping[str, Table], california: Jurisdiction) -> None:
    found = measured("homicide_clearance", "year", tables, california)
    assert (found["2016",]["numerator"], found["2016",]["denominator"], found["2016",]["value"]) == (1_140, 1_930, 59.1)
    assert not [year for (year,), row in found.items() if row["status_marker"]]


def test_violent_crime_breaks_where_rape_is_given_a_wider_meaning(
    tables: Mapping[str, Table], california: Jurisdiction
) -> None:
    violent = measured("violent_crime_rate", "year", tables, california)
    assert [year for (year,), row in violent.items() if row["status_marker"] == "b"] == ["2014"]
    assert not [1 for row in measured("property_crime_rate", "year", tables, california).values() if row["status_marker"]]


@pytest.mark.parametrize(
    ("name", "kinds", "rows"), [("reported_crimes", "sum_equals", 33), ("justice_personnel", "sum_equals condition", 870)]
)
def test_every_sum_of_the_real_file_adds_up(
    tables: Mapping[str, Table], california: Jurisdiction, name: str, kinds: str, rows: int
) -> None:
    sums = [rule for rule, item in california.datasets[name].checks.checks.items() if item.kind in kinds.split()]
    assert len(sums) == {"reported_crimes": 16, "justice_personnel": 13}[name]
    assert tables[name].row_count == rows
    for rule in sums:
        given = california.datasets[name].checks.checks[rule].fields
        *parts, total = given
        off = [row for row in tables[name].rows() if row[total] is not None]
        known = [row for row in off if name == "justice_personnel" or None not in [row[part] for part in parts]]
        assert known
        assert all(int(row[total]) == sum(int(row[part] or 0) for part in parts) for row in known), rule


def test_counties_without_state_headquarters_have_the_same_staff_either_way(tables: Mapping[str, Table]) -> None:
    rows = tables["justice_personnel"].rows()
    differing = {row["county"] for row in rows if row["state_total"] != row["county_total"]}
    assert differing == {"06013", "06067"}  # Contra Costa and Sacramento
    assert sum(row["state_total"] != row["county_total"] for row in rows) == 30


# -- helpers ---------------------------------------------------------------------------------------------------------------


def check(path: Path, name: str, california: Jurisdiction) -> CheckResult:
    """Check a file against its contract."""
    return validate.check_file(path, dataset=california.datasets[name], jurisdiction=california, today=TODAY)


def measured(
    indicator: str, breakdown: str, tables: Mapping[str, Table], california: Jurisdiction
) -> dict[tuple[str, ...], Any]:
    """Measure one breakdown and return its rows by codes."""
    declared = california.indicators[indicator].indicator
    policy = california.datasets[declared.dataset].policy
    assert policy is not None
    made = frames.measure_table(declared, breakdown, tables=tables, jurisdiction=california)
    rows = rates.add_rates(made.table, indicator=declared, rules=policy.tiers["public"].tables).rows()
    return {tuple(row[name] for name in made.variables): row for row in rows}


def recoded(opened: Engine, path: Path, name: str, california: Jurisdiction) -> Table:
    """Read a real file by its mapping, without the room that checks it, and recode it."""
    dataset = california.datasets[name]
    (mapping,) = dataset.mappings.values()
    fields, rows = dataset.contract.fields, []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            if any(row[column] not in kept for column, kept in mapping.keep.items()):
                continue
            known = {
                field: mapping.codes.get(field, {}).get(row[column], row[column])
                for column, field in mapping.columns.items()
            }
            wide = mapping.unpivot.columns.items() if mapping.unpivot else ()
            rows += [{**known, **said, mapping.unpivot.value: row[column]} for column, said in wide if mapping.unpivot]
            rows += [] if mapping.unpivot else [known]
    values = [
        [None if row[item] == "" or row[item] in fields[item].missing else row[item] for item in fields] for row in rows
    ]
    columns = {item: field.type.sql for item, field in fields.items()}
    records = opened.make_table(name, columns=columns, rows=values, plane=Plane.CONFIDENTIAL)
    assert dataset.policy is not None
    recode = dataset.policy.tiers["public"].recode
    return plan.recode(records, recodings=recode, contract=dataset.contract, codelists=california.codelists)

"""California's code lists and agencies, held against the state's own tables of codes."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from openjustice.contracts.jurisdiction import Jurisdiction
from openjustice.contracts.registry import load_registry

CODES = "us/ca_doj_codes"


@pytest.fixture(scope="module")
def california(registry_root: Path) -> Jurisdiction:
    """Load the jurisdiction."""
    return load_registry([registry_root], only=["california"]).jurisdiction("california")


def rows(real_data: Path, name: str) -> list[dict[str, str]]:
    """Read one of the state's tables."""
    with (real_data / CODES / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_every_agency_of_the_arrest_register_may_report(real_data: Path, california: Jurisdiction) -> None:
    agencies = california.codelists["agencies"]
    register = rows(real_data, "macr_jurisdictions.csv")
    assert len(register) == 911
    assert {f"{row['Code']}00" for row in register} <= set(agencies.labels())


def test_an_agency_stands_in_the_county_of_its_number(california: Jurisdiction) -> None:
    counties = california.codelists["counties"]
    by_number = {str(number): code for code, number in counties.attribute("doj_code").items()}
    placed = california.codelists["agencies"].attribute("county")
    assert len(placed) > 1000
    elsewhere = {code: county for code, county in placed.items() if by_number.get(code[:2]) != county}
    assert set(elsewhere.values()) <= {"in_state", "out_of_state"}
    assert {code[:2] for code in elsewhere} == {"99"}


def test_every_county_has_one_probation_department_at_least_and_a_sheriff(california: Jurisdiction) -> None:
    agencies = california.codelists["agencies"]
    kinds, counties = agencies.attribute("type"), agencies.attribute("county")
    for kind in ("Probation", "Sheriff"):
        assert len({counties[code] for code, is_kind in kinds.items() if is_kind == kind and code in counties}) == 58


def test_the_offense_codes_are_the_states_and_fall_in_its_groups(real_data: Path, california: Jurisdiction) -> None:
    offenses = california.codelists["bcs_offense"]
    table = rows(real_data, "bcs_offence_codes.csv")
    assert {row["offense_code"].zfill(3) for row in table} == set(offenses.labels())
    summary, until, since = (
        offenses.attribute(name) for name in ("summary", "summary_until_2013", "summary_from_2014")
    )
    groups = {(row["offense_code"].zfill(3), row["summary_offense_code"].zfill(2)) for row in table}
    declared = {*summary.items(), *until.items(), *since.items()}
    assert declared < groups
    assert {code for code, _ in groups - declared} == {"946"}  # gambling and highway offenses at once
    assert set(until) == set(since)
    assert not set(summary) & set(since)


def test_the_groups_of_the_published_tables_are_those_of_the_crosswalk(california: Jurisdiction) -> None:
    summaries = california.codelists["bcs_summary_offense"]
    assert len(summaries.codes) == 74
    felonies = {name for code, name in summaries.attribute("published").items() if summaries.attribute("level")[code] == "Felony"}
    assert felonies == {"Violent", "Property", "Drug", "Sex offense", "Other felony"}


@pytest.mark.parametrize("name", ["hate_bias_type", "hate_offense_type", "hate_victim_type"])
def test_a_recalled_list_says_so(california: Jurisdiction, name: str) -> None:
    assert not california.codelists[name].verified


def test_a_list_with_two_codings_says_which_was_in_force_when(california: Jurisdiction) -> None:
    races = {item.code: item for item in california.codelists["macr_race"].codes}
    assert all((item.valid_until == "1990-12-31") == code.isdigit() for code, item in races.items())
    assert all((item.valid_from == "1991-01-01") == code.isalpha() for code, item in races.items())

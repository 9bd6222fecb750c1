"""Who reported, how complete the fields are, what is still pending: without giving away what a table hides."""

from __future__ import annotations

from openjustice.ground.engine import Engine
from openjustice.measure import quality
from unit.measure import world


def test_of_persons_only_kinds_of_reporters_are_named(opened: Engine) -> None:
    place = world.jurisdiction()
    records = world.table(
        opened, "events", [{"agency": "1"}, {"agency": "2"}, {"agency": "2"}, {"agency": "3"}], columns=("agency",)
    )
    found = quality.find_reporters(
        records, contract=place.datasets["events"].contract, codelist=place.codelists["agencies"]
    )
    assert found == (quality.Reporters("Police", "Police", 2, None), quality.Reporters("Sheriff", "Sheriff", 1, None))


def test_without_persons_each_reporter_stands_with_its_rows(opened: Engine) -> None:
    place = world.jurisdiction()
    records = world.table(opened, "residents", [{"agency": "1"}, {"agency": "2"}, {"agency": "2"}], columns=("agency",))
    found = quality.find_reporters(
        records, contract=place.datasets["residents"].contract, codelist=place.codelists["agencies"]
    )
    assert found == (quality.Reporters("1", "One", 1, 1), quality.Reporters("2", "Two", 1, 2))


def test_completeness_is_rounded_so_that_it_counts_nobody(opened: Engine) -> None:
    contract = world.jurisdiction().datasets["events"].contract
    rows = [{"state": "open"}] * 299 + [{"state": None}]
    records = world.table(opened, "events", rows, columns=("state", "other"))
    assert quality.measure_completeness(records, contract=contract, decimals=2) == {"state": 1.0}


def test_completeness_of_no_records_is_nothing(opened: Engine) -> None:
    contract = world.jurisdiction().datasets["events"].contract
    assert quality.measure_completeness(
        world.table(opened, "e", [], columns=("state",)), contract=contract, decimals=2
    ) == {"state": 0.0}


def test_maturity_is_read_from_what_is_published() -> None:
    rows: list[dict[str, object]] = [
        {"year": "2018", "value": 30.6},
        {"year": "2017", "value": None},
        {"year": "_T", "value": 5.0},
    ]
    assert quality.read_maturity(rows, period="year", per=100) == (
        quality.Pending("2017", None),
        quality.Pending("2018", 0.306),
    )


def test_a_contract_without_a_reporter_names_nobody(opened: Engine) -> None:
    place = world.jurisdiction(reporter_field=None)
    records = world.table(opened, "events", [{"agency": "1"}], columns=("agency",))
    contract = place.datasets["events"].contract
    assert quality.find_reporters(records, contract=contract, codelist=place.codelists["agencies"]) == ()


def test_a_table_without_fields_of_the_contract_says_nothing(opened: Engine) -> None:
    contract = world.jurisdiction().datasets["events"].contract
    records = world.table(opened, "events", [{"other": "x"}], columns=("other",))
    assert quality.measure_completeness(records, contract=contract, decimals=2) == {}

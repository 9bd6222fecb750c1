"""Invented rows are accepted by the contract they are invented for, and the same seed gives the same bytes."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from openjustice.contracts import registry, synthetic
from openjustice.contracts.dataset import FieldType
from openjustice.contracts.jurisdiction import Jurisdiction
from openjustice.ground import errors

DATASETS = ["county_arrests", "custody_deaths", "population"]


@pytest.fixture(scope="module")
def demo(registry_root: Path) -> Jurisdiction:
    """Load the invented jurisdiction."""
    return registry.load_registry([registry_root], only=["demo"]).jurisdiction("demo")


def rows_of(demo: Jurisdiction, name: str, *, seed: int = 7, rows: int | None = 300) -> list[dict[str, str]]:
    """Invent rows of one dataset of the demo."""
    dataset = demo.datasets[name]
    generator = synthetic.read_generator(dataset)
    assert generator is not None
    return synthetic.make_synthetic_rows(
        dataset.contract, codelists=demo.codelists, generator=generator, seed=seed, rows=rows
    )


@pytest.mark.parametrize("name", DATASETS)
def test_every_value_is_one_that_the_contract_allows(demo: Jurisdiction, name: str):
    fields = demo.datasets[name].contract.fields
    for row in rows_of(demo, name):
        assert list(row) == list(fields)
        for field_name, field in fields.items():
            value = row[field_name]
            if value == "" or value in field.missing:
                assert not field.required
                continue
            match field.type:
                case FieldType.CODE:
                    assert value in demo.codelist(str(field.codelist)).labels()
                case FieldType.INTEGER:
                    low, high = field.range or (None, None)
                    assert low is None or int(value) >= low
                    assert high is None or int(value) <= high
                case FieldType.DATE:
                    assert date.fromisoformat(value).isoformat() == value
                case _:
                    assert field.pattern is None or re.fullmatch(field.pattern, value)


@pytest.mark.parametrize("name", DATASETS)
def test_no_key_occurs_twice(demo: Jurisdiction, name: str):
    key = demo.datasets[name].contract.key
    keys = [tuple(row[part] for part in key) for row in rows_of(demo, name)]
    assert len(keys) == len(set(keys))


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(demo: Jurisdiction, tmp_path: Path):
    made = [
        synthetic.make_synthetic_files(demo, directory=tmp_path / name, seed=seed)
        for name, seed in [("one", 1), ("again", 1), ("other", 2)]
    ]
    assert sorted(made[0]) == DATASETS
    texts = [{name: path.read_bytes() for name, path in files.items()} for files in made]
    assert texts[0] == texts[1]
    assert texts[0]["custody_deaths"] != texts[2]["custody_deaths"]


def test_one_row_for_every_combination(demo: Jurisdiction):
    rows = rows_of(demo, "county_arrests", rows=None)
    assert len(rows) == 12 * 8 * 3
    felonies = {
        row["county"]: int(row["arrests"]) for row in rows if (row["year"], row["offense_level"]) == ("2020", "Felony")
    }
    assert 0.88 * 0.0095 * 3_214_000 <= felonies["Aldermoor"] <= 1.12 * 0.0095 * 3_214_000


def test_every_person_carries_the_marks_that_a_leak_would_show(demo: Jurisdiction):
    generator = synthetic.read_generator(demo.datasets["custody_deaths"])
    assert generator is not None
    rows = rows_of(demo, "custody_deaths")
    assert all(row["person_name"].startswith(generator.canaries["person_name"]) for row in rows)
    booked = [row["booking_number"] for row in rows if row["booking_number"]]
    assert len(booked) > 200
    assert all(number.startswith(generator.canaries["booking_number"]) for number in booked)
    assert all(row["date_of_birth"] < "2011" < row["date_of_death"] for row in rows)


def test_a_birth_day_agrees_with_the_age(demo: Jurisdiction):
    for row in rows_of(demo, "custody_deaths"):
        if row["age"] != "Unk":
            born, died = date.fromisoformat(row["date_of_birth"]), date.fromisoformat(row["date_of_death"])
            years = died.year - born.year - ((died.month, died.day) < (born.month, born.day))
            assert years == int(row["age"])


def test_recent_deaths_are_more_often_pending(demo: Jurisdiction):
    rows = rows_of(demo, "custody_deaths", rows=1200)
    pending = {
        year: [row["manner_of_death"] == "Pending" for row in rows if row["record_number"][:4] == year]
        for year in ("2017", "2023")
    }
    assert sum(pending["2017"]) / len(pending["2017"]) < 0.05 < sum(pending["2023"]) / len(pending["2023"])


def test_an_unknown_field_in_a_generator_is_refused_with_its_line(
    demo: Jurisdiction, registry_root: Path, tmp_path: Path
):
    folder = tmp_path / "demo" / "datasets"
    folder.mkdir(parents=True)
    source = registry_root / "demo" / "datasets" / "population"
    copied = folder / "population"
    copied.mkdir()
    for path in source.iterdir():
        if path.is_file():
            (copied / path.name).write_text(path.read_text())
    (copied / "generator.yaml").write_text(
        "generator: population\nsays: wrong\nfields:\n  eyes: {weights: {Blue: 1}}\n"
    )
    changed = (
        registry.load_registry([registry_root, tmp_path], only=["demo"]).jurisdiction("demo").datasets["population"]
    )
    with pytest.raises(errors.RegistryRefused) as refused:
        synthetic.read_generator(changed)
    assert refused.value.codes == ("unknown_field",)
    assert refused.value.faults[0].place.line == 4


def test_a_pattern_without_a_template_is_refused(demo: Jurisdiction):
    dataset = demo.datasets["custody_deaths"]
    generator = synthetic.Generator(generator="custody_deaths", says="nothing said of any field", rows=1)
    with pytest.raises(errors.RegistryRefused) as refused:
        synthetic.make_synthetic_rows(dataset.contract, codelists=demo.codelists, generator=generator, seed=1)
    assert refused.value.codes == ("cannot_invent",)

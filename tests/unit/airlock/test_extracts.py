"""Extracts for licenses: finer than the public file, attacked, set against every other file, marked without changing a number."""

from __future__ import annotations

import csv
import io
import random
import shutil
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from openjustice.airlock import extracts, marks
from openjustice.confidential import store as stores
from openjustice.contracts.registry import Registry
from openjustice.ground import errors
from unit.airlock import homes

DATASET = "demo/custody_deaths"


def make(home: Path, registry: Registry, copy: str) -> extracts.Extract:
    return extracts.make(home, dataset=DATASET, tier="researcher", copy=copy, terms="License 1\n", registry=registry)


def rows_of(content: bytes) -> list[marks.Row]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.namelist() == ["README.txt", "records.csv"]
        text = packed.read("records.csv").decode()
    return [tuple(row) for row in csv.reader(io.StringIO(text))]


@pytest.fixture(scope="module")
def home(drafted_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copied = tmp_path_factory.mktemp("extracts") / "home"
    shutil.copytree(drafted_home, copied)
    return copied


@pytest.fixture(scope="module")
def made(home: Path, registry: Registry) -> list[extracts.Extract]:
    return [make(home, registry, f"license-{number}-copy-1") for number in (1, 2, 3)]


def test_an_extract_is_finer_than_the_public_file_and_meets_its_tier(made: list[extracts.Extract], registry: Registry):
    head, *rows = rows_of(made[0].content)
    assert head == ("death_year", "region", "age_group", "sex", "race_group", "custody_group", "manner")
    assert made[0].records == len(rows) > 1000
    assert all(result.passed for result in made[0].results)
    policy = registry.dataset(DATASET).policy
    assert policy is not None
    key = [head.index(name) for name in policy.scenarios["licensee"].key if name in head]
    classes = Counter(tuple(row[place] for place in key) for row in rows)
    assert min(classes.values()) >= 3


def test_copies_differ_in_order_alone(made: list[extracts.Extract]):
    files = [rows_of(item.content) for item in made]
    assert len({item.sha256 for item in made}) == 3
    assert len({item.mark for item in made}) == 3
    assert Counter(files[0]) == Counter(files[1]) == Counter(files[2])
    assert files[0] != files[1]


def test_the_same_copy_is_the_same_bytes(home: Path, registry: Registry, made: list[extracts.Extract]):
    assert make(home, registry, "license-1-copy-1").content == made[0].content


@pytest.mark.parametrize("kept", [1.0, 0.5, 0.1])
@pytest.mark.parametrize("leaked", [0, 1, 2])
def test_a_leaked_part_names_its_copy_and_no_other(home: Path, made: list[extracts.Extract], kept: float, leaked: int):
    draw = random.Random(leaked)
    rows = [row for row in rows_of(made[leaked].content)[1:] if draw.random() < kept]
    found = extracts.name_leak(home, rows, copies=[item.copy for item in made])
    assert found[0].copy == made[leaked].copy
    assert found[0].is_named
    assert found[0].ascending == found[0].pairs
    assert not any(item.is_named for item in found[1:])


def test_a_sorted_file_accuses_nobody(home: Path, made: list[extracts.Extract]):
    found = extracts.name_leak(home, sorted(rows_of(made[0].content)[1:]), copies=[item.copy for item in made])
    assert not any(item.is_named for item in found)


def test_two_hundred_innocent_files_accuse_nobody():
    """The stated chance is the real one: random orders are named less often than once in a million."""
    keys = {str(number): bytes([number]) * 32 for number in range(20)}
    draw, rows = random.Random(1), [(str(number),) for number in range(200)]
    for _ in range(10):
        draw.shuffle(rows)
        assert not any(item.is_named for item in marks.find(rows, keys=keys))


def test_forty_records_are_enough():
    rows = marks.order([(str(number),) for number in range(41)], key=b"a" * 32)
    assert marks.find(rows, keys={"a": b"a" * 32, "b": b"b" * 32})[0].is_named


def test_records_that_differ_in_where_a_value_ends_are_two():
    assert marks.order([("ab", "c")], key=b"k") != marks.order([("a", "bc")], key=b"k")
    assert marks._hash(("ab", "c"), b"k") != marks._hash(("a", "bc"), b"k")


def test_an_extract_a_few_records_later_is_not_let_out(drafted_home: Path, registry: Registry, tmp_path: Path):
    """Whoever held both files would see the two records that came between them."""
    home = tmp_path / "home"
    shutil.copytree(drafted_home, home)
    make(home, registry, "license-1-copy-1")
    jurisdiction = registry.jurisdiction("demo")
    invented = homes.invent_rows(jurisdiction, rows=1502)["custody_deaths"]
    adult = next(row for row in invented if row["age"].isdigit() and int(row["age"]) > 30)
    with stores.open_store(home) as store:
        contract = jurisdiction.datasets["custody_deaths"].contract
        homes.accept_rows(store, contract, rows=[adult, adult], jurisdiction="demo")
    with pytest.raises(errors.SealRefused) as refused:
        make(home, registry, "license-2-copy-1")
    assert "extract_too_close" in refused.value.codes or "differencing_failed" in refused.value.codes
    with stores.open_store(home, writable=False) as store:
        assert list(store.sealed_cells("custody_deaths extracts")) == [f"{DATASET}/license-1-copy-1"]


def test_a_tier_without_records_has_no_extract(drafted_home: Path, registry: Registry):
    with pytest.raises(errors.RegistryRefused) as refused:
        extracts.make(drafted_home, dataset=DATASET, tier="internal", copy="x", terms="", registry=registry)
    assert refused.value.codes == ("tier_without_records",)

"""The door against a revision that shows a person: a release that differs from the last by one record is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from openjustice.airlock import review, seal, verify
from openjustice.confidential import store as stores
from openjustice.confidential.drafting import draft
from openjustice.contracts.registry import Registry
from openjustice.ground import engine, errors
from openjustice.ground.terms import Plane
from unit.airlock import homes

ROWS, DATASET = 1200, "custody_deaths"


@pytest.fixture
def registry(registry_root: Path) -> Registry:
    """Load the invented jurisdiction."""
    return homes.load_registry(registry_root)


@pytest.fixture
def home(registry: Registry, tmp_path: Path) -> Path:
    """Make a home whose records of deaths have a sealed release."""
    jurisdiction = registry.jurisdiction("demo")
    rows = homes.invent_rows(jurisdiction, rows=ROWS)
    made = homes.make_home(tmp_path / "home", jurisdiction=jurisdiction, rows=rows)
    number = make_draft(made, registry)
    for checker in ("Ben", "Cai"):
        review.approve(made, number, checker=checker, role="office", at=homes.AT, registry=registry)
    seal.seal(made, number, actor="Manager", at=homes.AT, registry=registry)
    return made


def make_draft(home: Path, registry: Registry) -> int:
    """Draft the release of deaths."""
    return draft.make_draft(
        home, dataset=f"demo/{DATASET}", author="Ada", at=homes.AT, seed=homes.SEED, registry=registry
    )


def read_counts(folder: Path) -> dict[tuple[str, ...], int | None]:
    """Read every count of a draft's or a release's tables, by table and codes; None where it is hidden."""
    with engine.open_memory(plane=Plane.PROTECTED, directory=folder) as opened:
        tables = {path.stem: opened.read_parquet(path, name=path.stem) for path in folder.glob("tables/*.parquet")}
        return {
            (name, *(str(row[column]) for column in table.column_names[: table.column_names.index("numerator")])): row[
                "numerator"
            ]
            for name, table in tables.items()
            for row in table.rows()
        }


def test_a_revision_by_one_record_is_refused_and_its_tables_tell_no_change(home: Path, registry: Registry):
    jurisdiction = registry.jurisdiction("demo")
    added = homes.invent_rows(jurisdiction, rows=ROWS + 1)[DATASET][ROWS:]
    with stores.open_store(home) as store:
        homes.accept_rows(store, jurisdiction.datasets[DATASET].contract, rows=added, jurisdiction="demo")
    number = make_draft(home, registry)
    with pytest.raises(errors.SealRefused) as refused:
        review.approve(home, number, checker="Ben", role="office", at=homes.AT, registry=registry)
    assert "revision_too_small" in refused.value.codes
    with stores.open_store(home) as store:
        now = read_counts(store.draft_directory(number))
    (release,) = (home / "public" / "releases" / "demo" / DATASET).iterdir()
    before = read_counts(release)
    changes = {key: later - was for key, was in before.items() if was is not None and (later := now[key]) is not None}
    assert changes
    assert set(changes.values()) == {0}  # what one record changed is hidden: no subtraction finds it


def test_the_same_records_again_are_no_revision(home: Path, registry: Registry):
    assert verify.verify_evidence(home, make_draft(home, registry), registry=registry).faults == ()

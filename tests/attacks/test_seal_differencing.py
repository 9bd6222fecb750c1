"""The door against the difference between two releases: a second draft that would give away what the first hides is refused.

Both drafts are safe alone. They are drafted before either is sealed, under policies that choose other helpers, so that each
shows what the other hides; a reader who keeps both has the small counts. Once one is out, the other may not follow.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from openjustice.airlock import review, seal, verify
from openjustice.confidential.drafting import draft
from openjustice.contracts.registry import Registry
from openjustice.ground import errors
from openjustice.public.store import reader
from unit.airlock import homes

ROWS = 1500
OTHER_HELPERS = "      weights: {county: 50, manner_group: 1, facility_kind: 50, custody_group: 1}\n"


def load(folder: Path, target: Path, *, weights: str) -> Registry:
    """Copy the invented jurisdiction with one indicator, with these weights in its policy."""
    copied = Path(shutil.copytree(folder / "demo", target / "demo"))
    for place in (copied / "indicators").iterdir():
        if place.name != "custody_deaths":
            shutil.rmtree(place)
    policy = copied / "datasets" / "custody_deaths" / "policy.yaml"
    text = policy.read_text()
    kept = [line for line in text.splitlines(keepends=True) if not line.lstrip().startswith("weights:")]
    policy.write_text("".join(kept).replace("      zeros: shown\n", f"      zeros: shown\n{weights}"))
    return homes.load_registry(target)


@pytest.fixture
def registries(registry_root: Path, tmp_path: Path) -> tuple[Registry, Registry]:
    """Load the jurisdiction twice: with its own choice of helpers, and with another."""
    return load(registry_root, tmp_path / "own", weights=""), load(
        registry_root, tmp_path / "other", weights=OTHER_HELPERS
    )


@pytest.fixture
def home(registries: tuple[Registry, Registry], tmp_path: Path) -> Path:
    """Make a home with the records, and both drafts before either is sealed."""
    jurisdiction = registries[0].jurisdiction("demo")
    rows = {"custody_deaths": homes.invent_rows(jurisdiction, rows=ROWS)["custody_deaths"]}
    made = homes.make_home(tmp_path / "home", jurisdiction=jurisdiction, rows=rows)
    for registry in registries:
        draft.make_draft(
            made, dataset="demo/custody_deaths", author="Ada", at=homes.AT, seed=homes.SEED, registry=registry
        )
    return made


def approve_and_seal(home: Path, number: int, *, registry: Registry, note: str | None = None) -> str:
    """Take a draft through its checkers and seal it."""
    for checker in ("Ben", "Cai"):
        review.approve(home, number, checker=checker, role="office", at=homes.AT, registry=registry)
    return seal.seal(home, number, actor="Manager", at=homes.AT, registry=registry, revision_note=note).address


def test_a_draft_that_discloses_together_with_a_sealed_release_is_refused(
    home: Path, registries: tuple[Registry, Registry]
):
    own, other = registries
    assert verify.verify_evidence(home, 2, registry=other).faults == ()  # alone it is safe
    for checker in ("Ben", "Cai"):
        review.approve(home, 2, checker=checker, role="office", at=homes.AT, registry=other)
    first = approve_and_seal(home, 1, registry=own)
    with pytest.raises(errors.SealRefused) as refused:
        seal.seal(home, 2, actor="Manager", at=homes.AT, registry=other, revision_note="Other helpers.")
    assert "differencing_failed" in refused.value.codes
    said = str(refused.value)
    assert "follows from" in said
    assert first in said
    with reader.open_reader(home / "public") as opened:
        assert [item.address for item in opened.releases()] == [first]


def test_a_draft_made_after_the_release_knows_it_and_passes(home: Path, registries: tuple[Registry, Registry]):
    own, other = registries
    approve_and_seal(home, 1, registry=own)
    number = draft.make_draft(
        home, dataset="demo/custody_deaths", author="Ada", at=homes.AT, seed=homes.SEED, registry=other
    )
    second = approve_and_seal(home, number, registry=other, note="Other helpers, chosen beside the first release.")
    with reader.open_reader(home / "public") as opened:
        assert opened.release(second).supersedes == "demo/custody_deaths/2026-03-02.1"

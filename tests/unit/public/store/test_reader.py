"""The reader sees what the catalog names, on the public plane, and nothing that is not as it was sealed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from openjustice.contracts.release import ReleaseManifest
from openjustice.ground import errors
from openjustice.ground.terms import Plane
from openjustice.public.store import reader
from unit.public.store import releases


@pytest.fixture
def public(tmp_path: Path) -> Path:
    """Make a public folder with one sealed release."""
    releases.place_release(tmp_path / "public", draft=tmp_path / "draft")
    return tmp_path / "public"


ADDRESS = "meridia/deaths/2026-03-02.1"


def test_an_empty_folder_has_no_release(tmp_path: Path):
    with reader.open_reader(tmp_path) as opened:
        assert (opened.releases(), opened.ledger(), opened.catalog()) == ((), (), ())


def test_a_release_reads_back_as_it_was_sealed(public: Path, tmp_path: Path):
    with reader.open_reader(public) as opened:
        (manifest,) = opened.releases()
        assert manifest == releases.make_manifest(releases.write_draft(tmp_path / "again"))
        table = opened.table(ADDRESS, releases.TABLE)
        assert table.plane is Plane.PUBLIC
        assert [tuple(row.values()) for row in table.rows()] == list(releases.ROWS)
        assert opened.microdata(ADDRESS) is None
        assert [opened.metadata(ADDRESS), opened.report(ADDRESS), opened.trace(ADDRESS)] == [
            {"says": "metadata"}, {"says": "report"}, {"says": "trace"},
        ]  # fmt: skip
        assert reader.find_release_faults(opened, ADDRESS) == []


def test_the_newest_release_of_a_dataset_is_the_last_sealed(public: Path, tmp_path: Path):
    releases.place_release(public, draft=tmp_path / "draft", vintage="2026-03-02.2")
    with reader.open_reader(public) as opened:
        assert [item.vintage for item in opened.releases()] == ["2026-03-02.1", "2026-03-02.2"]
        assert [item.vintage for item in opened.newest()] == ["2026-03-02.2"]


def test_a_folder_that_the_catalog_does_not_name_is_not_seen(public: Path):
    (public / "catalog.json").write_text('{"releases": []}')
    with reader.open_reader(public) as opened, pytest.raises(errors.SealRefused) as refused:
        opened.release(ADDRESS)
    assert refused.value.codes == ("release_unknown",)


def test_an_unknown_table_is_refused_with_the_known_ones(public: Path):
    with reader.open_reader(public) as opened, pytest.raises(errors.SealRefused) as refused:
        opened.table(ADDRESS, "other")
    assert refused.value.codes == ("table_unknown",)
    assert releases.TABLE in str(refused.value)


def test_a_report_is_not_a_table(public: Path):
    with reader.open_reader(public) as opened, pytest.raises(errors.SealRefused):
        opened.table(ADDRESS, "report")


def change_table(folder: Path) -> None:
    """Change a byte of the table."""
    path = folder / "tables" / f"{releases.TABLE}.parquet"
    path.write_bytes(path.read_bytes() + b"x")


def change_manifest(folder: Path) -> None:
    """Change the manifest's title."""
    content = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**content, "title": "Other"}))


@pytest.mark.parametrize(
    ("tamper", "codes"),
    [
        (change_table, ["release_changed"]),
        (change_manifest, ["release_changed"]),
        (lambda folder: (folder / "report.json").unlink(), ["release_changed"]),
        (lambda folder: (folder / "manifest.json").unlink(), ["release_missing"]),
        (lambda folder: (folder / "manifest.json").write_text("{}"), ["release_missing"]),
        (lambda folder: (folder.parents[3] / "ledger.jsonl").write_text(""), ["ledger_broken"]),
        (lambda folder: (folder.parents[3] / "ledger.jsonl").write_text("?\n"), ["ledger_broken"]),
    ],
)
def test_every_change_of_a_sealed_release_is_found(public: Path, tamper, codes: list[str]):
    tamper(public / "releases" / ADDRESS)
    with reader.open_reader(public) as opened:
        assert [fault.code for fault in reader.find_release_faults(opened, ADDRESS)] == codes


def test_a_changed_table_is_not_handed_out(public: Path):
    change_table(public / "releases" / ADDRESS)
    with reader.open_reader(public) as opened, pytest.raises(errors.SealRefused):
        opened.table(ADDRESS, releases.TABLE)


def test_a_catalog_that_cannot_be_read_is_refused(public: Path):
    (public / "catalog.json").write_text("[")
    with pytest.raises(errors.SealRefused) as refused:
        reader.read_catalog(public)
    assert refused.value.codes == ("catalog_broken",)


def test_a_manifest_knows_its_products():
    manifest = releases.make_manifest(())
    assert isinstance(manifest, ReleaseManifest)
    assert manifest.product("none") is None

"""The intake places whole releases of public tables, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from openjustice.ground import engine, errors
from openjustice.ground.terms import Plane
from openjustice.public.store import intake, reader
from unit.public.store import releases


def test_a_staged_release_is_not_seen(tmp_path: Path):
    manifest = releases.make_manifest(releases.write_draft(tmp_path / "draft"))
    staged = releases.stage_release(tmp_path / "public", draft=tmp_path / "draft", manifest=manifest)
    assert (staged / "manifest.json").is_file()
    assert intake.placed_addresses(tmp_path / "public") == ()
    with reader.open_reader(tmp_path / "public") as opened:
        assert opened.releases() == ()


@pytest.mark.parametrize("plane", [Plane.CONFIDENTIAL, Plane.PROTECTED])
def test_a_table_that_is_not_public_cannot_be_placed(tmp_path: Path, plane: Plane):
    manifest = releases.make_manifest(releases.write_draft(tmp_path / "draft"))
    with pytest.raises(errors.HouseFault) as refused:
        releases.stage_release(tmp_path / "public", draft=tmp_path / "draft", manifest=manifest, plane=plane)
    assert refused.value.codes == ("label_refused",)


def test_a_file_that_is_not_the_approved_one_cannot_be_staged(tmp_path: Path):
    manifest = releases.make_manifest(releases.write_draft(tmp_path / "draft"))
    (tmp_path / "draft" / "report.json").write_text("{}")
    with pytest.raises(errors.HouseFault) as refused:
        releases.stage_release(tmp_path / "public", draft=tmp_path / "draft", manifest=manifest)
    assert refused.value.codes == ("staged_differs",)


def test_a_file_with_other_rows_than_its_table_cannot_be_staged(tmp_path: Path):
    public, other = tmp_path / "public", tmp_path / "other"
    manifest = releases.make_manifest(releases.write_draft(tmp_path / "draft"))
    table = releases.write_draft(other, rows=[("2024", 8)])[0]
    mixed = replace(manifest, products=(replace(table, path=manifest.products[0].path), *manifest.products[1:]))
    with engine.open_memory(plane=Plane.PUBLIC, directory=tmp_path) as opened:
        given = opened.read_parquet(tmp_path / "draft" / table.path, name=table.id)
        sources = {item.id: tmp_path / "draft" / item.path for item in mixed.products} | {table.id: other / table.path}
        with pytest.raises(errors.HouseFault) as refused:
            intake.stage(public, manifest=mixed, sources=sources, tables={table.id: given})
    assert refused.value.codes == ("staged_differs",)


def test_a_release_is_never_placed_over_another(tmp_path: Path):
    manifest = releases.place_release(tmp_path / "public", draft=tmp_path / "draft")
    staged = releases.stage_release(tmp_path / "public", draft=tmp_path / "draft", manifest=manifest)
    with pytest.raises(FileExistsError):
        intake.place(tmp_path / "public", staged=staged, address=manifest.address)


def test_what_an_unfinished_seal_left_is_removed_and_nothing_else(tmp_path: Path):
    public = tmp_path / "public"
    sealed = releases.place_release(public, draft=tmp_path / "draft")
    unsealed = releases.make_manifest(sealed.products, vintage="2026-03-03.1")
    staged = releases.stage_release(public, draft=tmp_path / "draft", manifest=unsealed)
    intake.place(public, staged=staged, address=unsealed.address)
    assert intake.placed_addresses(public) == (sealed.address, unsealed.address)
    intake.remove_unsealed(public, address=unsealed.address)
    assert intake.placed_addresses(public) == (sealed.address,)

"""Every bad file of the gallery: each planted fault is found on its line, and nothing else is."""

from __future__ import annotations

import gzip
import resource
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest
import yaml

from openjustice.confidential.collect import ingest, report, validate
from openjustice.contracts import registry

GALLERY = Path(__file__).parents[1] / "gallery"
FOLDERS = sorted(path.parent for path in GALLERY.glob("*/expected.yaml"))
TODAY = date(2026, 3, 2)
VALUES = ("Zzyzx", "Canarybird", "CANARY", "HYPERLINK", "Martian", "Nowhere", "1971-02-30", "2.00501", "Juniper")


@pytest.fixture(scope="module")
def loaded():
    """Load the registry once."""
    return registry.load_registry()


def check(path, loaded, dataset, **more):
    """Check a file of a dataset."""
    found = loaded.dataset(dataset)
    return validate.check_file(
        path, dataset=found, jurisdiction=loaded.jurisdiction(found.jurisdiction), today=TODAY, **more
    )  # fmt: skip


def found_in(result):
    """Return what was found as the gallery writes it, in order."""
    found = [(item.rule, item.field or "", item.line or 0) for item in result.findings]
    return sorted(found)


def test_the_gallery_is_large_enough():
    assert len(FOLDERS) >= 40


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_planted_fault_is_found_and_no_other_and_no_value_is_told(folder, loaded):
    told = yaml.safe_load((folder / "expected.yaml").read_text(encoding="utf-8"))
    result = check(folder / told["file"], loaded, told["dataset"])
    wanted = sorted((item["rule"], item["field"] or "", item["line"] or 0) for item in told["findings"])
    assert found_in(result) == wanted
    assert result.verdict == told["verdict"]
    printed = report.as_json(result) + report.as_html(result, checked_on="2026-03-02")
    assert not [value for value in VALUES if value in printed]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_reading_as_it_stands_finds_the_same(folder, loaded):
    """Large files are read by the engine as they stand; here small ones are, and must give the same answer."""
    told = yaml.safe_load((folder / "expected.yaml").read_text(encoding="utf-8"))
    limits = ingest.read_limits().model_copy(update={"careful_up_to_bytes": 0})
    result = check(folder / told["file"], loaded, told["dataset"], limits=limits)
    wanted = sorted((item["rule"], item["field"] or "", item["line"] or 0) for item in told["findings"])
    assert found_in(result) == wanted


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_behind_the_screen_the_same_is_found(folder, loaded):
    """Large texts are screened before the engine sees them; here small ones are, and must give the same answer."""
    told = yaml.safe_load((folder / "expected.yaml").read_text(encoding="utf-8"))
    screened = {"careful_up_to_bytes": 0, "screened_from_bytes": 0, "screened_share": 1.0}
    limits = ingest.read_limits().model_copy(update=screened)
    result = check(folder / told["file"], loaded, told["dataset"], limits=limits)
    wanted = sorted((item["rule"], item["field"] or "", item["line"] or 0) for item in told["findings"])
    assert found_in(result) == wanted


def test_a_line_of_a_gigabyte_is_one_finding_in_bounded_memory(tmp_path, loaded):
    good = (Path(registry.shipped_registry()) / "demo/datasets/custody_deaths/examples/good.csv").read_bytes()
    head, _, rest = good.partition(b"\n")
    path = tmp_path / "long.csv"
    with path.open("wb") as out:
        out.write(head + b"\n")
        for _ in range(1024):
            out.write(b"a" * (1 << 20))
        out.write(b"\n" + rest)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = check(path, loaded, "demo/custody_deaths")
    path.unlink()
    assert found_in(result) == [("line_too_long", "", 2)]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 * 1024 * (
        1024 if sys.platform == "darwin" else 1
    )


def test_a_gzip_bomb_is_one_finding_and_is_not_unpacked(tmp_path, loaded):
    path = tmp_path / "bomb.csv.gz"
    with gzip.open(path, "wb", compresslevel=9) as out:
        for _ in range(200):
            out.write(bytes(1 << 20))
    result = check(path, loaded, "demo/custody_deaths")
    assert found_in(result) == [("unpacks_too_large", "", 0)]


def test_a_workbook_bomb_is_one_finding(tmp_path, loaded):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
        out.writestr("xl/workbook.xml", "<workbook/>")
        with out.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(50):
                sheet.write(bytes(1 << 20))
    assert found_in(check(path, loaded, "demo/custody_deaths")) == [("unpacks_too_large", "", 0)]


@pytest.mark.real_data
def test_the_real_deaths_file_has_the_oddities_its_readme_names(real_data, loaded):
    path = real_data / "us" / "deaths_in_custody" / "deaths_in_custody_2005_2018.csv"
    result = check(path, loaded, "california/deaths_in_custody", limit_per_rule=100)
    assert result.rows == 9911
    assert result.verdict == "accepted_with_queries"
    declared = loaded.dataset("california/deaths_in_custody").checks.checks
    known = {rule: item.known_violations for rule, item in declared.items() if item.known_violations}
    assert result.counts == known
    assert result.counts["cause_location_given"] == 31

"""`tables audit` and `tables verify-certificate`: files in, a verdict, a report and a certificate out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from openjustice.cli.house import tables, tables_audit
from openjustice.ground import errors
from openjustice.protect import cubes
from openjustice.protect.cubes import Cube, Dimension

YEARS = Dimension("year", ("Total", "Y1", "Y2", "Y3"), (-1, 0, 0, 0))
AREA = Dimension("area", ("Total", "a", "b", "c"), (-1, 0, 0, 0))
SQUARE = [(1, 1), (1, 2), (2, 1), (2, 2)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write the dimensions, the true cells, a table that is safe alone, one that is not, and an earlier release."""
    cube = cubes.make_cube("t", (AREA, YEARS), np.array([[3, 4, 50], [2, 60, 70], [80, 90, 99]]))
    dims = [{"name": item.name, "codes": item.codes, "parent": item.parents} for item in cube.dimensions]
    (tmp_path / "dims.json").write_text(json.dumps({"dims": dims}))
    inner = [
        f"{area},{year},{cube.counts[i + 1, j + 1]}"
        for i, area in enumerate(AREA.codes[1:])
        for j, year in enumerate(YEARS.codes[1:])
    ]
    (tmp_path / "t.cells.csv").write_text("\n".join(["area,year,freq", *inner]) + "\n")
    write(tmp_path / "marked.csv", cube, SQUARE)
    write(tmp_path / "leaky.csv", cube, SQUARE[:1])
    own = Dimension("year", ("Total", "Y1"), (-1, 0))
    earlier = cubes.make_true_cube(cube, (AREA, own))
    write(tmp_path / "earlier.csv", earlier, [])
    (tmp_path / "own.json").write_text(
        json.dumps({"dims": [dims[0], {"name": "year", "codes": own.codes, "parent": own.parents}]})
    )
    return tmp_path


def write(path: Path, cube: Cube, hidden: Sequence[tuple[int, ...]]) -> None:
    mask = np.zeros(cube.shape, dtype=np.bool_)
    for place in hidden:
        mask[place] = True
    path.write_bytes(cubes.write_marked(cube, mask))


def run(*arguments: object) -> str:
    app = typer.Typer()
    tables.register(app)
    result = CliRunner().invoke(app, ["tables", *(str(item) for item in arguments)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def audit(folder: Path, marked: str, *more: object) -> str:
    return run("audit", folder / marked, "--dims", folder / "dims.json", *more)


@pytest.mark.parametrize("truth", [True, False])
def test_a_safe_table_has_a_report_and_a_certificate_that_holds(folder: Path, truth: bool):
    true = ["--truth", folder / "t.cells.csv"] if truth else []
    made = ["--report", folder / "r.json", "--certificate", folder / "c.json"]
    said = audit(folder, "marked.csv", "--threshold", 5, *true, *made)
    assert "No hidden count of marked.csv can be worked out more closely than allowed." in said
    assert json.loads((folder / "r.json").read_text())["is_safe"] is True
    checked = run("verify-certificate", folder / "c.json", folder / "marked.csv", "--dims", folder / "dims.json", *true)
    assert "The certificate holds" in checked
    assert ("confidential" if truth else "published") in checked


def test_an_unsafe_table_is_refused_with_the_derivation(folder: Path):
    with pytest.raises(errors.ProtectionRefused) as refused:
        audit(folder, "leaky.csv", "--report", folder / "r.json")
    assert refused.value.exit_code == 12
    assert refused.value.codes == ("cell_exact",)
    assert "[area a, year Y1] follows from" in str(refused.value)
    report = json.loads((folder / "r.json").read_text())
    assert report["findings"][0]["codes"] == {"area": "a", "year": "Y1"}
    assert report["findings"][0]["kind"] == "exact"


@pytest.mark.parametrize(
    ("counts", "hidden", "says"),
    [
        ([[1, 1, 50], [1, 60, 70], [80, 90, 99]], SQUARE, "None of these is known exactly. No attacker was declared"),
        ([[3, 4, 50], [2, 60, 70], [80, 90, 99]], SQUARE[:1], "1 of these are known exactly. No attacker was declared"),
    ],
)
def test_without_an_attacker_what_is_exact_is_told_from_what_is_narrow(
    folder: Path, capsys: pytest.CaptureFixture[str], counts: list[list[int]], hidden: list[tuple[int, int]], says: str
):
    write(folder / "m.csv", cubes.make_cube("t", (AREA, YEARS), np.array(counts)), hidden)
    with pytest.raises(errors.ProtectionRefused):
        tables_audit.audit(folder / "m.csv", folder / "dims.json")
    assert says in " ".join(capsys.readouterr().out.split())


def test_what_is_protected_without_an_attacker_holds_against_the_audit_that_it_names(folder: Path):
    made = ["--threshold", 5, "--out", folder / "m.csv", "--report", folder / "p.json"]
    said = run("protect", folder / "t.cells.csv", "--dims", folder / "dims.json", *made)
    assert "`tables audit --exact-only`" in said
    assert json.loads((folder / "p.json").read_text())["safe_against"] == "exact disclosure"
    said = audit(folder, "m.csv", "--exact-only")
    assert "How closely was not looked at" in said
    assert "No attacker was declared" not in said


@pytest.mark.parametrize("own", ["", "@own.json"])
def test_an_earlier_table_is_set_against_the_new_one(folder: Path, own: str):
    earlier = f"{folder / 'earlier.csv'}{f'@{folder / own[1:]}' if own else ''}"
    with pytest.raises(errors.ProtectionRefused) as refused:
        audit(folder, "marked.csv", "--earlier", earlier, "--exact-only", "--truth", folder / "t.cells.csv")
    assert "in earlier.csv" in str(refused.value)


def test_what_others_have_published_is_known_to_the_attacker(folder: Path):
    (folder / "attacker.json").write_text(json.dumps({"known": ["earlier.csv"], "zeros_public": False}))
    with pytest.raises(errors.ProtectionRefused):
        audit(folder, "marked.csv", "--attacker", folder / "attacker.json", "--exact-only")


def test_hidden_in_vain_and_given_away_before_are_told(folder: Path):
    cube = cubes.read_cells(folder / "t.cells.csv", cubes.read_dimensions(folder / "dims.json"))
    write(folder / "vain.csv", cube, [(3, 3)])
    assert "hidden in vain" in audit(folder, "vain.csv", "--threshold", 5)
    write(folder / "again.csv", cube, [(1, 1)])
    write(folder / "open.csv", cube, [(1, 1)])
    said = audit(folder, "again.csv", "--earlier", folder / "open.csv")
    assert "given away by the earlier tables already" in said


def test_a_certificate_of_another_table_is_refused(folder: Path):
    audit(folder, "marked.csv", "--certificate", folder / "c.json", "--threshold", 5)
    with pytest.raises(errors.ProtectionRefused) as refused:
        run("verify-certificate", folder / "c.json", folder / "leaky.csv", "--dims", folder / "dims.json")
    assert refused.value.codes == ("certificate_of_other_tables",)


@pytest.mark.parametrize("missing", ["nowhere.csv", "earlier.csv@nowhere.json"])
def test_an_earlier_table_that_is_not_there_is_refused(folder: Path, missing: str):
    path, _, own = missing.partition("@")
    given = f"{folder / path}{f'@{folder / own}' if own else ''}"
    with pytest.raises(errors.SubmissionRefused) as refused:
        audit(folder, "marked.csv", "--earlier", given)
    assert refused.value.codes == ("no_such_table",)

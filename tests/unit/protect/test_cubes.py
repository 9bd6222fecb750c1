"""Cubes: their sums, their files, and several of them as one system."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from openjustice.ground import errors
from openjustice.protect import cubes
from openjustice.protect.cubes import Cube, Dimension, Release

AREA = Dimension("area", ("Total", "R1", "a", "b", "R2", "c"), (-1, 0, 1, 1, 0, 4))
SEX = Dimension("sex", ("Total", "f", "m"), (-1, 0, 0))


def years(count: int) -> Dimension:
    return Dimension("year", ("Total", *(f"Y{year + 1}" for year in range(count))), (-1, *[0] * count))


def cube(*dimensions: Dimension, seed: int = 1, name: str = "t") -> Cube:
    inner = np.random.default_rng(seed).integers(1, 30, size=[len(item.leaves) for item in dimensions])
    return cubes.make_cube(name, dimensions, inner)


def written(folder: Path, *dimensions: Dimension) -> Path:
    path = folder / "dims.json"
    dims = [{"name": item.name, "codes": item.codes, "parent": item.parents} for item in dimensions]
    path.write_text(json.dumps({"name": "t", "dims": dims}))
    return path


def test_a_cube_holds_every_total():
    made = cubes.make_cube("t", (AREA, SEX), np.array([[1, 2], [3, 4], [5, 6]]))
    assert made.shape == (6, 3)
    assert made.counts[:, 0].tolist() == [21, 10, 3, 7, 11, 11]
    assert made.counts[1].tolist() == [10, 4, 6]


def test_every_sum_is_a_row_once():
    made = cube(AREA, SEX)
    system = cubes.join_cubes([made])
    assert not (system.equations @ system.values).any()
    # R2 has a single child: the two are one cell, and that sum says nothing.
    assert len(system) == 15
    assert system.equations.shape == (2 * 3 + 5, 15)
    assert system.draft[0][4].tolist() == system.draft[0][5].tolist()
    assert system.in_draft.all()


def test_a_margin_of_another_table_is_the_same_cell():
    fine = cube(AREA, SEX)
    margin = Cube("m", (AREA,), fine.counts[:, 0])
    system = cubes.join_cubes([fine, margin])
    assert (system.draft[1] == system.draft[0][:, 0]).all()
    assert system.equations.shape[0] == cubes.join_cubes([fine]).equations.shape[0]


def test_a_total_over_fewer_years_is_a_cell_of_its_own_tied_to_the_later_one():
    now = cube(SEX, years(5))
    before = cubes.make_true_cube(now, (SEX, years(4)))
    hidden = np.zeros(before.shape, dtype=np.bool_)
    hidden[1, 2] = True
    system = cubes.join_cubes([now], earlier=[Release("v1", before, hidden)])
    old, new = system.earlier[0], system.draft[0]
    assert (old[:, 1:] == new[:, 1:5]).all()
    assert not np.isin(old[:, 0], new).any()
    assert not (system.equations @ system.values).any()
    rows = system.equations.toarray()
    wanted = np.zeros(len(system))
    wanted[[new[1, 0], old[1, 0], new[1, 5]]] = 1, -1, -1
    assert (rows == wanted).all(axis=1).any()
    assert np.flatnonzero(system.hidden_before).tolist() == [new[1, 2]]
    assert not system.unknown(np.zeros(len(system), dtype=np.bool_))[new].any()
    assert system.names == ("sex", "year")
    assert {item for cell in old[:, 0] for item in system.meanings[1][system.nodes[cell, 1]]} == {
        "Y1",
        "Y2",
        "Y3",
        "Y4",
    }


def test_a_corrected_count_is_another_cell():
    now, before = cube(AREA), cube(AREA, seed=2)
    system = cubes.join_cubes([now], earlier=[Release("v1", before, np.zeros(before.shape, dtype=np.bool_))])
    assert len(system) > len(cubes.join_cubes([now]))
    assert not (system.equations @ system.values).any()


def test_a_cube_without_any_sum_is_a_system_too():
    alone = Dimension("area", ("Total",), (-1,))
    system = cubes.join_cubes([cubes.make_cube("t", (alone,), np.array([3]))])
    assert system.equations.shape == (0, 1)


def test_one_table_of_one_long_dimension_has_its_one_sum():
    system = cubes.join_cubes([cube(years(4))])
    assert system.equations.toarray().tolist() == [[1, -1, -1, -1, -1]]


def test_overlapping_groups_meet_at_their_leaves():
    police = Dimension("area", ("All", "P1", "a", "P2", "b", "c"), (-1, 0, 1, 0, 3, 3))
    inner = np.array([4, 5, 6])
    first, second = cubes.make_cube("r", (AREA,), inner), cubes.make_cube("p", (police,), inner)
    system = cubes.join_cubes([first, second])
    assert system.draft[0][[0, 2, 3, 5]].tolist() == system.draft[1][[0, 2, 4, 5]].tolist()
    assert len(system) == 6


def test_what_is_written_is_read_again(tmp_path: Path):
    made = cube(AREA, SEX)
    dimensions = cubes.read_dimensions(written(tmp_path, AREA, SEX))
    assert dimensions == (AREA, SEX)
    hidden = made.counts < 20
    (tmp_path / "t.marked.csv").write_bytes(cubes.write_marked(made, hidden))
    read = cubes.read_marked(tmp_path / "t.marked.csv", dimensions)
    assert (read.hidden == hidden).all()
    assert (read.counts == np.where(hidden, 0, made.counts)).all()
    lines = (tmp_path / "t.marked.csv").read_text().splitlines()
    assert lines[0] == "area,sex,freq,status"
    assert len(lines) == 19


def test_an_earlier_release_has_the_part_of_the_tree_that_it_names(tmp_path: Path):
    before = cube(AREA, years(4))
    (tmp_path / "v1.csv").write_bytes(cubes.write_marked(before, np.zeros(before.shape, dtype=np.bool_)))
    read = cubes.read_marked(tmp_path / "v1.csv", (AREA, years(5)), partial=True)
    assert read.dimensions == (AREA, years(4))
    assert AREA.restrict({"Total", "a", "b", "c"}).parents == (-1, 0, 0, 0)


def test_inner_cells_are_read_and_missing_ones_are_zero(tmp_path: Path):
    path = tmp_path / "t.cells.csv"
    path.write_text("area,sex,freq\na,f,3\nc,m,4\n")
    made = cubes.read_cells(path, (AREA, SEX))
    assert made.name == "t"
    assert made.counts[0].tolist() == [7, 3, 4]
    path.write_text("area,sex,freq\n")
    assert not cubes.read_cells(path, (AREA, SEX)).counts.any()


@pytest.mark.parametrize(
    ("text", "codes", "lines"),
    [
        ("area,freq\na,3\n", ["column_missing"], [1]),
        ("area,sex,freq\na,f\n", ["row_length"], [2]),
        ("area,sex,freq\nR1,x,3\n", ["code_unknown", "code_unknown"], [2, 2]),
        ("area,sex,freq\na,f,3\na,m,-1\nb,f,x\nc,f,\n", ["no_count"] * 3, [3, 4, 5]),
        ("area,sex,freq\na,f,3\na,f,4\n", ["cell_twice"], [3]),
    ],
)
def test_every_fault_of_the_cells_is_named_at_once(tmp_path: Path, text: str, codes: list[str], lines: list[int]):
    path = tmp_path / "cells.csv"
    path.write_text(text)
    with pytest.raises(errors.SubmissionRefused) as refused:
        cubes.read_cells(path, (AREA, SEX))
    assert list(refused.value.codes) == codes
    assert [fault.place.line for fault in refused.value.faults] == lines


def test_a_file_that_is_no_text_is_refused(tmp_path: Path):
    path = tmp_path / "cells.csv"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(errors.SubmissionRefused, match="cannot be read as CSV"):
        cubes.read_cells(path, (AREA, SEX))


@pytest.mark.parametrize(
    ("text", "code"),
    [("area,sex,freq\nTotal,Total,4\n", "cells_missing"), ("area,sex,freq\nR1,Total,4\n", "no_total")],
)
def test_a_marked_table_needs_every_combination_and_its_total(tmp_path: Path, text: str, code: str):
    path = tmp_path / "m.csv"
    path.write_text(text)
    with pytest.raises(errors.SubmissionRefused) as refused:
        cubes.read_marked(path, (AREA, SEX), partial=code == "no_total")
    assert refused.value.codes == (code,)


@pytest.mark.parametrize(
    ("dimension", "words"),
    [
        (Dimension("d", ("Total", "a"), (-1,)), "not one parent for each code"),
        (Dimension("d", ("Total", "a", "a"), (-1, 0, 0)), "a code twice"),
        (Dimension("d", ("Total", "a"), (-1, -1)), "exactly one total"),
        (Dimension("d", ("Total", "a"), (-1, 7)), "a parent that is not there"),
        (Dimension("d", ("Total", "a", "b"), (-1, 2, 1)), "a circle"),
    ],
)
def test_a_dimension_that_is_no_tree_is_refused(tmp_path: Path, dimension: Dimension, words: str):
    with pytest.raises(errors.SubmissionRefused, match=words):
        cubes.read_dimensions(written(tmp_path, dimension))


def test_dimensions_need_names_of_their_own_and_a_shape(tmp_path: Path):
    with pytest.raises(errors.SubmissionRefused, match="names of their own"):
        cubes.read_dimensions(written(tmp_path, SEX, SEX))
    (tmp_path / "dims.json").write_text('{"dims": [{"name": "a"}]}')
    with pytest.raises(errors.SubmissionRefused) as refused:
        cubes.read_dimensions(tmp_path / "dims.json")
    assert refused.value.codes == ("dimensions_unreadable", "dimensions_unreadable")

"""Cubes outside any home: what is hidden, for whom, at whose cost, and what is refused."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from laws.invented_cubes import flat, random_cube, solvable_by_fractions
from openjustice.contracts.attacker import Attacker
from openjustice.contracts.priorities import Priorities
from openjustice.ground import errors
from openjustice.protect import cubes
from openjustice.protect.audit.audit import audit_tables
from openjustice.protect.audit.findings import Kind
from openjustice.protect.audit.published import PublishedTable
from openjustice.protect.cubes import Cube, Release
from openjustice.protect.methods.cell_suppression import search
from openjustice.protect.plan import cube_files
from openjustice.protect.plan.cubes import protect_cubes

EXACT = Attacker(minimum_width=1, never_inside=None)


def published(cube: Cube, hidden: np.ndarray, *, name: str = "t") -> PublishedTable:
    shown = np.where(hidden, 0, cube.counts)
    return PublishedTable(name, cube.dimensions, shown, hidden, cube.counts)


@pytest.mark.parametrize("attacker", [EXACT, Attacker(), Attacker(zeros_public=False)])
@pytest.mark.parametrize("seed", [1, 2])
def test_no_attacker_finds_what_he_was_declared_not_to(attacker: Attacker, seed: int):
    cube = random_cube(seed, sizes=(5, 4, 3))
    done = protect_cubes([cube], threshold=4, attacker=attacker)
    small = (cube.counts <= 4) & (cube.counts >= (1 if attacker.zeros_public else 0))
    assert done.hidden[0][small].all()
    assert (done.primary[0] == small).all()
    audit = audit_tables([published(cube, done.hidden[0])], attacker=attacker, minimum_frequency=5)
    # What the audit leaves undecided it may, since it gives up where programs take long; nothing may be known to it.
    assert {item.kind for item in audit.findings} <= {Kind.UNDECIDED}
    assert f"fewer than {attacker.minimum_width + 1}" in done.figures["says"]
    assert done.figures["attacker"]["minimum_width"] == attacker.minimum_width


def test_without_an_attacker_nothing_follows_exactly():
    cube = random_cube(3)
    done = protect_cubes([cube], threshold=4)
    system = cubes.join_cubes([cube])
    hidden = np.zeros(len(system), dtype=np.bool_)
    hidden[system.draft[0].ravel()] = done.hidden[0].ravel()
    small = np.flatnonzero((system.values > 0) & (system.values <= 4))
    assert not set(solvable_by_fractions(system.equations.toarray(), hidden)) & set(small.tolist())
    figures = done.figures
    assert figures["small_counts_hidden"] == len(small)
    assert figures["others_hidden"] == int(hidden.sum()) - len(small)
    assert figures["attacker"] is None


def test_the_same_cubes_are_hidden_the_same():
    cube = random_cube(4)
    first, second = (protect_cubes([cube], threshold=4, attacker=Attacker()) for _ in range(2))
    assert (first.hidden[0] == second.hidden[0]).all()


def rolling() -> tuple[Cube, Release]:
    later = random_cube(7, sizes=(6, 4, 5))
    before = cubes.make_true_cube(
        later, (*later.dimensions[:2], later.dimensions[2].restrict({"Total", "v20", "v21", "v22", "v23"}))
    )
    return later, Release("v1", before, protect_cubes([before], threshold=4).hidden[0])


def test_an_earlier_release_and_this_one_together_give_nothing_away():
    cube, release = rolling()
    alone = protect_cubes([cube], threshold=4).hidden[0]
    together = protect_cubes([cube], threshold=4, earlier=[release]).hidden[0]
    old = published(release.cube, release.hidden, name="v1")
    assert not audit_tables([published(cube, alone), old], attacker=EXACT, minimum_frequency=5, intervals=False).is_safe
    assert audit_tables([published(cube, together), old], attacker=EXACT, minimum_frequency=5, intervals=False).is_safe
    wide = protect_cubes([cube], threshold=4, earlier=[release], attacker=EXACT).hidden[0]
    assert audit_tables([published(cube, wide), old], attacker=EXACT, minimum_frequency=5, intervals=False).is_safe


def test_two_tables_that_share_cells_are_one_problem():
    cube = random_cube(5, sizes=(5, 4, 3))
    margin = Cube("m", cube.dimensions[:2], cube.counts[:, :, 0])
    done = protect_cubes([cube, margin], threshold=4)
    assert (done.hidden[0][:, :, 0] == done.hidden[1]).all()


def test_what_readers_need_is_hidden_last():
    cube = random_cube(6, sizes=(6, 5))
    plain = protect_cubes([cube], threshold=4).hidden[0]
    helpers = np.argwhere(plain & (cube.counts > 4))
    place = next(item for item in helpers.tolist() if item[0] and item[1])
    codes = {item.name: item.codes[at] for item, at in zip(cube.dimensions, place, strict=True)}
    never = protect_cubes([cube], threshold=4, priorities=Priorities(never_hidden=(codes,))).hidden[0]
    assert not never[tuple(place)]
    dear = Priorities(weights={name: {code: 50.0, "*": 1.0} for name, code in codes.items()}, per_cell=3.0)
    assert not protect_cubes([cube], threshold=4, priorities=dear).hidden[0][tuple(place)]
    with pytest.raises(errors.RegistryRefused, match="'place', which no table has"):
        protect_cubes([cube], threshold=4, priorities=Priorities(weights={"place": {"a": 2.0}}))


def test_an_attacker_who_is_not_met_is_refused():
    for attacker in (Attacker(contributor_subtracts=True), Attacker(marks_distinguish=True, small_up_to=4)):
        with pytest.raises(errors.ProtectionRefused, match="not protected against this attacker"):
            protect_cubes([random_cube(1)], threshold=4, attacker=attacker)


def test_hiding_that_cannot_help_is_refused_with_names():
    counts = np.zeros((8, 2), dtype=np.int64)
    counts[:, 0], counts[:, 1] = 2, 50
    cube = cubes.make_cube("t", (flat("a", 8), flat("b", 2)), counts)
    never = Priorities(never_hidden=({"b": "b1"}, {"b": "Total"}))
    with pytest.raises(errors.ProtectionRefused, match=r"8 small counts .*b b0.*and 3 more"):
        protect_cubes([cube], threshold=4, priorities=never)
    with pytest.raises(errors.ProtectionRefused, match="whatever else is hidden"):
        protect_cubes([cube], threshold=4, priorities=never, attacker=Attacker())


def test_moves_are_looked_for_near_a_cell_first(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(search, "_NEAR", 12)
    monkeypatch.setattr(search, "_SMALL", 0)
    monkeypatch.setattr(search, "_PRUNED", 0)
    monkeypatch.setattr(search, "_TRIES", 1)
    cube = random_cube(2, sizes=(5, 4, 3))
    done = protect_cubes([cube], threshold=4, attacker=EXACT)
    audit = audit_tables([published(cube, done.hidden[0])], attacker=EXACT, minimum_frequency=5)
    assert {item.kind for item in audit.findings} <= {Kind.UNDECIDED}


def write(folder: Path, cube: Cube, name: str = "dims.json") -> Path:
    dims = [{"name": item.name, "codes": item.codes, "parent": item.parents} for item in cube.dimensions]
    (folder / name).write_text(json.dumps({"name": "t", "dims": dims}))
    return folder / name


def write_cells(folder: Path, cube: Cube, name: str) -> Path:
    lines = [",".join([*(item.name for item in cube.dimensions), "freq"])]
    for leaves in itertools.product(*(item.leaves for item in cube.dimensions)):
        codes = [item.codes[leaf] for item, leaf in zip(cube.dimensions, leaves, strict=True)]
        lines.append(",".join([*codes, str(cube.counts[leaves])]))
    (folder / name).write_text("\n".join(lines) + "\n")
    return folder / name


def test_an_earlier_release_is_read_with_the_truth_of_today(tmp_path: Path):
    cube, release = rolling()
    path = tmp_path / "v1.csv"
    path.write_bytes(cubes.write_marked(release.cube, release.hidden))
    read = cube_files.read_release(str(path), cube=cube)
    assert read.name == "v1"
    assert (read.hidden == release.hidden).all()
    assert (read.cube.counts == release.cube.counts).all()
    own = cube_files.read_release(f"{path}@{write(tmp_path, release.cube)}", cube=cube)
    assert (own.cube.counts == read.cube.counts).all()


def test_a_corrected_or_foreign_release_needs_its_own_truth(tmp_path: Path):
    cube, _ = rolling()
    other = random_cube(8, sizes=(6, 4, 5))
    path = tmp_path / "v1.csv"
    nothing = np.zeros(other.shape, dtype=np.bool_)
    path.write_bytes(cubes.write_marked(other, nothing))
    with pytest.raises(errors.SubmissionRefused) as refused:
        cube_files.read_release(str(path), cube=cube)
    assert refused.value.codes == ("counts_changed",)
    cells = write_cells(tmp_path, other, "v1.cells.csv")
    assert (cube_files.read_release(str(path), cube=cube, cells=cells).cube.counts == other.counts).all()
    foreign = cubes.make_cube("f", (flat("w", 3),), np.array([7, 8, 9]))
    path.write_bytes(cubes.write_marked(foreign, np.zeros(4, dtype=np.bool_)))
    with pytest.raises(errors.SubmissionRefused) as refused:
        cube_files.read_release(f"{path}@{write(tmp_path, foreign)}", cube=cube)
    assert refused.value.codes == ("truth_wanted",)
    with pytest.raises(errors.SubmissionRefused) as refused:
        cube_files.read_release(str(tmp_path / "none.csv"), cube=cube)
    assert refused.value.codes == ("no_such_table",)


def test_priorities_are_read_or_refused(tmp_path: Path):
    assert cube_files.read_priorities(None) == Priorities()
    path = tmp_path / "weights.yaml"
    path.write_text("weights: {county: {Total: 10}}\nnever_hidden: [{county: Total}]\n")
    assert cube_files.read_priorities(path).never_hidden == ({"county": "Total"},)
    path.write_text("wights: {}\n")
    with pytest.raises(errors.RegistryRefused):
        cube_files.read_priorities(path)

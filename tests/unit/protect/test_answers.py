"""Questions to a protected cube: a million of them say no more than the release does."""

from __future__ import annotations

import numpy as np
import pytest

from openjustice.ground import errors
from openjustice.ground.terms import Marker
from openjustice.protect import answers, cubes
from openjustice.protect.answers import Answer
from openjustice.protect.cubes import Marked
from unit.protect.audit.worlds import AREA, SEX, random_cube, years

QUESTIONS = 1_000_000


def protected(cube: cubes.Cube, hidden: np.ndarray) -> Marked:
    return Marked(cube.name, cube.dimensions, np.where(hidden, 0, cube.counts), hidden)


@pytest.fixture
def marked() -> Marked:
    """Give a cube with a hidden square."""
    cube = random_cube(AREA, SEX)
    hidden = np.zeros(cube.shape, dtype=np.bool_)
    hidden[np.ix_([2, 3], [1, 2])] = True
    return protected(cube, hidden)


def test_a_shown_cell_and_a_sum_of_shown_cells_are_answered(marked: Marked):
    assert answers.answer(marked, {}) == Answer(int(marked.counts[0, 0]))
    assert answers.answer(marked, {"area": ["a"]}) == Answer(int(marked.counts[2, 0]))
    assert answers.answer(marked, {"area": ["c", "a"], "sex": ["x"]}) == Answer(
        int(marked.counts[2, 3] + marked.counts[5, 3])
    )
    assert answers.answer(marked, {"area": []}) == Answer(0)


def test_a_hidden_part_hides_the_answer(marked: Marked):
    assert answers.answer(marked, {"area": ["a"], "sex": ["f"]}) == Answer(None, Marker.CONFIDENTIAL)
    assert answers.answer(marked, {"area": ["a", "c"], "sex": ["f"]}) == Answer(None, Marker.CONFIDENTIAL)


def test_a_group_answers_for_its_members(marked: Marked):
    both = answers.answer(marked, {"area": ["a", "b"], "sex": ["f"]})
    assert both == answers.answer(marked, {"area": ["R1", "a"], "sex": ["f"]}) == Answer(int(marked.counts[1, 1]))


@pytest.mark.parametrize("selection", [{"age": ["old"]}, {"area": ["nowhere"]}])
def test_what_is_not_there_is_refused(marked: Marked, selection: dict[str, list[str]]):
    with pytest.raises(errors.AccessRefused) as refused:
        answers.answer(marked, selection)
    assert refused.value.codes == ("no_such_selection",)


def test_a_million_questions_do_not_tell_two_tables_with_one_release_apart():
    cube = random_cube(AREA, SEX, years(3))
    moved = cube.counts[np.ix_([2, 3, 5, 6], [1, 2, 3], [1, 2, 3])].copy()
    # Another table with the same totals by two of three variables: one more here is one less there.
    change = np.zeros_like(moved)
    for place in np.ndindex(2, 2, 2):
        change[place] = 1 - 2 * (sum(place) % 2)
    other = cubes.make_cube("t", cube.dimensions, moved + change)
    hidden = np.array(cube.counts != other.counts)
    assert 0 < hidden.sum() < hidden.size
    random = np.random.default_rng(9)
    seen: set[bytes] = set()
    for _ in range(10):
        leaves = [random.random((QUESTIONS // 10, len(item.leaves))) < 0.6 for item in cube.dimensions]
        told, is_hidden = answers.answer_many(protected(cube, hidden), leaves)
        again, also = answers.answer_many(protected(other, hidden), leaves)
        assert (told == again).all()
        assert (is_hidden == also).all()
        true = np.einsum("qa,qb,qc,abc->q", *(item.astype(np.int64) for item in leaves), moved, optimize=True)
        assert (told[~is_hidden] == true[~is_hidden]).all()
        assert 0 < is_hidden.sum() < len(is_hidden)
        seen.add(np.packbits(is_hidden).tobytes())
    assert len(seen) == 10

"""Answers questions to a protected cube from what it shows and nothing else, so that no sequence of questions says more."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from openjustice.ground import errors
from openjustice.ground.terms import Marker
from openjustice.protect.cubes import Dimension, Marked

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Answer:
    """A sum of shown counts, or the marker that says why there is none."""

    count: int | None
    marker: Marker | None = None


def answer(cube: Marked, selection: Mapping[str, Collection[str]]) -> Answer:
    """Sum a protected cube over the codes selected in each dimension; a dimension that is not named counts over all.

    Claims: the answer is a function of the shown counts, so whoever has the release can give it. Surprises: a group is
    what it holds, so a group and a member of it select the group once; and where a shown group makes up the selection,
    the group answers, though its members are hidden. Raises AccessRefused for a dimension or code that is not there.
    """
    chosen = [_choose(dimension, selection.get(dimension.name)) for dimension in cube.dimensions]
    if unknown := sorted(set(selection) - {dimension.name for dimension in cube.dimensions}):
        raise _refused(f"There is no dimension '{unknown[0]}'.", [item.name for item in cube.dimensions])
    counts, is_hidden = answer_many(cube, [item[None, :] for item in chosen])
    return Answer(None, Marker.CONFIDENTIAL) if is_hidden[0] else Answer(int(counts[0]))


def answer_many(cube: Marked, leaves: list[Bools]) -> tuple[Ints, Bools]:
    """Answer many questions at once: for each dimension which leaves each question selects, one row for a question.

    Returns the sums and which of them are hidden (the sum is 0 there).
    """
    shown = np.where(cube.hidden, 0, cube.counts)
    covers = [_cover(dimension, chosen) for dimension, chosen in zip(cube.dimensions, leaves, strict=True)]
    is_hidden = _contract(cube.hidden.astype(np.int64), covers) > 0
    return np.where(is_hidden, 0, _contract(shown, covers)), is_hidden


def _choose(dimension: Dimension, codes: Collection[str] | None) -> Bools:
    if codes is None:
        return np.ones(len(dimension.leaves), dtype=np.bool_)
    at = {code: place for place, code in enumerate(dimension.codes)}
    if unknown := sorted(set(codes) - set(at)):
        raise _refused(f"The dimension '{dimension.name}' has no code '{unknown[0]}'.", dimension.codes)
    members = set[str]().union(*(dimension.members[at[code]] for code in codes))
    return np.array([dimension.codes[leaf] in members for leaf in dimension.leaves], dtype=np.bool_)


def _cover(dimension: Dimension, chosen: Bools) -> Bools:
    """Return for each question the largest nodes that make up its leaves."""
    holds = np.array([[dimension.codes[leaf] in node for leaf in dimension.leaves] for node in dimension.members])
    full = chosen.astype(np.float32) @ holds.T.astype(np.float32) == holds.sum(axis=1)
    parents = np.array(dimension.parents)
    above = np.where(parents >= 0, full[:, parents], False)
    return np.asarray(full & ~above)


def _contract(table: Ints, covers: list[Bools]) -> Ints:
    """Sum a table over the nodes that each question chose."""
    left = covers[0].astype(np.int64) @ table.reshape(table.shape[0], -1)
    for axis in range(1, len(covers)):
        part = left.reshape(len(left), table.shape[axis], -1)
        left = np.einsum("qn,qnr->qr", covers[axis].astype(np.int64), part)
    return np.asarray(left.reshape(len(left)))


def _refused(what: str, known: Collection[str]) -> errors.Refusal:
    some = ", ".join(list(known)[:10])
    return errors.AccessRefused.because("no_such_selection", what, way_out=f"Known: {some}.")

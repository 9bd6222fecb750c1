"""Everything that was published, as one system of cells: what a reader of all tables has, and nothing that he has not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import sparse

from openjustice.ground import errors
from openjustice.protect.audit import relations
from openjustice.protect.cubes import Dimension

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class PublishedTable:
    """One table as its readers have it, or had it in an earlier release: `counts` says nothing where `hidden`.

    `true_counts` is known inside the house alone; with it, a count that was corrected since is told from one that was not.
    """

    name: str
    dimensions: tuple[Dimension, ...]
    counts: Ints = field(repr=False)
    hidden: Bools = field(repr=False)
    true_counts: Ints | None = field(default=None, repr=False)


@dataclass(frozen=True)
class PublishedCells:
    """All cells of all tables, each once: `equations @ counts == 0` for the counts that nobody is told.

    `shown`: some table shows the cell, with the count in `counts` (0 elsewhere). `parents`: for each equation a number
    that equations of one table for one sum share, so that one of them says all; -1 where it stands alone. `places`: for
    each table the cell of each of its combinations. `blocks`: for each cell the block of its neighbors.
    `true_counts`: all counts, where each table came with its own.
    """

    tables: tuple[PublishedTable, ...]
    equations: sparse.csr_array
    parents: Ints
    counts: Ints
    shown: Bools
    places: tuple[Ints, ...]
    blocks: Ints = field(repr=False)
    true_counts: Ints | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.counts)

    @property
    def hidden(self) -> Bools:
        """Which cells no table shows."""
        return ~self.shown

    def name(self, cell: int, *, with_table: bool = True) -> str:
        """Say in words where a cell stands: its table and its codes, totals left out; never its count.

        A cell of several tables is named where it is shown, or else where it stands first.
        """
        found = [np.flatnonzero(place.ravel() == cell) for place in self.places]
        here = [number for number, where in enumerate(found) if len(where)]
        shown = [number for number in here if not self.tables[number].hidden.ravel()[found[number][0]]]
        number = (shown or here)[0]
        table = self.tables[number]
        codes = self.codes(number, int(found[number][0]))
        pairs = ", ".join(
            f"{dimension.name} {code}"
            for dimension, code in zip(table.dimensions, codes, strict=True)
            if dimension.parents[dimension.codes.index(code)] >= 0
        )
        return f"[{pairs or 'the total'}]{f' in {table.name}' if with_table and len(self.tables) > 1 else ''}"

    def codes(self, number: int, place: int) -> tuple[str, ...]:
        """Return the codes of a combination of one table."""
        table = self.tables[number]
        at = np.unravel_index(place, table.hidden.shape)
        return tuple(item.codes[int(node)] for item, node in zip(table.dimensions, at, strict=True))


def join_published(tables: Sequence[PublishedTable]) -> PublishedCells:
    """Make one system of the cells of all tables, the newest first.

    Two cells are one where they count the same leaves in every dimension, and no two tables show different counts for
    them. Surprise: where a count was corrected between two tables and both hide it, it is one cell all the same unless the
    true counts are given: the attack is then stronger than it could be.
    """
    axes = relations.find_axes([table.dimensions for table in tables])
    keys = [relations.make_keys(table.dimensions, axes) for table in tables]
    cells, key_of, value_of = _find_cells(tables, keys)
    counts, shown = np.zeros(len(key_of), dtype=np.int64), np.zeros(len(key_of), dtype=np.bool_)
    for table, place in zip(tables, cells, strict=True):
        is_shown = ~table.hidden
        counts[place[is_shown]], shown[place[is_shown]] = table.counts[is_shown], True
    equations, parents = relations.find_equations(
        [table.dimensions for table in tables], places=cells, keys=key_of, axes=axes
    )
    holds = _find_holding(equations, parents, counts=counts, shown=shown)
    return PublishedCells(
        tables=tuple(tables),
        equations=sparse.csr_array(equations[holds]),
        parents=parents[holds],
        counts=counts,
        shown=shown,
        places=tuple(cells),
        blocks=relations.find_blocks(key_of, axes),
        true_counts=value_of if all(table.true_counts is not None for table in tables) else None,
    )


def _find_holding(equations: sparse.csr_array, parents: Ints, *, counts: Ints, shown: Bools) -> Ints:
    """Return the sums that hold as far as they are shown; one across tables fails where a count was corrected since."""
    open_sum = equations.astype(np.int64) @ counts != 0
    fails = open_sum & (abs(equations.sign()) @ (~shown).astype(np.int64) == 0)
    if (fails & (parents >= 0)).any():
        raise errors.SubmissionRefused.because(
            "shown_counts_do_not_add_up", "The shown counts of a table do not add up to its totals.",
            why="A total may have lost members, or a group may stand with some of its members alone.",
            way_out="Give every code under each total, or dimensions in which the total has these codes alone.",
        )  # fmt: skip
    return np.flatnonzero(~fails)


def _find_cells(tables: Sequence[PublishedTable], keys: Sequence[Ints]) -> tuple[list[Ints], Ints, Ints]:
    """Return the cell of each combination of each table, and for each cell its key and its known count (or -1)."""
    known = [_known(table) for table in tables]
    key, value = np.concatenate([item.ravel() for item in keys]), np.concatenate([item.ravel() for item in known])
    # A hidden count with an unknown value joins the one value that other tables show for the key, where there is one.
    order = np.lexsort((value, key))
    key_sorted, value_sorted = key[order], value[order]
    new_key = np.ones(len(order), dtype=np.bool_)
    new_key[1:] = np.diff(key_sorted) != 0
    new = new_key.copy()
    previous = np.empty_like(value_sorted)
    previous[0], previous[1:] = -1, value_sorted[:-1]
    new[1:] |= (value_sorted[1:] != previous[1:]) & (previous[1:] >= 0)
    cell = np.empty(len(order), dtype=np.int64)
    cell[order] = np.cumsum(new) - 1
    ends = np.cumsum([item.size for item in keys])[:-1]
    places = [part.reshape(item.shape) for part, item in zip(np.split(cell, ends), keys, strict=True)]
    last = np.append(np.flatnonzero(new)[1:] - 1, len(order) - 1)
    return places, key_sorted[new], value_sorted[last]


def _known(table: PublishedTable) -> Ints:
    if table.true_counts is not None:
        return table.true_counts
    return np.where(table.hidden, -1, table.counts)

"""Builds the system of cells from tables: finds equal cells by address and every sum that ties them together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from scipy import sparse

from openjustice.ground import errors
from openjustice.protect.cells.system import (
    TOTAL,
    Address,
    CellSystem,
    Codes,
    CountTable,
    Nesting,
    SealedTable,
    address_of,
)

Axis = tuple[Address, str]
Equation = tuple[tuple[int, int], ...]


def make_cell_system(
    tables: Sequence[CountTable], *, nestings: Sequence[Nesting] = (), earlier: Sequence[SealedTable] = ()
) -> CellSystem:
    """Make one system of all cells of a draft's tables and of earlier releases.

    Surprises: a table without its totals gives no equation; a selection (`where`) is tied to what it selects from by a
    cell that no table shows, the remainder. Raises HouseFault where tables contradict each other or do not add up.
    """
    builder = _Builder(nestings)
    for release in sorted({item.release for item in earlier}):
        builder.add_state([item for item in earlier if item.release == release], release=release)
    draft = [SealedTable(release="", table=table, hidden=frozenset()) for table in tables]
    positions = builder.add_state(draft, release=None)
    return builder.finish(positions)


class _Builder:
    """Collects cells and equations, one state of the data after the other."""

    def __init__(self, nestings: Sequence[Nesting]) -> None:
        self.nestings = nestings
        self.cells: dict[tuple[Address, int], int] = {}
        self.equations: dict[Equation, set[bool]] = {}
        self.is_draft = False
        self.draft: set[int] = set()
        self.shown: set[int] = set()
        self.hidden: set[int] = set()
        self.releases: dict[int, str] = {}

    def add_state(self, items: Sequence[SealedTable], *, release: str | None) -> dict[str, dict[Codes, int]]:
        """Add the tables of one release, or of the draft where release is None."""
        state, self.is_draft = _State(self), release is None
        positions = {item.table.id: state.add_table(item.table) for item in items}
        for item in items:
            self._mark(item, positions[item.table.id], release=release)
        state.tie_nested(self.nestings)
        state.tie_selections(self.nestings)
        return {item.table.id: positions[item.table.id] for item in items if item.table.published}

    def cell(self, address: Address, value: int) -> int:
        """Return the cell of an address with this true value, a new one where there is none."""
        return self.cells.setdefault((address, value), len(self.cells))

    def tie(self, parent: int, children: Iterable[int]) -> None:
        """Add the equation that a parent is the sum of its children."""
        weights: dict[int, int] = {parent: 1}
        for child in children:
            weights[child] = weights.get(child, 0) - 1
        equation = tuple(sorted((cell, weight) for cell, weight in weights.items() if weight))
        if equation:
            self.equations.setdefault(equation, set()).add(self.is_draft)

    def finish(self, positions: dict[str, dict[Codes, int]]) -> CellSystem:
        """Return the system."""
        count = len(self.cells)
        return CellSystem(
            addresses=tuple(address for address, _ in self.cells),
            values=np.array([value for _, value in self.cells], dtype=np.int64),
            equations=_matrix(list(self.equations), count),
            in_draft=_mask(self.draft, count),
            shown_before=_mask(self.shown, count),
            hidden_before=_mask(self.hidden - self.shown, count),
            draft_rows=np.array([True in kinds for kinds in self.equations.values()], dtype=np.bool_),
            earlier_rows=np.array([False in kinds for kinds in self.equations.values()], dtype=np.bool_),
            positions=positions,
            releases=self.releases,
        )

    def _mark(self, item: SealedTable, positions: dict[Codes, int], *, release: str | None) -> None:
        if not item.table.published:
            return
        if release is None:
            self.draft.update(positions.values())
            return
        for codes, cell in positions.items():
            (self.hidden if codes in item.hidden else self.shown).add(cell)
            self.releases.setdefault(cell, release)


class _State:
    """The cells of one state of the data: one address has one value in it."""

    def __init__(self, builder: _Builder) -> None:
        self.builder = builder
        self.at: dict[Address, int] = {}
        self.values: dict[Address, int] = {}
        self.axes: dict[Axis, dict[str, Address]] = {}
        self.complete: set[Axis] = set()

    def add_table(self, table: CountTable) -> dict[Codes, int]:
        """Add a table's cells and the equations of its axes."""
        positions = {
            codes: self._add(address_of(table, codes), int(value), table) for codes, value in table.cells.items()
        }
        for place, variable in enumerate(table.variables):
            groups: dict[Codes, list[Codes]] = {}
            for codes in table.cells:
                groups.setdefault((*codes[:place], TOTAL, *codes[place + 1 :]), []).append(codes)
            for parent, members in groups.items():
                self._add_axis(table, variable, parent, [codes for codes in members if codes != parent])
        return positions

    def tie_nested(self, nestings: Sequence[Nesting]) -> None:
        """Tie each coarse cell to the fine cells it is made of, where the fine axis is complete."""
        for nesting in nestings:
            for (rest, variable), children in list(self.axes.items()):
                coarse = self.axes.get((rest, nesting.coarse), {})
                if variable == nesting.fine and coarse and (rest, variable) in self.complete:
                    for code, parent in coarse.items():
                        members = [item for fine, item in children.items() if nesting.into.get(fine) == code]
                        self._tie(parent, members)
            self._tie_crossed(nesting)

    def tie_selections(self, nestings: Sequence[Nesting]) -> None:
        """Tie selected cells to what they are selected from, with a remainder that no table shows."""
        for (rest, variable), children in list(self.axes.items()):
            if (rest, variable) in self.complete:
                continue
            if rest in self.at:
                self._tie_part(rest, children, variable)
            for nesting in nestings:
                coarse = self.axes.get((rest, nesting.coarse), {}) if nesting.fine == variable else {}
                for code, parent in list(coarse.items()):
                    members = {fine: item for fine, item in children.items() if nesting.into.get(fine) == code}
                    if members:
                        self._tie_part(parent, members, variable)

    def _tie_crossed(self, nesting: Nesting) -> None:
        """Say that a cell by a fine and a coarse code is the cell by the fine code alone."""
        for address in list(self.at):
            codes = dict(address)
            if nesting.fine in codes and nesting.coarse in codes:
                alone = tuple(pair for pair in address if pair[0] != nesting.coarse)
                if alone in self.at and nesting.into.get(codes[nesting.fine]) == codes[nesting.coarse]:
                    self._tie(alone, [address])

    def _add(self, address: Address, value: int, table: CountTable) -> int:
        if self.values.setdefault(address, value) != value:
            raise errors.HouseFault.because(
                "cells_disagree", f"The table '{table.id}' counts a cell otherwise than another table does."
            )
        if value < 0:
            raise errors.HouseFault.because("negative_count", f"The table '{table.id}' has a count below zero.")
        if address not in self.at:
            self.at[address] = self.builder.cell(address, value)
            for pair in address:
                if pair[0]:
                    rest = tuple(item for item in address if item != pair)
                    self.axes.setdefault((rest, pair[0]), {})[pair[1]] = address
        return self.at[address]

    def _add_axis(self, table: CountTable, variable: str, parent: Codes, members: list[Codes]) -> None:
        rest = address_of(table, parent)
        if variable not in dict(table.where):
            self.complete.add((rest, variable))
        if parent in table.cells:
            self._tie(rest, [address_of(table, codes) for codes in members], table=table.id)

    def _tie(self, parent: Address, children: Sequence[Address], *, table: str = "") -> None:
        if self.values[parent] != sum(self.values[child] for child in children):
            where = f"The table '{table}' does" if table else "Two tables with nested variables do"
            raise errors.HouseFault.because("cells_do_not_add_up", f"{where} not add up to its totals.")
        self.builder.tie(self.at[parent], [self.at[child] for child in children])

    def _tie_part(self, parent: Address, children: dict[str, Address], variable: str) -> None:
        remainder = self.values[parent] - sum(self.values[child] for child in children.values())
        if remainder < 0:
            raise errors.HouseFault.because(
                "part_over_whole", f"A selection of '{variable}' counts more than its whole."
            )
        outside = (*parent, (variable, f"not {'|'.join(sorted(children))}"))
        cell = self.builder.cell(outside, remainder)
        self.builder.tie(self.at[parent], [cell, *(self.at[child] for child in children.values())])


def _matrix(equations: Sequence[Equation], count: int) -> sparse.csr_array:
    starts = np.cumsum([0, *(len(equation) for equation in equations)])
    columns = np.array([cell for equation in equations for cell, _ in equation], dtype=np.int64)
    weights = np.array([weight for equation in equations for _, weight in equation], dtype=np.int64)
    return sparse.csr_array((weights, columns, starts), shape=(len(equations), count))


def _mask(cells: set[int], count: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    mask = np.zeros(count, dtype=np.bool_)
    mask[sorted(cells)] = True
    return mask

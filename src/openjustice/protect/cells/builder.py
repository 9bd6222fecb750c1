"""Builds the system of cells from tables: finds equal cells by address and every sum that ties them together."""

from __future__ import annotations

import itertools
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
Groups = dict[str, set[str]]
Members = dict[str, Address]


def make_cell_system(
    tables: Sequence[CountTable], *, nestings: Sequence[Nesting] = (), earlier: Sequence[SealedTable] = ()
) -> CellSystem:
    """Make one system of all cells of a draft's tables and of earlier releases.

    Surprises: a table without its totals gives no equation; a selection (`where`) is tied to what it selects from by a
    cell that no table shows, the remainder; and a count that changed since a release is tied to what it was by the change,
    a cell that counts as hidden by that release. Raises HouseFault where tables contradict each other or do not add up.
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
        self.states: list[tuple[str, _State]] = []

    def add_state(self, items: Sequence[SealedTable], *, release: str | None) -> dict[str, dict[Codes, int]]:
        """Add the tables of one release, or of the draft where release is None."""
        state, self.is_draft = _State(self), release is None
        positions = {item.table.id: state.add_table(item.table) for item in items}
        for item in items:
            self._mark(item, positions[item.table.id], release=release)
        state.tie_nested(self.nestings)
        state.tie_selections()
        if release is None:
            self._tie_changes(state)
        else:
            self.states.append((release, state))
        return {item.table.id: positions[item.table.id] for item in items if item.table.published}

    def cell(self, address: Address, value: int) -> int:
        """Return the cell of an address with this true value, a new one where there is none."""
        return self.cells.setdefault((address, value), len(self.cells))

    def tie(self, parents: Iterable[int], children: Iterable[int]) -> None:
        """Add the equation that parents and children have the same sum."""
        weights: dict[int, int] = {}
        for cell, weight in [*((cell, 1) for cell in parents), *((cell, -1) for cell in children)]:
            weights[cell] = weights.get(cell, 0) + weight
        equation = tuple(sorted((cell, weight) for cell, weight in weights.items() if weight))
        if equation:
            sign = 1 if equation[0][1] > 0 else -1  # one sum read from either side is one equation
            equation = tuple((cell, sign * weight) for cell, weight in equation)
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

    def _tie_changes(self, draft: _State) -> None:
        """Tie each count that changed since a release to what it was, by the change: a count of its own that nobody is told.

        A reader who keeps both releases takes one from the other; where that leaves a small count, it is somebody.
        """
        for release, before in self.states:
            for address, now in draft.values.items():
                was = before.values.get(address, now)
                if was != now:
                    (_, population), *pairs = address
                    change = self.cell((("", f"{population} changed since {release}"), *pairs), abs(now - was))
                    self.hidden.add(change)
                    self.releases.setdefault(change, release)
                    more, less = (draft, before) if now > was else (before, draft)
                    # In neither state does this sum stand by itself: only a reader of both can do it.
                    equation = sorted({more.at[address]: 1, less.at[address]: -1, change: -1}.items())
                    self.equations.setdefault(tuple(equation), set())

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
        self.complete: dict[Axis, None] = {}

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
        """Tie the groups of variables that are made of one field: coarse to fine, and overlapping ones to each other."""
        for nesting in nestings:
            self._tie_crossed(nesting)
            self._tie_groups({code: {code} for code in nesting.into}, nesting.fine, _groups(nesting), nesting.coarse)
        for first, second in itertools.combinations(nestings, 2):
            if first.fine == second.fine and first.coarse != second.coarse:
                self._tie_groups(_groups(first), first.coarse, _groups(second), second.coarse)

    def tie_selections(self) -> None:
        """Tie selected cells to what they are selected from, with a remainder that no table shows."""
        for (rest, variable), children in list(self.axes.items()):
            if (rest, variable) not in self.complete and rest in self.at:
                self._tie_part(rest, children, variable)

    def _tie_groups(self, first: Groups, name: str, second: Groups, other: str) -> None:
        """Where two variables group the same codes: equal unions have equal sums, and parts are at most their whole."""
        unions = _equal_unions(first, second)
        for (rest, variable), here in list(self.axes.items()):
            there = self.axes.get((rest, other), {}) if variable == name else {}
            if there:
                exact = self._tie_unions(unions, (rest, name), (rest, other))
                self._tie_contained(first, here, second, {code: there[code] for code in there if code not in exact})
                self._tie_contained(second, there, first, {code: here[code] for code in here if code not in exact})

    def _tie_unions(self, unions: Sequence[tuple[list[str], list[str]]], first: Axis, second: Axis) -> set[str]:
        """Tie what is equal, and return the codes that stand alone on one side; a complete axis lacks only zeros."""
        exact: set[str] = set()
        for left, right in unions:
            codes = ((left, first), (right, second))
            if all(axis in self.complete or set(side) <= set(self.axes[axis]) for side, axis in codes):
                members = [[self.axes[axis][code] for code in side if code in self.axes[axis]] for side, axis in codes]
                self._tie(*members)
                exact.update(*(side for side, _ in codes if len(side) == 1))
        return exact

    def _tie_contained(self, small: Groups, parts: Members, large: Groups, wholes: Members) -> None:
        for whole, address in wholes.items():
            codes = large.get(whole, set())
            inside = {code: parts[code] for code in parts if code in small and small[code] < codes}
            if inside:
                self._tie_part(address, inside, "|".join(sorted(inside)))

    def _tie_crossed(self, nesting: Nesting) -> None:
        """Say that a cell by a fine and a coarse code is the cell by the fine code alone."""
        for address in list(self.at):
            codes = dict(address)
            if nesting.fine in codes and nesting.coarse in codes:
                alone = tuple(pair for pair in address if pair[0] != nesting.coarse)
                if alone in self.at and nesting.into.get(codes[nesting.fine]) == codes[nesting.coarse]:
                    self._tie([alone], [address])

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
            self.complete[rest, variable] = None
        if parent in table.cells:
            self._tie([rest], [address_of(table, codes) for codes in members], table=table.id)

    def _tie(self, parents: Sequence[Address], children: Sequence[Address], *, table: str = "") -> None:
        if sum(self.values[parent] for parent in parents) != sum(self.values[child] for child in children):
            # Groups as they are declared today need not fit an earlier release; then nobody can add it up with them.
            if not table and not self.builder.is_draft:
                return
            where = f"The table '{table}' does" if table else "Two tables with nested variables do"
            raise errors.HouseFault.because("cells_do_not_add_up", f"{where} not add up to its totals.")
        self.builder.tie([self.at[parent] for parent in parents], [self.at[child] for child in children])

    def _tie_part(self, parent: Address, children: Members, variable: str) -> None:
        remainder = self.values[parent] - sum(self.values[child] for child in children.values())
        if remainder < 0:
            if not self.builder.is_draft:
                return
            raise errors.HouseFault.because(
                "part_over_whole", f"A selection of '{variable}' counts more than its whole."
            )
        outside = (*parent, (variable, f"not {'|'.join(sorted(children))}"))  # an address that no table can have
        cell = self.builder.cell(outside, remainder)
        self.builder.tie([self.at[parent]], [cell, *(self.at[child] for child in children.values())])


def _groups(nesting: Nesting) -> Groups:
    groups: Groups = {}
    for fine, coarse in nesting.into.items():
        groups.setdefault(coarse, set()).add(fine)
    return groups


def _equal_unions(first: Groups, second: Groups) -> list[tuple[list[str], list[str]]]:
    """Return the smallest sets of codes of both variables that cover the same codes of the field."""
    unions: list[tuple[list[str], list[str], set[str]]] = [
        ([], [code], set(members)) for code, members in second.items()
    ]
    for code, members in first.items():
        touched = [union for union in unions if union[2] & members]
        merged = (
            [code, *(item for union in touched for item in union[0])],
            [item for union in touched for item in union[1]],
            members.union(*(union[2] for union in touched)),
        )
        unions = [*(union for union in unions if not union[2] & members), merged]
    return [(sorted(left), sorted(right)) for left, right, _ in unions if left and right]


def _matrix(equations: Sequence[Equation], count: int) -> sparse.csr_array:
    starts = np.cumsum([0, *(len(equation) for equation in equations)])
    columns = np.array([cell for equation in equations for cell, _ in equation], dtype=np.int64)
    weights = np.array([weight for equation in equations for _, weight in equation], dtype=np.int64)
    return sparse.csr_array((weights, columns, starts), shape=(len(equations), count))


def _mask(cells: set[int], count: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    mask = np.zeros(count, dtype=np.bool_)
    mask[sorted(cells)] = True
    return mask

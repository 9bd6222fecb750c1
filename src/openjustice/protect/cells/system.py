"""The cells of linked tables: one cell for one address, tied to the others by the sums that everybody can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

Address = tuple[tuple[str, str], ...]
Codes = tuple[str, ...]
IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

TOTAL = "_T"


@dataclass(frozen=True)
class CountTable:
    """A table of counts with its totals: one value for each combination of codes, `_T` where a variable is summed over.

    `population` says what is counted (`<dataset>/rows`, `<dataset>/<summed field>`), `where` the recoded variables that
    the whole table holds fixed. Each axis is complete: a code that is not there counts zero. A table that is not
    `published` is only known to exist: its cells tie others together (overlapping groups of places, say).
    """

    id: str
    variables: tuple[str, ...]
    population: str
    cells: Mapping[Codes, int] = field(repr=False)
    where: Address = ()
    published: bool = True


@dataclass(frozen=True)
class Nesting:
    """Says which coarse code each fine code belongs to, where both variables are made of one field."""

    fine: str
    coarse: str
    into: Mapping[str, str]


@dataclass(frozen=True)
class SealedTable:
    """A table of an earlier release with its true values, and which of its cells were not shown then."""

    release: str
    table: CountTable
    hidden: frozenset[Codes]


@dataclass(frozen=True)
class CellSystem:
    """All cells of a draft and of earlier releases, and every equation between them: `equations @ values == 0`.

    A cell whose true value changed between two releases is two cells here, and the change is a third that must stay unknown. `in_draft`: shown in the draft unless it is
    hidden. `shown_before`: some earlier release shows it. `hidden_before`: earlier releases have it and none shows it.
    The rest was never in any table, such as what remains of a total outside a selection. `draft_rows` and `earlier_rows`
    say which equations hold in the draft and which in some earlier release. `positions` finds the cell of each table of
    the draft; `releases` names the first earlier release with the cell.
    """

    addresses: tuple[Address, ...]
    values: IntArray
    equations: sparse.csr_array
    in_draft: BoolArray
    shown_before: BoolArray
    hidden_before: BoolArray
    draft_rows: BoolArray
    earlier_rows: BoolArray
    positions: Mapping[str, Mapping[Codes, int]] = field(repr=False)
    releases: Mapping[int, str] = field(repr=False)

    def __len__(self) -> int:
        return len(self.addresses)

    def unknown(self, hidden: BoolArray) -> BoolArray:
        """Return which cells nobody has been shown when the draft hides these."""
        return ~((self.in_draft & ~hidden) | self.shown_before)

    def floor(self, unknown: BoolArray, *, hidden_at_least: int) -> IntArray:
        """Return the smallest value that an intruder thinks possible: `hidden_at_least` under a mark, else zero."""
        marked = unknown & (self.in_draft | self.hidden_before)
        return np.where(marked, np.minimum(hidden_at_least, self.values), 0)

    def sensitive(self, *, minimum_frequency: int, zeros_hidden: bool) -> BoolArray:
        """Return which cells a table may not show: counts under the minimum frequency, and zeros where these are hidden."""
        smallest = 0 if zeros_hidden else 1
        in_tables = self.in_draft | self.hidden_before | self.shown_before
        return in_tables & (self.values >= smallest) & (self.values < minimum_frequency)

    @property
    def has_earlier(self) -> bool:
        """Say whether earlier releases are part of this system."""
        return bool(self.shown_before.any() or self.hidden_before.any())

    def draft_alone(self) -> CellSystem:
        """Return the same cells as a reader sees them who has only the draft."""
        none = np.zeros(len(self), dtype=np.bool_)
        return replace(self._part(self.draft_rows), shown_before=none, hidden_before=none)

    def earlier_alone(self) -> CellSystem:
        """Return the same cells as a reader sees them who has only the earlier releases."""
        return replace(self._part(self.earlier_rows), in_draft=np.zeros(len(self), dtype=np.bool_))

    def _part(self, rows: BoolArray) -> CellSystem:
        return replace(
            self,
            equations=sparse.csr_array(self.equations[rows]),
            draft_rows=self.draft_rows[rows],
            earlier_rows=self.earlier_rows[rows],
        )

    def mask_of(self, table: str, hidden: BoolArray) -> frozenset[Codes]:
        """Return the codes of the cells of one table of the draft that are hidden."""
        return frozenset(codes for codes, cell in self.positions[table].items() if hidden[cell])


def address_of(table: CountTable, codes: Codes) -> Address:
    """Return the address of a cell: what is counted, then the sorted pairs of variable and code, totals left out."""
    pairs = {(name, code) for name, code in zip(table.variables, codes, strict=True) if code != TOTAL}
    return (("", table.population), *sorted(pairs | set(table.where)))


def describe(address: Address, *, release: str | None = None) -> str:
    """Say an address in words that name variables and codes, never a count."""
    pairs = ", ".join(f"{name} {code}" for name, code in address if name)
    population = next((code for name, code in address if not name), "")
    return f"[{population}: {pairs or 'all'}{f'; release {release}' if release else ''}]"

"""Local suppression of records outside any home: code columns in, code columns out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from openjustice.ground import errors
from openjustice.protect import risk
from openjustice.protect.coded import CodedTable
from openjustice.protect.methods.local_suppression import compatible, search
from openjustice.protect.methods.local_suppression.parameters import Parameters
from openjustice.protect.risk import BLANK, Integers


@dataclass(frozen=True)
class SuppressedTable:
    """Records before and after, as codes with 0 for a blank, in the order they came in; `labels[variable][code]`, 0 empty.

    `price` is the sum of the importances of all blanked values, `least_price` a bound that no choice can undercut in the
    strict reading, and None in the other.
    """

    variables: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    before: Integers
    after: Integers
    k: int
    price: float
    least_price: float | None

    def as_dict(self) -> dict[str, Any]:
        """Return what was done as plain values. `smallest_class` reads a blank strictly, whatever was asked."""
        blanked = (self.before != self.after).sum(axis=0)
        told: dict[str, Any] = {
            "records": len(self.after), "k": self.k, "blank": "matches-anything" if self.least_price is None else "strict",
            "blanked": dict(zip(self.variables, blanked.tolist(), strict=True)), "blanked_in_all": int(blanked.sum()),
            "price": round(self.price, 6), "smallest_class": int(risk.class_sizes(self.after).min()),
        }  # fmt: skip
        if self.least_price is None:
            return told | {"fewest_matches": int(compatible.matching_sizes(self.after).min())}
        return told | {"least_price": round(self.least_price, 6)}


def suppress(
    table: CodedTable, *, parameters: Parameters, k: int, importance: Mapping[str, float], seed: int
) -> SuppressedTable:
    """Blank as little as is found necessary until k records look alike, in the reading that the parameters name.

    An empty text counts as a blank. The order of the records decides nothing. Raises ProtectionRefused where there are
    fewer than k records, or more variables than the weaker reading can take.
    """
    before = np.column_stack(
        [_codes(column, tree.labels[0]) for column, tree in zip(table.columns, table.hierarchies, strict=True)]
    )
    strict = parameters.blank == "strict"
    _check(before, k=k, strict=strict)
    prices = np.array([importance.get(name, 1.0) for name in table.variables])
    order = np.lexsort(before.T[::-1])
    ordered, after = before[order], np.empty_like(before)
    if strict:
        after[order] = search.blank_to_k(ordered, k=k, prices=prices, rounds=parameters.rounds, seed=seed)
    else:
        after[order] = compatible.blank_to_match(ordered, k=k, prices=prices, seed=seed)
    return SuppressedTable(
        variables=table.variables,
        labels=tuple(("", *tree.labels[0]) for tree in table.hierarchies),
        before=before,
        after=after,
        k=k,
        price=float(((before != after) @ prices).sum()),
        least_price=search.least_price(before, k=k, prices=prices) if strict else None,
    )


def _codes(column: Any, labels: tuple[str, ...]) -> Integers:
    empty = labels.index("") if "" in labels else -1
    return np.where(column == empty, BLANK, column.astype(np.int64) + 1)


def _check(codes: Integers, *, k: int, strict: bool) -> None:
    if len(codes) < k:
        raise errors.ProtectionRefused.because(
            "too_few_records",
            f"There are fewer records than the {k} that must look alike.",
            way_out="Publish no record file of these records, or only tables.",
        )
    if not strict and codes.shape[1] > compatible.MOST_VARIABLES:
        raise errors.ProtectionRefused.because(
            "reading_too_weak",
            f"Where a blank matches anything, at most {compatible.MOST_VARIABLES} variables can be looked at together.",
            way_out="Have a blank read strictly, or name fewer variables.",
        )

"""The search for diverse classes: donors with other values first, then joining classes, then blanking the values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openjustice.protect import risk
from openjustice.protect.methods.local_suppression.search import Numbers
from openjustice.protect.risk import BLANK, Integers

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Aim:
    """What must become true: every class of the key that shows the sensitive variable shows `least` values of it.

    `truth` holds the sensitive values before anything was blanked. `alike` are the variables that any need looks at; `lot`
    is how many records alike in them must move together, and `keep` how many must stay behind, so that no need breaks.
    """

    key: list[int]
    sensitive: int
    least: int
    truth: Integers
    alike: list[int]
    lot: int
    keep: int

    @property
    def rest(self) -> list[int]:
        """Return the variables that any need looks at, beside the key and the sensitive one."""
        return [item for item in self.alike if item not in (*self.key, self.sensitive)]


def withhold_rare(codes: Integers, *, aim: Aim, prices: Numbers) -> Integers:
    """Blank the rare values of a class in a lot that can stay in it, before the rest of the class would stand uniform.

    A rare combination has to leave its class, and the class it leaves may then show one value alone. Where that would cost
    more than the values of a lot (the rare ones, and common ones to fill it up), the lot stays and its values are blanked.
    """
    made = codes.copy()
    stays = risk.class_sizes(codes[:, aim.alike]) >= aim.keep
    for rows in _classes(codes[:, aim.key], np.arange(len(codes))):
        staying, leaving = rows[stays[rows]], rows[~stays[rows]]
        shown = np.unique(codes[staying, aim.sensitive])
        rare = leaving[~np.isin(codes[leaving, aim.sensitive], [BLANK, *shown])]
        keyed = [item for item in aim.key if codes[rows[0], item] != BLANK]
        if rare.size and keyed and 0 < len(shown) == aim.least - 1:
            limit = len(staying) * float(prices[keyed].min())
            lot, blanked = _cheapest_lot(codes, rare=rare, staying=staying, aim=aim, prices=prices, limit=limit)
            made[lot[:, None], blanked] = BLANK
    return made


def _cheapest_lot(
    codes: Integers, *, rare: Integers, staying: Integers, aim: Aim, prices: Numbers, limit: float
) -> tuple[Integers, list[int]]:
    """Return the records of the cheapest lot under the limit and the variables it blanks; no records where there is none."""
    rest = codes[:, aim.rest]
    options: list[tuple[Integers, Integers, list[int]]] = [(rare, staying, [aim.sensitive, *aim.rest])]
    for kind in np.unique(rest[rare], axis=0) if aim.rest else ():
        same = [rows[(rest[rows] == kind).all(axis=1)] for rows in (rare, staying)]
        options.append((same[0], same[1], [aim.sensitive]))
    best, found = limit, (np.zeros(0, dtype=np.int64), [aim.sensitive])
    for few, many, blanked in options:
        lot = np.concatenate([few, _fill(codes[:, aim.alike], many, wanted=aim.keep - len(few), keep=aim.keep)])
        price = float(((codes[lot][:, blanked] != BLANK) @ prices[blanked]).sum())
        if len(lot) >= aim.keep and price < best:
            best, found = price, (lot, blanked)
    return found


def _fill(codes: Integers, rows: Integers, *, wanted: int, keep: int) -> Integers:
    """Return up to the wanted number of rows that their groups, which keep so many, can spare; largest groups first."""
    groups = sorted(_classes(codes, rows), key=len, reverse=True)
    spare = [group[: max(0, len(group) - keep)] for group in groups]
    return np.concatenate([np.zeros(0, dtype=np.int64), *spare])[: max(0, wanted)]


def diversify(codes: Integers, *, aim: Aim, prices: Numbers) -> Integers:
    """Return the codes with more values blanked, so that the aim is reached; what holds for whole classes is kept."""
    found = _bring_donors(codes, aim=aim, prices=prices)
    found = _join_classes(found, aim=aim, prices=prices)
    return _blank_values(found, aim=aim)


def is_wanting(codes: Integers, *, aim: Aim) -> Flags:
    """Tell which rows are in a class that shows some values, but too few."""
    found = risk.diversity_of(codes[:, aim.key], codes[:, aim.sensitive], truth=aim.truth)
    wanting: Flags = (found > 0) & (found < aim.least)
    return wanting


def _bring_donors(codes: Integers, *, aim: Aim, prices: Numbers) -> Integers:
    """Blank, in a few records of large groups with other values, what sets them apart from a wanting class."""
    made, groups = codes.copy(), _Groups(codes, alike=aim.alike)
    for rows in _classes(codes[:, aim.key], np.flatnonzero(is_wanting(codes, aim=aim))):
        shown = codes[rows[0], aim.key] != BLANK
        limit = float(prices[aim.sensitive] * (codes[rows, aim.sensitive] != BLANK).sum())
        values = set(codes[rows, aim.sensitive].tolist()) - {BLANK}
        moves: list[tuple[int, float]] = []
        while len(values) < aim.least:
            group, cost = groups.cheapest(codes[rows[0]], shown=shown, values=values, aim=aim, prices=prices)
            if group is None or cost + sum(paid for _, paid in moves) >= limit:
                break
            moves.append((group, cost))
            values.add(int(groups.codes[group, aim.sensitive]))
        if len(values) >= aim.least:
            for group, _ in moves:
                moved = groups.take(group, aim.lot)
                made[np.ix_(moved, np.array(aim.key)[~shown])] = BLANK
    return made


class _Groups:
    """The records that are alike in every variable, and how many of each group are left to give."""

    def __init__(self, codes: Integers, *, alike: list[int]) -> None:
        seen = codes[:, alike]
        _, first, inverse, sizes = np.unique(
            seen @ risk.strides_of(seen), return_index=True, return_inverse=True, return_counts=True
        )
        self.codes, self.left = codes[first], sizes
        self._members = np.split(np.argsort(inverse, kind="stable"), np.cumsum(sizes)[:-1])

    def cheapest(
        self, wanting: Integers, *, shown: Flags, values: set[int], aim: Aim, prices: Numbers
    ) -> tuple[int | None, float]:
        """Return the group whose records join a class at the lowest price and bring it a new value, and that price."""
        key = np.array(aim.key)
        fits = (self.codes[:, key[shown]] == wanting[key[shown]]).all(axis=1) & (self.left >= aim.lot + aim.keep)
        fits &= ~np.isin(self.codes[:, aim.sensitive], [BLANK, *values])
        able = np.flatnonzero(fits)
        if not able.size:
            return None, 0.0
        cost = (self.codes[np.ix_(able, key[~shown])] != BLANK) @ prices[key[~shown]] * aim.lot
        best = np.lexsort((-self.left[able], cost))[0]
        return int(able[best]), float(cost[best])

    def take(self, group: int, count: int) -> Integers:
        """Take records out of a group."""
        self.left[group] -= count
        taken: Integers = self._members[group][self.left[group] : self.left[group] + count]
        return taken


def _classes(codes: Integers, rows: Integers) -> list[Integers]:
    """Divide some of the rows into those with equal codes, in the order of the codes."""
    if not rows.size:
        return []
    _, inverse, sizes = np.unique(codes[rows], axis=0, return_inverse=True, return_counts=True)
    return np.split(rows[np.argsort(inverse.reshape(-1), kind="stable")], np.cumsum(sizes)[:-1])


def _join_classes(codes: Integers, *, aim: Aim, prices: Numbers) -> Integers:
    """Blank a variable of the key, where that is cheaper than the values, in wanting classes that then complete each other."""
    made = codes
    for variable in sorted((item for item in aim.key if prices[item] < prices[aim.sensitive]), key=prices.__getitem__):
        wanting = is_wanting(made, aim=aim)
        joined = made.copy()
        joined[wanting, variable] = BLANK
        helped = wanting & ~is_wanting(joined, aim=aim)
        made = np.where(_whole_classes(joined[:, aim.key], helped)[:, None], joined, made)
    return made


def _blank_values(codes: Integers, *, aim: Aim) -> Integers:
    """Blank the sensitive values of every class that is still wanting: a class that shows none of them tells nothing."""
    made = codes.copy()
    made[is_wanting(codes, aim=aim), aim.sensitive] = BLANK
    return made


def _whole_classes(codes: Integers, chosen: Flags) -> Flags:
    keys = codes @ risk.strides_of(codes)
    whole: Flags = np.isin(keys, keys[chosen])
    return whole


def lot_of(key: Sequence[int], *, keys: Sequence[Sequence[int]], k: int) -> int:
    """Return how many records must move together: one where no other need looks closer than this key, else k."""
    return 1 if all(set(other) <= set(key) for other in keys) else k

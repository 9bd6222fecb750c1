"""The search for few blanks: cheap patterns first, whole classes at once, donors where a class lacks a few records.

A *pattern* says which variables are blanked. Patterns are tried from the cheapest on; each releases every class that holds
k of the records not yet released. So each released record is one of at least k that look exactly alike, blanks included.
Later rounds also complete a class that lacks a few records with *donors*: released records whose own class can spare them,
wherever that is cheaper than what the class would cost otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from openjustice.protect.risk import BLANK, Integers, strides_of

Numbers = NDArray[np.float64]
_UNRELEASED = -1
# Between patterns of one price, the variables with most values are blanked first: too small to outweigh any price.
_TIE = 1e-6


@dataclass
class Release:
    """The growing answer, one entry for each record: the class it is released in, the pattern, its price and burden.

    The burden is what the donors paid who completed the record's class, shared among those who needed them.
    """

    final: Integers
    pattern: Integers
    price: Numbers
    burden: Numbers

    @property
    def total(self) -> float:
        """Return the price of the whole answer."""
        return float(self.price.sum())

    def put(self, rows: Integers, *, keys: Integers, pattern: int, prices: Numbers) -> None:
        """Release records in classes."""
        self.final[rows], self.pattern[rows], self.price[rows] = keys, pattern, prices

    def help(self, helped: Integers, *, donors: Integers, keys: Integers, pattern: int, prices: Numbers) -> None:
        """Move donors to the class of records that need them, and burden those with what the donors pay."""
        self.burden[helped] = float((prices - self.price[donors]).sum()) / len(helped)
        self.put(donors, keys=keys, pattern=pattern, prices=prices)


@dataclass(frozen=True)
class Problem:
    """What the search works on: codes and worth (record by variable), the patterns in the order of their price.

    The worth of a value is the price of its variable, and nothing where it is blank already. `luck` decides between
    equals.
    """

    codes: Integers
    worth: Numbers
    luck: Numbers
    k: int
    patterns: NDArray[np.bool_]
    strides: Integers

    @property
    def has_blanks(self) -> bool:
        """Tell whether anything is blank already; only then can two patterns lead to the same class."""
        return bool((self.worth == 0).any())

    def keys(self, pattern: int, rows: Integers | slice = slice(None)) -> Integers:
        """Return the class of records under a pattern."""
        return self.codes[rows] @ np.where(self.patterns[pattern], 0, self.strides)

    def price(self, pattern: int, rows: Integers) -> Numbers:
        """Return what a pattern costs each record."""
        cost: Numbers = self.worth[rows] @ self.patterns[pattern]
        return cost


def blank_to_k(codes: Integers, *, k: int, prices: Numbers, rounds: int, seed: int) -> Integers:
    """Return the codes with values blanked so that every row equals at least k - 1 others; there must be k rows.

    Runs in time that doubles with each variable. The best of the rounds counts; the seed decides between equal donors.
    """
    problem = make_problem(codes, k=k, prices=prices, luck=np.random.default_rng(seed).random(len(codes)))
    best = _walk(problem, expected=None)
    seen = [best.price + best.burden]
    for _ in range(rounds if best.total else 0):
        again = _walk(problem, expected=np.mean(seen, axis=0))
        seen.append(again.price + again.burden)
        best = min(best, again, key=lambda release: release.total)
    return np.where(problem.patterns[best.pattern], BLANK, codes)


def least_price(codes: Integers, *, k: int, prices: Numbers) -> float:
    """Return a price that no answer can undercut: each record at the cheapest pattern where its class in the file has k."""
    problem = make_problem(codes, k=k, prices=prices, luck=np.zeros(len(codes)))
    lowest, left = 0.0, np.arange(len(codes))
    for pattern in range(len(problem.patterns)):
        _, inverse, sizes = np.unique(problem.keys(pattern), return_inverse=True, return_counts=True)
        enough = sizes[inverse[left]] >= k
        lowest += float(problem.price(pattern, left[enough]).sum())
        left = left[~enough]
    return lowest


def make_problem(codes: Integers, *, k: int, prices: Numbers, luck: Numbers) -> Problem:
    """Order all patterns by price and bind them to the codes."""
    patterns = np.array(list(product([False, True], repeat=codes.shape[1])), dtype=bool)
    values = np.log1p(codes.max(axis=0, initial=0).astype(float))
    order = np.argsort(patterns @ (prices - _TIE * values / max(values.sum(), 1.0)), kind="stable")
    return Problem(
        codes=codes,
        worth=(codes != BLANK) * prices,
        luck=luck,
        k=k,
        patterns=patterns[order],
        strides=strides_of(codes),
    )


@dataclass(frozen=True)
class _Classes:
    """The classes of the records not yet released under one pattern; `enough` says which may be released."""

    left: Integers
    known: Integers
    inverse: Integers
    enough: NDArray[np.bool_]

    @property
    def sizes(self) -> Integers:
        return np.bincount(self.inverse, minlength=len(self.known))


def _walk(problem: Problem, *, expected: Numbers | None) -> Release:
    count = len(problem.codes)
    nothing = np.full(count, _UNRELEASED, dtype=np.int64)
    release = Release(final=nothing, pattern=nothing.copy(), price=np.full(count, np.inf), burden=np.zeros(count))
    left = np.arange(count)
    for pattern in range(len(problem.patterns)):
        if not left.size:
            break
        keys = problem.keys(pattern, left)
        known, inverse, sizes = np.unique(keys, return_inverse=True, return_counts=True)
        enough = sizes >= problem.k
        if problem.has_blanks:
            enough |= np.isin(known, release.final)
        if expected is not None:
            classes = _Classes(left=left, known=known, inverse=inverse, enough=enough)
            _complete(problem, release, classes, pattern=pattern, expected=expected)
        out = enough[inverse]
        release.put(left[out], keys=keys[out], pattern=pattern, prices=problem.price(pattern, left[out]))
        left = left[~out]
    if left.size:
        _join_rest(problem, release, left)
    return release


def _complete(problem: Problem, release: Release, classes: _Classes, *, pattern: int, expected: Numbers) -> None:
    """Complete classes with donors where that costs less than what their records are expected to cost otherwise."""
    saving = np.bincount(
        classes.inverse,
        weights=expected[classes.left] - problem.price(pattern, classes.left),
        minlength=len(classes.known),
    )
    lacking = problem.k - classes.sizes
    wanted = ~classes.enough & (saving > 0)
    if not wanted.any():
        return
    donors, at = _find_donors(problem, release, classes.known, pattern=pattern, wanted=wanted)
    cost = problem.price(pattern, donors) - release.price[donors]
    order = np.lexsort((problem.luck[donors], cost, at))
    donors, at, cost = donors[order], at[order], cost[order]
    starts = np.searchsorted(at, np.arange(len(classes.known) + 1))
    first = np.append(cost, 0.0)[starts[:-1]]
    cheapest = np.where(np.diff(starts) >= lacking, first * lacking, np.inf)
    hopeful = np.flatnonzero(wanted & (cheapest < saving))
    if not hopeful.size:
        return
    spare = _Spare(release.final, k=problem.k)
    for item in hopeful[np.argsort(cheapest[hopeful] - saving[hopeful], kind="stable")]:
        span = slice(starts[item], starts[item + 1])
        taken = spare.take(donors[span], cost[span], wanted=int(lacking[item]), limit=float(saving[item]))
        if taken.size:
            keys = np.full(len(taken), classes.known[item])
            helped = classes.left[classes.inverse == item]
            release.help(helped, donors=taken, keys=keys, pattern=pattern, prices=problem.price(pattern, taken))
            classes.enough[item] = True


def _find_donors(
    problem: Problem, release: Release, known: Integers, *, pattern: int, wanted: NDArray[np.bool_]
) -> tuple[Integers, Integers]:
    """Return released records that would belong to a wanted class under the pattern, and the place of that class."""
    keys = problem.keys(pattern)
    at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    donors = np.flatnonzero(wanted[at] & (known[at] == keys) & (release.pattern != _UNRELEASED))
    return donors, at[donors]


class _Spare:
    """What each released class can spare and still keep k records; or it may give itself up whole."""

    def __init__(self, final: Integers, *, k: int) -> None:
        _, self._class, self._sizes = np.unique(final, return_inverse=True, return_counts=True)
        self._k = k
        self._gone = np.zeros(len(final), dtype=bool)

    def take(self, donors: Integers, cost: Numbers, *, wanted: int, limit: float) -> Integers:
        """Take the wanted number of donors, or one whole class, whichever is cheaper; none at or over the limit.

        The donors come cheapest first.
        """
        here = ~self._gone[donors]
        donors, cost = donors[here], cost[here]
        homes = self._class[donors]
        some = self._spared(homes, wanted=wanted)
        whole = self._cheapest_whole(homes, cost)
        able = [chosen for chosen in (some, whole) if len(chosen)]
        best = min(able, key=lambda chosen: float(cost[chosen].sum()), default=None)
        if best is None or cost[best].sum() >= limit:
            return np.zeros(0, dtype=np.int64)
        self._gone[donors[best]] = True
        np.subtract.at(self._sizes, homes[best], 1)
        return donors[best]

    def _spared(self, homes: Integers, *, wanted: int) -> Integers:
        """Return the places of the first donors that their classes can spare, if there are enough."""
        order = np.argsort(homes, kind="stable")
        starts = np.searchsorted(homes[order], homes[order])
        nth = np.empty(len(homes), dtype=np.int64)
        nth[order] = np.arange(len(homes)) - starts
        able = np.flatnonzero(nth < self._sizes[homes] - self._k)[:wanted]
        return able if len(able) == wanted else able[:0]

    def _cheapest_whole(self, homes: Integers, cost: Numbers) -> Integers:
        """Return the places of the donors of the cheapest class of which every record is offered."""
        known, inverse, offered = np.unique(homes, return_inverse=True, return_counts=True)
        is_whole = offered == self._sizes[known]
        if not is_whole.any():
            return np.zeros(0, dtype=np.int64)
        prices = np.where(is_whole, np.bincount(inverse, weights=cost, minlength=len(known)), np.inf)
        return np.flatnonzero(inverse == int(prices.argmin()))


def _join_rest(problem: Problem, release: Release, left: Integers) -> None:
    """Release the last few records, fewer than k, blanked in full with the donors that lose least."""
    whole = len(problem.patterns) - 1
    released = np.flatnonzero(release.pattern != _UNRELEASED)
    cost = problem.price(whole, released) - release.price[released]
    order = np.argsort(cost, kind="stable")
    spare = _Spare(release.final, k=problem.k)
    donors = spare.take(released[order], cost[order], wanted=problem.k - len(left), limit=np.inf)
    release.put(left, keys=np.zeros(len(left), np.int64), pattern=whole, prices=problem.price(whole, left))
    keys = np.zeros(len(donors), np.int64)
    release.help(left, donors=donors, keys=keys, pattern=whole, prices=problem.price(whole, donors))

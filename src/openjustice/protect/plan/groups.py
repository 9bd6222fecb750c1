"""Says what protection costs each protected group: values blanked, detail lost, and whether disparities still show.

Nothing here knows which of several records that were alike was blanked: each is charged its share, so that the figures do
not hang on the order of equal records. That also lets a group be measured that the file does not name.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from openjustice.contracts.policy import Recoding
from openjustice.ground.engine import Table, quote
from openjustice.protect import risk
from openjustice.protect.methods.local_suppression.method import Suppressed
from openjustice.protect.risk import BLANK, Combinations, Integers

Numbers = NDArray[np.float64]
# Share of detail that a code of a variable gives up, by variable and code: 0 as collected, 1 where it says nothing.
Detail = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class GroupLoss:
    """What one group lost. Shares of its records, 0 to 1, but for `records`, which is confidential.

    `lost`: records in which the group itself is not named any more, though the file has a variable for it; None where the
    file has none. `touched`: records with anything blanked. `recoded` and `kept`: the mean share of the detail that the
    collected fields had which is still there after recoding, and after blanks too; None where it was not measured.
    `erased`: the group is named nowhere in the file. `alone`: its code stands for no other group's records.
    """

    variable: str
    code: str
    records: int
    lost: float | None
    touched: float
    recoded: float | None
    kept: float | None
    erased: bool
    alone: bool


@dataclass(frozen=True)
class Disparity:
    """How many times as common a value is in one group as in everybody else: in truth with its interval, and in the file.

    `counts`: the group with the value, the group, the others with it, the others; confidential. `after` is None where the
    file shows too little to say. `stays`: what the file shows lies within the interval of the truth.
    """

    by: str
    group: str
    outcome: str
    value: str
    counts: tuple[int, int, int, int]
    before: float
    low: float
    high: float
    after: float | None

    @property
    def stays(self) -> bool:
        """Say whether a reader of the file would find the disparity that is there."""
        return self.after is not None and self.low <= self.after <= self.high


def measure_detail(both: Table, *, recodings: Mapping[str, Recoding]) -> Detail:
    """Return how much detail each code gives up: how many other collected values stand under it, of all there are.

    `both` are the records with the recoded variables and the fields they are made of. Source: the normalized domain share
    of Iyengar (2002), over the values that occur.
    """
    return {name: _detail_of(both, name=name, field=rule.of) for name, rule in recodings.items()}


def measure_groups(
    suppressed: Suppressed,
    *,
    recoded: Table,
    recodings: Mapping[str, Recoding],
    groups: Sequence[str],
    detail: Detail | None = None,
) -> tuple[GroupLoss, ...]:
    """Return what each group of each grouping variable lost.

    `recoded` are the records before protection in all variables of the tier.
    """
    charged = _charge(suppressed, detail=detail or {})
    return tuple(
        loss
        for name in groups
        for loss in _losses(name, charged, suppressed=suppressed, recoded=recoded, recodings=recodings)
    )


def worst_share(losses: Sequence[GroupLoss], *, variable: str) -> float:
    """Return the largest share of a group of the variable that is not named any more."""
    return max((item.lost or 0.0 for item in losses if item.variable == variable), default=0.0)


def measure_disparities(
    suppressed: Suppressed, *, groups: Sequence[str], outcomes: Sequence[str], confidence: float
) -> tuple[Disparity, ...]:
    """Compare every value of every outcome between each group and everybody else, before and after protection.

    Only variables of the file can be compared. Source of the interval: Katz et al. (1978), Biometrics 34, 469-474, with
    half a record added to each count where one is zero.
    """
    z = float(special.ndtri(1 - (1 - confidence) / 2))
    places = {name: place for place, name in enumerate(suppressed.variables)}
    return tuple(
        item
        for by in groups
        for outcome in outcomes
        if by in places and outcome in places and by != outcome
        for item in _disparities(suppressed, by=places[by], outcome=places[outcome], z=z)
    )


@dataclass(frozen=True)
class _Charged:
    """For each distinct combination before protection, the mean over its records of what was done to them."""

    combinations: Integers
    counts: Integers
    blanked: Numbers  # by variable
    touched: Numbers
    recoded: Numbers
    kept: Numbers


def _charge(suppressed: Suppressed, *, detail: Detail) -> _Charged:
    before, blanked = suppressed.before, suppressed.blanked
    distinct, inverse, counts = np.unique(before, axis=0, return_inverse=True, return_counts=True)
    inverse = inverse.reshape(-1)

    def mean(values: NDArray[np.generic]) -> Numbers:
        summed = np.bincount(inverse, weights=values.astype(np.float64), minlength=len(distinct))
        return np.asarray(summed / counts, dtype=np.float64)

    lost = _lost_detail(suppressed, detail=detail)
    known = np.maximum((before != BLANK).sum(axis=1), 1)
    after = np.where(blanked, 1.0, lost)
    return _Charged(
        combinations=distinct,
        counts=counts.astype(np.int64),
        blanked=np.column_stack([mean(column) for column in blanked.T]),
        touched=mean(np.asarray(blanked.any(axis=1))),
        recoded=mean(1 - lost.sum(axis=1) / known),
        kept=mean(1 - np.where(before == BLANK, 0.0, after).sum(axis=1) / known),
    )


def _lost_detail(suppressed: Suppressed, *, detail: Detail) -> Numbers:
    columns = []
    for place, name in enumerate(suppressed.variables):
        given = detail.get(name, {})
        columns.append(
            np.array([0.0, *(given.get(label, 0.0) for label in suppressed.labels[place])])[suppressed.before[:, place]]
        )
    return np.column_stack(columns)


def _losses(
    name: str, charged: _Charged, *, suppressed: Suppressed, recoded: Table, recodings: Mapping[str, Recoding]
) -> list[GroupLoss]:
    labels, weights = _memberships(name, charged, suppressed=suppressed, recoded=recoded)
    shown_by = _shown_by(name, suppressed=suppressed, recodings=recodings)
    return [
        _loss(name, code, weights[:, at], charged, suppressed=suppressed, shown_by=shown_by)
        for at, code in enumerate(labels)
    ]


def _memberships(
    name: str, charged: _Charged, *, suppressed: Suppressed, recoded: Table
) -> tuple[tuple[str, ...], Integers]:
    """Return the groups of a variable, and how many records of each distinct combination belong to each."""
    if name in suppressed.variables:
        place = suppressed.variables.index(name)
        labels = suppressed.labels[place]
        codes = charged.combinations[:, place]
        return labels, (codes[:, None] == np.arange(1, len(labels) + 1)) * charged.counts[:, None]
    joint = risk.read_combinations(recoded, variables=[*suppressed.variables, name])
    at = _places(charged.combinations, joint, suppressed=suppressed)
    weights = np.zeros((len(charged.combinations), len(joint.labels[-1]) + 1), dtype=np.int64)
    np.add.at(weights, (at, joint.codes[:, -1]), joint.counts)
    return joint.labels[-1], weights[:, 1:]


def _places(combinations: Integers, joint: Combinations, *, suppressed: Suppressed) -> Integers:
    """Return where each combination of the joint count stands among the distinct ones; both code the same values alike."""
    wanted = joint.of(suppressed.variables)
    _, inverse = np.unique(np.vstack([combinations, wanted]), axis=0, return_inverse=True)
    return np.asarray(inverse).reshape(-1)[len(combinations) :]


def _shown_by(name: str, *, suppressed: Suppressed, recodings: Mapping[str, Recoding]) -> list[int]:
    """Return the places of the file's variables that name the group: its own, or those made of the same field."""
    if name in suppressed.variables:
        return [suppressed.variables.index(name)]
    field = recodings[name].of
    return [at for at, other in enumerate(suppressed.variables) if other in recodings and recodings[other].of == field]


def _loss(
    name: str, code: str, members: Integers, charged: _Charged, *, suppressed: Suppressed, shown_by: Sequence[int]
) -> GroupLoss:
    records = int(members.sum())
    lost, alone, erased = None, False, True
    if shown_by:
        # Where several variables name the group, the one that is kept best counts.
        at = min(shown_by, key=lambda place: float(members @ charged.blanked[:, place]))
        lost = float(members @ charged.blanked[:, at]) / records
        theirs = np.unique(charged.combinations[members > 0, at])
        erased = not bool(np.isin(suppressed.after[:, at], theirs[theirs != BLANK]).any())
        others = charged.counts[np.isin(charged.combinations[:, at], theirs)].sum() - records
        alone = not erased and int(others) == 0
    return GroupLoss(
        variable=name,
        code=code,
        records=records,
        lost=lost,
        touched=float(members @ charged.touched) / records,
        recoded=float(members @ charged.recoded) / records,
        kept=float(members @ charged.kept) / records,
        erased=erased,
        alone=alone,
    )


def _detail_of(both: Table, *, name: str, field: str) -> dict[str, float]:
    variable, of = quote(name), quote(field)
    statement = (
        f"SELECT CAST({variable} AS VARCHAR) AS code, count(DISTINCT {of}) AS n FROM both_ "
        f"WHERE {variable} IS NOT NULL GROUP BY ALL ORDER BY code"
    )
    made = both.engine.derive("detail", statement, inputs={"both_": both}).rows()
    everything = sum(int(row["n"]) for row in made)
    return {str(row["code"]): (int(row["n"]) - 1) / (everything - 1) if everything > 1 else 0.0 for row in made}


def _disparities(suppressed: Suppressed, *, by: int, outcome: int, z: float) -> list[Disparity]:
    before, after = (
        _cross(suppressed, suppressed.before, by, outcome),
        _cross(suppressed, suppressed.after, by, outcome),
    )
    found = []
    for group, label in enumerate(suppressed.labels[by]):
        for value, word in enumerate(suppressed.labels[outcome]):
            counts, shown = _four(before, group, value), _four(after, group, value)
            if counts[1] and counts[3]:
                ratio, low, high = ratio_interval(counts, z=z)
                found.append(
                    Disparity(
                        by=suppressed.variables[by], group=label, outcome=suppressed.variables[outcome], value=word,
                        counts=counts, before=ratio, low=low, high=high,
                        after=ratio_interval(shown, z=z)[0] if shown[1] and shown[3] else None,
                    )
                )  # fmt: skip
    return found


def _cross(suppressed: Suppressed, codes: Integers, by: int, outcome: int) -> Integers:
    table = np.zeros((len(suppressed.labels[by]), len(suppressed.labels[outcome])), dtype=np.int64)
    known = (codes[:, by] != BLANK) & (codes[:, outcome] != BLANK)
    np.add.at(table, (codes[known, by] - 1, codes[known, outcome] - 1), 1)
    return table


def _four(table: Integers, group: int, value: int) -> tuple[int, int, int, int]:
    with_value, whole = int(table[group, value]), int(table[group].sum())
    return with_value, whole, int(table[:, value].sum()) - with_value, int(table.sum()) - whole


def ratio_interval(counts: tuple[int, int, int, int], *, z: float) -> tuple[float, float, float]:
    """Return the ratio of two shares with its interval; half a record is added where the value is nowhere in one of them."""
    one, of_one, other, of_other = (float(item) for item in counts)
    if not one or not other:
        one, of_one, other, of_other = one + 0.5, of_one + 1, other + 0.5, of_other + 1
    ratio = (one / of_one) / (other / of_other)
    spread = z * math.sqrt(max(1 / one - 1 / of_one + 1 / other - 1 / of_other, 0.0))
    return ratio, ratio * math.exp(-spread), ratio * math.exp(spread)

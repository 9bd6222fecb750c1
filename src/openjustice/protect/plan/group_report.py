"""What a disclosure report tells of protected groups, in figures so coarse that they tell no number of records closer than k."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from openjustice.contracts.policy import MicrodataRules, Recoding
from openjustice.ground.engine import Table
from openjustice.protect.plan import groups
from openjustice.protect.plan.groups import Detail, Disparity, GroupLoss
from openjustice.protect.plan.microdata import ProtectedMicrodata


@dataclass(frozen=True)
class BlankedGroup:
    """How much one group lost: the share of its records whose group was blanked, and that had anything blanked.

    `detail_recoded` and `detail_kept`: the mean share of the collected detail that is there after recoding, and after blanks
    too. None where the group has fewer records than the policy's k, or nothing was measured. `erased`: the group is named
    nowhere in the file any more. `alone`: its code in the file stands for no other group; None where it is erased.
    """

    variable: str
    code: str
    share_of_group: float | None
    share_with_any: float | None
    erased: bool
    alone: bool | None = None
    detail_recoded: float | None = None
    detail_kept: float | None = None


@dataclass(frozen=True)
class ToldDisparity:
    """How many times as common a value is in a group as among all others. `before` is None where it would tell too much.

    `stays`: whether the ratio in the file lies within the interval of the true one; None where the group is too small.
    """

    by: str
    group: str
    outcome: str
    value: str
    before: float | None
    low: float | None
    high: float | None
    after: float | None
    stays: bool | None


def tell_groups(
    microdata: ProtectedMicrodata,
    *,
    rules: MicrodataRules,
    recoded: Table | None,
    recodings: Mapping[str, Recoding],
    detail: Detail | None,
    least: int,
) -> tuple[BlankedGroup, ...]:
    """Return what each watched group lost; where the policy names none, the groups of every key variable are watched."""
    watched = list(rules.groups) or _keys(microdata)
    known = [name for name in watched if name in microdata.variables or recoded is not None]
    losses = groups.measure_groups(
        microdata.suppressed, recoded=recoded or microdata.table, recodings=recodings, groups=known, detail=detail
    )
    return tuple(_tell_loss(item, least=least, has_detail=detail is not None) for item in losses)


def tell_disparities(microdata: ProtectedMicrodata, *, rules: MicrodataRules, least: int) -> tuple[ToldDisparity, ...]:
    """Return how the disparities of the policy's outcomes between its groups came through."""
    found = groups.measure_disparities(
        microdata.suppressed, groups=rules.groups, outcomes=rules.outcomes, confidence=rules.confidence
    )
    return tuple(_tell_disparity(item, least=least) for item in found)


def digits_of(records: float, *, least: int) -> int:
    """Return how many decimals, at most three, a share of records may have so that its last one stands for `least` records."""
    return max((digits for digits in (1, 2, 3) if records >= least * 10**digits), default=0)


def _keys(microdata: ProtectedMicrodata) -> list[str]:
    return [name for name in microdata.variables if any(name in item.need.key for item in microdata.scenarios)]


def _tell_loss(item: GroupLoss, *, least: int, has_detail: bool) -> BlankedGroup:
    digits = min(2, digits_of(item.records, least=least))
    is_told = item.records >= least

    def told(share: float | None) -> float | None:
        return round(share, digits) if is_told and share is not None else None

    return BlankedGroup(
        variable=item.variable,
        code=item.code,
        share_of_group=told(item.lost),
        share_with_any=told(item.touched),
        erased=item.erased,
        alone=None if item.erased else item.alone,
        detail_recoded=told(item.recoded) if has_detail else None,
        detail_kept=told(item.kept) if has_detail else None,
    )


def _tell_disparity(item: Disparity, *, least: int) -> ToldDisparity:
    with_value, whole, others_with, others = item.counts
    digits = _ratio_digits(item, least=least)
    parts = (with_value, whole - with_value, others_with, others - others_with)
    is_told = digits > 0 and min(parts) >= least
    return ToldDisparity(
        by=item.by,
        group=item.group,
        outcome=item.outcome,
        value=item.value,
        before=round(item.before, digits) if is_told else None,
        low=round(item.low, digits) if is_told else None,
        high=round(item.high, digits) if is_told else None,
        after=None if item.after is None else round(item.after, 2),
        stays=item.stays if min(whole, others) >= least else None,
    )


def _ratio_digits(item: Disparity, *, least: int) -> int:
    """Return how many decimals, at most two, a ratio may have so that its last one stands for `least` records of the group."""
    _, whole, others_with, others = item.counts
    expected = whole * others_with / others
    return min(2, math.floor(math.log10(expected / least))) if expected > 0 else 0

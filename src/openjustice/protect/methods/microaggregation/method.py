"""Shows numbers and dates as the means of small groups of records that are near each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.ground import errors
from openjustice.ground.kernels import compiled
from openjustice.protect.methods.microaggregation.parameters import Parameters

Numbers = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Aggregated:
    """What is shown, column by column, the group of each record, and the share of the spread that is lost (0 to 1)."""

    columns: Mapping[str, NDArray[Any]]
    groups: Integers
    lost: float


def aggregate(columns: Mapping[str, NDArray[Any]], *, parameters: Parameters) -> Aggregated:
    """Group the records by k to 2k - 1 and show each group's means. Columns are numbers or days (datetime64[D]).

    Claims: every group has k records that show the same; a shown number is the group's mean, so means and totals of all
    records stay; a shown day is the mean to the nearest day. One column is grouped with the least possible loss. Raises
    ProtectionRefused where there are fewer than k records, or a value is missing. Sources: Domingo-Ferrer, Mateo-Sanz
    (2002), MDAV; Hansen, Mukherjee (2003), the best grouping of one variable.
    """
    numbers = np.column_stack([_numbers(column) for column in columns.values()])
    _check(numbers, parameters.k)
    spread = numbers.std(axis=0)
    scaled = (numbers - numbers.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    groups = _one(scaled[:, 0], parameters.k) if scaled.shape[1] == 1 else mdav(scaled, parameters.k)
    sizes = np.bincount(groups)
    means = np.column_stack([np.bincount(groups, weights=column) / sizes for column in numbers.T])
    middle = np.column_stack([np.bincount(groups, weights=column) / sizes for column in scaled.T])
    whole, within = float((scaled**2).sum()), float(((scaled - middle[groups]) ** 2).sum())
    shown = {name: _like(column, means[groups, place]) for place, (name, column) in enumerate(columns.items())}
    return Aggregated(columns=shown, groups=groups, lost=within / whole if whole else 0.0)


def work_example(given: Mapping[str, Any]) -> Any:
    """Aggregate the columns of a worked example."""
    columns = {name: _read(values) for name, values in given["columns"].items()}
    shown = aggregate(columns, parameters=Parameters(k=given["k"])).columns
    return {
        name: [value.isoformat() if isinstance(value, date) else value for value in column.tolist()]
        for name, column in shown.items()
    }


@compiled
def best_cuts(ordered: Numbers, k: int, group: Integers) -> float:
    """Number the groups of k to 2k - 1 neighbors of an ordered array with the least sum of squares, and return that sum.

    The best last group of each beginning is found from the beginnings before it.
    """
    count = len(ordered)
    sums, squares = np.zeros(count + 1), np.zeros(count + 1)
    for i in range(count):
        sums[i + 1] = sums[i] + ordered[i]
        squares[i + 1] = squares[i] + ordered[i] * ordered[i]
    best = np.full(count + 1, np.inf)
    cut = np.zeros(count + 1, dtype=np.int64)
    best[0] = 0.0
    for end in range(k, count + 1):
        for start in range(max(0, end - 2 * k + 1), end - k + 1):
            total = sums[end] - sums[start]
            loss = best[start] + squares[end] - squares[start] - total * total / (end - start)
            if loss < best[end]:
                best[end], cut[end] = loss, start
    number, end = 0, count
    while end > 0:
        for i in range(cut[end], end):
            group[i] = number
        number += 1
        end = cut[end]
    return max(float(best[count]), 0.0)


@compiled
def mdav(points: Numbers, k: int) -> Integers:
    """Group points: around the one farthest from the mean, then around the one farthest from that, and so on."""
    count, width = points.shape
    group = np.full(count, -1, dtype=np.int64)
    left = np.arange(count)
    made = 0
    while len(left) >= 2 * k:
        middle = np.zeros(width)
        for i in left:
            middle += points[i]
        middle /= len(left)
        farthest = left[np.argmax(_distances(points, left, middle))]
        turns = 2 if len(left) >= 3 * k else 1
        for _ in range(turns):
            near = np.argsort(_distances(points, left, points[farthest]), kind="mergesort")
            opposite = left[near[-1]]
            for i in near[:k]:
                group[left[i]] = made
            made += 1
            left = left[np.sort(near[k:])]
            farthest = opposite
    for i in left:
        group[i] = made
    return group


@compiled
def _distances(points: Numbers, rows: Integers, center: Numbers) -> Numbers:
    found = np.zeros(len(rows))
    for i in range(len(rows)):
        for variable in range(len(center)):
            gap = points[rows[i], variable] - center[variable]
            found[i] += gap * gap
    return found


def _one(values: Numbers, k: int) -> Integers:
    order = np.argsort(values, kind="stable")
    ordered, groups = np.zeros(len(values), dtype=np.int64), np.empty(len(values), dtype=np.int64)
    best_cuts(values[order], k, ordered)
    groups[order] = ordered
    return groups


def _numbers(column: NDArray[Any]) -> Numbers:
    days = column.astype("datetime64[D]").astype(np.int64) if column.dtype.kind == "M" else column
    return np.where(np.isnat(column), np.nan, days) if column.dtype.kind == "M" else days.astype(np.float64)


def _like(column: NDArray[Any], means: Numbers) -> NDArray[Any]:
    return np.rint(means).astype(np.int64).astype("datetime64[D]") if column.dtype.kind == "M" else means


def _read(values: list[Any]) -> NDArray[Any]:
    return np.array(values, dtype="datetime64[D]" if isinstance(values[0], date | str) else np.float64)


def _check(numbers: Numbers, k: int) -> None:
    if len(numbers) < k or not np.isfinite(numbers).all():
        raise errors.ProtectionRefused.because(
            "cannot_group",
            f"There are fewer records than the {k} of a group, or a value is missing.",
            way_out="Group the records with all values alone, or give missing values a group of their own beforehand.",
        )

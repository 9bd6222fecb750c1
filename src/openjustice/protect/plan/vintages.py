"""Lays a record file beside those of earlier releases: what two files together tell of the few records that changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openjustice.ground.engine import Table
from openjustice.protect import risk
from openjustice.protect.attack import AttackResult
from openjustice.protect.risk import Need

EARLIER_FILES = "record files of earlier releases"
Codes = tuple[str, ...]
Histogram = Mapping[Codes, int]


@dataclass(frozen=True)
class FileHistogram:
    """How often each combination of a record file's variables stood in the records behind it, and stands in the file.

    A blank is an empty text. `truth` is confidential; `shown` can be counted in the file by anybody.
    """

    release: str
    variables: tuple[str, ...]
    truth: Histogram
    shown: Histogram


def histogram_of(table: Table, *, variables: Sequence[str]) -> dict[Codes, int]:
    """Count the combinations of a table's variables; a blank is an empty text."""
    found = risk.read_combinations(table, variables=variables)
    names = [("", *labels) for labels in found.labels]
    return {
        tuple(names[at][code] for at, code in enumerate(row)): int(count)
        for row, count in zip(found.codes.tolist(), found.counts.tolist(), strict=True)
    }


def check(now: FileHistogram, earlier: Sequence[FileHistogram], *, needs: Sequence[Need]) -> AttackResult:
    """Subtract every earlier file from this one, class by class, as a reader of both would.

    The reader knows of a change how many records more show its values for certain, and how many more may have them. It
    passes where of no combination of a key that truly gained or lost fewer than k records is known both that it changed and
    that it changed by fewer than k. Assumes that the reader knows how blanks were made: each may stand for anything.
    """
    leaks = [
        f"{before.release}: a change of fewer than {need.k} records by {', '.join(key)}"
        for before in earlier
        for need in needs
        for key in [tuple(name for name in need.key if name in now.variables and name in before.variables)]
        for _ in range(_count_told(now, before, key=key, k=need.k) if key else 0)
    ]
    compared = len(earlier)
    return AttackResult(
        attack="differencing",
        against=EARLIER_FILES,
        passed=not leaks,
        says=_sentence(compared, len(leaks)),
        figures={"earlier_releases": compared},
        leaks=tuple(leaks),
    )


def _count_told(now: FileHistogram, before: FileHistogram, *, key: Sequence[str], k: int) -> int:
    """Count the combinations of a key of which two files tell that a few records changed."""
    truths = [_project(item.truth, item.variables, key) for item in (now, before)]
    shown = [_project(item.shown, item.variables, key) for item in (now, before)]
    told = 0
    for codes in sorted({*truths[0], *truths[1]}):
        change = truths[0][codes] - truths[1][codes]
        if 0 < abs(change) < k:
            (certain, possible), (certain_before, possible_before) = (_bounds(item, codes) for item in shown)
            low, high = certain - possible_before, possible - certain_before
            told += (low >= 1 and high < k) or (high <= -1 and low > -k)
    return told


def _project(histogram: Histogram, variables: Sequence[str], key: Sequence[str]) -> Counter[Codes]:
    places = [variables.index(name) for name in key]
    counted: Counter[Codes] = Counter()
    for codes, count in histogram.items():
        counted[tuple(codes[place] for place in places)] += count
    return counted


def _bounds(shown: Counter[Codes], codes: Codes) -> tuple[int, int]:
    """Return how many records of a file certainly have the codes, and how many may. Nobody can be certain of a blank."""
    possible = sum(
        count
        for other, count in shown.items()
        if all(not theirs or theirs == mine for mine, theirs in zip(codes, other, strict=True))
    )
    return (shown[codes] if all(codes) else 0), possible


def _sentence(compared: int, leaks: int) -> str:
    if not compared:
        return "There is no earlier record file to set this one against."
    if leaks:
        return f"{leaks} small changes can be told by setting this file beside an earlier one."
    return "No small change can be told by setting this file beside an earlier one."

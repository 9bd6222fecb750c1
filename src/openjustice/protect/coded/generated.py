"""Hierarchies made from what is known anyway: the calendar, ages, and lists with groups. Lines as in an ARX file, leaf first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

from openjustice.ground import errors
from openjustice.protect.coded.hierarchies import EVERYTHING, Hierarchy, missing_faults

Line = tuple[str, ...]


def date_lines(first: date, last: date) -> list[Line]:
    """Return a line for each day from the first to the last: day, month, quarter, year, everything."""
    if last < first:
        raise _cannot("the last day lies before the first")
    days = (first + timedelta(days=at) for at in range((last - first).days + 1))
    return [
        (day.isoformat(), f"{day:%Y-%m}", f"{day.year:04d}-Q{(day.month + 2) // 3}", f"{day.year:04d}", EVERYTHING)
        for day in days
    ]


def band_lines(lowest: int, highest: int, *, widths: Sequence[int] = (5, 10, 20)) -> list[Line]:
    """Return a line for each whole number: itself, the band of each width that it lies in, everything.

    Bands begin at multiples of their width, so each width must be a multiple of the one before, or bands would overlap.
    """
    steps = [1, *widths]
    if highest < lowest or any(wide <= narrow or wide % narrow for narrow, wide in pairwise(steps)):
        raise _cannot("the bands do not nest: each width must be a multiple of the one before")
    return [
        (str(number), *(_band(number, width) for width in widths), EVERYTHING) for number in range(lowest, highest + 1)
    ]


def group_lines(codes: Iterable[str], *, groups: Sequence[Mapping[str, str]]) -> list[Line]:
    """Return a line for each code: itself, its group, that group's group and so on, everything.

    Each mapping gives the group of what the one before it made: county, region, state; or an offense code, its
    crosswalk's target, and that one's. Raises ProtectionRefused where a mapping has no group for something.
    """
    lines: list[Line] = [(code,) for code in codes]
    for level, mapping in enumerate(groups, start=1):
        lacking = {line[-1] for line in lines} - set(mapping)
        if lacking:
            raise _cannot(f"{len(lacking)} of the values of level {level - 1} have no group at level {level}")
        lines = [(*line, mapping[line[-1]]) for line in lines]
    return [(*line, EVERYTHING) for line in lines]


def crosswalk_groups(weights: Mapping[tuple[str, str], object]) -> dict[str, str]:
    """Return the one target of each code of a crosswalk; raises ProtectionRefused where a code divides among several."""
    groups: dict[str, str] = {}
    divided = set()
    for source, target in weights:
        if groups.setdefault(source, target) != target:
            divided.add(source)
    if divided:
        raise _cannot(f"{len(divided)} codes of the crosswalk divide among several targets")
    return groups


def with_missing(lines: Sequence[Line]) -> list[Line]:
    """Add a line for a missing value, which stays empty up to the last level."""
    width = len(lines[0]) if lines else 2
    return [*lines, (*[""] * (width - 1), EVERYTHING)]


def check_complete(tree: Hierarchy, values: Iterable[str]) -> None:
    """Raise ProtectionRefused, with how many and never which, where values are not in a hierarchy."""
    known, held = set(tree.labels[0]), list(values)
    lacking = [value for value in held if value not in known]
    if lacking:
        raise errors.ProtectionRefused(missing_faults({tree.variable: (len(set(lacking)), len(lacking))}, file=""))


def as_text(lines: Sequence[Line]) -> str:
    """Return the lines as an ARX file; raises ProtectionRefused where a name holds the delimiter or a line's end."""
    if any(mark in label for line in lines for label in line for mark in ';"\r\n'):
        raise _cannot("a name holds a semicolon, a quotation mark or a line's end")
    return "".join(";".join(line) + "\n" for line in lines)


def _band(number: int, width: int) -> str:
    start = number // width * width
    return f"{start}-{start + width - 1}"


def _cannot(what: str) -> errors.Refusal:
    return errors.ProtectionRefused.because(
        "hierarchy_impossible", f"No hierarchy can be made: {what}.", way_out="Complete the list or change the bands."
    )

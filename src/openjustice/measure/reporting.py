"""Lays what came beside what is owed: each report is received, late, stated as none, returned, missing, or not due yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from openjustice.contracts.calendar import Due

Row = Mapping[str, Any]
_IN_FORCE = ("accepted", "accepted_with_queries")
_TAKEN = (*_IN_FORCE, "superseded")  # the states of a submission that was accepted once


class Standing(StrEnum):
    """How an owed report stands. The first three are reports; the others are not."""

    RECEIVED = "received"
    LATE = "late"
    NONE_STATED = "none_stated"
    RETURNED = "returned"
    MISSING = "missing"
    NOT_DUE = "not_due"

    @property
    def is_report(self) -> bool:
        """Say whether the period is reported: with records, or with a statement that there was none."""
        return self in (Standing.RECEIVED, Standing.LATE, Standing.NONE_STATED)


@dataclass(frozen=True)
class Owed:
    """One owed report and how it stands. `days_late` is counted from the due day: below 0 it came early."""

    due: Due
    standing: Standing
    received_on: date | None = None
    days_late: int | None = None
    submission: int | None = None
    statement: int | None = None
    is_late: bool = False


@dataclass(frozen=True)
class Counted:
    """The owed reports of one dataset and period, by how they stand. `late` counts late files and late statements."""

    dataset: str
    period: str
    owed: int
    received: int
    none_stated: int
    late: int
    returned: int
    missing: int
    not_due: int

    @property
    def reported_share(self) -> float | None:
        """Return the share of the reports due by now that were made; None where none is due."""
        due = self.owed - self.not_due
        return (self.received + self.none_stated) / due if due else None


def settle(due: Iterable[Due], *, sent: Sequence[Row], stated: Sequence[Row], today: date) -> list[Owed]:
    """Lay what came beside what is owed: a file counts for the periods that lie wholly within its own."""
    by_reporter: dict[str, list[Row]] = {}
    for row in sent:
        by_reporter.setdefault(row["reporter"], []).append(row)
    none_of = {(row["reporter"], row["period"]): row for row in stated if row["state"] == "in_force"}
    return [
        _settle(item, by_reporter.get(item.reporter, []), none_of.get((item.reporter, item.period.text)), today)
        for item in due
    ]


def _settle(due: Due, sent: Sequence[Row], none: Row | None, today: date) -> Owed:
    covering = [
        row for row in sent
        if row["starts_on"] <= due.period.starts_on and row["ends_before"] >= due.period.ends_before
    ]  # fmt: skip
    in_force = [row for row in covering if row["state"] in _IN_FORCE]
    if in_force:
        first = min(_day(row["received_at"]) for row in covering if row["state"] in _TAKEN)
        late = (first - due.due_on).days
        standing = Standing.LATE if late > 0 else Standing.RECEIVED
        return Owed(due, standing, first, late, submission=in_force[-1]["number"], is_late=late > 0)
    if none is not None:
        on = _day(none["stated_at"])
        late = (on - due.due_on).days
        return Owed(due, Standing.NONE_STATED, on, late, statement=none["number"], is_late=late > 0)
    if due.due_on >= today:
        return Owed(due, Standing.NOT_DUE)
    returned = [row for row in covering if row["state"] == "returned"]
    if returned:
        return Owed(due, Standing.RETURNED, submission=returned[-1]["number"], is_late=True)
    return Owed(due, Standing.MISSING, is_late=True)


def count(owed: Iterable[Owed]) -> tuple[Counted, ...]:
    """Return how many reports of each dataset and period stand how, in the order in which they were given."""
    grouped: dict[tuple[str, str], list[Owed]] = {}
    for item in owed:
        grouped.setdefault((item.due.dataset, item.due.period.text), []).append(item)
    return tuple(_count(dataset, period, items) for (dataset, period), items in grouped.items())


def _count(dataset: str, period: str, items: Sequence[Owed]) -> Counted:
    by = {kind: sum(item.standing is kind for item in items) for kind in Standing}
    return Counted(
        dataset=dataset, period=period, owed=len(items), received=by[Standing.RECEIVED] + by[Standing.LATE],
        none_stated=by[Standing.NONE_STATED], late=sum(item.is_late and item.standing.is_report for item in items),
        returned=by[Standing.RETURNED], missing=by[Standing.MISSING], not_due=by[Standing.NOT_DUE],
    )  # fmt: skip


def _day(moment: str) -> date:
    return date.fromisoformat(moment[:10])

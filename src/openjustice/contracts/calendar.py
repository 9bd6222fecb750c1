"""Says who owes which report by which day: a contract's obligations, laid over the agencies of its jurisdiction and the calendar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from openjustice.contracts.dataset import Code, Codelist, Contract, Obligation
from openjustice.ground.terms import Period

_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


@dataclass(frozen=True)
class Due:
    """One report that one agency owes: for which period, until which day, and whether a statement of none counts as one."""

    dataset: str
    reporter: str
    label: str
    period: Period
    due_on: date
    none_may_be_stated: bool
    is_confirmed: bool


def list_due(contract: Contract, *, agencies: Codelist, since: date, until: date) -> tuple[Due, ...]:
    """Return every report that a dataset's contract has agencies owe for the periods that lie between two days.

    `until` is exclusive. An agency owes the periods through the whole of which it existed. Ordered by period, then agency;
    a report that two obligations ask for is owed once, by the earlier day.
    """
    made: dict[tuple[str, str], Due] = {}
    for obligation in contract.obligations:
        first = max(since, obligation.since)
        last = min(until, obligation.until) if obligation.until else until
        obliged = [code for code in agencies.codes if is_obliged(code, obligation.who)]
        for period in periods(obligation.grain, since=first, until=last):
            due_on = due_day(period, obligation=obligation, contract=contract)
            for code in obliged:
                if existed(code, period):
                    due = Due(
                        contract.dataset, code.code, code.label, period, due_on, obligation.none_may_be_stated,
                        obligation.status == "confirmed",
                    )  # fmt: skip
                    known = made.get((code.code, period.text))
                    if known is None or due_on < known.due_on:
                        made[code.code, period.text] = due
    return tuple(
        sorted(made.values(), key=lambda item: (item.period.starts_on, item.period.ends_before, item.reporter))
    )


def periods(grain: str, *, since: date, until: date) -> Iterator[Period]:
    """Yield the periods of a grain that begin on or after one day and end on or before another, first things first."""
    months = _MONTHS[grain]
    place = since.year * 12 + since.month - 1 + (since.day > 1)
    place += -place % months
    while True:
        period = Period.parse(_written(grain, place))
        if period.ends_before > until:
            return
        yield period
        place += months


def due_day(period: Period, *, obligation: Obligation, contract: Contract) -> date:
    """Return the last day on which the report for a period is in time."""
    if obligation.due_on is None:
        return period.ends_before - timedelta(days=1) + timedelta(days=contract.period.due_days)
    month, day = (int(part) for part in obligation.due_on.split("-"))
    year = period.ends_before.year
    due_on = _day(year, month, day)
    return due_on if due_on >= period.ends_before else _day(year + 1, month, day)


def is_obliged(code: Code, who: Mapping[str, tuple[str, ...]]) -> bool:
    """Say whether an agency has one of the values that an obligation names, for each attribute that it names."""
    return all(str(code.attributes.get(name, "")) in values for name, values in who.items())


def existed(code: Code, period: Period) -> bool:
    """Say whether an agency existed through the whole of a period; one without days always did.

    Surprise: a state's register has a 31st of June; such a day is the last one of its month.
    """
    begins = code.valid_from is None or _read_day(code.valid_from) <= period.starts_on
    ends = code.valid_until is None or _read_day(code.valid_until) >= period.ends_before - timedelta(days=1)
    return begins and ends


def _written(grain: str, place: int) -> str:
    year, month = divmod(place, 12)
    match grain:
        case "month":
            return f"{year:04}-{month + 1:02}"
        case "quarter":
            return f"{year:04}-Q{month // 3 + 1}"
        case "half_year":
            return f"{year:04}-H{month // 6 + 1}"
        case _:
            return f"{year:04}"


def _read_day(text: str) -> date:
    year, month, day = (int(part) for part in text.split("-"))
    return _day(year, month, day)


def _day(year: int, month: int, day: int) -> date:
    """Return a day of the calendar; the 29th of February is the 28th where the year has none."""
    while True:
        try:
            return date(year, month, day)
        except ValueError:
            day -= 1

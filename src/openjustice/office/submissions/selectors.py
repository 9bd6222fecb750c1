"""Reads what was sent, found and asked. The records stay where they are: a desk sees counts, lines, rules and questions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings

from openjustice.confidential.collect import obligations, queries, report, submissions
from openjustice.confidential.collect.findings import CheckResult, Tally
from openjustice.confidential.collect.obligations import Owed
from openjustice.confidential.collect.submissions import ShownSubmission
from openjustice.contracts.jurisdiction import Dataset
from openjustice.ground.terms import Severity
from openjustice.office.desk import declared
from openjustice.office.submissions import rules
from openjustice.office.submissions.rules import Agency

A_YEAR = timedelta(days=366)


@dataclass(frozen=True)
class Found:
    """One finding as a page shows it: the lines and the place in words, and everything else as it is."""

    place: str
    lines: str
    says: str
    fix: str
    ask: str
    rule: str
    count: int
    is_hard: bool


def agencies_of(memberships: list[Any]) -> list[Agency]:
    """Return the agencies that an account acts for as a clerk."""
    return sorted(
        Agency(item.organization.jurisdiction, item.organization.reporter, item.organization.name)
        for item in memberships
        if item.role == rules.CLERK and item.organization.reporter
    )


def datasets_for(agencies: list[Agency], *, is_steward: bool) -> list[Dataset]:
    """Return the datasets that a file may be sent for: those of the agencies' jurisdictions; for a steward, all."""
    places = {item.jurisdiction for item in agencies}
    found = [
        dataset
        for place, jurisdiction in declared.read_registry().jurisdictions.items()
        if is_steward or place in places
        for dataset in jurisdiction.datasets.values()
    ]
    return sorted(found, key=lambda item: (item.jurisdiction, item.contract.title))


def list_seen(*, roles: frozenset[str], agencies: list[Agency]) -> list[dict[str, Any]]:
    """Return the submissions that somebody may see, newest first, each with its dataset's title."""
    rows = submissions.list_submissions(settings.HOME)
    return [
        row | {"title": declared.title_of(f"{row['jurisdiction']}/{row['dataset']}")}
        for row in reversed(rows)
        if rules.may_see(row, roles=roles, agencies=agencies)
    ]


def waiting_queries(seen: list[dict[str, Any]], *, states: frozenset[str], today: date) -> list[dict[str, Any]]:
    """Return the questions in these states about the submissions seen, the most urgent first."""
    numbers = {row["number"] for row in seen}
    with queries.open_desk(settings.HOME, writable=False) as desk:
        found = [row for row in queries.list_queries(desk) if row["submission"] in numbers and row["state"] in states]
    marked = [row | {"is_overdue": queries.is_overdue(row, today=today)} for row in found]
    return sorted(marked, key=lambda row: (row["due_date"], row["number"]))


def list_owed(agencies: list[Agency], *, today: date) -> list[tuple[Agency, str, Owed]]:
    """Return the reports that agencies owe and did not make in the last year, or owe next, each with its dataset's title."""
    return [
        (agency, declared.title_of(f"{agency.jurisdiction}/{owed.due.dataset}"), owed)
        for agency in agencies
        for owed in obligations.list_owed(
            settings.HOME, jurisdiction=declared.read_registry().jurisdiction(agency.jurisdiction), today=today,
            since=today - A_YEAR, reporter=agency.reporter,
        )
        if not owed.standing.is_report
    ]  # fmt: skip


def show(number: int, *, roles: frozenset[str], agencies: list[Agency]) -> ShownSubmission | None:
    """Return one submission with what was found, asked and done; None where it is not theirs to see, or is not there."""
    if not any(row["number"] == number for row in list_seen(roles=roles, agencies=agencies)):
        return None
    return submissions.show_submission(settings.HOME, number)


def submission_of_query(number: int) -> int | None:
    """Return the submission that a question is about; None where there is no such question."""
    with queries.open_desk(settings.HOME, writable=False) as desk:
        found = desk.find("query", number=number)
    return int(found[0]["submission"]) if found else None


def found_in(result: CheckResult) -> list[Found]:
    """Return what a check found, for a page."""
    return [as_found(item) for item in result.tallies]


def found_of(rows: list[dict[str, Any]]) -> list[Found]:
    """Return the kept findings of a submission, for a page."""
    names = ("rule", "says", "fix", "count", "field")
    return [
        as_found(Tally(severity=Severity(row["severity"]), lines=tuple(row["lines"]), **{name: row[name] for name in names}))
        for row in rows
    ]  # fmt: skip


def as_found(item: Tally) -> Found:
    """Put one finding into words of a page."""
    lines = "" if report.about_file(item) else report.lines_text(item.lines, total=item.count)
    return Found(report.place(item), lines, item.says, item.fix, item.ask, item.rule, item.count, item.is_hard)

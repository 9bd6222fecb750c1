"""Statements of none: an agency says that a period had nothing to report, so that zero is never taken for missing."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from openjustice.confidential.collect import submission
from openjustice.confidential.store import Store, Waiting, open_store
from openjustice.contracts import calendar
from openjustice.contracts.jurisdiction import Dataset, Jurisdiction
from openjustice.ground import errors
from openjustice.ground.lifecycle import Lifecycle, Transition
from openjustice.ground.terms import Period

_REPORTER, _STEWARD = "reporter", "data steward"


class State(StrEnum):
    """Where a statement stands."""

    IN_FORCE = "in_force"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


LIFECYCLE = Lifecycle(
    thing="statement",
    start=State.IN_FORCE,
    owners=((State.IN_FORCE, _REPORTER), (State.WITHDRAWN, _STEWARD), (State.SUPERSEDED, _STEWARD)),
    ends=(State.WITHDRAWN, State.SUPERSEDED),
    transitions=(
        Transition(
            State.IN_FORCE, "withdraw", State.WITHDRAWN, _REPORTER,
            "a reason", "statement_withdrawn", "The statement is withdrawn; the report is owed again.",
        ),
        Transition(
            State.IN_FORCE, "supersede", State.SUPERSEDED, "house",
            "a submission of the same period is accepted", "statement_superseded", "A file took the statement's place.",
        ),
    ),
)  # fmt: skip


def state_none(
    home: Path,
    *,
    dataset: Dataset,
    jurisdiction: Jurisdiction,
    reporter: str,
    period: str,
    actor: str,
    at: str,
    waiting: Waiting | None = None,
) -> int:
    """Keep an agency's statement that a period had nothing to report; returns its number, the same where it stands already.

    Raises SubmissionRefused where the agency owes no such report, the period is not over, records of it are in force, or the
    contract does not take a statement in place of a file.
    """
    today = date.fromisoformat(at[:10])
    read = submission.check_sending(
        dataset=dataset, jurisdiction=jurisdiction, reporter=reporter, period=period, today=today
    )
    _check_owed(read, dataset=dataset, jurisdiction=jurisdiction, reporter=reporter, today=today)
    with open_store(home, waiting=waiting) as store:
        standing = store.find(
            "statement", dataset=dataset.id, reporter=reporter, period=read.text, state=State.IN_FORCE
        )
        if standing:
            return int(standing[0]["number"])
        _check_no_records(store, dataset=dataset, reporter=reporter, period=read)
        values = {
            "jurisdiction": jurisdiction.id, "dataset": dataset.id, "reporter": reporter, "period": read.text,
            "starts_on": read.starts_on, "ends_before": read.ends_before, "stated_at": at, "stated_by": actor,
        }  # fmt: skip
        return store.create(
            "statement", values=values, state=State.IN_FORCE, event="none_stated", actor=actor, at=at,
            detail=f"{dataset.id}, {read.text}",
        )  # fmt: skip


def withdraw(home: Path, number: int, *, reason: str, actor: str, at: str, waiting: Waiting | None = None) -> None:
    """Take a statement back, with a reason; the report is owed again. Surprise: the reason stands in the statement alone."""
    if not reason.strip():
        raise errors.AccessRefused.because("reason_missing", "Say why the statement is withdrawn.")
    with open_store(home, waiting=waiting) as store:
        changes = {"reason": reason.strip(), "ended_at": at}
        store.step(LIFECYCLE, number, act="withdraw", actor=actor, at=at, changes=changes)


def supersede(store: Store, *, dataset: str, reporter: str, period: Period, by: int, actor: str, at: str) -> None:
    """End the statements that an accepted submission takes the place of: those of a period that it reaches into."""
    for row in store.find("statement", dataset=dataset, reporter=reporter, state=State.IN_FORCE):
        if row["starts_on"] < period.ends_before and period.starts_on < row["ends_before"]:
            store.step(
                LIFECYCLE, row["number"], act="supersede", actor=actor, at=at, detail=f"by submission {by}",
                changes={"ended_at": at},
            )  # fmt: skip


def list_statements(store: Store, **equals: Any) -> list[dict[str, Any]]:
    """Return the statements whose columns equal the given values, by number."""
    return store.find("statement", **{name: value for name, value in equals.items() if value is not None})


def _check_owed(period: Period, *, dataset: Dataset, jurisdiction: Jurisdiction, reporter: str, today: date) -> None:
    if period.ends_before > today:
        why = "A statement of none says that nothing happened until the period's end."
        raise errors.SubmissionRefused.because("period_not_over", f"{period} is not over.", why=why)
    owed = calendar.list_due(
        dataset.contract, agencies=jurisdiction.codelists["agencies"], since=period.starts_on, until=period.ends_before
    )
    own = [item for item in owed if item.reporter == reporter and item.period.text == period.text]
    if not own:
        raise errors.SubmissionRefused.because(
            "not_owed", f"This agency owes no report of '{dataset.id}' for {period}.",
            way_out="See what it owes with: openjustice obligations list --reporter", ask="the data steward",
        )  # fmt: skip
    if not own[0].none_may_be_stated:
        raise errors.SubmissionRefused.because(
            "none_not_taken", f"'{dataset.id}' takes no statement of none: there is always something to report.",
            way_out="Send a file.", ask="the data steward",
        )  # fmt: skip


def _check_no_records(store: Store, *, dataset: Dataset, reporter: str, period: Period) -> None:
    for row in store.submissions_in_force(dataset.id):
        if (
            row["reporter"] == reporter
            and row["starts_on"] < period.ends_before
            and period.starts_on < row["ends_before"]
        ):
            raise errors.SubmissionRefused.because(
                "records_in_force", f"Submission {row['number']} of this agency covers {period}.",
                why="A period cannot have records and none.", way_out="Send a corrected file for that period instead.",
            )  # fmt: skip

"""Queries: the questions that soft findings become, each with an owner and a due date, until a steward closes it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from openjustice.confidential.collect import submission
from openjustice.confidential.collect.findings import Tally
from openjustice.confidential.store import AWAITED, Store, open_store
from openjustice.ground import errors
from openjustice.ground.lifecycle import Lifecycle, Transition

_REPORTER, _STEWARD = "reporter", "data steward"


class State(StrEnum):
    """Where a query stands."""

    OPEN = "open"
    ANSWERED = "answered"
    REOPENED = "reopened"
    CLOSED = "closed"


LIFECYCLE = Lifecycle(
    thing="query",
    start=State.OPEN,
    owners=(
        (State.OPEN, _REPORTER),
        (State.ANSWERED, _STEWARD),
        (State.REOPENED, _REPORTER),
        (State.CLOSED, _STEWARD),
    ),
    ends=(State.CLOSED,),
    transitions=(
        Transition(State.OPEN, "answer", State.ANSWERED, _REPORTER, "an answer", "query_answered", "An answer is here."),
        Transition(State.REOPENED, "answer", State.ANSWERED, _REPORTER, "an answer", "query_answered", "An answer is here."),
        Transition(State.ANSWERED, "close", State.CLOSED, _STEWARD, "the answer settles it", "query_closed", "Thank you."),
        Transition(State.ANSWERED, "reopen", State.REOPENED, _STEWARD, "a reason", "query_reopened", "Please look again."),
        *(
            Transition(
                state, "withdraw", State.CLOSED, "house",
                "a later submission of the same period is accepted", "query_withdrawn", "No answer is needed any more.",
            )
            for state in (State.OPEN, State.ANSWERED, State.REOPENED)
        ),
    ),
)  # fmt: skip


open_desk = open_store  # a desk of questions is the store; the command line holds no key of its own


def list_queries(
    store: Store, *, dataset: str | None = None, reporter: str | None = None, state: str | None = None
) -> list[dict[str, Any]]:
    """Return the queries that fit, by number."""
    wanted = {"dataset": dataset, "reporter": reporter, "state": state}
    return store.find("query", **{name: value for name, value in wanted.items() if value is not None})


def list_awaited(store: Store, *, of: int) -> list[dict[str, Any]]:
    """Return the queries of a submission that wait for their reporter."""
    return [item for item in store.find("query", submission=of) if item["state"] in AWAITED]


def is_overdue(query: dict[str, Any], *, today: date) -> bool:
    """Say whether a query waits for its reporter past its due date."""
    return query["state"] in AWAITED and query["due_date"] < today


def open_query(
    store: Store, *, of: int, dataset: str, reporter: str, finding: Tally, due_date: date, actor: str, at: str
) -> int:
    """Open one query for all rows that failed one soft rule; returns its number."""
    values = {
        "submission": of, "dataset": dataset, "reporter": reporter, "question": finding.ask, "due_date": due_date,
        "opened_at": at, "rule": finding.rule, "field": finding.field, "says": finding.says, "count": finding.count,
        "lines": list(finding.lines),
    }  # fmt: skip
    return store.create(
        "query", values=values, state=State.OPEN, event="query_opened", actor=actor, at=at,
        detail=f"submission {of}, rule {finding.rule}, {finding.count} rows",
    )  # fmt: skip


def answer_query(store: Store, number: int, *, answer: str, actor: str, at: str) -> None:
    """Keep the reporter's answer. Surprise: the answer stands in the query alone; the audit says only that it came."""
    text = _check_said(answer, "answer_missing", "An answer has words.")
    changes = {"answer": text, "answered_at": at, "answered_by": actor}
    store.step(LIFECYCLE, number, act="answer", actor=actor, at=at, changes=changes)


def reopen_query(store: Store, number: int, *, question: str, actor: str, at: str) -> None:
    """Ask again, with a new question, where the answer did not settle it."""
    text = _check_said(question, "question_missing", "Say what is still open.")
    store.step(LIFECYCLE, number, act="reopen", actor=actor, at=at, changes={"question": text})


def close_query(store: Store, number: int, *, actor: str, at: str) -> bool:
    """Close an answered query; returns whether it was the submission's last, which is then accepted in full."""
    with store.transaction():
        of = store.get("query", number)["submission"]
        store.step(LIFECYCLE, number, act="close", actor=actor, at=at, changes={"closed_at": at, "closed_by": actor})
        left = [item for item in store.find("query", submission=of) if item["state"] != State.CLOSED]
        if not left:
            store.step(submission.LIFECYCLE, of, act="settle", actor=actor, at=at)
    return not left


def withdraw_queries(store: Store, *, of: int, actor: str, at: str) -> int:
    """Close every query of a submission that a later one supersedes; returns how many."""
    waiting = [item for item in store.find("query", submission=of) if item["state"] != State.CLOSED]
    for item in waiting:
        changes = {"closed_at": at, "closed_by": actor}
        store.step(LIFECYCLE, item["number"], act="withdraw", actor=actor, at=at, changes=changes)
    return len(waiting)


def _check_said(text: str, code: str, what: str) -> str:
    if text.strip():
        return text.strip()
    raise errors.AccessRefused.because(code, what)

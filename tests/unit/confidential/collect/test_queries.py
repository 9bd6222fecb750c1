"""Queries: asked, answered, reopened, closed; the last one settles its submission; the audit never holds an answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from openjustice.confidential.collect import queries, submission
from openjustice.confidential.store import Store
from openjustice.ground import errors
from openjustice.ground.lifecycle import find_gaps
from unit.confidential.home_fixture import AT, make_home, send, write_rows

WORDS = "It was Zzyzx Canarybird."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Store]:
    """Open a store with two queries of one submission."""
    home = make_home(tmp_path)
    changes: dict[str, Any] = {"manner_of_death": {1: "Natural"}, "means_of_death": {1: "Firearm"}, "age": {2: "90"}}
    assert len(send(write_rows(tmp_path / "deaths.csv", **changes), home).queries) == 2
    with queries.open_desk(home) as opened:
        yield opened


@pytest.mark.parametrize("lifecycle", [queries.LIFECYCLE, submission.LIFECYCLE])
def test_every_state_has_an_owner_and_a_way_out_or_is_an_end(lifecycle):
    assert find_gaps(lifecycle) == []


def test_the_last_query_closed_settles_its_submission(desk: Store):
    settled = []
    for number in (1, 2):
        queries.answer_query(desk, number, answer=WORDS, actor="reporter", at=AT)
        settled.append(queries.close_query(desk, number, actor="steward", at=AT))
    assert settled == [False, True]
    assert desk.get("submission", 1)["state"] == submission.State.ACCEPTED
    kept = desk.get("query", 1)
    assert (kept["answer"], kept["answered_by"], kept["closed_by"]) == (WORDS, "reporter", "steward")


def test_the_audit_says_that_an_answer_came_and_not_what_it_says(desk: Store):
    queries.answer_query(desk, 1, answer=WORDS, actor="reporter", at=AT)
    trail = desk.audit(thing="query", number=1)
    assert [step["event"] for step in trail] == ["query_opened", "query_answered"]
    assert WORDS not in repr(trail)


def test_a_query_may_be_asked_again(desk: Store):
    queries.answer_query(desk, 1, answer="Yes.", actor="reporter", at=AT)
    queries.reopen_query(desk, 1, question="Which of the two?", actor="steward", at=AT)
    assert [item["number"] for item in queries.list_queries(desk, state="reopened")] == [1]
    assert desk.get("query", 1)["question"] == "Which of the two?"
    queries.answer_query(desk, 1, answer="The first.", actor="reporter", at=AT)
    assert desk.get("query", 1)["answer"] == "The first."


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda desk: queries.close_query(desk, 1, actor="steward", at=AT), "may_not_act"),
        (lambda desk: queries.reopen_query(desk, 1, question="Why?", actor="steward", at=AT), "may_not_act"),
        (lambda desk: queries.answer_query(desk, 1, answer=" ", actor="reporter", at=AT), "answer_missing"),
        (lambda desk: queries.answer_query(desk, 9, answer="Yes.", actor="reporter", at=AT), "unknown_query"),
    ],
)
def test_what_the_lifecycle_does_not_allow_is_refused_and_changes_nothing(desk: Store, act, code: str):
    before = desk.audit()
    with pytest.raises(errors.AccessRefused) as refused:
        act(desk)
    assert refused.value.codes == (code,)
    assert desk.audit() == before


def test_a_query_is_overdue_only_while_its_reporter_owes_an_answer(desk: Store):
    due = desk.get("query", 1)["due_date"]
    late = date.fromordinal(due.toordinal() + 1)
    assert not queries.is_overdue(desk.get("query", 1), today=due)
    assert queries.is_overdue(desk.get("query", 1), today=late)
    assert desk.summary(today=late)["queries_overdue"] == 2
    queries.answer_query(desk, 1, answer="Yes.", actor="reporter", at=AT)
    assert not queries.is_overdue(desk.get("query", 1), today=late)
    assert desk.summary(today=late)["queries_overdue"] == 1

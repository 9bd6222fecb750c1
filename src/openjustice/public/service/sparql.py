"""Reads a SPARQL question: the query, the form of the answer, and what a query may not ask for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from openjustice.ground import problems
from openjustice.ground.problems import Fault, Problem
from openjustice.public.service.limits import Limits
from openjustice.public.service.linked import Reply
from openjustice.public.service.replies import busy

FORMS = ("json", "csv", "turtle")
_ACCEPTED = {
    "application/sparql-results+json": "json",
    "application/json": "json",
    "text/csv": "csv",
    "text/turtle": "turtle",
}
# Where the word SERVICE is no keyword: addresses, strings of all four kinds, comments and variables. An escape comes before a
# comment, since `\\#` begins none. A name may not hold the word either: the engine takes keywords without a space behind them.
_NO_KEYWORDS = re.compile(
    r"\\."
    r"|<[^<>\"{}|^`\\\s]*>"
    r'|"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n\r]|\\.)*"'
    r"|'(?:[^'\\\n\r]|\\.)*'"
    r"|\#[^\n\r]*"
    r"|[?$]\w+",
    re.DOTALL,
)
_KEYWORDS = re.compile("service", re.IGNORECASE)
_ESCAPED = re.compile(r"\\[uU]")


@dataclass(frozen=True)
class Query:
    """One SPARQL question: its text, and the form wanted, None where the kind of query decides."""

    text: str
    form: str | None


def read_query(pairs: Sequence[tuple[str, str]], *, accept: str) -> Query:
    """Return the question of these parameters; raises Problem with every fault that they have."""
    given: dict[str, list[str]] = {}
    for key, value in pairs:
        given.setdefault(key, []).append(value)
    faults = [
        Fault(key, "There is no such parameter.", "A query has `query` and, if you like, `format`.")
        for key in given if key not in ("query", "format")
    ]  # fmt: skip
    faults += [Fault(key, "This may be given once.", "Give one.") for key, found in given.items() if len(found) > 1]
    text = given.get("query", [""])[0]
    faults += _query_faults(text)
    form = given.get("format", [None])[0] or _wanted(accept)
    if form is not None and form not in FORMS:
        faults.append(Fault("format", "There is no such form.", f"Forms: {', '.join(FORMS)}."))
    if faults:
        raise problems.bad_question(faults)
    return Query(text, form)


def check_reply(reply: Reply, *, limits: Limits) -> Reply:
    """Return the answer where there is one; raises Problem that says why not, and what to do."""
    match reply.status:
        case "ok":
            return reply
        case "syntax":
            raise problems.bad_question([Fault("query", f"This is no SPARQL query: {reply.detail}")])
        case "form":
            raise problems.bad_question(
                [Fault("format", "This query has no answer in that form.", f"Ask for {reply.detail}.")]
            )
        case "size":
            way_out = "Add LIMIT and OFFSET, name fewer variables, or take the whole file from the portal."
            raise problems.bad_question(
                [Fault("query", f"The answer has more than {limits.sparql_bytes:,} bytes.", way_out)]
            )
        case "time":
            raise busy(f"The query took longer than {limits.seconds:g} seconds.", limits)
        case "memory":
            raise busy(f"The query needs more than {limits.sparql_megabytes:,} MB of memory.", limits)
        case _:
            detail = "Ask it in another way, or take the whole file from the portal."
            raise Problem(
                HTTPStatus.SERVICE_UNAVAILABLE, "not-evaluated", "The query could not be evaluated.", detail=detail
            )


def _query_faults(text: str) -> list[Fault]:
    if not text.strip():
        return [Fault("query", "There is no query.", "Give a SPARQL query: SELECT, ASK, CONSTRUCT or DESCRIBE.")]
    if "\0" in text:
        return [Fault("query", "A query has no such character.", "Leave it out.")]
    if _ESCAPED.search(text):
        return [Fault("query", "A query is written without \\u escapes.", "Write the character itself.")]
    if _KEYWORDS.search(_NO_KEYWORDS.sub(" ", text)):
        return [
            Fault(
                "query",
                "This service asks no other service.",
                "Leave SERVICE out; write an address that holds the word in angle brackets.",
            )
        ]
    return []


def _wanted(accept: str) -> str | None:
    for item in accept.split(","):
        if form := _ACCEPTED.get(item.partition(";")[0].strip().lower()):
            return form
    return None

"""The rulebook of a submission: its states, who may send it, and for which period."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from openjustice.contracts.dataset import Contract
from openjustice.contracts.jurisdiction import Dataset, Jurisdiction
from openjustice.ground import errors
from openjustice.ground.lifecycle import Lifecycle, Transition
from openjustice.ground.terms import Period


class State(StrEnum):
    """Where a submission stands."""

    RECEIVED = "received"
    CHECKED = "checked"
    ACCEPTED = "accepted"
    ACCEPTED_WITH_QUERIES = "accepted_with_queries"
    RETURNED = "returned"
    SUPERSEDED = "superseded"


LIFECYCLE = Lifecycle(
    thing="submission",
    start=State.RECEIVED,
    owners=(
        (State.RECEIVED, "house"),
        (State.CHECKED, "house"),
        (State.ACCEPTED, "data steward"),
        (State.ACCEPTED_WITH_QUERIES, "reporter"),
        (State.RETURNED, "reporter"),
        (State.SUPERSEDED, "data steward"),
    ),
    ends=(State.ACCEPTED, State.RETURNED, State.SUPERSEDED),
    transitions=(
        Transition(
            State.RECEIVED, "check", State.CHECKED, "house",
            "the file is kept byte for byte", "submission_checked", "",
        ),
        Transition(
            State.CHECKED, "accept", State.ACCEPTED, "house",
            "no check failed", "submission_accepted", "The file is accepted.",
        ),
        Transition(
            State.CHECKED, "accept_with_queries", State.ACCEPTED_WITH_QUERIES, "house",
            "no hard check failed", "submission_accepted_with_queries", "The file is accepted; questions are waiting.",
        ),
        Transition(
            State.CHECKED, "return", State.RETURNED, "house",
            "a hard check failed", "submission_returned", "The file is returned: correct it and send it again.",
        ),
        Transition(
            State.ACCEPTED_WITH_QUERIES, "settle", State.ACCEPTED, "data steward",
            "every query is closed", "submission_settled", "Every question is closed. Thank you.",
        ),
        Transition(
            State.ACCEPTED, "supersede", State.SUPERSEDED, "house",
            "a later submission of the same period is accepted", "submission_superseded", "A later file took its place.",
        ),
        Transition(
            State.ACCEPTED_WITH_QUERIES, "supersede", State.SUPERSEDED, "house",
            "a later submission of the same period is accepted", "submission_superseded", "A later file took its place.",
        ),
    ),
)  # fmt: skip

_FORMS: Mapping[str, tuple[str, str]] = {
    "month": (r"\d{4}-\d{2}", "2018-03"),
    "quarter": (r"\d{4}-Q\d", "2018-Q1"),
    "half_year": (r"\d{4}-H\d", "2018-H1"),
    "year": (r"\d{4}(/\d{4})?", "2018, or 2005/2018 for several years"),
    "event": (r".*", "2018, 2018-03, 2018-Q1 or 2005/2018"),
    "none": (r".*", "2018, 2018-03, 2018-Q1 or 2005/2018"),
}


def check_file(path: Path, *, may_be_folder: bool = False) -> None:
    """Refuse what is no file, or a file that this account may not read; raises SubmissionRefused."""
    place = errors.Place(file=path.name)
    if path.is_dir() and may_be_folder:
        return
    if path.is_dir():
        code, what, way_out = "file_is_folder", "This is a folder, not a file.", "Name one file in it."
    elif not path.exists():
        code, what, way_out = "file_missing", "There is no such file.", "Look at the name and the folder."
    elif not os.access(path, os.R_OK):
        code, what, way_out = "file_closed", "This account may not read the file.", "Have it opened to you, or copy it."
    else:
        return
    raise errors.SubmissionRefused.because(code, what, way_out=way_out, place=place)


def check_one_table(dataset: Dataset) -> None:
    """Raise SubmissionRefused where a dataset has related tables: its records are received one by one, not as a file."""
    if dataset.contract.tables:
        raise errors.SubmissionRefused.because(
            "several_tables", f"'{dataset.address}' has several tables, and files are received of one alone.",
            way_out="Check the delivery with `openjustice check`.",
        )  # fmt: skip


def check_sending(*, dataset: Dataset, jurisdiction: Jurisdiction, reporter: str, period: str, today: date) -> Period:
    """Return the period that a file is sent for; raises SubmissionRefused with every fault of reporter and period."""
    read, faults = _read_period(period, contract=dataset.contract, today=today)
    faults += _find_reporter_faults(reporter, jurisdiction)
    if dataset.jurisdiction != jurisdiction.id:
        faults.append(_fault("other_jurisdiction", f"'{dataset.id}' belongs to another jurisdiction."))
    if read is None or faults:
        raise errors.SubmissionRefused(faults)
    return read


def check_overlap(period: Period, *, reporter: str, in_force: Iterable[Mapping[str, Any]]) -> None:
    """Raise SubmissionRefused where part of the period is in force already under another period: it would count twice."""
    overlapping = [
        row for row in in_force
        if row["reporter"] == reporter and row["period"] != period.text
        and row["starts_on"] < period.ends_before and period.starts_on < row["ends_before"]
    ]  # fmt: skip
    if overlapping:
        raise errors.SubmissionRefused(
            _fault(
                "period_overlaps",
                f"Submission {row['number']} of this reporter, for {row['period']}, covers part of {period}.",
                why="Its records would count twice.",
                way_out=f"Send a file for {row['period']}, which supersedes it.",
            )
            for row in overlapping
        )


def check_home(earlier: Iterable[Mapping[str, Any]], *, dataset: Dataset) -> None:
    """Raise SubmissionRefused where this home keeps a dataset of the same name for another jurisdiction."""
    others = sorted({str(row["jurisdiction"]) for row in earlier} - {dataset.jurisdiction})
    if others:
        what = f"This home keeps '{dataset.id}' for {others[0]}."
        raise errors.SubmissionRefused(
            _fault("other_home", what, way_out="Make a home of its own for each jurisdiction.")
        )


def _read_period(text: str, *, contract: Contract, today: date) -> tuple[Period | None, list[errors.Fault]]:
    form, example = _FORMS[contract.period.grain]
    way_out = f"Write it as {example}."
    try:
        period = Period.parse(text)
    except ValueError:
        return None, [_fault("period_unreadable", "The period cannot be read.", way_out=way_out)]
    if not re.fullmatch(form, text):
        why = f"'{contract.dataset}' is reported by {contract.period.grain.replace('_', ' ')}."
        return None, [_fault("period_differs", "The period has another length.", why=why, way_out=way_out)]
    if period.starts_on > today:
        return None, [_fault("period_not_begun", "The period has not begun.", way_out="Correct the period.")]
    return period, []


def _find_reporter_faults(reporter: str, jurisdiction: Jurisdiction) -> list[errors.Fault]:
    agencies = jurisdiction.codelists.get("agencies")
    if agencies is None or reporter in agencies.labels():
        return []
    way_out = "Give the agency's code from the jurisdiction's agencies.csv, or have the agency added there."
    return [_fault("reporter_unknown", "The reporter is not among the jurisdiction's agencies.", way_out=way_out)]


def _fault(code: str, what: str, *, why: str = "", way_out: str = "") -> errors.Fault:
    return errors.Fault(code=code, what=what, why=why, way_out=way_out, ask="the data steward")

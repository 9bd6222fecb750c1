"""Sends files and answers questions: the work is the collecting room's, by the same functions as on the command line.

The collecting room keeps its own audit beside the records, in one transaction with them. The office notes before that
something is sent and after it what came of it, so that neither record is ever without a trace of the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from openjustice.confidential.collect import queries, receive, tables, upkeep, validate
from openjustice.confidential.collect.findings import CheckResult
from openjustice.confidential.collect.receive import Receipt
from openjustice.contracts.jurisdiction import Dataset
from openjustice.ground import errors
from openjustice.office.audit import services as audits
from openjustice.office.audit.rules import Audit
from openjustice.office.desk import declared
from openjustice.office.submissions import rules
from openjustice.office.submissions.rules import Agency


def check_file(upload: UploadedFile, *, dataset: Dataset, audit: Audit) -> CheckResult:
    """Check a file and keep nothing of it."""
    jurisdiction = declared.read_registry().jurisdiction(dataset.jurisdiction)
    check_sent = tables.check_delivery if dataset.contract.tables else validate.check_file
    with _as_file(upload) as path:
        result = check_sent(path, dataset=dataset, jurisdiction=jurisdiction, today=_day(audit.at))
    audits.record(
        audit=audit, event="file_checked", thing="file", thing_id=result.sha256,
        detail={"dataset": dataset.address, "verdict": result.verdict.value, "rows": result.rows},
    )  # fmt: skip
    return result


def send_file(
    upload: UploadedFile, *, dataset: Dataset, agency: Agency, agencies: list[Agency], period: str, sender: str, audit: Audit
) -> Receipt:  # fmt: skip
    """Send a file for an agency: kept byte for byte, checked, and accepted, accepted with questions, or returned.

    Raises AccessRefused where the sender does not act for the agency, SubmissionRefused where it cannot be received at all.
    """
    rules.check_sender(agency, jurisdiction=dataset.jurisdiction, agencies=agencies)
    about = {"dataset": dataset.address, "reporter": agency.reporter, "period": period.strip()[:20]}
    begun = audits.record(audit=audit, event="file_sending", thing="file", thing_id=f"of {audit.actor}", detail=about)
    try:
        with _as_file(upload) as path:
            receipt = receive.submit(
                path, home=settings.HOME, dataset=dataset,
                jurisdiction=declared.read_registry().jurisdiction(dataset.jurisdiction), reporter=agency.reporter,
                period=period, actor=sender, at=_text(audit.at), key=upkeep.read_key(settings.HOME),
            )  # fmt: skip
    except errors.Refusal as refusal:
        audits.record(
            audit=audit, event="file_refused", thing="file", thing_id=f"of {audit.actor}",
            detail={"began": begun.number, "codes": sorted(set(refusal.codes))},
        )  # fmt: skip
        raise
    audits.record(
        audit=audit, event="file_sent", thing="submission", thing_id=receipt.number, target=str(receipt.state),
        detail={"began": begun.number, "sha256": receipt.sha256, "rows": receipt.rows, "repeated": receipt.repeated},
    )  # fmt: skip
    return receipt


def answer_query(number: int, *, answer: str, name: str, audit: Audit) -> None:
    """Keep the reporter's answer to a question."""
    with queries.open_desk(settings.HOME) as desk:
        queries.answer_query(desk, number, answer=answer, actor=name, at=_text(audit.at))
    _note("question_answered", number, audit=audit)


def close_query(number: int, *, name: str, audit: Audit) -> None:
    """Close an answered question."""
    with queries.open_desk(settings.HOME) as desk:
        queries.close_query(desk, number, actor=name, at=_text(audit.at))
    _note("question_closed", number, audit=audit)


def reopen_query(number: int, *, question: str, name: str, audit: Audit) -> None:
    """Ask again."""
    with queries.open_desk(settings.HOME) as desk:
        queries.reopen_query(desk, number, question=question, actor=name, at=_text(audit.at))
    _note("question_reopened", number, audit=audit)


def _note(event: str, number: int, *, audit: Audit) -> None:
    audits.record(audit=audit, event=event, thing="query", thing_id=number)


@contextmanager
def _as_file(upload: UploadedFile) -> Iterator[Path]:
    """Give the upload as a file under its own name, for the block: its form is told by its content and its name."""
    folder = settings.HOME / "office" / "incoming"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder) as place:
        path = Path(place) / Path(upload.name or "file").name
        with path.open("wb") as stream:
            for piece in upload.chunks():
                stream.write(piece)
        yield path


def _text(at: datetime) -> str:
    return at.replace(microsecond=0).isoformat()


def _day(at: datetime) -> date:
    return at.date()

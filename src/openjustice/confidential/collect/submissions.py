"""Shows submissions: what was sent, what was found, asked and done."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openjustice.confidential.store import Waiting, open_store


@dataclass(frozen=True)
class ShownSubmission:
    """One submission with what was found, asked and done."""

    submission: dict[str, Any]
    findings: list[dict[str, Any]]
    queries: list[dict[str, Any]]
    audit: list[dict[str, Any]]


def list_submissions(
    home: Path, *, dataset: str | None = None, state: str | None = None, waiting: Waiting | None = None
) -> list[dict[str, Any]]:
    """Return the submissions that fit, by number."""
    wanted = {name: value for name, value in {"dataset": dataset, "state": state}.items() if value is not None}
    with open_store(home, writable=False, waiting=waiting) as store:
        return store.find("submission", **wanted)


def show_submission(home: Path, number: int, *, waiting: Waiting | None = None) -> ShownSubmission:
    """Return one submission with what was found, asked and done; raises AccessRefused where there is none."""
    with open_store(home, writable=False, waiting=waiting) as store:
        return ShownSubmission(
            submission=store.get("submission", number), findings=store.findings(number),
            queries=store.find("query", submission=number), audit=store.audit(thing="submission", number=number),
        )  # fmt: skip

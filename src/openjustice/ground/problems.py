"""What a service says when it cannot answer: a problem document (RFC 9457) that names each parameter and the way out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a question: the parameter, what is wrong with it, and the way out."""

    parameter: str
    what: str
    way_out: str = ""


@dataclass(eq=False)
class Problem(Exception):
    """A question that was not answered; carries every fault found, never a value from a record.

    `headers`: what the answer's head must say besides, such as when to come again.
    """

    status: HTTPStatus
    code: str
    title: str
    detail: str = ""
    faults: tuple[Fault, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)

    def as_document(self, *, instance: str) -> dict[str, Any]:
        """Return the problem document for the address that was asked."""
        content: dict[str, Any] = {
            "type": f"about:blank#{self.code}",
            "title": self.title,
            "status": self.status.value,
            "detail": self.detail or " ".join(f"{item.what} {item.way_out}".strip() for item in self.faults),
            "instance": instance,
        }
        if self.faults:
            content["errors"] = [
                {"parameter": item.parameter, "detail": item.what, "way_out": item.way_out} for item in self.faults
            ]
        return content


def bad_question(faults: Iterable[Fault]) -> Problem:
    """Return the problem of a question that cannot be understood, with every fault at once."""
    found = tuple(faults)
    names = ", ".join(dict.fromkeys(item.parameter for item in found))
    return Problem(
        HTTPStatus.BAD_REQUEST,
        "bad-question",
        f"The question cannot be answered as it stands: see {names}.",
        faults=found,
    )


def not_here(what: str, way_out: str) -> Problem:
    """Return the problem of an address at which there is nothing."""
    return Problem(HTTPStatus.NOT_FOUND, "not-here", what, detail=way_out)

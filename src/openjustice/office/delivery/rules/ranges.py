"""Says which bytes of a file a request asks for, and which of them a one-time link gives."""

from __future__ import annotations

import re
from dataclasses import dataclass

from openjustice.ground import errors
from openjustice.office.applications.rules.faults import fault

_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


@dataclass(frozen=True)
class Span:
    """The bytes from `start` to before `stop`."""

    start: int
    stop: int

    def header(self, size: int) -> str:
        """Write this span as HTTP's Content-Range."""
        return f"bytes {self.start}-{self.stop - 1}/{size}"


def read_span(header: str, *, size: int, given: int) -> Span:
    """Return the span that a Range header asks for; the whole file where there is none.

    A download that was cut off goes on where it stopped: bytes are given again only up to those `given` already, never the
    whole anew. Raises AccessRefused for anything else, several ranges at once among it.
    """
    if not header:
        span = Span(0, size)
    else:
        match = _RANGE.fullmatch(header.strip())
        if match is None:
            raise errors.AccessRefused(_no_range())
        span = Span(int(match[1]), min(int(match[2]) + 1 if match[2] else size, size))
    if span.start >= span.stop or span.start > given:
        raise errors.AccessRefused(_no_range())
    if given and span.start == 0 and not header:
        raise errors.AccessRefused(
            fault(
                "link_used", "This link was opened already.", "Go on where the download stopped, or ask for a new one."
            )
        )
    return span


def _no_range() -> errors.Fault:
    return fault(
        "range_impossible", "These bytes cannot be asked for.", "Ask for one range, from where the download stopped."
    )

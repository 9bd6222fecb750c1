"""Writes log lines without what a problem says of itself: an exception's own words may hold a record's value."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any


class SafeFormatter(logging.Formatter):
    """Names the kind of a problem and where it arose, and nothing that it carries."""

    def formatException(self, ei: Any) -> str:  # noqa: N802  (the parent's name)
        """Return the kind of the exception, and the file and line of every step that led to it."""
        kind, _, trace = ei
        steps = []
        while trace is not None:
            steps.append(f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}")
            trace = trace.tb_next
        return f"  {kind.__name__ if kind else 'no exception'} at {' > '.join(steps[-6:])}"

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (the parent's name)
        """Return the line; of a request that failed, the message names the address alone."""
        record.exc_text = None
        return super().formatMessage(record)

"""No log line of the office holds what an exception says of itself."""

from __future__ import annotations

import logging

from openjustice.office.desk.logs import SafeFormatter


def test_an_exception_is_named_by_kind_and_place_alone():
    try:
        raise ValueError("Zzyzx Canarybird")
    except ValueError as problem:
        record = logging.LogRecord("django", logging.ERROR, __file__, 1, "Internal Server Error: %s", ("/a/",), (type(problem), problem, problem.__traceback__))  # fmt: skip
    line = SafeFormatter("%(levelname)s %(name)s %(message)s").format(record)
    assert "Canarybird" not in line
    assert "ValueError at test_logs.py:" in line
    assert line.startswith("ERROR django Internal Server Error: /a/")

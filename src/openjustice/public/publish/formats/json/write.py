"""Writes a published product as JSON: a head that explains the columns, and one object a row, one row a line."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from openjustice.public.publish.content import MARKERS, Column, Dataframe


def write(frame: Dataframe, path: Path) -> None:
    """Write the table with its description; numbers are numbers, a missing one is null."""
    head = {
        "id": frame.id,
        "title": frame.title,
        "description": frame.says,
        "columns": [_describe(column) for column in frame.columns],
        "markers": {code: says for code, (_, says) in MARKERS.items()},
    }
    names = [column.name for column in frame.columns]
    rows = ",\n".join(_text({name: _plain(row[name]) for name in names}) for row in frame.rows)
    path.write_text(f'{_text(head)[:-1]},"rows":[\n{rows}\n]}}\n', encoding="utf-8")


def _describe(column: Column) -> dict[str, Any]:
    described: dict[str, Any] = {"name": column.name, "title": column.title, "description": column.says}
    return described | ({"codes": dict(column.labels)} if column.labels else {})


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _text(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)

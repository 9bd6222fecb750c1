"""Lays out the worked examples of an indicator: codes in words, the parts of a number in reading order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openjustice.public.publish.content import MARKERS, NUMBER_COLUMNS, Content, IndicatorContent
from openjustice.public.publish.language import say
from openjustice.public.publish.variables import Variable, sentence_case


@dataclass(frozen=True)
class Laid:
    """A small table: its caption, its columns and its lines."""

    caption: str
    columns: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Worked:
    """One worked example: the invented rows that it is given, and what comes out."""

    title: str
    says: str
    given: tuple[Laid, ...]
    expect: Laid


def examples(content: Content, item: IndicatorContent) -> tuple[Worked, ...]:
    """Return an indicator's worked examples, ready to be shown."""
    return tuple(
        Worked(
            title=example.title,
            says=example.says,
            given=tuple(
                _lay(content, name.replace("_", " "), rows, times=any("times" in row for row in rows))
                for name, rows in example.given.items()
                if rows
            ),
            expect=_lay(content, say("result"), example.expect),
        )
        for example in item.examples.examples
    )


def _lay(content: Content, caption: str, rows: Sequence[Mapping[str, Any]], *, times: bool = False) -> Laid:
    places = {name: place for place, name in enumerate((*NUMBER_COLUMNS, "times"))}
    found = list(dict.fromkeys(name for row in rows for name in row))
    names = sorted(found, key=lambda name: places.get(name, -1))
    lines = tuple(
        tuple(_text(content, name, row.get(name, 1 if name == "times" and times else None)) for name in names)
        for row in rows
    )
    return Laid(caption, tuple(_title(content, name) for name in names), lines)


def _title(content: Content, name: str) -> str:
    if name in NUMBER_COLUMNS:
        return NUMBER_COLUMNS[name][0]
    return content.variables[name].title if name in content.variables else sentence_case(name)


def _text(content: Content, name: str, value: Any) -> str:
    if value is None:
        return say("none") if name in NUMBER_COLUMNS and not name.endswith("_marker") else ""
    if name.endswith("_marker") and value in MARKERS:
        return f"{value} {MARKERS[value][0]}"
    if isinstance(value, str):
        return (content.variables.get(name) or Variable(name=name, title=name, says="")).label(value)
    return f"{value:,}" if name in NUMBER_COLUMNS else str(value)

"""Writes the data dictionary of a release: every column of every product, its type, its words and its codes."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import jinja2

from openjustice.public.publish.content import MARKERS, Column, Content, Dataframe
from openjustice.public.publish.formats.csv.write import as_cell
from openjustice.public.publish.language import Said, noted, say, say_count_in_page, say_in_page, spoken

_TYPE_WORDS = Said(
    {
        "BIGINT": (noted("whole number"),),
        "INTEGER": (noted("whole number"),),
        "DOUBLE": (noted("number"),),
        "BOOLEAN": (noted("true or false"),),
        "DATE": (noted("day"),),
    }
)


@dataclass(frozen=True)
class Entry:
    """One column as the dictionary describes it, with the products it stands in."""

    column: Column
    type: str
    products: tuple[str, ...]


def entries(content: Content) -> tuple[Entry, ...]:
    """Return one entry for each column name, in the order of first appearance."""
    found: dict[str, tuple[Column, list[str]]] = {}
    for frame in content.frames:
        for column in frame.columns:
            found.setdefault(column.name, (column, []))[1].append(frame.id)
    return tuple(
        Entry(column=column, type=type_words(column), products=tuple(products)) for column, products in found.values()
    )


def type_words(column: Column) -> str:
    """Return what kind of value a column holds, in words."""
    return _TYPE_WORDS[column.type][0] if column.type in _TYPE_WORDS else say("text")


def as_csv(content: Content) -> str:
    """Return the dictionary as CSV: one line for each column of each product, and one for each of its codes."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(["product", "column", "type", "title", "says", "code", "code_label"])
    for frame in content.frames:
        for column in frame.columns:
            writer.writerows([as_cell(cell) for cell in line] for line in _lines(frame, column))
    return stream.getvalue()


def as_html(content: Content) -> str:
    """Return the dictionary as one page that stands alone."""
    folder = Path(__file__).parent / "templates"
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), autoescape=True, undefined=jinja2.StrictUndefined
    )
    template = environment.get_template("dictionary.html")
    made = template.render(
        content=content,
        entries=entries(content),
        markers=MARKERS,
        say=say_in_page,
        say_count=say_count_in_page,
        lang=spoken().tag if not spoken().is_default else content.jurisdiction.language,
    )
    return f"{made}\n"


def _lines(frame: Dataframe, column: Column) -> list[list[str]]:
    head = [frame.id, column.name, type_words(column), column.title, column.says]
    return [[*head, "", ""], *([*head, code, label] for code, label in column.labels.items())]

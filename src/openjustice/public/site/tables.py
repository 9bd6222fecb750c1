"""Lays a published table out for reading: a plain list, or one variable down and time across."""

from __future__ import annotations

from dataclasses import dataclass, replace

from openjustice.public.publish.content import MARKERS, Row
from openjustice.public.publish.language import say
from openjustice.public.publish.variables import TOTAL
from openjustice.public.site import numbers
from openjustice.public.site.figures import View


@dataclass(frozen=True)
class Cell:
    """One cell: the text, the marker of an empty one, the marks of its status, and whether it is a number."""

    text: str
    marker: str | None = None
    status: str | None = None


@dataclass(frozen=True)
class Line:
    """One line of a table: its headings and its cells."""

    heads: tuple[str, ...]
    cells: tuple[Cell, ...]
    is_total: bool = False


@dataclass(frozen=True)
class Grid:
    """A table for a page."""

    caption: str
    stub: tuple[str, ...]
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    markers: tuple[str, ...]
    note: str = ""


def make_grid(view: View) -> Grid:
    """Lay a table out: with two variables as a cross table of its values, else as a list with everything known."""
    if len(view.frame.variables) == 2 and view.period and len(view.codes(view.period)) == 1:
        only = view.codes(view.period)[0]  # one period is no dimension: it stands in the caption
        rows = [row for row in view.frame.rows if row[view.period] == only]
        frame = replace(view.frame, rows=rows, variables=view.others)
        note = f"{view.variable(view.period).label(only)}."
        return replace(_list(replace(view, frame=frame)), note=note)
    if len(view.frame.variables) == 2:
        return _cross(view)
    return _list(view)


def _list(view: View) -> Grid:
    is_rate = view.indicator.denominator is not None
    has_interval = any(row["value_low"] is not None for row in view.frame.rows)
    has_coverage = any(row["coverage"] not in (None, 1.0) for row in view.frame.rows)
    columns = [say("Count"), say("Divided by")] if is_rate else []
    columns += [view.indicator.unit[:1].upper() + view.indicator.unit[1:]]
    columns += [say("Interval")] if has_interval else []
    columns += [say("Coverage")] if has_coverage else []
    lines = []
    for row in view.frame.rows:
        cells = [_count(row), _divisor(row)] if is_rate else []
        cells.append(_value(view, row))
        cells += [_interval(view, row)] if has_interval else []
        cells += [Cell(numbers.share(row["coverage"]) or say("not known"))] if has_coverage else []
        lines.append(Line(_heads(view, row), tuple(cells), is_total=_is_total(view, row)))
    stub = tuple(view.variable(name).title for name in view.frame.variables)
    return Grid(view.frame.title, stub, tuple(columns), tuple(lines), _markers(lines))


def _cross(view: View) -> Grid:
    """Return one variable down and the other across: time goes across, else the one with fewer codes."""
    one, two = view.frame.variables
    across = view.period or min((two, one), key=lambda name: len(view.codes(name)))
    down = one if across == two else two
    codes_across, codes_down = [*view.codes(across), TOTAL], [*view.codes(down), TOTAL]
    by_codes = {(row[down], row[across]): row for row in view.frame.rows}
    lines = [
        Line(
            (view.variable(down).label(code),),
            tuple(_value(view, by_codes[code, at]) if (code, at) in by_codes else Cell("", "x") for at in codes_across),
            is_total=code == TOTAL,
        )
        for code in codes_down
    ]
    label = view.period_label if across == view.period else view.variable(across).label
    columns = tuple(label(at) for at in codes_across)
    unit = view.indicator.unit
    return Grid(
        view.frame.title,
        (view.variable(down).title,),
        columns,
        tuple(lines),
        _markers(lines),
        note=say("In {unit}.", unit=unit),
    )


def _value(view: View, row: Row) -> Cell:
    if row["value"] is None and row["value_low"] is not None and row["value_high"] is not None:
        return Cell(_band(view, row), None, row["status_marker"])
    if row["value"] is None:
        return Cell("", row["value_marker"] or "x", row["status_marker"])
    return Cell(numbers.number(row["value"], decimals=view.indicator.decimals), None, row["status_marker"])


def _band(view: View, row: Row) -> str:
    """Say a percentage that is shown as a band: at most the lower end's bound, or at least the upper one's."""
    low, high = (numbers.number(row[name], decimals=view.indicator.decimals) for name in ("value_low", "value_high"))
    return say("at most {number}", number=high) if row["value_low"] == 0 else say("at least {number}", number=low)


def _count(row: Row) -> Cell:
    return Cell(numbers.number(row["numerator"]), row["numerator_marker"] if row["numerator"] is None else None)


def _divisor(row: Row) -> Cell:
    return Cell(numbers.number(row["denominator"]), row["denominator_marker"] if row["denominator"] is None else None)


def _interval(view: View, row: Row) -> Cell:
    if row["value_low"] is None or row["value_high"] is None:
        return Cell("", row["value_marker"] or "z")
    return Cell(numbers.span(row["value_low"], row["value_high"], decimals=view.indicator.decimals))


def _heads(view: View, row: Row) -> tuple[str, ...]:
    return tuple(view.variable(name).label(row[name]) for name in view.frame.variables)


def _is_total(view: View, row: Row) -> bool:
    return all(row[name] == TOTAL for name in view.frame.variables)


def _markers(lines: list[Line]) -> tuple[str, ...]:
    found = {mark for line in lines for cell in line.cells for mark in (cell.marker, cell.status) if mark}
    return tuple(marker for marker in MARKERS if marker in found)

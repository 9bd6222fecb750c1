"""Turns the parameters of an address into a question of one table, and finds everything that is wrong with it at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from openjustice.ground.problems import Fault, bad_question
from openjustice.public.publish.content import Column
from openjustice.public.publish.variables import TOTAL
from openjustice.public.service.holdings import Held
from openjustice.public.service.limits import Limits

FORMATS = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
ENDINGS = ("is", "not", "min", "max", "empty")
RECORDS = ("select", "sort", "limit", "offset", "format")
AGGREGATE = ("group", "measure", "format")
MEASURES = ("sum", "mean", "min", "max")
COUNT = "count"
_INTEGERS = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UINTEGER", "UBIGINT", "USMALLINT", "UTINYINT"}
)
_BIGGEST = 2**63 - 1
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Filter:
    """One condition on a column: `is` and `not` take several values, `min` and `max` one, `empty` yes or no."""

    column: str
    kind: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class RecordsQuestion:
    """Which rows and columns of a table, in which order, in which form; without a limit all of them."""

    filters: tuple[Filter, ...]
    select: tuple[str, ...]
    sort: tuple[tuple[str, bool], ...]
    limit: int | None
    offset: int
    form: str


@dataclass(frozen=True)
class AggregateQuestion:
    """Which groups of a table's rows, and which measures of each: (name, column)."""

    filters: tuple[Filter, ...]
    group: tuple[str, ...]
    measures: tuple[tuple[str, str], ...]
    form: str


def read_records_question(held: Held, pairs: Pairs, *, limits: Limits, accept: str = "") -> RecordsQuestion:
    """Read a question for rows; raises Problem with every fault."""
    reading = _Reading(held, pairs, limits=limits, known=RECORDS)
    form = reading.form(accept)
    select = reading.names("select") or tuple(item.name for item in held.columns)
    sort = tuple((name.removeprefix("-"), name.startswith("-")) for name in reading.names("sort", strip="-"))
    largest = limits.largest_page_rows if form == "json" else _BIGGEST
    limit = reading.number("limit", largest=largest, default=limits.page_rows if form == "json" else None, least=1)
    offset = reading.number("offset", largest=_BIGGEST, default=0) or 0
    filters = reading.filters()
    reading.finish()
    return RecordsQuestion(filters, select, sort, limit, offset, form)


def read_aggregate_question(held: Held, pairs: Pairs, *, limits: Limits, accept: str = "") -> AggregateQuestion:
    """Read a question for groups; raises Problem with every fault."""
    reading = _Reading(held, pairs, limits=limits, known=AGGREGATE)
    form = reading.form(accept)
    group, filters = reading.names("group"), reading.filters()
    measures = reading.measures()
    if held.is_table:
        reading.check_sums(group, filters)
    reading.finish()
    return AggregateQuestion(filters, group, measures, form)


class _Reading:
    """The parameters of one question as they are read; what is wrong is collected."""

    def __init__(self, held: Held, pairs: Pairs, *, limits: Limits, known: Sequence[str]) -> None:
        self.held, self.pairs, self.limits, self.known = held, pairs, limits, known
        self.faults: list[Fault] = []

    def finish(self) -> None:
        """Raise everything that was found wrong."""
        if self.faults:
            raise bad_question(self.faults)

    def fault(self, parameter: str, what: str, way_out: str = "") -> None:
        """Note one thing that is wrong."""
        self.faults.append(Fault(parameter, what, way_out))

    def given(self, name: str) -> list[str]:
        """Return every value given for a parameter."""
        return [value for key, value in self.pairs if key == name]

    def form(self, accept: str) -> str:
        """Return the form of the answer: what `format` says, else what the client accepts, else JSON."""
        given = self.given("format")
        if len(given) > 1 or (given and given[0] not in FORMATS):
            self.fault(
                "format", "The form of the answer is not one that there is.", f"Use one of {', '.join(FORMATS)}."
            )
            return "json"
        if given:
            return given[0]
        wanted = [part.partition(";")[0].strip() for part in accept.split(",")]
        return next(
            (form for item in wanted for form, media in FORMATS.items() if media.partition(";")[0] == item), "json"
        )

    def names(self, parameter: str, *, strip: str = "") -> tuple[str, ...]:
        """Return the columns that a parameter names, separated by commas, each once."""
        found = [name for value in self.given(parameter) for name in value.split(",")]
        for name in found:
            if name.removeprefix(strip) not in self.held.by_name:
                self.fault(parameter, "It names a column that is not there.", f"The columns are {self._columns()}.")
        bare = [name.removeprefix(strip) for name in found]
        if len(set(bare)) < len(bare):
            self.fault(parameter, "It names a column twice.", "Name each column once.")
        return tuple(found)

    def number(self, parameter: str, *, largest: int, default: int | None, least: int = 0) -> int | None:
        """Return a whole number that a parameter gives."""
        given = self.given(parameter)
        if not given:
            return default
        text = given[-1]
        if not (text.isascii() and text.isdigit() and len(text) < 20 and least <= int(text) <= largest):
            way_out = f"Give a whole number from {least} to {largest}."
            more = (
                " CSV and Parquet answers are whole: ask for format=csv or format=parquet."
                if parameter == "limit"
                else ""
            )
            self.fault(parameter, "It is not a number that can be used here.", way_out + more)
            return default
        return int(text)

    def filters(self) -> tuple[Filter, ...]:
        """Return the conditions on columns; values of one parameter given several times stand beside each other."""
        asked: dict[tuple[str, str], list[str]] = {}
        for key, value in self.pairs:
            if key in self.known:
                continue
            column, ending = self._split(key)
            if column is None:
                self.fault(
                    key, "There is no such parameter.", f"Columns: {self._columns()}. Also {', '.join(self.known)}."
                )
            else:
                asked.setdefault((column, ending), []).append(value)
        if sum(len(values) for values in asked.values()) > self.limits.largest_values:
            self.fault(
                next(iter(asked))[0], f"More than {self.limits.largest_values:,} values are named.", "Ask in parts."
            )
        return tuple(
            item
            for (column, ending), values in asked.items()
            if (item := self._filter(column, ending, values)) is not None
        )

    def measures(self) -> tuple[tuple[str, str], ...]:
        """Return what is measured of each group, as (measure, column); a table's groups have one measure, their count."""
        given = [part for value in self.given("measure") for part in value.split(",")]
        if self.held.is_table:
            if given:
                way_out = "Leave the parameter out: the counts are summed."
                self.fault("measure", "A table's groups have one measure.", way_out)
            return ()
        return tuple(item for part in given or [COUNT] if (item := self._measure(part)) is not None)

    def check_sums(self, group: tuple[str, ...], filters: tuple[Filter, ...]) -> None:
        """Find sums that would count somebody twice."""
        for name in self.held.variables:
            mine = [item for item in filters if item.column == name]
            chosen = {value for item in mine if item.kind == "is" for value in item.values}
            if name in group or not mine or chosen == {TOTAL}:
                continue
            label = self.held.by_name[name].title
            if TOTAL in chosen:
                way_out = f"Ask for {name}={TOTAL} alone, or for its parts."
                self.fault(name, f"'{label}' is asked for as a whole and in parts: the sum would count twice.", way_out)
            elif name in self.held.overlapping and len(chosen) != 1:
                way_out = f"Name it in group, so that each part stands for itself, or ask for {name}={TOTAL}."
                self.fault(
                    name, f"The parts of '{label}' do not add up to its whole, so no sum is made of them.", way_out
                )
        for item in filters:
            if item.column not in self.held.variables:
                way_out = f"Ask for records, or filter by {', '.join(self.held.variables)}."
                self.fault(item.column, "A sum over numbers chosen by their own size would mislead.", way_out)
        for name in group:
            if name not in self.held.variables and name in self.held.by_name:
                self.fault(
                    "group", "A table is grouped by its variables.", f"They are {', '.join(self.held.variables)}."
                )

    # -- inside ------------------------------------------------------------------------------------------------------

    def _split(self, key: str) -> tuple[str | None, str]:
        if key in self.held.by_name:
            return key, "is"
        column, _, ending = key.rpartition(".")
        return (column, ending) if column in self.held.by_name and ending in ENDINGS else (None, "")

    def _filter(self, column: str, ending: str, given: list[str]) -> Filter | None:
        name = column if ending == "is" else f"{column}.{ending}"
        if ending == "empty":
            if given[-1] not in ("true", "false"):
                self.fault(name, "It is neither true nor false.", "Use true or false.")
                return None
            return Filter(column, ending, (given[-1] == "true",))
        if ending in ("min", "max") and len(given) > 1:
            self.fault(name, "It is given twice.", "Give one limit.")
        read = _reader_of(self.held.by_name[column])
        values = []
        for text in given:
            try:
                values.append(read(text))
            except ValueError:
                self.fault(name, f"It is not {_kind_in_words(self.held.by_name[column])}.", "")
                return None
        if ending in ("is", "not"):
            self._check_codes(column, name, values)
        return Filter(column, ending, tuple(values))

    def _check_codes(self, column: str, name: str, values: Iterable[Any]) -> None:
        known = self.held.codes.get(column)
        if known is None or all(str(value) in known for value in values):
            return
        some, more = known[: self.limits.listed_codes], len(known) - self.limits.listed_codes
        listed = f"Known: {', '.join(some)}{f' and {more:,} more (see the table)' if more > 0 else ''}."
        self.fault(name, "It names a code that is not in this table.", listed)

    def _measure(self, text: str) -> tuple[str, str] | None:
        if text == COUNT:
            return COUNT, ""
        measure, _, column = text.partition(":")
        if measure not in MEASURES or column not in self.held.by_name:
            self.fault(
                "measure", "There is no such measure.", f"Use {COUNT}, or {', '.join(f'{m}:COLUMN' for m in MEASURES)}."
            )
            return None
        if not is_number(self.held.by_name[column]):
            self.fault("measure", "It measures a column that holds no numbers.", f"Use {COUNT}.")
            return None
        return measure, column

    def _columns(self) -> str:
        return ", ".join(item.name for item in self.held.columns)


def is_number(column: Column) -> bool:
    """Say whether a column holds numbers."""
    return column.type in _INTEGERS or column.type.startswith(("DOUBLE", "FLOAT", "DECIMAL"))


def _reader_of(column: Column) -> Callable[[str], Any]:
    if column.type in _INTEGERS:
        return _whole
    if is_number(column):
        return _decimal
    if column.type == "DATE":
        return date.fromisoformat
    if column.type == "BOOLEAN":
        return _truth
    return _text


def _whole(text: str) -> int:
    if not text.isascii() or len(text) > 19 or not text.removeprefix("-").isdigit():
        raise ValueError("whole")
    return int(text)


def _decimal(text: str) -> float:
    if len(text) > 40 or not text.isascii() or "_" in text:
        raise ValueError("number")
    number = float(text)
    if number in (float("inf"), float("-inf")) or number != number:
        raise ValueError("number")
    return number


def _truth(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("truth")
    return text == "true"


def _text(text: str) -> str:
    if "\x00" in text:
        raise ValueError("text")
    return text


def _kind_in_words(column: Column) -> str:
    if column.type in _INTEGERS:
        return "a whole number"
    if is_number(column):
        return "a number"
    return {"DATE": "a date as YYYY-MM-DD", "BOOLEAN": "true or false"}.get(column.type, "a text")


def canonical(pairs: Pairs) -> str:
    """Return the parameters in one order, so that the same question has the same entity tag."""
    return repr(sorted(pairs))

"""The SQL that turns the columns of a file into the contract's fields: first as text, then as values."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from collections.abc import Sequence

from openjustice.confidential.collect.check import Bound, are_all_of, is_one_of, split_at, text_of
from openjustice.confidential.collect.ingest.layout import Match
from openjustice.contracts.dataset import Contract, FieldDeclaration, FieldType
from openjustice.ground.engine import quote

_WHOLE = "[+-]?[0-9]{1,18}"
_DECIMAL = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)"
_ISO_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_NOT_DIGITS = "*[!0-9]*"  # a glob: a character that is no digit, anywhere
YES = ("true", "yes", "y", "1")
NO = ("false", "no", "n", "0")


def column_names(match: Match) -> list[str]:
    """Return a name for each column of the file by its place: what it fills, or its number where it is not read."""
    by_place = {place: column for column, place in match.places.items()}
    return [by_place.get(place, f"column {place + 1}") for place in range(match.width)]


def text_sql(match: Match, *, contract: Contract, lead: Sequence[str], rows: str, bound: Bound) -> str:
    """Return the statement that gives each field's text, named `<field>#text`; blank text is null.

    `rows` is what it reads from, `lead` are columns that pass as they are. A layout that keeps some rows, or stands several fields in its columns, does so
    here.
    """
    mapping = match.layout.mapping
    kept = [
        f"{quote(column)} IN ({', '.join(bound.add(code) for code in codes)})"
        for column, codes in mapping.keep.items()
        if column in match.places
    ]
    where = f" WHERE {' AND '.join(kept)}" if kept else ""
    wide: MappingType[str, MappingType[str, str]] = mapping.unpivot.columns if mapping.unpivot else {}
    passing = [quote(name) for name in lead]
    if not wide or mapping.unpivot is None:
        return _select(passing, _texts(match, contract=contract, given={}, bound=bound), f"{rows}{where}")
    parts = []
    for column, given in wide.items():
        if column in match.places:
            filled = {name: bound.add(value) for name, value in given.items()} | {mapping.unpivot.value: quote(column)}
            parts.append(
                _select(passing, _texts(match, contract=contract, given=filled, bound=bound), f"{rows}{where}")
            )
    return " UNION ALL ".join(parts)


def value_sql(declared: FieldDeclaration, *, text: str, bound: Bound, codes: Sequence[str]) -> str:
    """Return the SQL of a field's value: null where the text is missing or cannot be read as the field's type."""
    if declared.missing:
        marks = ", ".join(bound.add(mark) for mark in declared.missing)
        text = f"CASE WHEN {text} NOT IN ({marks}) THEN {text} END"
    if declared.several:
        return f"CASE WHEN {are_all_of(text, declared.several, codes)} THEN {split_at(text, declared.several)} END"
    match declared.type:
        case FieldType.STRING:
            return text
        case FieldType.INTEGER:
            digits_alone = f"NOT {text} GLOB {bound.add(_NOT_DIGITS)}"
            return _read_at_once("BIGINT", text, bound.add(_WHOLE), if_usual=digits_alone)
        case FieldType.NUMBER:
            return _read_as("DOUBLE", text, bound.add(_DECIMAL))
        case FieldType.BOOLEAN:
            yes, no = (", ".join(bound.add(word) for word in words) for words in (YES, NO))
            return f"CASE WHEN lower({text}) IN ({yes}) THEN true WHEN lower({text}) IN ({no}) THEN false END"
        case FieldType.DATE:
            return _day(declared.format, text, bound)
        case FieldType.CODE:
            return f"CASE WHEN {is_one_of(text, codes, bound)} THEN {text} END"


def _select(lead: Sequence[str], texts: MappingType[str, str], source: str) -> str:
    made = [*lead, *(f"{expression} AS {text_of(name)}" for name, expression in texts.items())]
    return f"SELECT {', '.join(made)} FROM {source}"


def _texts(match: Match, *, contract: Contract, given: MappingType[str, str], bound: Bound) -> dict[str, str]:
    mapping = match.layout.mapping
    sources = {target: quote(column) for column, target in mapping.columns.items() if column in match.places}
    sources |= {target: bound.add(value) for target, value in mapping.constants.items()}
    sources |= given
    return {
        name: _translated(sources.get(name, "CAST(NULL AS VARCHAR)"), mapping.codes.get(name), bound)
        for name in contract.fields
    }  # fmt: skip


def _translated(text: str, codes: MappingType[str, str] | None, bound: Bound) -> str:
    if not codes:
        return text
    source, target = bound.add(list(codes)), bound.add(list(codes.values()))
    return f"coalesce(list_extract({target}, list_position({source}, {text})), {text})"


def _read_as(kind: str, text: str, pattern: str) -> str:
    """Return a strict cast: only texts of the pattern, since the engine's own cast also takes 1e3, 1_000 and 1.5."""
    return f"TRY_CAST(CASE WHEN regexp_full_match({text}, {pattern}) THEN {text} END AS {kind})"


def _read_at_once(kind: str, text: str, pattern: str, *, if_usual: str) -> str:
    """Return the same cast where almost every text has one usual form, which is told at half the cost."""
    return f"CASE WHEN {if_usual} THEN TRY_CAST({text} AS {kind}) ELSE {_read_as(kind, text, pattern)} END"


def _day(form: str | None, text: str, bound: Bound) -> str:
    # A spreadsheet or Parquet file holds days as days, and they arrive in ISO form whatever the layout's form is.
    # The engine's own cast also takes signs, spaces and short years: four digits make a year of 1000 or later.
    usual = f"{text} LIKE '____-__-__' AND NOT ends_with({text}, ' ') AND TRY_CAST({text} AS DATE) >= CAST('1000-01-01' AS DATE)"
    iso = _read_at_once("DATE", text, bound.add(_ISO_DAY), if_usual=usual)
    if form in (None, "%Y-%m-%d"):
        return iso
    return f"coalesce(CAST(try_strptime({text}, {bound.add(form)}) AS DATE), {iso})"

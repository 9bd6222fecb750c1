"""The SQL of one field of a source: its raw text, and the standard value that its declaration makes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from openjustice.confidential.collect.check import Bound
from openjustice.contracts.dataset import FieldDeclaration, FieldType
from openjustice.contracts.source import FieldSource, Repeats
from openjustice.ground.engine import quote

# From a plain column name to the engine's own; null where the files do not have the column.
Columns = Callable[[str], str | None]


def raw_sql(item: FieldSource, *, columns: Columns, bound: Bound) -> str:
    """Return the raw text of a field: of its columns the first that is filled, of its flags the names of those marked."""
    if item.flags:
        return flagged_sql(item.flags, item.yes, columns=columns, bound=bound)
    found = [filled_sql(name, item.blank, bound) for column in item.columns if (name := columns(column))]
    return f"coalesce({', '.join(found)})" if found else "CAST(NULL AS VARCHAR)"


def filled_sql(column: str, blank: Sequence[str], bound: Bound) -> str:
    """Return a column's text without the spaces around it; null where it is empty or stands for nothing."""
    text = f"nullif(trim({quote(column)}, {bound.add(_SPACES)}), '')"
    if not blank:
        return text
    return f"CASE WHEN lower({text}) NOT IN ({', '.join(bound.add(word.lower()) for word in blank)}) THEN {text} END"


def flagged_sql(flags: Mapping[str, str], yes: Sequence[str], *, columns: Columns, bound: Bound) -> str:
    """Return the names of the marked columns, joined by '; '; null where none is marked."""
    words = ", ".join(bound.add(word.lower()) for word in yes)
    marked = [
        f"CASE WHEN lower(trim({quote(name)})) IN ({words}) THEN {bound.add(column)} END"
        for column in flags
        if (name := columns(column))
    ]
    return f"nullif(concat_ws('; ', {', '.join(marked)}), '')" if marked else "CAST(NULL AS VARCHAR)"


def standard_sql(item: FieldSource, *, raw: str, declared: FieldDeclaration, bound: Bound) -> str:
    """Return the standard value of a raw text as the engine's type of the field; null where it cannot be told."""
    if item.flags and declared.type is FieldType.STRING:
        return raw
    if item.flags:
        codes = {_key(column): code for column, code in item.flags.items()}
        # Two marks that mean two codes contradict each other, and nobody guesses which is right.
        return _agreeing(raw, "; ", lambda part: _coded(part, codes, {}, None, bound))
    if item.separator:
        return _agreeing(raw, item.separator, lambda part: _one(item, part, declared, bound))
    return _one(item, raw, declared, bound)


def coded_sql(item: Repeats, *, text: str, bound: Bound) -> str:
    """Return the code of one statement of a repeated field."""
    codes = {_key(raw): code for raw, code in item.codes.items()}
    codes |= {_key(column): code for column, code in item.flags.items()}
    return _coded(text, codes, item.patterns, item.otherwise, bound)


_SPACES = " \t\r\n\u00a0"


def _one(item: FieldSource, raw: str, declared: FieldDeclaration, bound: Bound) -> str:
    text = raw
    if item.extract:
        text = f"nullif(regexp_extract({text}, {bound.add(item.extract)}, 1), '')"
    if item.codes or item.patterns or item.otherwise or declared.type is FieldType.CODE:
        codes = {_key(source): code for source, code in item.codes.items()}
        text = _coded(text, codes, item.patterns, item.otherwise, bound)
    if item.part:
        return _part_of(item, text, bound)
    match declared.type:
        case FieldType.INTEGER:
            whole = f"CASE WHEN regexp_full_match({text}, '[0-9]{{1,9}}([.]0*)?') THEN {text} END"
            return f"CAST(TRY_CAST({whole} AS DOUBLE) AS BIGINT)"
        case FieldType.NUMBER:
            return f"TRY_CAST({text} AS DOUBLE)"
        case FieldType.BOOLEAN:
            return f"TRY_CAST({text} AS BOOLEAN)"
        case FieldType.DATE:
            return f"CAST({_moment(item.formats, text, bound)} AS DATE)"
        case FieldType.STRING if item.prefix:
            return f"{bound.add(item.prefix)} || {text}"
        case FieldType.STRING | FieldType.CODE:
            return text


def _part_of(item: FieldSource, text: str, bound: Bound) -> str:
    # "233" is 02:33 where a spreadsheet took the zero before it.
    padded = f"CASE WHEN regexp_full_match({text}, '[0-9]{{1,3}}') THEN lpad({text}, 4, '0') ELSE {text} END"
    moment = _moment(item.formats, padded if item.part == "hour" else text, bound)
    return f"CAST(date_part({bound.add(item.part)}, {moment}) AS BIGINT)"


def _moment(formats: Sequence[str], text: str, bound: Bound) -> str:
    tried = ", ".join(f"try_strptime({text}, {bound.add(form)})" for form in formats or ("%Y-%m-%d",))
    return f"coalesce({tried})"


def _key(text: str) -> str:
    return " ".join(text.split()).lower()


def _coded(
    text: str, codes: Mapping[str, str], patterns: Mapping[str, str], otherwise: str | None, bound: Bound
) -> str:
    """Return a code: by the text whatever its case and spacing, else by the first pattern that is found in it."""
    key = f"lower(trim(regexp_replace({text}, '\\s+', ' ', 'g')))"
    source, target = bound.add(list(codes)), bound.add(list(codes.values()))
    tries = [f"list_extract({target}::VARCHAR[], list_position({source}::VARCHAR[], {key}))"]
    if patterns:
        whens = " ".join(
            f"WHEN regexp_matches({key}, {bound.add(pattern)}) THEN {bound.add(code)}"
            for pattern, code in patterns.items()
        )
        tries.append(f"CASE {whens} END")
    if otherwise:
        tries.append(f"CASE WHEN {text} IS NOT NULL THEN {bound.add(otherwise)} END")
    return f"coalesce({', '.join(tries)})"


def _agreeing(raw: str, separator: str, one: Callable[[str], str]) -> str:
    """Return what every part of a text says, and null where they differ or one of them cannot be told."""
    literal = "'" + separator.replace("'", "''") + "'"
    told = f"list_transform(string_split({raw}, {literal}), lambda part: {one('trim(part)')})"
    return f"(CASE WHEN len(list_distinct({told})) = 1 AND NOT list_contains(list_transform({told}, lambda each: each IS NULL), true) THEN {told}[1] END)"

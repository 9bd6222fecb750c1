"""Runs a source's declaration over its files: set-wise statements from rows as sent to records of the contract."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from openjustice.confidential.collect.check import Bound
from openjustice.confidential.collect.conform import telling
from openjustice.confidential.collect.conform.files import FileRead, read_source_file
from openjustice.confidential.collect.ingest.layout import plain
from openjustice.confidential.collect.ingest.limits import Limits
from openjustice.contracts.dataset import Contract
from openjustice.contracts.source import FieldSource, FromFile, Repeats, Source, SourceDeclaration
from openjustice.ground import engine as engines
from openjustice.ground import errors
from openjustice.ground.engine import quote

RAW = "#raw"
FILE, LINE, LEFT_OUT = "_file", "_line", "_left_out"
# Why a row of a file is no record, in the order in which it is asked.
REASONS = {
    "empty": "The row holds nothing but its own number.",
    "no_row": "The row repeats the header or a total.",
    "repeated": "The same row stands elsewhere in the files.",
    "superseded": "A later file of the same series holds the record again.",
}


@dataclass(frozen=True)
class Conformed:
    """The records of a source under the contract's names and types, each with the raw text beside (`<field>#raw`).

    `kept` are the rows as sent with the reason for which a row was left out (null where it became records).
    """

    source: Source
    contract: Contract
    files: tuple[FileRead, ...]
    records: engines.Table
    kept: engines.Table
    unread: Mapping[str, tuple[str, ...]]
    scratch: Path


def conform(
    source: Source, *, folder: Path, contract: Contract, engine: engines.Engine, scratch: Path, limits: Limits
) -> Conformed:
    """Bring the files of a source into the contract; `scratch` is an empty folder that the engine may read.

    Raises SubmissionRefused where no file is there, or a declared column is in none of them. Surprise: a row that states
    nothing of the repeated field becomes one record with that field empty.
    """
    declared = source.declaration
    paths = sorted({path for pattern in declared.files for path in folder.glob(pattern) if path.is_file()})
    if not paths:
        raise errors.SubmissionRefused.because(
            "no_source_files", f"The folder holds no file of {declared.title}.",
            way_out=f"Its files are named: {', '.join(declared.files)}.",
        )  # fmt: skip
    known = declared.source_columns
    files = tuple(read_source_file(path, engine=engine, scratch=scratch, limits=limits, known=known) for path in paths)
    _check_columns(declared, files)
    sent = _sent(declared, files, engine)
    kept = _kept(declared, sent, engine)
    told = _told(declared, kept, contract, engine)
    records = _repeated(declared.repeats, told, contract, engine) if declared.repeats else told
    ordered = _ordered(source, records, contract, engine)
    return Conformed(source, contract, files, ordered, kept, _unread(declared, files), scratch)


def _check_columns(declared: SourceDeclaration, files: Sequence[FileRead]) -> None:
    there = {name for file in files for name in file.columns}
    lacking = [column for column in declared.source_columns if plain(column) not in there]
    if lacking:
        raise errors.SubmissionRefused(
            errors.Fault(
                code="source_column_missing", what=f"No file has the column '{column}'.", ask="the agency",
                way_out="Correct the name in the source's declaration, or send the files that have it.",
                place=errors.Place(file=f"{declared.source}/source.yaml"),
            )
            for column in lacking
        )  # fmt: skip


def _unread(declared: SourceDeclaration, files: Sequence[FileRead]) -> dict[str, tuple[str, ...]]:
    """Return the columns of each file that the declaration neither reads nor leaves out by name."""
    known = {plain(name) for name in (*declared.source_columns, *declared.ignore)}
    found = {file.name: tuple(name for name in file.names if name and plain(name) not in known) for file in files}
    return {name: columns for name, columns in found.items() if columns}


def _sent(declared: SourceDeclaration, files: Sequence[FileRead], engine: engines.Engine) -> engines.Table:
    """Put the rows of all files under one set of columns: a column that a file does not have is empty there."""
    every = tuple(dict.fromkeys(name for file in files for name in file.columns if name))
    bound = Bound()
    parts = []
    for number, file in enumerate(files):
        given = [f"{bound.add(file.name)} AS {FILE}", f"CAST({LINE} AS BIGINT) AS {LINE}"]
        given += [
            f"{bound.add(_stated(item, file))} AS {quote(f'file {name}')}" for name, item in declared.from_file.items()
        ]
        given += [
            f"{quote(file.columns[name]) if name in file.columns else 'CAST(NULL AS VARCHAR)'} AS {quote(name)}"
            for name in every
        ]  # fmt: skip
        parts.append(f"SELECT {', '.join(given)} FROM file_{number}")
    inputs = {f"file_{number}": file.table for number, file in enumerate(files)}
    return engine.derive("sent", " UNION ALL ".join(parts), inputs=inputs, parameters=bound.values)


def _stated(item: FromFile, file: FileRead) -> str | None:
    found = re.search(item.pattern, file.name if item.place == "name" else file.title)
    return found[1] if found else None


def _kept(declared: SourceDeclaration, sent: engines.Table, engine: engines.Engine) -> engines.Table:
    """Mark the rows that are no records, each with the first reason that holds."""
    bound = Bound()
    own = [name for name in sent.column_names if name not in (FILE, LINE) and not name.startswith("file ")]
    tests = {}
    if declared.filled:
        texts = [telling.filled_sql(plain(name), (), bound) for name in declared.filled]
        tests["empty"] = f"coalesce({', '.join(texts)}) IS NULL"
    if declared.not_rows:
        said = [
            f"trim({quote(plain(column))}) IN ({', '.join(bound.add(word) for word in words)})"
            for column, words in declared.not_rows.items()
        ]
        tests["no_row"] = f"coalesce({' OR '.join(said)}, false)"
    if declared.repeated:
        ignored = {plain(name) for name in declared.repeated.ignore}
        same = ", ".join(quote(name) for name in own if name not in ignored)
        tests["repeated"] = (
            f"{FILE} > min({FILE}) OVER (PARTITION BY {same})"
            if declared.repeated.within == "files"
            else f"row_number() OVER (PARTITION BY {same} ORDER BY {FILE}, {LINE}) > 1"
        )
    if declared.overlap:
        key = ", ".join(quote(plain(name)) for name in declared.overlap.key)
        series = f"regexp_extract({FILE}, {bound.add(declared.overlap.series)}, 1)"
        tests["superseded"] = f"{FILE} < max({FILE}) OVER (PARTITION BY {series}, {key})"
    whens = " ".join(f"WHEN {test} THEN {bound.add(reason)}" for reason, test in tests.items())
    reason = f"CASE {whens} END" if whens else "CAST(NULL AS VARCHAR)"
    statement = f"SELECT *, {reason} AS {LEFT_OUT} FROM sent"
    return engine.derive("kept", statement, inputs={"sent": sent}, parameters=bound.used_in(statement))


def _told(
    declared: SourceDeclaration, kept: engines.Table, contract: Contract, engine: engines.Engine
) -> engines.Table:
    """Give each row its fields: the raw text and the standard value of each."""
    bound, columns = Bound(), _columns_of(kept)
    raw = {name: telling.raw_sql(item, columns=columns, bound=bound) for name, item in declared.fields.items()}
    raw |= {name: quote(f"file {name}") for name in declared.from_file}
    raw |= {name: bound.add(value) for name, value in declared.constants.items()}
    carried = [quote(name) for name in kept.column_names if name not in raw]
    inner = f"SELECT {', '.join([*carried, *(f'{text} AS {quote(name + RAW)}' for name, text in raw.items())])} FROM kept WHERE {LEFT_OUT} IS NULL"
    given = [
        f"{telling.standard_sql(declared.fields.get(name, _AS_IT_IS), raw=quote(name + RAW), declared=contract.fields[name], bound=bound)} AS {quote('value ' + name)}"
        for name in raw
    ]
    statement = f"SELECT {', '.join(['*', *given])} FROM ({inner}) AS texts"
    return engine.derive("told", statement, inputs={"kept": kept}, parameters=bound.used_in(statement))


_AS_IT_IS = FieldSource(columns=("",), codes={})


def _repeated(item: Repeats, told: engines.Table, contract: Contract, engine: engines.Engine) -> engines.Table:
    """Make a record of each statement of the repeated field; a row that states nothing keeps one record."""
    bound, columns = Bound(), _columns_of(told)
    cells = [telling.filled_sql(name, item.blank, bound) for column in item.columns if (name := columns(column))]
    separator = bound.add(item.separator) if item.separator else None
    lists = [f"string_split({cell}, {separator})" if separator else f"[{cell}]" for cell in cells]
    if item.flags:
        lists.append(f"string_split({telling.flagged_sql(item.flags, item.yes, columns=columns, bound=bound)}, '; ')")
    every = lists[0] if len(lists) == 1 else f"list_concat({', '.join(f'coalesce({each}, [])' for each in lists)})"
    aligned = {
        name: f"string_split({telling.raw_sql(part, columns=columns, bound=bound)}, {separator or bound.add(';')})"
        for name, part in item.aligned.items()
    }
    more = "".join(f", {text} AS {quote('list ' + name)}" for name, text in aligned.items())
    listed = f"SELECT *, {every} AS _all{more} FROM told"
    numbered = f"SELECT *, unnest(CASE WHEN len(_all) > 0 THEN range(1, len(_all) + 1) ELSE [1] END) AS _place FROM ({listed}) AS listed"
    blank = "nullif(trim(_all[_place]), '')"
    parts = "".join(
        f", CASE WHEN len({quote('list ' + name)}) = len(_all) THEN nullif(trim({quote('list ' + name)}[_place]), '') END AS {quote(name + RAW)}"
        for name in aligned
    )
    placed = f"SELECT *, {blank} AS {quote(item.field + RAW)}{parts} FROM ({numbered}) AS numbered"
    stated = f"SELECT * FROM ({placed}) AS placed QUALIFY {quote(item.field + RAW)} IS NOT NULL OR (max({quote(item.field + RAW)}) OVER (PARTITION BY {FILE}, {LINE}) IS NULL AND _place = 1)"
    values = [f"{telling.coded_sql(item, text=quote(item.field + RAW), bound=bound)} AS {quote('value ' + item.field)}"]
    values += [
        f"{telling.standard_sql(part, raw=quote(name + RAW), declared=contract.fields[name], bound=bound)} AS {quote('value ' + name)}"
        for name, part in item.aligned.items()
    ]
    number = f"row_number() OVER (PARTITION BY {FILE}, {LINE} ORDER BY _place) AS {quote('value ' + item.number)}"
    statement = f"SELECT *, {number}, {', '.join(values)} FROM ({stated}) AS stated"
    return engine.derive("repeated", statement, inputs={"told": told}, parameters=bound.used_in(statement))


def _ordered(source: Source, records: engines.Table, contract: Contract, engine: engines.Engine) -> engines.Table:
    """Put the fields in the contract's order with their types, each raw text beside; what nothing fills is empty."""
    there = set(records.column_names)
    given = []
    for name, field in contract.fields.items():
        value = quote(f"value {name}") if f"value {name}" in there else "NULL"
        if name == contract.reporter_field:
            value = "$agency"
        elif name == "record" and value == "NULL":
            value = f"{FILE} || ':' || {LINE}"
        given.append(f"CAST({value} AS {field.type.sql}) AS {quote(name)}")
    raw = [quote(name + RAW) for name in contract.fields if name + RAW in there]
    statement = f"SELECT {', '.join([*given, *raw, FILE, LINE])} FROM records ORDER BY {FILE}, {LINE}"
    parameters = {"agency": source.id} if "$agency" in statement else None
    return engine.derive("conformed", statement, inputs={"records": records}, parameters=parameters)


def _columns_of(table: engines.Table) -> telling.Columns:
    there = set(table.column_names)
    return lambda name: plain(name) if plain(name) in there else None

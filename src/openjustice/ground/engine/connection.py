"""The one door to DuckDB: locked connections, labelled tables, derived tables and their trace."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from openjustice.ground import errors
from openjustice.ground.engine import locks, statements
from openjustice.ground.engine.trace import Step, Trace
from openjustice.ground.terms import Plane, strictest

Rows = list[dict[str, Any]]
# What the database says when a statement fails on its data. Its words may hold a record's value: never show them.
StatementFailed = duckdb.Error
# The steps of a plan that hand rows on in the order in which they take them.
_ORDERED = frozenset({"READ_CSV", "SEQ_SCAN", "PROJECTION", "FILTER"})


@dataclass(frozen=True)
class Table:
    """A relation with a plane: how far it may travel. Its rows live in the engine that made it."""

    engine: Engine = field(repr=False, compare=False)
    name: str
    relation: str
    plane: Plane
    columns: tuple[tuple[str, str], ...]
    is_dictionary: bool = (
        False  # its texts stand in a dictionary, and a function of one is worked out once for each entry
    )

    @property
    def column_names(self) -> tuple[str, ...]:
        """Return the names of the columns, in order."""
        return tuple(name for name, _ in self.columns)

    @property
    def row_count(self) -> int:
        """Count the rows."""
        return int(self.engine.ask(f"SELECT count(*) FROM {statements.quote(self.relation)}")[0][0])

    def rows(self, *, order_by: Sequence[str] = ()) -> Rows:
        """Return the rows as dictionaries, in the order asked for; without an order, sorted by all columns."""
        order = ", ".join(statements.quote(name) for name in order_by) or "ALL"
        found = self.engine.ask(f"SELECT * FROM {statements.quote(self.relation)} ORDER BY {order}")
        return [dict(zip(self.column_names, row, strict=True)) for row in found]

    def arrays(self, *, order_by: Sequence[str] = ()) -> dict[str, np.ndarray[Any, Any]]:
        """Return the columns as arrays (masked where a value is null), in the order asked for."""
        order = ", ".join(statements.quote(name) for name in order_by) or "ALL"
        return self.engine.ask_arrays(f"SELECT * FROM {statements.quote(self.relation)} ORDER BY {order}")

    def digest(self) -> str:
        """Return the SHA-256 of the sorted rows with their column names and types: the same rows, the same digest."""
        return self.engine.digest_of(self.relation, self.columns)


class Engine:
    """One locked connection on one directory: nothing outside it can be read, written, attached or installed.

    Raises HouseFault for a statement that names undeclared inputs. Surprise: the lock cannot be undone, not even by us.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        *,
        plane: Plane,
        trace: Trace | None = None,
        reach: Sequence[Path] = (),
    ) -> None:
        self._connection = connection
        self._reach = tuple(place.resolve() for place in reach)
        self.plane = plane
        self.trace = trace if trace is not None else Trace()
        self._made = 0
        self._types: set[str] = set()

    def close(self) -> None:
        """Close the connection; tables made by this engine are gone."""
        self._connection.close()

    def may_read(self, path: Path) -> bool:
        """Say whether a file lies within this engine's lock."""
        place = path.resolve()
        return any(place == allowed or allowed in place.parents for allowed in self._reach)

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- statements for stores -----------------------------------------------------------------------------------

    def change(self, statement: str, parameters: Mapping[str, Any] | Sequence[Any] | None = None) -> None:
        """Run a statement of a store that changes its own tables; values are bound, never written into the text."""
        self._connection.execute(statement, parameters)

    def change_many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one changing statement for each row of parameters."""
        if rows:
            self._connection.executemany(statement, rows)

    def ask(self, statement: str, parameters: Mapping[str, Any] | Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        """Run a statement of a store and return its rows."""
        return self._connection.execute(statement, parameters).fetchall()

    def ask_arrays(
        self, statement: str, parameters: Mapping[str, Any] | None = None
    ) -> dict[str, np.ndarray[Any, Any]]:
        """Run a statement and return its columns as arrays."""
        return self._connection.execute(statement, parameters).fetchnumpy()

    def ask_batches(
        self, statement: str, parameters: Any = None, *, size: int = 50_000
    ) -> Iterator[list[tuple[Any, ...]]]:
        """Run a statement and yield its rows in batches, so that a large answer never stands in memory whole.

        Surprise: the next statement on this engine ends the batches.
        """
        running = self._connection.execute(statement, parameters)
        while batch := running.fetchmany(size):
            yield batch

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run the block in one transaction: all of it happens, or none."""
        self._connection.begin()
        try:
            yield
        except BaseException:
            self._connection.rollback()
            raise
        self._connection.commit()

    # -- tables --------------------------------------------------------------------------------------------------

    def table(self, relation: str, *, name: str | None = None) -> Table:
        """Return a stored relation as a table that carries this engine's plane."""
        return self._as_table(name or relation, relation=relation, plane=self.plane)

    def make_table(
        self, name: str, *, columns: Mapping[str, str], rows: Sequence[Sequence[Any]], plane: Plane
    ) -> Table:
        """Make a table from rows of values; `columns` maps names to SQL types."""
        relation = self._next_relation(name)
        shape = ", ".join(f"{statements.quote(column)} {kind}" for column, kind in columns.items())
        self._connection.execute(f"CREATE TEMP TABLE {statements.quote(relation)} ({shape})")
        if rows:
            self._insert_rows(relation, columns, rows)
        return self._note(self._as_table(name, relation=relation, plane=plane), kind="values", statement="")

    def make_table_from_arrays(
        self,
        name: str,
        *,
        arrays: Mapping[str, np.ndarray[Any, Any]],
        plane: Plane,
        inputs: Sequence[Table] = (),
        statement: str = "",
        parameters: Mapping[str, Any] | None = None,
    ) -> Table:
        """Make a table from arrays of one length, which a numeric step made from the given inputs."""
        relation = self._next_relation(name)
        incoming = dict(arrays)
        self._connection.register("incoming_arrays", incoming)
        try:
            self._connection.execute(f"CREATE TEMP TABLE {statements.quote(relation)} AS FROM incoming_arrays")
        finally:
            self._connection.unregister("incoming_arrays")
        table = self._as_table(name, relation=relation, plane=strictest(plane, *(item.plane for item in inputs)))
        return self._note(table, kind="method", statement=statement, inputs=inputs, parameters=parameters)

    def read_parquet(self, path: Path, *, name: str, plane: Plane | None = None) -> Table:
        """Read a Parquet file of this engine's own directory as a table."""
        relation = self._next_relation(name)
        self._connection.execute(
            f"CREATE TEMP TABLE {statements.quote(relation)} AS SELECT * FROM read_parquet($path)", {"path": str(path)}
        )
        table = self._as_table(name, relation=relation, plane=strictest(plane or self.plane, self.plane))
        return self._note(table, kind="read", statement=f"read {path.name}")

    def scan_parquet(self, path: Path, *, name: str) -> Table:
        """Read a Parquet file of this engine's own directory lazily: again with each statement over it, in its order.

        Surprise: it has one more column than the file, `file_row_number`, and the trace notes -1 rows.
        """
        relation = self._next_relation(name)
        scan = f"read_parquet({locks.literal(str(path))}, file_row_number=true)"
        self._connection.execute(f"CREATE TEMP VIEW {statements.quote(relation)} AS SELECT * FROM {scan}")
        table = replace(self._as_table(name, relation=relation, plane=self.plane), is_dictionary=True)
        return self._note(table, kind="read", statement=f"scan {path.name}", rows=-1)

    def read_text(
        self,
        path: Path,
        *,
        name: str,
        columns: Sequence[str],
        delimiter: str,
        skip: int,
        newline: str,
        largest_line: int,
        is_multiline: bool,
    ) -> Table:
        """Read a rectangular UTF-8 text file of this engine's own directory: lazily, again with each statement over it.

        Every column is text; `skip` lines at the top are left out. Nothing is guessed: a line of another width, a quotation
        mark that never closes or a line over `largest_line` bytes raises StatementFailed when a statement reads it.
        Surprise: its number of rows is not known before, so the trace notes -1.
        """
        relation = self._next_relation(name)
        shape = ", ".join(f"{locks.literal(column)}: 'VARCHAR'" for column in columns)
        # Told that lines end in "\\r\\n", the engine reads no line at all in its strict mode; it finds that end by itself.
        line_end = f"new_line={locks.literal(newline)}, " if newline == "\\n" else ""
        options = (
            f"columns={{{shape}}}, auto_detect=false, header=false, skip={int(skip)}, delim={locks.literal(delimiter)}, "
            f"quote='\"', escape='\"', {line_end}max_line_size={int(largest_line)}, nullstr='', "
            f"strict_mode=true, null_padding=false, parallel={'false' if is_multiline else 'true'}"
        )
        self._connection.execute(
            f"CREATE TEMP VIEW {statements.quote(relation)} AS SELECT * FROM read_csv({locks.literal(str(path))}, {options})"
        )
        table = self._as_table(name, relation=relation, plane=self.plane)
        return self._note(table, kind="read", statement=f"read text of {len(columns)} columns", rows=-1)

    def write_parquet(self, table: Table, path: Path, *, order_by: Sequence[str] = ()) -> None:
        """Write a table as Parquet into this engine's own directory: sorted, so that the same rows give the same bytes."""
        order = ", ".join(statements.quote(name) for name in order_by) or "ALL"
        source = f"SELECT * FROM {statements.quote(table.relation)} ORDER BY {order}"
        options = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880"
        self._connection.execute(f"COPY ({source}) TO {locks.literal(str(path))} ({options})")

    def write_csv(self, table: Table, path: Path, *, delimiter: str, order_by: Sequence[str] = ()) -> None:
        """Write a table as UTF-8 text with a header into this engine's own directory: sorted, like `write_parquet`."""
        order = ", ".join(statements.quote(name) for name in order_by) or "ALL"
        source = f"SELECT * FROM {statements.quote(table.relation)} ORDER BY {order}"
        options = f"FORMAT csv, HEADER true, DELIMITER {locks.literal(delimiter)}, QUOTE '\"', ESCAPE '\"'"
        self._connection.execute(f"COPY ({source}) TO {locks.literal(str(path))} ({options})")

    def drop(self, table: Table) -> None:
        """Forget a table that this engine made, to free its memory."""
        self._connection.execute(f"DROP TABLE IF EXISTS {statements.quote(table.relation)}")

    def digest_of(self, relation: str, columns: Sequence[tuple[str, str]]) -> str:
        """Return the SHA-256 of a relation's sorted rows with the names and types of its columns."""
        shape = ", ".join(f"{statements.quote(name)}" for name, _ in columns)
        summary = hashlib.sha256(repr(tuple(columns)).encode())
        text = f"SELECT to_json([{', '.join(f'CAST({statements.quote(n)} AS VARCHAR)' for n, _ in columns)}])::VARCHAR"
        query = f"{text} FROM {statements.quote(relation)} ORDER BY {shape or 'ALL'}"
        for batch in self.ask_batches(query):
            for (row,) in batch:
                summary.update(row.encode() + b"\n")
        return summary.hexdigest()

    def derive(
        self, name: str, statement: str, *, inputs: Mapping[str, Table], parameters: Mapping[str, Any] | None = None
    ) -> Table:
        """Run one SELECT over the declared inputs and return its rows as a table with the strictest label of them.

        `inputs` gives each table the name the statement uses; values are bound as `$name`. Raises HouseFault where the
        statement names anything that was not declared.
        """
        bound = self._bind(statement, inputs)
        relation = self._next_relation(name)
        started = time.perf_counter()
        self._connection.execute(f"CREATE TEMP TABLE {statements.quote(relation)} AS {bound}", parameters or None)
        table = self._as_table(name, relation=relation, plane=strictest(*(item.plane for item in inputs.values())))
        return self._note(
            table,
            kind="statement",
            statement=statement.strip(),
            inputs=list(inputs.values()),
            parameters=parameters,
            seconds=time.perf_counter() - started,
        )

    def keeps_order(
        self, statement: str, *, inputs: Mapping[str, Table], parameters: Mapping[str, Any] | None = None
    ) -> bool:
        """Say whether the rows of a statement come in the order of its input, so that a row's number is its place there.

        Reads and projections keep the order on all threads; a join, a sort or a group, which the engine may make of a
        sub-query or of a long IN, does not.
        """
        bound = self._bind(statement, inputs)
        plan = self._connection.execute(f"EXPLAIN (FORMAT json) {bound}", parameters or None).fetchall()[0][1]
        return all(name in _ORDERED for step in json.loads(plan) for name in _step_names(step))

    def lower_label(self, table: Table, *, to: Plane, reason: str) -> Table:
        """Return the same rows under a lower label. Only `protect.plan` may make protected and `airlock.seal` public.

        Raises HouseFault where the label would not fall by exactly one step: nothing goes from confidential to public.
        """
        if table.plane.strictness - to.strictness != 1:
            raise errors.HouseFault.because(
                "label_refused", f"A {table.plane} table cannot become {to}.", why="A label falls one step at a time."
            )
        lowered = Table(engine=self, name=table.name, relation=table.relation, plane=to, columns=table.columns)
        return self._note(lowered, kind="label", statement=f"{table.plane} to {to}: {reason}")

    # -- inside --------------------------------------------------------------------------------------------------

    def _insert_rows(self, relation: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
        # Through one array of structs instead of row by row: a hundred times faster and still bound, not written.
        casts = ", ".join(f"CAST(item[{index + 1}] AS {kind})" for index, kind in enumerate(columns.values()))
        texts = [[None if value is None else _as_text(value) for value in row] for row in rows]
        self._connection.execute(
            f"INSERT INTO {statements.quote(relation)} SELECT {casts} FROM (SELECT unnest($rows::VARCHAR[][]) AS item)",
            {"rows": texts},
        )

    def _bind(self, statement: str, inputs: Mapping[str, Table]) -> str:
        """Return a statement over the relations of its inputs; its long enumerations become types of this connection."""
        brief, types = statements.read_briefly(statement)
        for name, enumeration in types.items():
            if name not in self._types:
                self._connection.execute(f"CREATE TEMP TYPE {name} AS {enumeration}")
                self._types.add(name)
        return statements.bind_inputs(brief, relations={key: item.relation for key, item in inputs.items()})

    def _next_relation(self, name: str) -> str:
        self._made += 1
        return f"{name}#{self._made}"

    def _as_table(self, name: str, *, relation: str, plane: Plane) -> Table:
        described = self._connection.execute(f"DESCRIBE {statements.quote(relation)}").fetchall()
        return Table(
            engine=self,
            name=name,
            relation=relation,
            plane=plane,
            columns=tuple((row[0], str(row[1])) for row in described),
        )

    def _note(
        self,
        table: Table,
        *,
        kind: str,
        statement: str,
        inputs: Sequence[Table] = (),
        parameters: Mapping[str, Any] | None = None,
        seconds: float = 0.0,
        rows: int | None = None,
    ) -> Table:
        step = Step(
            makes=table.relation,
            kind=kind,
            statement=statement,
            inputs=tuple((item.relation, item.name) for item in inputs),
            parameters=tuple((key, str(value)) for key, value in (parameters or {}).items()),
            rows=table.row_count if rows is None else rows,
        )
        self.trace.add(step, seconds=seconds)
        return table


def _step_names(step: Mapping[str, Any]) -> Iterator[str]:
    yield str(step["name"]).strip()
    for child in step["children"]:
        yield from _step_names(child)


def _as_text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)

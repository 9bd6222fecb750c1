"""Serves questions of many threads over tables that were loaded once and never change."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from openjustice.ground import errors
from openjustice.ground.engine import locks, statements

# A column of at most so many different texts is kept as places in the list of them.
_LISTED = 10_000
_OPTIONS = {
    "csv": "FORMAT csv, HEADER true",
    "json": "FORMAT json, ARRAY true",
    "parquet": "FORMAT parquet, COMPRESSION zstd",
}


class OutOfTime(Exception):
    """A question was stopped because it took longer than it may."""


class Serving:
    """Public tables in one scratch database: loaded from Parquet once, then only asked, by as many threads as there are.

    Nothing else can be read, written, attached or installed. Surprise: each thread gets a cursor of its own; a question
    that is out of time is stopped inside the engine, not left running.
    """

    def __init__(self, scratch: Path, *, files: tuple[Path, ...], threads: int = 1, memory: str = "1500MB") -> None:
        """Open an empty database in a scratch folder of its own; `files` are the only ones it may load."""
        self.scratch = scratch.resolve()
        self._connection = duckdb.connect(str(self.scratch / "served.duckdb"))
        self._connection.execute(
            "SET enable_progress_bar=false"
        )  # nothing is told about questions, nor how long they take
        for setting in locks.lock_settings(self.scratch, files, threads=threads, memory=memory):
            self._connection.execute(setting)
        self._of_thread = threading.local()
        self._brake = _Brake()
        self._loading = threading.Lock()
        self._made = 0

    def close(self) -> None:
        """Close the database; the scratch folder can then be removed."""
        self._brake.stop()
        self._connection.close()

    def load(self, path: Path) -> tuple[str, tuple[tuple[str, str], ...], int]:
        """Load a Parquet file; return the name of its relation, its columns with their types, and its number of rows.

        Surprise: texts that repeat are kept as entries of a sorted list, which halves the work of a group; they compare and
        sort as the texts they are, but a limit on one must be asked of `CAST(column AS VARCHAR)`.
        """
        with self._loading:
            self._made += 1
            relation = f"served#{self._made}"
            source = f"read_parquet({locks.literal(str(path))})"
            columns = self._connection.execute(f"DESCRIBE FROM {source}").fetchall()
            shape = ", ".join(self._listed(relation, source, name, kind) for name, kind, *_ in columns)
            self._connection.execute(f"CREATE TABLE {statements.quote(relation)} AS SELECT {shape} FROM {source}")
            count = self._connection.execute(f"SELECT count(*) FROM {statements.quote(relation)}").fetchall()[0][0]
        return relation, tuple((row[0], str(row[1])) for row in columns), int(count)

    def _listed(self, relation: str, source: str, name: str, kind: str) -> str:
        """Return a column as it is loaded: one of repeating texts by its place in the list of them."""
        column = statements.quote(name)
        if kind != "VARCHAR":
            return column
        asked = f"SELECT count(DISTINCT {column}) FROM {source}"
        if not 0 < self._connection.execute(asked).fetchall()[0][0] <= _LISTED:
            return column
        listed = statements.quote(f"{relation}:{name}")
        texts = f"SELECT DISTINCT {column} FROM {source} WHERE {column} IS NOT NULL ORDER BY 1"
        self._connection.execute(f"CREATE TYPE {listed} AS ENUM ({texts})")
        return f"CAST({column} AS {listed}) AS {column}"

    def ask(self, statement: str, parameters: Mapping[str, Any], *, seconds: float) -> list[tuple[Any, ...]]:
        """Return the rows of a statement; raises OutOfTime where it takes longer than `seconds`."""
        with self._running(seconds) as cursor:
            return cursor.execute(statement, parameters or None).fetchall()

    def write(self, statement: str, parameters: Mapping[str, Any], path: Path, *, form: str, seconds: float) -> None:
        """Write the rows of a statement into a new file of the scratch folder as csv, json or parquet; else like `ask`."""
        if path.resolve().parent != self.scratch or form not in _OPTIONS:
            raise errors.HouseFault.because(
                "outside_scratch", "An answer was to be written outside the scratch folder."
            )
        with self._running(seconds) as cursor:
            cursor.execute(
                f"COPY ({statement}) TO {locks.literal(str(path.resolve()))} ({_OPTIONS[form]})", parameters or None
            )

    @contextmanager
    def _running(self, seconds: float) -> Iterator[duckdb.DuckDBPyConnection]:
        cursor = getattr(self._of_thread, "cursor", None)
        if cursor is None:
            cursor = self._of_thread.cursor = self._connection.cursor()
        running = self._brake.start(cursor, seconds)
        try:
            yield cursor
        except duckdb.InterruptException:
            raise OutOfTime from None
        finally:
            self._brake.end(running)


class _Brake:
    """One thread that interrupts what runs out of time: starting a timer for each question costs more than most questions."""

    _STEP = 0.05

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[int, tuple[float, duckdb.DuckDBPyConnection]] = {}
        self._wake = threading.Event()
        self._made, self._stopped = 0, False
        threading.Thread(target=self._watch, daemon=True, name="brake").start()

    def start(self, cursor: duckdb.DuckDBPyConnection, seconds: float) -> int:
        with self._lock:
            self._made += 1
            self._running[self._made] = (time.monotonic() + seconds, cursor)
            number = self._made
        self._wake.set()
        return number

    def end(self, number: int) -> None:
        with self._lock:
            del self._running[number]

    def stop(self) -> None:
        self._stopped = True
        self._wake.set()

    def _watch(self) -> None:
        while not self._stopped:
            self._wake.wait()
            time.sleep(self._STEP)
            with self._lock:  # what has ended is not here any more, so no later question is interrupted
                for due, cursor in self._running.values():
                    if due < time.monotonic():
                        cursor.interrupt()
                if not self._running and not self._stopped:
                    self._wake.clear()

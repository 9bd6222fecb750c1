"""What an open confidential store can do: every change of state writes its audit record in the same transaction."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from openjustice.confidential.store.home import Home
from openjustice.confidential.store.schema import LATER, RECORD_COLUMNS, fit_records, records_relation
from openjustice.ground import engine, errors
from openjustice.ground.lifecycle import Lifecycle, Transition
from openjustice.ground.terms import Approval

Row = dict[str, Any]
IN_FORCE = ("accepted", "accepted_with_queries")
AWAITED = ("open", "reopened")  # a query in these states waits for its reporter
# Which table holds a thing; a lifecycle names its thing by the same word.
_TABLE_OF = {
    "submission": "submissions", "query": "queries", "statement": "statements", "assessment": "assessments",
    "draft": "drafts",
}  # fmt: skip
# The commands that show the numbers of things, where they are not named for the thing.
_SHOWN_BY = {"statement": "obligations list --json", "assessment": "quality list"}
# What is counted for a status page; an assessment has one state and is done when it is made.
_COUNTED = ("submission", "query", "draft")


@dataclass(frozen=True)
class SealedCell:
    """The true value of one cell of a sealed release, kept so that later releases cannot give a hidden one away."""

    table_id: str
    address: tuple[tuple[str, str], ...]
    value: int
    hidden: bool


class Store:
    """An open confidential store. Times and actors are given; no value of a record enters the audit."""

    def __init__(self, opened: engine.Engine, home: Home) -> None:
        self.engine = opened
        self.home = home
        self._depth = 0

    # -- things and their states -----------------------------------------------------------------------------------

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run the block in one transaction; inside another, it becomes part of it."""
        if self._depth:
            yield
            return
        self._depth += 1
        try:
            with self.engine.transaction():
                yield
        finally:
            self._depth -= 1

    def create(
        self, thing: str, *, values: Mapping[str, Any], state: str, event: str, actor: str, at: str, detail: str = ""
    ) -> int:
        """Add a thing in its first state, with its audit record; returns its number."""
        with self.transaction():
            number = self.next_number(thing)
            self._insert(_TABLE_OF[thing], {"number": number, "state": state, **values})
            self.note(event, thing=thing, number=number, actor=actor, at=at, to_state=state, detail=detail)
        return number

    def step(
        self,
        lifecycle: Lifecycle,
        number: int,
        *,
        act: str,
        actor: str,
        at: str,
        detail: str = "",
        changes: Mapping[str, Any] | None = None,
        thing: str | None = None,
    ) -> Transition:
        """Move a thing along its lifecycle, change what goes with it, and write the audit record, all or nothing.

        `thing` names the thing where the lifecycle calls it otherwise. Raises AccessRefused where the lifecycle does not
        allow the act, or there is no such thing.
        """
        thing = thing or lifecycle.thing
        with self.transaction():
            state = self.get(thing, number)["state"]
            taken = lifecycle.step(state, act)
            self._update(_TABLE_OF[thing], number, {**(changes or {}), "state": taken.target})
            self.note(
                taken.audit,
                thing=thing,
                number=number,
                actor=actor,
                at=at,
                from_state=state,
                to_state=taken.target,
                detail=detail,
            )
        return taken

    def note(
        self,
        event: str,
        *,
        thing: str,
        number: int,
        actor: str,
        at: str,
        from_state: str | None = None,
        to_state: str | None = None,
        detail: str = "",
    ) -> None:
        """Write an audit record. `detail` is for counts, rules and digests, never for a record's value."""
        following = self.engine.ask("SELECT coalesce(max(number), 0) + 1 FROM audit")[0][0]
        self._insert(
            "audit",
            {
                "number": following,
                "at": at,
                "actor": actor,
                "event": event,
                "thing": thing,
                "thing_id": number,
                "from_state": from_state,
                "to_state": to_state,
                "detail": detail,
            },
        )

    def get(self, thing: str, number: int) -> Row:
        """Return one thing by its number; raises AccessRefused where there is none."""
        found = self.find(thing, number=number)
        if found:
            return found[0]
        raise errors.AccessRefused.because(
            f"unknown_{thing}", f"There is no {thing} {number}.", ask="the owner of the home",
            way_out=f"See their numbers with: openjustice {_SHOWN_BY.get(thing, _TABLE_OF[thing] + ' list')}",
        )  # fmt: skip

    def find(self, thing: str, **equals: Any) -> list[Row]:
        """Return the things whose columns equal the given values, by number."""
        return self._select(_TABLE_OF[thing], equals, order=("number",))

    def audit(self, *, thing: str | None = None, number: int | None = None) -> list[Row]:
        """Return the audit records, first things first, of everything or of one thing."""
        equals = {key: value for key, value in {"thing": thing, "thing_id": number}.items() if value is not None}
        return self._select("audit", equals, order=("number",))

    def next_number(self, thing: str) -> int:
        """Return the number that the next thing of this kind will have."""
        return int(self.engine.ask(f"SELECT coalesce(max(number), 0) + 1 FROM {engine.quote(_TABLE_OF[thing])}")[0][0])

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Give an empty folder that the engine may read and write, for the block; it is removed even after a stop."""
        folder = self.home.scratch.resolve()
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder)

    # -- submissions and records -----------------------------------------------------------------------------------

    def known_files(self) -> frozenset[str]:
        """Return the SHA-256 of every file that a submission names."""
        return frozenset(row[0] for row in self.engine.ask("SELECT DISTINCT sha256 FROM submissions"))

    def submissions_in_force(self, dataset: str) -> list[Row]:
        """Return the accepted submissions of a dataset that no later one superseded."""
        return [row for row in self.find("submission", dataset=dataset) if row["state"] in IN_FORCE]

    def add_findings(self, submission: int, findings: Sequence[Row]) -> None:
        """Keep the counts of a submission's findings: rule, severity, field, words, exact count, first lines."""
        for row in findings:
            self._insert("findings", {"submission": submission, **row})

    def findings(self, submission: int) -> list[Row]:
        """Return the counts of a submission's findings, hard ones first."""
        return self._select("findings", {"submission": submission}, order=("severity", "rule", "field"))

    def add_records(
        self,
        records: engine.Table,
        *,
        dataset: str,
        submission: int,
        fields: Mapping[str, str],
        apart: Collection[str] = (),
    ) -> None:
        """Add the records of a submission; `fields` gives each kept field its SQL type, and names no direct identifier.

        `records` has these fields with `_record` and `_line`; `apart` names the direct identifiers. Raises RegistryRefused
        where a field changed its type since earlier records were kept, or became a direct identifier.
        """
        relation = records_relation(dataset)
        with self.transaction():
            fit_records(self.engine, relation, fields=fields, apart=apart)
            columns = ", ".join(engine.quote(name) for name in ("_record", "_line", *fields))
            self.engine.change(
                f"INSERT INTO {engine.quote(relation)} (_submission, {columns}) "
                f"SELECT $submission, {columns} FROM {engine.quote(records.relation)}",
                {"submission": submission},
            )

    def current_records(self, dataset: str) -> engine.Table:
        """Return the records in force: the contract's fields without direct identifiers, `_record`, `_submission`, `_line`.

        Raises SubmissionRefused where nothing was accepted for the dataset yet.
        """
        in_force = [row["number"] for row in self.submissions_in_force(dataset)]
        if not in_force:
            raise errors.SubmissionRefused.because(
                "no_records",
                f"There are no records of '{dataset}'.",
                why="No submission of it is in force.",
                way_out="Send a file with: openjustice submit",
            )
        stored = self.engine.table(records_relation(dataset), name=dataset)
        return self.engine.derive(
            dataset,
            "SELECT * FROM records WHERE list_contains($in_force, _submission)",
            inputs={"records": stored},
            parameters={"in_force": in_force},
        )

    def input_digest(self, dataset: str) -> str:
        """Return the SHA-256 of the records in force, by their contract's fields alone: any home gives the same."""
        table = self.current_records(dataset)
        columns = sorted((name, kind) for name, kind in table.columns if name not in RECORD_COLUMNS)
        digest = self.engine.digest_of(table.relation, columns)
        self.engine.drop(table)
        return digest

    # -- drafts and releases ---------------------------------------------------------------------------------------

    def register_draft(
        self,
        *,
        jurisdiction: str,
        dataset: str,
        author: str,
        at: str,
        digest: str,
        state: str = "drafted",
        event: str = "draft_made",
    ) -> int:
        """Note a draft that stands complete in `draft_directory(next_number("draft"))`; returns its number."""
        values = {"jurisdiction": jurisdiction, "dataset": dataset, "author": author, "at": at, "digest": digest}
        return self.create("draft", values=values, state=state, event=event, actor=author, at=at, detail=digest)

    def draft(self, number: int) -> Row:
        """Return what is noted of a draft; raises AccessRefused where there is none."""
        return self.get("draft", number)

    def draft_state(self, number: int) -> str:
        """Return the state of a draft."""
        return str(self.draft(number)["state"])

    def draft_directory(self, number: int) -> Path:
        """Return the folder of a draft."""
        return self.home.drafts / str(number)

    def mark_draft(
        self,
        number: int,
        *,
        lifecycle: Lifecycle,
        act: str,
        actor: str,
        at: str,
        detail: str = "",
        changes: Mapping[str, Any] | None = None,
    ) -> Transition:
        """Move a draft along the lifecycle of its release request."""
        return self.step(lifecycle, number, act=act, actor=actor, at=at, detail=detail, changes=changes, thing="draft")

    def record_approval(self, number: int, approval: Approval) -> None:
        """Keep a checker's yes to a draft, with its audit record."""
        with self.transaction():
            self._insert(
                "approvals",
                {
                    "draft": number,
                    "checker": approval.checker,
                    "role": approval.role,
                    "at": approval.at,
                    "digest": approval.digest,
                },
            )
            self.note(
                "draft_approved",
                thing="draft",
                number=number,
                actor=approval.checker,
                at=approval.at,
                detail=f"{approval.role}: {approval.digest}",
            )

    def approvals(self, number: int) -> tuple[Approval, ...]:
        """Return the approvals of a draft, first things first."""
        rows = self._select("approvals", {"draft": number}, order=("at", "checker"))
        return tuple(Approval(**{key: row[key] for key in ("checker", "role", "at", "digest")}) for row in rows)

    def save_sealed_cells(self, release: str, *, dataset: str, cells: Sequence[SealedCell]) -> None:
        """Keep the true cells of a release. Saving the same release again replaces them: a seal may be resumed."""
        texts = [
            [item.table_id, _address_text(item.address), str(item.value), str(item.hidden).lower()] for item in cells
        ]
        with self.transaction():
            self.engine.change("DELETE FROM sealed_cells WHERE release = ?", [release])
            self.engine.change(
                "INSERT INTO sealed_cells SELECT $release, $dataset, item[1], item[2], item[3]::BIGINT, item[4]::BOOLEAN "
                "FROM (SELECT unnest($cells::VARCHAR[][]) AS item)",
                {"release": release, "dataset": dataset, "cells": texts},
            )

    def sealed_cells(self, dataset: str) -> dict[str, list[SealedCell]]:
        """Return the true cells of every sealed release of a dataset, by release."""
        rows = self._select("sealed_cells", {"dataset": dataset}, order=("release", "table_id", "address"))
        found: dict[str, list[SealedCell]] = {}
        for row in rows:
            address = tuple((str(name), str(code)) for name, code in json.loads(row["address"]))
            cell = SealedCell(table_id=row["table_id"], address=address, value=row["value"], hidden=row["hidden"])
            found.setdefault(row["release"], []).append(cell)
        return found

    # -- figures ---------------------------------------------------------------------------------------------------

    def summary(self, *, today: date) -> Row:
        """Return figures for a status page: submissions, queries (with how many are overdue) and drafts by state."""
        overdue = "SELECT count(*) FROM queries WHERE list_contains($awaited, state) AND due_date < $today"
        datasets = sorted({row["dataset"] for row in self.find("submission")})
        return {
            **{_TABLE_OF[thing]: self._count_by_state(thing) for thing in _COUNTED},
            "queries_overdue": int(self.engine.ask(overdue, {"today": today, "awaited": AWAITED})[0][0]),
            "records": {name: sum(row["rows"] for row in self.submissions_in_force(name)) for name in datasets},
        }

    # -- inside ----------------------------------------------------------------------------------------------------

    def _count_by_state(self, thing: str) -> dict[str, int]:
        rows = self.engine.ask(
            f"SELECT state, count(*) FROM {engine.quote(_TABLE_OF[thing])} GROUP BY state ORDER BY state"
        )
        return {str(state): int(count) for state, count in rows}

    def _select(self, relation: str, equals: Mapping[str, Any], *, order: Sequence[str]) -> list[Row]:
        if relation in LATER and not self._has(relation):
            return []  # an older home, opened to read: nothing was ever written there
        columns = [row[0] for row in self.engine.ask(f"DESCRIBE {engine.quote(relation)}")]
        where = " AND ".join(f"{engine.quote(name)} = ?" for name in equals) or "true"
        by = ", ".join(engine.quote(name) for name in order)
        rows = self.engine.ask(
            f"SELECT * FROM {engine.quote(relation)} WHERE {where} ORDER BY {by}", list(equals.values())
        )
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def _has(self, relation: str) -> bool:
        statement = "SELECT 1 FROM duckdb_tables() WHERE table_name = ? AND NOT temporary"
        return bool(self.engine.ask(statement, [relation]))

    def _insert(self, relation: str, values: Mapping[str, Any]) -> None:
        columns = ", ".join(engine.quote(name) for name in values)
        marks = ", ".join("?" for _ in values)
        self.engine.change(f"INSERT INTO {engine.quote(relation)} ({columns}) VALUES ({marks})", list(values.values()))

    def _update(self, relation: str, number: int, changes: Mapping[str, Any]) -> None:
        assigned = ", ".join(f"{engine.quote(name)} = ?" for name in changes)
        self.engine.change(
            f"UPDATE {engine.quote(relation)} SET {assigned} WHERE number = ?", [*changes.values(), number]
        )


def _address_text(address: Sequence[tuple[str, str]]) -> str:
    return json.dumps([list(pair) for pair in address], ensure_ascii=False, separators=(",", ":"))

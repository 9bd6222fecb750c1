"""Receives a file: kept byte for byte, checked against its contract, then accepted, accepted with queries, or returned."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from openjustice.confidential import identities
from openjustice.confidential.collect import examination, queries, statements, submission
from openjustice.confidential.collect.examination import Examined
from openjustice.confidential.collect.findings import CheckResult, Tally
from openjustice.confidential.collect.submission import State
from openjustice.confidential.identities import Identities
from openjustice.confidential.store import IN_FORCE, RawFile, Store, Waiting, keep_file, open_store
from openjustice.contracts.jurisdiction import Dataset, Jurisdiction
from openjustice.ground import engine
from openjustice.ground.terms import Period, Role

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Receipt:
    """What a sender takes home: the submission's number and state, and what is asked of them. No value of a record."""

    number: int
    state: str
    dataset: str
    reporter: str
    period: str
    sha256: str
    rows: int
    queries: tuple[int, ...] = ()
    supersedes: int | None = None
    repeated: bool = False
    result: CheckResult | None = None


@dataclass(frozen=True)
class _Sending:
    """Who sends what, for when, and when it came."""

    dataset: Dataset
    jurisdiction: Jurisdiction
    reporter: str
    period: Period
    file_name: str
    actor: str
    at: str
    rules_digest: str

    @property
    def today(self) -> date:
        return date.fromisoformat(self.at[:10])

    def is_same(self, row: dict[str, Any]) -> bool:
        return bool(row["reporter"] == self.reporter and row["period"] == self.period.text)


def submit(
    path: Path,
    *,
    home: Path,
    dataset: Dataset,
    jurisdiction: Jurisdiction,
    reporter: str,
    period: str,
    actor: str,
    at: str,
    key: bytes,
    progress: Progress | None = None,
    waiting: Waiting | None = None,
) -> Receipt:
    """Receive one file for a dataset, reporter and period: all of it is kept, or nothing is.

    Raises SubmissionRefused where the file, the reporter or the period cannot be accepted for checking. Surprise: a file
    that fails a hard check is kept too, and its submission stands as returned; the same bytes sent again change nothing.
    """
    told = progress or _silent
    submission.check_file(path)
    submission.check_one_table(dataset)
    today = date.fromisoformat(at[:10])
    read = submission.check_sending(
        dataset=dataset, jurisdiction=jurisdiction, reporter=reporter, period=period, today=today
    )
    sending = _Sending(
        dataset=dataset,
        jurisdiction=jurisdiction,
        reporter=reporter,
        period=read,
        file_name=path.name,
        actor=actor,
        at=at,
        rules_digest=rules_digest(dataset, jurisdiction),
    )
    with open_store(home, waiting=waiting) as store:
        known = [row["number"] for row in store.find("submission")]
        with identities.open_identities(store.home.identities, known=known) as apart:
            return _receive(path, store=store, apart=apart, sending=sending, key=key, told=told)


def rules_digest(dataset: Dataset, jurisdiction: Jurisdiction) -> str:
    """Return the SHA-256 of everything that a file of this dataset is checked against."""
    names = sorted({field.codelist for field in dataset.contract.fields.values() if field.codelist})
    rules = [
        dataset.contract.model_dump(mode="json"),
        dataset.checks.model_dump(mode="json"),
        {name: mapping.model_dump(mode="json") for name, mapping in dataset.mappings.items()},
        {name: jurisdiction.codelist(name).model_dump(mode="json") for name in names},
    ]
    return hashlib.sha256(json.dumps(rules, sort_keys=True).encode()).hexdigest()


def _receive(path: Path, *, store: Store, apart: Identities, sending: _Sending, key: bytes, told: Progress) -> Receipt:
    submission.check_home(store.find("submission", dataset=sending.dataset.id), dataset=sending.dataset)
    in_force = store.submissions_in_force(sending.dataset.id)
    submission.check_overlap(sending.period, reporter=sending.reporter, in_force=in_force)
    told(0.0, "Keeping the file")
    kept = keep_file(path, folder=store.home.raw)
    if same := _find_repeated(store, sending=sending, kept=kept):
        return same
    with store.scratch() as folder:
        examined = examination.examine(
            kept.path,
            file_name=sending.file_name,
            opened=store.engine,
            scratch=folder,
            dataset=sending.dataset,
            jurisdiction=sending.jurisdiction,
            period=sending.period,
            today=sending.today,
            progress=told,
        )
    told(0.9, "Writing the submission")
    replaced = next((row["number"] for row in in_force if sending.is_same(row)), None)
    number = store.next_number("submission")
    if examined.records is None or examined.is_returned:
        with store.transaction():
            return _register(store, sending=sending, kept=kept, examined=examined, act="return", replaced=None)
    prepared = _prepare(store, records=examined.records, dataset=sending.dataset, key=key)
    try:
        _keep_identities(apart, store=store, prepared=prepared, dataset=sending.dataset, number=number)
        with store.transaction():
            return _accept(store, prepared, sending=sending, kept=kept, examined=examined, replaced=replaced)
    except BaseException:
        apart.remove(number)
        raise


def _find_repeated(store: Store, *, sending: _Sending, kept: RawFile) -> Receipt | None:
    """Find the submission that the same bytes made already: in force, or the latest and returned, under the same rules."""
    sent = [row for row in store.find("submission", dataset=sending.dataset.id) if sending.is_same(row)]
    standing = [row for row in sent if row["state"] in IN_FORCE]
    latest = [row for row in sent[-1:] if row["state"] == State.RETURNED]
    for row in standing + latest:
        if row["sha256"] == kept.sha256 and row["rules_digest"] == sending.rules_digest:
            asked = tuple(item["number"] for item in queries.list_awaited(store, of=row["number"]))
            return replace(_receipt(row, queries=asked), repeated=True)
    return None


def _prepare(store: Store, *, records: engine.Table, dataset: Dataset, key: bytes) -> engine.Table:
    """Make the records with their keyed pseudonym. Not by `derive`: its trace would keep the key."""
    fields = ", ".join(engine.quote(name) for name in dataset.contract.fields)
    parameters = identities.pseudonym_parameters(key=key, scope=dataset.address)
    store.engine.change("DROP TABLE IF EXISTS prepared")
    store.engine.change(
        f"CREATE TEMP TABLE prepared AS SELECT {identities.pseudonym_sql(dataset.contract.key)} AS _record, {fields}, _line "
        f"FROM {engine.quote(records.relation)}",
        parameters,
    )
    return store.engine.table("prepared")


def _keep_identities(apart: Identities, *, store: Store, prepared: engine.Table, dataset: Dataset, number: int) -> None:
    """Hand the direct identifiers over in a file, which a stop leaves only where the next opening removes it."""
    fields = {
        name: dataset.contract.fields[name].type.sql for name in dataset.contract.fields_with(Role.DIRECT_IDENTIFIER)
    }
    if not fields:
        return
    named = ", ".join(engine.quote(name) for name in ("_record", "_line", *fields))
    handed = store.engine.derive("identities", f"SELECT {named} FROM prepared", inputs={"prepared": prepared})
    with store.scratch() as folder:
        store.engine.write_parquet(handed, folder / "identities.parquet", order_by=["_line"])
        store.engine.drop(handed)
        apart.add(dataset.id, submission=number, fields=fields, source=folder / "identities.parquet")


def _accept(
    store: Store, prepared: engine.Table, *, sending: _Sending, kept: RawFile, examined: Examined, replaced: int | None
) -> Receipt:
    contract = sending.dataset.contract
    act = "accept_with_queries" if examined.soft else "accept"
    receipt = _register(store, sending=sending, kept=kept, examined=examined, act=act, replaced=replaced)
    fields = {
        name: field.type.sql for name, field in contract.fields.items() if field.role is not Role.DIRECT_IDENTIFIER
    }
    apart = contract.fields_with(Role.DIRECT_IDENTIFIER)
    store.add_records(prepared, dataset=sending.dataset.id, submission=receipt.number, fields=fields, apart=apart)
    asked = tuple(_ask(store, finding, sending=sending, of=receipt.number) for finding in examined.soft)
    if replaced is not None:
        _supersede(store, replaced, by=receipt.number, sending=sending)
    statements.supersede(
        store, dataset=sending.dataset.id, reporter=sending.reporter, period=sending.period, by=receipt.number,
        actor=sending.actor, at=sending.at,
    )  # fmt: skip
    return replace(receipt, queries=asked)


def _register(
    store: Store, *, sending: _Sending, kept: RawFile, examined: Examined, act: str, replaced: int | None
) -> Receipt:
    """Write the submission and its way through its states, each with its audit record."""
    actor, at = sending.actor, sending.at
    values = {
        "jurisdiction": sending.jurisdiction.id, "dataset": sending.dataset.id, "reporter": sending.reporter,
        "period": sending.period.text, "starts_on": sending.period.starts_on, "ends_before": sending.period.ends_before,
        "sha256": kept.sha256, "bytes": kept.bytes, "file_name": sending.file_name, "mapping": examined.result.mapping,
        "rows": examined.result.rows, "rules_digest": sending.rules_digest, "received_at": sending.at,
        "received_by": sending.actor, "supersedes": replaced,
    }  # fmt: skip
    number = store.create(
        "submission",
        values=values,
        state=State.RECEIVED,
        event="submission_received",
        detail=kept.sha256,
        actor=actor,
        at=at,
    )
    store.step(submission.LIFECYCLE, number, act="check", detail=examined.counts_text, actor=actor, at=at)
    store.step(submission.LIFECYCLE, number, act=act, actor=actor, at=at)
    store.add_findings(number, [_finding_row(item) for item in examined.result.tallies])
    return replace(_receipt(store.get("submission", number)), result=examined.result)


def _finding_row(item: Tally) -> dict[str, Any]:
    kept = {name: getattr(item, name) for name in ("rule", "field", "says", "fix", "count")}
    return {**kept, "severity": item.severity.value, "lines": list(item.lines)}


def _ask(store: Store, finding: Tally, *, sending: _Sending, of: int) -> int:
    due_date = sending.today + timedelta(days=sending.dataset.contract.period.due_days)
    return queries.open_query(
        store, of=of, dataset=sending.dataset.id, reporter=sending.reporter, finding=finding, due_date=due_date,
        actor=sending.actor, at=sending.at,
    )  # fmt: skip


def _supersede(store: Store, number: int, *, by: int, sending: _Sending) -> None:
    queries.withdraw_queries(store, of=number, actor=sending.actor, at=sending.at)
    store.step(
        submission.LIFECYCLE,
        number,
        act="supersede",
        actor=sending.actor,
        at=sending.at,
        detail=f"by submission {by}",
        changes={"superseded_by": by},
    )


def _receipt(row: dict[str, Any], *, queries: tuple[int, ...] = ()) -> Receipt:
    shared = {
        name: row[name] for name in ("number", "state", "dataset", "reporter", "period", "sha256", "rows", "supersedes")
    }
    return Receipt(**shared, queries=queries)


def _silent(_share: float, _words: str) -> None:
    """Tell nobody."""

"""Checks a delivery of several tables: each against its own part of the contract, then what holds between them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from openjustice.confidential.collect import across, ingest, validate
from openjustice.confidential.collect.delivery import Delivery, open_delivery
from openjustice.confidential.collect.findings import CheckResult, Tally, in_order
from openjustice.confidential.collect.ingest import Ingested, Limits
from openjustice.confidential.collect.ingest.source import Progress
from openjustice.contracts import related
from openjustice.contracts.jurisdiction import Dataset, Jurisdiction
from openjustice.ground import engine as engines
from openjustice.ground.terms import Plane

# What makes a table's fields unreadable, so that nothing can be said of what hangs on its records.
_UNREADABLE = frozenset({"missing_column", "duplicate_column"})


@dataclass(frozen=True)
class CheckedTables:
    """A delivery that was checked, with every table that could be read, for one who may keep the records."""

    delivery: Delivery
    parts: Mapping[str, Ingested]
    result: CheckResult


def check_delivery(
    path: Path,
    *,
    dataset: Dataset,
    jurisdiction: Jurisdiction,
    today: date,
    limits: Limits | None = None,
    limit_per_rule: int | None = None,
    mapping: str | None = None,
    progress: Progress | None = None,
) -> CheckResult:
    """Check a delivery of several tables and return everything that was found. Needs no home and keeps nothing."""
    with tempfile.TemporaryDirectory(prefix="openjustice-") as folder:
        scratch = Path(folder).resolve()
        files = [item for item in path.iterdir() if item.is_file()] if path.is_dir() else [path]
        with engines.open_memory(plane=Plane.CONFIDENTIAL, directory=scratch, files=files) as opened:
            return open_and_check(
                path, engine=opened, scratch=scratch, dataset=dataset, jurisdiction=jurisdiction, today=today,
                limits=limits, limit_per_rule=limit_per_rule, mapping=mapping, progress=progress,
            ).result  # fmt: skip


def open_and_check(
    path: Path,
    *,
    engine: engines.Engine,
    scratch: Path,
    dataset: Dataset,
    jurisdiction: Jurisdiction,
    today: date,
    limits: Limits | None = None,
    limit_per_rule: int | None = None,
    mapping: str | None = None,
    progress: Progress | None = None,
) -> CheckedTables:
    """Open a delivery, check every table, then what holds between them. `scratch` is a folder that the engine may read."""
    known = limits or ingest.read_limits()
    if limit_per_rule is not None:
        known = known.model_copy(update={"listed_lines": limit_per_rule})
    tell = progress or (lambda share, words: None)
    contract = dataset.contract
    folder = scratch / "delivery"
    folder.mkdir()
    delivery = open_delivery(path, contract=contract, scratch=folder, limits=known)
    parts: dict[str, Ingested] = {}
    rows: dict[str, int] = {}
    found: list[Tally] = list(delivery.faults)
    tables = [table for table in related.table_names(contract) if table in delivery.files]
    for place, table in enumerate(tables):
        own = scratch / f"table {table}"
        own.mkdir()

        def told(share: float, words: str, *, place: int = place, table: str = table) -> None:
            tell((place + share) / (len(tables) + 1), f"{table}: {words}")

        parts[table], result = validate.read_and_check(
            delivery.files[table], engine=engine, scratch=own, dataset=related.flat_dataset(dataset, table),
            jurisdiction=jurisdiction, today=today, limits=known, mapping=mapping, progress=told,
            is_part=True,
        )  # fmt: skip
        rows[table] = result.rows
        found += [
            replace(item, table=table)
            for item in result.tallies
            if not (item.rule == "no_rows" and table in contract.tables)
        ]
    readable = {
        table: item
        for table, item in parts.items()
        if item.match is not None and not _UNREADABLE & {fault.rule for fault in item.faults}
    }
    tell(len(tables) / (len(tables) + 1), "checking between the tables")
    found += across.find_across(
        readable, dataset=dataset, jurisdiction=jurisdiction, today=today, limit=known.listed_lines, engine=engine
    )  # fmt: skip
    tell(1.0, "checked")
    main = contract.main_table
    forms = {item.form for item in parts.values() if item.form}
    form = (
        delivery.form if delivery.lines else f"{delivery.form}: {', '.join(sorted(forms))}" if forms else delivery.form
    )
    result = CheckResult(
        file=delivery.sent.name, sha256=delivery.sent.sha256, size=delivery.sent.size, dataset=dataset.address,
        title=contract.title, mapping=parts[main].mapping if main in parts else None, form=form,
        rows=rows.get(main, 0), tallies=in_order(_with_sent_lines(item, delivery) for item in found), table_rows=rows,
    )  # fmt: skip
    return CheckedTables(delivery, readable, result)


def _with_sent_lines(tally: Tally, delivery: Delivery) -> Tally:
    if tally.table not in delivery.lines:
        return tally
    lines = {delivery.line(tally.table, line) for line in tally.lines}
    return replace(tally, lines=tuple(sorted(lines)))

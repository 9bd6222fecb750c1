"""Makes homes of the invented jurisdiction with records in force, without the collecting room: straight into the store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from openjustice.confidential import store as stores
from openjustice.confidential.store import Store
from openjustice.contracts import registry, synthetic
from openjustice.contracts.dataset import Contract
from openjustice.contracts.jurisdiction import Jurisdiction
from openjustice.contracts.registry import Registry
from openjustice.ground.terms import Plane, Role

KEY = bytes(range(32))
AT = "2026-03-02T09:00:00+00:00"
SEED = 7
Rows = list[dict[str, str]]


def load_registry(root: Path) -> Registry:
    """Load the invented jurisdiction alone."""
    return registry.load_registry([root], only=["demo"])


def invent_rows(jurisdiction: Jurisdiction, *, rows: int) -> dict[str, Rows]:
    """Invent rows for every dataset: so many where each row is a person, the generator's own number elsewhere."""
    made = {}
    for name, dataset in jurisdiction.datasets.items():
        generator = synthetic.read_generator(dataset)
        assert generator is not None
        made[name] = synthetic.make_synthetic_rows(
            dataset.contract, codelists=jurisdiction.codelists, generator=generator, seed=SEED, rows=rows
        )
    return made


def make_home(path: Path, *, jurisdiction: Jurisdiction, rows: Mapping[str, Rows]) -> Path:
    """Make a home in which these rows are the records in force."""
    stores.make_home(path, key=KEY, at=AT, wait_seconds=5)
    with stores.open_store(path) as store:
        for name, given in rows.items():
            accept_rows(store, jurisdiction.datasets[name].contract, rows=given, jurisdiction=jurisdiction.id)
    return path


def accept_rows(store: Store, contract: Contract, *, rows: Rows, jurisdiction: str) -> None:
    """Put rows in force as one accepted submission; direct identifiers stay out."""
    number = store.create(
        "submission", state="accepted", event="test", actor="clerk", at=AT,
        values={
            "jurisdiction": jurisdiction, "dataset": contract.dataset, "reporter": "all", "period": "2016/2025",
            "starts_on": date(2016, 1, 1), "ends_before": date(2026, 1, 1), "sha256": f"{len(rows)}", "bytes": 0,
            "file_name": "test", "mapping": None, "rows": len(rows), "rules_digest": "", "received_at": AT,
            "received_by": "clerk", "supersedes": None, "superseded_by": None,
        },
    )  # fmt: skip
    fields = {name: item for name, item in contract.fields.items() if item.role is not Role.DIRECT_IDENTIFIER}
    types = {name: item.type.sql for name, item in fields.items()}
    values = [
        [f"r{index}", index + 2, *(_value(row[name], missing=fields[name].missing) for name in fields)]
        for index, row in enumerate(rows)
    ]
    columns = {"_record": "VARCHAR", "_line": "BIGINT", **types}
    table = store.engine.make_table("given", columns=columns, rows=values, plane=Plane.CONFIDENTIAL)
    store.add_records(table, dataset=contract.dataset, submission=number, fields=types)


def _value(text: str, *, missing: Mapping[str, object]) -> str | None:
    return None if text == "" or text in missing else text

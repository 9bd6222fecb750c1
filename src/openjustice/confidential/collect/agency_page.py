"""Writes an agency's own page: what it owes, how its reports stand, what was found in them. No other agency is on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from openjustice.confidential.collect import assessment, obligations
from openjustice.confidential.store import AWAITED, Store, Waiting, find_assessed, open_store
from openjustice.contracts.jurisdiction import Jurisdiction

_TEMPLATES = Path(__file__).parent / "templates"
_WORDS = {
    "received": "in time", "late": "late", "none_stated": "nothing to report, as stated", "returned": "returned",
    "missing": "missing", "not_due": "not due yet",
}  # fmt: skip


def make_page(
    home: Path,
    *,
    jurisdiction: Jurisdiction,
    reporter: str,
    dataset: str | None,
    today: date,
    since: date,
    waiting: Waiting | None = None,
) -> str:
    """Return the page of one agency, complete in itself; raises RegistryRefused where there is no such agency.

    Surprise: ranges that other agencies' reports gave are shown, and none of their counts or names.
    """
    with open_store(home, writable=False, waiting=waiting) as store:
        owed = obligations.stand(
            store, jurisdiction=jurisdiction, today=today, since=since, dataset=dataset, reporter=reporter
        )
        names = [dataset] if dataset else sorted({item.due.dataset for item in owed})
        sections = [_section(store, jurisdiction, name, reporter, owed) for name in names]
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template("agency.html").render(
        label=jurisdiction.codelists["agencies"].labels()[reporter], reporter=reporter, today=today.isoformat(),
        place=jurisdiction.declaration.title, sections=sections, words=_WORDS,
    )  # fmt: skip


def _section(
    store: Store, jurisdiction: Jurisdiction, name: str, reporter: str, owed: Sequence[obligations.Owed]
) -> Mapping[str, Any]:
    mine = [item for item in owed if item.due.dataset == name]
    made = assessment.latest(store, dataset=name)
    found = find_assessed(store, made["number"], reporter=reporter) if made else []
    return {
        "title": jurisdiction.datasets[name].contract.title,
        "owed": mine,
        "assessed_at": made["made_at"] if made else None,
        "found": [row for row in found if row["dimension"] != "timeliness"],
        "queries": [row for row in store.find("query", dataset=name, reporter=reporter) if row["state"] in AWAITED],
    }

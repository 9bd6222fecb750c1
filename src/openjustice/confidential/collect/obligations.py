"""Says how every owed report stands: received, late, stated as none, returned, missing, or not due yet. Zero is never missing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from openjustice.confidential.store import Store, Waiting, open_store
from openjustice.contracts import calendar
from openjustice.contracts.jurisdiction import Jurisdiction
from openjustice.ground import errors
from openjustice.measure.reporting import Counted, Owed, Standing, count, settle

__all__ = ["Counted", "Owed", "Standing", "count", "list_owed", "settle", "stand"]


def list_owed(
    home: Path,
    *,
    jurisdiction: Jurisdiction,
    today: date,
    since: date,
    until: date | None = None,
    dataset: str | None = None,
    reporter: str | None = None,
    waiting: Waiting | None = None,
) -> tuple[Owed, ...]:
    """Return every report owed for the periods between two days, and how each stands today; by dataset, period, agency.

    Raises RegistryRefused where the dataset, or the reporter, is not declared. `until` is exclusive; by default today.
    """
    with open_store(home, writable=False, waiting=waiting) as store:
        return stand(
            store, jurisdiction=jurisdiction, today=today, since=since, until=until, dataset=dataset, reporter=reporter
        )


def stand(
    store: Store,
    *,
    jurisdiction: Jurisdiction,
    today: date,
    since: date,
    until: date | None = None,
    dataset: str | None = None,
    reporter: str | None = None,
) -> tuple[Owed, ...]:
    """Return the same from a store that is open already."""
    agencies = jurisdiction.codelists.get("agencies")
    if agencies is None:
        return ()
    if reporter is not None and reporter not in agencies.labels():
        raise errors.RegistryRefused.because(
            "unknown_reporter", "There is no such agency in the jurisdiction.",
            way_out="Give the agency's code from the jurisdiction's agencies.csv.",
        )  # fmt: skip
    names = [dataset] if dataset else sorted(jurisdiction.datasets)
    made: list[Owed] = []
    for name in names:
        contract = jurisdiction.datasets[name].contract
        due = calendar.list_due(contract, agencies=agencies, since=since, until=min(until or today, today))
        sent, stated = store.find("submission", dataset=name), store.find("statement", dataset=name)
        made += settle(
            [item for item in due if reporter in (None, item.reporter)], sent=sent, stated=stated, today=today
        )
    return tuple(made)

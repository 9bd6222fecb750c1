"""Reads what a method that changes counts needs of a home: its key, the keys of its records, and what it published before."""

from __future__ import annotations

from collections.abc import Mapping

from openjustice.confidential import identities
from openjustice.confidential.drafting import earlier
from openjustice.confidential.drafting.sources import RECORD, Truth
from openjustice.confidential.store import Store
from openjustice.contracts.indicator import Indicator, Quantity
from openjustice.contracts.jurisdiction import Jurisdiction
from openjustice.ground.engine import Table
from openjustice.measure import frames
from openjustice.measure.frames import MeasuredTable
from openjustice.protect import plan
from openjustice.protect.cells import Codes
from openjustice.protect.method import Method
from openjustice.protect.plan import Chance
from openjustice.protect.plan.counts import DENOMINATOR

SCOPE = "perturbation of tables"
RECORD_KEY = "_record_key"
# Record keys have as many bits as the largest form of the method adds up; the smaller form looks at the lowest of them.
_HEX_DIGITS = 8


def read_chance(store: Store, *, truth: Truth, jurisdiction: Jurisdiction, but: str | None = None) -> Chance | None:
    """Return what decides by chance for the tables of a dataset; None where its policy names no method that changes counts.

    `but` names a release that is left out of what was published before. Surprise: the key is made of the home's own for
    this use alone, so that what is learned of one use tells nothing of another.
    """
    rules = truth.rules.tables
    method = None if rules is None or rules.method == "none" else plan.load_method(rules.method)
    if method is None or not method.perturbs:
        return None
    published = earlier.read_published(store, jurisdiction=jurisdiction.id, dataset=truth.dataset.id, but=but)
    releases = {
        name for name in store.sealed_cells(truth.dataset.id) if name.startswith(f"{jurisdiction.id}/") and name != but
    }
    key = identities.pseudonym([truth.dataset.address], key=store.home.read_key(), scope=SCOPE)
    return Chance(
        key=key.encode(),
        record_keys=_record_keys(truth, method=method, jurisdiction=jurisdiction),
        published=published,
        releases=len(releases),
    )


def _record_keys(
    truth: Truth, *, method: Method, jurisdiction: Jurisdiction
) -> Mapping[str, Mapping[Codes, int]] | None:
    """Return the sum of the records' keys in each cell; None where the method needs none, or a table sums fields."""
    if not method.needs_record_keys or any(item.indicator.numerator.summed for item in truth.tables):
        return None
    keyed = {name: _with_keys(table) for name, table in truth.recoded.items()}
    sums: dict[str, Mapping[Codes, int]] = {}
    for measured in truth.tables:
        again = frames.measure_table(
            _of_keys(measured.indicator), measured.breakdown, tables=keyed, jurisdiction=jurisdiction
        )
        sums[measured.id] = again.count_cells()
        base = measured.indicator.denominator
        if measured.denominator_population is not None and base is not None and base.dataset == truth.dataset.id:
            sums[measured.id + DENOMINATOR] = _denominators(again)
    return sums


def _with_keys(table: Table) -> Table:
    """Add to recoded records the key of each, made of its pseudonym, which no change of the record changes."""
    if RECORD not in table.column_names:
        return table
    statement = f"SELECT *, ('0x' || substr(md5({RECORD}), 1, {_HEX_DIGITS}))::BIGINT AS {RECORD_KEY} FROM records"
    return table.engine.derive(f"{table.name}_keyed", statement, inputs={"records": table})


def _of_keys(indicator: Indicator) -> Indicator:
    """Return the same indicator, summing the records' keys in place of counting records."""
    base = indicator.denominator
    is_persons = base is not None and base.dataset == indicator.numerator.dataset
    return indicator.model_copy(
        update={
            "numerator": _summing(indicator.numerator),
            "denominator": _summing(base) if base is not None and is_persons else base,
        }
    )


def _summing(quantity: Quantity) -> Quantity:
    return quantity.model_copy(update={"sum": RECORD_KEY})


def _denominators(again: MeasuredTable) -> dict[Codes, int]:
    return {
        tuple(str(row[name]) for name in again.denominator_variables): int(row["denominator"])
        for row in again.table.rows()
        if row["denominator"] is not None
    }

"""Says how good the data of a table is: who reported, how complete the fields are, how much is still pending."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openjustice.contracts.dataset import Codelist, Contract
from openjustice.ground.engine import Table, quote
from openjustice.ground.terms import Role


@dataclass(frozen=True)
class Reporters:
    """One reporter, or all reporters of one kind: how many there are, and how many rows they sent where that may be said."""

    code: str
    label: str
    reporters: int
    rows: int | None


@dataclass(frozen=True)
class Pending:
    """One period and the share of it that was still pending, 0 to 1; None where the published table does not say it."""

    period: str
    pending_share: float | None


def find_reporters(records: Table, *, contract: Contract, codelist: Codelist) -> tuple[Reporters, ...]:
    """Return who reported: each reporter with its rows, or, where the data holds persons, how many reporters of each kind.

    `records` has the contract's reporter field. Surprise: of persons no agency is named. An agency that reported says
    that its county has at least one case, and so bounds a count that a table hides.
    """
    if contract.reporter_field is None:
        return ()
    statement = (
        f"SELECT CAST({quote(contract.reporter_field)} AS VARCHAR) AS code, count(*) AS rows FROM records GROUP BY 1"
    )
    counted = records.engine.derive("reporters", statement, inputs={"records": records}).rows()
    rows = {str(row["code"]): int(row["rows"]) for row in counted}
    labels = codelist.labels()
    if not contract.persons:
        return tuple(Reporters(code, labels.get(code, code), 1, count) for code, count in sorted(rows.items()))
    kinds = [str(kind) for code, kind in codelist.attribute("type").items() if code in rows]
    return tuple(Reporters(kind, kind, kinds.count(kind), None) for kind in sorted(set(kinds)))


def measure_completeness(records: Table, *, contract: Contract, decimals: int) -> dict[str, float]:
    """Return the share of records that have each field, 0 to 1, rounded; direct identifiers and absent columns left out.

    Surprise: choose few decimals for persons. A share with many digits gives away how many records lack a field.
    """
    identifiers = contract.fields_with(Role.DIRECT_IDENTIFIER)
    names = [name for name in contract.fields if name in records.column_names and name not in identifiers]
    if not names:
        return {}
    shares = ", ".join(f"count({quote(name)}) / greatest(count(*), 1) AS {quote(name)}" for name in names)
    row = records.engine.derive("completeness", f"SELECT {shares} FROM records", inputs={"records": records}).rows()[0]
    return {name: round(float(row[name]), decimals) for name in names}


def read_maturity(rows: Sequence[Mapping[str, object]], *, period: str, per: float) -> tuple[Pending, ...]:
    """Return the share still pending by period from the published rows of a table that measures it.

    Only published values are used, so that nothing is said here that protection has hidden there.
    """
    found = sorted((str(row[period]), row["value"]) for row in rows if row[period] not in ("_T", "_U"))
    return tuple(
        Pending(period=name, pending_share=None if value is None else float(str(value)) / per) for name, value in found
    )

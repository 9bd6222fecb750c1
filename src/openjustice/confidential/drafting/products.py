"""Says which columns each product has, and describes the files of a draft with their digests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from openjustice.confidential.drafting import sources
from openjustice.confidential.drafting.sources import Truth
from openjustice.contracts import release
from openjustice.contracts.policy import Recoding
from openjustice.contracts.release import Product, ProductKind
from openjustice.ground.engine import Table
from openjustice.measure.frames import MeasuredTable

Columns = tuple[tuple[str, str], ...]
NUMBERS: Columns = (
    ("numerator", "BIGINT"),
    ("numerator_marker", "VARCHAR"),
    ("denominator", "DOUBLE"),
    ("denominator_marker", "VARCHAR"),
    ("value", "DOUBLE"),
    ("value_low", "DOUBLE"),
    ("value_high", "DOUBLE"),
    ("value_marker", "VARCHAR"),
    ("coverage", "DOUBLE"),
    ("status_marker", "VARCHAR"),
)


def table_columns(variables: Sequence[str]) -> Columns:
    """Return the columns of every published table: its variables as codes, then the numbers with their markers."""
    return (*((name, "VARCHAR") for name in variables), *NUMBERS)


def record_columns(truth: Truth) -> Columns:
    """Return the columns of the record file; none where the policy gives no record file.

    Surprise: a dataset without persons has all the policy's variables as a record file, its numbers as numbers.
    """
    if truth.rules.microdata is not None:
        return tuple((name, "VARCHAR") for name in truth.rules.microdata.variables)
    if truth.dataset.contract.persons:
        return ()
    recode = truth.rules.recode
    return tuple((name, _type_of(name, rule, truth=truth)) for name, rule in recode.items())


def describe_table(path: Path, *, folder: Path, table: Table, measured: MeasuredTable) -> Product:
    """Describe the file of a published table."""
    return describe_file(
        path, folder=folder, identifier=measured.id, kind=ProductKind.TABLE, table=table,
        indicator=measured.indicator.indicator, breakdown=measured.breakdown, variables=measured.variables,
    )  # fmt: skip


def describe_file(
    path: Path,
    *,
    folder: Path,
    identifier: str,
    kind: ProductKind,
    table: Table | None = None,
    indicator: str | None = None,
    breakdown: str | None = None,
    variables: tuple[str, ...] = (),
) -> Product:
    """Describe a file that stands in a draft's folder."""
    return Product(
        id=identifier, kind=kind, path=path.relative_to(folder).as_posix(), sha256=release.file_digest(path),
        bytes=path.stat().st_size, rows=table.row_count if table else None, columns=table.columns if table else (),
        indicator=indicator, breakdown=breakdown, variables=variables,
    )  # fmt: skip


def _type_of(name: str, rule: Recoding, *, truth: Truth) -> str:
    return (
        truth.dataset.contract.fields[name].type.sql
        if sources.is_plain_number(name, rule, contract=truth.dataset.contract)
        else "VARCHAR"
    )

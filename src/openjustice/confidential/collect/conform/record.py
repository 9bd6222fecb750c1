"""The record of what a source's declaration changed: how often, and what it could not map. Counts first, texts apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from openjustice.confidential.collect.conform.conformed import LEFT_OUT, RAW, REASONS, Conformed
from openjustice.contracts.dataset import FieldType
from openjustice.ground.engine import quote
from openjustice.ground.terms import Role


@dataclass(frozen=True)
class FieldChange:
    """What became of one field's texts: all are `filled`; they stayed the `same`, were `changed`, or are `unmapped`."""

    field: str
    filled: int
    same: int
    changed: int
    unmapped: int
    empty: int

    @property
    def mapped_share(self) -> float:
        """Return the share of the filled texts that became a value; 1 where nothing was filled."""
        return 1.0 if not self.filled else 1 - self.unmapped / self.filled


@dataclass(frozen=True)
class Transforms:
    """The whole record: rows read and left out by reason, records made, and each field's changes.

    `texts` holds, for fields with a code list alone, each raw text with its code and how often: texts of other fields
    may tell of a person.
    """

    source: str
    rows_read: int
    left_out: dict[str, int]
    records: int
    fields: tuple[FieldChange, ...]
    texts: dict[str, tuple[tuple[str, str | None, int], ...]]
    unread: dict[str, tuple[str, ...]]

    def as_dict(self) -> dict[str, Any]:
        """Return the record as plain values for JSON."""
        return {
            "source": self.source,
            "rows_read": self.rows_read,
            "rows_left_out": {name: {"rows": count, "says": REASONS[name]} for name, count in self.left_out.items()},
            "records": self.records,
            "fields": {
                item.field: {
                    "filled": item.filled, "same": item.same, "changed": item.changed, "unmapped": item.unmapped,
                    "empty": item.empty,
                }
                for item in self.fields
            },
            "columns_not_read": {name: list(columns) for name, columns in self.unread.items()},
            "texts": {
                name: [{"raw": raw, "standard": code, "count": count} for raw, code, count in rows]
                for name, rows in self.texts.items()
            },
        }  # fmt: skip


def transform_record(made: Conformed) -> Transforms:
    """Count what was changed in a source's files, field by field, and what has no counterpart."""
    engine = made.records.engine
    there = set(made.records.column_names)
    told = [name for name in made.contract.fields if name + RAW in there]
    left = engine.ask(f"SELECT {LEFT_OUT}, count(*) FROM {quote(made.kept.relation)} GROUP BY 1")
    by_reason = {str(reason): int(count) for reason, count in left if reason is not None}
    return Transforms(
        source=made.source.id,
        rows_read=sum(int(count) for _, count in left),
        left_out={name: by_reason[name] for name in REASONS if name in by_reason},
        records=made.records.row_count,
        fields=tuple(_changes(made, name) for name in told),
        texts={name: _texts(made, name) for name in told if _may_show(made, name)},
        unread=dict(made.unread),
    )


def _may_show(made: Conformed, name: str) -> bool:
    field = made.contract.fields[name]
    return field.type is FieldType.CODE and field.role is not Role.DIRECT_IDENTIFIER


def _changes(made: Conformed, name: str) -> FieldChange:
    raw, value = quote(name + RAW), f"CAST({quote(name)} AS VARCHAR)"
    counted = made.records.engine.ask(
        f"SELECT count({raw}), count(*) FILTER ({raw} = {value}), count(*) FILTER ({raw} <> {value}), "
        f"count(*) FILTER ({raw} IS NOT NULL AND {value} IS NULL), count(*) FILTER ({raw} IS NULL) "
        f"FROM {quote(made.records.relation)}"
    )[0]
    return FieldChange(name, *(int(count) for count in counted))


def _texts(made: Conformed, name: str) -> tuple[tuple[str, str | None, int], ...]:
    rows = made.records.engine.ask(
        f"SELECT {quote(name + RAW)}, {quote(name)}, count(*) AS n FROM {quote(made.records.relation)} "
        f"WHERE {quote(name + RAW)} IS NOT NULL GROUP BY 1, 2 ORDER BY n DESC, 1, 2"
    )
    return tuple((str(raw), None if code is None else str(code), int(count)) for raw, code, count in rows)

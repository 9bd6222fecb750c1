"""What is known of a file that was taken in, and the statements that read its fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from openjustice.confidential.collect.check import Bound, text_of
from openjustice.confidential.collect.findings import Tally
from openjustice.confidential.collect.ingest import reading
from openjustice.confidential.collect.ingest.clean import LINE
from openjustice.confidential.collect.ingest.layout import Match
from openjustice.confidential.collect.ingest.source import Sent
from openjustice.contracts.dataset import Contract, FieldDeclaration
from openjustice.contracts.jurisdiction import Jurisdiction
from openjustice.ground import engine as engines
from openjustice.ground import errors


@dataclass(frozen=True)
class Ingested:
    """A file that was taken in. `sent` is null where it cannot be read at all; `faults` say why, and what its lines lack.

    `sent` has the file's columns as text under the names of the layout. `first_line` is the line of the first row where
    rows follow each other without a gap, and null where `sent` holds each row's line in `_line`. In the first case
    `row_count` is what the lines promise: where the rows are not as many, some row spans lines, and the lines are not exact.
    Where the text went through a screen, `sent` has the rows in doubt alone, `passing` is the number of the others, and
    `whole` takes the text in with all of them, carefully if told to.
    """

    file: Sent
    form: str
    match: Match | None
    sent: engines.Table | None
    first_line: int | None
    row_count: int | None
    faults: tuple[Tally, ...]
    contract: Contract
    jurisdiction: Jurisdiction
    is_plain: bool = False
    numbers_from: int | None = None
    passing: int = 0
    whole: Callable[..., Ingested] | None = None

    @property
    def mapping(self) -> str | None:
        """Return the name of the layout, `contract` for the contract's own names; null where none fits."""
        return self.match.layout.name if self.match else None

    @cached_property
    def fields(self) -> dict[str, FieldDeclaration]:
        """Return the contract's fields, with the date forms of the layout in place of the contract's."""
        forms = self.match.layout.mapping.date_formats if self.match else {}
        return {
            name: declared.model_copy(update={"format": forms[name]}) if name in forms else declared
            for name, declared in self.contract.fields.items()
        }

    @property
    def rows(self) -> engines.Table:
        """Return `sent`; raises HouseFault where the file could not be read."""
        if self.sent is None:
            raise errors.HouseFault.because("not_read", "The file could not be read, and its rows were asked for.")
        return self.sent

    def codes(self, name: str) -> list[str]:
        """Return the codes a field may have; empty where it has no code list."""
        reference = self.contract.fields[name].codelist
        return [item.code for item in self.jurisdiction.codelist(reference).codes] if reference else []

    def texts_sql(self, bound: Bound) -> str:
        """Return the statement over `sent` that gives every field's text, with `_line` where the file needs it."""
        lead = [LINE] if self.first_line is None else []
        if self.match is None:
            raise errors.HouseFault.because("not_read", "The file fits no layout, and its fields were asked for.")
        return reading.text_sql(self.match, contract=self.contract, lead=lead, rows=self._rows_sql, bound=bound)

    @property
    def _rows_sql(self) -> str:
        if self.numbers_from is None:
            return "sent"
        return f"(SELECT {self.numbers_from - 1} + row_number() OVER () AS {LINE}, * FROM sent) AS sent"

    def numbered(self) -> Ingested:
        """Return the same rows with their line as a column `_line`: slower, and right whatever a statement does to order."""
        return self if self.first_line is None else replace(self, first_line=None, numbers_from=self.first_line)

    def values_sql(self, bound: Bound) -> str:
        """Return the statement over `sent` that gives every field's text and value."""
        values = (
            f"{reading.value_sql(declared, text=text_of(name), bound=bound, codes=self.codes(name))} AS {engines.quote(name)}"
            for name, declared in self.fields.items()
        )
        return f"SELECT *, {', '.join(values)} FROM ({self.texts_sql(bound)}) AS texts"

    @cached_property
    def _whole_records(self) -> engines.Table | None:
        """Return all records of a screened text; read carefully where the engine sees other rows than the lines promise."""
        if self.whole is None:
            return None
        quick = self.whole()
        try:
            records = quick.records
            if records is not None and records.row_count == quick.row_count:
                return records
        except engines.StatementFailed:
            pass
        return self.whole(is_careful=True).records

    @cached_property
    def records(self) -> engines.Table | None:
        """Return the contract's fields with their types and `_line`; a text that cannot be read is null."""
        if self.whole is not None:
            return self._whole_records
        if self.sent is None:
            return None
        bound = Bound()
        names = ", ".join(
            f"CAST({engines.quote(name)} AS {declared.sql}) AS {engines.quote(name)}"
            for name, declared in self.contract.fields.items()
        )
        statement = (
            f"SELECT {names}, CAST({LINE} AS BIGINT) AS {LINE} FROM ({self.numbered().values_sql(bound)}) AS valued"
        )
        inputs = {"sent": self.sent}
        return self.sent.engine.derive("records", statement, inputs=inputs, parameters=bound.used_in(statement))

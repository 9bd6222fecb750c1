"""What a check finds: the rule, the lines, the field, a plain sentence and the way out. Never a value from the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from openjustice.ground.terms import Severity


class Verdict(StrEnum):
    """What happens to a file: a hard finding returns it, a soft one becomes a question to the reporter."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_QUERIES = "accepted_with_queries"
    RETURNED = "returned"


@dataclass(frozen=True)
class Finding:
    """One row (or the file as a whole) that fails one rule: the line, the field, and what to do about it."""

    rule: str
    severity: Severity
    line: int | None
    field: str | None
    says: str
    fix: str
    table: str = ""


@dataclass(frozen=True)
class Tally:
    """Everything one rule found in one field: the exact count, and the first lines of it.

    `field` is the contract's name, `column` what the file calls it (only where the layout declares that name); a rule over
    several fields names them in `fields`. `ask` is the question to the reporter, for a soft rule.
    `table` is the table that the lines are of, where the dataset has several.
    """

    rule: str
    severity: Severity
    says: str
    fix: str
    count: int
    lines: tuple[int, ...] = ()
    field: str | None = None
    column: str | None = None
    ask: str = ""
    fields: tuple[str, ...] = ()
    table: str = ""

    @property
    def is_hard(self) -> bool:
        """Say whether this alone returns the file."""
        return self.severity is Severity.HARD

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return the findings listed, one for each line; one without a line where the file as a whole is meant."""
        lines: Sequence[int | None] = self.lines or (None,)
        return tuple(
            Finding(self.rule, self.severity, line, self.field, self.says, self.fix, self.table) for line in lines
        )


@dataclass(frozen=True)
class CheckResult:
    """What was found in one file, hard rules first. Counts are exact; lines are listed up to the limit asked for.

    `rows` are those of the main table; `table_rows` has the rows of every table where the dataset has several.
    """

    file: str
    sha256: str
    size: int
    dataset: str
    title: str
    mapping: str | None
    form: str
    rows: int
    tallies: tuple[Tally, ...]
    table_rows: Mapping[str, int] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """Return what happens to the file."""
        if any(item.is_hard for item in self.tallies):
            return Verdict.RETURNED
        return Verdict.ACCEPTED_WITH_QUERIES if self.tallies else Verdict.ACCEPTED

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return the findings listed, by line; those about the whole file first."""
        found = (finding for tally in self.tallies for finding in tally.findings)
        return tuple(sorted(found, key=lambda item: (item.line or 0, item.rule, item.field or "", item.table)))

    @property
    def counts(self) -> dict[str, int]:
        """Return the exact number of findings by rule."""
        made: dict[str, int] = {}
        for item in self.tallies:
            made[item.rule] = made.get(item.rule, 0) + item.count
        return made

    def count_of(self, severity: Severity) -> int:
        """Return the exact number of findings of one severity."""
        return sum(item.count for item in self.tallies if item.severity is severity)

    def as_dict(self) -> dict[str, Any]:
        """Return this result as plain values for JSON."""
        head = {key: value for key, value in asdict(self).items() if key != "tallies"}
        rules = [asdict(item) | {"lines": list(item.lines), "fields": list(item.fields)} for item in self.tallies]
        return head | {
            "verdict": self.verdict.value,
            "hard": self.count_of(Severity.HARD),
            "soft": self.count_of(Severity.SOFT),
            "rules": rules,
            "findings": [asdict(item) for item in self.findings],
        }


def in_order(tallies: Iterable[Tally]) -> tuple[Tally, ...]:
    """Return tallies hard ones first, then by first line, so that a reader starts where the file starts."""
    return tuple(
        sorted(
            tallies,
            key=lambda item: (not item.is_hard, item.lines[:1] or (0,), item.rule, item.field or "", item.table),
        )
    )


class Collector:
    """Counts what is found line by line, keeping the first lines of each rule, so that memory stays bounded."""

    def __init__(self, *, limit: int) -> None:
        self._limit = limit
        self._found: dict[tuple[str, str | None], Tally] = {}
        self._lines: dict[tuple[str, str | None], list[int]] = {}

    def add(self, tally: Tally, *, line: int | None = None) -> None:
        """Add one finding of a rule; its `count` and `lines` are kept here."""
        key = (tally.rule, tally.field)
        known = self._found.get(key, replace(tally, count=0, lines=()))
        self._found[key] = replace(known, count=known.count + 1)
        lines = self._lines.setdefault(key, [])
        if line is not None and len(lines) < self._limit:
            lines.append(line)

    @property
    def tallies(self) -> tuple[Tally, ...]:
        """Return what was found so far."""
        return tuple(replace(item, lines=tuple(sorted(self._lines[key]))) for key, item in self._found.items())

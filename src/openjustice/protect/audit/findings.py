"""What the audit of tables answers: each cell that is not safe, how it is known, and the certificate for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from openjustice.ground import errors
from openjustice.protect.audit.certificate import Certificate


class Kind(StrEnum):
    """How a hidden cell is known: exactly, closely, by a contributor, or perhaps (no table was found that shows it safe)."""

    EXACT = "exact"
    NARROW = "narrow"
    CONTRIBUTOR = "contributor"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Finding:
    """One hidden cell that is not shown safe: where it stands, and how it follows.

    `known_before`: the earlier tables alone gave it away. `small`: whether it may be a small count, as far as is known; a
    larger one was hidden in vain and harms nobody.
    """

    kind: Kind
    table: str
    codes: Mapping[str, str]
    derivation: str = ""
    known_before: bool = False
    small: bool = True

    @property
    def is_leak(self) -> bool:
        """Say whether it counts against the tables."""
        return self.small and not self.known_before

    def as_dict(self) -> dict[str, Any]:
        """Return this finding as plain values for JSON."""
        return {
            "kind": self.kind.value, "table": self.table, "codes": dict(self.codes), "derivation": self.derivation,
            "known_before": self.known_before, "small": self.small,
        }  # fmt: skip


@dataclass(frozen=True)
class TablesAudit:
    """What was found out about one table, or about several together."""

    tables: tuple[str, ...]
    cell_count: int
    hidden_count: int
    target_count: int
    findings: tuple[Finding, ...]
    certificate: Certificate | None = field(default=None, repr=False)
    intervals: bool = True

    @property
    def leaks(self) -> tuple[Finding, ...]:
        """The findings that count against the tables."""
        return tuple(item for item in self.findings if item.is_leak)

    @property
    def is_safe(self) -> bool:
        """Say whether nothing counts against the tables."""
        return not self.leaks

    def says(self) -> str:
        """Say the verdict in one sentence."""
        beside = f" and {len(self.tables) - 1} other tables" if len(self.tables) > 1 else ""
        if self.is_safe:
            how = "more closely than allowed." if self.intervals else "exactly. How closely was not looked at."
            return f"No hidden count of {self.tables[0]}{beside} can be worked out {how}"
        kinds = {kind: sum(item.kind is kind for item in self.leaks) for kind in Kind}
        words = {
            Kind.EXACT: "exactly known", Kind.NARROW: "known too closely", Kind.CONTRIBUTOR: "known to a contributor",
            Kind.UNDECIDED: "not shown safe",
        }  # fmt: skip
        counted = ", ".join(f"{count:,} {words[kind]}" for kind, count in kinds.items() if count)
        return f"Of {self.target_count:,} hidden counts in {self.tables[0]}{beside}: {counted}."

    def as_dict(self) -> dict[str, Any]:
        """Return the audit as plain values for JSON."""
        return {
            "is_safe": self.is_safe, "says": self.says(), "tables": list(self.tables), "cells": self.cell_count,
            "hidden": self.hidden_count, "audited": self.target_count,
            "findings": [item.as_dict() for item in self.findings],
        }  # fmt: skip

    def refuse_if_unsafe(self) -> None:
        """Raise ProtectionRefused with a fault for each leak, told by its codes and its derivation."""
        if not self.is_safe:
            raise errors.ProtectionRefused([_fault(item) for item in self.leaks])


def _fault(item: Finding) -> errors.Fault:
    cell = ", ".join(f"{name} {code}" for name, code in item.codes.items())
    whats = {
        Kind.EXACT: f"The hidden count of {cell} can be worked out exactly.",
        Kind.NARROW: f"The hidden count of {cell} can be worked out too closely.",
        Kind.CONTRIBUTOR: f"The one person of another count can work out the hidden count of {cell}.",
        Kind.UNDECIDED: f"The hidden count of {cell} was not shown to be safe.",
    }
    return errors.Fault(
        code=f"cell_{item.kind.value}",
        what=whats[item.kind],
        why=f"{item.derivation}." if item.derivation else "",
        way_out="Hide one more cell of each sum that gives it away, or protect this table together with the other ones.",
        ask=errors.ProtectionRefused.who_must_act,
        place=errors.Place(file=item.table, rule="interval" if item.kind is not Kind.EXACT else "differencing"),
    )

"""Says in plain words how a hidden cell follows from shown ones: "A in release 1 follows from B minus C in release 2"."""

from __future__ import annotations

from fractions import Fraction

from openjustice.protect.audit.derivation import Derivation
from openjustice.protect.audit.published import PublishedCells

_NAMED = 8


def explain(system: PublishedCells, derivation: Derivation) -> str:
    """Return a derivation in words; cells are named by table and codes, never by their counts."""
    plus = [_term(system, cell, factor) for cell, factor in derivation.terms.items() if factor > 0]
    minus = [_term(system, cell, -factor) for cell, factor in derivation.terms.items() if factor < 0]
    first = " plus ".join(_short(plus)) or "zero"
    return " minus ".join([f"{system.name(derivation.cell)} follows from {first}", *_short(minus)])


def _term(system: PublishedCells, cell: int, factor: Fraction) -> str:
    times = "" if factor == 1 else "half of " if factor == Fraction(1, 2) else f"{factor} times "
    return f"{times}{system.name(cell)}"


def _short(words: list[str]) -> list[str]:
    return words if len(words) <= _NAMED else [*words[:_NAMED], f"{len(words) - _NAMED} more"]

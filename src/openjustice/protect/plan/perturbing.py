"""Gives a method that changes counts what it needs beside the tables: a key, the records' keys, and what was published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from openjustice.contracts.policy import TableRules
from openjustice.ground import errors
from openjustice.protect import cells
from openjustice.protect.cells import Address, CellSystem, Codes, CountTable, IntArray, Nesting
from openjustice.protect.method import Method
from openjustice.protect.perturbation import NOTHING, Secrets
from openjustice.protect.plan.bounds import RecordFile


@dataclass(frozen=True)
class Chance:
    """What decides by chance, and what earlier releases fix.

    `record_keys`: by the id of each count table and codes, the sum of the records' keys; None where they were not measured.
    `published`: what an earlier release shows of a cell, by its address and its true count then.
    """

    key: bytes = field(repr=False)
    record_keys: Mapping[str, Mapping[Codes, int]] | None = field(default=None, repr=False)
    published: Mapping[tuple[Address, int], int] = field(default_factory=dict, repr=False)
    releases: int = 0


def secrets_for(system: CellSystem, *, chance: Chance | None, method: Method) -> Secrets:
    """Return what a method is given, cell by cell; raises ProtectionRefused where the key is wanting."""
    if chance is None:
        raise errors.ProtectionRefused.because(
            "key_wanting", f"The method '{method.name}' needs the home's key.", way_out="Draft inside a home."
        )
    published = [chance.published.get((address, value), NOTHING) for address, value in _cells(system)]
    return Secrets(
        key=chance.key,
        record_keys=_record_keys(system, chance.record_keys) if method.needs_record_keys else None,
        published=np.array(published, dtype=np.int64) if chance.published else None,
        releases=chance.releases,
    )


def find_doubt(
    counted: Sequence[CountTable],
    *,
    published: Mapping[str, Mapping[Codes, int]],
    rules: TableRules,
    nestings: Sequence[Nesting],
    method: Method,
) -> str:
    """Say why these numbers cannot be what a method that cannot be repeated made of the counts; nothing, where they can."""
    system = cells.make_cell_system(counted, nestings=nestings)
    values = system.values.copy()
    known: dict[int, int] = {}
    for table, positions in system.positions.items():
        for codes, cell in positions.items():
            value = published.get(table, {}).get(codes)
            if value is None or known.setdefault(cell, value) != value:
                return "A number is wanting, or two tables show another number for the same people."
            values[cell] = value
    if method.find_doubt is None:
        return ""
    return method.find_doubt(system, values, parameters=method.read_parameters(rules.parameters))


def refuse_audit(rules: TableRules, *, method: Method) -> None:
    """Refuse attacks that add up true counts on tables that do not show them."""
    if rules.audit:
        raise errors.ProtectionRefused.because(
            "audit_unfit",
            f"The attacks '{', '.join(rules.audit)}' add up true counts, and the method '{method.name}' shows none.",
            way_out="Leave 'audit' out; the airlock makes the numbers again, or says why it cannot.",
        )


def refuse_record_file(file: RecordFile | None, *, method: Method) -> None:
    """Refuse to change or withhold counts that a record file beside them gives back."""
    if file is not None:
        raise errors.ProtectionRefused.because(
            "records_beside",
            f"The method '{method.name}' protects no table beside which the records themselves are published.",
            why="Whoever counts the records of the file has the true numbers, as far as nothing in it is blank.",
            way_out="Use cell suppression, which reckons with the file, or publish no record file in this tier.",
        )


def _cells(system: CellSystem) -> list[tuple[Address, int]]:
    return list(zip(system.addresses, system.values.tolist(), strict=True))


def _record_keys(system: CellSystem, given: Mapping[str, Mapping[Codes, int]] | None) -> IntArray | None:
    if given is None or not set(system.positions) <= set(given):
        return None
    sums = np.zeros(len(system), dtype=np.int64)
    for table, positions in system.positions.items():
        for codes, cell in positions.items():
            sums[cell] = given[table].get(codes, 0)
    return sums

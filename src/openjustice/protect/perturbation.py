"""What a method that changes counts is given beside the tables, and what it answers: other counts, and which are hidden."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from openjustice.ground import errors
from openjustice.protect.cells import Address, BoolArray, CellSystem, IntArray

_BYTES = 8
# What stands for a cell of which no release has shown anything yet.
NOTHING = -1


@dataclass(frozen=True)
class Secrets:
    """What nobody outside may know of a perturbation, and what earlier releases fix.

    `key` decides by chance, the same chance each time. `record_keys`: for each cell the sum of its records' own keys; None
    where they were not measured. `published`: what an earlier release shows of a cell with this very count, else NOTHING;
    None where nothing was released yet. `releases`: how many earlier releases there are.
    """

    key: bytes = field(repr=False)
    record_keys: IntArray | None = field(default=None, repr=False)
    published: IntArray | None = field(default=None, repr=False)
    releases: int = 0


@dataclass(frozen=True)
class Perturbed:
    """What is published of each cell of a system in place of its count; `figures` are for the steward's report."""

    values: IntArray
    hidden: BoolArray
    figures: Mapping[str, int | float | str | None] = field(default_factory=dict)


def chances(addresses: Iterable[Address], values: IntArray, *, key: bytes, scope: str) -> np.ndarray:
    """Return a number from 0 to below 1 for each cell: by its address, its count and the key alone.

    So the same cell with the same count has the same chance in every table and every release, and nobody without the key
    can tell it from an even chance. Source: RFC 2104 (HMAC).
    """
    drawn = [
        int.from_bytes(hmac.digest(key, f"{scope}\n{address!r}\n{value}".encode(), hashlib.sha256)[:_BYTES], "big")
        for address, value in zip(addresses, values.tolist(), strict=True)
    ]
    return np.array(drawn, dtype=np.float64) / 2.0 ** (8 * _BYTES)


def need_counts_alone(system: CellSystem) -> None:
    """Refuse a system with earlier releases in it: a method that changes counts is given what they showed, not their cells."""
    if system.has_earlier:
        raise errors.HouseFault.because("earlier_in_system", "A perturbing method was given cells of earlier releases.")

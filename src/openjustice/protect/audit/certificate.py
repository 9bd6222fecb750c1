"""The certificate of an audit: other tables that agree with everything published. Checked by addition, without a solver.

Two kinds are told apart. One made from what was published alone says nothing that its readers could not work out
themselves, so anybody may have it. One made from the true counts moves only some of them, so it stays in the house.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from openjustice.contracts.attacker import Attacker
from openjustice.ground import errors
from openjustice.protect.audit.intervals import Need
from openjustice.protect.audit.published import PublishedCells

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

FORMAT = "openjustice table certificate 1"


class Origin(StrEnum):
    """From what a certificate was made: from what everybody has, or from the true counts."""

    PUBLISHED = "published"
    CONFIDENTIAL = "confidential"


@dataclass(frozen=True)
class Certificate:
    """Witness tables: `first` gives a count for each hidden cell, each later one says where it differs from the first.

    `claims`: the hidden cells that it claims to show safe. `digest` names what was published.
    """

    origin: Origin
    digest: str
    attacker: Attacker
    claims: Ints = field(repr=False)
    first: Ints = field(repr=False)
    changes: tuple[tuple[Ints, Ints], ...] = field(repr=False)

    def to_bytes(self) -> bytes:
        """Return the certificate as JSON, the same bytes every time."""
        content = {
            "format": FORMAT, "origin": self.origin.value, "published": self.digest,
            "attacker": self.attacker.model_dump(mode="json"), "claims": self.claims.tolist(), "first": self.first.tolist(),
            "changes": [{"at": at.tolist(), "by": by.tolist()} for at, by in self.changes],
        }  # fmt: skip
        return (json.dumps(content, separators=(",", ":")) + "\n").encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Certificate:
        """Read a certificate; raises SubmissionRefused where it is none."""
        try:
            read = json.loads(content)
            if read["format"] != FORMAT:
                raise ValueError("format")
            return cls(
                origin=Origin(read["origin"]),
                digest=str(read["published"]),
                attacker=Attacker.model_validate(read["attacker"]),
                claims=_ints(read["claims"]),
                first=_ints(read["first"]),
                changes=tuple((_ints(item["at"]), _ints(item["by"])) for item in read["changes"]),
            )
        except (ValueError, KeyError, TypeError, OverflowError):
            raise errors.SubmissionRefused.because(
                "not_a_certificate", "This file is no certificate of a table.", why=f"Its form is '{FORMAT}'.",
                way_out="Make it with `openjustice tables audit`.",
            ) from None  # fmt: skip


def digest_of(system: PublishedCells) -> str:
    """Return the digest of everything published: names, classifications, which cells are hidden, and the shown counts."""
    whole = hashlib.sha256()
    for table in system.tables:
        axes = [[item.name, list(item.codes), list(item.parents)] for item in table.dimensions]
        whole.update(json.dumps(axes, separators=(",", ":")).encode())
        whole.update(np.packbits(table.hidden.ravel()).tobytes())
        whole.update(np.where(table.hidden, 0, table.counts).astype("<i8").tobytes())
    return whole.hexdigest()


def find_certificate_faults(certificate: Certificate, system: PublishedCells) -> list[errors.Fault]:
    """Return what is wrong with a certificate: of other tables, a witness that is no table, a claim that does not hold.

    Linear in the number of entries: additions and comparisons alone.
    """
    if certificate.digest != digest_of(system):
        return [_fault("certificate_of_other_tables", "The certificate was made for other tables than these.")]
    unknown = np.flatnonzero(system.hidden)
    if len(certificate.first) != len(unknown) or not _fits(certificate, len(unknown)):
        return [_fault("certificate_shape", "The certificate has another number of cells than the tables hide.")]
    bounds = find_bounds(system, certificate.attacker)
    low = high = certificate.first
    broken = _find_broken(system, certificate.first, bounds, number=0)
    for number, (at, by) in enumerate(certificate.changes, start=1):
        witness = certificate.first.copy()
        witness[at] += by
        broken += _find_broken(system, witness, bounds, number=number)
        low, high = np.minimum(low, witness), np.maximum(high, witness)
    need = Need(certificate.attacker.minimum_width, certificate.attacker.never_inside)
    claims = certificate.claims
    if not broken and (open_ := int((~need.is_met(low, high)[claims]).sum())):
        broken.append(_fault("claim_not_shown", f"The witnesses do not show {open_:,} of the claimed cells safe."))
    return broken


def find_bounds(system: PublishedCells, attacker: Attacker) -> tuple[Ints, Ints]:
    """Return between which counts a reader knows each hidden cell to lie before he does any sum."""
    count = int(system.hidden.sum())
    low = np.full(count, attacker.hidden_at_least, dtype=np.int64)
    # Nothing shown bounds a cell without a total; twice the largest count stands for that, and is the attacker's gain.
    high = np.full(count, max(2 * int(system.counts.max(initial=0)), 1_000))
    if attacker.marks_distinguish and attacker.small_up_to is not None:
        if system.true_counts is None:
            raise errors.ProtectionRefused.because(
                "marks_need_true_counts", "What a mark tells this attacker is not in the tables.",
                why="All hidden cells have one mark; which of them are small only the true counts say.",
                way_out="Give the true counts, or declare an attacker to whom the marks are all one.",
            )  # fmt: skip
        small = system.true_counts[system.hidden] <= attacker.small_up_to
        low = np.where(small, low, attacker.small_up_to + 1)
        high = np.where(small, attacker.small_up_to, high)
    return low, high


def _find_broken(
    system: PublishedCells, witness: Ints, bounds: tuple[Ints, Ints], *, number: int
) -> list[errors.Fault]:
    if (witness < bounds[0]).any() or (witness > bounds[1]).any():
        return [_fault("witness_out_of_bounds", f"Witness {number} has a count that the attacker can exclude.")]
    whole = system.counts.copy()
    whole[system.hidden] = witness
    if (system.equations @ whole).any():
        return [_fault("witness_does_not_add_up", f"Witness {number} does not add up to what is shown.")]
    return []


def _fits(certificate: Certificate, count: int) -> bool:
    parts: Sequence[Ints] = [certificate.claims, *(at for at, _ in certificate.changes)]
    inside = all(len(part) == 0 or (int(part.min()) >= 0 and int(part.max()) < count) for part in parts)
    return inside and all(len(at) == len(by) for at, by in certificate.changes)


def _ints(values: list[int]) -> Ints:
    read = np.asarray(values or [], dtype=np.int64)
    if read.ndim != 1 or (values and not all(isinstance(item, int) for item in values)):
        raise ValueError("numbers")
    return read


def _fault(code: str, what: str) -> errors.Fault:
    return errors.Fault(
        code=code, what=what, why="Nothing it claims may be believed.", way_out="Make the audit again.",
        ask=errors.ProtectionRefused.who_must_act, place=errors.Place(rule="certificate"),
    )  # fmt: skip

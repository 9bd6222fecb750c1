"""The families of refusal: what could not be done, why, what to do next and whom to ask. Never a value from a record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Place:
    """Where a fault is, safely: file, line (or row), field, rule. Never a value."""

    file: str | None = None
    line: int | None = None
    field: str | None = None
    rule: str | None = None

    def __str__(self) -> str:
        where = f"{self.file or ''}{f':{self.line}' if self.line else ''}"
        parts = [where, f"field {self.field}" if self.field else "", f"rule {self.rule}" if self.rule else ""]
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True)
class Fault:
    """One reason for a refusal, in plain words, with the way out."""

    code: str
    what: str
    why: str = ""
    way_out: str = ""
    ask: str = ""
    place: Place = Place()

    def __str__(self) -> str:
        where = f"{self.place}: " if str(self.place) else ""
        why = f" {self.why}" if self.why else ""
        next_step = f" {self.way_out}" if self.way_out else ""
        return f"{where}{self.what}{why}{next_step} [{self.code}]"

    def as_dict(self) -> dict[str, Any]:
        """Return this fault as plain values for JSON."""
        return asdict(self)


class Refusal(Exception):
    """The root of every refusal that is shown without a traceback; carries all faults of one kind together."""

    family: ClassVar[str] = "Refusal"
    exit_code: ClassVar[int] = 1
    who_must_act: ClassVar[str] = ""

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the codes of all faults, in order."""
        return tuple(fault.code for fault in self.faults)

    @classmethod
    def because(
        cls, code: str, what: str, *, why: str = "", way_out: str = "", ask: str = "", place: Place = Place()
    ) -> Refusal:
        """Make a refusal of this family with one fault."""
        return cls(Fault(code=code, what=what, why=why, way_out=way_out, ask=ask or cls.who_must_act, place=place))


class RegistryRefused(Refusal):
    """A declaration is incomplete or contradicts another."""

    family, exit_code, who_must_act = "RegistryRefused", 10, "the owner of the declaration"


class SubmissionRefused(Refusal):
    """A file cannot be accepted."""

    family, exit_code, who_must_act = "SubmissionRefused", 11, "the agency"


class ProtectionRefused(Refusal):
    """A policy cannot be satisfied on this table."""

    family, exit_code, who_must_act = "ProtectionRefused", 12, "the statistician"


class SealRefused(Refusal):
    """Evidence or approvals are wanting."""

    family, exit_code, who_must_act = "SealRefused", 13, "the release manager"


class AccessRefused(Refusal):
    """No license, office or role covers this."""

    family, exit_code, who_must_act = "AccessRefused", 14, "the applicant"


class NotComparable(Refusal):
    """Two numbers may not be set side by side."""

    family, exit_code, who_must_act = "NotComparable", 15, "the analyst"


class HarvestRefused(Refusal):
    """A foreign catalog breaks its own promise."""

    family, exit_code, who_must_act = "HarvestRefused", 16, "the network manager"


class HouseFault(Refusal):
    """We are wrong: a fault of the program, not of its user."""

    family, exit_code, who_must_act = "HouseFault", 70, "the developers"


FAMILIES: tuple[type[Refusal], ...] = (
    RegistryRefused,
    SubmissionRefused,
    ProtectionRefused,
    SealRefused,
    AccessRefused,
    NotComparable,
    HarvestRefused,
    HouseFault,
)

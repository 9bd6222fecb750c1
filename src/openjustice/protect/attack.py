"""What an attack is: a folder that exports ATTACK, and what every attack answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from openjustice.contracts import declaration
from openjustice.contracts.declaration import Declared

Figure = int | float | str | None


@dataclass(frozen=True)
class Attack:
    """A simulated intruder: what it is called, what its parameters may be, and how it is run.

    `run` takes the product first and everything else by keyword. `example` works one example of examples.yaml, from the
    plain values under `given` to those under `expect`.
    """

    name: str
    title: str
    parameters: type[Declared]
    run: Callable[..., Any] = field(repr=False)
    example: Callable[[Mapping[str, Any]], Any] = field(repr=False)

    def read_parameters(self, given: Mapping[str, Any]) -> Any:
        """Return what a policy gives under `with` as this attack's parameters; raises RegistryRefused with every fault."""
        return declaration.read_values(given, self.parameters, label=f"parameters of {self.name}")


@dataclass(frozen=True)
class AttackResult:
    """What one attack on one product found, in figures and in one sentence; never a value of a record.

    `against` names the product or the scenario. `leaks` says what was learned, cell by cell or class by class, in words
    that name published addresses alone.
    """

    attack: str
    against: str
    passed: bool
    says: str
    figures: Mapping[str, Figure]
    leaks: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return this result as plain values for JSON."""
        return asdict(self) | {"figures": dict(self.figures), "leaks": list(self.leaks)}

"""What an attack is: a folder that exports ATTACK, and what every attack answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.contracts import declaration
from openjustice.contracts.declaration import Declared
from openjustice.ground import engine, errors
from openjustice.ground.engine import Engine, Table
from openjustice.ground.terms import Plane
from openjustice.measure import rates

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
    that name published addresses alone. `at_risk` are the numbers of the records that the attack singles out, counted from
    1 in the order of the record file: for the steward alone, never for a public report.
    """

    attack: str
    against: str
    passed: bool
    says: str
    figures: Mapping[str, Figure]
    leaks: tuple[str, ...] = ()
    at_risk: tuple[int, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return this result as plain values for JSON."""
        return asdict(self) | {
            "figures": dict(self.figures),
            "leaks": list(self.leaks),
            "at_risk": list(self.at_risk),
        }


@dataclass(frozen=True)
class Success:
    """How often an intruder was right in so many tries, beside how often guessing is (a share, 0 to 1).

    `right` may be an expected number. Both come with Wilson's interval at the stated confidence.
    """

    tries: int
    right: float
    guess: float
    confidence: float

    @property
    def rate(self) -> float:
        """Return the share of tries in which the intruder was right."""
        return self.right / self.tries if self.tries else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Return the interval of the intruder's rate; without a try, everything is possible."""
        return self._interval(self.right)

    @property
    def guess_interval(self) -> tuple[float, float]:
        """Return where the rate of guessing may fall by chance in so many tries."""
        return self._interval(self.guess * self.tries)

    def is_guessing(self, *, advantage: float) -> bool:
        """Tell whether the rate lies no higher than guessing may fall by chance, and the advantage that a policy allows."""
        return not self.tries or self.rate <= self.guess_interval[1] + advantage + 1e-12

    def figures(self) -> dict[str, Figure]:
        """Return the rates in whole percent, as shares: finer ones could tell single records."""
        low, high = self.interval
        least, most = self.guess_interval
        told = {
            "success_rate": self.rate, "success_low": low, "success_high": high,
            "guess_rate": self.guess, "guess_low": least, "guess_high": most,
        }  # fmt: skip
        return {name: round(value, 2) for name, value in told.items()}

    def _interval(self, right: float) -> tuple[float, float]:
        if not self.tries:
            return 0.0, 1.0
        low, high = rates.wilson_interval(np.array([right]), np.array([float(self.tries)]), confidence=self.confidence)
        return float(low[0]), float(high[0])


def number_rows(is_at_risk: NDArray[np.bool_]) -> tuple[int, ...]:
    """Return the numbers, from 1, of the rows that are marked."""
    return tuple((np.flatnonzero(is_at_risk) + 1).tolist())


def share(part: float, whole: float) -> float:
    """Return a share of a whole; of nothing, nothing."""
    return round(float(part) / float(whole), 6) if whole else 0.0


def find_source(sources: Mapping[str, Table], name: str, *, against: str) -> Table:
    """Return an outside source by its name; raises ProtectionRefused where it is not at hand."""
    if name not in sources:
        raise errors.ProtectionRefused.because(
            "source_missing",
            f"The scenario '{against}' needs the source '{name}', which is not at hand.",
            why="An attack that cannot be tried has not been withstood.",
            way_out="Bring the source, or take the scenario out of the policy.",
        )
    return sources[name]


def run_example(run: Callable[..., AttackResult], parameters: type[Declared], given: Mapping[str, Any]) -> Any:
    """Run an attack on records on a worked example and return whether it passed, its figures and the records at risk."""
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as opened:
        result = run(
            _example_table(opened, "release", given["release"]),
            known=_example_table(opened, "known", given.get("known", given["release"])),
            key=list(given["key"]),
            sensitive=list(given.get("sensitive", ())),
            maximum_rate=given.get("maximum_rate", 1.0),
            parameters=parameters.model_validate(given.get("with", {})),
            against="example",
            sources={name: _example_table(opened, name, rows) for name, rows in given.get("sources", {}).items()},
        )
        return {"passed": result.passed, "figures": dict(result.figures), "at_risk": list(result.at_risk)}


def _example_table(opened: Engine, name: str, rows: Sequence[Mapping[str, Any]]) -> Table:
    columns = dict.fromkeys(rows[0], "VARCHAR")
    return opened.make_table(
        name, columns=columns, rows=[tuple(row[column] for column in columns) for row in rows], plane=Plane.CONFIDENTIAL
    )

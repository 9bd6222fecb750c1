"""What a protection method is: a folder that exports METHOD, with its parameters, the laws it claims and its claim."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from openjustice.contracts import declaration
from openjustice.contracts.declaration import Declared


class WorksOn(StrEnum):
    """Says what a method or an attack takes: records of a home, columns in memory, cells of linked tables, or percentages."""

    RECORDS = "records"
    COLUMNS = "columns"
    CELLS = "cells"
    SHARES = "shares"


@dataclass(frozen=True)
class Method:
    """A protection method: how it is called, what its parameters may be, and which laws it promises to keep.

    `apply` takes what it works on first and everything else by keyword, `parameters` among it. `laws` are names of
    properties in tests/laws; a claimed law is tested without writing a test. `example` works one example of
    examples.yaml, from the plain values under `given` to those under `expect`. `perturbs`: it changes counts, is given
    `secrets` besides, and answers with other counts (see `perturbation`). `repeatable`: the same input gives the same
    output, so that the airlock makes it again. `needs_record_keys`: each record has a key of its own that it adds up. `find_doubt`: where it is not
    repeatable, says why published numbers cannot be its own; nothing, where they can. `consequence` says, from the parameters, what all this means for whoever
    reads the numbers; every page that shows them says it.
    """

    name: str
    title: str
    works_on: WorksOn
    laws: tuple[str, ...]
    vetted: bool
    parameters: type[Declared]
    apply: Callable[..., Any] = field(repr=False)
    example: Callable[[Mapping[str, Any]], Any] = field(repr=False)
    perturbs: bool = False
    repeatable: bool = True
    needs_record_keys: bool = False
    find_doubt: Callable[..., str] | None = field(default=None, repr=False)
    consequence: Callable[[Any], tuple[str, ...]] | None = field(default=None, repr=False)

    def read_parameters(self, given: Mapping[str, Any]) -> Any:
        """Return what a policy gives under `with` as this method's parameters; raises RegistryRefused with every fault."""
        return declaration.read_values(given, self.parameters, label=f"parameters of {self.name}")

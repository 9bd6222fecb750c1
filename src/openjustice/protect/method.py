"""What a protection method is: a folder that exports METHOD, with its parameters, the laws it claims and its claim."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from openjustice.contracts import declaration
from openjustice.contracts.declaration import Declared


class WorksOn(StrEnum):
    """Says what a method or an attack takes: records, one row each, or the cells of linked tables."""

    RECORDS = "records"
    CELLS = "cells"


@dataclass(frozen=True)
class Method:
    """A protection method: how it is called, what its parameters may be, and which laws it promises to keep.

    `apply` takes what it works on first and everything else by keyword, `parameters` among it. `laws` are names of
    properties in tests/laws; a claimed law is tested without writing a test. `example` works one example of
    examples.yaml, from the plain values under `given` to those under `expect`.
    """

    name: str
    title: str
    works_on: WorksOn
    laws: tuple[str, ...]
    vetted: bool
    parameters: type[Declared]
    apply: Callable[..., Any] = field(repr=False)
    example: Callable[[Mapping[str, Any]], Any] = field(repr=False)

    def read_parameters(self, given: Mapping[str, Any]) -> Any:
        """Return what a policy gives under `with` as this method's parameters; raises RegistryRefused with every fault."""
        return declaration.read_values(given, self.parameters, label=f"parameters of {self.name}")

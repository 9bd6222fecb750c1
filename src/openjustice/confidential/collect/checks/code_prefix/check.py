"""Finds rows in which a field does not begin with what stands for another field's code: an agency outside its county."""

from __future__ import annotations

from openjustice.confidential.collect.check import CheckKind, Scene, value_of
from openjustice.contracts.dataset import Check
from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """`field` begins with the attribute `prefix` of the code in `of`; codes without that attribute fail nothing."""

    field: str
    of: str
    prefix: str


def _fails(_check: Check, parameters: Parameters, scene: Scene) -> str:
    reference = scene.contract.fields[parameters.of].codelist or ""
    known = scene.codelists[reference.partition("@")[0]].attribute(parameters.prefix)
    codes, prefixes = scene.bound.add(list(known)), scene.bound.add([str(item) for item in known.values()])
    prefix = f"list_extract({prefixes}, list_position({codes}, {value_of(parameters.of)}))"
    return f"NOT starts_with({value_of(parameters.field)}, {prefix})"


CHECK = CheckKind("code_prefix", "A code that does not begin as it must", Parameters, row=_fails)

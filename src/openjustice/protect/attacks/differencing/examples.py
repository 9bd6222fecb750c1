"""Works the examples of the differencing attack: an earlier table and a draft in, the derivations out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from openjustice.protect import cells
from openjustice.protect.attacks.differencing import attack
from openjustice.protect.attacks.differencing.parameters import Parameters
from openjustice.protect.cells import CountTable, SealedTable


def work_example(given: Mapping[str, Any]) -> Any:
    """Set the draft of a worked example against its earlier release; return the verdict and the derivations."""
    before, now = given["earlier"], given["draft"]
    sealed = SealedTable(release=before["release"], table=_read_table(before), hidden=frozenset(_marked(before)))
    draft = _read_table(now)
    system = cells.make_cell_system([draft], earlier=[sealed])
    hidden = np.zeros(len(system), dtype=np.bool_)
    hidden[[system.positions[draft.id][codes] for codes in _marked(now)]] = True
    found = attack.run(system, hidden, parameters=Parameters.model_validate(given["parameters"]))
    return {"passed": found.result.passed, "leaks": list(found.result.leaks)}


def _read_table(item: Mapping[str, Any]) -> CountTable:
    codes = {tuple(str(code) for code in row[:-1]): int(row[-1]) for row in item["cells"]}
    return CountTable(id=item["id"], variables=tuple(item["variables"]), population="example/rows", cells=codes)


def _marked(item: Mapping[str, Any]) -> list[tuple[str, ...]]:
    return [tuple(str(code) for code in row) for row in item["hidden"]]

"""Works the examples of controlled rounding: small tables in, rounded tables out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openjustice.protect.cells import CountTable, make_cell_system
from openjustice.protect.methods.controlled_rounding import method
from openjustice.protect.methods.controlled_rounding.parameters import Parameters
from openjustice.protect.perturbation import Secrets


def work_example(given: Mapping[str, Any]) -> Any:
    """Round the table of a worked example."""
    cells = {tuple(str(code) for code in row[:-1]): int(row[-1]) for row in given["cells"]}
    table = CountTable(id="table", variables=tuple(given["variables"]), population="example/rows", cells=cells)
    system = make_cell_system([table])
    done = method.round_tables(
        system, parameters=Parameters.model_validate(given["parameters"]), secrets=Secrets(key=b"example")
    )
    return [[*codes, int(done.values[system.positions["table"][codes]])] for codes in cells]

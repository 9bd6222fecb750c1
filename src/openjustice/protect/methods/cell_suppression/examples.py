"""Works the examples of cell suppression: small tables in, marks out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openjustice.protect.cells import CountTable, make_cell_system
from openjustice.protect.methods.cell_suppression import method
from openjustice.protect.methods.cell_suppression.parameters import Parameters


def work_example(given: Mapping[str, Any]) -> Any:
    """Suppress the tables of a worked example and return each as readers see it, `c` for a hidden count."""
    tables = [_read_table(item) for item in given["tables"]]
    system = make_cell_system(tables)
    done = method.suppress(system, parameters=Parameters.model_validate(given["parameters"]))
    return {
        table.id: [
            [*codes, "c" if done.hidden[system.positions[table.id][codes]] else value]
            for codes, value in table.cells.items()
        ]
        for table in tables
    }


def _read_table(item: Mapping[str, Any]) -> CountTable:
    cells = {tuple(str(code) for code in row[:-1]): int(row[-1]) for row in item["cells"]}
    return CountTable(id=item["id"], variables=tuple(item["variables"]), population="example/rows", cells=cells)

"""Works the examples of the interval attack: tables and marks in, what a reader can work out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from openjustice.protect import cells
from openjustice.protect.attacks.interval import attack
from openjustice.protect.attacks.interval.parameters import Parameters
from openjustice.protect.cells import CountTable


def work_example(given: Mapping[str, Any]) -> Any:
    """Attack one table of a worked example; return whether it is safe, and the interval of each hidden small count."""
    codes = [tuple(str(code) for code in row[:-1]) for row in given["cells"]]
    values = [int(row[-1]) for row in given["cells"]]
    table = CountTable(
        id="example",
        variables=tuple(given["variables"]),
        population="example/rows",
        cells=dict(zip(codes, values, strict=True)),
    )
    system = cells.make_cell_system([table])
    hidden = np.zeros(len(system), dtype=np.bool_)
    hidden[[system.positions["example"][tuple(row)] for row in given["hidden"]]] = True
    parameters = Parameters.model_validate({**given["parameters"], "exact": True})
    found = attack.run(system, hidden, parameters=parameters)
    intervals = [[*_codes(table, item.address), item.low, item.high] for item in found.intervals]
    return {"passed": found.result.passed, "intervals": intervals}


def _codes(table: CountTable, address: cells.Address) -> list[str]:
    return [dict(address).get(variable, cells.TOTAL) for variable in table.variables]

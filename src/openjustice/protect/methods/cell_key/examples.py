"""Works the examples of the cell key method: counts and the keys of their records in, published numbers out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from openjustice.protect.cells import CountTable, make_cell_system
from openjustice.protect.methods.cell_key import method
from openjustice.protect.methods.cell_key.parameters import Parameters
from openjustice.protect.perturbation import Secrets


def work_example(given: Mapping[str, Any]) -> Any:
    """Perturb a table whose cells are given as lists of their records' keys; `c` stands for a hidden number."""
    records = {str(code): list(keys) for code, keys in given["records"].items()}
    records["_T"] = [key for keys in records.values() for key in keys]
    table = CountTable(
        id="table",
        variables=(str(given["variable"]),),
        population="example/rows",
        cells={(code,): len(keys) for code, keys in records.items()},
    )
    system = make_cell_system([table])
    sums = np.zeros(len(system), dtype=np.int64)
    for code, keys in records.items():
        sums[system.positions["table"][(code,)]] = sum(keys)
    done = method.perturb(
        system,
        parameters=Parameters.model_validate(given["parameters"]),
        secrets=Secrets(key=b"", record_keys=sums),
    )
    places = {code: system.positions["table"][(code,)] for code in records}
    return {code: "c" if done.hidden[cell] else int(done.values[cell]) for code, cell in places.items()}

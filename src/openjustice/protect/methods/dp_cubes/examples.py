"""Works the examples of differential privacy: its noise is drawn anew each time, so the example asks what always holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openjustice.protect.cells import CountTable, make_cell_system
from openjustice.protect.methods.dp_cubes import method
from openjustice.protect.methods.dp_cubes.parameters import Parameters
from openjustice.protect.perturbation import Secrets


def work_example(given: Mapping[str, Any]) -> Any:
    """Protect the table of a worked example and say what holds of the numbers, and what was spent."""
    cells = {tuple(str(code) for code in row[:-1]): int(row[-1]) for row in given["cells"]}
    system = make_cell_system(
        [CountTable(id="t", variables=tuple(given["variables"]), population="t/rows", cells=cells)]
    )
    parameters = Parameters.model_validate(given["parameters"])
    done = method.protect(system, parameters=parameters, secrets=Secrets(key=b"", releases=int(given["releases"])))
    return {
        "adds_up": not (system.equations @ done.values).any(),
        "below_zero": int((done.values < 0).sum()),
        "noise_scale": done.figures["noise_scale"],
        "spent": done.figures["spent"],
        "doubt": method.find_doubt(system, done.values, parameters=parameters),
    }

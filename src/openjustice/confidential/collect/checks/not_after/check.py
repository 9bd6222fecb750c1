"""Finds days after the day on which the file is checked. Three fields are read as year, month and day."""

from __future__ import annotations

from openjustice.confidential.collect.check import CheckKind, NoParameters, Scene, value_of
from openjustice.contracts.dataset import Check


def _fails(check: Check, _parameters: NoParameters, scene: Scene) -> str:
    names = [value_of(name) for name in check.fields]
    if len(names) != 3:
        today = f"CAST({scene.bound.add(scene.today.isoformat())} AS DATE)"
        return " OR ".join(f"{name} > {today}" for name in names)
    year, month, day = names
    number = f"({year} * 10000 + {month} * 100 + {day})"
    return f"{number} > {scene.bound.add(int(scene.today.strftime('%Y%m%d')))}"


CHECK = CheckKind("not_after", "A day that lies in the future", NoParameters, row=_fails)

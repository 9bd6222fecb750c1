"""Lays the record file beside the tables: what a reader of both can work out of the counts that the tables hide."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from openjustice.contracts.policy import TableRules
from openjustice.ground import discovery
from openjustice.protect import attacks
from openjustice.protect.attack import Attack, AttackResult
from openjustice.protect.cells import BoolArray, CellSystem
from openjustice.protect.plan.bounds import RecordFile, find_bounds, join
from openjustice.protect.plan.tables import attack_parameters


def check(file: RecordFile, *, system: CellSystem, mask: BoolArray, rules: TableRules) -> AttackResult:
    """Run the interval attack on the tables and the record file together.

    `mask` says which cells of the draft are hidden. See `bounds.find_bounds` for what the file tells of each.
    """
    bounds = find_bounds(file, system=system, mask=mask)
    joined = join(system, bounds, is_earlier=False)
    hidden = np.concatenate([mask, np.zeros(len(joined) - len(system), dtype=np.bool_)])
    plugin: Attack = discovery.load_plugin(attacks, "interval", attribute="ATTACK")
    found: AttackResult = plugin.run(joined, hidden, parameters=plugin.read_parameters(attack_parameters(rules))).result
    says = found.says.replace("can be worked out", "can be worked out from the tables and the record file together")
    return replace(found, against="tables and record file together", says=says)

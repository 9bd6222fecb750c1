"""Lays the record file beside the tables: what a reader of both can work out of the counts that the tables hide."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from openjustice.contracts.policy import TableRules
from openjustice.ground import discovery
from openjustice.protect import attacks
from openjustice.protect.attack import Attack, AttackResult
from openjustice.protect.cells import Address, BoolArray, CellSystem
from openjustice.protect.plan import gaps
from openjustice.protect.plan.bounds import RecordFile, find_bounds, find_left_out, join
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


LEFT_OUT = "people who were kept out of the record file"


def check_left_out(file: RecordFile, *, system: CellSystem, mask: BoolArray, rules: TableRules) -> AttackResult:
    """Subtract the record file from every shown count of the tables: nobody may count a few people who were kept out.

    It passes where no count of them from 1 to the minimum frequency is known more closely than the policy's safety
    interval allows a hidden count to be known.
    """
    found = find_left_out(file, system=system, shown=system.in_draft & ~mask)
    leaks = gaps.find_leaks(found, rules=rules).tolist()
    return AttackResult(
        attack="interval",
        against=LEFT_OUT,
        passed=not leaks,
        says=(
            f"{len(leaks)} counts less the file's records tell how few people were kept out of the file."
            if leaks
            else "No count less the file's records tells how few people were kept out of the file."
        ),
        figures={"cells_with_people_left_out": len(found.cells)},
        leaks=tuple(_in_words(system.addresses[cell]) for cell in leaks),
    )


def _in_words(address: Address) -> str:
    return "people left out of: " + ", ".join(f"{name} {code}" for name, code in address if name)

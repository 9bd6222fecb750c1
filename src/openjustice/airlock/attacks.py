"""Attacks the tables of a draft with the truth at hand: what can a reader work out, alone or with all earlier releases?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from openjustice.airlock import remaking
from openjustice.airlock.integrity import fault
from openjustice.airlock.numbers import Drafted
from openjustice.confidential.drafting import contributions, earlier
from openjustice.confidential.drafting.sources import Truth
from openjustice.confidential.store import SealedCell
from openjustice.contracts.jurisdiction import Jurisdiction
from openjustice.contracts.policy import TableRules
from openjustice.ground import discovery, errors
from openjustice.protect import attacks, cells, plan
from openjustice.protect.attack import AttackResult
from openjustice.protect.cells import BoolArray, CellSystem, Codes, SealedTable
from openjustice.protect.plan import counts, small
from openjustice.protect.plan.tables import attack_parameters

# Run on every draft of persons, whatever its policy names.
ALWAYS = ("interval", "differencing")
FAILED = {"interval": "attack_failed", "differencing": "differencing_failed"}


@dataclass(frozen=True)
class AttackedTables:
    """What the attacks on the tables found, and the true cells to keep once the draft is sealed."""

    results: tuple[AttackResult, ...]
    faults: tuple[errors.Fault, ...]
    cells: tuple[SealedCell, ...]
    system: CellSystem | None = None
    mask: BoolArray | None = None
    says: str = ""


def attack_tables(
    drafted: Drafted, *, truth: Truth, before: tuple[SealedTable, ...], jurisdiction: Jurisdiction
) -> AttackedTables:
    """Run the interval and differencing attacks, and whatever else the policy names, on the tables as they stand in the draft.

    Surprise: a cell that one table hides and another shows is shown.
    """
    tables = [item for measured in truth.tables for item in counts.count_tables(measured)]
    hidden = {
        name: codes
        for measured in truth.tables
        if measured.id in drafted.tables
        for name, codes in counts.hidden_codes(measured, published=drafted.tables[measured.id]).items()
    }
    present = [item for item in tables if item.id in hidden]
    kept = earlier.as_sealed_cells(present, hidden=[hidden[item.id] for item in present])
    rules = truth.rules.tables
    if not truth.dataset.contract.persons:
        return AttackedTables(results=(), faults=(), cells=kept)
    if rules is None or rules.method == "none":
        return AttackedTables(results=(), faults=(_unprotected(),), cells=kept)
    if not plan.is_attacked(rules):
        doubts = remaking.find_doubts(drafted, truth=truth, present=present, rules=rules)
        published = remaking.keep_published(drafted, truth=truth, present=present)
        says = remaking.say_what_was_done(rules)
        return AttackedTables(results=(), faults=tuple(doubts), cells=(*kept, *published), says=says)
    nestings = counts.find_nestings(truth.recoded[truth.dataset.id], recodings=truth.rules.recode)
    plain = cells.make_cell_system(present, nestings=nestings, earlier=before)
    mask = mask_of(plain, hidden=hidden)
    ruled = small.apply_rules(
        plain, truth.tables, rules=rules, scorings=jurisdiction.scorings, contributed=contributions.measure(truth)
    )
    system = ruled.system
    thin = small.check_rows(system, mask, rules=rules, scorings=jurisdiction.scorings)
    results = tuple(_run(name, system, mask, rules=rules) for name in dict.fromkeys((*ALWAYS, *rules.audit)))
    faults = (*find_faults(results), *([_thin(thin)] if thin else []))
    return AttackedTables(results=results, faults=faults, cells=kept, system=system, mask=mask)


def mask_of(system: CellSystem, *, hidden: Mapping[str, frozenset[Codes]]) -> BoolArray:
    """Return which cells of a draft's tables no table shows."""
    shown = np.zeros(len(system), dtype=np.bool_)
    for table, positions in system.positions.items():
        shown[[cell for codes, cell in positions.items() if codes not in hidden[table]]] = True
    return system.in_draft & ~shown


def find_faults(results: tuple[AttackResult, ...]) -> list[errors.Fault]:
    """Return a fault for each attack that succeeded, with its first derivations in words."""
    return [
        _given_away(item)
        if "given_away" in item.figures  # the tables' differencing; that of record files counts no cells
        else fault(
            FAILED.get(item.attack, "attack_failed"),
            f"The {item.attack} attack on {item.against} succeeded: {item.says} {_first(item.leaks)}".strip(),
            "Make a new draft with coarser groups or fewer tables.",
        )
        for item in results
        if not item.passed
    ]


def _given_away(item: AttackResult) -> errors.Fault:
    """Say to somebody who knows no statistics what the draft and the releases give away together, and how."""
    count = int(item.figures["given_away"] or 0)
    counts = "one small count that is" if count == 1 else f"{count:,} small counts that are"
    return fault(
        FAILED["differencing"],
        f"Whoever has kept the earlier releases could work out {counts} hidden, by sums and differences with this draft.",
        "Make a new draft now: it is protected beside the releases that are out. If that hides too much, use coarser groups "
        "or fewer tables.",
        why=_first(item.leaks),
    )


def _run(name: str, system: CellSystem, hidden: BoolArray, *, rules: TableRules) -> AttackResult:
    attack = discovery.load_plugin(attacks, name, attribute="ATTACK")
    result: AttackResult = attack.run(
        system, hidden, parameters=attack.read_parameters(attack_parameters(rules))
    ).result
    return result


def _first(leaks: tuple[str, ...], *, limit: int = 5) -> str:
    more = f" and {len(leaks) - limit:,} more" if len(leaks) > limit else ""
    return f"{'; '.join(leaks[:limit])}{more}." if leaks else ""


def _thin(count: int) -> errors.Fault:
    return fault(
        "rows_too_thin",
        f"In {count:,} rows or columns the hidden counts are so small together that they are all but told.",
        "Make a new draft; the scoring that the policy names asks for one more hidden count in each.",
    )


def _unprotected() -> errors.Fault:
    return fault(
        "tables_unprotected",
        "The policy protects no table, but the records are of persons.",
        "Have the policy name a method.",
    )

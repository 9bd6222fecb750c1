"""Policy and tables in, protected tables and a disclosure report out: the room's one front door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from openjustice.contracts.dataset import Contract
from openjustice.contracts.policy import Policy, Recoding, TableRules
from openjustice.ground import discovery, errors
from openjustice.ground.engine import Table
from openjustice.ground.terms import Plane
from openjustice.measure.frames import MeasuredTable
from openjustice.protect import attacks
from openjustice.protect.attack import Attack, AttackResult
from openjustice.protect.cells import BoolArray, CellSystem, Nesting, SealedTable
from openjustice.protect.plan import beside, microdata, tables
from openjustice.protect.plan.bounds import RecordFile
from openjustice.protect.plan.groups import Detail, measure_detail
from openjustice.protect.plan.microdata import Point, ProtectedMicrodata, find_unmet, needs_of, rules_of
from openjustice.protect.plan.records import Kept, keep_for, recode
from openjustice.protect.plan.report import DisclosureReport, make_report
from openjustice.protect.plan.tables import ProtectedTables

__all__ = [
    "Detail",
    "DisclosureReport",
    "Kept",
    "Point",
    "ProtectedMicrodata",
    "ProtectedTables",
    "RecordFile",
    "attack_all",
    "attack_microdata",
    "attack_tables",
    "check_against_tables",
    "find_unmet",
    "keep_for",
    "make_report",
    "measure_detail",
    "needs_of",
    "pass_records",
    "protect_microdata",
    "protect_tables",
    "recode",
    "rules_of",
]

attack_microdata = microdata.attack


def protect_tables(
    measured: Sequence[MeasuredTable],
    *,
    rules: TableRules,
    earlier: Sequence[SealedTable] = (),
    nestings: Sequence[Nesting] = (),
    unvetted: Mapping[str, str] | None = None,
    file: RecordFile | None = None,
) -> ProtectedTables:
    """Hide small counts and their helpers over all tables as one problem, and label the result as protected.

    See `tables.hide`. `file` is the record file that will stand beside the tables, which are made to fit it. The tables
    hold counts alone; `measure.rates` adds rates to them afterwards.
    """
    done = tables.hide(measured, rules=rules, earlier=earlier, nestings=nestings, unvetted=unvetted, file=file)
    lowered = {
        name: table.engine.lower_label(table, to=Plane.PROTECTED, reason=f"counts protected by {rules.method}")
        for name, table in done.tables.items()
    }
    return replace(done, tables=lowered)


def protect_microdata(recoded: Table, *, policy: Policy, tier: str, seed: int) -> ProtectedMicrodata:
    """Blank values of the recoded records until every need of the tier's policy holds, and label the file as protected.

    See `microdata.protect`. `recoded` must hold only the records that `keep_for("microdata", …)` keeps.
    """
    done = microdata.protect(recoded, policy=policy, tier=tier, seed=seed)
    rules = rules_of(policy, tier=tier)
    lowered = done.table.engine.lower_label(
        done.table, to=Plane.PROTECTED, reason=f"records protected by {rules.then} for the {tier} tier"
    )
    return replace(done, table=lowered)


def pass_records(records: Table, *, contract: Contract) -> Table:
    """Label the records of a dataset without persons as protected, as they are: there is nobody in them to protect.

    Raises ProtectionRefused where the contract says that its records are of persons.
    """
    if contract.persons:
        raise errors.ProtectionRefused.because(
            "records_of_persons",
            f"The records of '{contract.dataset}' are of persons and cannot pass as they are.",
            way_out="Have the policy say how its record file is protected.",
        )
    return records.engine.lower_label(records, to=Plane.PROTECTED, reason="records without persons, as they are")


def attack_tables(protected: ProtectedTables, *, rules: TableRules) -> tuple[AttackResult, ...]:
    """Run every attack that the rules name under `audit` on the cells of a draft."""
    if protected.system is None or protected.mask is None:
        return ()
    results = []
    for name in rules.audit:
        plugin: Attack = discovery.load_plugin(attacks, name, attribute="ATTACK")
        parameters = plugin.read_parameters(tables.attack_parameters(rules))
        results.append(plugin.run(protected.system, protected.mask, parameters=parameters).result)
    return tuple(results)


def check_against_tables(
    release: Table,
    *,
    recoded: Table,
    system: CellSystem,
    mask: BoolArray,
    rules: TableRules,
    recodings: Mapping[str, Recoding],
    dataset: str,
) -> AttackResult:
    """Attack the tables of a draft with its record file at hand; see `beside.check`."""
    file = RecordFile(release=release, recoded=recoded, recodings=recodings, dataset=dataset)
    return beside.check(file, system=system, mask=mask, rules=rules)


def attack_all(
    *,
    policy: Policy,
    tier: str,
    dataset: str,
    protected_tables: ProtectedTables | None,
    release: Table | None,
    recoded: Table | None,
) -> tuple[AttackResult, ...]:
    """Run every attack that a tier's policy names, on the tables, on the record file, and on both together.

    `release` is the protected record file, `recoded` the same records before protection in all variables of the tier.
    """
    rules = next(item for name, item in policy.tiers.items() if name == tier)
    results: list[AttackResult] = []
    counts = protected_tables if rules.tables is not None else None
    if counts is not None and rules.tables is not None:
        results += attack_tables(counts, rules=rules.tables)
    if release is not None and recoded is not None:
        results += attack_microdata(release, known=recoded, policy=policy, tier=tier)
        if counts is not None and rules.tables is not None and counts.system is not None and counts.mask is not None:
            beside_tables = check_against_tables(
                release,
                recoded=recoded,
                system=counts.system,
                mask=counts.mask,
                rules=rules.tables,
                recodings=rules.recode,
                dataset=dataset,
            )
            results.append(beside_tables)
    return tuple(results)

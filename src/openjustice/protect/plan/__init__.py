"""Policy and tables in, protected tables and a disclosure report out: the room's one front door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from openjustice.contracts.dataset import Contract
from openjustice.contracts.policy import Policy, Recoding, TableRules
from openjustice.contracts.small_cells import ScoringRules
from openjustice.ground import discovery, errors
from openjustice.ground.engine import Table
from openjustice.ground.terms import Plane
from openjustice.measure import rates
from openjustice.measure.frames import MeasuredTable
from openjustice.protect import attacks, methods
from openjustice.protect.attack import Attack, AttackResult
from openjustice.protect.cells import BoolArray, CellSystem, Nesting, SealedTable
from openjustice.protect.method import Method, WorksOn
from openjustice.protect.plan import beside, microdata, shares, tables
from openjustice.protect.plan.bounds import RecordFile
from openjustice.protect.plan.gaps import Beside
from openjustice.protect.plan.groups import Detail, measure_detail
from openjustice.protect.plan.merging import suggest_mergers
from openjustice.protect.plan.microdata import Point, ProtectedMicrodata, find_unmet, needs_of, rules_of
from openjustice.protect.plan.perturbing import Chance
from openjustice.protect.plan.populations import Kept, keep_for, mark, marks
from openjustice.protect.plan.records import recode
from openjustice.protect.plan.report import DisclosureReport, make_report
from openjustice.protect.plan.small import find_released, score_tables
from openjustice.protect.plan.steward import make_view
from openjustice.protect.plan.tables import ProtectedTables
from openjustice.protect.small_cells.rules import Contributed

__all__ = [
    "Beside",
    "Chance",
    "Detail",
    "DisclosureReport",
    "Kept",
    "Point",
    "ProtectedMicrodata",
    "ProtectedTables",
    "RecordFile",
    "add_values",
    "attack_all",
    "attack_microdata",
    "attack_tables",
    "check_against_tables",
    "find_released",
    "find_unmet",
    "is_attacked",
    "keep_for",
    "load_method",
    "make_report",
    "make_view",
    "mark",
    "marks",
    "measure_detail",
    "needs_of",
    "pass_records",
    "protect_microdata",
    "protect_tables",
    "recode",
    "rules_of",
    "score_tables",
    "suggest_mergers",
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
    scorings: Mapping[str, ScoringRules] | None = None,
    contributed: Contributed | None = None,
    chance: Chance | None = None,
) -> ProtectedTables:
    """Hide or change counts over all tables as one problem, by the policy's method, and label the result as protected.

    See `tables.hide`. `file` is the record file that will stand beside the tables, which are made to fit it. The tables
    hold counts alone; `add_values` adds rates to them afterwards.
    """
    done = tables.hide(
        measured, rules=rules, earlier=earlier, nestings=nestings, unvetted=unvetted, file=file, scorings=scorings,
        contributed=contributed, chance=chance,
    )  # fmt: skip
    lowered = {
        name: table.engine.lower_label(table, to=Plane.PROTECTED, reason=f"counts protected by {rules.method}")
        for name, table in done.tables.items()
    }
    return replace(done, tables=lowered)


def add_values(table: Table, *, measured: MeasuredTable, rules: TableRules | None) -> Table:
    """Add the values of a table of protected counts; where the policy's method works on percentages, code these."""
    valued = rates.add_rates(table, indicator=measured.indicator, rules=rules)
    method = None if rules is None or rules.method == tables.NO_METHOD else load_method(rules.method)
    if rules is None or method is None or method.works_on is not WorksOn.SHARES:
        return valued
    return shares.code_table(valued, measured=measured, method=method, rules=rules)


def load_method(name: str) -> Method:
    """Return a method by its name, whatever it works on."""
    method: Method = discovery.load_plugin(methods, name, attribute="METHOD")
    return method


def is_attacked(rules: TableRules | None) -> bool:
    """Say whether tables under these rules show true counts, so that whoever adds them up can be simulated."""
    if rules is None or rules.method == tables.NO_METHOD:
        return False
    method = load_method(rules.method)
    return method.works_on is WorksOn.CELLS and not method.perturbs


def protect_microdata(
    recoded: Table, *, policy: Policy, tier: str, seed: int, beside: Beside | None = None
) -> ProtectedMicrodata:
    """Blank values of the recoded records until every need of the tier's policy holds, and label the file as protected.

    See `microdata.protect`. `recoded` must hold only the records that `keep_for("microdata", …)` keeps.
    """
    done = microdata.protect(recoded, policy=policy, tier=tier, seed=seed, beside=beside)
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
    if protected.system is None or protected.mask is None or protected.perturbed is not None:
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
) -> tuple[AttackResult, ...]:
    """Attack the tables of a draft with its record file at hand, and the people left out of it; see `beside`."""
    file = RecordFile(release=release, recoded=recoded, recodings=recodings, dataset=dataset)
    return (
        beside.check(file, system=system, mask=mask, rules=rules),
        beside.check_left_out(file, system=system, mask=mask, rules=rules),
    )


def attack_all(
    *,
    policy: Policy,
    tier: str,
    dataset: str,
    protected_tables: ProtectedTables | None,
    release: Table | None,
    recoded: Table | None,
    sources: Mapping[str, Table] | None = None,
) -> tuple[AttackResult, ...]:
    """Run every attack that a tier's policy names, on the tables, on the record file, and on both together.

    `release` is the protected record file, `recoded` the same records before protection in all variables of the tier,
    `sources` the outside files that the policy's scenarios name.
    """
    rules = next(item for name, item in policy.tiers.items() if name == tier)
    results: list[AttackResult] = []
    counts = protected_tables if rules.tables is not None else None
    if counts is not None and rules.tables is not None:
        results += attack_tables(counts, rules=rules.tables)
    if release is not None and recoded is not None:
        results += attack_microdata(release, known=recoded, policy=policy, tier=tier, sources=sources)
        system, mask = _true_counts(counts)
        if system is not None and mask is not None and rules.tables is not None:
            results += check_against_tables(
                release,
                recoded=recoded,
                system=system,
                mask=mask,
                rules=rules.tables,
                recodings=rules.recode,
                dataset=dataset,
            )
    return tuple(results)


def _true_counts(counts: ProtectedTables | None) -> tuple[CellSystem | None, BoolArray | None]:
    """Return the cells of tables that show true counts, and which of them are hidden; none of any other."""
    return (None, None) if counts is None or counts.perturbed is not None else (counts.system, counts.mask)

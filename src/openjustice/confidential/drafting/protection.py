"""Protects the tables and the records of a draft by its policy, attacks them, and puts together what is to be said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from openjustice.confidential.drafting import contributions, sources
from openjustice.confidential.drafting.sources import Truth
from openjustice.contracts.jurisdiction import Jurisdiction
from openjustice.contracts.policy import TableRules
from openjustice.ground import errors
from openjustice.ground.engine import Table
from openjustice.protect import plan
from openjustice.protect.attack import AttackResult
from openjustice.protect.cells import SealedTable
from openjustice.protect.plan import (
    Chance,
    DisclosureReport,
    ProtectedMicrodata,
    ProtectedTables,
    RecordFile,
    counts,
    vintages,
)
from openjustice.protect.plan.vintages import FileHistogram

TIER = "public"


@dataclass(frozen=True)
class Protected:
    """The finished products of a draft, under the protected label, and its disclosure report.

    `tables`: by id, with the published columns; `records`: the record file, None where the policy gives none.
    """

    tables: Mapping[str, Table]
    records: Table | None
    counted: ProtectedTables = field(repr=False)
    report: DisclosureReport = field(repr=False)


def protect(
    truth: Truth,
    *,
    jurisdiction: Jurisdiction,
    before: tuple[SealedTable, ...],
    seed: int,
    tell: Callable[[float, str], None],
    chance: Chance | None = None,
    files: tuple[FileHistogram, ...] = (),
) -> Protected:
    """Protect everything that the policy's public tier gives, and attack it.

    `before` are the tables of all earlier releases with their true values, `files` their record files; `chance` is for a method that changes counts.
    Raises ProtectionRefused where the policy cannot be satisfied.
    """
    tell(0.2, "Protecting the records")
    microdata = _protect_records(truth, jurisdiction=jurisdiction, seed=seed)
    tell(0.4, "Protecting the tables")
    # After the records, so that no count is hidden that the record file would give back.
    file = _record_file(truth, microdata, jurisdiction=jurisdiction)
    counted = protect_counts(truth, jurisdiction=jurisdiction, before=before, file=file, chance=chance)
    tables = add_values(truth, counted=counted)
    tell(0.6, "Attacking")
    report = _explain(truth, jurisdiction=jurisdiction, counted=counted, microdata=microdata, files=files)
    if microdata is not None:
        return Protected(tables=tables, records=microdata.table, counted=counted, report=report)
    return Protected(
        tables=tables, records=_pass_records(truth, jurisdiction=jurisdiction), counted=counted, report=report
    )


def add_values(truth: Truth, *, counted: ProtectedTables) -> dict[str, Table]:
    """Return the tables of protected counts with their values, as they are published."""
    return {
        item.id: plan.add_values(counted.tables[item.id], measured=item, rules=truth.rules.tables)
        for item in truth.tables
    }


def protect_counts(
    truth: Truth,
    *,
    jurisdiction: Jurisdiction,
    before: tuple[SealedTable, ...] = (),
    file: RecordFile | None = None,
    chance: Chance | None = None,
) -> ProtectedTables:
    """Protect the counts of all tables; the airlock does this again where the policy's method can be repeated."""
    rules = _table_rules(truth)
    nestings = counts.find_nestings(truth.recoded[truth.dataset.id], recodings=truth.rules.recode)
    return plan.protect_tables(
        truth.tables,
        rules=rules,
        earlier=before,
        nestings=nestings,
        unvetted=truth.policy.allow_unvetted,
        file=file,
        scorings=jurisdiction.scorings,
        contributed=contributions.measure(truth),
        chance=chance,
    )


def _record_file(
    truth: Truth, microdata: ProtectedMicrodata | None, *, jurisdiction: Jurisdiction
) -> RecordFile | None:
    if microdata is None:
        return None
    return RecordFile(
        release=microdata.table,
        recoded=sources.records_to_protect(truth, jurisdiction=jurisdiction),
        recodings=truth.rules.recode,
        dataset=truth.dataset.id,
    )


def _table_rules(truth: Truth) -> TableRules:
    if truth.rules.tables is None and truth.tables:
        raise errors.ProtectionRefused.because(
            "no_table_rules",
            f"The policy of '{truth.dataset.id}' does not say how its tables are protected.",
            way_out="Name a method under 'tables', or 'none' with the reason where no persons are in them.",
        )
    return truth.rules.tables or TableRules(method="none")


def _protect_records(truth: Truth, *, jurisdiction: Jurisdiction, seed: int) -> ProtectedMicrodata | None:
    if truth.rules.microdata is None:
        return None
    known = sources.records_to_protect(truth, jurisdiction=jurisdiction)
    return plan.protect_microdata(known, policy=truth.policy, tier=TIER, seed=seed, beside=sources.tables_beside(truth))


def _pass_records(truth: Truth, *, jurisdiction: Jurisdiction) -> Table | None:
    """Return the record file of a dataset without persons; None where there are persons and no rules for records."""
    if truth.dataset.contract.persons:
        return None
    plain = sources.plain_records(truth, jurisdiction=jurisdiction)
    return plan.pass_records(plain, contract=truth.dataset.contract)


def _explain(
    truth: Truth,
    *,
    jurisdiction: Jurisdiction,
    counted: ProtectedTables,
    microdata: ProtectedMicrodata | None,
    files: tuple[FileHistogram, ...],
) -> DisclosureReport:
    kept = plan.keep_for("microdata", records=truth.records, policy=truth.policy)
    recoded = sources.records_to_protect(truth, jurisdiction=jurisdiction) if microdata else None
    attacks = plan.attack_all(
        policy=truth.policy,
        tier=TIER,
        dataset=truth.dataset.id,
        protected_tables=counted,
        release=microdata.table if microdata else None,
        recoded=recoded,
        sources=truth.outside,
    )
    if microdata is not None and recoded is not None:
        attacks = (*attacks, _attack_earlier(microdata, recoded=recoded, files=files))
    return plan.make_report(
        contract=truth.dataset.contract,
        policy=truth.policy,
        tier=TIER,
        records=kept.records,
        tables=counted,
        microdata=microdata,
        left_out=kept.left_out,
        attacks=attacks,
        recoded=recoded,
        detail=_measure_detail(truth, kept=kept.records, jurisdiction=jurisdiction) if microdata else None,
    )


def _attack_earlier(microdata: ProtectedMicrodata, *, recoded: Table, files: tuple[FileHistogram, ...]) -> AttackResult:
    now = FileHistogram(
        release="this draft",
        variables=microdata.variables,
        truth=vintages.histogram_of(recoded, variables=microdata.variables),
        shown=vintages.histogram_of(microdata.table, variables=microdata.variables),
    )
    return vintages.check(now, files, needs=[item.need for item in microdata.scenarios])


def _measure_detail(truth: Truth, *, kept: Table, jurisdiction: Jurisdiction) -> plan.Detail:
    recodings = {f"{name}__recoded": rule for name, rule in truth.rules.recode.items()}
    both = plan.recode(
        kept,
        recodings=recodings,
        contract=truth.dataset.contract,
        codelists=jurisdiction.codelists,
        also=sorted({rule.of for rule in recodings.values()}),
    )
    return {
        name.removesuffix("__recoded"): found for name, found in plan.measure_detail(both, recodings=recodings).items()
    }

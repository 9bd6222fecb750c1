"""Attacks the record file of a draft with the records it was made of, and makes it again to see whether it is the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openjustice.airlock.attacks import AttackedTables, find_faults
from openjustice.airlock.integrity import fault
from openjustice.airlock.numbers import Drafted
from openjustice.confidential.drafting import earlier, sources
from openjustice.confidential.drafting.sources import Truth
from openjustice.confidential.store import SealedCell
from openjustice.contracts.jurisdiction import Jurisdiction
from openjustice.ground import errors
from openjustice.ground.engine import Table
from openjustice.protect import plan
from openjustice.protect.attack import AttackResult
from openjustice.protect.plan import microdata, vintages

TIER = "public"


@dataclass(frozen=True)
class AttackedRecords:
    """What the attacks on the record file found, and the combinations behind it to keep once the draft is sealed."""

    results: tuple[AttackResult, ...] = ()
    faults: tuple[errors.Fault, ...] = ()
    cells: tuple[SealedCell, ...] = ()


def attack_records(
    drafted: Drafted,
    *,
    truth: Truth,
    jurisdiction: Jurisdiction,
    seed: int,
    beside: AttackedTables,
    before: Mapping[str, Sequence[SealedCell]],
) -> AttackedRecords:
    """Compare the record file with one made again, measure what its policy requires, and run the attacks it names.

    `beside` are the tables of the same draft: what a reader of both can work out is attacked too. `before` is what was
    kept of each earlier release: a file that differs from an earlier one by a few people would show them.
    """
    file = drafted.microdata.get(truth.dataset.id)
    if file is None:
        return AttackedRecords()
    if truth.rules.microdata is None:
        return AttackedRecords(faults=_differs(file, sources.plain_records(truth, jurisdiction=jurisdiction)))
    known = sources.records_to_protect(truth, jurisdiction=jurisdiction)
    again = microdata.protect(
        known, policy=truth.policy, tier=TIER, seed=seed, alternatives=(), beside=sources.tables_beside(truth)
    ).table
    unmet = plan.find_unmet(file, policy=truth.policy, tier=TIER, recoded=known)
    now = vintages.FileHistogram(
        release="this draft", variables=tuple(truth.rules.microdata.variables),
        truth=vintages.histogram_of(known, variables=truth.rules.microdata.variables),
        shown=vintages.histogram_of(again, variables=truth.rules.microdata.variables),
    )  # fmt: skip
    needs = microdata.split_of(known, policy=truth.policy, tier=TIER).everybody
    results = (
        ()
        if file.columns != again.columns
        else (
            *plan.attack_microdata(file, known=known, policy=truth.policy, tier=TIER, sources=truth.outside),
            *_attack_both(file, known=known, truth=truth, beside=beside),
            vintages.check(now, earlier.as_files(before, jurisdiction=jurisdiction.id), needs=needs),
        )
    )
    kept = earlier.as_record_cells(now, dataset=truth.dataset.id)
    faults = (
        *_differs(file, again),
        *unmet,
        *find_faults(results),
        *_find_few_changes(kept, before=before, truth=truth),
    )
    return AttackedRecords(results=results, faults=faults, cells=kept)


def _find_few_changes(
    kept: Sequence[SealedCell], *, before: Mapping[str, Sequence[SealedCell]], truth: Truth
) -> tuple[errors.Fault, ...]:
    """Return a fault for each earlier record file of which fewer records changed than the policy lets stand out."""
    needs = microdata.needs_of(truth.policy, tier=TIER)
    least = max((need.k for need in needs), default=1)
    sealed = {name: cells for name, cells in before.items() if any(c.table_id == earlier.RECORD_FILE for c in cells)}
    close = [name for name, cells in sealed.items() if 0 < earlier.count_changed_records(kept, cells) < least]
    return tuple(
        fault(
            "revision_too_small",
            f"Fewer than {least} records changed since the record file of {name}: the two files side by side would show them.",
            "Wait until more records have changed, or publish the revision as tables alone.",
        )
        for name in sorted(close)
    )


def _attack_both(file: Table, *, known: Table, truth: Truth, beside: AttackedTables) -> tuple[AttackResult, ...]:
    if beside.system is None or beside.mask is None or truth.rules.tables is None:
        return ()
    return plan.check_against_tables(
        file, recoded=known, system=beside.system, mask=beside.mask, rules=truth.rules.tables,
        recodings=truth.rules.recode, dataset=truth.dataset.id,
    )  # fmt: skip


def _differs(file: Table, expected: Table) -> tuple[errors.Fault, ...]:
    if file.digest() == expected.digest():
        return ()
    what = "The record file is not the one that the policy makes of the records."
    place = errors.Place(file=file.name)
    return (fault("microdata_differs", what, "Make a new draft.", place=place),)

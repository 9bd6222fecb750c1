"""Attacks the record file of a draft with the records it was made of, and makes it again to see whether it is the same."""

from __future__ import annotations

from dataclasses import dataclass

from openjustice.airlock.attacks import AttackedTables, find_faults
from openjustice.airlock.integrity import fault
from openjustice.airlock.numbers import Drafted
from openjustice.confidential.drafting import sources
from openjustice.confidential.drafting.sources import Truth
from openjustice.contracts.jurisdiction import Jurisdiction
from openjustice.ground import errors
from openjustice.ground.engine import Table
from openjustice.protect import plan
from openjustice.protect.attack import AttackResult
from openjustice.protect.plan import microdata

TIER = "public"


@dataclass(frozen=True)
class AttackedRecords:
    """What the attacks on the record file found."""

    results: tuple[AttackResult, ...] = ()
    faults: tuple[errors.Fault, ...] = ()


def attack_records(
    drafted: Drafted, *, truth: Truth, jurisdiction: Jurisdiction, seed: int, beside: AttackedTables
) -> AttackedRecords:
    """Compare the record file with one made again, measure what its policy requires, and run the attacks it names.

    `beside` are the tables of the same draft: what a reader of both can work out is attacked too.
    """
    file = drafted.microdata.get(truth.dataset.id)
    if file is None:
        return AttackedRecords()
    if truth.rules.microdata is None:
        return AttackedRecords(faults=_differs(file, sources.plain_records(truth, jurisdiction=jurisdiction)))
    known = sources.records_to_protect(truth, jurisdiction=jurisdiction)
    again = microdata.protect(known, policy=truth.policy, tier=TIER, seed=seed, alternatives=()).table
    unmet = plan.find_unmet(file, policy=truth.policy, tier=TIER)
    results = (
        ()
        if file.columns != again.columns
        else (
            *plan.attack_microdata(file, known=known, policy=truth.policy, tier=TIER),
            *_attack_both(file, known=known, truth=truth, beside=beside),
        )
    )
    return AttackedRecords(results=results, faults=(*_differs(file, again), *unmet, *find_faults(results)))


def _attack_both(file: Table, *, known: Table, truth: Truth, beside: AttackedTables) -> tuple[AttackResult, ...]:
    if beside.system is None or beside.mask is None or truth.rules.tables is None:
        return ()
    found = plan.check_against_tables(
        file, recoded=known, system=beside.system, mask=beside.mask, rules=truth.rules.tables,
        recodings=truth.rules.recode, dataset=truth.dataset.id,
    )  # fmt: skip
    return (found,)


def _differs(file: Table, expected: Table) -> tuple[errors.Fault, ...]:
    if file.digest() == expected.digest():
        return ()
    what = "The record file is not the one that the policy makes of the records."
    place = errors.Place(file=file.name)
    return (fault("microdata_differs", what, "Make a new draft.", place=place),)

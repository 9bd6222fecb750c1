"""Special populations: who is kept out of which product, who is held to a stricter rule, and proof that no two rules leak.

A stricter rule must not mark its members out. Where anybody can read from the file who belongs to the population, its
records are protected apart, among themselves: classes only grow when the parts are laid together, so what holds in the
part holds in the file. So are a person's records where the policy says which are one person's: first records among first ones,
second among second ones. No person stands twice in a part, so a class of k there is a class of k persons. Where it cannot be read from the file, everybody is held to the stricter rule: then the file is the
same whoever belongs, and tells nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from openjustice.contracts.policy import Policy, Recoding, Requirement, SpecialPopulation
from openjustice.ground import errors
from openjustice.ground.engine import Table, quote
from openjustice.measure import conditions
from openjustice.protect import risk
from openjustice.protect.risk import Integers, Need

Product = Literal["tables", "microdata"]
_LEFT_OUT: Mapping[Product, tuple[str, ...]] = {"tables": ("withhold",), "microdata": ("tables_only", "withhold")}
STRICTER = "stricter"
# Begins the name of a column that says who belongs; no variable of a policy has a space in its name.
MARK = "belongs to "
# Says of each record whether it is its person's first, second, third; beside the populations, for the same columns.
TURN = "turn of a person"
# Says whose a record is, so that an attack may count persons; it is in no product.
WHOSE = MARK + "a person"
IN, OUT, _UNKNOWN = "in", "out", "unknown"


@dataclass(frozen=True)
class Kept:
    """The records that may be in a product, and how many of each special population were left out."""

    records: Table
    left_out: Mapping[str, int]


@dataclass(frozen=True)
class Part:
    """Some of the records of a file with what must hold of them; `belongs` says of each marked population which side."""

    belongs: tuple[tuple[str, str], ...]
    needs: tuple[Need, ...]


@dataclass(frozen=True)
class Split:
    """How the stricter rules are kept: `everybody` is what holds of the whole file, `parts` what holds apart.

    `apart` names the populations that can be read from the file, and the variables that tell them.
    """

    everybody: tuple[Need, ...]
    parts: tuple[Part, ...]
    apart: Mapping[str, tuple[str, ...]]


def keep_for(product: Product, *, records: Table, policy: Policy) -> Kept:
    """Keep the records that the policy's special populations allow in a product, and count what was left out.

    Raises ProtectionRefused where the record file would lack a few records only, or where two rules together would let a
    small population be worked out by subtraction. Surprise: a record of which it is not known whether it belongs to such
    a population is left out with it. A record of two populations is counted under the first.
    """
    left_out, kept = {}, records
    for name, population in policy.special_populations.items():
        if population.rule in _LEFT_OUT[product]:
            statement = f"SELECT * FROM records WHERE ({population.where}) IS FALSE"
            rest = kept.engine.derive(f"{records.name}_without_{name}", statement, inputs={"records": kept})
            left_out[name] = kept.row_count - rest.row_count
            kept = rest
    if product == "microdata":
        _refuse_telling_gap(records, policy=policy)
    return Kept(records=kept, left_out=left_out)


def mark(records: Table, *, policy: Policy) -> Table:
    """Add a column for each population with a stricter rule that says who belongs, and two on whose a record is and its turn.

    Surprises: not known counts as belonging; a record of which it is not known whose it is counts as another person's.
    """
    marked = [
        f"CASE WHEN ({item.where}) IS FALSE THEN '{OUT}' ELSE '{IN}' END AS {quote(MARK + name)}"
        for name, item in stricter(policy).items()
    ]
    if policy.person is not None:
        person, order = quote(policy.person), ", ".join(quote(name) for name in records.column_names)
        turn = f"row_number() OVER (PARTITION BY {person} ORDER BY {order})"
        marked.append(f"CAST(CASE WHEN {person} IS NULL THEN 1 ELSE {turn} END AS VARCHAR) AS {quote(MARK + TURN)}")
        marked.append(f"CAST({person} AS VARCHAR) AS {quote(WHOSE)}")
    if not marked:
        return records
    statement = f"SELECT *, {', '.join(marked)} FROM records"
    return records.engine.derive(f"{records.name}_marked", statement, inputs={"records": records})


def marks(policy: Policy) -> tuple[str, ...]:
    """Return the names of the columns that `mark` adds."""
    named = tuple(MARK + name for name in stricter(policy))
    return (*named, MARK + TURN, WHOSE) if policy.person is not None else named


def stricter(policy: Policy) -> dict[str, SpecialPopulation]:
    """Return the populations that have a stricter rule."""
    return {name: item for name, item in policy.special_populations.items() if item.rule == STRICTER}


def split(
    recoded: Table,
    *,
    policy: Policy,
    variables: Sequence[str],
    recodings: Mapping[str, Recoding],
    needs: Sequence[Need],
) -> Split:
    """Say which records are protected apart and what everybody is held to, from the recoded and marked records.

    Raises ProtectionRefused where a population that is protected apart has fewer records than must be alike.
    """
    asked = asked_of(policy, variables=variables)
    telling = {
        name: tuple(v for v in variables if recodings[v].of in conditions.named_columns(item.where))
        for name, item in stricter(policy).items()
    }
    apart = {name: told for name, told in telling.items() if told and _is_read_from(recoded, name, told)}
    hidden = [need for name, found in asked.items() if name not in apart for need in found]
    everybody = merge([*needs, *hidden])
    columns = [*apart, *([TURN] if policy.person is not None else [])]
    if not columns:
        return Split(everybody=everybody, parts=(Part(belongs=(), needs=everybody),), apart={})
    found = risk.read_combinations(recoded, variables=[MARK + name for name in columns])
    parts = []
    for codes in found.codes:
        belongs = tuple((name, found.labels[place][codes[place] - 1]) for place, name in enumerate(columns))
        own = [need for name, side in belongs if side == IN for need in asked[name]]
        parts.append(Part(belongs=belongs, needs=merge([*everybody, *own])))
    _refuse_small_parts(parts, found.counts)
    return Split(everybody=everybody, parts=tuple(parts), apart=apart)


def asked_of(policy: Policy, *, variables: Sequence[str]) -> dict[str, list[Need]]:
    """Return what each stricter rule asks of a file with these variables."""
    return {name: _needs(item.require, policy=policy, variables=variables) for name, item in stricter(policy).items()}


def records_of(recoded: Table, part: Part) -> Table:
    """Return the records of one part."""
    if not part.belongs:
        return recoded
    where = " AND ".join(f"{quote(MARK + name)} = '{side}'" for name, side in part.belongs)
    named = "_".join(f"{side}_{name}" for name, side in part.belongs)
    return recoded.engine.derive(
        f"{recoded.name}_{named}", f"SELECT * FROM recoded WHERE {where}", inputs={"recoded": recoded}
    )


def merge(needs: Iterable[Need]) -> tuple[Need, ...]:
    """Return one need for each scenario, as strict as the strictest of them."""
    merged: dict[str, Need] = {}
    for need in needs:
        known = merged.get(need.scenario, need)
        least = {name: max(known.l.get(name, 1), need.l.get(name, 1)) for name in {**known.l, **need.l}}
        merged[need.scenario] = Need(scenario=need.scenario, key=need.key, k=max(known.k, need.k), l=least)
    return tuple(merged.values())


def _needs(require: Sequence[Requirement], *, policy: Policy, variables: Sequence[str]) -> list[Need]:
    return [
        Need(scenario=item.scenario, key=tuple(policy.scenarios[item.scenario].key), k=item.k, l=dict(item.l))
        for item in require
        if set(policy.scenarios[item.scenario].key) <= set(variables)
    ]


def _is_read_from(recoded: Table, name: str, variables: Sequence[str]) -> bool:
    """Say whether the variables alone tell who belongs: no combination of their codes has members and others."""
    found = risk.read_combinations(recoded, variables=[*variables, MARK + name])
    return len(np.unique(found.of(variables), axis=0)) == len(found.codes)


def _refuse_small_parts(parts: Sequence[Part], counts: Integers) -> None:
    faults = []
    for part, count in zip(parts, counts.tolist(), strict=True):
        least = max((need.k for need in part.needs), default=1)
        if count < least:
            members = " and ".join(name for name, side in part.belongs if side == IN) or "nobody special"
            turn = dict(part.belongs).get(TURN, "1")
            what = f"The records of '{members}' are fewer than the {least} that must be alike among them."
            way_out = "Count this population in tables alone, withhold it, or lower its own k."
            if turn != "1":
                what = f"Fewer than the {least} persons who must be alike have {turn} records or more in '{members}'."
                way_out = f"Keep fewer than {turn} records of a person in the file, or publish tables alone."
            faults.append(
                errors.Fault(
                    code="population_small", what=what, way_out=way_out, place=errors.Place(rule=members),
                    ask=errors.ProtectionRefused.who_must_act,
                )
            )  # fmt: skip
    if faults:
        raise errors.ProtectionRefused(faults)


def _refuse_telling_gap(records: Table, *, policy: Policy) -> None:
    """Refuse where a number of people that is small could be computed from what the two products count.

    Whoever knows the size of every other region of the populations that are left out subtracts them from the gap between
    tables and file. So a region from 1 to the minimum frequency must not stand alone: at least one other small region
    must hide it, and together they must reach the minimum. A region of which it is only not known whether it belongs is
    a code of the tables, which hide it themselves.
    """
    least = max((rules.tables.minimum_frequency for rules in policy.tiers.values() if rules.tables), default=1)
    regions = _left_out_regions(records, policy=policy)
    small = [count for count, _ in regions if count < least]
    is_told = any(is_member and count < least for count, is_member in regions)
    if is_told and (len(small) < 2 or sum(small) < least):
        raise errors.ProtectionRefused.because(
            "left_out_group_small",
            f"The record file would lack fewer than {least} records of a kind that the tables count.",
            why="The tables' counts less the file's rows, and less the other populations that are left out, would tell how few they are.",
            way_out="Let the policy withhold the record file, or protect these records by the same rules as all others.",
        )


def _left_out_regions(records: Table, *, policy: Policy) -> list[tuple[int, bool]]:
    """Count the records that are in the tables and not in the file, by which populations they belong to, or may.

    With each count: whether these records certainly belong to one.
    """
    named = policy.special_populations.items()
    own = [
        item.where for _, item in named if item.rule in _LEFT_OUT["microdata"] and item.rule not in _LEFT_OUT["tables"]
    ]
    withheld = [item.where for _, item in named if item.rule in _LEFT_OUT["tables"]]
    if not own:
        return []
    sides = [
        f"CASE WHEN ({where}) IS TRUE THEN '{IN}' WHEN ({where}) IS FALSE THEN '{OUT}' ELSE '{_UNKNOWN}' END"
        for where in own
    ]
    counted = " AND ".join(f"({where}) IS FALSE" for where in withheld) or "TRUE"
    left_out = " OR ".join(f"({where}) IS NOT FALSE" for where in own)
    member = " OR ".join(f"({where}) IS TRUE" for where in own)
    statement = (
        f"SELECT count(*) AS n, bool_or({member}) AS is_member FROM records "
        f"WHERE ({counted}) AND ({left_out}) GROUP BY {', '.join(sides)}"
    )
    found = records.engine.derive("regions", statement, inputs={"records": records}).rows()
    return [(int(row["n"]), bool(row["is_member"])) for row in found]

"""What a disclosure report says, as plain values: the risk before, what was done, the risk and the utility that remain.

The report is published with the release. So it speaks in shares, gives no figure for a group smaller than the policy's k, and
never says which hidden count was small. A share of what was before protection has so few digits that it tells no number of
records more closely than k: with four digits, the share of records alone in their county told how many hidden counts are one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from openjustice.contracts.dataset import Contract
from openjustice.contracts.policy import Policy, Recoding, TierRules
from openjustice.ground.engine import Table, quote
from openjustice.ground.terms import Role
from openjustice.protect import risk
from openjustice.protect.attack import AttackResult
from openjustice.protect.methods.local_suppression.method import Suppressed
from openjustice.protect.plan.group_report import (
    BlankedGroup,
    ToldDisparity,
    digits_of,
    tell_disparities,
    tell_groups,
)
from openjustice.protect.plan.groups import Detail
from openjustice.protect.plan.microdata import Point, ProtectedMicrodata, ScenarioRisk
from openjustice.protect.plan.parts import HeldStricter
from openjustice.protect.plan.sentences import count_shown, say_page
from openjustice.protect.plan.tables import ProtectedTables
from openjustice.protect.risk import BLANK


@dataclass(frozen=True)
class RecodedVariable:
    """One variable and how it was made, in the words of the policy and in words made from its rule."""

    variable: str
    title: str
    of: str
    method: str
    says: str
    rule: str


@dataclass(frozen=True)
class BlankedVariable:
    """How much one variable lost: the share of records blanked, and how far its distribution moved (0 not at all, 1 wholly)."""

    variable: str
    share: float
    distribution_change: float


@dataclass(frozen=True)
class HiddenCells:
    """How much of one table is hidden: cells, hidden ones, and the share of its finest counts that is still shown.

    `says` is the same in a sentence for anybody, with what cannot be worked out.
    """

    table: str
    cells: int
    hidden: int
    share_of_count_shown: float | None
    says: str = ""


@dataclass(frozen=True)
class Identifiability:
    """What the fields as collected would do: how many of the records are alone in some of them. Shares, 0 to 1."""

    fields: tuple[str, ...]
    unique_share: float


@dataclass(frozen=True)
class DisclosureReport:
    """Everything a steward needs to judge a draft. `price_over_least`: the price of the blanks over a bound that none undercuts."""

    dataset: str
    tier: str
    policy_version: int
    as_collected: tuple[Identifiability, ...]
    scenarios: tuple[dict[str, Any], ...]
    recoded: tuple[RecodedVariable, ...]
    left_out: Mapping[str, int | None]
    records: int | None
    values_kept: float | None
    records_untouched: float | None
    price_over_least: float | None
    blanked: tuple[BlankedVariable, ...]
    groups: tuple[BlankedGroup, ...]
    disparities: tuple[ToldDisparity, ...]
    cap: Mapping[str, float]
    stricter: tuple[HeldStricter, ...]
    points: tuple[Point, ...]
    tables: tuple[HiddenCells, ...]
    tables_method: str
    consequence: tuple[str, ...]
    small_counts_hidden: int
    helpers_hidden: int
    attacks: tuple[AttackResult, ...]

    @property
    def passed(self) -> bool:
        """Tell whether every attack failed to learn more than the policy allows."""
        return all(item.passed for item in self.attacks)

    def as_dict(self) -> dict[str, Any]:
        """Return this report as plain values for JSON."""
        made = asdict(self)
        made["attacks"] = [item.as_dict() for item in self.attacks]
        made["passed"] = self.passed
        return made


def make_report(
    *,
    contract: Contract,
    policy: Policy,
    tier: str,
    records: Table,
    tables: ProtectedTables | None,
    microdata: ProtectedMicrodata | None,
    left_out: Mapping[str, int],
    attacks: Sequence[AttackResult],
    recoded: Table | None = None,
    detail: Detail | None = None,
) -> DisclosureReport:
    """Put together what was measured and done. `records` are those that may be in the record file, as collected.

    `recoded` are the same records in all variables of the tier, and `detail` what their codes give up: without them the
    groups that the file does not name, and what recoding took from each group, are not reported.
    """
    least = _least(policy, tier=tier, microdata=microdata)
    digits = digits_of(records.row_count, least=least)
    suppressed = microdata.suppressed if microdata else None
    rules = next((item for name, item in policy.tiers.items() if name == tier), TierRules())
    recodings, own = rules.recode, rules.microdata
    return DisclosureReport(
        dataset=contract.dataset,
        tier=tier,
        policy_version=policy.version,
        as_collected=_as_collected(records, contract=contract, digits=digits),
        scenarios=tuple(_scenario(item, digits=digits) for item in microdata.scenarios) if microdata else (),
        recoded=tuple(_recoded(name, rule) for name, rule in recodings.items()),
        left_out={name: count if count == 0 or count >= least else None for name, count in left_out.items()},
        records=microdata.table.row_count if microdata else None,
        values_kept=_values_kept(suppressed, digits=digits) if suppressed else None,
        records_untouched=_share(~suppressed.blanked.any(axis=1), digits=digits) if suppressed else None,
        price_over_least=_over_least(suppressed) if suppressed else None,
        blanked=_blanked(suppressed, digits=digits) if suppressed else (),
        groups=tell_groups(microdata, rules=own, recoded=recoded, recodings=recodings, detail=detail, least=least)
        if microdata and own
        else (),
        disparities=tell_disparities(microdata, rules=own, least=least) if microdata and own else (),
        cap=dict(own.cap) if own else {},
        stricter=microdata.stricter if microdata else (),
        points=tuple(_told(item, digits=digits) for item in microdata.points) if microdata else (),
        tables=_hidden_cells(tables, attacks=attacks) if tables else (),
        tables_method=_tables_method(policy, tier=tier),
        consequence=tables.consequence if tables else (),
        small_counts_hidden=int(tables.primary.sum()) if tables and tables.primary is not None else 0,
        helpers_hidden=_helpers(tables) if tables else 0,
        attacks=tuple(attacks),
    )


def rule_in_words(rule: Recoding) -> str:
    """Say a recoding in words, from its rule alone."""
    match rule.method:
        case "keep":
            return f"{rule.of}, unchanged"
        case "bands":
            return f"{rule.of} in bands that begin at {', '.join(str(cut) for cut in rule.cuts)}"
        case "group":
            return f"{rule.of}, by the group '{rule.attribute}' of its code list"
        case "truncate":
            return f"{rule.of}, the {rule.to} alone"
        case "merge_small":
            return (
                f"{rule.of}; codes whose {rule.attribute} is under {rule.minimum:,.0f} stand under their '{rule.into}'"
            )


def _least(policy: Policy, *, tier: str, microdata: ProtectedMicrodata | None) -> int:
    """Return the smallest number of records that the report may speak of: the larger of the file's k and the tables' minimum."""
    rules = next((item.tables for name, item in policy.tiers.items() if name == tier), None)
    return max(microdata.smallest_class if microdata else 1, rules.minimum_frequency if rules else 1)


def _told(point: Point, *, digits: int) -> Point:
    return replace(point, risk=round(point.risk, digits), utility=round(point.utility, digits))


def _as_collected(records: Table, *, contract: Contract, digits: int) -> tuple[Identifiability, ...]:
    """Measure the fields that a stranger can know, each alone and all together."""
    fields = [name for name in contract.fields_with(Role.QUASI_IDENTIFIER) if name in records.column_names]
    if not fields or not records.row_count:
        return ()
    measured = []
    for chosen in [*([name] for name in fields), fields]:
        sizes = records.engine.derive("alone", _alone_sql(chosen), inputs={"records": records}).rows()[0]["alone"]
        share = round(float(sizes or 0) / records.row_count, digits)
        measured.append(Identifiability(fields=tuple(chosen), unique_share=share))
    alone = sorted(measured[:-1], key=lambda item: (-item.unique_share, item.fields))
    return (measured[-1], *alone) if len(fields) > 1 else tuple(alone)


def _alone_sql(fields: Sequence[str]) -> str:
    names = ", ".join(quote(name) for name in fields)
    return f"SELECT sum(CASE WHEN n = 1 THEN 1 ELSE 0 END) AS alone FROM (SELECT count(*) AS n FROM records GROUP BY {names})"


def _scenario(item: ScenarioRisk, *, digits: int) -> dict[str, Any]:
    """Return a scenario's risk: all of it after protection, which readers can count for themselves, and little from before."""
    before = item.before
    return {
        "scenario": item.need.scenario,
        "says": item.says,
        "key": list(item.need.key),
        "k": item.need.k,
        "l": dict(item.need.l),
        "before": {
            "key": list(before.key),
            "records": before.records,
            "smallest_class": before.smallest_class if before.smallest_class >= item.need.k else None,
            "unique_share": round(before.unique_share, digits),
            "expected_rate": round(before.expected_rate, digits),
            "compatible_rate": round(before.compatible_rate, digits),
        },
        "after": item.after.as_dict(),
    }


def _recoded(name: str, rule: Recoding) -> RecodedVariable:
    return RecodedVariable(
        variable=name,
        title=rule.title or name,
        of=rule.of,
        method=rule.method,
        says=rule.says,
        rule=rule_in_words(rule),
    )


def _values_kept(suppressed: Suppressed, *, digits: int) -> float:
    known = int((suppressed.before != BLANK).sum())
    return round(1 - float(suppressed.blanked.sum()) / known, digits) if known else 1.0


def _over_least(suppressed: Suppressed) -> float | None:
    return round(suppressed.price / suppressed.least_price, 3) if suppressed.least_price else None


def _blanked(suppressed: Suppressed, *, digits: int) -> tuple[BlankedVariable, ...]:
    return tuple(
        BlankedVariable(
            variable=name,
            share=_share(suppressed.blanked[:, place], digits=digits),
            distribution_change=round(_moved(suppressed.before[:, place], suppressed.after[:, place]), digits),
        )
        for place, name in enumerate(suppressed.variables)
    )


def _moved(before: risk.Integers, after: risk.Integers) -> float:
    """Return half the sum of differences between the shares of the values that are shown (total variation)."""
    width = int(before.max(initial=0)) + 1
    first, second = (np.bincount(codes[codes != BLANK], minlength=width) for codes in (before, after))
    if not first.sum() or not second.sum():
        return 0.0 if first.sum() == second.sum() else 1.0
    return float(np.abs(first / first.sum() - second / second.sum()).sum()) / 2


def _tables_method(policy: Policy, *, tier: str) -> str:
    rules = next((item.tables for name, item in policy.tiers.items() if name == tier), None)
    return rules.method if rules else ""


def _hidden_cells(tables: ProtectedTables, *, attacks: Sequence[AttackResult]) -> tuple[HiddenCells, ...]:
    made = []
    for identifier, hidden in tables.hidden.items():
        positions = tables.system.positions.get(identifier) if tables.system is not None else None
        if positions is None or tables.system is None:
            continue
        values = {codes: int(tables.system.values[cell]) for codes, cell in positions.items()}
        shown = count_shown(values, hidden)
        made.append(
            HiddenCells(
                table=identifier,
                cells=shown.cells,
                hidden=shown.hidden,
                share_of_count_shown=shown.share if shown.hidden else 1.0,
                says=say_page(shown, attacks=attacks, consequence=tables.consequence),
            )
        )
    return tuple(made)


def _helpers(tables: ProtectedTables) -> int:
    if tables.mask is None or tables.primary is None:
        return 0
    return int((tables.mask & ~tables.primary).sum())


def _share(rows: Any, *, digits: int) -> float:
    return round(float(np.mean(rows)), digits) if len(rows) else 0.0

"""Applies a policy's rules for small cells to the tables of a draft: scores each table, and marks what each rule hides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from openjustice.contracts.policy import TableRules
from openjustice.contracts.small_cells import ScoredTable, Scoring, ScoringRules, TableVariable
from openjustice.ground import errors
from openjustice.measure.frames import MeasuredTable
from openjustice.protect import small_cells
from openjustice.protect.cells import TOTAL, BoolArray, CellSystem
from openjustice.protect.plan.counts import DENOMINATOR
from openjustice.protect.small_cells import Primary, RuledSystem, Score, Verdict
from openjustice.protect.small_cells.rules import Contributed


@dataclass(frozen=True)
class Ruled:
    """A system that knows its sensitive cells, the rule that made each of them, and the score of each table."""

    system: RuledSystem
    primary: Primary
    scores: Mapping[str, Score] = field(default_factory=dict)


def apply_rules(
    system: CellSystem,
    measured: Sequence[MeasuredTable],
    *,
    rules: TableRules,
    scorings: Mapping[str, ScoringRules] | None = None,
    contributed: Contributed | None = None,
) -> Ruled:
    """Mark the cells that the policy's rules hide; raises ProtectionRefused where a rule cannot be applied.

    Surprise: a small count that a released table has and a scored one too is hidden in both, for it is one count.
    """
    scores = score_tables(measured, rules=rules, scorings=scorings or {})
    released = find_released(scores)
    primary = small_cells.find_primary(system, rules=rules, released=released, contributed=contributed)
    small = system.in_draft & (system.values > 0) & (system.values < rules.minimum_frequency)
    ruled = primary.cells
    return Ruled(small_cells.rule_system(system, ruled=ruled, released=small & ~ruled), primary, scores)


def find_released(scores: Mapping[str, Score]) -> list[str]:
    """Return the count tables whose score lets their small counts out."""
    out = [name for name, score in scores.items() if score.verdict is not Verdict.SUPPRESS]
    return [name for table in out for name in (table, table + DENOMINATOR)]


def score_tables(
    measured: Sequence[MeasuredTable], *, rules: TableRules, scorings: Mapping[str, ScoringRules]
) -> dict[str, Score]:
    """Score every table by the scoring that the policy names; none, where it names none."""
    if rules.scoring is None:
        return {}
    declared = _declared(rules.scoring, scorings)
    return {
        item.id: small_cells.score_table(describe_table(item, scoring=rules.scoring, rules=declared), rules=declared)
        for item in measured
    }


def describe_table(measured: MeasuredTable, *, scoring: Scoring, rules: ScoringRules) -> ScoredTable:
    """Describe a measured table for scoring: its smallest count above zero, its smallest denominator, its variables.

    Surprises: what a whole table holds fixed counts among its variables where the policy says how it is scored; a number
    of categories that the policy does not give is counted in the table.
    """
    counts = [count for count in measured.count_cells().values() if count > 0]
    divisors = [row["denominator"] for row in measured.table.rows() if row["denominator"] is not None]
    lacking = [name for name in measured.variables if name not in scoring.variables]
    if lacking:
        raise errors.ProtectionRefused.because(
            "variable_unscored",
            f"The policy does not say how '{lacking[0]}' is scored, by which the table '{measured.id}' is broken down.",
            way_out="Name it under 'scoring', 'variables'.",
        )
    fixed = [name for name, _ in measured.where_pairs if name in scoring.variables]
    variables = [
        _figure(measured, name, scoring.variables[name], rules=rules) for name in (*measured.variables, *fixed)
    ]
    scored = {item.scored_as for item in variables}
    return ScoredTable(
        title=measured.id,
        smallest_count=min(counts, default=0),
        smallest_denominator=int(min(divisors)) if divisors else None,
        variables=(*variables, *(item for item in scoring.whole if item.scored_as not in scored)),
    )


def check_rows(
    system: CellSystem, hidden: BoolArray, *, rules: TableRules, scorings: Mapping[str, ScoringRules]
) -> int:
    """Return how many rows have hidden counts that are too small together, by the scoring that the policy names."""
    if rules.scoring is None or (extra := _declared(rules.scoring, scorings).extra_complement) is None:
        return 0
    return len(small_cells.find_thin_rows(system, hidden, rule=extra))


def thicken(
    system: RuledSystem, hidden: BoolArray, *, rules: TableRules, scorings: Mapping[str, ScoringRules]
) -> BoolArray:
    """Return which further counts must be hidden, so that no row's hidden counts are too small together."""
    if rules.scoring is None or (extra := _declared(rules.scoring, scorings).extra_complement) is None:
        return np.zeros(len(system), dtype=np.bool_)
    return small_cells.thicken(system, hidden, rule=extra)


def _figure(measured: MeasuredTable, name: str, item: TableVariable, *, rules: ScoringRules) -> TableVariable:
    """Return a variable with its name, and with its number of categories where that is what it is scored by."""
    declared = rules.variables.get(item.scored_as)
    given = (item.choice, item.population, item.years, item.categories)
    named = item.model_copy(update={"name": item.name or name})
    if declared is None or declared.measure != "categories" or any(figure is not None for figure in given):
        return named
    codes = {row[name] for row in measured.table.rows() if row[name] != TOTAL} if name in measured.variables else {name}
    return named.model_copy(update={"categories": len(codes)})


def _declared(scoring: Scoring, scorings: Mapping[str, ScoringRules]) -> ScoringRules:
    if scoring.rules in scorings:
        return scorings[scoring.rules]
    raise errors.ProtectionRefused.because(
        "scoring_unknown",
        f"The scoring '{scoring.rules}' that the policy names is not declared.",
        way_out="Put it under 'common/rules' in the registry.",
    )

"""Finds what contradicts something else in the rules for small cells: of a scoring, and of the policy that names one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from openjustice.contracts.dataset import Contract
from openjustice.contracts.declaration import Declaration, Location
from openjustice.contracts.policy import Policy, TableRules
from openjustice.contracts.small_cells import (
    Contributors,
    Dominance,
    GroupDisclosure,
    PPercent,
    ScoringRules,
    TableVariable,
)
from openjustice.ground import errors

OF_CONTRIBUTORS = (Contributors, Dominance, PPercent)


def find_scoring_faults(file: Declaration, rules: ScoringRules) -> list[errors.Fault]:
    """Return where a scoring contradicts itself: its name, the variables and scales it refers to, its examples."""
    faults = []
    if rules.scoring != file.path.stem:
        faults.append(file.fault("name_differs", "A scoring is named as its file.", at=("scoring",)))
    faults += _unknown(file, [(("events",), rules.events)], known=rules.variables, noun="scored variable")
    scales = [(("variables", name, "scale"), item.scale) for name, item in rules.variables.items() if item.scale]
    faults += _unknown(file, scales, known=rules.scales, noun="scale")
    for index, example in enumerate(rules.examples):
        faults += _variable_faults(
            file, ("examples", index, "table", "variables"), example.table.variables, rules=rules
        )
    return faults


def find_policy_faults(
    file: Declaration, policy: Policy, *, contract: Contract, scorings: Mapping[str, ScoringRules]
) -> list[errors.Fault]:
    """Return where a policy's rules for small cells name what nothing declares, or contradict what it says beside them."""
    faults: list[errors.Fault] = []
    for tier, rules in policy.tiers.items():
        if rules.tables is not None:
            at: Location = ("tiers", tier, "tables")
            faults += _rule_faults(file, at, rules.tables, contract=contract, variables=rules.recode)
            faults += _scoring_faults(file, at, rules.tables, scorings=scorings, variables=rules.recode)
    return faults


def _rule_faults(
    file: Declaration, at: Location, tables: TableRules, *, contract: Contract, variables: Iterable[str]
) -> Iterator[errors.Fault]:
    for index, rule in enumerate(tables.small_cells):
        here = (*at, "small_cells", index)
        if isinstance(rule, OF_CONTRIBUTORS):
            named = [((*here, "contributor"), rule.contributor)]
            yield from _unknown(file, named, known=contract.fields, noun="field")
        if isinstance(rule, GroupDisclosure):
            spoken = [((*here, "variables"), name) for name in rule.variables]
            yield from _unknown(file, spoken, known=variables, noun="variable of this tier")
            if rule.then == "hide" and tables.hidden_at_least > 0:
                yield file.fault(
                    "zeros_told",
                    "A whole group cannot be hidden while every reader knows that a hidden count is at least one.",
                    at=here, why="The zeros beside it must be hidden too, and look like any other hidden count.",
                    way_out="Say hidden_at_least: 0, or only report whole groups.",
                )  # fmt: skip


def _scoring_faults(
    file: Declaration,
    at: Location,
    tables: TableRules,
    *,
    scorings: Mapping[str, ScoringRules],
    variables: Iterable[str],
) -> Iterator[errors.Fault]:
    scoring = tables.scoring
    if scoring is None:
        return
    here = (*at, "scoring")
    rules = scorings.get(scoring.rules)
    if rules is None:
        yield from _unknown(file, [((*here, "rules"), scoring.rules)], known=scorings, noun="scoring")
        return
    if not rules.complete:
        yield file.fault("scoring_incomplete", f"Not all points of '{rules.title}' are known.", at=here)
    named = [((*here, "variables", name), name) for name in scoring.variables]
    yield from _unknown(file, named, known=variables, noun="variable of this tier")
    yield from _variable_faults(file, here, (*scoring.variables.values(), *scoring.whole), rules=rules)
    over = tables.safety_interval.must_contain_over if tables.safety_interval else None
    if tables.method == "cell_suppression" and not rules.reason_is_told and (over or 0) < rules.small.at_most:
        yield file.fault(
            "reason_told",
            "A hidden count could be seen to be small, which says why it is hidden.",
            at=(*at, "safety_interval"),
            way_out=f"Have the safety interval reach over {rules.small.at_most}: must_contain_over.",
        )


def _variable_faults(
    file: Declaration, at: Location, given: Iterable[TableVariable], *, rules: ScoringRules
) -> Iterator[errors.Fault]:
    for item in given:
        declared = rules.variables.get(item.scored_as)
        if declared is None:
            yield from _unknown(file, [(at, item.scored_as)], known=rules.variables, noun="scored variable")
        elif item.choice is not None and item.choice not in declared.choices:
            yield from _unknown(file, [(at, item.choice)], known=declared.choices, noun="choice")


def _unknown(
    file: Declaration, named: Iterable[tuple[Location, str]], *, known: Iterable[str], noun: str
) -> list[errors.Fault]:
    allowed = sorted(known)
    return [
        file.fault(f"unknown_{noun.split(maxsplit=1)[0]}", f"There is no {noun} '{name}'.", at=at, way_out=f"Known: {', '.join(allowed)}.")
        for at, name in named
        if name not in allowed
    ]  # fmt: skip

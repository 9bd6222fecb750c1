"""Protects the record file of a tier, measures its risk before and after, and attacks it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from openjustice.contracts.policy import MicrodataRules, Policy, Recoding, Scenario
from openjustice.ground import discovery, errors
from openjustice.ground.engine import Table
from openjustice.protect import attacks, risk
from openjustice.protect.attack import Attack, AttackResult
from openjustice.protect.method import WorksOn
from openjustice.protect.methods.local_suppression.method import Suppressed
from openjustice.protect.plan import caps, gaps, parts, populations
from openjustice.protect.plan.gaps import Beside
from openjustice.protect.plan.parts import HeldStricter
from openjustice.protect.plan.populations import Split
from openjustice.protect.plan.tables import load_method
from openjustice.protect.risk import BLANK, Need, Risk


@dataclass(frozen=True)
class ScenarioRisk:
    """The risk of one scenario before and after protection."""

    need: Need
    says: str
    before: Risk
    after: Risk


@dataclass(frozen=True)
class Point:
    """One alternative on the map of risk against utility: what k gives which risk for which utility (shares, 0 to 1)."""

    label: str
    k: int
    risk: float
    utility: float
    chosen: bool


@dataclass(frozen=True)
class ProtectedMicrodata:
    """A protected record file, what was blanked, and the risk of every scenario before and after."""

    table: Table
    variables: tuple[str, ...]
    scenarios: tuple[ScenarioRisk, ...]
    suppressed: Suppressed = field(repr=False)
    points: tuple[Point, ...] = ()
    stricter: tuple[HeldStricter, ...] = ()

    @property
    def smallest_class(self) -> int:
        """Return the largest k of the needs: groups under it are not spoken of in figures."""
        return max((item.need.k for item in self.scenarios), default=1)


def protect(
    recoded: Table,
    *,
    policy: Policy,
    tier: str,
    seed: int,
    alternatives: Sequence[int] = (1, 3, 5, 10),
    beside: Beside | None = None,
) -> ProtectedMicrodata:
    """Protect the recoded records by the method and the needs of a tier's policy; the file stays confidential.

    `recoded` are the records that may be in the file, in the tier's variables. `alternatives` are the k whose risk and
    utility are measured beside the policy's own, for the report. `beside` are the tables that will stand beside the file:
    taking it away from them must not tell how few people were kept out of it. Raises ProtectionRefused where a need cannot be met.
    """
    rules = rules_of(policy, tier=tier)
    division = split_of(recoded, policy=policy, tier=tier)
    needs = division.everybody

    def suppress_parts(importance: Mapping[str, float]) -> list[Suppressed]:
        return parts.suppress_parts(
            recoded,
            division=division,
            suppress=lambda some, asked: _suppress(
                some, rules=rules, needs=asked, policy=policy, seed=seed, importance=importance
            ),
        )

    apart, suppressed = caps.suppress_within(
        suppress_parts, recoded=recoded, rules=rules, recodings=recodings_of(policy, tier=tier)
    )
    if beside is not None:
        suppressed = gaps.close(
            suppressed,
            recoded=recoded,
            beside=beside,
            recodings=recodings_of(policy, tier=tier),
            needs=needs,
            importance=rules.importance,
        )
    before = risk.read_combinations(recoded, variables=rules.variables)
    after = risk.read_combinations(suppressed.table, variables=rules.variables)
    scenarios = tuple(
        ScenarioRisk(
            need=need,
            says=policy.scenarios[need.scenario].says,
            before=risk.measure_risk(before, key=need.key, sensitive=tuple(need.l)),
            after=risk.measure_risk(after, key=need.key, sensitive=tuple(need.l)),
        )
        for need in needs
    )
    points = [_point(recoded, k, rules=rules, needs=needs, policy=policy, seed=seed) for k in alternatives if needs]
    chosen = max((need.k for need in needs), default=0)
    own = _as_point(suppressed, k=chosen, label=f"k = {chosen} (the policy)", needs=needs, chosen=True)
    others = [item for item in points if item is not None and item.k != chosen]
    return ProtectedMicrodata(
        table=suppressed.table,
        variables=tuple(rules.variables),
        scenarios=scenarios,
        suppressed=suppressed,
        points=tuple(sorted([*others, *([own] if needs else [])], key=lambda item: item.k)),
        stricter=parts.held_stricter(
            apart, division=division, asked=populations.asked_of(policy, variables=rules.variables)
        ),
    )


def rules_of(policy: Policy, *, tier: str) -> MicrodataRules:
    """Return the rules of a tier's record file; raises ProtectionRefused where the tier has none."""
    rules = next((item for name, item in policy.tiers.items() if name == tier), None)
    if rules is None or rules.microdata is None:
        raise errors.ProtectionRefused.because(
            "no_record_file",
            f"The policy '{policy.policy}' gives the {tier} tier no record file.",
            way_out="Publish tables alone, or have the policy say how records are protected.",
        )
    return rules.microdata


def recodings_of(policy: Policy, *, tier: str) -> Mapping[str, Recoding]:
    """Return how the variables of a tier are made."""
    return next((item.recode for name, item in policy.tiers.items() if name == tier), {})


def split_of(recoded: Table, *, policy: Policy, tier: str) -> Split:
    """Return what everybody in the tier's record file is held to, and which populations are protected apart."""
    return populations.split(
        recoded,
        policy=policy,
        variables=rules_of(policy, tier=tier).variables,
        recodings=recodings_of(policy, tier=tier),
        needs=needs_of(policy, tier=tier),
    )


def needs_of(policy: Policy, *, tier: str) -> tuple[Need, ...]:
    """Return what must hold of the tier's record file, scenario by scenario."""
    return tuple(
        Need(scenario=item.scenario, key=tuple(policy.scenarios[item.scenario].key), k=item.k, l=dict(item.l))
        for item in rules_of(policy, tier=tier).require
    )


def find_unmet(release: Table, *, policy: Policy, tier: str, recoded: Table | None = None) -> list[errors.Fault]:
    """Return which needs a record file does not meet, read strictly, and columns that it should not or must have.

    `recoded` are the marked records before protection: they say which stricter rules everybody is held to.
    """
    rules = rules_of(policy, tier=tier)
    if release.column_names != tuple(rules.variables):
        what = "The record file does not have exactly the variables of the policy, in its order."
        return [_unsafe(what, rule="variables")]
    combinations = risk.read_combinations(release, variables=rules.variables)
    faults = []
    needs = needs_of(policy, tier=tier)
    if recoded is not None:
        needs = split_of(recoded, policy=policy, tier=tier).everybody
    for need in needs:
        found = risk.measure_risk(combinations, key=need.key, sensitive=tuple(need.l))
        if found.records and found.smallest_class < need.k:
            faults.append(_unsafe(f"A class of '{need.scenario}' has fewer than {need.k} records.", rule=need.scenario))
        faults += [
            _unsafe(f"A class of '{need.scenario}' shows fewer than {least} values of '{name}'.", rule=need.scenario)
            for name, least in need.l.items()
            if found.diversity.get(name, least) < least
        ]
    return faults


def attack(
    release: Table, *, known: Table, policy: Policy, tier: str, sources: Mapping[str, Table] | None = None
) -> tuple[AttackResult, ...]:
    """Run every attack that the policy names on a record file, for every scenario of that attack.

    `known` are the recoded records before protection: what the intruder's list may hold at worst. `sources` are the
    outside files that scenarios name. Raises ProtectionRefused where a source that is named is not at hand.
    """
    rules = rules_of(policy, tier=tier)
    least = {need.scenario: tuple(need.l) for need in needs_of(policy, tier=tier)}
    results = []
    for name in rules.attacks:
        plugin: Attack = discovery.load_plugin(attacks, name, attribute="ATTACK")
        for scenario, declared in policy.scenarios.items():
            if declared.attack == name and set(declared.key) <= set(rules.variables):
                result: AttackResult = plugin.run(
                    release,
                    known=known,
                    key=declared.key,
                    sensitive=tuple(dict.fromkeys([*least.get(scenario, ()), *declared.wants])),
                    maximum_rate=rules.maximum_reidentification_rate,
                    parameters=plugin.read_parameters(_given(declared, plugin=plugin, known=known)),
                    against=scenario,
                    sources=sources or {},
                )
                results.append(result)
    return tuple(results)


def _given(declared: Scenario, *, plugin: Attack, known: Table) -> dict[str, Any]:
    """Return the parameters of a scenario's attack: what is given for it, what its intruder holds, and who is who."""
    given = dict(declared.parameters)
    if populations.WHOSE in known.column_names and "person" in plugin.parameters.model_fields:
        given["person"] = populations.WHOSE
    if declared.tolerance:
        given["tolerance"] = dict(declared.tolerance)
    if declared.sources and "files" in plugin.parameters.model_fields:
        given["files"] = declared.sources
    elif declared.sources:
        # Two sources are two scenarios; a list of them is refused with all other faults of the parameters.
        given["source"] = declared.sources[0] if len(declared.sources) == 1 else declared.sources
    return given


def _suppress(
    recoded: Table,
    *,
    rules: MicrodataRules,
    needs: Sequence[Need],
    policy: Policy,
    seed: int,
    importance: Mapping[str, float] | None = None,
) -> Suppressed:
    method = load_method(rules.then, works_on=WorksOn.RECORDS, unvetted=policy.allow_unvetted)
    suppressed: Suppressed = method.apply(
        recoded,
        parameters=method.read_parameters(rules.parameters),
        variables=rules.variables,
        needs=needs,
        importance=rules.importance if importance is None else importance,
        seed=seed,
    )
    return suppressed


def _point(
    recoded: Table, k: int, *, rules: MicrodataRules, needs: Sequence[Need], policy: Policy, seed: int
) -> Point | None:
    """Measure one alternative, or None where there are too few records for it. With a k of 1 nothing is protected."""
    wanted = [Need(scenario=need.scenario, key=need.key, k=k, l=need.l if k > 1 else {}) for need in needs]
    try:
        suppressed = _suppress(recoded, rules=rules, needs=wanted, policy=policy, seed=seed)
    except errors.ProtectionRefused:
        return None
    label = f"k = {k}" if k > 1 else "coarser variables alone"
    return _as_point(suppressed, k=k, label=label, needs=needs, chosen=False)


def _as_point(suppressed: Suppressed, *, k: int, label: str, needs: Sequence[Need], chosen: bool) -> Point:
    places = {name: place for place, name in enumerate(suppressed.variables)}
    rates = [
        _expected_rate(suppressed.after[:, [places[name] for name in need.key]]) for need in needs if len(need.key)
    ]
    known = int((suppressed.before != BLANK).sum())
    shown = int((suppressed.after != BLANK).sum())
    return Point(
        label=label,
        k=k,
        risk=round(max(rates, default=0.0), 6),
        utility=round(shown / known, 6) if known else 0.0,
        chosen=chosen,
    )


def _expected_rate(codes: risk.Integers) -> float:
    return float(np.mean(1 / risk.class_sizes(codes))) if len(codes) else 0.0


def _unsafe(what: str, *, rule: str) -> errors.Fault:
    return errors.Fault(
        code="microdata_unsafe",
        what=what,
        way_out="Make a new draft.",
        ask=errors.ProtectionRefused.who_must_act,
        place=errors.Place(rule=rule),
    )

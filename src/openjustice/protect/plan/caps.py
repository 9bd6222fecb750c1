"""Keeps protection from erasing a group: searches for blanks under which no group is unnamed more often than the policy allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from openjustice.contracts.policy import MicrodataRules, Recoding
from openjustice.ground import errors
from openjustice.ground.engine import Table
from openjustice.protect.methods.local_suppression.method import Suppressed
from openjustice.protect.plan import groups, parts

# How often the importance of a variable that is over its cap is raised, and by how much: in the end nothing outweighs it.
_TURNS, _RAISED = 9, 4.0
_EXACT = 1e-12


def suppress_within(
    suppress: Callable[[Mapping[str, float]], list[Suppressed]],
    *,
    recoded: Table,
    rules: MicrodataRules,
    recodings: Mapping[str, Recoding],
) -> tuple[list[Suppressed], Suppressed]:
    """Protect the records so that the worst group of each capped variable is unnamed in at most the policy's share.

    `suppress` protects them with given importances, part by part; returned are the parts and the whole. A variable over its cap is made more important until it keeps within
    it, and at last more important than all others together. Raises ProtectionRefused, with the nearest share that was
    reached, where no importance does it: a group of fewer than k records can never be named.
    """
    weights = dict(rules.importance)
    nearest: dict[str, float] = {}
    over: list[str] = []
    for _ in range(_TURNS if rules.cap else 1):
        apart = suppress(weights)
        made = parts.lay_together(apart)
        if not rules.cap:
            return apart, made
        lost = groups.measure_groups(made, recoded=recoded, recodings=recodings, groups=tuple(rules.cap))
        worst = {name: groups.worst_share(lost, variable=name) for name in rules.cap}
        over = [name for name, limit in rules.cap.items() if worst[name] > limit + _EXACT]
        if not over:
            return apart, made
        if not nearest or _excess(worst, rules) < _excess(nearest, rules):
            nearest = worst
        for name in over:
            for variable in shown_variables(name, variables=rules.variables, recodings=recodings):
                weights[variable] = weights.get(variable, 1.0) * _RAISED
    raise errors.ProtectionRefused([_unreachable(name, nearest[name], rules=rules) for name in over])


def shown_variables(name: str, *, variables: tuple[str, ...], recodings: Mapping[str, Recoding]) -> list[str]:
    """Return the variables of the file that name a group: the variable itself, or those made of the same field."""
    if name in variables:
        return [name]
    return [other for other in variables if recodings[other].of == recodings[name].of]


def _excess(worst: Mapping[str, float], rules: MicrodataRules) -> float:
    return max(worst[name] - limit for name, limit in rules.cap.items())


def _unreachable(name: str, share: float, *, rules: MicrodataRules) -> errors.Fault:
    return errors.Fault(
        code="cap_unreachable",
        what=f"No file was found in which every group of '{name}' is left unnamed in at most {rules.cap[name]:.1%} of its records.",
        why=f"The nearest one leaves the worst group unnamed in {share:.1%} of them.",
        way_out="Group small groups more coarsely, recode other variables more, or raise the cap and say so.",
        ask=errors.ProtectionRefused.who_must_act,
        place=errors.Place(field=name),
    )

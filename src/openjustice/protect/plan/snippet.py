"""Writes a plan as the part of a policy that says so, ready to paste and sign."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from openjustice.contracts.dataset import Contract
from openjustice.contracts.policy import Policy, Recoding
from openjustice.ground.terms import Role
from openjustice.protect.plan.ladders import Rung

SCENARIO = "stranger"


def names_of(chosen: Mapping[str, Rung]) -> dict[str, str]:
    """Return the name of the variable that each field becomes; of a field that is left out there is none."""
    return {field: _name(field, rung.rule) for field, rung in chosen.items() if rung.rule is not None}


def make_policy(chosen: Mapping[str, Rung], *, contract: Contract, k: int) -> tuple[Policy, str]:
    """Return a plan as a policy, and as the text of its scenarios and its public tier.

    What a stranger can know is the key. Each class must show two values of every sensitive variable that has several, so
    that nobody's is learned for certain.
    """
    names = names_of(chosen)
    recode = {names[field]: _plain(rung.rule) for field, rung in chosen.items() if rung.rule is not None}
    key = [names[field] for field in names if contract.fields[field].role is not Role.SENSITIVE]
    sensitive = [names[field] for field in names if contract.fields[field].role is Role.SENSITIVE]
    least = {names[field]: 2 for field in names if names[field] in sensitive and len(chosen[field].labels) > 1}
    part = {
        "scenarios": {
            SCENARIO: {
                "says": "A stranger knows everything about a person that can be seen or read elsewhere.",
                "key": key,
                "knows": "target is in the data",
            }
        },
        "tiers": {
            "public": {
                "recode": recode,
                "microdata": {
                    "variables": [*key, *sensitive],
                    "require": [{"scenario": SCENARIO, "k": k, "l": least}],
                    "then": "local_suppression",
                    "importance": dict.fromkeys(sensitive, 4),
                    "groups": key,
                    "outcomes": sensitive,
                    "attacks": ["matching"],
                    "maximum_reidentification_rate": round(1 / k, 4),
                },
            }
        },
    }
    whole = {
        "policy": contract.dataset, "version": 1, "in_force_from": "2000-01-01", "says": "Proposed, not signed.",
        "signed": [{"name": "nobody yet", "on": "2000-01-01"}], "checkers": 2, **part,
    }  # fmt: skip
    return Policy.model_validate(whole), yaml.safe_dump(part, sort_keys=False, width=120, allow_unicode=True)


def _name(field: str, rule: Recoding) -> str:
    ending = {"keep": "", "bands": "_band", "group": f"_{rule.attribute}", "truncate": f"_{rule.to}"}
    return f"{field}{ending.get(rule.method, '_merged')}"


def _plain(rule: Recoding) -> dict[str, Any]:
    given = rule.model_dump(mode="json", exclude_defaults=True)
    return given | {"cuts": list(rule.cuts)} if rule.cuts else given

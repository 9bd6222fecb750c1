"""Rules for small cells that name what nothing declares, or contradict what the policy says beside them, do not load."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from openjustice.contracts import registry, small_cell_faults
from openjustice.contracts.declaration import Declaration
from openjustice.contracts.policy import Policy
from openjustice.contracts.small_cells import ScoringRules

LOADED = registry.load_registry(only=["demo"])
DATASET = LOADED.dataset("custody_deaths")
TABLES = {"method": "cell_suppression", "minimum_frequency": 11, "hidden_at_least": 1}
SCORING = {"rules": "calhhs_ddg_2", "decision": "d", "variables": {"sex": {"as": "sex", "choice": "male_female"}}}
OVER_TEN = {"safety_interval": {"minimum_width": 10, "must_contain_over": 10}}


def faults(**tables: Any) -> list[tuple[str, str]]:
    assert DATASET.policy is not None
    given = DATASET.policy.model_dump(mode="json", by_alias=True)
    given["tiers"]["public"]["tables"] = TABLES | tables
    policy = Policy.model_validate(given)
    file = Declaration(path=Path("policy.yaml"), label="policy.yaml", content=given, lines={(): 1})
    found = small_cell_faults.find_policy_faults(file, policy, contract=DATASET.contract, scorings=LOADED.scorings)
    return [(item.code, item.what) for item in found]


def test_a_policy_that_names_declared_things_has_no_fault() -> None:
    rules = [
        {"rule": "contributors", "at_least": 3, "contributor": "facility", "source": "s"},
        {"rule": "group_disclosure", "variables": ["sex"], "source": "s"},
    ]
    assert faults(small_cells=rules, scoring=SCORING, **OVER_TEN) == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"small_cells": [{"rule": "p_percent", "p": 10, "contributor": "nobody", "source": "s"}]}, "unknown_field"),
        ({"small_cells": [{"rule": "group_disclosure", "variables": ["nothing"], "source": "s"}]}, "unknown_variable"),
        ({"small_cells": [{"rule": "group_disclosure", "then": "hide", "source": "s"}]}, "zeros_told"),
        ({"scoring": SCORING | {"rules": "mine"}}, "unknown_scoring"),
        ({"scoring": SCORING}, "reason_told"),
        ({"scoring": SCORING | {"variables": {"nothing": {"as": "sex"}}}, **OVER_TEN}, "unknown_variable"),
        ({"scoring": SCORING | {"variables": {"sex": {"as": "offense"}}}, **OVER_TEN}, "unknown_scored"),
        ({"scoring": SCORING | {"whole": [{"as": "period", "choice": "decade"}]}, **OVER_TEN}, "unknown_choice"),
    ],
)
def test_each_contradiction_has_its_fault(given: dict[str, Any], code: str) -> None:
    assert code in [found for found, _ in faults(**given)]


def test_no_policy_may_name_a_scoring_of_which_not_all_points_are_known() -> None:
    scoring = {"rules": "calhhs_ddg_1", "decision": "d", "variables": {}}
    assert "scoring_incomplete" in [code for code, _ in faults(scoring=scoring, **OVER_TEN)]


def test_every_rule_names_its_source() -> None:
    with pytest.raises(ValueError, match="source"):
        faults(small_cells=[{"rule": "minimum_frequency", "at_least": 5}])


def test_a_scoring_is_named_as_its_file_and_refers_to_what_it_declares() -> None:
    broken = LOADED.scorings["calhhs_ddg_2"].model_dump(mode="json", by_alias=True)
    broken["events"] = "nothing"
    broken["variables"]["race"]["scale"] = "none"
    broken["examples"][0]["table"]["variables"][0]["as"] = "place"
    file = Declaration(path=Path("other.yaml"), label="other.yaml", content=broken, lines={(): 1})
    found = small_cell_faults.find_scoring_faults(file, ScoringRules.model_validate(broken))
    assert sorted(item.code for item in found) == ["name_differs", "unknown_scale", "unknown_scored", "unknown_scored"]

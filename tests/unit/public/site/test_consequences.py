"""Pages say what a method that changes numbers means, what is hidden of each table, and show a band as a band."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from openjustice.contracts.policy import TableRules
from openjustice.public.site import statements, tables


def content(*, report: dict[str, Any] | None = None, **rules: Any) -> Any:
    tier = SimpleNamespace(tables=TableRules.model_validate(rules) if rules else None, microdata=None)
    return SimpleNamespace(
        policy=SimpleNamespace(tiers={"public": tier}, special_populations={}),
        contract=SimpleNamespace(persons=True), report=report or {},
    )  # fmt: skip


def test_the_consequence_of_a_changing_method_stands_in_place_of_the_rules_of_suppression() -> None:
    given = content(method="random_rounding", **{"with": {"base": 5}})
    said = statements._rules(given)
    assert said == list(statements.consequence(given))
    assert "multiple of 5" in said[0]


@pytest.mark.parametrize("rules", [{}, {"method": "none"}, {"method": "cell_suppression", "minimum_frequency": 5}])
def test_a_method_that_changes_nothing_has_no_consequence_of_its_own(rules: dict[str, Any]) -> None:
    assert statements.consequence(content(**rules)) == ()


def test_the_reason_of_a_hidden_number_is_not_told_where_a_scoring_asks_for_that() -> None:
    scoring = {"rules": "calhhs_ddg_2", "decision": "d", "variables": {}}
    scored = statements._rules(content(method="cell_suppression", minimum_frequency=11, scoring=scoring))
    assert "10" not in scored[0]
    plain = statements._rules(content(method="cell_suppression", minimum_frequency=11))
    assert "from 1 to 10" in plain[0]


def test_the_sentence_of_a_table_is_the_sealed_reports_own() -> None:
    given = content(report={"tables": [{"table": "a", "says": "2 of 9 numbers hidden."}]}, method="none")
    assert statements.say_page(given, "a") == "2 of 9 numbers hidden."
    assert statements.say_page(given, "b") == ""


@pytest.mark.parametrize(("low", "high", "expected"), [(0.0, 10.0, "at most 10"), (95.0, 100.0, "at least 95")])
def test_a_band_is_shown_as_a_band(low: float, high: float, expected: str) -> None:
    view: Any = SimpleNamespace(indicator=SimpleNamespace(decimals=0))
    row = {"value": None, "value_low": low, "value_high": high, "value_marker": "c", "status_marker": None}
    cell = tables._value(view, row)
    assert (cell.text, cell.marker) == (expected, None)

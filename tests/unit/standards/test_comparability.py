"""When two numbers may be set side by side, and what must be said then."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from openjustice.ground import errors
from openjustice.standards import comparability
from openjustice.standards.comparability import Break, Flag, Number

FLAGS = {"UNIT": Flag(code="UNIT", says="Mind the unit.", display="Name it.")}
ONE = Number(name="one", concept="arrest", unit="arrests", period="2013", coverage=1.0, variants={"race": "recorded"})


def test_the_same_in_another_year_may_be_compared() -> None:
    assert comparability.may_compare(ONE, replace(ONE, period="2016"), flags=FLAGS) == ()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"concept": "conviction"}, "concept_differs"),
        ({"unit": "persons"}, "unit_differs"),
        ({"variants": {"race": "stated"}}, "variant_differs"),
        ({"period": "2013-Q1"}, "period_differs"),
        ({"period": "2014"}, "break_between"),
        ({"coverage": 0.4}, "coverage_low"),
    ],
)
def test_what_may_not_be_compared_is_refused_with_its_reason(change: dict[str, Any], code: str) -> None:
    breaks = [Break(at="2014", concept="arrest", says="Widened.")]
    with pytest.raises(errors.NotComparable) as refusal:
        comparability.may_compare(ONE, replace(ONE, **change), flags=FLAGS, breaks=breaks, minimum_coverage=0.5)
    assert refusal.value.codes == (code,)


def test_all_reasons_are_given_together() -> None:
    with pytest.raises(errors.NotComparable) as refusal:
        comparability.may_compare(ONE, replace(ONE, concept="stop", unit="stops"), flags=FLAGS)
    assert refusal.value.codes == ("concept_differs", "unit_differs")


def test_a_break_of_another_concept_or_outside_the_span_is_no_reason() -> None:
    breaks = [Break(at="2014", concept="offense", says="s"), Break(at="2010", concept="arrest", says="s")]
    assert comparability.may_compare(ONE, replace(ONE, period="2016"), flags=FLAGS, breaks=breaks) == ()


def test_months_of_different_length_and_leap_years_are_alike() -> None:
    comparability.may_compare(replace(ONE, period="2013-02"), replace(ONE, period="2013-03"), flags=FLAGS)
    comparability.may_compare(replace(ONE, period="2012"), ONE, flags=FLAGS)


def test_what_must_be_said_is_returned() -> None:
    other = replace(ONE, flags=("UNIT",), is_provisional=True, coverage=None, vintage="2026-01-01.1")
    assert comparability.may_compare(ONE, other, flags=FLAGS) == (
        "Mind the unit.",
        "One of the numbers is provisional.",
        "It is not known how many of those who should report did.",
        "The numbers come from different vintages of the data.",
    )


def test_the_registry_has_every_flag_that_its_indicators_carry(registry_root: Path) -> None:
    from openjustice.contracts.registry import load_registry

    flags = comparability.read_flags(registry_root / "common" / "comparability.yaml")
    for jurisdiction in load_registry([registry_root]).jurisdictions.values():
        for folder in jurisdiction.indicators.values():
            assert set(folder.indicator.flags) <= set(flags)


def test_a_file_without_flags_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "comparability.yaml"
    path.write_text("title: nothing\n", encoding="utf-8")
    with pytest.raises(errors.RegistryRefused) as refusal:
        comparability.read_flags(path)
    assert refusal.value.codes == ("flags_unreadable",)

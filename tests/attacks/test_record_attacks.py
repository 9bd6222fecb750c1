"""What is planted in a record file is found by the attack that looks for it, and its records are numbered for the steward."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from openjustice.ground import discovery, engine, errors
from openjustice.ground.engine import Table
from openjustice.ground.terms import Plane
from openjustice.protect import attacks
from openjustice.protect.attack import AttackResult, Success

Rows = list[dict[str, Any]]
COUNTIES, CAUSES = ("Alder", "Birch", "Cedar"), ("illness", "injury", "other")


@pytest.fixture
def opened() -> Iterator[engine.Engine]:
    with engine.open_memory(plane=Plane.CONFIDENTIAL, threads=1) as memory:
        yield memory


def crowd(people: int = 600, seed: int = 3) -> Rows:
    """Invent records in large classes, with causes at random."""
    random = np.random.default_rng(seed)
    return [
        {"county": COUNTIES[random.integers(3)], "age": str(30 + 10 * random.integers(3)), "cause": CAUSES[random.integers(3)]}
        for _ in range(people)
    ]  # fmt: skip


def table(opened: engine.Engine, name: str, rows: Rows) -> Table:
    columns = dict.fromkeys(rows[0], "VARCHAR")
    return opened.make_table(
        name, columns=columns, rows=[tuple(row[column] for column in columns) for row in rows], plane=Plane.CONFIDENTIAL
    )


def attack(
    opened: engine.Engine,
    name: str,
    release: Rows,
    *,
    known: Rows | None = None,
    sources: Mapping[str, Rows] | None = None,
    key: Sequence[str] = ("county", "age"),
    sensitive: Sequence[str] = ("cause",),
    maximum: float = 0.2,
    **given: Any,
) -> AttackResult:
    plugin = discovery.load_plugin(attacks, name, attribute="ATTACK")
    result: AttackResult = plugin.run(
        table(opened, "release", release),
        known=table(opened, "known", known or release),
        key=key,
        sensitive=sensitive,
        maximum_rate=maximum,
        parameters=plugin.read_parameters(given),
        against="press",
        sources={label: table(opened, "source", rows) for label, rows in (sources or {}).items()},
    )
    return result


def test_persons_with_an_age_that_is_off_are_found_with_their_probability(opened):
    planted = [{"county": "Alder", "age": "77", "cause": "injury"}, {"county": "Birch", "age": "92", "cause": "other"}]
    release = [*crowd(), *planted]
    known = [{**row, "age": str(int(row["age"]) + 1)} for row in planted]
    found = attack(opened, "matching", release, known=known, tolerance={"age": 1}, maximum_inferred_share=1)
    assert found.figures["named_rate"] == 1.0
    assert found.figures["surely_named_share"] == 1.0
    assert found.at_risk == (601, 602)
    assert not found.passed


def test_a_probability_reckons_with_who_may_not_be_in_the_file(opened):
    planted = [{"county": "Alder", "age": "77", "cause": "injury"}]
    found = attack(opened, "matching", [*crowd(), *planted], known=planted, tolerance={"age": 1}, is_in_file=0.5)
    assert found.figures["named_rate"] == 0.5
    assert found.figures["surely_named_share"] == 0.0


def test_a_class_of_one_cause_is_told_and_numbered(opened):
    planted = [{"county": "Alder", "age": "80", "cause": "injury"}] * 6
    found = attack(opened, "homogeneity", [*crowd(), *planted])
    assert found.at_risk == tuple(range(601, 607))
    assert not found.passed
    assert attack(opened, "homogeneity", [*crowd(), *planted], maximum_inferred_share=0.01).passed


def test_nothing_asked_is_nothing_told(opened):
    assert attack(opened, "homogeneity", crowd(), sensitive=()).passed
    assert "no variable" in attack(opened, "neighbor", crowd(), sensitive=()).says
    assert "no variable" in attack(opened, "attribute", crowd(), sensitive=()).says


def test_who_was_never_charged_is_found(opened):
    arrests = [*crowd(), *[{"county": "Dogwood", "age": "30", "cause": "other"}] * 9]
    found = attack(opened, "exclusion", arrests, sources={"court_records": crowd(200)})
    assert found.at_risk == tuple(range(601, 610))
    assert found.leaks
    assert attack(opened, "exclusion", arrests, sources={"court_records": arrests}).passed


def test_a_source_that_is_not_at_hand_is_no_attack_withstood(opened):
    cases: dict[str, dict[str, Any]] = {"exclusion": {}, "press": {"source": "news"}, "membership": {"source": "roll"}}
    for name, given in cases.items():
        with pytest.raises(errors.ProtectionRefused) as refused:
            attack(opened, name, crowd(20), **given)
        assert refused.value.codes == ("source_missing",)


def test_news_about_one_record_is_found_and_says_what_it_reveals(opened):
    release = [*crowd(), {"county": "Cedar", "age": "85", "cause": "injury"}]
    news = [{"county": None, "age": "86"}, {"county": "Alder", "age": None}]
    found = attack(opened, "press", release, sources={"news": news}, source="news", tolerance={"age": 1})
    assert found.at_risk == (601,)
    assert found.figures["singled_out_share"] == 0.5
    assert found.figures["reveals_cause"] == 1.0
    assert not found.passed
    assert attack(opened, "press", crowd()).passed


def test_people_whose_key_nobody_outside_has_are_told_to_be_in(opened):
    release = [*crowd(), *[{"county": "Alder", "age": "99", "cause": "other"}] * 3]
    outside = [{**row, "cause": None} for row in crowd(seed=8)]
    found = attack(opened, "membership", release, sources={"roll": outside}, source="roll", maximum_certain_share=0)
    assert found.at_risk == (601, 602, 603)
    assert not found.passed
    assert float(found.figures["success_rate"] or 0) < 0.56


def test_a_file_without_records_gives_nothing(opened):
    nobody: Rows = []
    columns = dict.fromkeys(("county", "age", "cause"), "VARCHAR")
    empty = opened.make_table("empty", columns=columns, rows=nobody, plane=Plane.CONFIDENTIAL)
    needed: dict[str, dict[str, Any]] = {
        "exclusion": {"source": "s"},
        "record_differencing": {"files": ["s"], "minimum": 5},
    }
    for name in (
        "homogeneity",
        "press",
        "membership",
        "neighbor",
        "attribute",
        "exclusion",
        "record_differencing",
        "matching",
    ):
        plugin = discovery.load_plugin(attacks, name, attribute="ATTACK")
        result = plugin.run(
            empty, known=empty, key=("county", "age"), sensitive=("cause",), maximum_rate=0.2,
            parameters=plugin.read_parameters(needed.get(name, {})), against="press", sources={"s": empty},
        )  # fmt: skip
        assert result.passed, name
        assert result.at_risk == ()


def test_a_correction_of_one_record_is_found_between_vintages(opened):
    first = crowd()
    second = [*first, {"county": "Alder", "age": "30", "cause": "injury"}]
    found = attack(opened, "record_differencing", second, sources={"before": first}, files=["before"], minimum=5)
    assert found.figures["differences"]
    assert not found.passed
    many = [*first, *[{"county": "Alder", "age": "30", "cause": cause} for cause in CAUSES] * 5]
    assert attack(opened, "record_differencing", many, sources={"before": first}, files=["before"], minimum=5).passed


def test_a_finer_tier_is_read_by_its_bands(opened):
    public = [{"age": "30-39", "cause": "injury"}] * 5 + [{"age": "40+", "cause": "other"}] * 5
    extract = [{"age": str(30 + at), "cause": "injury"} for at in range(5)] + [{"age": "77", "cause": "other"}] * 4
    found = attack(
        opened, "record_differencing", public, key=["age"], sources={"extract": extract}, files=["extract"], minimum=5
    )
    assert found.figures["narrowed"] == 1  # the records of 40 and over have four counterparts
    assert set(found.at_risk) >= {6, 7, 8, 9, 10}


def test_a_difference_in_all_variables_together_is_found_where_no_few_of_them_show_it(opened):
    first: Rows = [{"a": a, "b": b, "c": c} for a in "xy" for b in "xy" for c in "xy" for _ in range(5)]
    moved = [row for at, row in enumerate(first) if at % 5 or (row["a"] + row["b"] + row["c"]).count("x") % 2]
    moved += [{"a": a, "b": b, "c": c} for a, b, c in ("xxx", "xyy", "yxy", "yyx")]
    found = attack(
        opened, "record_differencing", moved, key=["a"], sensitive=["d"], sources={"before": first}, files=["before"],
        minimum=2, order=2, same_people=True,
    )  # fmt: skip
    assert found.figures["differences"] == 8
    alone = attack(
        opened, "record_differencing", moved, key=[], sensitive=["c"], sources={"before": first}, files=["before"],
        minimum=2, order=3,
    )  # fmt: skip
    assert alone.figures["composed"] == 0


def test_success_without_a_try_says_nothing():
    nothing = Success(tries=0, right=0, guess=0.5, confidence=0.95)
    assert nothing.rate == 0
    assert nothing.interval == (0.0, 1.0)
    assert nothing.is_guessing(advantage=0)


def test_success_beyond_chance_is_no_guessing():
    lucky = Success(tries=100, right=58, guess=0.5, confidence=0.95)
    knowing = Success(tries=100, right=70, guess=0.5, confidence=0.95)
    assert lucky.is_guessing(advantage=0)
    assert not knowing.is_guessing(advantage=0)
    assert knowing.is_guessing(advantage=0.15)
    assert lucky.interval[0] < 0.58 < lucky.interval[1]

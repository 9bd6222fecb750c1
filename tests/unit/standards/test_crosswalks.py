"""Crosswalks carry every count and lose none."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjustice.ground import errors
from openjustice.standards import crosswalks
from openjustice.standards.crosswalks import Crosswalk

HALVES = Crosswalk(
    name="halves", title="t", source_list="a", target_list="b", gaps={"3": "No counterpart."},
    weights={("1", "x"): Fraction(1, 2), ("1", "y"): Fraction(1, 2), ("2", "y"): Fraction(1)},
)  # fmt: skip
HEAD = "crosswalk: c\ntitle: t\nfrom: a\nto: b\n"


def test_a_code_that_divides_gives_fractions_and_a_gap_is_left() -> None:
    carried = crosswalks.carry_counts({"1": 3, "2": 1, "3": 5}, crosswalk=HALVES)
    assert carried.counts == {"x": Fraction(3, 2), "y": Fraction(5, 2)}
    assert carried.left == {"3": 5}


@given(st.dictionaries(st.sampled_from(["1", "2", "3"]), st.integers(0, 10**6)))
def test_the_total_is_conserved(counts: dict[str, int]) -> None:
    carried = crosswalks.carry_counts(counts, crosswalk=HALVES)
    assert sum(carried.counts.values()) + sum(carried.left.values()) == sum(counts.values())


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(errors.RegistryRefused) as refusal:
        crosswalks.carry_counts({"9": 1}, crosswalk=HALVES)
    assert refusal.value.codes == ("code_not_in_crosswalk",)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (HEAD + "pairs:\n  - {source: a, target: b, weight: 0.4}\n", "weights_do_not_add_up"),
        (HEAD + "pairs:\n  - {source: a, target: b, weight: 1}\ngaps: {a: why}\n", "gap_with_weights"),
        ("title: t\n", "crosswalk_unreadable"),
        (": [", "crosswalk_unreadable"),
    ],
)
def test_a_faulty_crosswalk_is_refused(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(errors.RegistryRefused) as refusal:
        crosswalks.read_crosswalk(path)
    assert refusal.value.codes == (code,)


def test_decimal_weights_are_exact(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    pairs = "".join(f"  - {{source: a, target: b{index}, weight: 0.1}}\n" for index in range(10))
    path.write_text(f"{HEAD}pairs:\n{pairs}", encoding="utf-8")
    assert sum(crosswalks.read_crosswalk(path).weights.values()) == 1


def test_every_crosswalk_of_the_registry_loads_and_knows_its_codes(registry_root: Path) -> None:
    from openjustice.contracts.registry import load_registry

    codelists = load_registry([registry_root], only=["california"]).jurisdiction("california").codelists
    paths = sorted((registry_root / "common" / "crosswalks").glob("*.yaml"))
    assert paths
    for path in paths:
        crosswalk = crosswalks.read_crosswalk(path)
        assert crosswalk.name == path.stem
        if crosswalk.source_list in codelists:
            sources = {source for source, _ in crosswalk.weights} | set(crosswalk.gaps)
            assert sources == set(codelists[crosswalk.source_list].labels())
        if crosswalk.target_list in codelists:
            assert {target for _, target in crosswalk.weights} <= set(codelists[crosswalk.target_list].labels())

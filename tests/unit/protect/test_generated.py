"""Generated hierarchies nest, are complete, and refuse what cannot nest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjustice.contracts.dataset import Codelist
from openjustice.contracts.registry import shipped_registry
from openjustice.ground import errors
from openjustice.protect import coded
from openjustice.protect.coded import generated
from openjustice.standards import crosswalks


def test_a_day_climbs_to_its_month_quarter_and_year():
    lines = generated.date_lines(date(2023, 12, 31), date(2024, 4, 1))
    assert lines[0] == ("2023-12-31", "2023-12", "2023-Q4", "2023", "*")
    assert lines[-1] == ("2024-04-01", "2024-04", "2024-Q2", "2024", "*")
    assert coded.make_hierarchy("day", lines).levels == 5


@given(first=st.dates(date(1950, 1, 1), date(2050, 1, 1)), days=st.integers(0, 800))
def test_every_day_has_a_line_and_the_levels_nest(first: date, days: int):
    tree = coded.make_hierarchy("day", generated.date_lines(first, first + timedelta(days=days)))
    generated.check_complete(tree, [(first + timedelta(days=days // 2)).isoformat()])
    assert tree.leaves == days + 1
    assert tree.size(4) == 1


@given(
    lowest=st.integers(-20, 50),
    more=st.integers(0, 120),
    widths=st.sampled_from([(5, 10, 20), (2,), (3, 15), (10, 100)]),
)
def test_bands_nest_and_hold_their_number(lowest: int, more: int, widths: tuple[int, ...]):
    tree = coded.make_hierarchy("age", generated.band_lines(lowest, lowest + more, widths=widths))
    assert tree.leaves == more + 1
    assert tree.levels == len(widths) + 2


def test_counties_climb_to_their_region_and_state():
    given = [
        {"code": code, "label": code, "attributes": {"region": region}}
        for code, region in (("A", "N"), ("B", "N"), ("C", "S"))
    ]
    listed = Codelist.model_validate({"codelist": "counties", "version": "1", "title": "Counties", "codes": given})
    region = {code: str(name) for code, name in listed.attribute("region").items()}
    lines = generated.group_lines(region, groups=[region, dict.fromkeys("NS", "Meridia")])
    assert lines == [("A", "N", "Meridia", "*"), ("B", "N", "Meridia", "*"), ("C", "S", "Meridia", "*")]


def test_offense_codes_climb_by_the_crosswalk_of_the_registry():
    path = Path(shipped_registry()) / "common" / "crosswalks" / "offense_summary_to_arrest_group.yaml"
    walk = crosswalks.read_crosswalk(path)
    groups = generated.crosswalk_groups(walk.weights)
    tree = coded.make_hierarchy("offense", generated.group_lines(groups, groups=[groups]))
    assert set(tree.labels[1]) == set(groups.values())
    assert tree.levels == 3


@pytest.mark.parametrize(
    "made",
    [
        lambda: generated.date_lines(date(2024, 1, 2), date(2024, 1, 1)),
        lambda: generated.band_lines(0, 9, widths=(5, 12)),
        lambda: generated.group_lines(["A"], groups=[{}]),
        lambda: generated.crosswalk_groups({("A", "x"): 1, ("A", "y"): 1}),
        lambda: generated.as_text([("a;b", "*")]),
    ],
)
def test_what_cannot_nest_or_be_written_is_refused(made: Callable[[], object]):
    with pytest.raises(errors.ProtectionRefused) as caught:
        made()
    assert caught.value.codes == ("hierarchy_impossible",)


def test_missing_values_are_counted_and_never_named():
    tree = coded.make_hierarchy("age", generated.band_lines(0, 9))
    with pytest.raises(errors.ProtectionRefused) as caught:
        generated.check_complete(tree, ["3", "secret", "secret"])
    assert "secret" not in str(caught.value)
    assert "1 of the values" in str(caught.value.faults[0].what)
    generated.check_complete(coded.make_hierarchy("age", generated.with_missing(generated.band_lines(0, 9))), ["", "3"])
    assert generated.with_missing([]) == [("", "*")]


def test_a_generated_file_reads_back(tmp_path: Path):
    (tmp_path / "age.csv").write_text(generated.as_text(generated.band_lines(0, 19)), encoding="utf-8")
    assert coded.read_hierarchies(tmp_path, variables=["age"])["age"].leaves == 20

"""The cell key method: the published table to the line, larger counts in turn, keys in both forms, and noise without bias."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from openjustice.ground import errors
from openjustice.protect import cells
from openjustice.protect.cells import CountTable, SealedTable
from openjustice.protect.methods.cell_key import METHOD, method, table
from openjustice.protect.methods.cell_key.parameters import NoiseTable, RoundingTable
from openjustice.protect.perturbation import Secrets

TEN_FIVE = RoundingTable(threshold=10, base=5)


@pytest.mark.real_data
def test_the_published_10_5_table_comes_out_line_by_line(real_data: Path) -> None:
    path = real_data / "tabular" / "ons-cell-key" / "ptable_10_5_rule.csv"
    if not path.is_file():
        pytest.skip("the published perturbation table is not here")
    with path.open(newline="") as stream:
        lines = np.array([[int(item) for item in row] for row in list(csv.reader(stream))[1:]])
    made = table.make_rounding_table(TEN_FIVE)
    assert made.changes.shape == (750, 256)
    assert len(lines) == 750 * 256
    assert (made.changes[lines[:, 0] - 1, lines[:, 1]] == lines[:, 2]).all()


def test_counts_above_the_last_row_take_the_last_250_rows_in_turn() -> None:
    rows = np.arange(1, 751)[:, None] * np.ones((1, 256), dtype=np.int64)
    counting = table.PerturbationTable(changes=rows.astype(np.int64), again=250)
    counts = np.array([0, 1, 750, 751, 752, 1000, 1001, 1251])
    assert counting.look_up(counts, np.zeros(8, dtype=np.int64)).tolist() == [0, 1, 750, 501, 502, 750, 501, 501]


@pytest.mark.parametrize("base", [3, 5, 10])
def test_a_rounding_table_rounds_every_count_to_the_nearest_multiple(base: int) -> None:
    made = table.make_rounding_table(RoundingTable(threshold=base, base=base))
    counts = np.arange(2_000)
    changed = counts + made.look_up(counts, np.zeros_like(counts))
    assert not (changed % base).any()
    assert (np.abs(changed - counts)[base:] <= base // 2).all()
    assert not changed[:base].any()


def test_keys_are_added_up_by_either_form() -> None:
    sums = np.array([0, 255, 256, 2**24, 2**32 - 1, 2**32 + 2**24])
    assert method.cell_keys(sums, form="ons").tolist() == [0, 255, 0, 0, 255, 0]
    assert method.cell_keys(sums, form="abs").tolist() == [0, 0, 0, 1, 255, 1]


@pytest.mark.parametrize(
    "rule",
    [
        NoiseTable(largest_change=5, variance=2, never_shown=2),
        NoiseTable(largest_change=3, variance=1.5),
        NoiseTable(largest_change=8, variance=5, never_shown=4),
        NoiseTable(largest_change=1, variance=0.4),
    ],
)
def test_noise_has_no_bias_keeps_its_reach_and_shows_nothing_that_may_not_be_shown(rule: NoiseTable) -> None:
    made = table.make_noise_table(rule)
    for count in range(1, 30):
        results = count + made.look_up(np.full(256, count), np.arange(256))
        assert abs(int((results - count).sum())) <= 1
        assert np.abs(results - count).max() <= rule.largest_change
        assert not ((results > 0) & (results <= rule.never_shown)).any()
        assert results.min() >= 0
        _, chances = table.noise_of(count, rule)
        assert chances.sum() == pytest.approx(1)
    assert made.changes[-1].var() == pytest.approx(rule.variance, rel=0.1)


def test_a_left_over_is_given_away_key_by_key_as_far_as_it_goes() -> None:
    changes = np.array([-4, 3])
    assert table._balanced(np.array([3] * 4 + [-4] * 3), changes).sum() == 0
    assert abs(int(table._balanced(np.array([3, 3, 3]), changes).sum())) == 2


def test_two_tables_that_share_records_show_the_same_of_them() -> None:
    one = cells.make_cell_system([CountTable("t", ("v",), "t/rows", {("a",): 7, ("b",): 9, ("_T",): 16})])
    two = cells.make_cell_system([CountTable("u", ("w",), "t/rows", {("c",): 16, ("_T",): 16})])
    rules = METHOD.read_parameters({"noise": {"largest_change": 4, "variance": 3}})
    total = [system.addresses.index((("", "t/rows"),)) for system in (one, two)]
    shown = [
        METHOD.apply(system, parameters=rules, secrets=Secrets(key=b"", record_keys=np.full(len(system), 77))).values[
            place
        ]
        for system, place in zip((one, two), total, strict=True)
    ]
    assert shown[0] == shown[1]


def test_tables_without_keys_and_with_earlier_cells_are_refused() -> None:
    item = CountTable("t", (), "t/rows", {(): 7})
    rules = METHOD.read_parameters({"rounding": {"threshold": 10, "base": 5}})
    with pytest.raises(errors.ProtectionRefused) as refused:
        METHOD.apply(cells.make_cell_system([item]), parameters=rules, secrets=Secrets(key=b""))
    assert refused.value.codes == ("keys_wanting",)
    with_earlier = cells.make_cell_system([item], earlier=[SealedTable("first", item, frozenset())])
    with pytest.raises(errors.HouseFault):
        METHOD.apply(with_earlier, parameters=rules, secrets=Secrets(key=b""))


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"rounding": {"threshold": 10, "base": 5}, "noise": {"largest_change": 2, "variance": 1}},
        {"noise": {"largest_change": 2, "variance": 1, "never_shown": 2}},
    ],
)
def test_parameters_name_one_table_that_can_be(given: dict[str, object]) -> None:
    with pytest.raises((errors.RegistryRefused, ValidationError)):
        METHOD.read_parameters(given)


def test_what_it_means_is_said_for_each_kind_of_table() -> None:
    said = [
        " ".join(METHOD.consequence(METHOD.read_parameters(given)))  # type: ignore[misc]
        for given in (
            {"rounding": {"threshold": 10, "base": 5}, "threshold": 10},
            {"noise": {"largest_change": 2, "variance": 1}},
        )
    ]
    assert "nearest multiple of 5" in said[0]
    assert "withheld" in said[0]
    assert "off by up to 2" in said[1]
    assert "withheld" not in said[1]

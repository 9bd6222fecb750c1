"""Cell suppression on small tables solved by hand, and what it does with what earlier releases hid and showed."""

import itertools

import numpy as np
import pytest

from laws.tables import count_table, possible_values
from openjustice.ground import errors
from openjustice.protect import cells
from openjustice.protect.cells import SealedTable
from openjustice.protect.methods.cell_suppression import METHOD

ONE_SIDED = {
    "minimum_frequency": 5,
    "hidden_at_least": 1,
    "safety_interval": {"minimum_width": 4, "must_contain_over": 4},
}


def protect(tables, rules, **more):
    system = cells.make_cell_system(tables, **more)
    return system, METHOD.apply(system, parameters=METHOD.read_parameters(rules))


def hidden(tables, rules, **more):
    system, done = protect(tables, rules, **more)
    return {table.id: system.mask_of(table.id, done.hidden) for table in tables}


def line(**counts):
    return count_table("line", ("place",), {(code,): value for code, value in counts.items()})


def test_the_cheapest_companion_is_hidden():
    assert hidden([line(a=2, b=30, c=9, d=0)], ONE_SIDED)["line"] == {("a",), ("c",)}


def test_small_counts_that_protect_each_other_need_no_companion():
    assert hidden([line(a=4, b=4, c=4, d=90)], ONE_SIDED)["line"] == {("a",), ("b",), ("c",)}


def test_two_ones_need_a_companion_from_a_reader_who_knows_that_zeros_are_shown():
    ones = line(a=1, b=1, c=9, d=30)
    textbook = {"minimum_frequency": 5, "hidden_at_least": 0}
    assert hidden([ones], textbook)["line"] == {("a",), ("b",)}
    assert hidden([ones], ONE_SIDED)["line"] == {("a",), ("b",), ("c",)}


def test_a_total_is_hidden_where_nothing_else_can_help():
    assert hidden([line(a=3, b=0)], ONE_SIDED)["line"] == {("a",), ("_T",)}


def test_nothing_is_hidden_where_nothing_is_small():
    _, done = protect([line(a=5, b=9)], ONE_SIDED)
    assert not done.hidden.any()


def test_zeros_are_hidden_where_the_policy_says_so():
    rules = {"minimum_frequency": 3, "zeros": "hidden", "safety_interval": {"minimum_width": 2}}
    assert ("a",) in hidden([line(a=0, b=7, c=30)], rules)["line"]


def test_primary_and_secondary_are_told_apart_and_share_no_cell():
    system, done = protect([line(a=2, b=9, c=30)], ONE_SIDED)
    assert np.flatnonzero(done.primary).tolist() == [system.positions["line"][("a",)]]
    assert np.flatnonzero(done.secondary).tolist() == [system.positions["line"][("b",)]]


def test_a_weight_keeps_the_cells_of_a_variable_longer():
    sex = count_table("by_sex", ("sex",), {("f",): 2, ("m",): 12, ("x",): 13})
    both = hidden([sex], ONE_SIDED)["by_sex"]
    assert both == {("f",), ("m",)}
    total = hidden([sex], ONE_SIDED | {"weights": {"sex": 50}})["by_sex"]
    assert total == {("f",), ("_T",)}


def test_the_number_of_companions_is_the_least_possible_on_a_table_solved_by_exhaustion():
    counts = [[2, 9, 14], [8, 21, 7], [16, 3, 25]]
    leaves: dict[tuple[str, ...], int] = {
        (f"r{row}", f"c{column}"): counts[row][column] for row, column in itertools.product(range(3), range(3))
    }
    table = count_table("square", ("r", "c"), leaves)
    system, done = protect([table], ONE_SIDED)
    best = next(
        size
        for size in range(6)
        for chosen in itertools.combinations(np.flatnonzero(~done.primary).tolist(), size)
        if is_safe(system, done.primary, chosen)
    )
    assert int(done.secondary.sum()) == best


def is_safe(system, primary, chosen):
    marks = primary.copy()
    marks[list(chosen)] = True
    ends = possible_values(system, marks, at_least=1, enough=1_000_000)
    assert ends is not None
    return all(ends[cell][0] <= ends[cell][1] - 4 and ends[cell][1] > 4 for cell in np.flatnonzero(primary).tolist())


def test_nested_groups_are_protected_together():
    place = count_table("by_place", ("place",), {("a",): 2, ("b",): 40, ("c",): 9, ("d",): 60})
    region = count_table("by_region", ("region",), {("n",): 42, ("s",): 69})
    nesting = cells.Nesting("place", "region", {"a": "n", "b": "n", "c": "s", "d": "s"})
    alone, together = hidden([place], ONE_SIDED), hidden([place, region], ONE_SIDED, nestings=[nesting])
    assert alone["by_place"] == {("a",), ("c",)}
    assert together["by_place"] == {("a",), ("b",)}
    assert together["by_region"] == frozenset()


def test_what_was_hidden_stays_hidden_while_its_count_is_the_same():
    before = line(a=2, b=9, c=30)
    sealed = SealedTable(release="r1", table=before, hidden=frozenset({("a",), ("c",)}))
    assert hidden([before], ONE_SIDED, earlier=[sealed])["line"] >= {("a",), ("c",)}


def test_a_new_total_may_not_close_an_old_sum():
    """Last year's total was shown without the new year, this year's with it: the difference is the new year's count."""
    old = count_table("years", ("place", "year"), {("a", "1"): 20, ("a", "2"): 30, ("b", "1"): 11, ("b", "2"): 44})
    new = count_table(
        "years",
        ("place", "year"),
        {("a", "1"): 20, ("a", "2"): 30, ("a", "3"): 2, ("b", "1"): 11, ("b", "2"): 44, ("b", "3"): 60},
    )
    sealed = SealedTable(release="r1", table=old, hidden=frozenset())
    alone = hidden([new], ONE_SIDED)["years"]
    together = hidden([new], ONE_SIDED, earlier=[sealed])["years"]
    assert len(together) > len(alone)
    assert ("a", "_T") in together


def test_a_count_that_nothing_can_protect_is_refused_by_name():
    """The earlier release shows the total of three; the draft would split it in two, beside zeros."""
    old = count_table("by_place", ("place",), {("a",): 9, ("b",): 30})
    new = count_table("by_place_sex", ("place", "sex"), {("a", "f"): 3, ("a", "m"): 6, ("b", "f"): 0, ("b", "m"): 30})
    sealed = SealedTable(release="r1", table=old, hidden=frozenset())
    rules = ONE_SIDED | {"minimum_frequency": 7, "safety_interval": {"minimum_width": 12}}
    with pytest.raises(errors.ProtectionRefused) as refused:
        hidden([new], rules, earlier=[sealed])
    assert refused.value.codes == ("cannot_protect",)
    assert "place a, sex f" in str(refused.value)


def test_many_counts_that_nothing_can_protect_are_named_in_part():
    codes = "abcdefg"
    old = count_table("by_place", ("place",), {(code,): 9 for code in codes})
    new = count_table(
        "by_place_sex", ("place", "sex"), {(code, sex): value for code in codes for sex, value in (("f", 3), ("m", 6))}
    )
    sealed = SealedTable(release="r1", table=old, hidden=frozenset())
    with pytest.raises(errors.ProtectionRefused, match="and 9 more"):
        hidden([new], {"minimum_frequency": 7, "safety_interval": {"minimum_width": 12}}, earlier=[sealed])


def test_a_count_that_was_given_away_before_is_hidden_all_the_same():
    before = line(a=2, b=9, c=30)
    sealed = SealedTable(release="r1", table=before, hidden=frozenset())
    marks = hidden([before], ONE_SIDED, earlier=[sealed])["line"]
    assert ("a",) in marks


@pytest.mark.parametrize("wrong", [{"minimum_frequency": 0}, {"minimum_frequency": 5, "zeros": "maybe"}, {}])
def test_parameters_out_of_bounds_are_refused(wrong):
    with pytest.raises(errors.RegistryRefused):
        METHOD.read_parameters(wrong)

"""The cells of linked tables: one cell for one address, and every sum that ties them together."""

import numpy as np
import pytest

from openjustice.ground import errors
from openjustice.protect import cells
from openjustice.protect.cells import CountTable, Nesting, SealedTable


def table(name, variables, counts, **more):
    return CountTable(id=name, variables=variables, population="d/rows", cells=counts, **more)


SEX = table("by_sex", ("sex",), {("f",): 4, ("m",): 6, ("_T",): 10})
PLACE_SEX = table(
    "by_place_sex",
    ("place", "sex"),
    {
        ("a", "f"): 1,
        ("a", "m"): 2,
        ("a", "_T"): 3,
        ("b", "f"): 3,
        ("b", "m"): 4,
        ("b", "_T"): 7,
        ("_T", "f"): 4,
        ("_T", "m"): 6,
        ("_T", "_T"): 10,
    },
)


def sums(system):
    """Write each equation as its two sides, by codes."""
    said = set()
    for row in system.equations.toarray():
        plus = tuple(sorted(codes(system, cell) for cell in np.flatnonzero(row > 0)))
        minus = tuple(sorted(codes(system, cell) for cell in np.flatnonzero(row < 0)))
        said.add(frozenset({plus, minus}))
    return said


def codes(system, cell):
    return "/".join(f"{name}={code}" for name, code in system.addresses[cell] if name) or "all"


def test_a_cell_of_two_tables_is_one_cell():
    system = cells.make_cell_system([SEX, PLACE_SEX])
    assert len(system) == 9
    assert system.positions["by_sex"][("f",)] == system.positions["by_place_sex"][("_T", "f")]
    assert not (system.equations @ system.values).any()


def test_a_table_gives_one_sum_for_each_row_and_column():
    system = cells.make_cell_system([PLACE_SEX])
    assert {("all",), ("sex=f", "sex=m")} in sums(system)
    assert {("place=a",), ("place=a/sex=f", "place=a/sex=m")} in sums(system)
    assert len(sums(system)) == 6


def test_nested_variables_are_tied():
    fine = table("by_place", ("place",), {("a",): 3, ("b",): 7, ("c",): 2, ("_T",): 12})
    coarse = table("by_region", ("region",), {("n",): 10, ("s",): 2, ("_T",): 12})
    system = cells.make_cell_system(
        [fine, coarse], nestings=[Nesting("place", "region", {"a": "n", "b": "n", "c": "s"})]
    )
    assert {("region=n",), ("place=a", "place=b")} in sums(system)
    assert {("place=c",), ("region=s",)} in sums(system)


def test_a_selection_is_tied_to_its_whole_by_a_remainder_that_no_table_shows():
    arrest = table("arrest", ("sex",), {("f",): 1, ("m",): 4, ("_T",): 5}, where=(("custody", "arrest"),))
    system = cells.make_cell_system([SEX, arrest])
    outside = [cell for cell in range(len(system)) if not system.in_draft[cell]]
    assert sorted(system.values[outside].tolist()) == [2, 3, 5]
    assert not system.positions["by_sex"].keys() & {("custody",)}
    assert system.unknown(np.zeros(len(system), dtype=bool))[outside].all()


def test_a_selection_that_another_table_breaks_down_has_no_remainder():
    custody = table("by_custody", ("custody",), {("arrest",): 5, ("sentenced",): 5, ("_T",): 10})
    arrest = table("arrest", ("sex",), {("f",): 1, ("m",): 4, ("_T",): 5}, where=(("custody", "arrest"),))
    system = cells.make_cell_system([custody, arrest])
    assert system.in_draft.all()


def test_a_table_that_is_not_published_ties_and_is_not_shown():
    silent = table("by_place", ("place",), {("a",): 3, ("b",): 7, ("_T",): 10}, published=False)
    system = cells.make_cell_system([SEX, silent])
    assert list(system.positions) == ["by_sex"]
    assert int((~system.in_draft).sum()) == 2


def test_an_unchanged_count_of_an_earlier_release_is_the_same_cell_and_a_changed_one_is_not():
    before = table("by_sex", ("sex",), {("f",): 4, ("m",): 5, ("_T",): 9})
    sealed = SealedTable(release="r1", table=before, hidden=frozenset({("f",)}))
    system = cells.make_cell_system([SEX], earlier=[sealed])
    changes = [cell for cell, address in enumerate(system.addresses) if "changed since r1" in address[0][1]]
    assert len(system) == 5 + len(changes)
    assert len(changes) == 2
    assert system.hidden_before[changes].all()
    assert not (system.equations @ system.values).any()
    same = system.positions["by_sex"][("f",)]
    assert system.hidden_before[same]
    assert system.releases[same] == "r1"
    assert not system.shown_before[system.positions["by_sex"][("m",)]]
    assert int(system.draft_rows.sum()) == int(system.earlier_rows.sum()) == 1


def test_each_reader_sees_their_own_part_of_the_system():
    sealed = SealedTable(release="r1", table=SEX, hidden=frozenset({("f",), ("m",)}))
    system = cells.make_cell_system([PLACE_SEX], earlier=[sealed])
    nothing = np.zeros(len(system), dtype=bool)
    assert system.draft_alone().equations.shape[0] == 6
    assert system.earlier_alone().equations.shape[0] == 1
    assert not system.draft_alone().has_earlier
    assert int(system.earlier_alone().unknown(nothing).sum()) == 8


@pytest.mark.parametrize(
    ("tables", "code"),
    [
        ([table("t", ("s",), {("a",): 1, ("_T",): 2})], "cells_do_not_add_up"),
        ([SEX, table("t", ("sex",), {("f",): 5, ("m",): 5, ("_T",): 10})], "cells_disagree"),
        ([table("t", ("s",), {("a",): -1, ("_T",): -1})], "negative_count"),
        ([SEX, table("t", ("sex",), {("f",): 5, ("m",): 0, ("_T",): 5}, where=(("c", "x"),))], "part_over_whole"),
    ],
)
def test_tables_that_contradict_each_other_are_refused(tables, code):
    with pytest.raises(errors.HouseFault) as refused:
        cells.make_cell_system(tables)
    assert refused.value.codes == (code,)


def test_nested_tables_that_contradict_each_other_are_refused():
    coarse = table("by_group", ("group",), {("g",): 3, ("h",): 7, ("_T",): 10})
    with pytest.raises(errors.HouseFault) as refused:
        cells.make_cell_system([SEX, coarse], nestings=[Nesting("sex", "group", {"f": "g", "m": "h"})])
    assert refused.value.codes == ("cells_do_not_add_up",)


def test_overlapping_groups_of_one_field_are_tied_by_their_unions_and_their_parts():
    """Places a to d: one variable pairs a, b and c, d; another groups a alone and b, c, d."""
    pairs = table("by_pair", ("pair",), {("ab",): 5, ("cd",): 7, ("_T",): 12})
    threes = table("by_three", ("three",), {("a",): 2, ("bcd",): 10, ("_T",): 12})
    nestings = [
        Nesting("place", "pair", {"a": "ab", "b": "ab", "c": "cd", "d": "cd"}),
        Nesting("place", "three", {"a": "a", "b": "bcd", "c": "bcd", "d": "bcd"}),
    ]
    system = cells.make_cell_system([pairs, threes], nestings=nestings)
    remainders = [cell for cell in range(len(system)) if not system.in_draft[cell]]
    assert sorted(system.values[remainders].tolist()) == [3, 3]
    whole_and_part = [{cell.split("/")[0] for cell in (*plus, *minus)} for plus, minus in sums(system)]
    assert {"pair=ab", "three=a"} in whole_and_part
    assert {"three=bcd", "pair=cd"} in whole_and_part


def test_a_selected_group_is_the_sum_of_its_fine_cells():
    place = table("by_place", ("place",), {("a",): 3, ("b",): 7, ("c",): 2, ("_T",): 12})
    north = table("north", (), {(): 10}, where=(("region", "n"),))
    system = cells.make_cell_system(
        [place, north], nestings=[Nesting("place", "region", {"a": "n", "b": "n", "c": "s"})]
    )
    assert {("region=n",), ("place=a", "place=b")} in sums(system)


def test_a_selected_place_is_a_part_of_its_group():
    region = table("by_region", ("region",), {("n",): 10, ("s",): 2, ("_T",): 12})
    chosen = table("chosen", (), {(): 3}, where=(("place", "a"),))
    system = cells.make_cell_system(
        [region, chosen], nestings=[Nesting("place", "region", {"a": "n", "b": "n", "c": "s"})]
    )
    assert sorted(system.values[~system.in_draft].tolist()) == [7, 9]


def test_groups_of_today_that_do_not_fit_an_earlier_release_are_not_used_for_it():
    place = table("by_place", ("place",), {("a",): 3, ("b",): 7, ("_T",): 10})
    old = table("by_region", ("region",), {("n",): 4, ("s",): 6, ("_T",): 10})
    nesting = Nesting("place", "region", {"a": "n", "b": "s"})
    sealed = [SealedTable(release="r1", table=item, hidden=frozenset()) for item in (place, old)]
    system = cells.make_cell_system([], nestings=[nesting], earlier=sealed)
    assert len(sums(system)) == 2
    with pytest.raises(errors.HouseFault):
        cells.make_cell_system([place, old], nestings=[nesting])


def test_an_address_is_said_without_a_count():
    system = cells.make_cell_system([PLACE_SEX])
    said = [cells.describe(address) for address in system.addresses]
    assert "[d/rows: place a, sex f]" in said
    assert "[d/rows: all]" in said
    assert cells.describe(system.addresses[0], release="r1").endswith("; release r1]")


def test_a_system_of_nothing_is_a_system():
    system = cells.make_cell_system([])
    assert len(system) == 0
    assert not system.has_earlier


def test_a_variable_that_the_table_holds_fixed_may_be_broken_down_too():
    fixed = table("t", ("sex",), {("f",): 4, ("m",): 0, ("_T",): 4}, where=(("sex", "f"),))
    system = cells.make_cell_system([SEX, fixed])
    assert system.positions["t"][("f",)] == system.positions["t"][("_T",)] == system.positions["by_sex"][("f",)]


def test_a_cell_by_a_fine_and_a_coarse_code_is_the_cell_by_the_fine_code():
    crossed = table(
        "both",
        ("place", "region"),
        {
            ("a", "n"): 3,
            ("a", "s"): 0,
            ("a", "_T"): 3,
            ("b", "n"): 0,
            ("b", "s"): 7,
            ("b", "_T"): 7,
            ("_T", "n"): 3,
            ("_T", "s"): 7,
            ("_T", "_T"): 10,
        },
    )
    system = cells.make_cell_system([crossed], nestings=[Nesting("place", "region", {"a": "n", "b": "s"})])
    assert {("place=a",), ("place=a/region=n",)} in sums(system)


def test_a_cell_without_any_sum_is_known_by_its_floor_alone():
    loose = table("loose", ("place",), {("a",): 3, ("b",): 7})
    system = cells.make_cell_system([loose])
    unknown = np.ones(2, dtype=bool)
    found = cells.find_intervals(
        system, unknown=unknown, floor=np.ones(2, dtype=np.int64), targets=unknown, need=cells.Need(4, 4)
    )
    assert not len(found.unsafe(cells.Need(4, 4)))
    assert found.low.tolist() == [1, 3]
    assert found.high.tolist() == [5, 7]


def test_what_no_table_can_be_is_proved_safe_by_nothing():
    """Floors above the truth leave no table at all: then nothing is claimed, and nothing is explained."""
    system = cells.make_cell_system([SEX])
    unknown = system.values < 10
    floor = np.full(3, 8, dtype=np.int64)
    found = cells.find_intervals(system, unknown=unknown, floor=floor, targets=unknown, need=cells.Need(1))
    assert found.unsafe(cells.Need(1)).tolist() == np.flatnonzero(unknown).tolist()
    assert cells.explain(system, unknown=unknown, floor=floor, cell=0) == {}


def test_a_cell_hidden_alone_is_explained_by_the_cells_of_its_sum():
    system = cells.make_cell_system([SEX])
    place = system.positions["by_sex"]
    unknown = np.arange(3) == place[("f",)]
    factors = cells.explain(system, unknown=unknown, floor=np.zeros(3, dtype=np.int64), cell=place[("f",)])
    assert factors == {place[("_T",)]: 1.0, place[("m",)]: -1.0}


def test_a_table_of_one_code_that_it_holds_fixed_needs_no_sum():
    fixed = table("t", ("sex",), {("f",): 4, ("_T",): 4}, where=(("sex", "f"),))
    assert len(sums(cells.make_cell_system([SEX, fixed]))) == len(sums(cells.make_cell_system([SEX])))


def test_a_selection_of_an_earlier_release_that_exceeds_its_whole_ties_nothing():
    more = table("more", ("sex",), {("f",): 5, ("m",): 1, ("_T",): 6}, where=(("custody", "x"),))
    sealed = [SealedTable(release="r1", table=item, hidden=frozenset()) for item in (SEX, more)]
    system = cells.make_cell_system([], earlier=sealed)
    assert int((~system.shown_before).sum()) == 2


def test_groups_of_different_fields_are_not_tied():
    place = table("by_region", ("region",), {("n",): 6, ("s",): 4, ("_T",): 10})
    age = table("by_young", ("young",), {("yes",): 6, ("no",): 4, ("_T",): 10})
    nestings = [Nesting("place", "region", {"a": "n", "b": "s"}), Nesting("age", "young", {"1": "yes", "2": "no"})]
    assert len(sums(cells.make_cell_system([place, age], nestings=nestings))) == 2

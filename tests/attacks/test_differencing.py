"""Seeded leaks between releases: each is found, named with its derivation, and none is invented."""

import itertools

import numpy as np
import pytest

from laws.tables import count_table
from openjustice.protect import cells
from openjustice.protect.attacks.differencing import ATTACK
from openjustice.protect.cells import SealedTable
from openjustice.protect.methods.cell_suppression import METHOD

RULES = {"minimum_frequency": 5, "hidden_at_least": 1, "safety_interval": {"minimum_width": 4, "must_contain_over": 4}}
PLACES, CAUSES = "abcd", "xyz"
COUNTS = [[2, 14, 20], [9, 3, 18], [16, 25, 7], [31, 11, 12]]


def years(last, changes=()):
    """Count by place, cause and year; a later release has one more year, and corrections of the first."""
    leaves = {
        (place, cause, str(year)): COUNTS[row][column] + (7 * year if row == column else 3 * year)
        for (row, place), (column, cause) in itertools.product(enumerate(PLACES), enumerate(CAUSES))
        for year in range(last)
    }
    return leaves | dict(changes)


def tables(leaves):
    flat: dict[tuple[str, ...], int] = {}
    for (place, _, year), value in leaves.items():
        flat[place, year] = flat.get((place, year), 0) + value
    return [
        count_table("whole", ("place", "cause", "year"), leaves),
        count_table("by_place_year", ("place", "year"), flat),
    ]


def protect(drafts, earlier=()):
    system = cells.make_cell_system(drafts, earlier=earlier)
    return system, METHOD.apply(system, parameters=METHOD.read_parameters(RULES)).hidden


def seal(drafts, release, earlier=()):
    system, hidden = protect(drafts, earlier)
    return [SealedTable(release=release, table=table, hidden=system.mask_of(table.id, hidden)) for table in drafts]


def attack(drafts, hidden, earlier):
    system = cells.make_cell_system(drafts, earlier=earlier)
    marks = np.zeros(len(system), dtype=bool)
    for table in drafts:
        marks[[system.positions[table.id][codes] for codes in hidden[table.id]]] = True
    return ATTACK.run(system, marks, parameters=ATTACK.read_parameters(RULES))


def marks_of(drafts, system, hidden):
    return {table.id: system.mask_of(table.id, hidden) for table in drafts}


def test_there_is_nothing_to_set_a_first_release_against():
    drafts = tables(years(1))
    system, hidden = protect(drafts)
    found = attack(drafts, marks_of(drafts, system, hidden), [])
    assert found.result.passed
    assert found.result.figures["earlier_releases"] == 0


def test_two_releases_protected_apart_give_counts_away_and_together_they_do_not():
    first = seal(tables(years(2, [(("a", "x", "0"), 2)])), "r1")
    second = tables(years(3, [(("b", "y", "2"), 4), (("d", "z", "2"), 1)]))
    alone, apart = protect(second)
    found = attack(second, marks_of(second, alone, apart), first)
    assert not found.result.passed
    assert all("follows from" in leak.derivation and "release r1" in leak.derivation for leak in found.leaks)
    joint, together = protect(second, first)
    assert attack(second, marks_of(second, joint, together), first).result.passed


@pytest.mark.parametrize("seed", range(12))
def test_showing_what_was_hidden_before_is_found(seed):
    drafts = tables(years(2))
    first = seal(drafts, "r1")
    system, hidden = protect(drafts, first)
    at_stake = np.flatnonzero(hidden & (system.values >= 5))
    hidden[at_stake[seed % len(at_stake)]] = False
    found = attack(drafts, marks_of(drafts, system, hidden), first)
    assert not found.result.passed


def test_a_moved_pattern_is_found_with_its_derivation():
    line = count_table("line", ("place",), {("a",): 3, ("b",): 9, ("c",): 8})
    first = [SealedTable(release="r1", table=line, hidden=frozenset({("a",), ("b",)}))]
    found = attack([line], {"line": {("a",), ("c",)}}, first)
    assert [leak.derivation for leak in found.leaks] == [
        "[law/rows: place a] follows from [law/rows: all] minus [law/rows: place b] minus [law/rows: place c; release r1]"
    ]


def test_a_leak_in_an_earlier_release_is_named_with_that_release():
    """The first release hid two places; the second shows a table that has the sum of one of them."""
    line = count_table("line", ("place",), {("a",): 3, ("b",): 9, ("c",): 40})
    first = [SealedTable(release="r1", table=line, hidden=frozenset({("a",), ("b",)}))]
    later = count_table("line", ("place",), {("b",): 9, ("d",): 50})
    found = attack([later], {"line": set()}, first)
    assert not found.result.passed
    assert "place a; release r1] follows from" in found.leaks[0].derivation


def test_what_was_known_before_is_named_and_does_not_count_against_the_draft():
    line = count_table("line", ("place",), {("a",): 3, ("b",): 9, ("c",): 40})
    careless = [SealedTable(release="r1", table=line, hidden=frozenset({("a",)}))]
    found = attack([line], {"line": {("a",), ("b",)}}, careless)
    assert found.result.passed
    assert found.known_before == ((("", "law/rows"), ("place", "a")),)
    shown = [SealedTable(release="r1", table=line, hidden=frozenset())]
    again = attack([line], {"line": {("a",), ("b",)}}, shown)
    assert again.result.passed
    assert again.result.figures["known_before"] == 1


def corrected(by):
    """Count a line of places again, when so many were added to two of them."""
    before = count_table("line", ("place",), {("a",): 3, ("b",): 9, ("c",): 40})
    after = count_table("line", ("place",), {("a",): 3 + by, ("b",): 9 + by, ("c",): 40})
    return after, [SealedTable(release="r1", table=before, hidden=frozenset({("a",), ("b",)}))]


def test_a_corrected_count_is_another_count():
    after, first = corrected(by=20)
    assert attack([after], {"line": set()}, first).result.passed


def test_one_added_record_is_not_told_by_taking_one_release_from_the_other():
    """Nothing small is shown in either release; what was added between them is one person in each of two places."""
    before = count_table("line", ("place",), {("a",): 30, ("b",): 90, ("c",): 40})
    after = count_table("line", ("place",), {("a",): 31, ("b",): 90, ("c",): 40})
    found = attack([after], {"line": set()}, [SealedTable(release="r1", table=before, hidden=frozenset())])
    assert not found.result.passed
    assert any(
        "rows changed since r1: place a; release r1] follows from [law/rows: place a] minus [law/rows: place a; release r1]"
        in leak.derivation
        for leak in found.leaks
    )


def test_what_is_hidden_in_both_releases_tells_no_change_unless_the_total_does():
    after, first = corrected(by=1)
    found = attack([after], {"line": {("a",), ("b",)}}, first)
    assert any("rows changed since r1: all" in leak.derivation for leak in found.leaks)


def test_no_leak_names_a_count():
    first = seal(tables(years(2)), "r1")
    second = tables(years(3, [(("b", "y", "2"), 4)]))
    system, apart = protect(second)
    found = attack(second, marks_of(second, system, apart), first)
    for leak in found.leaks:
        assert not {word.strip("[],;") for word in leak.derivation.split()} & {str(count) for count in range(13, 400)}

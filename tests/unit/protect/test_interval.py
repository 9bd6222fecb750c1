"""The interval attack: what it finds, and that its proof stands without the solver."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from laws.tables import count_table
from openjustice.protect import cells
from openjustice.protect.attacks.interval import ATTACK
from openjustice.protect.attacks.interval.attack import find_group_disclosures
from openjustice.protect.cells import CellSystem

RULES = {"minimum_frequency": 5, "hidden_at_least": 1}
SQUARE = count_table("square", ("r", "c"), {("a", "x"): 2, ("a", "y"): 20, ("b", "x"): 14, ("b", "y"): 18})
FOUR = [("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")]


def attack(table, marks, **rules):
    system = cells.make_cell_system([table])
    hidden = np.zeros(len(system), dtype=bool)
    hidden[[system.positions[table.id][codes] for codes in marks]] = True
    return system, hidden, ATTACK.run(system, hidden, parameters=ATTACK.read_parameters(RULES | rules))


def proof(system, hidden, certificate, **more):
    unknown = system.unknown(hidden)
    targets = unknown & (system.values > 0) & (system.values < 5)
    return cells.check_certificate(
        system, certificate, unknown=unknown, floor=system.floor(unknown, hidden_at_least=1), targets=targets,
        **{"minimum_width": 4} | more,
    )  # fmt: skip


def test_a_square_of_hidden_cells_is_safe_and_its_interval_is_exact():
    _, _, found = attack(SQUARE, FOUR, exact=True)
    assert found.result.passed
    assert [(item.low, item.high, item.lowest, item.highest) for item in found.intervals] == [(1, 15, 1.0, 15.0)]
    assert found.result.figures["narrowest_interval"] == 14


def test_a_cell_hidden_alone_is_a_leak_with_its_name_and_no_count():
    _, _, found = attack(SQUARE, [("a", "x")])
    assert not found.result.passed
    assert found.result.leaks == ("[law/rows: c x, r a] can be worked out from the cells beside it",)
    assert found.leaks == ((("", "law/rows"), ("c", "x"), ("r", "a")),)


def test_a_small_count_that_is_shown_is_a_leak():
    _, _, found = attack(SQUARE, [])
    assert found.result.figures["small_counts_shown"] == 1
    assert found.result.leaks == ("[law/rows: c x, r a] is small and shown",)


def test_an_unhidden_companion_is_found_out():
    for companion in FOUR[1:]:
        _, _, found = attack(SQUARE, [codes for codes in FOUR if codes != companion])
        assert not found.result.passed


def test_the_safety_interval_is_judged_on_both_counts():
    near = count_table("line", ("p",), {("a",): 3, ("b",): 1, ("c",): 30})
    assert attack(near, [("a",), ("b",)])[2].result.passed
    wide = {"minimum_width": 3}
    assert not attack(near, [("a",), ("b",)], safety_interval=wide)[2].result.passed
    over = {"minimum_width": 1, "must_contain_over": 4}
    assert not attack(near, [("a",), ("b",)], safety_interval=over)[2].result.passed


def test_a_draft_without_small_counts_passes_with_nothing_at_stake():
    _, _, found = attack(count_table("line", ("p",), {("a",): 7, ("b",): 0}), [])
    assert found.result.passed
    assert found.result.figures["hidden_small_counts"] == 0
    assert found.result.as_dict()["figures"]["narrowest_interval"] is None


def test_the_certificate_proves_the_verdict_without_a_solver():
    system, hidden, found = attack(SQUARE, FOUR, exact=True)
    assert not len(proof(system, hidden, found.certificate))
    assert len(proof(system, hidden, found.certificate, minimum_width=15)) == 1
    assert len(proof(system, hidden, found.certificate, must_contain_over=15)) == 1


@pytest.mark.parametrize("change", ["broken sum", "below the floor", "nothing", "shown cell"])
def test_a_certificate_that_was_tampered_with_proves_nothing(change):
    system, hidden, found = attack(SQUARE, FOUR, exact=True)
    certificate, marks = found.certificate, hidden.copy()
    tables = certificate.tables.copy()
    if change == "broken sum":
        tables[0, 0] += 1
    if change == "below the floor":
        tables[:] = np.array([0, 22, 16, 16])
    if change == "nothing":
        tables = tables[:0]
    if change == "shown cell":
        marks[certificate.cells[0]] = False
        marks[:] = marks & (np.arange(len(marks)) == certificate.cells[1])
        system.values[certificate.cells[1]] = 3
    broken = replace(certificate, tables=tables)
    assert len(proof(system, marks, broken)) == 1


def test_a_whole_group_that_is_shown_is_counted_and_not_judged():
    table = count_table("group", ("r", "c"), {("a", "x"): 9, ("a", "y"): 0, ("b", "x"): 14, ("b", "y"): 18})
    system, hidden, found = attack(table, [])
    assert found.result.passed
    assert found.result.figures["whole_groups_shown"] == 2
    by_row, by_column = find_group_disclosures(system, hidden)
    assert by_row == (("", "law/rows"), ("c", "x"), ("r", "a"))
    assert by_column == (("", "law/rows"), ("c", "y"), ("r", "b"))


def test_fractions_that_no_whole_table_reaches_do_not_count():
    """Of a, b, c and e, each two of the first three make 3 with e: a may be 1.5 in fractions, and is 0 or 1 in whole counts."""
    rows = [[1, 1, 0, 1, -1], [0, 1, 1, 1, -1], [1, 0, 1, 1, -1]]
    system = CellSystem(
        addresses=tuple((("", "d/rows"), ("v", name)) for name in "abces"),
        values=np.array([1, 1, 1, 1, 3]),
        equations=sparse.csr_array(np.array(rows, dtype=np.int64)),
        in_draft=np.ones(5, dtype=bool),
        shown_before=np.zeros(5, dtype=bool),
        hidden_before=np.zeros(5, dtype=bool),
        draft_rows=np.ones(3, dtype=bool),
        earlier_rows=np.zeros(3, dtype=bool),
        positions={},
        releases={},
    )
    hidden = np.array([True, True, True, True, False])
    targets = np.array([True, False, False, False, False])
    floor = np.zeros(5, dtype=np.int64)
    found = cells.find_intervals(system, unknown=hidden, floor=floor, targets=targets, need=cells.Need(2), exact=True)
    assert (found.low[0], found.high[0]) == (0, 1)
    assert (found.lowest[0], found.highest[0]) == (0.0, 1.5)
    assert len(found.unsafe(cells.Need(2))) == 1

"""Blocking finds every pair that agrees in a rule, once, and no other."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from openjustice.ground import kernels
from openjustice.linkage import blocking, columns

CODES = st.lists(st.integers(-1, 3), min_size=1, max_size=12)


@given(CODES, CODES, st.randoms(use_true_random=False))
def test_pairs_are_those_of_the_rules(left, right, random):
    more_left = [random.randint(-1, 2) for _ in left]
    more_right = [random.randint(-1, 2) for _ in right]
    ours, theirs = [np.array(left), np.array(more_left)], [np.array(right), np.array(more_right)]
    rules = [(ours[:1], theirs[:1]), (ours, theirs), (ours[1:], theirs[1:])]
    found = blocking.find_pairs(rules)
    expected = [
        (i, j)
        for i in range(len(left))
        for j in range(len(right))
        if (left[i] == right[j] != -1) or (more_left[i] == more_right[j] != -1)
    ]
    assert list(zip(*(side.tolist() for side in found), strict=True)) == expected


def test_one_table_gives_each_pair_once():
    codes = np.array([1, 1, 2, 1])
    left, right = blocking.find_pairs_within([[codes]])
    assert list(zip(left.tolist(), right.tolist(), strict=True)) == [(0, 1), (0, 3), (1, 3)]


def test_no_rule_finds_no_pair():
    assert [len(side) for side in blocking.find_pairs([])] == [0, 0]


def test_beginnings_forget_case_and_the_rest():
    coded = columns.encode(["Anna", "ANton", "Bo", None])
    codes = blocking.code_beginnings(coded, 2)
    assert codes[0] == codes[1] != codes[2]
    assert codes[3] == -1


def test_the_kernel_is_what_it_was_compiled_from():
    given_ = (np.array([4, 5]), np.array([0, 1]), np.array([2, 1]), np.array([7, 8]))
    compiled, plain = (run(*given_) for run in (blocking.list_pairs, kernels.plain(blocking.list_pairs)))
    assert [side.tolist() for side in compiled] == [side.tolist() for side in plain] == [[4, 4], [7, 8]]

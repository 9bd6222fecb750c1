"""Special uniques against the definition, tried out on every set of variables of every record of small files."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjustice.ground import errors
from openjustice.ground.kernels import plain
from openjustice.protect import special_uniques

Rows = Sequence[tuple[int, ...]]
NAMES = ("a", "b", "c", "d")


def find(rows: Rows, *, missing: dict[str, int] | None = None) -> special_uniques.SpecialUniques:
    table = np.array(rows)
    return special_uniques.find_special_uniques(
        list(table.T), sizes=[int(column.max()) + 1 for column in table.T], variables=NAMES[: table.shape[1]],
        missing=missing,
    )  # fmt: skip


def minimal_uniques(rows: Rows, record: int, *, missing: int) -> list[tuple[int, ...]]:
    """Say which sets of variables hold a record apart from all others while no smaller part does; straight from the words."""

    def is_unique(places: Sequence[int]) -> bool:
        own = [rows[record][place] for place in places]
        return missing not in own and sum([row[place] for place in places] == own for row in rows) == 1

    width = len(rows[0])
    sets = [places for size in range(1, width + 1) for places in combinations(range(width), size)]
    return [
        places
        for places in sets
        if is_unique(places) and not any(is_unique(part) for part in combinations(places, len(places) - 1) if part)
    ]


files = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.tuples(*[st.integers(0, 2)] * width), min_size=1, max_size=14)
)


@given(rows=files, lacks=st.booleans())
def test_scores_and_parts_are_those_of_the_definition(rows: Rows, lacks: bool):
    width = len(rows[0])
    found = find(rows, missing=dict.fromkeys(NAMES[:width], 2) if lacks else None)
    for record in range(len(rows)):
        known = minimal_uniques(rows, record, missing=2 if lacks else -1)
        weights = [math.prod(width - size for size in range(len(places), width)) for places in known]
        assert found.scores[record] == sum(weights)
        for variable in range(width):
            part = sum(weight for places, weight in zip(known, weights, strict=True) if variable in places)
            expected = part / sum(weights) if weights else 0.0
            assert found.contributions[record, variable] == pytest.approx(expected)


@given(rows=files, share=st.floats(0.001, 1.0))
def test_dis_scores_grow_with_the_scores_and_their_spread_follows_the_formula(rows: Rows, share: float):
    found = find(rows)
    likely, scores, width = found.dis_scores(sample_share=share), found.scores, len(rows[0])
    assert ((likely >= 0) & (likely <= 1)).all()
    assert ((likely > 0) == (scores > 0)).all()
    counted = [list(rows).count(row) for row in rows]
    unique, pairs = counted.count(1), counted.count(2)
    if not scores.any():
        return
    dis = unique * share / (unique * share + pairs * (1 - share))
    power = 1 + (8 - width) / 20
    total = sum(score**-power for score in scores if score)
    for own, score in zip(likely, scores, strict=True):
        if score:
            assert own == pytest.approx(1 / (1 + (unique / dis - unique) / (score**power * total)))


def test_the_shares_of_variables_say_which_one_makes_records_special():
    found = find([(0, 0), (1, 0), (2, 0)])
    assert found.variable_shares == {"a": 1.0, "b": 0.0}
    assert find([(0, 0), (0, 0)]).variable_shares == {"a": 0.0, "b": 0.0}
    assert find([(0, 0), (0, 0)]).dis_scores().tolist() == [0.0, 0.0]
    assert found.records == 3


def test_keys_that_are_too_wide_are_refused():
    wide = [np.arange(4)] * 4
    with pytest.raises(errors.ProtectionRefused):
        special_uniques.find_special_uniques(wide, sizes=[2**20] * 4, variables=NAMES)


def test_the_kernels_say_the_same_plain(monkeypatch: pytest.MonkeyPatch):
    rows = [(int(a), int(b), int(c)) for a, b, c in np.random.default_rng(1).integers(0, 4, (40, 3))]
    compiled = find(rows)
    for name in ("_merge", "_mark", "_credit"):
        monkeypatch.setattr(special_uniques, name, plain(getattr(special_uniques, name)))
    again = find(rows)
    assert (compiled.counts == again.counts).all()
    assert (compiled.parts == again.parts).all()

"""The laws of the attacks on records: what each says is what a slow reader with pencil and paper counts."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openjustice.ground import discovery, engine, kernels
from openjustice.ground.terms import Plane
from openjustice.linkage import columns
from openjustice.protect import attacks
from openjustice.protect.attack import AttackResult
from openjustice.protect.attacks.record_differencing import attack as differencing
from openjustice.protect.attacks.record_differencing import beside
from openjustice.protect.attacks.record_differencing.parameters import Parameters

NAMES = ("place", "age", "cause")
KEY = NAMES[:2]
Row = tuple[str | None, ...]
Rows = Sequence[Row]
FILES = st.lists(
    st.tuples(
        st.sampled_from(["A", "B", None]), st.sampled_from(["30", "40", None]), st.sampled_from(["x", "y", None])
    ),
    min_size=1,
    max_size=12,
)
# What each attack needs besides the release, as plain as it can be.
GIVEN: dict[str, dict[str, Any]] = {
    "exclusion": {"source": "other"},
    "record_differencing": {"files": ["other"], "minimum": 2},
}
ON_RECORDS = (
    "matching",
    "press",
    "homogeneity",
    "attribute",
    "membership",
    "neighbor",
    "exclusion",
    "record_differencing",
)


@cache
def opened() -> engine.Engine:
    """Open one engine for all laws: opening takes longer than attacking."""
    return engine.open_memory(plane=Plane.CONFIDENTIAL, threads=1)


def run(
    name: str, release: Rows, *, known=None, other=None, sensitive=("cause",), maximum=1.0, **given: Any
) -> AttackResult:
    attack = discovery.load_plugin(attacks, name, attribute="ATTACK")
    tables = [
        opened().make_table(label, columns=dict.fromkeys(NAMES, "VARCHAR"), rows=rows, plane=Plane.CONFIDENTIAL)
        for label, rows in (("release", release), ("known", known or release), ("other", other or release))
    ]
    result: AttackResult = attack.run(
        tables[0], known=tables[1], key=KEY, sensitive=sensitive, maximum_rate=maximum,
        parameters=attack.read_parameters(GIVEN.get(name, {}) | given), against="law", sources={"other": tables[2]},
    )  # fmt: skip
    for table in tables:
        opened().drop(table)
    return result


def compare(release: Rows, other: Rows, **given: Any) -> differencing.Findings:
    """Lay two files side by side without an engine."""
    ours, theirs = ({name: columns.encode([row[at] for row in rows]) for at, name in enumerate(NAMES)} for rows in (release, other))  # fmt: skip
    parameters = Parameters.model_validate({"files": ("other",), **given})
    return differencing.compare(ours, theirs, key=KEY, sensitive=["cause"], parameters=parameters)


def may_be(one: Row, other: Row) -> bool:
    return all(a is None or b is None or a == b for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("name", ON_RECORDS)
@settings(max_examples=8)
@given(release=FILES, other=FILES)
def test_an_attack_says_the_same_twice_and_names_rows_of_the_file_and_no_value(name, release, other):
    marked = [tuple(value and f"Zzyzx{value}" if at == 2 else value for at, value in enumerate(row)) for row in release]
    first, again = (run(name, marked, other=other) for _ in range(2))
    assert first == again
    assert set(first.at_risk) <= set(range(1, len(release) + 1))
    assert "Zzyzx" not in str(first.as_dict())
    rates = [float(value or 0) for key, value in first.figures.items() if key.startswith(("success_", "guess_"))]
    assert all(0 <= rate <= 1 for rate in rates)


@settings(max_examples=25)
@given(FILES)
def test_homogeneity_finds_the_classes_of_one_value(release):
    found = run("homogeneity", release)
    classes: dict[Row, list[str | None]] = {}
    for row in release:
        classes.setdefault(row[:2], []).append(row[2])
    told = {key for key, values in classes.items() if len(set(values)) == 1 and values[0] is not None}
    assert found.at_risk == tuple(at + 1 for at, row in enumerate(release) if row[:2] in told)
    assert found.passed is (not told)


@settings(max_examples=25)
@given(FILES, FILES)
def test_exclusion_finds_those_whom_nobody_there_can_be(release, other):
    found = run("exclusion", release, other=other)
    missing = [at + 1 for at, row in enumerate(release) if not any(may_be(row[:2], there[:2]) for there in other)]
    assert list(found.at_risk) == missing
    assert found.figures["excluded_share"] == pytest.approx(len(missing) / len(release), abs=1e-6)


@settings(max_examples=25)
@given(FILES, FILES)
def test_press_finds_the_items_that_point_at_one_record(release, items):
    found = run("press", release, other=items, source="other")
    candidates = [[at for at, row in enumerate(release) if may_be(item[:2], row[:2])] for item in items]
    alone = [rows[0] for rows in candidates if len(rows) == 1]
    assert found.figures["singled_out_share"] == pytest.approx(len(alone) / len(items), abs=1e-6)
    assert list(found.at_risk) == sorted({at + 1 for at in alone})


def test_an_exact_file_gives_every_last_value_to_the_neighbor_and_random_values_give_none():
    random = np.random.default_rng(5)
    rows = [(str(random.integers(9)), str(random.integers(9)), str(random.integers(4))) for _ in range(4_000)]
    assert run("neighbor", rows).figures["success_rate_cause"] == 1.0
    noise = [(*row[:2], str(random.integers(4))) for row in rows]
    found = run("neighbor", noise, known=rows)
    assert float(found.figures["success_rate_cause"] or 0) < 0.5


@pytest.mark.parametrize("seed", range(3))
def test_a_file_of_random_keys_tells_nobodys_membership_and_no_model_anything(seed):
    random = np.random.default_rng(seed)
    rows = [(str(random.integers(5)), str(random.integers(5)), str(random.integers(3))) for _ in range(5_000)]
    assert run("membership", rows).passed
    assert run("attribute", rows, maximum_advantage=0.02).passed


def test_records_alone_in_their_class_are_told_by_the_class_model():
    random = np.random.default_rng(1)
    rows = [(str(at), "30", str(random.integers(3))) for at in range(400)]
    found = run("attribute", rows, model="histogram")
    assert not found.passed
    assert found.figures["success_rate_cause"] == 1.0
    assert len(found.at_risk) > 200


@settings(max_examples=25)
@given(FILES)
def test_the_same_file_twice_tells_nothing_more(release):
    found = compare(release, release, minimum=2)
    assert (found.differences, found.composed, found.narrowed) == (0, 0, 0)


@settings(max_examples=40)
@given(FILES, FILES, st.integers(1, 3))
def test_differences_are_those_of_every_way_to_fill_the_blanks(before, after, minimum):
    """A change counts where every way to fill the blanks of both files shows one, and each is smaller than allowed."""
    found = compare(after, before, minimum=minimum, same_people=False)
    values = [["A", "B", "elsewhere"], ["30", "40", "else"], ["x", "y", "other"]]
    expected = 0
    for size in range(4):
        for part in itertools.combinations(range(3), size):
            for cell in itertools.product(*(values[at] for at in part)):
                ends = []
                for rows in (before, after):
                    sure = sum(all(row[at] == code for at, code in zip(part, cell, strict=True)) for row in rows)
                    may = sum(all(row[at] in (None, code) for at, code in zip(part, cell, strict=True)) for row in rows)
                    ends.append((sure, may))
                changes = set(range(ends[1][0] - ends[0][1], ends[1][1] - ends[0][0] + 1))
                shown = any(all(row[at] == code for at, code in zip(part, cell, strict=True)) for row in before + after)
                expected += shown and 0 not in changes and all(abs(change) < minimum for change in changes)
    assert found.differences == expected


@settings(max_examples=40)
@given(FILES, FILES)
def test_blanks_are_filled_where_all_counterparts_show_one_value(release, other):
    found = compare(release, other, minimum=1)
    restored = 0
    for row in set(release):
        counterparts = [there for there in other if may_be(row, there)]
        for at in range(3):
            shown = {there[at] for there in counterparts}
            restored += row[at] is None and len(shown) == 1 and shown != {None}
    assert found.restored == restored


@settings(max_examples=40)
@given(FILES, FILES)
def test_records_with_few_counterparts_are_found(release, other):
    found = compare(release, other, minimum=3)
    narrowed = 0
    for row in set(release):
        there, own = (sum(may_be(row, item) for item in rows) for rows in (other, release))
        narrowed += 0 < there < min(own, 3)
    assert found.narrowed == narrowed


@settings(max_examples=40)
@given(FILES, FILES)
def test_compositions_are_pairs_of_classes_with_one_value_in_common(release, other):
    found = compare(release, other, minimum=1)
    sides = []
    for rows in (release, other):
        classes: dict[Row, set[str | None]] = {}
        for row in rows:
            classes.setdefault(row[:2], set()).add(row[2])
        sides.append({key: values for key, values in classes.items() if None not in values and len(values) > 1})
    expected = sum(
        may_be(one, two) and len(mine & theirs) == 1
        for (one, mine), (two, theirs) in itertools.product(sides[0].items(), sides[1].items())
    )
    assert found.composed == expected


@settings(max_examples=15)
@given(FILES, FILES)
def test_the_kernel_of_counterparts_is_what_it_was_compiled_from(release, other):
    laid = beside.lay_beside(*({name: columns.encode([row[at] for row in rows]) for at, name in enumerate(NAMES)} for rows in (release, other)))  # fmt: skip
    made = []
    for kernel in (beside.find_counterparts, kernels.plain(beside.find_counterparts)):
        records, only = (
            np.zeros(len(laid.first.counts), dtype=np.int64),
            np.zeros(laid.first.codes.shape, dtype=np.int64),
        )
        kernel(laid.first.low, laid.first.high, laid.second.low, laid.second.high, laid.second.codes, laid.second.counts, records, only)  # fmt: skip
        made.append((records.tolist(), only.tolist()))
    assert made[0] == made[1]


def test_files_without_a_common_variable_tell_nothing_together():
    one, two = {"a": columns.encode(["x"])}, {"b": columns.encode(["x"])}
    found = differencing.compare(one, two, key=[], sensitive=[], parameters=Parameters(files=("f",), minimum=5))
    assert found.total == 0
    assert not found.rows.any()


def test_a_class_counts_once_however_its_members_are_ordered():
    rows: list[Row] = [("A", "30", "x"), ("A", "30", "x"), ("B", "40", "y"), ("B", "40", "x")]
    assert Counter(run("homogeneity", rows).at_risk) == Counter({1: 1, 2: 1})
    assert len(run("homogeneity", rows[::-1]).at_risk) == 2

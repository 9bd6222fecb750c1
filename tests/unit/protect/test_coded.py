"""Coded tables: hierarchies nest and are complete, codes are right whatever the file, distinct tuples are exact and unlimited."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjustice.ground import engine, errors
from openjustice.ground.kernels import plain
from openjustice.ground.terms import Plane
from openjustice.protect import coded
from openjustice.protect.coded import distinct, kernels

AGES = [("1", "1-2", "*"), ("2", "1-2", "*"), ("3", "3", "*")]
ROWS = [("1", "F"), ("2", "M"), ("1", "F"), ("3", "F")]


def write_csv(path: Path, rows: Sequence[Sequence[str]] = ROWS, *, end: str = "\n", delimiter: str = ";") -> Path:
    text = "".join(delimiter.join(row) + end for row in [("age", "sex"), *rows])
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def as_parquet(path: Path) -> Path:
    with engine.open_memory(plane=Plane.CONFIDENTIAL, directory=path.parent) as opened:
        rows = [(row[0], row[1]) for row in ROWS]
        table = opened.make_table("t", columns={"age": "BIGINT", "sex": "VARCHAR"}, rows=rows, plane=Plane.CONFIDENTIAL)
        opened.write_parquet(table, path)
    return path


def refused(action) -> list[str]:
    with pytest.raises(errors.ProtectionRefused) as caught:
        action()
    return list(caught.value.codes)


def test_a_hierarchy_gives_codes_shares_and_steps():
    tree = coded.make_hierarchy("age", AGES)
    assert (tree.levels, tree.leaves, tree.size(1)) == (3, 3, 2)
    assert tree.labels[1] == ("1-2", "3")
    assert tree.codes.tolist() == [[0, 1, 2], [0, 0, 1], [0, 0, 0]]
    assert [share.tolist() for share in tree.shares] == [[0, 0, 0], [pytest.approx(0.5), 0], [1]]
    assert tree.step(1, 2).tolist() == [0, 0]


def test_a_variable_of_one_value_loses_nothing_by_generalizing():
    assert coded.flat_hierarchy("state", ["CA"]).shares[1].tolist() == [0]


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], "hierarchy_ragged"),
        ([("1", "*"), ("2",)], "hierarchy_ragged"),
        ([("1", "*"), ("1", "*")], "hierarchy_repeats"),
        ([("1", "a", "x"), ("2", "a", "y")], "hierarchy_not_nested"),
    ],
)
def test_a_hierarchy_that_cannot_be_trusted_is_refused(lines, code):
    assert refused(lambda: coded.make_hierarchy("age", lines)) == [code]


def test_hierarchies_are_found_by_their_variable_and_all_faults_come_at_once(tmp_path: Path):
    for name in ("x_hierarchy_age", "x_hierarchy_home_age", "sex", "x_sex", "a_race", "b_race"):
        (tmp_path / f"{name}.csv").write_text("1;*\n2;*\n\n", encoding="utf-8")
    assert list(coded.read_hierarchies(tmp_path, variables=["age", "sex"])) == ["age", "sex"]
    assert refused(lambda: coded.read_hierarchies(tmp_path, variables=["race", "place"])) == ["hierarchy_missing"] * 2


def test_the_same_codes_come_from_every_kind_of_file(tmp_path: Path):
    files = [
        write_csv(tmp_path / "a.csv"),
        write_csv(tmp_path / "b.csv", end="\r\n", delimiter=","),
        write_csv(tmp_path / "c.csv.gz", delimiter="\t"),
        as_parquet(tmp_path / "d.parquet"),
    ]
    for path in files:
        table = coded.read_table(path, variables=["sex", "age"], hierarchies={"age": coded.make_hierarchy("age", AGES)})
        seen = [
            tuple(tree.labels[0][code] for tree, code in zip(table.hierarchies, row, strict=True))
            for row in zip(*table.columns, strict=True)
        ]
        wanted = [(sex, age) for age, sex in ROWS]
        assert (sorted(seen) if path.suffix == ".parquet" else seen) == (
            sorted(wanted) if path.suffix == ".parquet" else wanted
        )
        assert table.records == 4
        assert table.of(["age"]).sizes == (3,)


def test_a_table_without_columns_has_no_records():
    assert coded.CodedTable((), (), ()).records == 0


def test_values_that_a_hierarchy_lacks_are_counted_and_never_shown(tmp_path: Path):
    path = write_csv(tmp_path / "a.csv", [*ROWS, ("77", "F"), ("78", "F"), ("77", "M"), ("", "M")])
    with pytest.raises(errors.ProtectionRefused) as caught:
        coded.read_table(path, variables=["age", "sex"], hierarchies={"age": coded.make_hierarchy("age", AGES)})
    assert caught.value.codes == ("hierarchy_incomplete",)
    assert "'age' lacks 3 of the values in the table (4 records)" in str(caught.value)
    assert "77" not in str(caught.value)


def test_a_missing_value_is_a_value_of_its_own(tmp_path: Path):
    table = coded.read_table(write_csv(tmp_path / "a.csv", [("", "F"), ("1", "F")]), variables=["age"])
    assert table.hierarchies[0].labels[0] == ("", "1")


def test_files_that_cannot_be_read_are_refused(tmp_path: Path):
    assert refused(lambda: coded.read_table(tmp_path / "none.csv", variables=["age"])) == ["file_missing"]
    assert (
        refused(lambda: coded.read_table(write_csv(tmp_path / "a.csv"), variables=["x", "y"])) == ["unknown_column"] * 2
    )
    (tmp_path / "empty.csv").write_text("")
    assert refused(lambda: coded.read_table(tmp_path / "empty.csv", variables=["x"])) == ["header_unreadable"]
    (tmp_path / "twice.csv").write_text("a;a\n")
    assert refused(lambda: coded.read_table(tmp_path / "twice.csv", variables=["a"])) == ["header_unreadable"]
    (tmp_path / "no.parquet").write_text("no")
    (tmp_path / "no.csv.gz").write_text("no")
    (tmp_path / "wide.csv").write_text("a;b\n1;2;3\n")
    for name in ("no.parquet", "no.csv.gz", "wide.csv"):
        assert refused(lambda name=name: coded.read_table(tmp_path / name, variables=["a"])) == ["table_unreadable"]


@pytest.mark.parametrize("name", ["out.csv", "out.parquet"])
def test_what_is_written_reads_back_sorted_and_as_often(tmp_path: Path, name: str):
    table = coded.read_table(write_csv(tmp_path / "a.csv"), variables=["age", "sex"])
    tuples = coded.find_distinct(table.columns, sizes=table.sizes)
    labels = [tree.labels[0] for tree in table.hierarchies]
    coded.write_table(
        tmp_path / name, variables=table.variables, labels=labels, codes=tuples.codes, counts=tuples.counts
    )
    again = coded.read_table(tmp_path / name, variables=["age", "sex"])
    assert [column.tolist() for column in again.columns] == [[0, 0, 1, 2], [0, 0, 1, 0]]


def test_codes_of_many_labels_and_of_some_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = as_parquet(tmp_path / "d.parquet")
    with coded.tables.open_table(path) as table:
        wanted = engine.read_codes(table, labels={"age": ["3", "1"], "sex": ["F"]})
        assert [wanted[name].tolist() for name in ("age", "sex")] == [[1, 1, 2, 0], [0, 0, 1, 0]]
        monkeypatch.setattr("openjustice.ground.engine.coding._MOST_LABELS", 1)
        assert engine.read_codes(table, labels={"age": ["3", "1"]})["age"].tolist() == [1, 1, 2, 0]
        assert engine.read_codes(table, labels={"age": ["3", "1"], "sex": ["M"]}, rows=(2, 4))["sex"].tolist() == [0, 1]


@st.composite
def columns(draw: st.DrawFn) -> tuple[list[np.ndarray], list[int], np.ndarray]:
    sizes = draw(st.lists(st.sampled_from([1, 2, 3, 250, 70_000, 2**31 - 1]), min_size=1, max_size=6))
    rows = draw(st.integers(0, 30))
    made = [draw(st.lists(st.integers(max(0, size - 3), size - 1), min_size=rows, max_size=rows)) for size in sizes]
    weights = draw(st.lists(st.integers(1, 2**40), min_size=rows, max_size=rows))
    return [np.array(column, dtype=np.int32) for column in made], sizes, np.array(weights, dtype=np.int64)


@given(columns())
def test_distinct_tuples_are_exact_at_any_width(case):
    own, sizes, weights = case
    tuples = list(zip(*(column.tolist() for column in own), strict=True))
    found = coded.find_distinct(own, sizes=sizes)
    assert dict(
        zip(zip(*(c.tolist() for c in found.codes), strict=True), found.counts.tolist(), strict=True)
    ) == Counter(tuples)
    assert found.records == len(tuples)
    named = coded.find_distinct(own, sizes=sizes, counts=weights, name_classes=True)
    totals: Counter = Counter()
    for row, weight in zip(tuples, weights.tolist(), strict=True):
        totals[row] += weight
    assert len(named) == len(totals)
    assert (
        coded.class_sizes(own, sizes=sizes, counts=weights).tolist() == [totals[row] for row in tuples]
        if tuples
        else True
    )
    sizes_found, often = coded.size_histogram(own, sizes=sizes)
    assert Counter(dict(zip(sizes_found.tolist(), often.tolist(), strict=True))) == Counter(Counter(tuples).values())


def test_kernels_do_what_their_plain_functions_do(monkeypatch: pytest.MonkeyPatch):
    random = np.random.default_rng(1)
    own = [random.integers(0, size, 60).astype(np.uint8) for size in (2, 3, 5)]
    weights = random.integers(1, 9, 60)

    def run() -> list[object]:
        one = coded.find_distinct(own, sizes=[2, 3, 5])
        one_each = coded.find_distinct(own, sizes=[2, 3, 5], name_classes=True)
        two = coded.find_distinct(own[:2], sizes=[2, 3], counts=weights, name_classes=True)
        keys = distinct.pack(own[:2], [1, 2], keys=np.zeros(60, dtype=np.uint64))
        histogram = distinct.histogram_of_keys(keys)
        finer = coded.size_histogram(own, sizes=[2, 3, 5])
        class_of, first, totals = (np.zeros(2, dtype=np.int64) for _ in range(3))
        none = np.zeros(0, dtype=np.int64)
        kernels.name_runs(np.ones(2, dtype=np.uint64), np.array([1, 0]), none, class_of, first, totals)
        return [
            first.tolist(),
            *(c.tolist() for c in finer),
            *(
                c.tolist()
                for c in (*one.codes, one.counts, *two.codes, two.counts, two.class_of, one_each.counts, *histogram)
            ),
        ]

    monkeypatch.setattr(distinct, "_TABLED", 4)
    fast = run()
    for name in ("shift_in", "shift_out", "count_runs", "fold_runs", "run_lengths", "long_runs", "name_runs"):
        monkeypatch.setattr(kernels, name, plain(getattr(kernels, name)))
    with np.errstate(over="ignore"):
        assert run() == fast


def test_a_hierarchy_without_some_leaves_keeps_its_shares():
    tree = coded.make_hierarchy("age", AGES).restrict(np.array([1, 2]))
    assert tree.labels == (("2", "3"), ("1-2", "3"), ("*",))
    assert tree.codes.tolist() == [[0, 1], [0, 1], [0, 0]]
    assert tree.shares[1].tolist() == [pytest.approx(0.5), 0]


def test_a_table_and_a_population_share_their_codes(tmp_path: Path):
    own = write_csv(tmp_path / "a.csv", [("3", "F")])
    people = write_csv(tmp_path / "b.csv", [("1", "M"), ("3", "F")])
    records, persons = coded.read_tables(
        own,
        people,
        variables=["age", "sex"],
        shared=["age"],
        hierarchies={"sex": coded.flat_hierarchy("sex", ["F", "M"])},
    )
    assert persons is not None
    assert [records.columns[0].tolist(), persons.columns[0].tolist()] == [[1], [0, 1]]
    again, _ = coded.read_tables(
        own, people, variables=["age"], shared=["age"], hierarchies={"age": coded.make_hierarchy("age", AGES)}
    )
    assert again.columns[0].tolist() == [2]
    alone, nobody = coded.read_tables(own, None, variables=["age"], shared=["age"])
    assert (alone.records, nobody) == (1, None)


def test_a_folder_tells_which_hierarchies_it_has(tmp_path: Path):
    (tmp_path / "x_age.csv").write_text("1;*\n")
    assert coded.has_hierarchy(tmp_path, "age")
    assert not coded.has_hierarchy(tmp_path, "sex")


def test_a_large_file_is_counted_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = as_parquet(tmp_path / "d.parquet")
    for word in (64, 1):  # the key of one word, and the one that is too wide
        monkeypatch.setattr("openjustice.protect.coded.large._WORD", word)
        sizes, often = coded.count_classes(path, key=["age", "sex"], rows_at_once=3)
        assert (sizes.tolist(), often.tolist()) == ([1, 2], [2, 1])
    assert refused(lambda: coded.count_classes(path, key=["nobody"])) == ["unknown_column"]

"""Two record files side by side: every planted small change that both tell of is found, and nothing else."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from openjustice.ground import engine
from openjustice.ground.terms import Plane
from openjustice.protect.plan import vintages
from openjustice.protect.plan.vintages import Codes, FileHistogram, Histogram
from openjustice.protect.risk import Need

NAMES = ("age", "place")
NEED = Need(scenario="press", key=NAMES, k=5, l={})


def file(truth: Histogram, shown: Histogram | None = None) -> FileHistogram:
    return FileHistogram(release="x/y/1", variables=NAMES, truth=truth, shown=truth if shown is None else shown)


def passes(now: FileHistogram, *before: FileHistogram, need: Need = NEED) -> bool:
    return vintages.check(now, before, needs=[need]).passed


OLD: dict[Codes, int] = {("young", "A"): 20, ("old", "A"): 20}


def test_a_few_records_more_in_a_shown_class_are_told():
    found = vintages.check(file(OLD | {("young", "A"): 22}), [file(OLD)], needs=[NEED])
    assert not found.passed
    assert found.leaks == ("x/y/1: a change of fewer than 5 records by age, place",)
    assert not passes(file(OLD | {("young", "A"): 18}), file(OLD))


def test_no_change_and_many_changes_are_told_of_nobody():
    assert passes(file(OLD), file(OLD))
    assert passes(file(OLD | {("young", "A"): 25}), file(OLD))
    assert passes(file(OLD))


def test_blanks_hide_a_change():
    blanked: Histogram = {("young", "A"): 17, ("", "A"): 25}
    assert passes(file(OLD | {("young", "A"): 22}, blanked), file(OLD))
    # Two more that may be anybody's hide nothing less than one that is certain.
    assert not passes(file(OLD | {("young", "A"): 22}, OLD | {("young", "A"): 22}), file(OLD, OLD))


def test_a_variable_that_an_earlier_file_did_not_have_is_left_out_of_the_comparison():
    old = FileHistogram(release="x/y/1", variables=("age",), truth={("young",): 20}, shown={("young",): 20})
    assert not passes(file({("young", "A"): 10, ("young", "B"): 12}), old)
    other = FileHistogram(release="x/y/1", variables=("sex",), truth={("F",): 20}, shown={("F",): 20})
    assert passes(file(OLD), other)


def test_of_a_missing_value_nothing_is_certain():
    truth: dict[Codes, int] = {("", "A"): 22, ("old", "A"): 20}
    assert passes(file(truth), file(truth | {("", "A"): 20}))


def test_a_histogram_counts_blanks_as_empty_text():
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as opened:
        rows = [("young", "A"), ("young", None), ("young", None)]
        table = opened.make_table("t", columns=dict.fromkeys(NAMES, "VARCHAR"), rows=rows, plane=Plane.CONFIDENTIAL)
        assert vintages.histogram_of(table, variables=NAMES) == {("young", "A"): 1, ("young", ""): 2}


CLASSES = st.dictionaries(st.tuples(st.sampled_from("ab"), st.sampled_from("XY")), st.integers(1, 12), min_size=1)


@given(old=CLASSES, new=CLASSES, k=st.integers(2, 6))
@settings(max_examples=200, deadline=None)
def test_of_files_without_blanks_exactly_the_small_changes_are_found(old, new, k):
    small = [codes for codes in {*old, *new} if 0 < abs(new.get(codes, 0) - old.get(codes, 0)) < k]
    need = Need(scenario="s", key=NAMES, k=k, l={})
    assert len(vintages.check(file(new), [file(old)], needs=[need]).leaks) == len(small)

"""What the report page says of groups: who is erased, who lost most, and which differences tilt, for people without training."""

from __future__ import annotations

from typing import Any

import pytest

from openjustice.confidential.drafting import group_words

TITLES = {"race": "Race", "sex": "Sex", "manner": "Manner of death"}


def group(**changes: Any) -> dict[str, Any]:
    return {
        "variable": "race", "code": "Native", "share_of_group": 0.4, "share_with_any": 0.5, "erased": False, "alone": True,
        "detail_recoded": 0.8, "detail_kept": 0.7,
    } | changes  # fmt: skip


def disparity(**changes: Any) -> dict[str, Any]:
    return {
        "by": "race", "group": "Native", "outcome": "manner", "value": "Suicide", "before": 1.5, "low": 1.1, "high": 2.0,
        "after": 1.6, "stays": True,
    } | changes  # fmt: skip


def section(*groups: dict[str, Any], disparities: tuple[dict[str, Any], ...] = (), **cap: float) -> dict[str, Any]:
    return group_words.make_section({"groups": groups, "disparities": disparities, "cap": cap}, titles=TITLES)


def test_the_group_that_lost_most_is_named():
    made = section(group(), group(code="White", share_of_group=0.01))
    assert made["group_sentences"] == [
        "Every group is still named in the record file.",
        "The group that is left blank most is Native (Race): in 40.0% of its records.",
    ]
    assert "Native" in made["groups_plot"]


def test_an_erased_group_is_named_first():
    made = section(group(erased=True, share_of_group=1.0, alone=None), group(code="White", share_of_group=0.0))
    assert "Named nowhere in the record file any more: Native (Race)." in made["group_sentences"][0]
    assert made["group_sentences"][1] == "No group had its own name left blank anywhere."
    assert made["groups"][0]["share"] == "all: named nowhere in the file"


def test_a_group_of_too_few_has_no_figure():
    (row,) = section(group(share_of_group=None, share_with_any=None, detail_kept=None))["groups"]
    assert (row["share"], row["kept"]) == (group_words.TOO_FEW, group_words.TOO_FEW)


def test_a_cap_is_said():
    assert "at most 10.0% of its records" in section(group(), race=0.1)["group_sentences"][0]


def test_without_a_record_file_nothing_is_said():
    assert section()["group_sentences"] == []


@pytest.mark.parametrize(
    ("verdicts", "words"),
    [
        ((True, True), "All 2 differences"),
        ((True, False), "1 came out of the file changed by more than chance: 1 of 2 by race"),
        ((None, None), ""),
    ],
)
def test_differences_that_tilt_are_counted(verdicts, words):
    made = section(disparities=tuple(disparity(stays=item) for item in verdicts))
    assert words in " ".join(made["group_sentences"])


def test_a_variable_without_a_moved_difference_is_said_to_have_none():
    made = section(disparities=(disparity(stays=False), disparity(by="sex")))
    assert "none of 1 by sex" in made["group_sentences"][-1]


def test_a_ratio_that_would_tell_too_much_or_is_not_shown_is_said_so():
    (row,) = section(disparities=(disparity(before=None, low=None, high=None, after=None, stays=False),))["disparities"]
    assert (row["before"], row["interval"], row["after"], row["stays"]) == (group_words.TOO_FEW, "", "not shown", "no")


@pytest.mark.parametrize(("share", "words"), [(None, ""), (0.0, "0.0%"), (0.0004, "under 0.1%"), (0.25, "25.0%")])
def test_a_share_is_never_said_to_be_nothing_where_there_is_something(share, words):
    assert group_words.percent(share) == words


@pytest.mark.parametrize(
    ("groups", "disparities", "words"),
    [
        ([], [], []),
        ([group()], [disparity()], ["Every group is still named in it."]),
        ([group(erased=True)], [], ["1 groups are named nowhere in it any more."]),
        (
            [group()],
            [disparity(stays=False), disparity(), disparity(stays=None)],
            ["Every group is still named in it, but 1 of 2 comparisons between groups should be made with the tables and not with it."],
        ),
    ],
)  # fmt: skip
def test_one_sentence_says_what_became_of_groups(groups, disparities, words):
    assert group_words.in_short({"groups": groups, "disparities": disparities}) == words

"""Reports: lines told briefly, the verdict first, and a page that needs nothing else."""

from __future__ import annotations

import json

import pytest

from openjustice.confidential.collect import report
from openjustice.confidential.collect.findings import CheckResult, Collector, Tally, in_order
from openjustice.ground.terms import Severity

HARD = Tally("codelist", Severity.HARD, "The code is unknown.", "Use another.", 1210, (12, 45, 46, 47), "sex", "SEX")
SOFT = Tally(
    "old", Severity.SOFT, "The age is high.", "Look again.", 1, (3,), ask="Is it right?", fields=("age", "sex")
)


def result(*tallies):
    return CheckResult(
        "f.csv", "0" * 64, 10, "small/small", "Small", "contract", "UTF-8 text, comma", 2000, in_order(tallies)
    )


@pytest.mark.parametrize(
    ("lines", "total", "wanted"),
    [
        ((), 1, "the file"),
        ((12,), 1, "12"),
        ((12, 45, 46, 47), 4, "12, 45–47"),
        ((12, 45, 46, 47), 1208, "12, 45–47, +1,204 more"),
        ((4, 3, 3), 3, "3–4"),
        ((12345,), 1, "12,345"),
    ],
)
def test_lines_are_told_briefly(lines, total, wanted):
    assert report.lines_text(lines, total=total) == wanted


def test_the_summary_says_rows_and_what_follows():
    assert report.summary(result()) == "2,000 rows were checked and nothing was found."
    assert report.summary(result(HARD)) == "2,000 rows were checked: 1,210 findings under 1 rule must be corrected."
    assert "1,210 findings under 1 rule must be corrected, and 1 finding will be asked about" in report.summary(
        result(SOFT, HARD)
    )


def test_hard_findings_stand_first():
    assert [item.rule for item in result(SOFT, HARD).tallies] == ["codelist", "old"]


def test_a_place_is_told_in_the_words_of_the_file():
    assert report.place(HARD) == "SEX (sex)"
    assert report.place(SOFT) == "age, sex"


def test_the_page_needs_no_other_file_and_says_the_next_step():
    page = report.as_html(result(HARD, SOFT), checked_on="2026-03-02")
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert "This file cannot be accepted yet." in page
    assert "12, 45–47, +1,206 more" in page
    assert "Is it right?" in page


def test_the_page_escapes_what_a_file_is_called():
    named = CheckResult("<b>.csv", "0", 1, "small/small", "Small", None, "", 0, ())
    assert "&lt;b&gt;.csv" in report.as_html(named, checked_on="2026-03-02")


def test_json_holds_counts_lines_and_findings():
    told = json.loads(report.as_json(result(HARD, SOFT)))
    assert (told["verdict"], told["hard"], told["soft"]) == ("returned", 1210, 1)
    assert told["rules"][0]["lines"] == [12, 45, 46, 47]
    assert [item["line"] for item in told["findings"]] == [3, 12, 45, 46, 47]


def test_a_collector_counts_all_and_keeps_the_first_lines():
    found = Collector(limit=2)
    for line in (9, 4, 7):
        found.add(HARD, line=line)
    assert [(item.count, item.lines) for item in found.tallies] == [(3, (4, 9))]

"""Two checkers, neither the author: who may approve, and when it is enough."""

from __future__ import annotations

import pytest

from openjustice.airlock import checkers, request
from openjustice.ground import lifecycle
from openjustice.ground.terms import Approval

THIS, OTHER = "a" * 64, "b" * 64


def yes(checker: str, digest: str = THIS) -> Approval:
    """Make an approval of this draft."""
    return Approval(checker=checker, role="statistician", at="2026-03-02T09:00:00Z", digest=digest)


def test_the_lifecycle_has_no_gap():
    assert lifecycle.find_gaps(request.RELEASE_REQUEST) == []


@pytest.mark.parametrize(
    ("checker", "before", "codes"),
    [
        ("Ben", [], []),
        ("Ben", ["Cai"], []),
        ("Ada", [], ["author_may_not_check"]),
        (" aDa ", [], ["author_may_not_check"]),
        ("Ａｄａ", [], ["author_may_not_check"]),
        ("Ben", ["ben"], ["checker_twice"]),
        (" ", [], ["checker_unnamed"]),
        ("Ada", ["Ada"], ["author_may_not_check", "checker_twice"]),
    ],
)
def test_who_may_approve(checker: str, before: list[str], codes: list[str]):
    faults = checkers.find_checker_faults(checker, author="Ada", approvals=[yes(name) for name in before], digest=THIS)
    assert [fault.code for fault in faults] == codes


def test_a_draft_without_an_author_is_nobody_s_to_approve_or_seal():
    before = checkers.find_checker_faults("Ben", author=" ", approvals=[], digest=THIS)
    after = checkers.find_approval_faults([yes("Ben"), yes("Cai")], author="", digest=THIS, wanted=2)
    assert [fault.code for fault in (*before, *after)] == ["author_unnamed", "author_unnamed"]


def test_an_approval_of_an_earlier_state_does_not_bar_its_checker():
    assert checkers.find_checker_faults("Ben", author="Ada", approvals=[yes("Ben", OTHER)], digest=THIS) == []


@pytest.mark.parametrize(
    ("approvals", "codes"),
    [
        ([yes("Ben"), yes("Cai")], []),
        ([yes("Ben"), yes("Cai"), yes("Dee")], []),
        ([], ["approvals_wanting"]),
        ([yes("Ben"), yes(" ")], ["approvals_wanting"]),
        ([yes("Ben")], ["approvals_wanting"]),
        ([yes("Ben"), yes("BEN ")], ["checker_twice", "approvals_wanting"]),
        ([yes("Ben"), yes("Ada")], ["author_may_not_check", "approvals_wanting"]),
        ([yes("Ben"), yes("Cai", OTHER)], ["approval_of_other_digest", "approvals_wanting"]),
        ([yes("Ben"), yes("Cai"), yes("Dee", OTHER)], ["approval_of_other_digest"]),
    ],
)
def test_when_it_is_enough(approvals: list[Approval], codes: list[str]):
    faults = checkers.find_approval_faults(approvals, author="Ada", digest=THIS, wanted=2)
    assert [fault.code for fault in faults] == codes

"""What a draft tells its checkers of records at risk: their numbers, the first of them if they are many."""

from __future__ import annotations

from openjustice.cli.confidential import draft


def test_records_at_risk_are_told_by_number():
    assert draft.tell_records([]) == ""
    assert draft.tell_records([3, 1_204]) == "Records at risk: 3, 1,204"
    assert draft.tell_records(range(1, 31), most=2) == "Records at risk: 1, 2 and 28 more"

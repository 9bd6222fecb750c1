"""Says in one sentence, to anybody, what is hidden of a table, how much is still shown, and what cannot be worked out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from openjustice.protect.attack import AttackResult
from openjustice.protect.cells import TOTAL, Codes

AGAINST_TABLES = ("interval", "differencing")


@dataclass(frozen=True)
class Shown:
    """How much of a table is shown: its cells, the hidden ones, and the share of its finest counts that is still there.

    `share` is None where there is nothing to count, and where the whole is hidden too: beside the shown counts, a share of a
    hidden whole would tell how much is hidden.
    """

    cells: int
    hidden: int
    share: float | None


def count_shown(values: Mapping[Codes, int], hidden: Collection[Codes], *, among: int | None = None) -> Shown:
    """Count what is shown of these cells. `among`: the place of a variable that is held fixed, and so has no total here."""
    finest = {
        codes: value
        for codes, value in values.items()
        if not any(code == TOTAL for place, code in enumerate(codes) if place != among)
    }
    everything = sum(finest.values())
    left = sum(value for codes, value in finest.items() if codes not in hidden)
    is_whole_hidden = among is None and any(set(codes) == {TOTAL} for codes in hidden)
    return Shown(
        cells=len(values),
        hidden=sum(codes in hidden for codes in values),
        # Never rounded up to all, where something is hidden.
        share=min(round(left / everything, 2), 1.0 if left == everything else 0.99)
        if everything and not is_whole_hidden
        else None,
    )


def say_page(shown: Shown, *, attacks: Sequence[AttackResult], consequence: Sequence[str] = ()) -> str:
    """Say what is hidden of a published table, how much of its count is shown, and what was tried in vain.

    What cannot be worked out is said only where the attacks on the tables were run and withstood. A method that changes
    numbers says its own consequence instead.
    """
    share = "" if shown.share is None else f"; {_percent(shown.share)} of the count is still shown"
    first = f"{shown.hidden:,} of {shown.cells:,} numbers hidden{share}."
    if not shown.hidden:
        first = f"None of {shown.cells:,} numbers is hidden."
    if consequence:
        return f"{first} {consequence[0]}"
    results = {item.attack: item for item in attacks if item.attack in AGAINST_TABLES}
    if len(results) < len(AGAINST_TABLES) or not all(item.passed for item in results.values()):
        return first
    releases = results["differencing"].figures.get("earlier_releases")
    count = releases if isinstance(releases, int) else 0
    beside = "" if not count else f" and the previous {'release' if count == 1 else f'{count} releases'}"
    return f"{first} No hidden number can be worked out from this{beside} more closely than the policy allows."


def _percent(share: float) -> str:
    """Write a share so that it says all only where it is all."""
    if share >= 1:
        return "100 %"
    return f"{min(99, max(1, round(100 * share)))} %" if share > 0 else "0 %"

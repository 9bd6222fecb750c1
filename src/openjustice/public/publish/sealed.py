"""Says anew, in another language, the sentences that the program wrote into releases before they were sealed."""

from __future__ import annotations

import re
from functools import cache

from openjustice.public.publish.language import noted, say

# What `protect` writes for readers: the account of a table's hidden numbers, and what each method means for its numbers.
SENTENCES = (
    noted("{hidden} of {cells} numbers hidden; {share} of the count is still shown."),
    noted("{hidden} of {cells} numbers hidden."),
    noted("None of {cells} numbers is hidden."),
    noted("No hidden number can be worked out from this more closely than the policy allows."),
    noted("No hidden number can be worked out from this and the previous release more closely than the policy allows."),
    noted("No hidden number can be worked out from this and the previous {count} releases more closely than the policy allows."),
    noted("Every number is rounded to the nearest multiple of {base}, and numbers below {threshold} are shown as zero: a zero does not mean that there is nobody."),
    noted("Every number may be off by up to {largest}, up or down. The same people are counted alike in every table; over many numbers the differences cancel."),
    noted("Totals are changed by themselves, so parts need not add up to them."),
    noted("What is below {threshold} after the change is withheld, zeros too."),
    noted("Every number is rounded to a multiple of {base}, up or down, so that all totals still add up. A number is off by at most {largest}."),
    noted("A zero does not mean that there is nobody: it may stand for any number up to {largest}."),
    noted("Rates and shares are made of rounded numbers. Those of small numbers mean little."),
    noted("Every number has noise: it is a little more or less than the truth, by chance. Small numbers may be far off in proportion, large ones hardly."),
    noted("All totals add up, and no number is below zero; small numbers are on the whole a little too large for that."),
    noted("What this release can tell of one person is bounded: epsilon {epsilon}, of a budget of {budget} for all releases."),
    noted("The noise is drawn anew for each release, so a change from one release to the next may be noise alone."),
    noted("Only whole percentages are shown, without the counts they are made of."),
    noted("Only percentages with one decimal are shown, without the counts they are made of."),
    noted("Of groups of fewer than {number} nothing is shown."),
    noted("Percentages near 0 and 100 are shown as bands: at most, or at least. Where the bands end, by size of group: {bands}."),
    noted("Small differences between percentages may be rounding alone."),
    noted("Every number is rounded to a multiple of {base}, up or down by chance. A number is off by at most {largest}; over many numbers the differences cancel."),
    noted("Totals are rounded by themselves, so parts need not add up to them."),
)  # fmt: skip


def say_again(text: str) -> str | None:
    """Return sealed sentences in the language that is spoken, or None where one of them is not known."""
    said: list[str] = []
    rest = " ".join(text.split())
    while rest:
        found = next(((item, match) for item, made in _patterns() if (match := made.match(rest))), None)
        if found is None:
            return None
        said.append(say(found[0], **found[1].groupdict()))
        rest = rest[found[1].end() :]
    return " ".join(said)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((item, re.compile(_pattern(item) + r"(?:\s+|\Z)")) for item in SENTENCES)


def _pattern(message: str) -> str:
    pieces = re.split(r"\{(\w+)\}", message)
    return "".join(re.escape(piece) if place % 2 == 0 else f"(?P<{piece}>.+?)" for place, piece in enumerate(pieces))

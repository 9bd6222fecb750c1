"""What an indicator is: numerator, denominator, breakdowns, interval, caveats, and worked examples."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from typing import Any, Literal

from pydantic import Field as Key

from openjustice.contracts.declaration import Declared, Words


class Quantity(Declared):
    """A number counted over a dataset: its rows (`sum` empty) or the sum of fields (`a + b`), where a condition holds.

    `by` maps a breakdown variable of the indicator to the field of this dataset that says the same thing; a breakdown
    variable that is not in `by` does not divide this quantity (the whole stands under every part). In `where`, variables
    of the public tier are text: codes stand in quotes.
    """

    dataset: str
    sum: str | None = None
    where: str | None = None
    by: MappingType[str, str] = Key(default_factory=dict)
    says: Words

    @property
    def summed(self) -> tuple[str, ...]:
        """Return the fields that are added up; none where rows are counted."""
        return tuple(name.strip() for name in self.sum.split("+")) if self.sum else ()


class Breakdown(Declared):
    """One published table of the indicator: the variables it is broken down by, totals included."""

    variables: tuple[str, ...]
    title: Words
    chart: Literal["line", "bar", "interval", "map", "stacked", "none"] = "bar"
    note: Words = ""


class Indicator(Declared):
    """One indicator: what is counted over what, in which unit, for which tables, and what it cannot say."""

    indicator: str
    title: Words
    dataset: str
    question: Words
    says: Words
    unit: Words
    numerator: Quantity
    denominator: Quantity | None = None
    per: int = 1
    interval: Literal["poisson", "wilson", "none"]
    decimals: int = 1
    confidence: float = 0.95
    period_variable: str | None = None
    breakdowns: MappingType[str, Breakdown]
    headline: str | None = None
    can_infer: tuple[Words, ...]
    cannot_infer: tuple[Words, ...]
    flags: tuple[str, ...] = ()
    direction: Literal["lower_is_better", "higher_is_better", "none"] = "none"
    coverage: Words = ""

    @property
    def added_up(self) -> tuple[str, ...]:
        """Return the fields of the indicator's own dataset that are added up, above the line and below it."""
        base = self.denominator
        below = base.summed if base is not None and base.dataset == self.numerator.dataset else ()
        return (*self.numerator.summed, *below)


class Example(Declared):
    """A worked example: rows in, numbers out; the test and the "how it is computed" box.

    `given` has rows by dataset, in the variables that the indicator uses; `times` in a row says how many like it there are.
    """

    title: Words
    says: Words
    given: MappingType[str, tuple[MappingType[str, Any], ...]]
    breakdown: str
    expect: tuple[MappingType[str, Any], ...]


class Examples(Declared):
    """The worked examples of one indicator."""

    indicator: str
    examples: tuple[Example, ...] = Key(min_length=1)

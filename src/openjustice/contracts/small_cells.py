"""What a rule for small cells is, and what a scoring of tables is: declarations with their sources. No number stands in code."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from typing import Annotated, Literal, TypeAlias

from pydantic import Field as Key

from openjustice.contracts.declaration import Declared

Amount: TypeAlias = int | tuple[int, ...]


class _Rule(Declared):
    """What every rule for small cells says: where it is written, and on which tables it bears (all, where none is named)."""

    source: str = Key(min_length=1)
    tables: tuple[str, ...] = ()


class MinimumFrequency(_Rule):
    """A count from 1 to below `at_least` may not be shown; with `zeros: hidden`, nor may a zero."""

    rule: Literal["minimum_frequency"]
    at_least: int = Key(ge=1)
    zeros: Literal["shown", "hidden"] = "shown"


class GroupDisclosure(_Rule):
    """A group may not be seen to be all, or all but `within`, of one code.

    `then`: `hide` hides that count and the zeros and small rests beside it, `report` only tells the steward. `variables`:
    the variables whose codes say something of a person; all, where none is named.
    """

    rule: Literal["group_disclosure"]
    within: int = Key(default=0, ge=0)
    then: Literal["hide", "report"] = "report"
    variables: tuple[str, ...] = ()


class Dominance(_Rule):
    """A sum may not be shown where its `n` largest contributors make more than `k` percent of it."""

    rule: Literal["dominance"]
    n: int = Key(ge=1)
    k: float = Key(gt=0, le=100)
    contributor: str


class PPercent(_Rule):
    """A sum may not be shown where its second contributor could learn the largest one's part to within `p` percent."""

    rule: Literal["p_percent"]
    p: float = Key(gt=0)
    contributor: str


class Contributors(_Rule):
    """A count or sum may not be shown where it comes of fewer than `at_least` contributors."""

    rule: Literal["contributors"]
    at_least: int = Key(ge=1)
    contributor: str


SmallCellRule: TypeAlias = Annotated[
    MinimumFrequency | GroupDisclosure | Dominance | PPercent | Contributors, Key(discriminator="rule")
]


class Band(Declared):
    """The points of every number from `at_least` to `at_most`, both included; an end that is not given is open."""

    at_least: int | None = None
    at_most: int | None = None
    points: int
    verified: bool = True

    def holds(self, number: int) -> bool:
        """Say whether a number lies in this band."""
        return (self.at_least is None or number >= self.at_least) and (self.at_most is None or number <= self.at_most)

    @property
    def words(self) -> str:
        """Say the band: `11 to 99`, `1,000 and more`, `10 and fewer`."""
        if self.at_least == self.at_most or self.at_least is None:
            return f"{self.at_most:,}" if self.at_least is not None else f"{self.at_most:,} and fewer"
        return f"{self.at_least:,} and more" if self.at_most is None else f"{self.at_least:,} to {self.at_most:,}"


class Scale(Declared):
    """Points by a number, for all variables that refer to it."""

    title: str
    bands: tuple[Band, ...]


class ScoredVariable(Declared):
    """How one variable of a table is scored.

    By `bands` over a number of it (`measure`), by `choices` that have names, or by the `scale` that fits the population of
    its least code. `personal`: it says something of a person, and so counts among the interactions. `unknown`: the rules
    score it, and the points are not known here.
    """

    title: str
    measure: Literal["count", "population", "years", "categories"] | None = None
    bands: tuple[Band, ...] = ()
    choices: MappingType[str, int] = Key(default_factory=dict)
    scale: str | None = None
    personal: bool = True
    needs_review: bool = False
    unknown: bool = False
    verified: bool = True
    note: str = ""


class Interactions(Declared):
    """Points for variables that stand together: `alone` where none is personal, by the smallest count; else by how many."""

    title: str
    alone: tuple[Band, ...]
    with_others: tuple[Band, ...]
    unknown: bool = False


class UnscoredRelease(Declared):
    """The condition under which a table needs no score: a smallest count and a smallest denominator."""

    numerator_at_least: int
    denominator_at_least: int


class SmallCounts(Declared):
    """The counts that a scored table hides."""

    at_least: int
    at_most: int


class ExtraComplement(Declared):
    """When hidden counts of a row are too small together, so that one more is hidden: all at most this, or a sum below that."""

    all_at_most: int
    sum_below: int


class ScoringExample(Declared):
    """A worked example of a scoring: a table and the score it must have."""

    title: str
    table: ScoredTable
    score: int
    verdict: str
    verified: bool = True


class ScoringRules(Declared):
    """A scoring of tables: points for each variable, and the score from which small counts are hidden.

    `verified: false` marks what was not read in the rules' own text. `complete: false`: some points are not known here, so
    that a table that needs them cannot be judged, and no policy may name the scoring.
    """

    scoring: str
    title: str
    says: str
    source: str = Key(min_length=1)
    status: str
    verified: bool
    complete: bool = True
    steps: tuple[str, ...] = ()
    unscored: UnscoredRelease | None = None
    suppress_at: int
    small: SmallCounts
    zeros: Literal["shown", "hidden"]
    extra_complement: ExtraComplement | None = None
    reason_is_told: bool = False
    masking: MappingType[str, str] = Key(default_factory=dict)
    not_covered: tuple[str, ...] = ()
    events: str
    scales: MappingType[str, Scale] = Key(default_factory=dict)
    variables: MappingType[str, ScoredVariable]
    interactions: Interactions
    examples: tuple[ScoringExample, ...] = ()


class TableVariable(Declared):
    """One variable of a table that is scored: what it is scored `as`, and the figures that decide its points.

    Several figures stand for several codes; the one with most points counts. `review` says who looked at a variable for
    which the rules ask for that.
    """

    scored_as: str = Key(alias="as")
    name: str = ""
    choice: str | None = None
    population: Amount | None = None
    years: Amount | None = None
    categories: Amount | None = None
    review: str = ""


class ScoredTable(Declared):
    """A table to be scored: its smallest count, its smallest denominator, and its variables."""

    title: str
    smallest_count: int = Key(ge=0)
    smallest_denominator: int | None = None
    variables: tuple[TableVariable, ...]


class Scoring(Declared):
    """How a policy has its tables scored: by which rules, and what each recoded variable is scored as.

    `whole`: what a table is scored by that is not broken down by such a variable, such as the population of the state.
    `decision` records who decided how variables are scored that the rules do not name, and why.
    """

    rules: str
    decision: str = Key(min_length=1)
    variables: MappingType[str, TableVariable]
    whole: tuple[TableVariable, ...] = ()


ScoringExample.model_rebuild()
ScoringRules.model_rebuild()

"""What a policy is: how persons are protected, tier by tier; signed. Thresholds live here and nowhere in code."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field as Key
from pydantic import model_validator

from openjustice.contracts.declaration import Declared, Words
from openjustice.contracts.small_cells import Scoring, SmallCellRule
from openjustice.ground.terms import Role


class Signature(Declared):
    """Who signed the policy, in which office, on which day."""

    name: str
    on: date


class Recoding(Declared):
    """A variable of the protected products made from one field: bands, a code list's group, a shorter date, merged places.

    `method`: `keep`; `bands` (`cuts`: lower bounds, ascending, the last one open); `group` (`attribute` of the field's
    code list); `truncate` (`to`: year, quarter, month, day, of a date or of text that begins with one); `merge_small` (codes whose numeric `attribute` is under
    `minimum` become the value of their `into` attribute; without that attribute they keep their code).
    """

    of: str
    method: Literal["keep", "bands", "group", "truncate", "merge_small"]
    says: Words
    title: Words = ""
    role: Role
    cuts: tuple[int, ...] = ()
    attribute: str | None = None
    into: str | None = None
    minimum: float | None = None
    to: Literal["year", "quarter", "month", "day"] | None = None


class Requirement(Declared):
    """What must hold for one scenario: k for its key, and l distinct values of each sensitive variable in a class."""

    scenario: str
    k: int = Key(ge=1)
    l: MappingType[str, int] = Key(default_factory=dict)  # noqa: E741  (the field's own letter)


class Scenario(Declared):
    """What an intruder knows: the variables, how exactly, from which sources, what they want, and how the attack is run.

    `tolerance`: by variable of the key, how many years or days the intruder may be off. `sources`: the outside files that
    they hold. `wants`: the sensitive variables that they are after, beside those for which a requirement asks for values.
    """

    says: str
    key: tuple[str, ...]
    knows: str
    attack: str = "matching"
    tolerance: MappingType[str, int] = Key(default_factory=dict)
    sources: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    parameters: MappingType[str, Any] = Key(default_factory=dict, alias="with")


class SpecialPopulation(Declared):
    """A group with its own rule.

    `rule`: `same_rules`; `stricter` (its own `require`, beside what is required of everybody); `tables_only`, which keeps
    its records out of the microdata; `withhold`, which keeps them out of the tables too. The strictest rule wins where a
    record belongs to several groups.
    """

    says: Words
    where: str
    rule: Literal["tables_only", "same_rules", "stricter", "withhold"]
    reason: Words
    require: tuple[Requirement, ...] = ()

    @model_validator(mode="after")
    def _stricter_requires(self) -> SpecialPopulation:
        if (self.rule == "stricter") != bool(self.require):
            raise ValueError("a stricter rule says under 'require' what holds of these records, and no other rule does")
        return self


class MicrodataRules(Declared):
    """How the record file of a tier is protected: which variables, which requirements, which method then.

    `groups`: the variables of the tier whose groups the report watches over: what each loses, and whether the disparities
    of `outcomes` between them still show, within intervals of this `confidence`. `cap`: by such a variable, the largest
    share of any group's records in which the group may be left unnamed.
    """

    variables: tuple[str, ...]
    require: tuple[Requirement, ...] = ()
    then: str = "local_suppression"
    importance: MappingType[str, float] = Key(default_factory=dict)
    parameters: MappingType[str, Any] = Key(default_factory=dict, alias="with")
    attacks: tuple[str, ...] = ("matching",)
    groups: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    cap: MappingType[str, Annotated[float, Key(ge=0, le=1)]] = Key(default_factory=dict)
    confidence: float = Key(default=0.95, gt=0, lt=1)
    maximum_reidentification_rate: float = Key(ge=0, le=1)


class SafetyInterval(Declared):
    """What must remain unknown of a hidden cell: the feasibility interval must be at least this wide and reach this far."""

    minimum_width: int = Key(ge=1)
    must_contain_over: int | None = None


class TableRules(Declared):
    """How tables of counts are protected: the method, the rules for small cells, the audit.

    `small_cells` are rules beyond the minimum frequency, each with its source; `scoring` has every table scored, and says
    which tables hide their small counts.
    """

    method: str
    minimum_frequency: int = Key(default=1, ge=1)
    small_cells: tuple[SmallCellRule, ...] = ()
    scoring: Scoring | None = None
    zeros: Literal["shown", "hidden"] = "shown"
    hidden_at_least: int = Key(default=0, ge=0)
    safety_interval: SafetyInterval | None = None
    weights: MappingType[str, float] = Key(default_factory=dict)
    parameters: MappingType[str, Any] = Key(default_factory=dict, alias="with")
    audit: tuple[str, ...] = ()
    rate_minimum_numerator: int = 0
    rate_minimum_population: int = 0
    source: str = ""


class TierRules(Declared):
    """What one tier gets."""

    recode: MappingType[str, Recoding] = Key(default_factory=dict)
    microdata: MicrodataRules | None = None
    tables: TableRules | None = None
    license: str | None = None


class Policy(Declared):
    """The signed policy of one dataset.

    `person`: the field that says which records are one person's, such as a pseudonym; then k counts persons, not
    records, and attacks by matching count them too.
    """

    policy: str
    version: int = Key(ge=1)
    in_force_from: date
    signed: tuple[Signature, ...] = Key(min_length=1)
    says: Words
    checkers: int = Key(ge=2)
    person: str | None = None
    scenarios: MappingType[str, Scenario] = Key(default_factory=dict)
    special_populations: MappingType[str, SpecialPopulation] = Key(default_factory=dict)
    tiers: MappingType[Literal["public", "researcher", "internal"], TierRules]
    allow_unvetted: MappingType[str, str] = Key(default_factory=dict)

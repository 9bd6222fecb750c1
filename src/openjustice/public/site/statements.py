"""Says what was done to protect people in a release, and how good its data are, from its own declarations and numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openjustice.contracts.policy import MicrodataRules, TableRules
from openjustice.contracts.release import ProductKind
from openjustice.ground import discovery
from openjustice.protect import methods
from openjustice.public.publish.content import Content, Dataframe
from openjustice.public.publish.language import noted, say, say_count, spoken
from openjustice.public.publish.sealed import say_again
from openjustice.public.publish.variables import sentence_case
from openjustice.public.site import numbers


@dataclass(frozen=True)
class Withheld:
    """How much of one product is withheld: numbers of a table, or blanks of a variable in the record file."""

    name: str
    title: str
    withheld: int
    of: int

    @property
    def share(self) -> float:
        """Return the withheld share of all numbers, 0 to 1."""
        return self.withheld / self.of if self.of else 0.0


@dataclass(frozen=True)
class Disclosure:
    """The disclosure statement of a release: rules in words, and what they cost."""

    rules: tuple[str, ...]
    tables: tuple[Withheld, ...]
    blanks: tuple[Withheld, ...]


@dataclass(frozen=True)
class Reporters:
    """One reporter, or all of one kind: how many have records, and how many records where that may be said."""

    label: str
    count: int
    rows: int | None


@dataclass(frozen=True)
class Quality:
    """How good the data are: who reported, how complete the fields are, how much is still pending."""

    reported: int
    reporters: tuple[Reporters, ...]
    completeness: tuple[tuple[str, float], ...]
    maturity: tuple[tuple[str, float | None], ...]
    reporting: tuple[Mapping[str, Any], ...] = ()
    assessment: Mapping[str, Any] | None = None


def disclosure(content: Content) -> Disclosure:
    """Return the disclosure statement of a release."""
    tables = [frame for frame in content.frames if frame.kind is ProductKind.TABLE]
    records = [frame for frame in content.frames if frame.kind is ProductKind.MICRODATA and content.contract.persons]
    return Disclosure(
        rules=tuple(_rules(content)),
        tables=tuple(_withheld(frame) for frame in tables),
        blanks=tuple(item for frame in records for item in _blanks(frame)),
    )


def quality(content: Content) -> Quality:
    """Return what the release says of its own quality; parts it does not speak of are empty."""
    given = content.quality
    reporters = tuple(
        Reporters(label=item.get("label") or item["code"], count=item.get("reporters", 1), rows=item.get("rows"))
        for item in given.get("reporters") or ()
    )
    fields = content.contract.fields
    completeness = {
        (fields[name].title if name in fields else "") or sentence_case(name): share
        for name, share in (given.get("completeness") or {}).items()
        if share is not None
    }
    return Quality(
        reported=sum(item.count for item in reporters),
        reporters=reporters,
        completeness=tuple(completeness.items()),
        maturity=tuple((item["period"], item["pending_share"]) for item in given.get("maturity") or ()),
        reporting=tuple(given.get("reporting") or ()),
        assessment=given.get("assessment"),
    )


def _rules(content: Content) -> list[str]:
    public = content.policy.tiers.get("public")
    if not content.contract.persons:
        return [say("This dataset holds no persons, so nothing in it is withheld to protect one.")]
    said: list[str] = []
    if public and public.tables:
        said += _table_rules(content, public.tables)
    if public and public.microdata:
        said += _record_rules(public.microdata)
    return [
        *said,
        *(
            f"{item.says.rstrip('.')}: {say(_SPECIAL[item.rule])} {item.reason}"
            for item in content.policy.special_populations.values()
        ),
    ]


_SPECIAL = {
    "tables_only": noted("counted in tables, and not in the record file."),
    "same_rules": noted("under the same rules as everyone."),
    "stricter": noted("under stricter rules."),
    "withhold": noted("withheld altogether."),
}


def consequence(content: Content) -> tuple[str, ...]:
    """Return what the method that protects a release's tables means for whoever reads them; nothing where it changes none."""
    public = content.policy.tiers.get("public")
    rules = public.tables if public else None
    if rules is None or rules.method == "none":
        return ()
    method = discovery.load_plugin(methods, rules.method, attribute="METHOD")
    said = method.consequence(method.read_parameters(rules.parameters)) if method.consequence else ()
    return tuple(_again(text) for text in said)


def say_page(content: Content, table: str) -> str:
    """Return the one sentence on what is hidden of a table, as the sealed report has it; nothing where it has none."""
    found = (item.get("says") for item in content.report.get("tables", ()) if item.get("table") == table)
    return _again(str(next(found, "") or ""))


def _again(text: str) -> str:
    """Return sentences of a sealed report in the language that is spoken."""
    return (None if spoken().is_default else say_again(text)) or spoken().word(text)


def _table_rules(content: Content, rules: TableRules) -> list[str]:
    if changed := consequence(content):
        return list(changed)
    said = []
    if rules.scoring is not None:
        said.append(
            say(
                "Small counts are withheld where the score of their table asks for it, and as many other numbers beside them "
                "as it takes that none of them can be worked out from totals or from earlier releases."
            )
        )
    elif rules.minimum_frequency > 1:
        said.append(
            say(
                "Counts from 1 to {largest} are withheld, and as many other numbers beside them as it takes that none of them "
                "can be worked out from totals or from earlier releases.",
                largest=rules.minimum_frequency - 1,
            )
        )
    said.append(say("Zeros are shown.") if rules.zeros == "shown" else say("Zeros are withheld as well."))
    if rules.rate_minimum_numerator:
        said.append(
            say(
                "A rate that rests on fewer than {number} cases is not available: it would be noise.",
                number=rules.rate_minimum_numerator,
            )
        )
    if rules.rate_minimum_population:
        said.append(
            say(
                "A rate over fewer than {number} residents is not available.",
                number=numbers.number(rules.rate_minimum_population),
            )
        )
    if rules.audit:
        attacks = ", ".join(say(_ATTACKS[name]) if name in _ATTACKS else name for name in rules.audit)
        said.append(
            say("Before sealing, the tables were attacked ({attacks}), and every attack failed.", attacks=attacks)
        )
    return said


def _record_rules(rules: MicrodataRules) -> list[str]:
    said = [
        say_count(
            "The record file holds {count} coarse variable and no name, number or date.",
            "The record file holds {count} coarse variables and no name, number or date.",
            len(rules.variables),
        )
    ]
    said += [
        say(
            "Against someone who knows what the scenario '{scenario}' describes, every record shares its visible values with "
            "at least {number} others.",
            scenario=spoken().word(item.scenario.replace("_", " ")),
            number=item.k - 1,
        )
        for item in rules.require
    ]
    return said


_ATTACKS = {
    "interval": noted("working out intervals"),
    "differencing": noted("subtracting earlier releases"),
}


def _withheld(frame: Dataframe) -> Withheld:
    counts = Counter(row["numerator_marker"] for row in frame.rows)
    return Withheld(frame.id, frame.title, counts["c"], len(frame.rows))


def _blanks(frame: Dataframe) -> list[Withheld]:
    return [
        Withheld(column.name, column.title, sum(row[column.name] is None for row in frame.rows), len(frame.rows))
        for column in frame.columns
    ]

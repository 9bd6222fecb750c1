"""Sorts the catalog by what people look for: each choice is a page of its own, so that it works without a script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from openjustice.public.publish.content import Content
from openjustice.public.publish.language import noted, say
from openjustice.public.site.portal import Portal, slug

_GRAINS = {
    "month": noted("Monthly"),
    "quarter": noted("Quarterly"),
    "half_year": noted("Twice a year"),
    "year": noted("Yearly"),
    "event": noted("As it happens"),
    "none": noted("Once"),
}


@dataclass(frozen=True)
class Choice:
    """One choice of a facet: its words, its page, and the datasets that it leaves."""

    title: str
    path: str
    datasets: tuple[str, ...]


@dataclass(frozen=True)
class Facet:
    """One way to sort the catalog."""

    title: str
    choices: tuple[Choice, ...]


def read_facets(portal: Portal) -> tuple[Facet, ...]:
    """Return the facets of a portal's catalog; one whose choices do not tell datasets apart is left out."""
    contents = {name: item.content for name, item in portal.newest.items()}
    made = [
        _facet(say("What it holds"), "holds", {name: [_kind(item)] for name, item in contents.items()}),
        _facet(say("How often"), "often", {name: [_grain(item)] for name, item in contents.items()}),
        _facet(say("Broken down by"), "by", {name: list(_breakdowns(item)) for name, item in contents.items()}),
    ]
    return tuple(facet for facet in made if len(facet.choices) > 1)


# A choice is a code, which makes its address and is the same in every language, and its words.
Pair = tuple[str, str]


def _facet(title: str, name: str, found: dict[str, list[Pair]]) -> Facet:
    words: dict[str, str] = {}
    datasets: dict[str, list[str]] = {}
    for dataset, pairs in found.items():
        for code, told in {slug(code): told for code, told in pairs}.items():
            words.setdefault(code, told)
            datasets.setdefault(code, []).append(dataset)
    choices = [
        Choice(words[code], f"catalog/{name}/{code}.html", tuple(datasets[code]))
        for code in sorted(words, key=lambda code: (-len(datasets[code]), words[code]))
    ]
    return Facet(title, tuple(choices))


def _kind(content: Content) -> Pair:
    if content.contract.persons:
        return "people", say("Counts of people and events")
    return ("measures", say("Counts of events")) if content.indicators else ("context", say("Context"))


def _grain(content: Content) -> Pair:
    grain = content.contract.period.grain
    return grain, say(_GRAINS[grain])


def _breakdowns(content: Content) -> Iterator[Pair]:
    """Yield each variable that tables are broken down by, under the field it was made from: a band and a group of ages are one."""
    for frame in content.frames:
        for name in frame.variables if frame.indicator else ():
            variable = content.variables.get(name)
            field = variable.of if variable and variable.of else name
            declared = content.contract.fields.get(field)
            title = (declared.title if declared else "") or (variable.title if variable else name)
            yield field, title

"""Gathers what the pages of one jurisdiction show: its newest releases, indicators, areas and their context."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

from openjustice.contracts.jurisdiction import JurisdictionDeclaration
from openjustice.contracts.ledger import LedgerLine
from openjustice.contracts.release import ProductKind
from openjustice.public.publish import vocabulary
from openjustice.public.publish.content import MARKERS, Column, Content, Dataframe, IndicatorContent, Row
from openjustice.public.publish.language import ENGLISH, Language, noted, say
from openjustice.public.publish.release import PublishedRelease
from openjustice.public.publish.variables import TOTAL
from openjustice.public.publish.vocabulary import Thing
from openjustice.public.site import numbers
from openjustice.public.site.charts import Point
from openjustice.public.site.figures import View
from openjustice.public.site.readings import compare

T = TypeVar("T")

# The context that stands first on an area's page: what makes two places differ before justice begins.
CONTEXT_FIRST = (("resident", "population"), ("household income", "income"), ("poverty",), ("unemploy",))


@dataclass(frozen=True)
class Area:
    """One area: its code, name and page."""

    code: str
    label: str
    slug: str


@dataclass(frozen=True)
class Fact:
    """One number about an area that is context, with where it comes from."""

    title: str
    text: str
    unit: str
    when: str
    says: str
    dataset: str
    marker: str | None = None
    is_money: bool = False
    declared: str = ""


@dataclass(frozen=True)
class AreaFigure:
    """What one table says about one area: its number now, over time, and beside the whole."""

    view: View
    title: str
    value: str
    marker: str | None
    interval: str
    when: str
    comparison: str
    points: tuple[Point, ...]
    table: str = ""
    note: str = ""
    why: str = ""
    is_provisional: bool = False


@dataclass(frozen=True)
class Portal:
    """One jurisdiction's part of the public store in one language: all releases, oldest first, and the ledger's lines.

    `languages`: every language that its pages are made in, the jurisdiction's own first.
    """

    releases: tuple[PublishedRelease, ...]
    ledger: tuple[LedgerLine, ...]
    language: Language = ENGLISH
    languages: tuple[Language, ...] = (ENGLISH,)

    @property
    def is_default(self) -> bool:
        """Return whether these pages are in the jurisdiction's own language, and so stand at the root."""
        return self.language.tag == self.languages[0].tag

    @property
    def place(self) -> str:
        """Return the jurisdiction's name as a sentence uses it, without what stands behind it in brackets."""
        return self.jurisdiction.title.partition(" (")[0]

    @property
    def jurisdiction(self) -> JurisdictionDeclaration:
        """Return the jurisdiction as its newest release declares it."""
        return self.releases[-1].content.jurisdiction

    @cached_property
    def newest(self) -> Mapping[str, PublishedRelease]:
        """Return the newest release of each dataset, those about persons first, then by title."""
        latest = {item.content.dataset: item for item in self.releases}
        ranked = sorted(
            latest.values(), key=lambda item: (not item.content.contract.persons, item.content.contract.title)
        )
        return {item.content.dataset: item for item in ranked}

    def versions(self, dataset: str) -> tuple[PublishedRelease, ...]:
        """Return every release of a dataset, the newest first."""
        return tuple(item for item in reversed(self.releases) if item.content.dataset == dataset)

    @cached_property
    def indicators(self) -> Mapping[str, tuple[Content, IndicatorContent]]:
        """Return every indicator that has a table, with its release: counts over time first, then rates, then the rest."""
        found = {
            name: (release.content, item)
            for release in self.newest.values()
            for name, item in release.content.indicators.items()
            if release.content.tables_of(name)
        }
        return dict(sorted(found.items(), key=lambda pair: _indicator_rank(pair[1][1])))

    def view(self, content: Content, frame: Dataframe) -> View:
        """Return a table with what is needed to show it."""
        return View(content=content, frame=frame, indicator=content.indicators[frame.indicator or ""].indicator)

    def views(self, indicator: str) -> tuple[View, ...]:
        """Return all tables of an indicator, ready to be shown."""
        content, _ = self.indicators[indicator]
        return self.remember(
            f"views {indicator}", lambda: tuple(self.view(content, frame) for frame in content.tables_of(indicator))
        )

    def headline_view(self, indicator: str) -> View | None:
        """Return the table that stands for an indicator: the one it names, else its first."""
        content, item = self.indicators[indicator]
        frame = content.table(indicator, item.indicator.headline) or next(iter(content.tables_of(indicator)), None)
        return self.view(content, frame) if frame else None

    @cached_property
    def areas(self) -> tuple[Area, ...]:
        """Return the areas by name."""
        labels = next((item.content.places for item in reversed(self.releases) if item.content.places), {})
        return tuple(
            Area(code=code, label=label, slug=slug(label))
            for code, label in sorted(labels.items(), key=lambda item: item[1])
        )

    @cached_property
    def things(self) -> tuple[Thing, ...]:
        """Return everything that has a stable address, each with the page where more about it stands."""
        pages = {area.code: f"areas/{area.slug}.html" for area in self.areas}
        return tuple(
            replace(item, page=pages.get(item.name, "")) if item.kind == "area" else item
            for item in vocabulary.read_things(self.releases)
        )

    def area_figures(self, area: Area) -> Iterator[AreaFigure]:
        """Return what each indicator says about an area: its tables by area alone, or by area and time."""
        for name in self.indicators:
            views = [view for view in self.views(name) if _is_by_area(view)]
            alone = next((view for view in views if view.period is None), None)
            over_time = next((view for view in views if view.period is not None), None)
            if view := over_time or alone:
                yield _area_figure(view, alone, area)

    @cached_property
    def area_datasets(self) -> frozenset[str]:
        """Return the datasets that the page of an area shows: those with a table by area, and the context."""
        shown = {view.content.dataset for name in self.indicators for view in self.views(name) if _is_by_area(view)}
        context = {name for name, item in self.newest.items() if not item.content.contract.persons}
        return frozenset(shown | context)

    def facts(self, area: Area) -> tuple[Fact, ...]:
        """Return the context of an area: every number that a dataset without persons holds about it, latest period."""
        return self.remember(
            f"facts {area.code}",
            lambda: tuple(fact for item in self.newest.values() for fact in _facts(item.content, area)),
        )

    def remember(self, name: str, make: Callable[[], T]) -> T:
        """Return what was made under a name before, or make it: many pages show the same."""
        if name not in self._made:
            self._made[name] = make()
        made: T = self._made[name]
        return made

    @cached_property
    def _made(self) -> dict[str, Any]:
        return {}


def _indicator_rank(item: IndicatorContent) -> tuple[bool, bool, str]:
    indicator = item.indicator
    headline = indicator.breakdowns.get(indicator.headline or "")
    is_over_time = headline is not None and headline.variables == (indicator.period_variable,)
    return (not is_over_time, indicator.denominator is not None, indicator.title)


def slug(text: str) -> str:
    """Return a name as part of an address: lower case, no accents, hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "area"


def leading_facts(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """Return one fact for each kind of context that stands first: the dated one before others, then the first declared."""
    found: list[Fact] = []
    for stems in CONTEXT_FIRST:
        named = [
            fact for fact in facts if _place_of(fact, stems) < len(stems) and "margin" not in fact.declared.lower()
        ]
        found += sorted(named, key=lambda fact: (_place_of(fact, stems), not fact.when))[:1]
    return tuple(found)


def _place_of(fact: Fact, stems: tuple[str, ...]) -> int:
    return next((place for place, stem in enumerate(stems) if stem in fact.declared.lower()), len(stems))


def _is_by_area(view: View) -> bool:
    return len(view.others) == 1 and view.is_area(view.others[0])


def _area_figure(view: View, alone: View | None, area: Area) -> AreaFigure:
    name = view.others[0]
    points = _area_points(view, area)
    row, when, source = _area_row(view, alone, area)
    whole = source.row(**({view.period: when} if when and view.period and source is view else {}))
    interval = ""
    if row and row["value_low"] is not None and row["value_high"] is not None:
        interval = numbers.span(row["value_low"], row["value_high"], decimals=view.indicator.decimals)
    return AreaFigure(
        view=view,
        title=view.indicator.title,
        value=source.words(row) if row else "",
        interval=interval,
        marker=(row["value_marker"] or "x") if row and row["value"] is None else None if row else "x",
        when=view.variable(view.period or name).label(when) if when else "",
        points=points,
        comparison=_compare_with_whole(source, row, whole),
        table=source.indicator.breakdowns[source.frame.breakdown or ""].title,
        note=source.indicator.breakdowns[source.frame.breakdown or ""].note,
        why=_why_absent(source, row),
        is_provisional=bool(row and row["status_marker"] == "p"),
    )


def _area_points(view: View, area: Area) -> tuple[Point, ...]:
    if view.period is None:
        return ()
    name = view.others[0]
    return tuple(
        view.point(view.row(**{name: area.code, view.period: at}), at=view.period_label(at))
        for at in view.codes(view.period)
    )


def _area_row(view: View, alone: View | None, area: Area) -> tuple[Row | None, str, View]:
    """Return the row that stands for an area: the period in which areas are compared, else all together, else its latest."""
    if alone is not None:
        return alone.row(**{alone.others[0]: area.code}), "", alone
    name, period, common = view.others[0], view.period or "", view.common_period
    latest = view.row(**{name: area.code, period: common}) if common not in (None, TOTAL) else None
    if latest is not None and latest["value"] is not None:
        return latest, common or "", view
    together = view.row(**{name: area.code, period: TOTAL})
    if len(view.codes(period)) > 1 and together is not None and together["value"] is not None:
        return together, "", view
    rows = [(at, view.row(**{name: area.code, period: at})) for at in view.codes(period)]
    known = [pair for pair in rows if pair[1] and pair[1]["value"] is not None]
    countable = [pair for pair in rows if pair[1] and pair[1]["denominator"] is not None]
    when, row = (known or countable or rows or [("", None)])[-1]
    return row, when, view


def _why_absent(view: View, row: Row | None) -> str:
    """Return why an area has no number, as exactly as the table says it; nothing where it has one."""
    if row is None or row["value"] is not None:
        return ""
    rules = view.content.policy.tiers["public"].tables if "public" in view.content.policy.tiers else None
    if row["value_marker"] != "x" or row["numerator"] is None or row["denominator"] is None or rules is None:
        return MARKERS[row["value_marker"] or "x"][1]
    counted = {"count": numbers.number(row["numerator"]), "divisor": numbers.number(row["denominator"])}
    if row["numerator"] < rules.rate_minimum_numerator:
        return say(
            "{count} counted over {divisor}: too few for a rate, which needs at least {minimum}.",
            minimum=rules.rate_minimum_numerator,
            **counted,
        )
    return say("{count} counted over {divisor}: too few to divide by for a rate.", **counted)


def _compare_with_whole(view: View, row: Row | None, whole: Row | None) -> str:
    if row is None or whole is None or row["value"] is None or whole["value"] is None:
        return ""
    total = numbers.number(whole["value"], decimals=view.indicator.decimals)
    place = view.content.jurisdiction.title
    if view.indicator.denominator is None:
        return say("Of {total} in all of {place}.", total=total, place=place)
    return say(_STANDS[compare(row, whole)], place=place, total=total)


_STANDS = {
    "higher": noted("Higher than {place} as a whole ({total})."),
    "lower": noted("Lower than {place} as a whole ({total})."),
    "unclear": noted("Not clearly different from {place} as a whole ({total})."),
    "": noted("{place} as a whole: {total}."),
}


def _facts(content: Content, area: Area) -> Iterator[Fact]:
    if content.contract.persons or content.indicators:
        return  # what has indicators of its own is no context
    for frame in content.frames:
        if frame.kind is not ProductKind.MICRODATA:
            continue
        place = next((column.name for column in frame.columns if _names_areas(column, content)), None)
        time = content.contract.period.field or next((item.name for item in frame.columns if item.name == "year"), None)
        rows = [row for row in frame.rows if place and row[place] == area.code]
        if time in {column.name for column in frame.columns}:
            latest = max((str(row[time]) for row in rows), default="")
            rows = [row for row in rows if str(row[time]) == latest]
        if len(rows) == 1:
            yield from _facts_of_row(
                content, frame, rows[0], keys={place, time}, when=str(rows[0].get(time or "") or "")
            )


def _facts_of_row(content: Content, frame: Dataframe, row: Row, *, keys: set[str | None], when: str) -> Iterator[Fact]:
    for column in frame.columns:
        if column.name in keys or column.type not in ("BIGINT", "DOUBLE", "INTEGER"):
            continue
        value: Any = row[column.name]
        declared = content.contract.fields.get(column.name)
        unit = (declared.unit if declared else None) or ""
        decimals = 0 if column.type != "DOUBLE" or abs(value or 0) >= 1000 else 1
        yield Fact(
            title=column.title,
            declared=column.declared or column.title,
            text=numbers.number(value, decimals=decimals),
            when=when,
            dataset=content.dataset,
            unit="%" if unit in ("percent", "%") else unit,
            is_money=unit in ("US dollars", say("US dollars")),
            says=column.says,
            marker="x" if value is None else None,
        )


def _names_areas(column: Column, content: Content) -> bool:
    return bool(column.labels) and set(content.areas).issuperset(column.labels)

"""Makes the pages of the portal: each is a path and the text that stands there, from templates and plain values."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from openjustice.contracts.dataset import Break
from openjustice.contracts.release import ProductKind
from openjustice.ground import design
from openjustice.public.publish import citation, croissant, dictionary
from openjustice.public.publish.content import Content
from openjustice.public.publish.language import say
from openjustice.public.publish.release import PublishedRelease, known_formats
from openjustice.public.publish.variables import TOTAL
from openjustice.public.publish.vocabulary import Thing
from openjustice.public.site import (
    comparing,
    corrections,
    exploring,
    facets,
    figures,
    markdown,
    previews,
    ranking,
    readings,
    rendering,
    revisions,
    sparks,
    statements,
    tables,
    understanding,
    worked,
)
from openjustice.public.site.facets import Choice
from openjustice.public.site.figures import View
from openjustice.public.site.portal import Area, Portal, leading_facts
from openjustice.public.site.rendering import Maker, Page, make_page, top_of

HERE = Path(__file__).parent


def all_pages(portal: Portal) -> Iterator[tuple[Page, float]]:
    """Yield every page of a portal with the share of the work that is done then; its language must be spoken."""
    makers = page_makers(portal)
    for place, make in enumerate(makers, start=1):
        yield make(), place / len(makers)


def page_makers(portal: Portal) -> list[Callable[[], Page]]:
    """Return what makes each page of a portal; the portal's language must be spoken when they are called."""
    return [
        lambda: make_page(
            portal,
            "index.html",
            "home.html",
            here="home",
            headlines=_headlines(portal),
            differences=_differences(portal),
        ),
        lambda: make_page(
            portal, "indicators/index.html", "indicators.html", here="indicators", headlines=_headlines(portal)
        ),
        *(
            Maker(f"indicators/{name}.html", frozenset({content.dataset}), partial(_indicator, portal, name))
            for name, (content, _) in portal.indicators.items()
        ),
        lambda: _areas(portal),
        *(
            Maker(f"areas/{area.slug}.html", portal.area_datasets, partial(_area, portal, place))
            for place, area in enumerate(portal.areas)
        ),
        lambda: make_page(portal, "compare/index.html", "compare.html", here="compare", **comparing.index_page(portal)),
        *(lambda area=area: _compared(portal, area) for area in portal.areas),
        *_explorers(portal),
        *(lambda place=place: _datasets(portal, place) for place in catalog_facets(portal)),
        *(
            Maker(f"datasets/{name}/index.html", frozenset({name}), partial(_dataset, portal, name))
            for name in portal.newest
        ),
        *(
            Maker(f"datasets/{name}/dictionary.html", frozenset({name}), partial(_dictionary, portal, name))
            for name in portal.newest
            if not portal.is_default
        ),
        *(lambda thing=thing: _thing(portal, thing) for thing in portal.things),
        lambda: make_page(portal, "methods.html", "methods.html", here="methods", statements=statements),
        lambda: make_page(portal, "ledger.html", "ledger.html", here="ledger"),
        *_understanding(portal),
        lambda: make_page(portal, "markers.html", "markers.html", here="methods"),
    ]


def gate(portals: Sequence[Portal]) -> Iterator[tuple[Page, float]]:
    """Yield the one page that stands before several jurisdictions' portals."""
    languages = {portal.jurisdiction.jurisdiction: portal.languages for portal in portals}
    text = rendering.environment().get_template("gate.html").render(portals=portals, languages=languages)
    yield Page("index.html", text + "\n"), 1.0


def write_pages(
    pages: Iterable[tuple[Page, float]], root: Path, *, progress: Callable[[float, str], None] | None = None
) -> None:
    """Write pages below a root, making the folders they stand in."""
    for page, share in pages:
        path = root / page.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page.text, encoding="utf-8")
        if progress:
            progress(share, f"Page {page.path}")


def copy_assets(root: Path) -> None:
    """Copy the style sheet, after what every page of the house shares, and the icon to a portal's root."""
    shutil.copytree(HERE / "assets", root / "assets")
    style = root / "assets" / "style.css"
    style.write_text(design.read_foundation() + style.read_text(encoding="utf-8"), encoding="utf-8")


def _indicator(portal: Portal, name: str) -> Page:
    content, item = portal.indicators[name]
    views = portal.views(name)
    sections = [
        {
            "view": view,
            "name": (view.frame.breakdown or "").replace("_", "-"),
            "breakdown": item.indicator.breakdowns[view.frame.breakdown or ""],
            "figure": figures.make_figure(view, name=f"f{place}"),
            "grid": tables.make_grid(view),
            "files": portal.newest[content.dataset].files_of(view.frame.id),
            "says": statements.say_page(content, view.frame.id),
        }
        for place, view in enumerate(views)
    ]
    headline_view = portal.headline_view(name)
    return make_page(
        portal,
        f"indicators/{name}.html",
        "indicator.html",
        here="indicators",
        content=content,
        item=item,
        indicator=item.indicator,
        sections=sections,
        examples=worked.examples(content, item),
        ranking=understanding.portal_rankings(portal).get(name),
        flags=_flags(content, item.indicator.flags),
        breaks=_breaks(content, views),
        is_maturing=content.contract.maturity is not None
        and any(row["status_marker"] == "p" for view in views for row in view.frame.rows),
        coverage=_coverage(views),
        headline=readings.make_headline(headline_view) if headline_view else None,
        consequence=statements.consequence(content),
        data=f"{top_of(portal, 'indicators/')}data/{content.dataset}/latest/",
    )


def _differences(portal: Portal) -> tuple[View, figures.Figure, ranking.Ranking | None] | None:
    """Return the map that stands on the first page, with the ranking that says how far its differences reach."""
    found = _first_map(portal)
    if found is None:
        return None
    ranks = understanding.portal_rankings(portal).get(found[0].frame.indicator or "")
    return (*found, ranks if ranks and ranks.standings else None)


def _first_map(portal: Portal) -> tuple[View, figures.Figure] | None:
    """Return the first rate that a map can show."""
    return portal.remember("map", lambda: _find_map(portal))


def _find_map(portal: Portal) -> tuple[View, figures.Figure] | None:
    return next(
        (
            (view, made)
            for name in portal.indicators
            for view in portal.views(name)
            if view.indicator.breakdowns[view.frame.breakdown or ""].chart == "map"
            and view.indicator.denominator is not None  # a map of counts shows where people are
            and (made := figures.make_figure(view, name="m0"))
            and made.map
        ),
        None,
    )


def _areas(portal: Portal) -> Page:
    return make_page(portal, "areas/index.html", "areas.html", here="areas", figure=_first_map(portal))


def _area(portal: Portal, place: int) -> Page:
    area = portal.areas[place]
    cards = [
        {"figure": item, "spark": _area_spark(item, area, number), "name": f"a{number}"}
        for number, item in enumerate(portal.area_figures(area))
    ]
    facts = portal.facts(area)
    leading = leading_facts(facts)
    return make_page(
        portal,
        f"areas/{area.slug}.html",
        "area.html",
        here="areas",
        area=area,
        cards=cards,
        standings=understanding.standing_of(portal, area.code),
        leading=leading,
        others=[fact for fact in facts if fact not in leading],
        before=portal.areas[place - 1] if place else None,
        after=portal.areas[place + 1] if place + 1 < len(portal.areas) else None,
    )


def _compared(portal: Portal, area: Area) -> Page:
    return make_page(
        portal,
        f"compare/{area.slug}.html",
        "compare_area.html",
        here="compare",
        **comparing.area_page(portal, area),
    )


def _understanding(portal: Portal) -> Iterator[Callable[[], Page]]:
    """Yield the makers of the pages that help to read the numbers."""
    for name, given in (
        ("myths", lambda: {"myths": understanding.find_myths(portal)}),
        ("glossary", lambda: {"terms": understanding.glossary(), "declared": understanding.declared_terms(portal)}),
        (
            "protection",
            lambda: {
                "releases": understanding.find_protected(portal),
                "attack_words": understanding.attack_words(),
            },
        ),
        ("corrections", lambda: {"corrections": corrections.find_corrections(portal)}),
        ("take_part", dict),
    ):
        path = f"{name.replace('_', '-')}.html"
        yield lambda name=name, path=path, given=given: make_page(  # type: ignore[misc]
            portal, path, f"{name}.html", here="understand", **given()
        )


def _explorers(portal: Portal) -> Iterator[Callable[[], Page]]:
    names = exploring.explorable(portal)
    yield lambda: make_page(
        portal,
        "explore/index.html",
        "explore_index.html",
        here="explore",
        datasets=[exploring.page(portal, name) for name in names],
    )
    for name in names:
        for path, template in ((f"{name}.html", "explore.html"), (f"{name}.embed.html", "explore_embed.html")):
            yield lambda name=name, path=path, template=template: make_page(  # type: ignore[misc]
                portal, f"explore/{path}", template, here="explore", **exploring.page(portal, name)
            )
        yield lambda name=name: Page(f"explore/{name}.tables.js", exploring.tables_script(portal, name))  # type: ignore[misc]


def _area_spark(item: Any, area: Area, number: int) -> str:
    if (
        len(item.points) < 3
        or not item.view.has_comparable_periods
        or all(point.value is None for point in item.points)
    ):
        return ""
    title = f"{item.title}, {area.label}"
    return sparks.spark_svg(item.points, name=f"s{number}", title=title, says=say("The numbers are in the list below."))


def catalog_facets(portal: Portal) -> tuple[Choice | None, ...]:
    """Return each page of the catalog: the whole, then one for each choice of a facet."""
    return (None, *(choice for facet in facets.read_facets(portal) for choice in facet.choices))


def _datasets(portal: Portal, choice: Choice | None) -> Page:
    return make_page(
        portal,
        choice.path if choice else "datasets/index.html",
        "datasets.html",
        here="datasets",
        facets=facets.read_facets(portal),
        choice=choice,
        shown={name: item for name, item in portal.newest.items() if choice is None or name in choice.datasets},
    )


def _thing(portal: Portal, thing: Thing) -> Page:
    return make_page(portal, f"{thing.path}index.html", "thing.html", here="datasets", thing=thing)


def _dataset(portal: Portal, name: str) -> Page:
    release = portal.newest[name]
    content = release.content
    return make_page(
        portal,
        f"datasets/{name}/index.html",
        "dataset.html",
        here="datasets",
        release=release,
        content=content,
        versions=portal.versions(name),
        notes=markdown.render(content.notes),
        entries=dictionary.entries(content),
        disclosure=statements.disclosure(content),
        quality=statements.quality(content),
        statement=statements,
        formats=known_formats(),
        citation=citation.as_text(content),
        tables=[frame for frame in content.frames if frame.kind is ProductKind.TABLE],
        records=[frame for frame in content.frames if frame.kind is ProductKind.MICRODATA],
        other_files=_other_files(release),
        data=f"{top_of(portal, f'datasets/{name}/')}data/{name}/",
        previews=[previews.make_preview(frame) for frame in content.frames],
        changes={item.content.manifest.vintage: revisions.say_changes(item.changed) for item in portal.versions(name)},
        markup=croissant.schema_org(release),
    )


def _dictionary(portal: Portal, name: str) -> Page:
    """Return the dictionary with every code in a further language; in the own one it is a file of the release."""
    return Page(f"datasets/{name}/dictionary.html", dictionary.as_html(portal.newest[name].content))


def _other_files(release: PublishedRelease) -> list[Any]:
    return [file for file in release.files if file.product is None]


def _headlines(portal: Portal) -> list[dict[str, Any]]:
    made = []
    for number, (name, (content, item)) in enumerate(portal.indicators.items()):
        view = portal.headline_view(name)
        headline = readings.make_headline(view) if view else None
        spark = ""
        if view and headline and headline.points:
            spark = sparks.spark_svg(
                headline.points,
                name=f"h{number}",
                title=item.indicator.title,
                says=f"{say('Over time.')} {headline.reading}",
            )
        made.append(
            {"name": name, "content": content, "indicator": item.indicator, "headline": headline, "spark": spark}
        )
    return made


def _flags(content: Content, codes: Sequence[str]) -> list[str]:
    """Return the words of an indicator's comparability flags; what a page must do about one is no word to its reader."""
    given = content.comparability
    words = [given[code] if isinstance(given.get(code), dict) else {} for code in codes]
    return [str(item.get("says") or code.replace("_", " ").lower()) for code, item in zip(codes, words, strict=True)]


def _breaks(content: Content, views: Sequence[View]) -> list[Break]:
    """Return the breaks of the fields that an indicator's tables are made of; any other is no matter of its reader."""
    names = {name for view in views for name in (*view.frame.variables, *view.indicator.added_up)}
    fields = {content.variables[name].of or name if name in content.variables else name for name in names}
    return [item for item in content.contract.breaks if item.field in fields]


def _coverage(views: Sequence[View]) -> float | None:
    """Return the share of all areas that have records, as the table that stands for an indicator says it."""
    rows = [
        row for view in views for row in view.frame.rows if all(row[name] == TOTAL for name in view.frame.variables)
    ]
    return next((row["coverage"] for row in rows if row["coverage"] is not None), None)

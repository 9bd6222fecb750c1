"""Makes the pages that set areas side by side: one for each area with its neighbors and its like, and one for any choice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openjustice.contracts.release import ProductKind
from openjustice.public.publish.language import say
from openjustice.public.site import comparison, neighbors
from openjustice.public.site.portal import Area, Fact, Portal, leading_facts


def index_page(portal: Portal) -> dict[str, Any]:
    """Return what the page of all comparisons shows: every area of every indicator, on one scale."""
    return {"comparisons": comparison.compare_areas(portal, portal.areas, prefix="all")}


def area_page(portal: Portal, area: Area) -> dict[str, Any]:
    """Return what an area's page of comparisons shows: two groups of at most five, with their context."""
    groups = [
        _group(portal, area, others, number=number, title=title, says=says)
        for number, (others, title, says) in enumerate(_groups(portal, area))
        if others
    ]
    first = groups[0]["codes"] if groups else area.code
    return {"area": area, "groups": groups, "codes": first}


def _groups(portal: Portal, area: Area) -> list[tuple[list[Area], str, str]]:
    by_code = {item.code: item for item in portal.areas}
    residents = count_residents(portal)
    borders = portal.remember("neighbors", lambda: _find_neighbors(portal))[area.code]
    near = neighbors.choose_neighbors(area.code, borders, residents)
    alike = neighbors.find_alike(residents, tuple(by_code))[area.code]
    noun = portal.jurisdiction.area_noun_plural
    near_says = (
        say(
            "It borders on {count} {areas}; shown are the four most like it by residents.",
            count=len(borders),
            areas=noun,
        )
        if len(borders) > len(near)
        else say("The {areas} that it borders on.", areas=noun)
    )
    like_says = say("The {areas} whose number of residents is nearest to its own.", areas=noun)
    return [
        ([by_code[code] for code in near], say("Beside its neighbors"), near_says),
        ([by_code[code] for code in alike], say("Beside places of its size"), like_says),
    ]


def _find_neighbors(portal: Portal) -> dict[str, tuple[str, ...]]:
    shapes = next((item.content.map for item in reversed(portal.releases) if item.content.map), None)
    return neighbors.find_neighbors(shapes, [item.code for item in portal.areas])


def _group(portal: Portal, area: Area, others: Sequence[Area], *, number: int, title: str, says: str) -> dict[str, Any]:
    areas = (area, *sorted(others, key=lambda item: item.label))
    facts = {item.label: leading_facts(portal.facts(item)) for item in areas}
    titles = list(dict.fromkeys(fact.title for row in facts.values() for fact in row))
    return {
        "id": f"group{number}",
        "title": title,
        "says": says,
        "codes": ",".join(item.code for item in areas),
        "fact_titles": titles,
        "facts": [(label, [_titled(row, name) for name in titles]) for label, row in facts.items()] if titles else [],
        "comparisons": comparison.compare_areas(portal, areas, home=area, with_lines=True, prefix=f"g{number}"),
    }


def _titled(facts: Sequence[Fact], title: str) -> Fact | None:
    return next((item for item in facts if item.title == title), None)


def count_residents(portal: Portal) -> dict[str, float]:
    """Return the newest number of residents of each area, from the first context dataset that counts them, or the code list."""
    return portal.remember("residents", lambda: _count_residents(portal))


def _count_residents(portal: Portal) -> dict[str, float]:
    for release in portal.newest.values():
        content = release.content
        if content.contract.persons:
            continue
        for frame in content.frames:
            names = [column.name for column in frame.columns]
            place = next((name for name in names if name in content.area_variables), None)
            count = next((name for name in names if name in ("residents", "population")), None)
            if frame.kind is ProductKind.MICRODATA and place and count:
                time = next((name for name in names if name == content.contract.period.field or name == "year"), None)
                rows = sorted(frame.rows, key=lambda row: str(row[time]) if time else "")
                found = {row[place]: float(row[count]) for row in rows if row[count]}
                if len({(row[place], row.get(time or "")) for row in rows}) == len(rows):
                    return found
    codelist = portal.releases[-1].content.codelists.get(portal.jurisdiction.area_codelist)
    return {code: float(people) for code, people in (codelist.attribute("population") if codelist else {}).items()}

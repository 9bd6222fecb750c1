"""Makes the explorer of a dataset: the page that stands without a script, and the sealed tables that the script reads."""

from __future__ import annotations

import json
from itertools import combinations
from typing import Any

from openjustice.public.publish import citation
from openjustice.public.publish.content import MARKERS, NUMBER_COLUMNS, Content
from openjustice.public.publish.language import say
from openjustice.public.publish.variables import TOTAL
from openjustice.public.site import fairness, statements
from openjustice.public.site.figures import View
from openjustice.public.site.portal import Portal

NUMBERS = tuple(name for name in NUMBER_COLUMNS if name != "times")


def explorable(portal: Portal) -> tuple[str, ...]:
    """Return the datasets that have a table of an indicator to explore."""
    return tuple(dict.fromkeys(content.dataset for content, _ in portal.indicators.values()))


def page(portal: Portal, dataset: str) -> dict[str, Any]:
    """Return what the explorer's page shows where no script runs: every table with its files."""
    release = portal.newest[dataset]
    measures = [
        {"name": name, "indicator": portal.indicators[name][1].indicator, "views": portal.views(name)}
        for name in _measures(portal, dataset)
    ]
    return {
        "content": release.content,
        "measures": measures,
        "files": {frame.id: release.files_of(frame.id) for frame in release.content.frames},
    }


def tables_script(portal: Portal, dataset: str) -> str:
    """Return a script that holds every table of a dataset as it was sealed, with the words that the explorer says."""
    content = portal.newest[dataset].content
    names = _measures(portal, dataset)
    given = {
        "dataset": dataset,
        "title": content.contract.title,
        "vintage": content.manifest.vintage,
        "manifest": content.manifest.digest,
        "citation": citation.as_text(content),
        "license": content.jurisdiction.license.title,
        "license_url": content.jurisdiction.license.url,
        "invented": content.jurisdiction.invented,
        "total": TOTAL,
        "columns": list(NUMBERS),
        "markers": {code: list(words) for code, words in MARKERS.items()},
        "measures": [_measure(portal, content, name) for name in names],
        "obstacles": _obstacles(portal, names),
        "words": _words(),
    }
    return f"globalThis.openjusticeTables = {json.dumps(given, ensure_ascii=False, separators=(',', ':'))};\n"


def _measures(portal: Portal, dataset: str) -> tuple[str, ...]:
    return tuple(name for name, (content, _) in portal.indicators.items() if content.dataset == dataset)


def _measure(portal: Portal, content: Content, name: str) -> dict[str, Any]:
    indicator = portal.indicators[name][1].indicator
    changed = statements.consequence(content)
    return {
        "name": name,
        "title": indicator.title,
        "says": indicator.says,
        "unit": indicator.unit,
        "decimals": indicator.decimals,
        "divided": indicator.denominator is not None,
        "interval": f"{indicator.confidence * 100:g} %" if indicator.interval != "none" else "",
        "flags": [*fairness.caveats(content, indicator.flags), *changed],
        "cannot": list(indicator.cannot_infer),
        "tables": [_table(view) for view in portal.views(name)],
    }


def _table(view: View) -> dict[str, Any]:
    declared = view.indicator.breakdowns[view.frame.breakdown or ""]
    return {
        "name": view.frame.breakdown,
        "id": view.frame.id,
        "title": declared.title,
        "note": declared.note,
        "lines": view.has_comparable_periods,
        "variables": [
            {
                "name": name,
                "title": view.variable(name).title,
                "time": name == view.period,
                "area": view.is_area(name),
                "divides": view.is_divided_by(name),
                "codes": [
                    [code, view.period_label(code) if name == view.period else view.variable(name).label(code)]
                    for code in (*view.codes(name), TOTAL)
                ],
            }
            for name in view.frame.variables
        ],
        "rows": [[*(row[name] for name in (*view.frame.variables, *NUMBERS))] for row in view.frame.rows],
    }


def _obstacles(portal: Portal, names: tuple[str, ...]) -> dict[str, list[str]]:
    """Return for each pair of measures why they may not stand on one scale, in both orders; pairs that may are left out."""
    made = {}
    for one, two in combinations(names, 2):
        numbers = [fairness.as_number(portal.indicators[name][1].indicator, period="2000") for name in (one, two)]
        if reasons := list(fairness.find_obstacles(*numbers)):
            made[f"{one}|{two}"] = made[f"{two}|{one}"] = reasons
    return made


def _words() -> dict[str, str]:
    return {
        "value": say("Value"),
        "interval": say("Interval"),
        "count": say("Count"),
        "divisor": say("Divided by"),
        "coverage": say("Coverage"),
        "table": say("Table: {title}"),
        "measure": say("Measure"),
        "all": say("All"),
        "shown": say("{count} numbers are shown."),
        "nothing": say("Nothing is chosen."),
        "apart": say("Shown apart, each on its own scale."),
        "counts": say("These are counts. Places of different size have different counts whatever happens there."),
        "own": say("The areas have no denominators of their own."),
        "incomplete": say("For one of them not all who should report did."),
        "most": say("At most {count} can be chosen; more lines cannot be told apart."),
        "provisional": say("hollow: provisional"),
        "withheld": say("square: withheld, not zero"),
        "unavailable": say("cross: not available"),
        "broken": say("dashed line: the definition changed"),
        "band": say("thin line: {share} confidence interval"),
        "older": say(
            "This link was made with the release {old}; the numbers below are of {new}. The files of the older release still "
            "stand unchanged among the dataset's versions."
        ),
        "source": say("Source"),
        "remember": say("To remember"),
        "high": say("Highest: {value} ({where})."),
        "low": say("Lowest: {value} ({where})."),
        "none": say("No number can be shown."),
        "copied": say("Copied."),
    }

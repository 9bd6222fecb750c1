"""One page per dataset whose agencies can be compared: for each measure, which pairs may stand side by side, and why not."""

from __future__ import annotations

from itertools import combinations

from openjustice.cli.house.reference import markdown
from openjustice.contracts.jurisdiction import Dataset
from openjustice.standards import definitions as defining
from openjustice.standards.comparability import Answer, Verdict
from openjustice.standards.definitions import Definitions, Measure, Standing

_MARKS = {Verdict.COMPARABLE: "yes", Verdict.WITH_CAVEATS: "with care", Verdict.NOT_COMPARABLE: "no"}


def make_page(dataset: Dataset, known: Definitions) -> str:
    """Write the page: how each agency defines what it counts, then every pair by every measure with its reasons."""
    standings = [source.standing for _, source in sorted(dataset.sources.items())]
    return markdown.page(
        f"Which agencies compare: {dataset.contract.title.lower()}",
        f"Made from the profiles and the measured figures of the agencies' folders by the rules of `common/definitions/{known.name}.yaml`. "
        "`openjustice compare A B --measure M` gives the same answers with every caveat.",
        "## What each agency counts",
        markdown.table(["", *(item.name for item in standings)], _positions(standings, known)),
        "## What was measured",
        markdown.table(["", *(item.name for item in standings)], _figures(standings, known)),
        *(_measure(item, standings, known) for item in known.measures.values()),
    )


def _positions(standings: list[Standing], known: Definitions) -> list[tuple[str, ...]]:
    return [
        (item.title, *(standing.positions.get(name, known.not_stated) for standing in standings))
        for name, item in known.dimensions.items()
    ]


def _figures(standings: list[Standing], known: Definitions) -> list[tuple[str, ...]]:
    counts = [(name.replace("_", " "), *(_count(item, name) for item in standings)) for name in standings[0].counts]
    shares = [
        (figure.says, *(f"{item.shares[name]:.1%}" if name in item.shares else "not known" for item in standings))
        for name, figure in known.figures.items()
    ]
    years = (
        "years",
        *("not known" if item.years is None else f"{item.years[0]}–{item.years[1]}" for item in standings),
    )
    return [years, *counts, *shares]


def _count(standing: Standing, name: str) -> str:
    return f"{standing.counts[name]:,}" if standing.counts.get(name) else "not told apart"


def _measure(measure: Measure, standings: list[Standing], known: Definitions) -> str:
    pairs = [
        (one, two, defining.compare(one, two, measure=measure, definitions=known))
        for one, two in combinations(standings, 2)
    ]
    tally = [f"{sum(answer.verdict is verdict for *_, answer in pairs)} {verdict.value}" for verdict in Verdict]
    rows = [(f"{one.name}, {two.name}", _MARKS[answer.verdict], _reasons(answer)) for one, two, answer in pairs]
    return "\n\n".join(
        [
            f"## {measure.title}",
            f"`{measure.name}`, in {measure.unit}. {measure.says} Of {len(pairs)} pairs: {', '.join(tally)}.",
            markdown.table(["pair", "side by side", "why not, or with which caveats"], rows),
        ]
    )


def _reasons(answer: Answer) -> str:
    if answer.refusals:
        return " ".join(item.words for item in answer.refusals)
    told = dict.fromkeys(f"{item.code.replace('_', ' ')} ({item.about.replace('_', ' ')})" for item in answer.reasons)
    return "caveats: " + "; ".join(told) if told else ""

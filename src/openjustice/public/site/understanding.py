"""Gathers the pages that help to read the numbers: beliefs that they do not bear out, words, and what protection costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from openjustice.contracts.release import ProductKind
from openjustice.public.publish.language import say
from openjustice.public.site import comparison, numbers, ranking, statements
from openjustice.public.site.portal import Portal


@dataclass(frozen=True)
class Myth:
    """A belief that is often read into numbers, what they say instead, and where these pages show it."""

    belief: str
    truth: str
    seen: str = ""
    link: str = ""


@dataclass(frozen=True)
class Term:
    """One word and what it means here."""

    word: str
    means: str


@dataclass(frozen=True)
class Protected:
    """What protection did to one release: how many numbers are withheld, by which rules, and whether attacks failed."""

    release: Any
    withheld: int
    of: int
    zeros: int
    disclosure: statements.Disclosure
    attacks: tuple[tuple[str, bool], ...]
    is_newest: bool


def find_myths(portal: Portal) -> tuple[Myth, ...]:
    """Return the beliefs that these pages answer, each with what the newest releases show of it."""
    return tuple(
        Myth(belief, truth, *(seen or ("", "")))
        for belief, truth, seen in (
            (
                say("“A number that is not shown is zero, or somebody hides something.”"),
                say(
                    "Zero, withheld, not available and not applicable are four things. A true zero is shown as 0. Small numbers "
                    "are withheld so that no person can be recognized, by rules that are published and the same for everyone."
                ),
                _seen_withheld(portal),
            ),
            (
                say("“The place with the highest rate is the worst.”"),
                say(
                    "A rate of a small place moves much by chance. Each place can stand anywhere within a span of places; where "
                    "the spans cross, no one can say which is higher. And a rate does not tell why."
                ),
                _seen_ranks(portal),
            ),
            (
                say("“Big places do worse: look how many cases they have.”"),
                say(
                    "A count grows with the number of people. Places of different size are compared by rates, and counts of "
                    "different places are never drawn on one scale here."
                ),
                _seen_counts(portal),
            ),
            (
                say("“It went down last year, so it is getting better.”"),
                say(
                    "Recent periods are often provisional: late reports and open investigations still come in, and the number "
                    "will rise. Such points are hollow, and no change is read from them."
                ),
                _seen_provisional(portal),
            ),
            (
                say("“The line jumps, so something happened that year.”"),
                say(
                    "Sometimes what jumps is the definition. Where it changed, the line is broken, and nothing is compared across."
                ),
                _seen_breaks(portal),
            ),
            (
                say("“A correction means that the first number was made up.”"),
                say(
                    "Reports come late and mistakes are found. A sealed release is never edited: a correction is a new release "
                    "with a note, and the old one still stands beside it."
                ),
                (say("Every correction, with what changed."), "corrections.html"),
            ),
            (
                say("“The data prove what caused it.”"),
                say(
                    "The numbers say what was reported. They do not say why, and nobody was assigned at random to a county, an "
                    "agency or an officer."
                ),
                None,
            ),
        )
    )


def _seen_withheld(portal: Portal) -> tuple[str, str]:
    found = [item for item in find_protected(portal) if item.is_newest]
    given = {
        "withheld": numbers.number(sum(item.withheld for item in found)),
        "all": numbers.number(sum(item.of for item in found)),
        "zeros": numbers.number(sum(item.zeros for item in found)),
    }
    return say(
        "In the newest releases {withheld} of {all} numbers are withheld, and {zeros} are true zeros.", **given
    ), "protection.html"


def _seen_ranks(portal: Portal) -> tuple[str, str] | None:
    for name in portal.indicators:
        view = comparison.view_by_area(portal, name)
        if view is None:
            continue
        found = ranking.rank_areas(view, area=view.others[0], at=view.common_period)
        if found.standings and (top := found.standings[0]).last > 1:
            words = say(
                "{area} has the highest number of “{indicator}”, and can stand anywhere from place {first} to {last}.",
                area=top.label, indicator=view.indicator.title, first=top.first, last=top.last,
            )  # fmt: skip
            return words, f"indicators/{name}.html#ranks"
    return None


def _seen_counts(portal: Portal) -> tuple[str, str] | None:
    for name, (_, item) in portal.indicators.items():
        view = comparison.view_by_area(portal, name)
        if view is not None and item.indicator.denominator is None:
            return say("See how “{indicator}” stands apart.", indicator=item.indicator.title), "compare/index.html"
    return None


def _seen_provisional(portal: Portal) -> tuple[str, str] | None:
    for name, (content, item) in portal.indicators.items():
        rows = [row for view in portal.views(name) for row in view.frame.rows]
        if content.contract.maturity and any(row["status_marker"] == "p" for row in rows):
            words = f"{item.indicator.title}: {content.contract.maturity.says}"
            return words, f"indicators/{name}.html#comparable"
    return None


def _seen_breaks(portal: Portal) -> tuple[str, str] | None:
    for name, (content, item) in portal.indicators.items():
        rows = [row for view in portal.views(name) for row in view.frame.rows]
        if content.contract.breaks and any(row["status_marker"] == "b" for row in rows):
            return f"{item.indicator.title}: {content.contract.breaks[0].says}", f"indicators/{name}.html#comparable"
    return None


def find_protected(portal: Portal) -> tuple[Protected, ...]:
    """Return what protection did to every release, the newest first; releases without persons withhold nothing."""
    newest = {item.content.address for item in portal.newest.values()}
    return tuple(
        _protected(release, is_newest=release.content.address in newest)
        for release in reversed(portal.releases)
        if release.content.contract.persons
    )


def _protected(release: Any, *, is_newest: bool) -> Protected:
    content = release.content
    disclosure = statements.disclosure(content)
    rows = [row for frame in content.frames if frame.kind is ProductKind.TABLE for row in frame.rows]
    attacks = tuple(
        dict.fromkeys(
            (str(item.get("attack", "")), bool(item.get("passed"))) for item in content.report.get("attacks", ())
        )
    )
    return Protected(
        release=release,
        withheld=sum(item.withheld for item in disclosure.tables),
        of=sum(item.of for item in disclosure.tables),
        zeros=sum(row["numerator"] == 0 for row in rows),
        disclosure=disclosure,
        attacks=attacks,
        is_newest=is_newest,
    )


def glossary() -> tuple[Term, ...]:
    """Return the words that every page uses, by alphabet in the language that is spoken."""
    return tuple(sorted(_terms(), key=lambda item: item.word.lower()))


def _terms() -> Iterator[Term]:
    for word, means in (
        (say("Agency"), say("An office that holds records about what it did.")),
        (say("Break in series"), say("A change of definition. Numbers before and after do not mean the same.")),
        (say("Breakdown"), say("An indicator split by something: by year, by place, by race or ethnicity, by sex, by age.")),
        (say("Checker"), say("A person who did not write a release and must agree before it is sealed. There are two.")),
        (say("Confidence interval"), say("The span within which the number could lie if chance alone were at work. It knows nothing of errors in reporting.")),
        (say("Count"), say("How many were reported. It grows with the number of people, so places are not compared by it.")),
        (say("Coverage"), say("The share of those who should report that did.")),
        (say("Dataset"), say("Records of one kind, collected under one contract that says what each field means.")),
        (say("Denominator"), say("What a count is divided by to make a rate: residents, arrests, cases.")),
        (say("Disclosure"), say("Finding out something about a person from published numbers.")),
        (say("Indicator"), say("A number with a written definition: what is counted, over what, in which unit, and what it cannot tell.")),
        (say("Ledger"), say("The list of all releases, chained so that none can be changed, removed or moved unseen.")),
        (say("Not applicable"), say("There is no such thing to count here.")),
        (say("Not available"), say("It was not reported, is not known, or rests on too few cases to say.")),
        (say("Policy"), say("The signed rules by which the people in a dataset are protected.")),
        (say("Provisional"), say("Not final: later releases will change it.")),
        (say("Rate"), say("A count divided by its denominator, for each 100 or 100,000.")),
        (say("Release"), say("A sealed set of tables and files of one dataset. It never changes.")),
        (say("Reporter"), say("An agency that must report.")),
        (say("Revised"), say("Changed since an earlier release.")),
        (say("Span of places"), say("Between which places of a ranking an area can stand, given its interval and those of all others.")),
        (say("Vintage"), say("Which release a number is from: the day it was made, and its number on that day.")),
        (say("Withheld"), say("Not shown, so that no person can be recognized. It is not zero.")),
    ):  # fmt: skip
        yield Term(word, means)


def declared_terms(portal: Portal) -> tuple[tuple[str, tuple[Term, ...]], ...]:
    """Return for each dataset the words of its public variables, as its dictionary has them."""
    found = []
    for release in portal.newest.values():
        content = release.content
        used = {name for frame in content.frames for name in frame.variables}
        terms = tuple(
            Term(item.title, item.says)
            for name, item in content.variables.items()
            if name in used and item.says.strip()
        )
        if terms:
            found.append((content.dataset, terms))
    return tuple(found)


def attack_words() -> dict[str, str]:
    """Return what each attack on a release tries, in words."""
    return {
        "interval": say("Solving the tables as equations to work out what is withheld"),
        "differencing": say("Subtracting earlier releases from the new one"),
        "matching": say("Matching the records with what an outsider may know"),
        "press": say("Finding a person of whom the press has written"),
        "homogeneity": say("Reading something about everybody of a group, since all of it have it in common"),
        "attribute": say("Guessing something about a person from the others"),
        "membership": say("Finding out whether a person is in the data"),
        "neighbor": say("Finding the person nearest to what is known"),
        "exclusion": say("Working out who was left out of the record file"),
    }


def standing_of(portal: Portal, code: str) -> dict[str, tuple[int, int, int]]:
    """Return for each indicator that can be ranked between which places an area can stand, and among how many."""
    made = {}
    for name, found in portal_rankings(portal).items():
        if (item := found.of(code)) is not None:
            made[name] = (item.first, item.last, len(found.standings))
    return made


def portal_rankings(portal: Portal) -> dict[str, ranking.Ranking]:
    """Return the ranking, or why there is none, of every indicator that has a table by area."""
    return portal.remember("rankings", lambda: dict(_rankings(portal)))


def _rankings(portal: Portal) -> Iterator[tuple[str, ranking.Ranking]]:
    for name in portal.indicators:
        view = comparison.view_by_area(portal, name)
        if view is not None:
            yield name, ranking.rank_areas(view, area=view.others[0], at=view.common_period)

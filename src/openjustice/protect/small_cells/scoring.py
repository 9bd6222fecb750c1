"""Scores a table by declared rules, line by line, and says whether its small counts must be hidden. It holds no number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from openjustice.contracts.small_cells import Band, ScoredTable, ScoredVariable, ScoringRules, TableVariable
from openjustice.ground import errors


class Verdict(StrEnum):
    """What becomes of a table's small counts."""

    UNSCORED = "no further analysis needed"
    RELEASE = "release"
    SUPPRESS = "suppress"
    UNKNOWN = "cannot be judged"


@dataclass(frozen=True)
class ScoreLine:
    """One line of a score: the variable, what it was judged by, its points (None where they are not known), and the rule."""

    variable: str
    title: str
    judged_by: str
    points: int | None
    rule: str
    verified: bool
    review: str = ""


@dataclass(frozen=True)
class Score:
    """A table's score with every line that made it, and the verdict in words."""

    table: str
    rules: str
    lines: tuple[ScoreLine, ...]
    total: int | None
    suppress_at: int
    verdict: Verdict
    says: str
    source: str
    status: str

    def as_dict(self) -> dict[str, Any]:
        """Return this score as plain values for JSON."""
        return asdict(self) | {"lines": [asdict(line) for line in self.lines], "verdict": str(self.verdict)}


def score_table(table: ScoredTable, *, rules: ScoringRules) -> Score:
    """Score one table by declared rules and say what becomes of its small counts.

    Claims: the score is the sum of its lines, and each line cites the rule that gave its points. Surprises: of several
    figures for one variable the one with most points counts; a table whose smallest count and denominator are large
    enough needs no score, and has one all the same for the reader. Raises ProtectionRefused where the rules do not know a
    variable, or a figure is wanting.
    """
    faults: list[errors.Fault] = []
    lines = [_events_line(table, rules=rules), *_variable_lines(table, rules=rules, faults=faults)]
    if faults:
        raise errors.ProtectionRefused(faults)
    lines.append(_interactions_line(table, rules=rules))
    total = _total(lines)
    verdict = _judge(table, total=total, rules=rules)
    return Score(
        table=table.title,
        rules=rules.title,
        lines=tuple(lines),
        total=total,
        suppress_at=rules.suppress_at,
        verdict=verdict,
        says=_in_words(verdict, total=total, rules=rules),
        source=rules.source,
        status=rules.status,
    )


def _events_line(table: ScoredTable, *, rules: ScoringRules) -> ScoreLine:
    declared = rules.variables[rules.events]
    judged_by = f"smallest count {table.smallest_count:,}"
    if declared.unknown:
        return _unknown_line(rules.events, declared, judged_by=judged_by)
    band = _highest(declared.bands, [table.smallest_count])
    return _line(rules.events, declared, judged_by=judged_by, band=band)


def _variable_lines(table: ScoredTable, *, rules: ScoringRules, faults: list[errors.Fault]) -> list[ScoreLine]:
    lines = []
    for item in table.variables:
        declared = rules.variables.get(item.scored_as)
        if declared is None or item.scored_as == rules.events:
            known = ", ".join(sorted(set(rules.variables) - {rules.events}))
            faults.append(_fault("variable_unscored", f"'{item.scored_as}' is no variable of {rules.title}.", known))
        elif declared.unknown:
            lines.append(_unknown_line(item.scored_as, declared, judged_by=item.name or "as given"))
        else:
            line = _variable_line(item, declared, rules=rules, faults=faults)
            lines += [line] if line else []
    return lines


def _variable_line(
    item: TableVariable, declared: ScoredVariable, *, rules: ScoringRules, faults: list[errors.Fault]
) -> ScoreLine | None:
    """Score one variable: by its named choice, by a number in its own bands, or by population on the scale it refers to."""
    if item.choice is not None:
        points = declared.choices.get(item.choice)
        if points is None:
            faults.append(_fault("choice_unknown", f"'{item.scored_as}' has no '{item.choice}'.", _known(declared)))
            return None
        chosen = item.choice.replace("_", " ")
        return ScoreLine(
            item.scored_as, declared.title, _named(item, chosen), points, chosen, declared.verified, _review(item, declared)
        )  # fmt: skip
    bands, figures, noun = _figures(item, declared, rules=rules)
    band = _highest(bands, figures)
    if band is None:
        faults.append(_fault("figure_wanting", f"Nothing says how '{item.scored_as}' is scored.", _known(declared)))
        return None
    judged_by = _named(item, f"{noun} {' and '.join(f'{figure:,}' for figure in figures)}")
    return _line(item.scored_as, declared, judged_by=judged_by, band=band, review=_review(item, declared))


def _figures(
    item: TableVariable, declared: ScoredVariable, *, rules: ScoringRules
) -> tuple[Sequence[Band], list[int], str]:
    """Return the bands that apply, the figures to look up in them, and what the figures are."""
    measure = declared.measure
    if declared.scale and measure != "population" and item.population is not None:
        return rules.scales[declared.scale].bands, _numbers(item.population), "population"
    given = getattr(item, measure) if measure and measure != "count" else None
    return declared.bands, _numbers(given), str(measure)


def _interactions_line(table: ScoredTable, *, rules: ScoringRules) -> ScoreLine:
    """Score the variables that stand together: how many of them say something of a person."""
    count = sum(rules.variables[item.scored_as].personal for item in table.variables)
    judged_by = f"{count} beside events, time and geography" if count else "events, time and geography alone"
    declared = rules.interactions
    band = _highest(declared.with_others, [count]) if count else _highest(declared.alone, [table.smallest_count])
    if declared.unknown or band is None:
        return ScoreLine("interactions", declared.title, judged_by, None, "not known", verified=False)
    words = (
        f"{band.words} {'variable' if band.words == '1' else 'variables'}" if count else f"smallest count {band.words}"
    )
    return ScoreLine("interactions", declared.title, judged_by, band.points, words, verified=band.verified)


def _judge(table: ScoredTable, *, total: int | None, rules: ScoringRules) -> Verdict:
    unscored = rules.unscored
    if unscored is not None and table.smallest_denominator is not None:
        large = table.smallest_denominator >= unscored.denominator_at_least
        if large and table.smallest_count >= unscored.numerator_at_least:
            return Verdict.UNSCORED
    if total is None:
        return Verdict.UNKNOWN
    return Verdict.SUPPRESS if total >= rules.suppress_at else Verdict.RELEASE


def _in_words(verdict: Verdict, *, total: int | None, rules: ScoringRules) -> str:
    small = f"counts from {rules.small.at_least} to {rules.small.at_most}"
    match verdict:
        case Verdict.UNSCORED:
            return "Its smallest count and its smallest denominator are large enough: no further analysis is needed."
        case Verdict.RELEASE:
            return f"The score is {total}, below {rules.suppress_at}: the table may be released with its small counts."
        case Verdict.SUPPRESS:
            return (
                f"The score is {total}, at or above {rules.suppress_at}: {small} must be hidden, with what it takes that "
                "nobody can work them out, and with every rate made of them. Do not say why a count is hidden."
            )
        case Verdict.UNKNOWN:
            return "Some points are not known here, so the table cannot be judged by these rules."


def _total(lines: Sequence[ScoreLine]) -> int | None:
    points = [line.points for line in lines if line.points is not None]
    return sum(points) if len(points) == len(lines) else None


def _highest(bands: Sequence[Band], figures: Sequence[int]) -> Band | None:
    """Return the band with most points that any figure lies in; None where a figure lies in no band, or none is given."""
    found = [[band for band in bands if band.holds(figure)] for figure in figures]
    if not found or not all(found):
        return None
    return max((band for holding in found for band in holding), key=lambda band: band.points)


def _line(name: str, declared: ScoredVariable, *, judged_by: str, band: Band | None, review: str = "") -> ScoreLine:
    if band is None:
        return _unknown_line(name, declared, judged_by=judged_by)
    verified = declared.verified and band.verified
    return ScoreLine(name, declared.title, judged_by, band.points, band.words, verified, review)


def _unknown_line(name: str, declared: ScoredVariable, *, judged_by: str) -> ScoreLine:
    return ScoreLine(name, declared.title, judged_by, None, "not known", verified=False)


def _named(item: TableVariable, words: str) -> str:
    return f"{item.name}: {words}" if item.name else words


def _review(item: TableVariable, declared: ScoredVariable) -> str:
    if not declared.needs_review:
        return item.review
    return item.review or "needs review by an expert"


def _numbers(given: int | tuple[int, ...] | None) -> list[int]:
    if given is None:
        return []
    return [given] if isinstance(given, int) else list(given)


def _known(declared: ScoredVariable) -> str:
    """Say by what a variable may be scored."""
    ways = [f"choice: {name}" for name in declared.choices]
    ways += [f"{declared.measure}: a number that its bands hold"] if declared.bands else []
    ways += ["population: of its least common category"] if declared.scale else []
    return "; ".join(ways)


def _fault(code: str, what: str, known: str) -> errors.Fault:
    return errors.Fault(
        code=code, what=what, way_out=f"Give one of: {known}.", ask=errors.ProtectionRefused.who_must_act
    )

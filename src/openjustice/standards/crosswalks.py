"""Brings counts from one code list to another, by weights, and says what has no counterpart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import yaml

from openjustice.ground import errors


@dataclass(frozen=True)
class Crosswalk:
    """How each code of one list divides among the codes of another; `gaps` says why a code has no counterpart.

    The weights of a code add up to one exactly, so that no count is made or lost.
    """

    name: str
    title: str
    source_list: str
    target_list: str
    weights: Mapping[tuple[str, str], Fraction]
    gaps: Mapping[str, str]
    is_verified: bool = True


@dataclass(frozen=True)
class Carried:
    """Counts after a crosswalk, and what was left behind in its gaps."""

    counts: Mapping[str, Fraction]
    left: Mapping[str, Fraction]


def read_crosswalk(path: Path) -> Crosswalk:
    """Read a crosswalk; raises RegistryRefused where a code's weights do not add up to one or a gap has weights too."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        pairs = {(str(item["source"]), str(item["target"])): Fraction(str(item["weight"])) for item in content["pairs"]}
        crosswalk = Crosswalk(
            name=content["crosswalk"],
            title=content["title"],
            source_list=content["from"],
            target_list=content["to"],
            weights=pairs,
            gaps={str(code): why for code, why in (content.get("gaps") or {}).items()},
            is_verified=bool(content.get("verified", True)),
        )
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError):
        raise errors.RegistryRefused(_fault(path, "crosswalk_unreadable", "This crosswalk cannot be read.")) from None
    faults = [*_weight_faults(path, crosswalk), *_gap_faults(path, crosswalk)]
    if faults:
        raise errors.RegistryRefused(faults)
    return crosswalk


def carry_counts(counts: Mapping[str, int | Fraction], *, crosswalk: Crosswalk) -> Carried:
    """Carry counts over a crosswalk; what has no counterpart is left, and shown, so that both together give the total.

    Raises RegistryRefused for a code that the crosswalk does not know. Surprise: counts become fractions where a code
    divides.
    """
    known = {source for source, _ in crosswalk.weights} | set(crosswalk.gaps)
    unknown = sorted(set(counts) - known)
    if unknown:
        raise errors.RegistryRefused.because(
            "code_not_in_crosswalk",
            f"The crosswalk '{crosswalk.name}' does not know: {', '.join(unknown)}.",
            way_out="Give the code its weights, or declare the gap.",
        )
    carried: dict[str, Fraction] = {}
    for (source, target), weight in crosswalk.weights.items():
        if source in counts:
            carried[target] = carried.get(target, Fraction(0)) + weight * Fraction(counts[source])
    return Carried(counts=carried, left={code: Fraction(counts[code]) for code in crosswalk.gaps if code in counts})


def _weight_faults(path: Path, crosswalk: Crosswalk) -> list[errors.Fault]:
    totals: dict[str, Fraction] = {}
    for (source, _), weight in crosswalk.weights.items():
        totals[source] = totals.get(source, Fraction(0)) + weight
    return [
        _fault(path, "weights_do_not_add_up", f"The weights of '{source}' do not add up to one.")
        for source, total in sorted(totals.items())
        if total != 1
    ]


def _gap_faults(path: Path, crosswalk: Crosswalk) -> list[errors.Fault]:
    both = sorted({source for source, _ in crosswalk.weights} & set(crosswalk.gaps))
    return [_fault(path, "gap_with_weights", f"'{code}' is a gap and has weights too.") for code in both]


def _fault(path: Path, code: str, what: str) -> errors.Fault:
    place = errors.Place(file=path.name)
    return errors.Fault(
        code=code, what=what, way_out="Correct it there.", ask=errors.RegistryRefused.who_must_act, place=place
    )

"""Finds by itself which fields identify people, and proposes a few ways to tell less, each as good as it can be of its kind."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from openjustice.contracts.dataset import Codelist, Contract, FieldType
from openjustice.contracts.policy import Policy
from openjustice.ground import errors
from openjustice.ground.engine import Table
from openjustice.ground.terms import Role
from openjustice.protect.plan import microdata, snippet
from openjustice.protect.plan.ladders import Ladder, Rung, fields_of, make_ladders
from openjustice.protect.plan.microdata import ProtectedMicrodata
from openjustice.protect.plan.records import recode
from openjustice.protect.risk import Integers

_TOGETHER = 3  # fields that are tried together for what they identify
_MOST_FIELDS = 10  # in one file: the search for blanks doubles with each
_EMPHASIS, _AGAIN = 6.0, 0.3
_EPSILON = 1e-3  # of a halving: what tells nothing new is worth much, and not endlessly much


@dataclass(frozen=True)
class Telling:
    """Some fields together, and the share of records that they single out, as collected."""

    fields: tuple[str, ...]
    unique_share: float


@dataclass(frozen=True)
class Wish:
    """What a plan tries to keep: its name, in words, the kinds of field that weigh more, and what it allows."""

    name: str
    says: str
    kinds: tuple[str, ...]
    strictness: int = 1


WISHES = (
    Wish("balanced", "Every field counts alike.", ()),
    Wish("people", "Who: age, sex and ethnicity are kept as fine as can be.", ("person",)),
    Wish("time", "When: dates are kept as fine as can be.", ("time",)),
    Wish("place", "Where: places are kept as fine as can be.", ("place",)),
    Wish("stricter", "Every field counts alike, and twice as many records must look alike.", (), strictness=2),
)


@dataclass(frozen=True)
class Suggestion:
    """One plan: how each field is told, the file it makes, its risk and use, and the policy that says so."""

    wish: Wish
    k: int
    rungs: Mapping[str, Rung]
    policy: Policy
    text: str
    protected: ProtectedMicrodata = field(repr=False)
    utility: float = 0.0
    risk: float = 0.0
    highest: float = 0.0


@dataclass(frozen=True)
class Proposal:
    """What identifies people as the records were collected, and the plans to choose from."""

    records: int
    telling: tuple[Telling, ...]
    without: Mapping[str, float]
    suggestions: tuple[Suggestion, ...]
    ladders: Mapping[str, Ladder] = field(repr=False, default_factory=dict)


def suggest(
    records: Table,
    *,
    contract: Contract,
    codelists: Mapping[str, Codelist],
    places: Sequence[str],
    k: int,
    blanks: float,
    seed: int,
) -> Proposal:
    """Measure what identifies people in the records, and propose plans that remove it.

    `places`: the code lists that name places. `k`: how many records must look alike; `blanks`: the share of records that
    may need single values blanked besides. Each plan starts where nothing is told and takes finer steps; see `_search`.
    Of all plans found, each wish gets the one that keeps most of what it asks for. Raises ProtectionRefused where there is
    nothing to protect.
    """
    known = fields_of(contract, records, Role.QUASI_IDENTIFIER)
    sensitive = fields_of(contract, records, Role.SENSITIVE)
    if not known or records.row_count < k:
        raise errors.ProtectionRefused.because(
            "nothing_to_suggest",
            "There is no field that a stranger could know, or there are fewer records than must look alike.",
            way_out="Look at the roles of the fields in the contract, or publish tables alone.",
        )
    ladders = make_ladders(records, contract=contract, codelists=codelists, fields=[*known, *sensitive])
    kinds = {name: _kind(contract, ladders[name][0], places=places) for name in ladders}
    made: list[Suggestion] = []
    again = _told_again(known, contract=contract)
    for wish, chosen in _choose(ladders, known, kinds=kinds, again=again, k=k, blanks=blanks):
        settled = _settle_sensitive(chosen, ladders, sensitive)
        made.append(
            _protect(
                records,
                settled,
                wish=wish,
                k=k * wish.strictness,
                contract=contract,
                codelists=codelists,
                seed=seed,
                again=again,
            )
        )
    return Proposal(
        records=records.row_count,
        telling=find_telling({name: ladders[name][0].codes for name in known}),
        without=_without({name: ladders[name][0].codes for name in known}),
        suggestions=tuple(made),
        ladders=ladders,
    )


def find_telling(codes: Mapping[str, Integers], *, most: int = 8) -> tuple[Telling, ...]:
    """Return all fields together, then the smallest sets of up to three fields that single out most records.

    A set is told only where it singles out clearly more than each part of it does.
    """
    everything = Telling(tuple(codes), unique_share([*codes.values()]))
    shares: dict[tuple[str, ...], float] = {(): 0.0}
    for size in range(1, min(_TOGETHER, len(codes)) + 1):
        for names in combinations(codes, size):
            shares[names] = unique_share([codes[name] for name in names])
    found = [
        Telling(names, share)
        for names, share in shares.items()
        if share > 0.01 and all(share > 1.25 * shares[part] for part in combinations(names, len(names) - 1))
    ]
    found.sort(key=lambda item: (-item.unique_share, len(item.fields), item.fields))
    return (everything, *(item for item in found[:most] if item.fields != everything.fields))


def unique_share(columns: Sequence[Integers]) -> float:
    """Return the share of records that are alone in these columns."""
    return float((sizes_of(columns) == 1).mean()) if columns else 0.0


def sizes_of(columns: Sequence[Integers]) -> Integers:
    """Return for each record how many share its codes in all columns; classes are numbered anew where they grow too many."""
    group = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        _, group = np.unique(group * (int(column.max(initial=0)) + 1) + column, return_inverse=True)
    return np.bincount(group)[group].astype(np.int64)


def _without(codes: Mapping[str, Integers]) -> dict[str, float]:
    return {name: unique_share([column for other, column in codes.items() if other != name]) for name in codes}


def _kind(contract: Contract, finest: Rung, *, places: Sequence[str]) -> str:
    declared = contract.fields[finest.field]
    if declared.role is Role.SENSITIVE:
        return "sensitive"
    if declared.type is FieldType.DATE or finest.field.endswith(("_date", "_at", "_on", "year", "month", "day")):
        return "time"
    if declared.type is FieldType.NUMBER or str(declared.codelist).partition("@")[0] in places:
        return "place"
    return "person" if declared.concept or declared.type is FieldType.INTEGER or "sex" in finest.field else "other"


def _told_again(known: Sequence[str], *, contract: Contract) -> set[str]:
    """Return the fields that tell a concept of an earlier field once more, such as ethnicity as somebody else saw it."""
    concepts = [contract.fields[name].concept for name in known]
    return {name for at, name in enumerate(known) if concepts[at] and concepts[at] in concepts[:at]}


def _choose(
    ladders: Mapping[str, Ladder],
    known: Sequence[str],
    *,
    kinds: Mapping[str, str],
    again: Collection[str],
    k: int,
    blanks: float,
) -> list[tuple[Wish, dict[str, Rung]]]:
    """Return for each wish the best plan that the search for any wish found; the same plan only once."""
    wishes = [wish for wish in WISHES if not wish.kinds or any(kinds[name] in wish.kinds for name in known)]
    weights = {
        wish.name: {
            name: (_EMPHASIS if kinds[name] in wish.kinds else 1.0) * (_AGAIN if name in again else 1.0)
            for name in known
        }
        for wish in wishes
    }
    found = {
        wish.name: _search(ladders, known, weights=weights[wish.name], k=k * wish.strictness, blanks=blanks)
        for wish in wishes
    }
    chosen: list[tuple[Wish, dict[str, Rung]]] = []
    for wish in wishes:
        able = [found[other.name] for other in wishes if other.strictness >= wish.strictness]
        best = max(able, key=lambda item: sum(weights[wish.name][n] * ladders[n][at].detail for n, at in item.items()))
        rungs = {name: ladders[name][best.get(name, 0)] for name in ladders}
        if all(other.strictness != wish.strictness or _rules(rungs) != _rules(known_) for other, known_ in chosen):
            chosen.append((wish, rungs))
    return chosen


def _search(
    ladders: Mapping[str, Ladder], known: Sequence[str], *, weights: Mapping[str, float], k: int, blanks: float
) -> dict[str, int]:
    """Return the rung of each field, as fine as the share of records in classes under k allows.

    It starts where nothing is told and takes the finer step, again and again, that gives most detail for the information
    about a person that it adds, as long as any can be taken.
    """
    levels = {name: len(ladders[name]) - 1 for name in known}
    while True:
        bits = _bits(ladders, levels)
        able = []
        for name in known:
            for finer in range(levels[name] - 1, -1, -1):
                further = levels | {name: finer}
                if _at_risk(ladders, further, k=k) > blanks or _told(ladders, further) > _MOST_FIELDS:
                    break  # what is too fine here is too fine at every finer rung
                gain = weights[name] * (ladders[name][finer].detail - ladders[name][levels[name]].detail)
                able.append((gain / (_bits(ladders, further) - bits + _EPSILON), name, finer))
        if not able:
            return levels
        _, name, finer = max(able)
        levels[name] = finer


def _told(ladders: Mapping[str, Ladder], levels: Mapping[str, int]) -> int:
    return sum(ladders[name][level].rule is not None for name, level in levels.items())


def _columns(ladders: Mapping[str, Ladder], levels: Mapping[str, int]) -> list[Integers]:
    return [ladders[name][level].codes for name, level in levels.items() if ladders[name][level].rule is not None]


def _at_risk(ladders: Mapping[str, Ladder], levels: Mapping[str, int], *, k: int) -> float:
    columns = _columns(ladders, levels)
    return float((sizes_of(columns) < k).mean()) if columns else 0.0


def _bits(ladders: Mapping[str, Ladder], levels: Mapping[str, int]) -> float:
    """Return how much the fields tell of a person: the mean number of halvings from all records down to the class."""
    columns = _columns(ladders, levels)
    return float(np.log2(len(columns[0]) / sizes_of(columns)).mean()) if columns else 0.0


def _settle_sensitive(
    chosen: Mapping[str, Rung], ladders: Mapping[str, Ladder], sensitive: Sequence[str]
) -> dict[str, Rung]:
    """Keep sensitive fields as collected, as many as the file may have; the rest is left out."""
    room = _MOST_FIELDS + 2 - sum(rung.rule is not None for name, rung in chosen.items() if name not in sensitive)
    return {
        name: rung if name not in sensitive or sensitive.index(name) < room else ladders[name][-1]
        for name, rung in chosen.items()
    }


def _rules(rungs: Mapping[str, Rung]) -> dict[str, object]:
    return {name: rung.rule for name, rung in rungs.items()}


def _protect(
    records: Table,
    chosen: Mapping[str, Rung],
    *,
    wish: Wish,
    k: int,
    contract: Contract,
    codelists: Mapping[str, Codelist],
    seed: int,
    again: Collection[str],
) -> Suggestion:
    policy, text = snippet.make_policy(chosen, contract=contract, k=k)
    recoded = recode(records, recodings=policy.tiers["public"].recode, contract=contract, codelists=codelists)
    done = microdata.protect(recoded, policy=policy, tier="public", seed=seed, alternatives=())
    after = [item.after for item in done.scenarios]
    return Suggestion(
        wish=wish,
        k=k,
        rungs=dict(chosen),
        policy=policy,
        text=text,
        protected=done,
        utility=_utility(chosen, done, again=again),
        risk=max(item.expected_rate for item in after),
        highest=max(item.highest_rate for item in after),
    )


def _utility(chosen: Mapping[str, Rung], done: ProtectedMicrodata, *, again: Collection[str]) -> float:
    """Return the mean detail that is left of all fields, after coarser terms and blanks; what is told again counts less."""
    names = snippet.names_of(chosen)
    blanked = done.suppressed.blanked.mean(axis=0)
    shares = {name: float(blanked[place]) for place, name in enumerate(done.suppressed.variables)}
    kept = [rung.detail * (1 - shares.get(names.get(name, ""), 0.0)) for name, rung in chosen.items()]
    return float(np.average(kept, weights=[_AGAIN if name in again else 1.0 for name in chosen]))

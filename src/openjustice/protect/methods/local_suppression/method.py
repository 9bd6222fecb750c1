"""Blanks single values of single records until every need holds: k records alike, l values in every class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.ground import engine, errors
from openjustice.ground.engine import Table, quote
from openjustice.ground.terms import Plane
from openjustice.protect import risk
from openjustice.protect.methods.local_suppression import compatible, diversity, search
from openjustice.protect.methods.local_suppression.parameters import Parameters
from openjustice.protect.risk import BLANK, Integers, Need


@dataclass(frozen=True)
class Suppressed:
    """The protected records, and what it took: record by record before and after, in the same order, as codes.

    `price` is the sum of the importances of all blanked values; `least_price` is a bound that no other choice of blanks
    can undercut, so price over least price says how far from the best this answer can be at most.
    """

    table: Table
    variables: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    before: Integers
    after: Integers
    price: float
    least_price: float

    @property
    def blanked(self) -> NDArray[np.bool_]:
        """Return which values were blanked, record by variable."""
        made: NDArray[np.bool_] = (self.before != BLANK) & (self.after == BLANK)
        return made


def suppress(
    records: Table,
    *,
    parameters: Parameters,
    variables: Sequence[str],
    needs: Sequence[Need],
    importance: Mapping[str, float],
    seed: int,
) -> Suppressed:
    """Blank as little as is found necessary, weighed by importance, until every need holds in the reading of the parameters.

    Claims: every need holds, in the strict reading whether a blank is a value or anything; only blanks are made; no record
    is lost.
    The rows come out sorted by all variables, so that their order says nothing. Raises ProtectionRefused where no choice
    of blanks can do it. Surprise: a class whose sensitive values are all alike loses them all, or its key is blanked.
    Sources: Samarati and Sweeney (1998), k-anonymity; Machanavajjhala et al. (2007), distinct l-diversity.
    """
    arrays = records.arrays(order_by=variables)
    coded = [risk.encode(arrays[name]) for name in variables]
    before = np.column_stack([codes for codes, _ in coded])
    labels = tuple(labels for _, labels in coded)
    strict = parameters.blank == "strict"
    _check_possible(before, labels=labels, variables=variables, needs=needs, strict=strict)
    prices = np.array([importance.get(name, 1.0) for name in variables])
    if strict:
        after = _satisfy(before, variables=variables, needs=needs, prices=prices, rounds=parameters.rounds, seed=seed)
    else:
        after = _satisfy_matching(before, variables=variables, needs=needs, prices=prices, seed=seed)
    return Suppressed(
        table=as_table(records, codes=after, variables=variables, labels=labels),
        variables=tuple(variables),
        labels=labels,
        before=before,
        after=after,
        price=float(((before != after) @ prices).sum()),
        least_price=_least_price(before, variables=variables, needs=needs, prices=prices) if strict else 0.0,
    )


def work_example(given: Mapping[str, Any]) -> Any:
    """Protect the rows of a worked example and return them."""
    variables = list(given["variables"])
    rows = [tuple(row[name] for name in variables) for row in given["rows"]]
    needs = [Need(scenario="example", key=tuple(n["key"]), k=n["k"], l=n.get("l", {})) for n in given["needs"]]
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as opened:
        columns = dict.fromkeys(variables, "VARCHAR")
        records = opened.make_table("records", columns=columns, rows=rows, plane=Plane.CONFIDENTIAL)
        importance = given.get("importance", {})
        made = suppress(
            records, parameters=Parameters(), variables=variables, needs=needs, importance=importance, seed=0
        )
        return made.table.rows()


def _satisfy(
    before: Integers,
    *,
    variables: Sequence[str],
    needs: Sequence[Need],
    prices: search.Numbers,
    rounds: int,
    seed: int,
) -> Integers:
    """Work on one need after the other until all hold together. It ends: each turn blanks something more."""
    asked = [(need, _aims(need, needs=needs, variables=variables, before=before)) for need in _by_width(needs)]
    current, settled = before, False
    for aim in (aim for _, aims in asked for aim in aims):
        current = diversity.withhold_rare(current, aim=aim, prices=prices)
    while not settled:
        settled = True
        for need, aims in asked:
            key = [variables.index(name) for name in need.key]
            if risk.class_sizes(current[:, key]).min(initial=need.k) < need.k:
                made = search.blank_to_k(current[:, key], k=need.k, prices=prices[key], rounds=rounds, seed=seed)
                current, settled = _with_columns(current, key, made), False
            for aim in aims:
                made = diversity.diversify(current, aim=aim, prices=prices)
                current, settled = made, settled and bool((made == current).all())
    return current


def _satisfy_matching(
    before: Integers, *, variables: Sequence[str], needs: Sequence[Need], prices: search.Numbers, seed: int
) -> Integers:
    """Work on one need after the other. A blank of one adds matches to every other, so once round is enough."""
    current = before
    for need in _by_width(needs):
        key = [variables.index(name) for name in need.key]
        made = compatible.blank_to_match(current[:, key], k=need.k, prices=prices[key], seed=seed)
        current = _with_columns(current, key, made)
    return current


def _by_width(needs: Sequence[Need]) -> list[Need]:
    # What holds for a wide key holds for every part of it, so the widest come first and spare work on the rest.
    return sorted(needs, key=lambda need: (-len(need.key), -need.k, need.scenario))


def _aims(need: Need, *, needs: Sequence[Need], variables: Sequence[str], before: Integers) -> list[diversity.Aim]:
    keys = [[variables.index(name) for name in item.key] for item in needs]
    key, k = [variables.index(name) for name in need.key], max(item.k for item in needs)
    return [
        diversity.Aim(
            key=key,
            sensitive=variables.index(name),
            least=least,
            truth=before[:, variables.index(name)],
            alike=sorted({variables.index(name), *key}.union(*keys)),
            lot=diversity.lot_of(key, keys=keys, k=k),
            keep=k,
        )
        for name, least in need.l.items()
    ]


def _with_columns(current: Integers, columns: list[int], made: Integers) -> Integers:
    changed = current.copy()
    changed[:, columns] = made
    return changed


def _least_price(before: Integers, *, variables: Sequence[str], needs: Sequence[Need], prices: search.Numbers) -> float:
    keys = [([variables.index(name) for name in need.key], need.k) for need in needs]
    return max((search.least_price(before[:, key], k=k, prices=prices[key]) for key, k in keys), default=0.0)


def as_table(records: Table, *, codes: Integers, variables: Sequence[str], labels: Sequence[tuple[str, ...]]) -> Table:
    """Write codes as a table of their labels, sorted by all variables, so that the order of the rows says nothing."""
    sorted_codes = codes[np.lexsort(codes.T[::-1])]
    arrays = {name: sorted_codes[:, index] for index, name in enumerate(variables)}
    coded = records.engine.make_table_from_arrays(
        f"{records.name}_codes", arrays=arrays, plane=records.plane, inputs=[records], statement="local_suppression"
    )
    made = ", ".join(
        f"CAST(list_extract($labels_{index}, {quote(name)}) AS VARCHAR) AS {quote(name)}"
        for index, name in enumerate(variables)
    )
    bound = {f"labels_{index}": list(known) for index, known in enumerate(labels)}
    statement = f"SELECT {made} FROM codes ORDER BY ALL"
    return records.engine.derive(f"{records.name}_protected", statement, inputs={"codes": coded}, parameters=bound)


def _check_possible(
    codes: Integers,
    *,
    labels: Sequence[tuple[str, ...]],
    variables: Sequence[str],
    needs: Sequence[Need],
    strict: bool,
) -> None:
    faults = []
    for need in needs:
        place = errors.Place(rule=need.scenario)
        if not strict and (need.l or len(need.key) > compatible.MOST_VARIABLES):
            what = f"Where a blank matches anything, '{need.scenario}' can ask for k alone, of {compatible.MOST_VARIABLES} variables at most."
            way_out = "Have a blank read strictly."
            faults.append(errors.Fault(code="reading_too_weak", what=what, way_out=way_out, place=place))
        if len(codes) < need.k:
            what = f"There are fewer records than the {need.k} that must be alike for '{need.scenario}'."
            way_out = "Publish no record file of this dataset, or only tables."
            faults.append(errors.Fault(code="too_few_records", what=what, way_out=way_out, place=place))
        for name, least in need.l.items():
            if len(labels[variables.index(name)]) < least:
                what = f"'{name}' has fewer values in all records than the {least} that every class of '{need.scenario}' must show."
                way_out = f"Lower l of '{name}', or leave the variable out of the record file."
                faults.append(errors.Fault(code="too_few_values", what=what, way_out=way_out, place=place))
    if faults:
        raise errors.ProtectionRefused(faults)

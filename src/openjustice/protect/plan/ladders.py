"""Finds for each field the ways in which it could be told more coarsely, from what the field is and what its code list says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from openjustice.contracts.dataset import Codelist, Contract, FieldType
from openjustice.contracts.policy import Recoding
from openjustice.ground.engine import Table, quote
from openjustice.ground.terms import Role
from openjustice.protect.plan.records import recode
from openjustice.protect.risk import BLANK, Integers, encode

_WIDTHS = (2, 5, 10, 15, 20, 50, 100)
_DATES = (
    ("day", "The day."),
    ("month", "The month alone."),
    ("quarter", "Three months together."),
    ("year", "The year alone."),
)
_MOST_BANDS, _FEWEST_BANDS = 40, 3
# Above this share of records the last band stays open, so that the very old or very large are not alone.
_OPEN_ABOVE = 0.97


@dataclass(frozen=True)
class Rung:
    """One way to tell a field: the rule, None where the field is left out; its codes for each record; the detail it keeps.

    `detail`: 1 as collected, 0 where nothing is told.
    """

    field: str
    rule: Recoding | None
    codes: Integers
    labels: tuple[str, ...]
    detail: float

    @property
    def says(self) -> str:
        """Say in words how the field is told."""
        return self.rule.says if self.rule else "Left out."


Ladder = tuple[Rung, ...]


def make_ladders(
    records: Table, *, contract: Contract, codelists: Mapping[str, Codelist], fields: Sequence[str]
) -> dict[str, Ladder]:
    """Return the rungs of each field, from as collected to left out, each coarser than the one before."""
    rules = {name: _rules(records, name, contract=contract, codelists=codelists) for name in fields}
    named = {f"{name} {at}": rule for name, given in rules.items() for at, rule in enumerate(given)}
    columns = {key: rule.model_copy(update={"title": ""}) for key, rule in named.items()}
    renamed = {f"rung_{at}": rule for at, rule in enumerate(columns.values())}
    made = recode(records, recodings=renamed, contract=contract, codelists=codelists)
    arrays = made.arrays(order_by=list(renamed))
    coded = {key: encode(arrays[name]) for key, name in zip(named, renamed, strict=True)}
    ladders = {}
    for name, given in rules.items():
        finest = coded[f"{name} 0"][0]
        rungs = [
            Rung(name, rule, *coded[f"{name} {at}"], _detail(finest, coded[f"{name} {at}"][0]))
            for at, rule in enumerate(given)
        ]
        nothing = Rung(name, None, np.zeros(len(finest), dtype=np.int64), (), 0.0)
        ladders[name] = (*_descending(rungs), nothing)
    return ladders


def _rules(records: Table, name: str, *, contract: Contract, codelists: Mapping[str, Codelist]) -> list[Recoding]:
    field = contract.fields[name]
    title = field.title or name.replace("_", " ")

    def rule(method: str, says: str, **more: object) -> Recoding:
        return Recoding.model_validate(
            {"of": name, "method": method, "says": says, "title": title, "role": field.role.value} | more
        )

    rules = [rule("keep", "As collected.")]
    if field.type is FieldType.DATE or (field.type is FieldType.STRING and _is_moment(records, name)):
        rules += [rule("truncate", says, to=to) for to, says in _DATES]
    elif field.type is FieldType.INTEGER:
        rules += [rule("bands", f"In bands of {width}.", cuts=cuts) for width, cuts in _cuts(records, name)]
    elif field.type is FieldType.CODE:
        codelist = codelists[str(field.codelist).partition("@")[0]]
        rules += [rule("group", f"In {count} groups.", attribute=item) for item, count in _groupings(codelist)]
    return rules


def _is_moment(records: Table, name: str) -> bool:
    """Say whether a text field holds moments: a day, perhaps with the time."""
    value = quote(name)
    statement = f"SELECT count({value}) AS n, count(TRY_CAST({value} AS TIMESTAMPTZ)) AS moments FROM records"
    found = records.engine.derive("moments", statement, inputs={"records": records}).rows()[0]
    return int(found["n"]) > 0 and found["n"] == found["moments"]


def _cuts(records: Table, name: str) -> list[tuple[int, list[int]]]:
    value = quote(name)
    statement = (
        f"SELECT min({value}) AS low, max({value}) AS high, quantile_disc({value}, {_OPEN_ABOVE}) AS top FROM records"
    )
    found = records.engine.derive("spread", statement, inputs={"records": records}).rows()[0]
    if found["low"] is None:
        return []
    low, high, top = (int(found[key]) for key in ("low", "high", "top"))
    made = []
    for width in _WIDTHS:
        first = low // width * width
        cuts = list(range(first, max(min(high, top // width * width), first + width) + 1, width))
        if _FEWEST_BANDS <= len(cuts) <= _MOST_BANDS:
            made.append((width, cuts))
    return made


def _groupings(codelist: Codelist) -> list[tuple[str, int]]:
    """Return the attributes that put every code of the list into fewer groups, with how many groups, finest first."""
    names = dict.fromkeys(name for code in codelist.codes for name in code.attributes)
    found = []
    for name in names:
        values = codelist.attribute(name)
        groups = {str(value) for value in values.values()}
        is_text = all(isinstance(value, str) for value in values.values())
        if is_text and len(values) == len(codelist.codes) and 1 < len(groups) < len(values):
            found.append((name, len(groups)))
    return sorted(found, key=lambda item: (-item[1], item[0]))


def _detail(finest: Integers, codes: Integers) -> float:
    """Return the mean detail that a rung keeps: 1 less the share of other collected values that stand under a record's code."""
    shown = codes[finest != BLANK]
    values = finest[finest != BLANK]
    distinct = len(np.unique(values))
    if distinct <= 1:
        return 1.0
    pairs = np.unique(np.column_stack([shown, values]), axis=0)
    under = np.bincount(pairs[:, 0], minlength=int(codes.max(initial=0)) + 1)
    return float(1 - ((under[shown] - 1) / (distinct - 1)).mean())


def _descending(rungs: Sequence[Rung]) -> Ladder:
    """Keep the first rung, and each later one that keeps less detail than the one before it."""
    kept = [rungs[0]]
    for rung in sorted(rungs[1:], key=lambda item: -item.detail):
        if rung.detail < kept[-1].detail - 1e-9:
            kept.append(rung)
    return tuple(kept)


def fields_of(contract: Contract, records: Table, *roles: Role) -> list[str]:
    """Return the fields with one of the roles that the records have."""
    return [name for name in contract.fields_with(*roles) if name in records.column_names]

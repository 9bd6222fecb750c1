"""Invents a few people from a contract alone: no value is taken from any record, so that none can be real."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random

from openjustice.contracts.dataset import Codelist, Contract, FieldDeclaration, FieldType

Value = str | int | float | bool | date
_FIRST_DAY, _DAYS, _OLDEST = date(2024, 1, 1), 365, 90


def invent_people(
    contract: Contract, *, codelists: Mapping[str, Codelist], moments: tuple[str, ...], count: int, seed: int
) -> list[dict[str, Value]]:
    """Return so many invented records: each value drawn by chance from its code list or its declared range.

    `moments` names the text fields that hold a moment.
    """
    chance = Random(seed)  # noqa: S311 (people are invented, nothing is kept secret)
    return [
        {
            name: f"2024-01-0{chance.randint(1, 9)}T{chance.randint(0, 23):02d}:15:00+00:00"
            if name in moments
            else _invent(name, field, codelists=codelists, chance=chance)
            for name, field in contract.fields.items()
        }
        for _ in range(count)
    ]


def _invent(name: str, field: FieldDeclaration, *, codelists: Mapping[str, Codelist], chance: Random) -> Value:
    low, high = field.range or (None, None)
    match field.type:
        case FieldType.CODE:
            codes = codelists[str(field.codelist).partition("@")[0]].codes
            return chance.choice(codes).code
        case FieldType.INTEGER:
            return chance.randint(int(low or 0), int(high or low or 0) if high or low else _OLDEST)
        case FieldType.NUMBER:
            return round(chance.uniform(low or 0.0, high or 100.0), 2)
        case FieldType.BOOLEAN:
            return chance.random() < 1 / 2
        case FieldType.DATE:
            return _FIRST_DAY + timedelta(days=chance.randint(0, _DAYS))
        case FieldType.STRING:
            return f"(an invented {(field.title or name).lower()})"

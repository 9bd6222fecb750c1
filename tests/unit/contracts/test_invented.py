"""Invented people are drawn from declarations alone, the same from the same seed."""

from __future__ import annotations

from datetime import date
from typing import Any

from openjustice.contracts import invented
from openjustice.contracts.dataset import Codelist, Contract

FIELDS: dict[str, dict[str, Any]] = {
    "code": {"type": "code", "codelist": "list@1"},
    "age": {"type": "integer", "range": [10, 20]},
    "count": {"type": "integer"},
    "share": {"type": "number", "range": [0, 1]},
    "held": {"type": "boolean"},
    "day": {"type": "date"},
    "at": {"type": "string"},
    "name": {"type": "string", "title": "Nickname"},
}
CONTRACT = Contract.model_validate({
    "dataset": "d", "version": "1", "title": "t", "says": "s", "unit": "u", "persons": True, "legal_basis": "l",
    "reporters": "r", "period": {"grain": "year"}, "key": [],
    "fields": {name: {"says": "s", "role": "sensitive"} | item for name, item in FIELDS.items()},
})  # fmt: skip
LISTS = {
    "list": Codelist.model_validate(
        {"codelist": "list", "version": "1", "title": "t", "codes": [{"code": "a", "label": "A"}]}
    )
}


def test_people_are_invented_from_the_contract_alone():
    made = [
        invented.invent_people(CONTRACT, codelists=LISTS, moments=("at",), count=3, seed=seed) for seed in (1, 1, 2)
    ]
    assert made[0] == made[1] != made[2]
    for person in made[0]:
        assert (person["code"], person["name"]) == ("a", "(an invented nickname)")
        assert 10 <= int(str(person["age"])) <= 20
        assert 0 <= float(str(person["share"])) <= 1
        assert isinstance(person["held"], bool)
        assert isinstance(person["day"], date)
        assert str(person["at"]).endswith("+00:00")

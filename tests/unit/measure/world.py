"""A small invented world for the tests of measuring: two counties, two sexes, three years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from openjustice.contracts.dataset import Checks, Codelist, Contract
from openjustice.contracts.declaration import Declaration
from openjustice.contracts.indicator import Indicator
from openjustice.contracts.jurisdiction import Dataset, Jurisdiction, JurisdictionDeclaration
from openjustice.contracts.policy import Policy
from openjustice.ground.engine import Engine, Table
from openjustice.ground.terms import Plane

Row = Mapping[str, Any]
_FIELD = {"role": "quasi_identifier", "says": "Invented."}


def jurisdiction(**more: Any) -> Jurisdiction:
    """Make the jurisdiction with its two datasets: events (of persons) and residents (of none)."""
    counties = [
        {"code": "A", "label": "A", "attributes": {"population": 1000, "region": "North"}},
        {"code": "B", "label": "B", "attributes": {"population": 2000, "region": "South"}},
        {"code": "elsewhere", "label": "Elsewhere", "attributes": {"region": "South"}},
    ]
    return Jurisdiction(
        declaration=JurisdictionDeclaration.model_validate({
            "jurisdiction": "world", "title": "World", "says": "Invented.", "invented": True, "area_codelist": "counties",
            "area_noun": "county", "area_noun_plural": "counties", "base_address": "https://world.example/",
            "publisher": {"name": "n", "homepage": "h", "contact_name": "c", "contact_email": "e"},
            "license": {"title": "t", "url": "u"},
        }),
        datasets={"events": _dataset("events", persons=True, **more), "residents": _dataset("residents", persons=False)},
        indicators={},
        codelists={
            "counties": _codelist("counties", counties),
            "sexes": _codelist("sexes", [{"code": "F", "label": "F"}, {"code": "M", "label": "M"}]),
            "agencies": _codelist("agencies", [
                {"code": "1", "label": "One", "attributes": {"type": "Sheriff"}},
                {"code": "2", "label": "Two", "attributes": {"type": "Police"}},
                {"code": "3", "label": "Three", "attributes": {"type": "Police"}},
            ]),
        },
    )  # fmt: skip


def indicator(**more: Any) -> Indicator:
    """Make an indicator over the events; any part may be given anew."""
    declared = {
        "indicator": "count", "title": "Count", "dataset": "events", "question": "How many?", "says": "Many.", "unit": "events",
        "numerator": {"dataset": "events", "says": "Events."}, "interval": "none", "period_variable": "year",
        "breakdowns": {
            "year": {"variables": ["year"], "title": "t"},
            "county_sex": {"variables": ["county", "sex"], "title": "t"},
            "county_period": {"variables": ["county", "period"], "title": "t"},
            "whole": {"variables": [], "title": "t"},
        },
        "can_infer": ["a"], "cannot_infer": ["b"],
    }  # fmt: skip
    return Indicator.model_validate(declared | more)


def table(opened: Engine, name: str, rows: Sequence[Row], *, columns: Sequence[str]) -> Table:
    """Make a table of text columns; a column that a row does not name is empty."""
    values = [[row.get(column) for column in columns] for row in rows]
    return opened.make_table(name, columns=dict.fromkeys(columns, "VARCHAR"), rows=values, plane=Plane.CONFIDENTIAL)


EVENT_COLUMNS = ("year", "period", "county", "region", "sex", "state")
RESIDENT_COLUMNS = ("year", "county", "sex", "persons", "more")


def events(opened: Engine, *rows: Row) -> Table:
    """Make the table of events."""
    return table(opened, "events", rows, columns=EVENT_COLUMNS)


def residents(opened: Engine, *rows: Row) -> Table:
    """Make the table of residents."""
    return table(opened, "residents", rows, columns=RESIDENT_COLUMNS)


def _codelist(name: str, codes: Sequence[Mapping[str, Any]]) -> Codelist:
    return Codelist.model_validate({"codelist": name, "version": "1", "title": name, "codes": codes})


def _dataset(name: str, *, persons: bool, **more: Any) -> Dataset:
    fields = {
        "key": {"type": "string", **_FIELD},
        "agency": {"type": "code", "codelist": "agencies", **_FIELD},
        "year": {"type": "integer", **_FIELD},
        "county": {"type": "code", "codelist": "counties", **_FIELD},
        "sex": {"type": "code", "codelist": "sexes", **_FIELD},
        "state": {"type": "string", "required": False, **_FIELD},
        "persons": {"type": "integer", **_FIELD},
        "more": {"type": "integer", **_FIELD},
    }
    contract = Contract.model_validate({
        "dataset": name, "version": "1", "title": name, "says": "s", "unit": "u", "persons": persons, "legal_basis": "none",
        "reporters": "all", "period": {"grain": "none"}, "key": ["key"], "fields": fields, "reporter_field": "agency", **more,
    })  # fmt: skip
    recode: dict[str, dict[str, Any]] = {
        "year": {"of": "year", "method": "keep"},
        "period": {"of": "year", "method": "bands", "cuts": [2000, 2002]},
        "county": {"of": "county", "method": "keep"},
        "region": {"of": "county", "method": "group", "attribute": "region"},
        "sex": {"of": "sex", "method": "keep"},
        "state": {"of": "state", "method": "keep"},
    }
    described: dict[str, Any] = {"says": "s", "role": "quasi_identifier"}
    policy = Policy.model_validate({
        "policy": name, "version": 1, "in_force_from": "2026-01-01", "signed": [{"name": "n", "on": "2026-01-01"}],
        "says": "s", "checkers": 2,
        "tiers": {"public": {"recode": {key: described | rule for key, rule in recode.items()}}},
    })  # fmt: skip
    return Dataset(
        jurisdiction="world", contract=contract, checks=Checks(dataset=name, checks={}), policy=policy, mappings={}, notes="",
        folder=Declaration(path=None, label="", content=None, lines={(): 1}),  # type: ignore[arg-type]
    )  # fmt: skip

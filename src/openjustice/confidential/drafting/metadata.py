"""Gathers what the public may know about a dataset: its declarations as they stood when the numbers were made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openjustice.contracts.dataset import Codelist, FieldDeclaration
from openjustice.contracts.jurisdiction import Dataset, Jurisdiction
from openjustice.contracts.policy import Policy, Recoding

Row = dict[str, Any]
# Stands beside the words of a column whose declaration was recalled and not yet held against its source.
TO_CONFIRM = "Recalled, to be confirmed against the source."


def make_metadata(
    dataset: Dataset, *, jurisdiction: Jurisdiction, policy: Policy, quality: Row, comparability: Mapping[str, Any]
) -> Row:
    """Return the snapshot of declarations that travels with a release, as plain values: what publish and site read.

    Keys: jurisdiction, contract, policy, notes, codelists, variables, indicators, comparability, quality, map.
    """
    indicators = jurisdiction.indicators_of(dataset.id)
    return {
        "jurisdiction": jurisdiction.declaration.model_dump(mode="json"),
        "contract": dataset.contract.model_dump(mode="json"),
        "policy": policy.model_dump(mode="json", by_alias=True),
        "notes": dataset.notes,
        "codelists": {name: _as_plain(item) for name, item in _codelists(dataset, jurisdiction).items()},
        "variables": {
            name: describe_variable(name, recoding, dataset=dataset, codelists=jurisdiction.codelists)
            for name, recoding in policy.tiers["public"].recode.items()
        },
        "indicators": {
            name: {
                "indicator": item.indicator.model_dump(mode="json"),
                "examples": item.examples.model_dump(mode="json"),
            }
            for name, item in sorted(indicators.items())
        },
        "comparability": dict(comparability),
        "quality": quality,
        "map": json.loads(Path(jurisdiction.map_path).read_bytes()) if jurisdiction.map_path else None,
    }


def describe_variable(name: str, recoding: Recoding, *, dataset: Dataset, codelists: Mapping[str, Codelist]) -> Row:
    """Return what a published variable is: its title, what was done to it, and the label of each of its codes."""
    field = dataset.contract.fields[recoding.of]
    return {
        "title": recoding.title or field.title or name.replace("_", " ").capitalize(),
        "says": f"{recoding.says} {TO_CONFIRM}" if is_unconfirmed(field, codelists) else recoding.says,
        "of": recoding.of,
        "method": recoding.method,
        "role": str(recoding.role),
        "type": "number" if recoding.method == "keep" and field.type in ("integer", "number") else "code",
        "unit": field.unit,
        "labels": _labels(name, recoding, field=field, codelists=codelists),
    }


def is_unconfirmed(field: FieldDeclaration, codelists: Mapping[str, Codelist]) -> bool:
    """Say whether a field, or the code list that it uses, is still to be confirmed against its source."""
    codelist = codelists.get((field.codelist or "").partition("@")[0])
    return field.status == "to_confirm" or (codelist is not None and not codelist.verified)


def _labels(
    name: str, recoding: Recoding, *, field: FieldDeclaration, codelists: Mapping[str, Codelist]
) -> dict[str, str]:
    """Return label by code. A code list of the variable's own name speaks first, then the field's."""
    if name in codelists:
        return codelists[name].labels()
    if field.codelist is None:
        return {}
    own = codelists[field.codelist.partition("@")[0]]
    match recoding.method:
        case "keep":
            return own.labels()
        case "group":
            return {str(value): str(value) for value in own.attribute(recoding.attribute or "").values()}
        case "merge_small":
            merged = own.attribute(recoding.into).values() if recoding.into else ()
            return own.labels() | {str(value): str(value) for value in merged}
        case "bands" | "truncate":
            return {}


def _codelists(dataset: Dataset, jurisdiction: Jurisdiction) -> dict[str, Codelist]:
    named = {field.codelist.partition("@")[0] for field in dataset.contract.fields.values() if field.codelist}
    wanted = {*named, jurisdiction.declaration.area_codelist}
    return {name: jurisdiction.codelists[name] for name in sorted(wanted & set(jurisdiction.codelists))}


def _as_plain(codelist: Codelist) -> Row:
    return codelist.model_dump(mode="json")

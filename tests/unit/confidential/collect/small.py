"""A dataset made in a few words, for the tests of collecting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from openjustice.confidential.collect import ingest, validate
from openjustice.confidential.collect import tables as collect_tables
from openjustice.confidential.collect.findings import CheckResult
from openjustice.contracts.dataset import Checks, Code, Codelist, Contract
from openjustice.contracts.dataset import Mapping as LayoutMapping
from openjustice.contracts.declaration import Declaration
from openjustice.contracts.jurisdiction import Dataset, Jurisdiction, JurisdictionDeclaration

TODAY = date(2026, 3, 2)
_PLACE = {
    "jurisdiction": "small", "title": "Small", "says": "Invented.", "invented": True, "area_codelist": "place",
    "area_noun": "place", "area_noun_plural": "places", "base_address": "https://small.example/",
    "publisher": {"name": "n", "homepage": "https://small.example/", "contact_name": "n", "contact_email": "n@small.example"},
    "license": {"title": "none", "url": "https://small.example/"},
}  # fmt: skip


def dataset(
    fields: Mapping[str, Any], *, checks: Mapping[str, Any] | None = None,
    mappings: Mapping[str, Any] | None = None, key: tuple[str, ...] = (), tables: Mapping[str, Any] | None = None,
) -> Dataset:  # fmt: skip
    """Make a dataset from its fields, checks and mappings; role and words are filled in."""
    contract = Contract.model_validate({
        "dataset": "small", "version": "1", "title": "Small", "says": "s", "unit": "one", "persons": False,
        "legal_basis": "none", "reporters": "none", "period": {"grain": "none"}, "key": list(key or list(fields)[:1]),
        "fields": _fields(fields),
        "tables": {
            name: {"title": name, "says": "s", "unit": "one", **given, "fields": _fields(given["fields"])}
            for name, given in (tables or {}).items()
        },
    })  # fmt: skip
    declared = {
        rule: {"severity": "hard", "says": "It fails.", "fix": "Mend it.", **given}
        for rule, given in (checks or {}).items()
    }
    layouts = {
        name: LayoutMapping.model_validate({"mapping": name, "title": name, **given})
        for name, given in (mappings or {}).items()
    }
    return Dataset(
        jurisdiction="small", contract=contract, checks=Checks.model_validate({"dataset": "small", "checks": declared}),
        policy=None, mappings=layouts, notes="",
        folder=Declaration(path=Path("contract.yaml"), label="contract.yaml", content={}, lines={(): 1}),
    )  # fmt: skip


def _fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: {"role": "non_sensitive", "says": "s", **given} for name, given in fields.items()}


def check_tables(
    folder: Path, rows: Mapping[str, str], of: Dataset, *, codelists: Mapping[str, Any] | None = None, **limits: Any
) -> CheckResult:
    """Write a file for each table and check the delivery; `limits` replace those of the registry."""
    folder.mkdir(exist_ok=True)
    for table, content in rows.items():
        (folder / f"{table}.csv").write_text(content)
    known = ingest.read_limits().model_copy(update=limits)
    return collect_tables.check_delivery(
        folder, dataset=of, jurisdiction=jurisdiction(of, **(codelists or {})), today=TODAY, limits=known
    )  # fmt: skip


def jurisdiction(of: Dataset, **codelists: Any) -> Jurisdiction:
    """Make the jurisdiction of a dataset, with code lists given as codes, or as codes with attributes."""
    lists = {
        name: Codelist(
            codelist=name, version="1", title=name,
            codes=tuple(_code(code, codes[code] if isinstance(codes, dict) else {}) for code in codes),
        )
        for name, codes in codelists.items()
    }  # fmt: skip
    return Jurisdiction(
        declaration=JurisdictionDeclaration.model_validate(_PLACE),
        datasets={"small": of},
        indicators={},
        codelists=lists,
    )


def _code(code: str, given: Mapping[str, Any]) -> Code:
    days = {name: given[name] for name in ("valid_from", "valid_until") if name in given}
    return Code(code=code, label=code, attributes={k: v for k, v in given.items() if k not in days}, **days)


def check(
    path: Path, content: str | bytes, of: Dataset, *, codelists: Mapping[str, Any] | None = None, **limits: Any
) -> CheckResult:
    """Write a file and check it; `limits` replace those of the registry."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    known = ingest.read_limits().model_copy(update=limits)
    return validate.check_file(
        path, dataset=of, jurisdiction=jurisdiction(of, **(codelists or {})), today=TODAY, limits=known
    )  # fmt: skip


def lines_by_rule(result: CheckResult) -> dict[str, list[int]]:
    """Return the lines listed by rule."""
    found: dict[str, list[int]] = {}
    for item in result.tallies:
        found[item.rule] = sorted([*found.get(item.rule, []), *item.lines])
    return found

"""Writes proposals for protecting records so that a steward can choose: a page to print, and the same for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openjustice.confidential import store as stores
from openjustice.confidential.drafting import plots
from openjustice.confidential.drafting.group_words import as_markup, percent
from openjustice.confidential.drafting.report import ENVIRONMENT
from openjustice.contracts import invented
from openjustice.contracts.jurisdiction import Dataset, Jurisdiction
from openjustice.ground import engine
from openjustice.ground.engine import Table
from openjustice.ground.terms import Plane
from openjustice.protect import plan
from openjustice.protect.plan import snippet, suggest
from openjustice.protect.plan.suggest import Proposal, Suggestion

Row = dict[str, Any]
LETTERS = "ABCDE"
WORKED_PEOPLE = 3


def suggest_for(
    records: Table, *, dataset: Dataset, jurisdiction: Jurisdiction, k: int, blanks: float, seed: int
) -> Proposal:
    """Propose plans for a dataset's records, whether or not it has a policy; see `suggest.suggest`."""
    return suggest.suggest(
        records,
        contract=dataset.contract,
        codelists=jurisdiction.codelists,
        places=(jurisdiction.declaration.area_codelist, "agencies"),
        k=k,
        blanks=blanks,
        seed=seed,
    )


def suggest_in_home(
    home: Path, *, dataset: Dataset, jurisdiction: Jurisdiction, k: int, blanks: float, seed: int
) -> Row:
    """Propose plans for the records in force of a home, as plain values; nothing is written to the home."""
    with stores.open_store(home, writable=False) as store:
        records = store.current_records(dataset.id)
        proposal = suggest_for(records, dataset=dataset, jurisdiction=jurisdiction, k=k, blanks=blanks, seed=seed)
        return as_values(proposal, dataset=dataset, jurisdiction=jurisdiction, seed=seed)


def as_values(proposal: Proposal, *, dataset: Dataset, jurisdiction: Jurisdiction, seed: int) -> Row:
    """Return a proposal as plain values: what identifies, each plan with what it keeps and loses, and worked records."""
    contract = dataset.contract
    moments = tuple(
        name
        for name, ladder in proposal.ladders.items()
        if contract.fields[name].type == "string" and any(rung.rule and rung.rule.to for rung in ladder)
    )
    people = invented.invent_people(
        contract, codelists=jurisdiction.codelists, moments=moments, count=WORKED_PEOPLE, seed=seed
    )
    return {
        "dataset": dataset.address,
        "title": contract.title,
        "records": proposal.records,
        "telling": [
            {"fields": [_title(contract, name) for name in item.fields], "unique_share": round(item.unique_share, 4)}
            for item in proposal.telling
        ],
        "without": {_title(contract, name): round(share, 4) for name, share in proposal.without.items()},
        "plans": [
            _plan(item, LETTERS[at], dataset=dataset, jurisdiction=jurisdiction, people=people)
            for at, item in enumerate(proposal.suggestions)
        ],
    }


def as_json(values: Row) -> str:
    """Write a proposal as JSON."""
    return json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def as_html(values: Row, *, language: str, day: str) -> str:
    """Write a proposal as a page that prints."""
    points = [
        {"label": f"Plan {item['letter']}", "risk": item["risk"], "utility": item["utility"], "chosen": False}
        for item in values["plans"]
    ]
    telling = [
        {
            "variable": ", ".join(item["fields"]) if at else "Everything a stranger could know",
            "share": item["unique_share"],
        }
        for at, item in enumerate(values["telling"])
    ]
    return ENVIRONMENT.get_template("suggestion.html").render(
        **values,
        language=language,
        day=day,
        percent=percent,
        map_plot=as_markup(plots.draw_risk_against_utility(points)),
        map_words="; ".join(
            f"{p['label']}: risk {percent(p['risk'])}, detail kept {percent(p['utility'])}" for p in points
        ),
        telling_plot=as_markup(plots.draw_telling(telling)),
        telling_words="; ".join(f"{row['variable']} {percent(row['share'])}" for row in telling),
    )


def _plan(item: Suggestion, letter: str, *, dataset: Dataset, jurisdiction: Jurisdiction, people: list[Row]) -> Row:
    made = item.protected.suppressed
    blanked = dict(zip(made.variables, made.blanked.mean(axis=0).tolist(), strict=True))
    names = snippet.names_of(item.rungs)
    fields = [
        {
            "field": _title(dataset.contract, name),
            "variable": names.get(name),
            "says": rung.says,
            "detail": round(rung.detail, 4),
            "values": len(rung.labels),
            "blank": round(blanked.get(names.get(name, ""), 0.0), 4),
        }
        for name, rung in item.rungs.items()
    ]
    return {
        "letter": letter,
        "name": item.wish.name,
        "says": item.wish.says,
        "k": item.k,
        "keeps": [row["field"] for row in fields if row["detail"] == 1],
        "coarser": [row["field"] for row in fields if row["values"] > 0 and row["detail"] < 1],
        "leaves_out": [row["field"] for row in fields if not row["values"]],
        "fields": fields,
        "utility": round(item.utility, 4),
        "risk": round(item.risk, 4),
        "highest_risk": round(item.highest, 4),
        "values_blank": round(float(made.blanked.mean()), 4),
        "erased": _erased(item),
        "worked": _worked(item, dataset=dataset, jurisdiction=jurisdiction, people=people),
        "policy": item.text,
    }


def _erased(item: Suggestion) -> list[str]:
    made = item.protected.suppressed
    return [
        f"{name}: {label}"
        for place, name in enumerate(made.variables)
        for code, label in enumerate(made.labels[place], start=1)
        if not (made.after[:, place] == code).any()
    ]


def _worked(item: Suggestion, *, dataset: Dataset, jurisdiction: Jurisdiction, people: list[Row]) -> list[Row]:
    """Return each invented person before and after recoding."""
    contract = dataset.contract
    columns = {name: contract.fields[name].type.sql for name in item.rungs}
    recode = item.policy.tiers["public"].recode
    told = []
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as opened:
        for person in people:
            rows = [tuple(person[name] for name in columns)]
            table = opened.make_table("invented", columns=columns, rows=rows, plane=Plane.CONFIDENTIAL)
            (after,) = plan.recode(table, recodings=recode, contract=contract, codelists=jurisdiction.codelists).rows()
            told.append(_before_and_after(item, person, after, dataset=dataset))
    return told


def _before_and_after(
    item: Suggestion, person: Mapping[str, Any], after: Mapping[str, Any], *, dataset: Dataset
) -> Row:
    names = snippet.names_of(item.rungs)
    return {
        "before": {_title(dataset.contract, name): str(person[name]) for name in item.rungs},
        "after": {
            _title(dataset.contract, name): str(after[names[name]]) if name in names else None for name in item.rungs
        },
    }


def _title(contract: Any, name: str) -> str:
    return str(contract.fields[name].title or name.replace("_", " "))

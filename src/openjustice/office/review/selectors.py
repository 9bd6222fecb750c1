"""Reads drafts for the review desk: what the confidential wing shows of them, the plots, and the comments."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from openjustice.confidential.drafting import draft as drafting
from openjustice.confidential.drafting import looking, plots
from openjustice.confidential.drafting.draft import Draft
from openjustice.confidential.drafting.looking import Look
from openjustice.contracts.release import ProductKind
from openjustice.office.desk import declared
from openjustice.office.review.models import Comment

PAGE = 50
_REACHED = ("success_rate", "bold_rate")  # other rates are the bound of the policy, or what guessing alone reaches
SHOWN = (ProductKind.TABLE, ProductKind.MICRODATA)


def list_drafts() -> list[dict[str, Any]]:
    """Return every draft, newest first, with its dataset's title and how many comments are open."""
    return [
        row
        | {"title": declared.title_of(f"{row['jurisdiction']}/{row['dataset']}"), "comments": count_open(row["number"])}
        for row in reversed(drafting.list_drafts(settings.HOME))
    ]


def read(number: int) -> Draft:
    """Return one draft; raises SealRefused where there is none."""
    return drafting.read_draft(settings.HOME, number)


def draftable() -> list[tuple[str, str]]:
    """Return the address and title of every dataset whose policy has a public tier."""
    return sorted(
        (dataset.address, dataset.contract.title)
        for jurisdiction in declared.read_registry().jurisdictions.values()
        for dataset in jurisdiction.datasets.values()
        if dataset.policy is not None and "public" in dataset.policy.tiers
    )


def policy_of(draft: Draft) -> tuple[int, int]:
    """Return how many checkers the policy of a draft asks for, and below which count it calls a number small."""
    manifest = draft.manifest
    policy = declared.read_registry().dataset(f"{manifest.jurisdiction}/{manifest.dataset}").policy
    tables = policy.tiers["public"].tables if policy and "public" in policy.tiers else None
    return policy.checkers if policy else 2, tables.minimum_frequency if tables else 1


def look(draft: Draft, product: str, *, page: int) -> Look:
    """Return one page of a table or of the record file."""
    first = (max(page, 1) - 1) * PAGE + 1
    return looking.look_at(
        settings.HOME, draft.manifest.number, product, first=first, count=PAGE, small_below=policy_of(draft)[1]
    )  # fmt: skip


def plot(number: int, name: str) -> str | None:
    """Draw one plot of a draft's report as SVG; None where it has nothing to draw, or there is no such plot."""
    report = looking.read_report(settings.HOME, number)
    if name == "risk":
        points = report.get("points") or []
        return plots.draw_risk_against_utility(points) if points else None
    if name == "hidden":
        rows = [
            {"table": item["table"], "share": item["hidden"] / item["cells"]}
            for item in report.get("tables") or []
            if item["cells"] and item["hidden"]
        ]
        return plots.draw_hidden_cells(rows) if rows else None
    if name == "attacks":
        rates = [
            {"variable": f"{item['attack']} ({item['against']}): {figure.replace('_', ' ')}", "share": value}
            for item in read(number).attacks
            for figure, value in item.get("figures", {}).items()
            if figure in _REACHED and isinstance(value, int | float)
        ]
        return plots.draw_rates_of_attacks(rates) if rates else None
    return None


def plots_of(number: int) -> list[str]:
    """Return the names of the plots that a draft has."""
    return [name for name in ("risk", "hidden", "attacks") if plot(number, name) is not None]


def comments_of(number: int, *, product: str | None = None) -> list[Comment]:
    """Return the comments on a draft, or on one of its tables, first things first."""
    found = Comment.objects.filter(draft=number).select_related("by", "settled_by")
    return list(found if product is None else found.filter(product=product))


def count_open(number: int) -> int:
    """Return how many comments on a draft are not settled."""
    return Comment.objects.filter(draft=number, state="unsettled").count()

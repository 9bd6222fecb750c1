"""Writes the steward's view of a draft: what was hidden and why, what readers lose, and what coarser groups would give back.

It stays with the draft. Why a number is hidden is never told outside: with a total beside it, that alone could give it back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import jinja2

from openjustice.confidential.drafting.protection import Protected
from openjustice.confidential.drafting.sources import Truth
from openjustice.contracts.jurisdiction import Jurisdiction
from openjustice.measure.statements import UNKNOWN
from openjustice.protect import plan
from openjustice.protect.cells import TOTAL, Codes
from openjustice.protect.plan import counts
from openjustice.protect.plan.counts import DENOMINATOR
from openjustice.protect.plan.merging import TOGETHER, Suggestion
from openjustice.protect.plan.steward import Loss, StewardView, TableView
from openjustice.protect.small_cells import Reason

Row = dict[str, Any]
_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
)
_LISTED = 200
# Kinds of reasons, as the page colors them: what a rule hides, what earlier releases hide, what helps.
KINDS = {Reason.KEPT: "kept", Reason.HELPS: "helps", Reason.COMPLEMENT: "helps"}
ORDERED = ("truncate", "bands")


def make_view(truth: Truth, *, protected: Protected) -> tuple[StewardView, tuple[Suggestion, ...]]:
    """Explain every hidden cell of a draft, and compute what merging two codes would give back."""
    view = plan.make_view(protected.counted, attacks=protected.report.attacks)
    rules = truth.rules.tables
    if not view.tables or rules is None or not plan.is_attacked(rules):
        return view, ()
    scores = protected.counted.ruled.scores if protected.counted.ruled else {}
    suggestions = plan.suggest_mergers(
        [item for table in truth.tables for item in counts.count_tables(table)],
        nestings=counts.find_nestings(truth.recoded[truth.dataset.id], recodings=truth.rules.recode),
        rules=rules,
        method=plan.load_method(rules.method),
        released=plan.find_released(scores),
        ordered=[name for name in truth.rules.recode if _is_ordered(truth, name)],
    )
    return view, suggestions


def as_plain(view: StewardView, suggestions: Sequence[Suggestion]) -> Row:
    """Return the steward's view as plain values for JSON, for the checkers alone."""
    return {
        "tables": [
            {
                "table": item.table,
                "reasons": {reason.name.lower(): count for reason, count in item.reasons.items()},
                "hidden": [
                    {"codes": list(cell.codes), "reason": cell.reason.name.lower(), "protects": cell.protects}
                    for cell in item.cells
                ],
                "score": item.score.as_dict() if item.score else None,
            }
            for item in view.tables
        ],
        "whole_groups": list(view.whole_groups),
        "suggestions": [
            {
                "variable": item.variable,
                "codes": list(item.codes),
                "hidden_before": item.before.hidden,
                "hidden_after": item.after.hidden if item.after else None,
                "at_least": item.at_least,
            }
            for item in suggestions
        ],
    }


def make_page(
    view: StewardView,
    suggestions: Sequence[Suggestion],
    *,
    truth: Truth,
    jurisdiction: Jurisdiction,
    protected: Protected,
    at: str,
) -> str:
    """Write the steward's view as a page."""
    words = _Words(truth, jurisdiction)
    tables = [words.table(item, protected=protected) for item in view.tables]
    hidden = sum(item.shown.hidden for item in view.tables)
    return _ENVIRONMENT.get_template("steward.html").render(
        title=truth.dataset.contract.title,
        language=jurisdiction.declaration.language,
        invented=jurisdiction.declaration.invented,
        day=at[:10],
        policy=truth.policy,
        method=truth.rules.tables.method.replace("_", " ") if truth.rules.tables else "",
        hidden=f"{hidden:,}",
        cells=f"{sum(item.shown.cells for item in view.tables):,}",
        least=min((item.shown.share for item in view.tables if item.shown.share is not None), default=None),
        tables=sorted(tables, key=lambda item: (-item["hidden"], item["title"])),
        reasons=_legend(view),
        suggestions=[words.suggestion(item) for item in suggestions],
        groups=view.whole_groups,
        consequence=protected.report.consequence,
    )


def _legend(view: StewardView) -> list[Row]:
    """Return the reasons that occur, each with how many cells it hides over all tables."""
    rows = []
    for reason in Reason:
        count = sum(item.reasons.get(reason, 0) for item in view.tables)
        if count:
            rows.append({"says": reason.value, "count": f"{count:,}", "kind": KINDS.get(reason, "rule")})
    return rows


class _Words:
    """Puts tables, codes and reasons in the words of the declarations."""

    def __init__(self, truth: Truth, jurisdiction: Jurisdiction) -> None:
        self.truth, self.jurisdiction = truth, jurisdiction
        self.titles = {
            item.id: f"{item.indicator.title}: {item.indicator.breakdowns[item.breakdown].title}"
            for item in truth.tables
        }
        self.variables = {
            **{item.id: item.variables for item in truth.tables},
            **{item.id + DENOMINATOR: item.denominator_variables for item in truth.tables},
        }

    def table(self, item: TableView, *, protected: Protected) -> Row:
        """Return one table: its sentence, its reasons as parts of a bar, its losses, its hidden cells."""
        says = {row.table: row.says for row in protected.report.tables}
        parts = [
            {"says": reason.value, "count": count, "share": count / item.shown.cells, "kind": KINDS.get(reason, "rule")}
            for reason, count in item.reasons.items()
        ]
        return {
            "title": self._title(item.table),
            "says": says.get(item.table, ""),
            "hidden": item.shown.hidden,
            "parts": parts,
            "losses": list(self._losses(item.losses)),
            "cells": [self._cell(item.table, cell.codes, cell.reason, cell.protects) for cell in item.cells[:_LISTED]],
            "more": max(0, len(item.cells) - _LISTED),
            "score": item.score,
        }

    def suggestion(self, item: Suggestion) -> Row:
        """Return what merging two codes would give back, in words."""
        one, two = (self._label(item.variable, code) for code in item.codes)
        rule = self.truth.rules.recode.get(item.variable)
        before, after = item.before, item.after
        if after is None:
            gain = (
                f"At most {item.gained:,} numbers fewer would be hidden: {item.at_least:,} small counts would be left."
            )
        else:
            gain = f"{before.hidden:,} hidden numbers would become {after.hidden:,}."
        return {
            "variable": rule.title if rule and rule.title else item.variable.replace("_", " "),
            "one": one, "two": two, "gain": gain, "computed": after is not None, "gained": item.gained,
            "share": item.gained / before.hidden if before.hidden else 0.0,
        }  # fmt: skip

    def _losses(self, losses: Sequence[Loss]) -> Iterator[Row]:
        """Yield the variables of a table, areas first, each with its codes, those that lose most first."""
        areas = self._area_variables()
        for variable in sorted(dict.fromkeys(item.variable for item in losses), key=lambda name: name not in areas):
            rows = [item for item in losses if item.variable == variable and item.shown.share is not None]
            lost = [item for item in rows if item.shown.hidden]
            rule = self.truth.rules.recode.get(variable)
            yield {
                "variable": rule.title if rule and rule.title else variable.replace("_", " "),
                "untouched": len(rows) - len(lost),
                "rows": [
                    {"label": self._label(variable, item.code), "cells": item.shown.cells, "hidden": item.shown.hidden,
                     "share": item.shown.share}
                    for item in sorted(lost, key=lambda item: (item.shown.share or 0.0, item.code))
                ],
            }  # fmt: skip

    def _area_variables(self) -> set[str]:
        codelist = self.jurisdiction.declaration.area_codelist
        fields = self.truth.dataset.contract.fields
        return {
            name
            for name, rule in self.truth.rules.recode.items()
            if str(fields[rule.of].codelist or "").partition("@")[0] == codelist
        }

    def _cell(self, table: str, codes: Codes, reason: Reason, protects: str) -> Row:
        variables = self.variables.get(table, ())
        named = [self._label(name, code) for name, code in zip(variables, codes, strict=False)]
        return {
            "where": ", ".join(named) or "the whole",
            "why": reason.value,
            "kind": KINDS.get(reason, "rule"),
            "protects": protects,
        }

    def _label(self, variable: str, code: str) -> str:
        if code in (TOTAL, UNKNOWN):
            return "all" if code == TOTAL else "not known"
        if TOGETHER in code:
            return " and ".join(self._label(variable, part) for part in code.split(TOGETHER))
        rule = self.truth.rules.recode.get(variable)
        field = self.truth.dataset.contract.fields.get(rule.of) if rule and rule.method == "keep" else None
        codelist = self.jurisdiction.codelists.get(str(field.codelist).partition("@")[0]) if field else None
        return codelist.labels().get(code, code) if codelist else code

    def _title(self, table: str) -> str:
        name = table.removesuffix(DENOMINATOR)
        return f"{self.titles.get(name, name)}{': the whole' if table.endswith(DENOMINATOR) else ''}"


def _is_ordered(truth: Truth, name: str) -> bool:
    """Say whether the codes of a variable follow on each other: bands, dates, and numbers that are kept as they are."""
    rule = truth.rules.recode[name]
    field = truth.dataset.contract.fields[rule.of]
    return rule.method in ORDERED or (rule.method == "keep" and field.type.sql in ("BIGINT", "DOUBLE", "DATE"))

"""Writes the disclosure report of a draft three times: for programs, for anybody to read, and for its checkers alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2

from openjustice.confidential.drafting import group_words, plots
from openjustice.confidential.drafting.protection import Protected
from openjustice.confidential.drafting.sources import Truth
from openjustice.contracts.jurisdiction import Jurisdiction
from openjustice.ground import discovery
from openjustice.protect import attacks
from openjustice.protect.attack import AttackResult
from openjustice.protect.plan import DisclosureReport, beside, vintages
from openjustice.protect.plan.counts import DENOMINATOR

Row = dict[str, Any]
# How many of the hidden counts are small, and how closely the closest is known, stays inside: in a small table that
# alone could give a number back. These figures may be told.
OPEN_FIGURES = (
    "bold_rate", "correctly_matched_share", "earlier_releases", "hidden_cells", "maximum_rate", "uniquely_matched_share",
)  # fmt: skip
# Rates in whole percent, by variable where an attack is after several.
OPEN_RATES = ("success_rate", "guess_rate", "guess_high")
INSIDE = ("small_counts_hidden", "helpers_hidden", "attacks")
ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
)
RULES = {
    "tables_only": "They are counted in the tables, and their records are kept out of the record file.",
    "same_rules": "They are protected by the same rules as everybody.",
    "stricter": "They are held to a stricter rule than everybody else.",
    "withhold": "They are neither in the tables nor in the record file.",
}


def make_report(truth: Truth, *, protected: Protected) -> Row:
    """Return the disclosure report that is published with the release, as plain values."""
    told = {name: value for name, value in protected.report.as_dict().items() if name not in INSIDE}
    return {
        **told,
        "policy_digest": truth.dataset.policy_digest,
        "contract_digest": truth.dataset.contract_digest,
        "attacks": [tell_attack(item) for item in protected.report.attacks],
    }


def make_review(truth: Truth, *, protected: Protected) -> Row:
    """Return what the checkers of a draft may see besides: every figure of every attack, and how much of what is small."""
    report = protected.report
    return {
        "attacks": [item.as_dict() for item in report.attacks],
        "small_counts_hidden": report.small_counts_hidden,
        "helpers_hidden": report.helpers_hidden,
        "hidden": {item.table: f"{item.hidden:,} of {item.cells:,} cells" for item in report.tables}
        | ({truth.dataset.id: _blanks_in_words(report)} if report.blanked else {}),
    }


def tell_attack(result: AttackResult) -> Row:
    """Return what the public may know of an attack: against what, whether it was withstood, and its open figures."""
    return {
        "attack": result.attack,
        "against": result.against,
        "passed": result.passed,
        "figures": {name: value for name, value in sorted(result.figures.items()) if _is_open(name)},
    }


def _is_open(figure: str) -> bool:
    return figure in OPEN_FIGURES or figure.startswith(OPEN_RATES)


def make_page(report: Row, *, truth: Truth, jurisdiction: Jurisdiction, author: str, at: str) -> str:
    """Write the report as a page for people without training: what could identify a person, what was done, what remains."""
    declaration, policy = jurisdiction.declaration, truth.policy
    titles = {name: rule.title or name.replace("_", " ") for name, rule in truth.rules.recode.items()}
    return ENVIRONMENT.get_template("report.html").render(
        title=truth.dataset.contract.title,
        language=declaration.language,
        invented=declaration.invented,
        author=author,
        day=at[:10],
        policy={
            "version": policy.version, "says": policy.says, "digest": truth.dataset.policy_digest,
            "signers": " and ".join(f"{item.name} on {item.on}" for item in policy.signed),
        },
        in_short=_in_short(report, truth=truth),
        before=[_scenario(item, titles=titles) for item in report["scenarios"]],
        consequence=report["consequence"],
        recodings=_recodings(report, truth=truth),
        populations=[
            {"says": item.says, "rule": f"{RULES[item.rule]}{_stricter(name, report, titles)}", "reason": item.reason}
            for name, item in policy.special_populations.items()
        ],
        **_blanks(report, titles=titles),
        **group_words.make_section(report, titles=titles),
        **_tables(report, truth=truth),
        attacks=[_attack(item, truth=truth) for item in report["attacks"]],
        remaining=_remaining(report),
        **_points(report),
        utility=_utility(report),
    )  # fmt: skip


def _in_short(report: Row, *, truth: Truth) -> list[str]:
    """Say the whole report in a few sentences."""
    if not truth.dataset.contract.persons:
        return [
            "This data holds no records of persons. Nothing in it was hidden, and nothing in it can identify anybody."
        ]
    everything = next((item for item in report["as_collected"]), None)
    cells, hidden = (sum(item[name] for item in report["tables"]) for name in ("cells", "hidden"))
    failed = [item for item in report["attacks"] if not item["passed"]]
    told = []
    if everything:
        told.append(
            f"As it was collected, {group_words.percent(everything['unique_share'])} of the records could be told apart from all others "
            f"by somebody who knows {_listed([_field_title(name, truth) for name in everything['fields']])}."
        )
    if cells:
        told.append(
            f"Of {cells:,} numbers in {len(report['tables'])} tables, {hidden:,} are hidden; "
            f"{report['consequence'][0] if report['consequence'] else 'the rest are exact.'}"
        )
    if report["records"]:
        told.append(
            f"The record file has {report['records']:,} records in coarse terms; {group_words.percent(report['values_kept'])} of its values are kept."
        )
    told += group_words.in_short(report)
    told.append(
        f"{len(failed)} of {len(report['attacks'])} attacks on the result succeeded. It must not be published as it is."
        if failed
        else f"All {len(report['attacks'])} attacks on the result were withstood."
    )
    return told


def _field_title(name: str, truth: Truth) -> str:
    """Return the title of a field as it stands in a sentence."""
    field = truth.dataset.contract.fields[name]
    return (field.title or name.replace("_", " ")).lower()


def _scenario(item: Row, *, titles: Mapping[str, str]) -> Row:
    before, after = item["before"], item["after"]
    return {
        "says": item["says"], "key": _listed([titles.get(name, name).lower() for name in item["key"]]),
        "unique_before": group_words.percent(before["unique_share"]), "unique_after": group_words.percent(after["unique_share"]),
        "smallest_before": before["smallest_class"] or f"fewer than {item['k']}", "smallest_after": after["smallest_class"],
        "rate_before": group_words.percent(before["expected_rate"]),
        "rate_after": group_words.percent(after["expected_rate"]),
    }  # fmt: skip


def _stricter(name: str, report: Row, titles: Mapping[str, str]) -> str:
    """Say how a stricter rule was kept: at least so many alike, among themselves or among everybody."""
    held = next((item for item in report["stricter"] if item["population"] == name), None)
    if held is None:
        return ""
    least = max(held["k"].values(), default=1)
    if held["told_by"]:
        told = _listed([titles.get(item, item).lower() for item in held["told_by"]])
        return f" Anybody can see from the {told} who belongs, so at least {least} of them look alike among themselves."
    return (
        f" The file does not say who belongs, so at least {least} of all records look alike, and nothing marks these."
    )


def _recodings(report: Row, *, truth: Truth) -> list[Row]:
    """Return the variables that some product uses, each with what was done to it, apart for the file and for the tables."""
    if not truth.dataset.contract.persons:
        return []
    in_file = set(truth.rules.microdata.variables if truth.rules.microdata else ())
    in_tables = {name for item in truth.tables for name in item.variables} - in_file
    return [
        {"says": says, "variables": found}
        for says, names in (("In the record file", in_file), ("In the tables alone", in_tables))
        if (found := [item for item in report["recoded"] if item["variable"] in names])
    ]


def _blanks(report: Row, *, titles: Mapping[str, str]) -> Row:
    rows = [{"variable": titles[item["variable"]], "share": item["share"]} for item in report["blanked"]]
    words = "; ".join(f"{row['variable']} {group_words.percent(row['share'])}" for row in rows)
    return {
        "blanks": rows, "blanks_words": f"Share left blank: {words}.",
        "blanks_plot": group_words.as_markup(plots.draw_blanks_by_variable(rows)) if rows else "",
    }  # fmt: skip


def _tables(report: Row, *, truth: Truth) -> Row:
    if not truth.dataset.contract.persons:
        return {"tables": [], "tables_words": "", "hidden_plot": "", "hidden_words": ""}
    rules = truth.rules.tables
    titles = _table_titles(truth)
    rows: list[Row] = [
        {"title": _table_title(item["table"], titles=titles), "cells": f"{item['cells']:,}", "hidden": f"{item['hidden']:,}",
         "share": item["hidden"] / item["cells"] if item["cells"] else 0.0, "says": item["says"]}
        for item in report["tables"]
    ]  # fmt: skip
    least = rules.minimum_frequency if rules else 1
    # A scoring asks that the reason of a hidden number be told nowhere, and so not that it is below a bound.
    small = "Small counts are hidden" if rules and rules.scoring else f"A count from 1 to {least - 1} is hidden"
    words = (
        f"{small}. Because totals are shown, some further numbers are hidden too: "
        "otherwise a small count could be worked out by subtraction. All tables of this release, and all earlier releases, "
        "were looked at together."
    )
    words = "How the numbers were changed is said above." if report["consequence"] else words
    hidden_words = "; ".join(f"{row['title']} {group_words.percent(row['share'])}" for row in rows)
    return {
        "tables": rows, "tables_words": words, "hidden_words": f"Share of cells hidden: {hidden_words}.",
        "hidden_plot": group_words.as_markup(plots.draw_hidden_cells([{"table": row["title"], "share": row["share"]} for row in rows if row["share"]])),
    }  # fmt: skip


def _table_titles(truth: Truth) -> dict[str, str]:
    """Return the title of each table: its indicator's and its breakdown's."""
    return {
        item.id: f"{item.indicator.title}: {item.indicator.breakdowns[item.breakdown].title}" for item in truth.tables
    }


def _table_title(name: str, *, titles: Mapping[str, str]) -> str:
    return f"{titles[name.removesuffix(DENOMINATOR)]}: the whole" if name.endswith(DENOMINATOR) else titles[name]


def _attack(item: Row, *, truth: Truth) -> Row:
    plugin = discovery.load_plugin(attacks, item["attack"], attribute="ATTACK")
    scenario = truth.policy.scenarios.get(item["against"])
    return {
        "title": plugin.title, "against": scenario.says if scenario else f"{item['against']}.", "passed": item["passed"],
        "says": _found(item, titles={name: rule.title or name for name, rule in truth.rules.recode.items()}),
    }  # fmt: skip


def _found(item: Row, *, titles: Mapping[str, str]) -> str:
    figures = item["figures"]
    if "bold_rate" in figures:
        return (
            f"An intruder who knows everybody's details names {group_words.percent(figures['bold_rate'])} of the records rightly; "
            f"the policy allows {group_words.percent(figures['maximum_rate'])}."
        )
    if item["against"] == beside.LEFT_OUT:
        return (
            "Taking the record file away from the tables does not tell how few people were kept out of it."
            if item["passed"]
            else "Taking the record file away from the tables tells how few people were kept out of it."
        )
    names = [name.removeprefix("success_rate") for name in figures if name.startswith("success_rate")]
    if names:
        return " ".join(_rate(figures, name, titles=titles) for name in names)
    if item["against"] == vintages.EARLIER_FILES and figures["earlier_releases"]:
        return (
            "Taking an earlier record file away from this one does not tell of any few records that they changed."
            if item["passed"]
            else "Taking an earlier record file away from this one tells of a few records that they changed."
        )
    if figures.get("earlier_releases") == 0:
        return "There is no earlier release to set this one against."
    if not item["passed"]:
        return "At least one hidden number can be worked out too closely."
    return "No hidden number can be worked out more closely than the policy allows."


def _rate(figures: Row, name: str, *, titles: Mapping[str, str]) -> str:
    """Say how often the intruder was right, and how often somebody who guesses is. The name is a variable's, or empty."""
    asked = f"{titles.get(name.removeprefix('_'), name.removeprefix('_'))}: the" if name else "The"
    return (
        f"{asked} intruder was right for {figures['success_rate' + name]:.0%}; somebody who guesses is right for "
        f"{figures['guess_rate' + name]:.0%}, and by chance for up to {figures['guess_high' + name]:.0%}."
    )


def _remaining(report: Row) -> list[str]:
    """Say what protection does not promise."""
    if not report["attacks"]:
        return []
    return [
        "Somebody who already knows almost everything about a person will find that the tables do not contradict it. No protection can prevent that.",
        "A group in which everybody shares a value shows that value of all its members, whatever its size.",
        "What other offices publish about the same people was not part of these tests, except where a test says so.",
    ]


def _points(report: Row) -> Row:
    points = report["points"]
    words = "; ".join(
        f"{item['label']}: risk {group_words.percent(item['risk'])}, values kept {group_words.percent(item['utility'])}"
        for item in points
    )
    return {
        "points": points, "points_words": f"Risk against use. {words}.",
        "points_plot": group_words.as_markup(plots.draw_risk_against_utility(points)) if points else "",
    }  # fmt: skip


def _utility(report: Row) -> list[Row]:
    shown = [item["share_of_count_shown"] for item in report["tables"] if item["share_of_count_shown"] is not None]
    rows = [
        ("Records in the record file", None if report["records"] is None else f"{report['records']:,}"),
        ("Values kept in the record file", group_words.percent(report["values_kept"])),
        ("Records without any blank", group_words.percent(report["records_untouched"])),
        (
            "Least share of a table's count that is still shown in its finest cells",
            group_words.percent(min(shown)) if shown else None,
        ),
    ]
    return [{"title": title, "value": value} for title, value in rows if value]


def _blanks_in_words(report: DisclosureReport) -> str:
    return f"{group_words.percent(1 - report.values_kept)} of values blank" if report.values_kept is not None else ""


def _listed(names: Sequence[str]) -> str:
    plain = [name.replace("_", " ") for name in names]
    return f"{', '.join(plain[:-1])} and {plain[-1]}" if len(plain) > 1 else "".join(plain)

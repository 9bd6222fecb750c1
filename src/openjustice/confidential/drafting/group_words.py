"""Says of protected groups, in words for people without training, what protection took from each and what still shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import markupsafe

from openjustice.confidential.drafting import plots

Row = dict[str, Any]
TOO_FEW = "not told, too few"


def make_section(report: Row, *, titles: Mapping[str, str]) -> Row:
    """Return what the page says about groups: sentences, a plot, and every figure in two tables."""
    groups = [_group(item, titles=titles) for item in report["groups"]]
    disparities = [_disparity(item, titles=titles) for item in report["disparities"]]
    bars = [{"variable": f"{row['variable']}: {row['group']}", "share": row["lost"]} for row in groups if row["lost"]]
    return {
        "groups": groups,
        "group_sentences": [*_cap_words(report, titles=titles), *_loss_words(groups), *_disparity_words(disparities)],
        "groups_plot": as_markup(plots.draw_blanks_by_group(bars)) if bars else "",
        "groups_words": "Share of each group's records in which the group is left blank: "
        + "; ".join(f"{row['variable']} {percent(row['share'])}" for row in bars) + ".",
        "disparities": disparities,
    }  # fmt: skip


def in_short(report: Row) -> list[str]:
    """Say in one sentence what became of groups; nothing where there is no record file."""
    if not report["groups"]:
        return []
    erased = sum(item["erased"] for item in report["groups"])
    judged = [item for item in report["disparities"] if item["stays"] is not None]
    moved = sum(not item["stays"] for item in judged)
    named = f"{erased} groups are named nowhere in it any more" if erased else "Every group is still named in it"
    if not moved:
        return [f"{named}."]
    return [
        f"{named}, but {moved} of {len(judged)} comparisons between groups should be made with the tables and not with it."
    ]


def percent(share: float | None) -> str:
    """Write a share for people: with one decimal, and never as nothing where there is something."""
    if share is None:
        return ""
    return "under 0.1%" if 0 < share < 0.001 else f"{share:.1%}"


def _group(item: Row, *, titles: Mapping[str, str]) -> Row:
    named = "nowhere in the file" if item["erased"] else "by itself" if item["alone"] else "together with others"
    lost = 1.0 if item["erased"] and item["share_of_group"] is not None else item["share_of_group"]
    return {
        "variable": titles.get(item["variable"], item["variable"]), "group": item["code"], "named": named, "lost": lost,
        "erased": item["erased"], "share": _share(item, "share_of_group"), "any": _share(item, "share_with_any"),
        "recoded": _share(item, "detail_recoded"), "kept": _share(item, "detail_kept"),
    }  # fmt: skip


def _share(item: Row, name: str) -> str:
    if name == "share_of_group" and item["erased"]:
        return "all: named nowhere in the file"
    return TOO_FEW if item[name] is None else percent(item[name])


def _cap_words(report: Row, *, titles: Mapping[str, str]) -> list[str]:
    return [
        f"The policy allows that a group of “{titles.get(name, name)}” is left blank in at most {percent(limit)} of its records; no group is over that."
        for name, limit in sorted(report["cap"].items())
    ]


def _loss_words(groups: Sequence[Row]) -> list[str]:
    erased = [f"{row['group']} ({row['variable']})" for row in groups if row["erased"]]
    told = [row for row in groups if row["lost"] is not None and not row["erased"]]
    words = []
    if erased:
        words.append(
            f"Named nowhere in the record file any more: {'; '.join(erased)}. They are still counted in the tables."
        )
    elif groups:
        words.append("Every group is still named in the record file.")
    if told:
        worst = max(told, key=lambda row: (row["lost"], row["variable"], row["group"]))
        words.append(
            f"The group that is left blank most is {worst['group']} ({worst['variable']}): in {percent(worst['lost'])} of its records."
            if worst["lost"]
            else "No group had its own name left blank anywhere."
        )
    return words


def _disparity(item: Row, *, titles: Mapping[str, str]) -> Row:
    interval = "" if item["low"] is None else f"{item['low']:g} to {item['high']:g}"
    verdict = {True: "yes", False: "no", None: TOO_FEW}[item["stays"]]
    return {
        "by": titles.get(item["by"], item["by"]), "group": item["group"],
        "outcome": titles.get(item["outcome"], item["outcome"]), "value": item["value"],
        "before": TOO_FEW if item["before"] is None else f"{item['before']:g}", "interval": interval,
        "after": "not shown" if item["after"] is None else f"{item['after']:g}", "stays": verdict,
    }  # fmt: skip


def _disparity_words(disparities: Sequence[Row]) -> list[str]:
    judged = [row for row in disparities if row["stays"] != TOO_FEW]
    moved = [row for row in judged if row["stays"] == "no"]
    if not judged:
        return []
    if not moved:
        return [
            f"All {len(judged)} differences between groups that were compared can still be seen in the file: none moved further than chance alone would move it."
        ]
    by = ", ".join(_moved_in_words(name, judged) for name in dict.fromkeys(row["by"] for row in judged))
    return [
        f"Blanks fall more often on rare records, so what is left can tilt a comparison. Of {len(judged)} differences between groups that were compared, {len(moved)} came out of the file changed by more than chance: {by}. Take these from the tables, which are exact, and not from the record file; each is named below."
    ]


def _moved_in_words(name: str, judged: Sequence[Row]) -> str:
    verdicts = [row["stays"] for row in judged if row["by"] == name]
    moved = verdicts.count("no")
    return f"{moved or 'none'} of {len(verdicts)} by {name.lower()}"


def as_markup(text: str) -> Any:
    """Return a plot for the page. It is our own drawing, made from titles and shares, and needs no escaping."""
    return markupsafe.Markup(text[text.index("<svg") :])  # noqa: S704 (see above)

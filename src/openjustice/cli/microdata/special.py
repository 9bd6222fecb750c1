"""The command `microdata special`: which records few of their values single out."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from openjustice.cli.microdata.local import Key, Records, read_names
from openjustice.protect import coded, special_uniques


def special(
    table: Records,
    key: Key,
    sample_share: Annotated[
        float, typer.Option("--sample-share", min=0.000001, max=1, help="The share of the population in the file.")
    ] = 0.01,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Find special uniques (SUDA2): how few values single records out, and which variables do it. An empty value is missing."""
    variables = read_names(key)
    records = coded.read_table(table, variables=variables)
    missing = {tree.variable: tree.labels[0].index("") for tree in records.hierarchies if "" in tree.labels[0]}
    found = special_uniques.find_special_uniques(
        records.columns, sizes=records.sizes, variables=variables, missing=missing
    )
    likely = found.dis_scores(sample_share=sample_share)
    told: dict[str, Any] = {
        "records": found.records,
        "sample_uniques": len(found.rows),
        "special_uniques_by_size": {
            str(size): int(count) for size, count in enumerate((found.counts > 0).sum(axis=0), start=1)
        },
        "minimal_uniques_by_size": {
            str(size): int(count) for size, count in enumerate(found.counts.sum(axis=0), start=1)
        },
        "highest_score": float(found.scores.max(initial=0)),
        "highest_dis_score": round(float(likely.max(initial=0)), 6),
        "share_of_scores": {name: round(share, 6) for name, share in found.variable_shares.items()},
    }
    if as_json:
        typer.echo(json.dumps(told, indent=2))
        return
    console = Console(highlight=False)
    console.print(f"{found.records:,} records, {len(found.rows):,} of them unique in these variables.")
    shown = Table("variables that suffice", "records", "combinations", box=None)
    for size, count in told["minimal_uniques_by_size"].items():
        shown.add_row(size, f"{told['special_uniques_by_size'][size]:,}", f"{count:,}")
    console.print(shown)
    for name, share in sorted(told["share_of_scores"].items(), key=lambda item: -item[1]):
        console.print(f"{name}: part of {share:.0%} of all scores")

"""The command `microdata risk`: what a table gives away to somebody who knows a key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from openjustice.cli.microdata import asked
from openjustice.protect import coded
from openjustice.protect import risk as risks
from openjustice.protect.risk import Exposure


def measure(
    table: asked.Table,
    key: asked.Key,
    k: Annotated[int, typer.Option("--k", min=1, help="Records in smaller classes count as at risk.")] = 5,
    sensitive: Annotated[
        str | None, typer.Option("--sensitive", help="Variables to be learned, with commas: `offense,outcome`.")
    ] = None,
    severe: Annotated[
        list[str] | None, typer.Option("--severe", help="A harmful value, `variable=value`; may be repeated.")
    ] = None,
    population: Annotated[
        Path | None,
        typer.Option("--population", exists=True, dir_okay=False, help="A table of everybody the records may be of."),
    ] = None,
    population_size: Annotated[
        int | None, typer.Option("--population-size", min=1, help="How many they are, where only that is known.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Measure what a table of records gives away to somebody who knows the key. Nothing is kept or sent.

    No value of a record is printed: only counts, shares and rates.
    """
    names = asked.names_of(key, option="--key")
    hidden = asked.names_of(sensitive, option="--sensitive") if sensitive else []
    harmful: dict[str, list[str]] = {}
    for pair in severe or []:
        for name, value in asked.pairs_of([pair], option="--severe", value=str).items():
            harmful.setdefault(name, []).append(value)
    records, people = coded.read_tables(table, population, variables=[*names, *hidden], shared=names)
    found = risks.measure_table(
        records, key=names, k=k, sensitive=hidden, severe=harmful, population=people, population_size=population_size
    )
    if as_json:
        typer.echo(json.dumps(found.as_dict(), indent=2))
    else:
        show(found)


def show(found: Exposure) -> None:
    """Print a measurement: the records first, then each intruder, then what can be learned without finding anybody."""
    console = Console(highlight=False)
    grid = Grid(title=escape(f"Who knows {', '.join(found.key)}"), title_justify="left", show_header=False)
    grid.add_column()
    grid.add_column(justify="right")
    grid.add_row("records", f"{found.records:,}")
    grid.add_row("different tuples", f"{found.classes:,}")
    grid.add_row("records that are alone", f"{found.uniques:,} ({found.unique_share:.1%})")
    grid.add_row("smallest class", f"{found.smallest_class:,}")
    grid.add_row(f"records in classes under {found.k}", f"{found.prosecutor_at_risk:.1%}")
    grid.add_row("a known participant is found, on average", f"{found.prosecutor_average:.1%}")
    if (people := found.population) is not None:
        grid.add_row("alone in the population too", f"{people.population_uniques:,}")
        grid.add_row("fewest persons behind a record", f"{people.smallest:,}")
        grid.add_row("somebody of the population is found, on average", f"{people.journalist_average:.1%}")
        grid.add_row("chance that somebody is in the table", f"{people.delta_least:.1%} to {people.delta_most:.1%}")
        if people.unaccounted:
            grid.add_row("records that the population table lacks", f"{people.unaccounted:,}")
    if found.estimated is not None:
        grid.add_row("alone in the population, by estimate", f"{found.estimated.share:.1%} of it")
    for item in found.disclosures:
        grid.add_section()
        grid.add_row(escape(f"records whose class tells {item.variable}"), f"{item.homogeneous:,}")
        grid.add_row("fewest values in a class", f"{item.distinct:,}")
        grid.add_row("farthest class from all records (t)", f"{item.closeness['equal']:.3f}")
        if item.severe:
            grid.add_row("records in classes of severe values alone", f"{item.severe:,}")
    console.print(grid)

"""Commands on quality: `quality assess|list|show|page`."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from openjustice.cli import options
from openjustice.cli.confidential.obligations import a_year_before, find_jurisdiction
from openjustice.confidential.collect import agency_page, assessment, quality_rules
from openjustice.ground import durable

_LISTED = 30  # alarms shown on a screen; --json gives everything
_ALARMS = ("unusual", "missing", "late", "differs")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    own = typer.Typer(no_args_is_help=True, help="Assess reports, and show an agency its own.")
    own.command("assess")(assess)
    own.command("list")(list_assessments)
    own.command("show")(show)
    own.command("page")(page)
    app.add_typer(own, name="quality")


def assess(
    dataset: Annotated[str, typer.Option(help="The dataset: `name` or `jurisdiction/name`.")],
    since: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="Timeliness of periods that begin on this day or later."),
    ] = None,
    rules: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Other rules than the registry's.")
    ] = None,
    actor: Annotated[
        str, typer.Option(callback=options.need_words, help="Who assesses: a plain name.")
    ] = "data steward",
    home: options.Home = options.DEFAULT_HOME,
    registry: options.RegistryFolders = None,
) -> None:
    """Assess the reports in force: in time, valid, complete, plausible, in agreement. Nothing is changed by an alarm."""
    declared = options.read_registry(registry, home=home)
    found = declared.dataset(dataset)
    today = options.today()
    judged_by = quality_rules.read_rules(rules)
    number = assessment.assess(
        home, dataset=found, jurisdiction=declared.jurisdiction(found.jurisdiction), actor=actor, at=options.now(),
        since=since.date() if since else a_year_before(today), rules=judged_by, waiting=options.tell_waiting,
    )  # fmt: skip
    made, _ = assessment.read_assessment(home, number, waiting=options.tell_waiting)
    expected = made["tests"] * judged_by.false_alarm_rate
    typer.echo(f"Assessment {number} of {found.id}: {made['tests']:,} tests, {made['unusual']:,} unusual.")
    typer.echo(
        f"Where nothing is wrong, about {expected:.1f} alarms are to be expected ({judged_by.false_alarm_rate:g} of tests)."
    )
    typer.echo(f"See them with: openjustice quality show {number}{options.home_words(home)}")


def list_assessments(
    dataset: Annotated[str | None, typer.Option(help="Only those of this dataset.")] = None,
    home: options.Home = options.DEFAULT_HOME,
) -> None:
    """List assessments, first things first."""
    table = Table("", "dataset", "made", "by", "tests", "unusual", box=None, pad_edge=False)
    for row in assessment.list_assessments(home, dataset=options.dataset_name(dataset), waiting=options.tell_waiting):
        table.add_row(
            str(row["number"]),
            row["dataset"],
            row["made_at"],
            row["made_by"],
            f"{row['tests']:,}",
            f"{row['unusual']:,}",
        )
    Console(highlight=False).print(table if table.row_count else "Nothing was assessed yet.")


def show(
    number: Annotated[int, typer.Argument(help="The assessment's number.")],
    reporter: Annotated[str | None, typer.Option(help="Only what it found of this agency.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what is usual and in time.")] = False,
    home: options.Home = options.DEFAULT_HOME,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Show what an assessment found, what needs a person's eye first."""
    made, rows = assessment.read_assessment(home, number, reporter=reporter, waiting=options.tell_waiting)
    if as_json:
        print(json.dumps({"assessment": made, "found": rows}, indent=2, default=str))
        return
    shown = [row for row in rows if everything or row["verdict"] in _ALARMS]
    console = Console(highlight=False)
    console.print(Text(f"Assessment {number} of {made['dataset']}, {made['made_at']}", style="bold"))
    for row in shown[:_LISTED]:
        console.print(_line(row), soft_wrap=True)
    if len(shown) > _LISTED:
        console.print(f"and {len(shown) - _LISTED:,} more; see all with --json.")
    if not shown:
        console.print("Nothing stands out.")


def page(
    reporter: Annotated[str, typer.Option(help="The agency's code.")],
    to: Annotated[Path, typer.Option("--to", callback=options.need_place, help="Where to write the page.")],
    dataset: Annotated[str | None, typer.Option(help="Only this dataset.")] = None,
    place: Annotated[
        str | None, typer.Option("--jurisdiction", help="The jurisdiction, where no dataset names it.")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="Only periods that begin on this day or later."),
    ] = None,
    home: options.Home = options.DEFAULT_HOME,
    registry: options.RegistryFolders = None,
) -> None:
    """Write an agency's own page: what it owes, how it stands, what was found and asked. No other agency is on it."""
    declared = options.read_registry(registry, home=home)
    jurisdiction, name = find_jurisdiction(declared, dataset=dataset, place=place)
    today = options.today()
    text = agency_page.make_page(
        home, jurisdiction=jurisdiction, reporter=reporter, dataset=name, today=today,
        since=since.date() if since else a_year_before(today), waiting=options.tell_waiting,
    )  # fmt: skip
    durable.write_file(to, text)
    typer.echo(f"Written: {to}")


def _line(row: dict[str, Any]) -> Text:
    color = (
        "yellow" if row["verdict"] in ("late", "unusual", "differs") else "red" if row["verdict"] == "missing" else ""
    )
    head = f"{row['verdict'].replace('_', ' '):<8} "
    return Text.assemble((head, color), f"{row['reporter']} {row['period']}, {row['dimension']}: {row['says']}")

"""Commands on owed reports: `obligations list|count|none|withdraw`."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from openjustice.cli import options
from openjustice.confidential.collect import obligations, statements
from openjustice.confidential.collect.obligations import Owed, Standing
from openjustice.contracts.jurisdiction import Jurisdiction
from openjustice.contracts.registry import Registry
from openjustice.ground import errors

_COLORS = {Standing.MISSING: "red", Standing.RETURNED: "red", Standing.LATE: "yellow"}
_LISTED = 40  # lines on a screen; --json gives all

Dataset = Annotated[str | None, typer.Option(help="Only this dataset: `name` or `jurisdiction/name`.")]
Place = Annotated[str | None, typer.Option("--jurisdiction", help="The jurisdiction, where no dataset names it.")]
Reporter = Annotated[str | None, typer.Option(help="Only what this agency owes, by its code.")]
Since = Annotated[
    datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Only periods that begin on this day or later.")
]
Until = Annotated[
    datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="Only periods that end before this day.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print everything as JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    own = typer.Typer(no_args_is_help=True, help="Say who owes which report, and how it stands.")
    own.command("list")(list_owed)
    own.command("count")(count_owed)
    own.command("none")(state_none)
    own.command("withdraw")(withdraw)
    app.add_typer(own, name="obligations")


def list_owed(
    dataset: Dataset = None,
    place: Place = None,
    reporter: Reporter = None,
    standing: Annotated[Standing | None, typer.Option("--state", help="Only reports that stand so.")] = None,
    since: Since = None,
    until: Until = None,
    home: options.Home = options.DEFAULT_HOME,
    registry: options.RegistryFolders = None,
    as_json: AsJson = False,
) -> None:
    """List owed reports and how they stand; by default from the first day of the last year on."""
    found = _owed(dataset, place, reporter, since, until, home=home, registry=registry)
    shown = [item for item in found if standing in (None, item.standing)]
    if as_json:
        print(json.dumps([_plain(item) for item in shown], indent=2))
        return
    table = Table("dataset", "period", "agency", "due", "state", "", box=None, pad_edge=False)
    for item in shown[:_LISTED]:
        words = item.standing.value.replace("_", " ")
        table.add_row(
            item.due.dataset, item.due.period.text, f"{item.due.reporter} {item.due.label}", str(item.due.due_on),
            Text(words, style=_COLORS.get(item.standing, "")), _remark(item),
        )  # fmt: skip
    console = Console(highlight=False)
    console.print(table if table.row_count else "Nothing is owed for these periods.")
    if len(shown) > _LISTED:
        console.print(f"and {len(shown) - _LISTED:,} more; see all with --json, or name an agency with --reporter.")


def count_owed(
    dataset: Dataset = None,
    place: Place = None,
    since: Since = None,
    until: Until = None,
    home: options.Home = options.DEFAULT_HOME,
    registry: options.RegistryFolders = None,
    as_json: AsJson = False,
) -> None:
    """Count owed reports of each dataset and period by how they stand: coverage, with zero and missing told apart."""
    counted = obligations.count(_owed(dataset, place, None, since, until, home=home, registry=registry))
    if as_json:
        print(json.dumps([{**vars(item), "reported_share": item.reported_share} for item in counted], indent=2))
        return
    heads = ("dataset", "period", "owed", "files", "none", "late", "returned", "missing", "ahead", "reported")
    table = Table(*heads, box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for item in counted:
        share = "" if item.reported_share is None else f"{item.reported_share:.1%}"
        cells = (item.owed, item.received, item.none_stated, item.late, item.returned, item.missing, item.not_due)
        table.add_row(item.dataset, item.period, *(f"{cell:,}" for cell in cells), share)
    Console(highlight=False).print(table if table.row_count else "Nothing is owed for these periods.")


def state_none(
    dataset: Annotated[str, typer.Option(help="The dataset: `name` or `jurisdiction/name`.")],
    reporter: Annotated[str, typer.Option(help="The agency's code.")],
    period: Annotated[
        str, typer.Option(help="The period that had nothing to report: 2018, 2018-03, 2018-Q1 or 2018-H1.")
    ],
    actor: Annotated[str | None, typer.Option(help="Who states it; by default the agency.")] = None,
    home: options.Home = options.DEFAULT_HOME,
    registry: options.RegistryFolders = None,
) -> None:
    """State that an agency had nothing to report for a period, so that its zero is not taken for a missing report."""
    declared = options.read_registry(registry, home=home)
    found = declared.dataset(dataset)
    number = statements.state_none(
        home, dataset=found, jurisdiction=declared.jurisdiction(found.jurisdiction), reporter=reporter, period=period,
        actor=actor or reporter, at=options.now(), waiting=options.tell_waiting,
    )  # fmt: skip
    typer.echo(f"Statement {number}: {reporter} had nothing to report of {found.id} for {period}.")


def withdraw(
    number: Annotated[int, typer.Argument(help="The statement's number.")],
    reason: Annotated[str, typer.Option(callback=options.need_words, help="Why it is withdrawn. Name no person.")],
    actor: Annotated[str, typer.Option(callback=options.need_words, help="Who acts: a plain name.")] = "reporter",
    home: options.Home = options.DEFAULT_HOME,
) -> None:
    """Withdraw a statement; the report is owed again."""
    statements.withdraw(home, number, reason=reason, actor=actor, at=options.now(), waiting=options.tell_waiting)
    typer.echo(f"Statement {number} is withdrawn. The report is owed again.")


def find_jurisdiction(declared: Registry, *, dataset: str | None, place: str | None) -> tuple[Jurisdiction, str | None]:
    """Return the jurisdiction that is meant, and the dataset's own name; raises RegistryRefused where neither is named."""
    if dataset is not None:
        found = declared.dataset(dataset if place is None or "/" in dataset else f"{place}/{dataset}")
        return declared.jurisdiction(found.jurisdiction), found.id
    if place is not None:
        return declared.jurisdiction(place), None
    raise errors.RegistryRefused.because(
        "jurisdiction_missing", "It is not said which jurisdiction is meant.",
        way_out=f"Name it with --jurisdiction, or a dataset with --dataset. Known: {', '.join(declared.jurisdictions)}.",
    )  # fmt: skip


def _owed(
    dataset: str | None, place: str | None, reporter: str | None, since: datetime | None, until: datetime | None,
    *, home: Path, registry: list[Path] | None,
) -> tuple[Owed, ...]:  # fmt: skip
    declared = options.read_registry(registry, home=home)
    jurisdiction, name = find_jurisdiction(declared, dataset=dataset, place=place)
    today = options.today()
    return obligations.list_owed(
        home, jurisdiction=jurisdiction, today=today, since=since.date() if since else a_year_before(today),
        until=until.date() if until else None, dataset=name, reporter=reporter, waiting=options.tell_waiting,
    )  # fmt: skip


def a_year_before(day: date) -> date:
    """Return the first day of the year before, so that the last whole year is always among what is shown."""
    return date(day.year - 1, 1, 1)


def _remark(item: Owed) -> str:
    if item.standing is Standing.RETURNED:
        return f"submission {item.submission} was returned"
    if item.days_late is not None and item.days_late > 0:
        return f"{item.days_late} days late"
    return "" if item.due.is_confirmed else "obligation to be confirmed"


def _plain(item: Owed) -> dict[str, Any]:
    return {
        "dataset": item.due.dataset, "period": item.due.period.text, "reporter": item.due.reporter, "label": item.due.label,
        "due_on": item.due.due_on.isoformat(), "state": item.standing.value, "is_late": item.is_late,
        "received_on": item.received_on.isoformat() if item.received_on else None, "days_late": item.days_late,
        "submission": item.submission, "statement": item.statement, "obligation_confirmed": item.due.is_confirmed,
    }  # fmt: skip

"""Commands on submissions: `submit`, and `submissions list|show`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from openjustice.cli import options
from openjustice.cli.confidential.findings import print_findings
from openjustice.confidential.collect import receive, submissions, upkeep
from openjustice.confidential.collect.findings import Tally
from openjustice.confidential.collect.receive import Receipt
from openjustice.confidential.collect.submission import State
from openjustice.ground import errors
from openjustice.ground.terms import Severity

_LISTED = 12  # lines shown for each rule; a query names all that are kept
_TRY_FIRST = "To try it first: openjustice check"
_COLORS = {State.ACCEPTED: "green", State.ACCEPTED_WITH_QUERIES: "yellow", State.RETURNED: "red"}


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("submit")(submit)
    own = typer.Typer(no_args_is_help=True, help="List or show what was sent.")
    own.command("list")(list_submissions)
    own.command("show")(show_submission)
    app.add_typer(own, name="submissions")


def submit(
    file: Annotated[Path, typer.Argument(help="The file, in any common form.")],
    dataset: Annotated[str, typer.Option(help="The dataset: `name` or `jurisdiction/name`.")],
    reporter: Annotated[str, typer.Option(help="The reporting agency's code.")],
    period: Annotated[str, typer.Option(help="What the file covers: 2018, 2018-03, 2018-Q1, 2018-H1 or 2005/2018.")],
    actor: Annotated[str | None, typer.Option(help="Who sends it; by default the reporter.")] = None,
    home: options.Home = options.DEFAULT_HOME,
    registry: options.RegistryFolders = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the receipt as JSON.")] = False,
) -> None:
    """Send a file to the home: kept byte for byte, checked, and accepted, accepted with queries, or returned."""
    declared = options.read_registry(registry, home=home)
    found = declared.dataset(dataset)
    with options.progress_bar(is_shown=not as_json) as shown:
        task = shown.add_task("Starting", total=1.0)
        receipt = receive.submit(
            file, home=home, dataset=found, jurisdiction=declared.jurisdiction(found.jurisdiction), reporter=reporter,
            period=period, actor=actor or reporter, at=options.now(), key=upkeep.read_key(home),
            progress=lambda share, words: shown.update(task, completed=share, description=words),
            waiting=options.tell_waiting,
        )  # fmt: skip
        shown.update(task, completed=1.0, description="Done")
    if as_json:
        print(json.dumps(_as_plain(receipt), indent=2))
    else:
        _print_receipt(receipt, home=home)
    if receipt.state == State.RETURNED:
        raise typer.Exit(errors.SubmissionRefused.exit_code)


def list_submissions(
    dataset: Annotated[
        str | None, typer.Option(help="Only those of this dataset: `name` or `jurisdiction/name`.")
    ] = None,
    state: Annotated[State | None, typer.Option(help="Only those in this state.")] = None,
    home: options.Home = options.DEFAULT_HOME,
) -> None:
    """List what was sent, first things first."""
    table = Table("", "state", "dataset", "reporter", "period", "rows", box=None, pad_edge=False)
    for row in submissions.list_submissions(
        home, dataset=options.dataset_name(dataset), state=state, waiting=options.tell_waiting
    ):
        rows = f"{row['rows']:,}"
        table.add_row(str(row["number"]), _state(row["state"]), row["dataset"], row["reporter"], row["period"], rows)
    Console(highlight=False).print(table if table.row_count else "Nothing was sent yet.")


def show_submission(
    number: Annotated[int, typer.Argument(help="The submission's number.")], home: options.Home = options.DEFAULT_HOME
) -> None:
    """Show one submission: what it is, what its check found, what is asked, and what was done when by whom."""
    console = Console(highlight=False)
    shown = submissions.show_submission(home, number, waiting=options.tell_waiting)
    for name, value in shown.submission.items():
        if value is not None:
            console.print(Text.assemble((f"{name.replace('_', ' '):<14} ", "bold"), str(value)))
    print_findings(console, [_as_tally(row) for row in shown.findings], listed=_LISTED)
    for query in shown.queries:
        console.print(Text(f"query {query['number']}, {query['state']}: {query['question']}"))
    console.print(Text("history", style="bold"))
    for step in shown.audit:
        console.print(f"  {step['at']}  {step['event'].replace('_', ' ')}, {step['actor']}")


def _print_receipt(receipt: Receipt, *, home: Path) -> None:
    console = Console(highlight=False)
    words = "Already here, unchanged: submission" if receipt.repeated else "Submission"
    console.print(Text.assemble((f"{words} {receipt.number}: ", "bold"), _state(receipt.state)))
    console.print(f"{options.count_rows(receipt.rows)} for {receipt.dataset}, {receipt.reporter}, {receipt.period}")
    console.print(f"SHA-256 {receipt.sha256}")
    if receipt.supersedes and not receipt.repeated:
        console.print(f"It supersedes submission {receipt.supersedes}, which is kept.")
    if receipt.result:
        print_findings(console, receipt.result.tallies, listed=_LISTED)
    console.print(Text(_next_step(receipt, home=home), style="bold"), soft_wrap=True)


def _next_step(receipt: Receipt, *, home: Path) -> str:
    match receipt.state:
        case State.RETURNED:
            seen = f"See what was found with: openjustice submissions show {receipt.number}{options.home_words(home)}"
            return seen if receipt.result is None else f"Correct this and send the file again. {_TRY_FIRST}"
        case State.ACCEPTED_WITH_QUERIES:
            asked = ", ".join(str(number) for number in receipt.queries)
            return f"Answer the questions ({asked}) with: openjustice queries answer NUMBER{options.home_words(home)}"
        case _:
            return "Nothing is left to do."


def _as_tally(row: dict[str, Any]) -> Tally:
    names = ("rule", "says", "fix", "count", "field")
    return Tally(
        severity=Severity(row["severity"]), lines=tuple(row["lines"]), **{name: row[name] for name in names}
    )  # fmt: skip


def _state(state: str) -> Text:
    return Text(state.replace("_", " "), style=_COLORS.get(State(state), ""))


def _as_plain(receipt: Receipt) -> dict[str, Any]:
    plain = {name: value for name, value in asdict(receipt).items() if name != "result"}
    return {**plain, "result": receipt.result.as_dict() if receipt.result else None}

"""Commands on queries: `queries list|show|answer|reopen|close`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from openjustice.cli import options
from openjustice.confidential.collect import queries, report
from openjustice.confidential.collect.queries import State

Number = Annotated[int, typer.Argument(help="The query's number.")]
Actor = Annotated[str, typer.Option(callback=options.need_words, help="Who acts: a plain name.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    own = typer.Typer(no_args_is_help=True, help="List, answer or close the questions to a reporter.")
    own.command("list")(list_queries)
    own.command("show")(show_query)
    own.command("answer")(answer_query)
    own.command("reopen")(reopen_query)
    own.command("close")(close_query)
    app.add_typer(own, name="queries")


def list_queries(
    dataset: Annotated[
        str | None, typer.Option(help="Only those of this dataset: `name` or `jurisdiction/name`.")
    ] = None,
    reporter: Annotated[str | None, typer.Option(help="Only those to this agency.")] = None,
    state: Annotated[State | None, typer.Option(help="Only those in this state.")] = None,
    home: options.Home = options.DEFAULT_HOME,
) -> None:
    """List the questions to reporters, with what is overdue."""
    today = options.today()
    console = Console(highlight=False)
    with queries.open_desk(home, writable=False, waiting=options.tell_waiting) as desk:
        found = queries.list_queries(desk, dataset=options.dataset_name(dataset), reporter=reporter, state=state)
    for row in found:
        is_late = queries.is_overdue(row, today=today)
        due = (f", {'overdue since' if is_late else 'due'} {row['due_date']}", "red" if is_late else "")
        console.print(Text.assemble((f"{row['number']:>4}  ", "bold"), row["state"], due))
        console.print(Padding(Text(row["question"]), (0, 0, 0, 6)))
        about = f"{row['dataset']}, {row['reporter']}, submission {row['submission']}, {row['rule']}, {options.count_rows(row['count'])}"
        console.print(Padding(Text(about, style="dim"), (0, 0, 0, 6)))
    if not found:
        console.print("Nothing is asked.")


def show_query(number: Number, home: options.Home = options.DEFAULT_HOME) -> None:
    """Show one question, the lines it is about, and its answer."""
    with queries.open_desk(home, writable=False, waiting=options.tell_waiting) as desk:
        row = desk.get("query", number)
    console = Console(highlight=False)
    console.print(Text.assemble((f"Query {number}: ", "bold"), row["question"]))
    console.print(Text(f"{row['says']} (rule {row['rule']}, submission {row['submission']})"))
    console.print(f"{options.count_rows(row['count'])}: lines {report.lines_text(row['lines'], total=row['count'])}")
    console.print(f"{row['state']}, due {row['due_date']}, {row['reporter']}")
    if row["answer"]:
        console.print(Text.assemble((f"Answer of {row['answered_by']}, {row['answered_at']}: ", "bold"), row["answer"]))


def answer_query(
    number: Number,
    answer: Annotated[
        str | None, typer.Option("--answer", help="The answer in words; asked for where it is not given.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", exists=True, dir_okay=False, help="A text file with the answer, in UTF-8.")
    ] = None,
    actor: Actor = "reporter",
    home: options.Home = options.DEFAULT_HOME,
) -> None:
    """Answer a question, as its reporter. Do not name a person in it."""
    text = _read_text(file) if file else answer or typer.prompt("Answer")
    with queries.open_desk(home, waiting=options.tell_waiting) as desk:
        queries.answer_query(desk, number, answer=text, actor=actor, at=options.now())
    typer.echo(f"Query {number} is answered. The data steward looks at it next.")


def _read_text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise typer.BadParameter(f"'{file.name}' is not a text in UTF-8", param_hint="--file") from None


def reopen_query(
    number: Number,
    question: Annotated[str, typer.Option("--question", callback=options.need_words, help="What is still open.")],
    actor: Actor = "data steward",
    home: options.Home = options.DEFAULT_HOME,
) -> None:
    """Ask again, where the answer did not settle it."""
    with queries.open_desk(home, waiting=options.tell_waiting) as desk:
        queries.reopen_query(desk, number, question=question, actor=actor, at=options.now())
    typer.echo(f"Query {number} is open again.")


def close_query(number: Number, actor: Actor = "data steward", home: options.Home = options.DEFAULT_HOME) -> None:
    """Close an answered question; the last one settles its submission."""
    with queries.open_desk(home, waiting=options.tell_waiting) as desk:
        was_last = queries.close_query(desk, number, actor=actor, at=options.now())
    typer.echo(f"Query {number} is closed.{' Its submission is now accepted in full.' if was_last else ''}")

"""Commands about protection: `protect suggest`."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from openjustice.cli import options
from openjustice.confidential.collect import submission, validate
from openjustice.confidential.collect.findings import Verdict
from openjustice.confidential.drafting import suggestion
from openjustice.contracts.jurisdiction import Dataset, Jurisdiction
from openjustice.ground import durable, engine, errors
from openjustice.ground.terms import Plane


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    own = typer.Typer(no_args_is_help=True, help="Propose how records could be protected.")
    own.callback()(_group)
    own.command("suggest")(suggest)
    app.add_typer(own, name="protect")


def _group() -> None:
    """Propose how records could be protected."""


def suggest(
    dataset: Annotated[str, typer.Argument(help="A dataset: `name` or `jurisdiction/name`.")],
    table: Annotated[
        Path | None, typer.Option("--table", help="A file of this dataset, outside of any home; needs no home.")
    ] = None,
    k: Annotated[int, typer.Option("--k", min=2, help="How many records must look alike.")] = 5,
    blanks: Annotated[
        float, typer.Option("--blanks", min=0, max=1, help="The share of records that may need values left blank.")
    ] = 0.02,
    seed: Annotated[int, typer.Option("--seed", help="Decides ties, and who is invented.")] = 1,
    out: Annotated[
        Path | None, typer.Option("--html", callback=options.need_place, help="Write the proposals as a page to print.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the proposals as JSON.")] = False,
    home: options.Home = options.DEFAULT_HOME,
    registry: options.RegistryFolders = None,
) -> None:
    """Find what identifies people in a dataset's records, and propose a few plans to choose from.

    The proposals are for the office alone: they are made of the records as collected. Nothing is kept or published.
    """
    loaded = options.read_registry(registry, home=home)
    found = loaded.dataset(dataset)
    jurisdiction = loaded.jurisdiction(found.jurisdiction)
    with options.progress_bar(is_shown=not as_json) as bar:
        bar.add_task("Trying what identifies, and what would end it", total=None)
        values = (
            suggestion.suggest_in_home(home, dataset=found, jurisdiction=jurisdiction, k=k, blanks=blanks, seed=seed)
            if table is None
            else _suggest_for_file(table, dataset=found, jurisdiction=jurisdiction, k=k, blanks=blanks, seed=seed)
        )
    if out is not None:
        page = suggestion.as_html(values, language=jurisdiction.declaration.language, day=options.today().isoformat())
        durable.write_file(out, page)
    if as_json:
        typer.echo(suggestion.as_json(values), nl=False)
    else:
        _show(values, page=out)


def _suggest_for_file(
    path: Path, *, dataset: Dataset, jurisdiction: Jurisdiction, k: int, blanks: float, seed: int
) -> dict[str, Any]:
    submission.check_file(path)
    with tempfile.TemporaryDirectory(prefix="openjustice-") as folder:
        scratch = Path(folder).resolve()
        with engine.open_memory(plane=Plane.CONFIDENTIAL, directory=scratch, files=[path]) as opened:
            read, result = validate.read_and_check(
                path, engine=opened, scratch=scratch, dataset=dataset, jurisdiction=jurisdiction, today=options.today()
            )
            if result.verdict is Verdict.RETURNED or read.records is None:
                raise errors.SubmissionRefused.because(
                    "file_returned",
                    "The file has faults that must be corrected before plans can be made for it.",
                    way_out=f"See every fault with: openjustice check {path.name} --dataset {dataset.address}",
                )
            proposal = suggestion.suggest_for(
                read.records, dataset=dataset, jurisdiction=jurisdiction, k=k, blanks=blanks, seed=seed
            )
            return suggestion.as_values(proposal, dataset=dataset, jurisdiction=jurisdiction, seed=seed)


def _show(values: dict[str, Any], *, page: Path | None) -> None:
    console = Console(highlight=False)
    everything = values["telling"][0]
    console.print(
        f"[bold]{everything['unique_share']:.1%}[/bold] of {values['records']:,} records are alone to somebody who knows "
        f"{', '.join(everything['fields']).lower()}.",
        soft_wrap=True,
    )
    for item in values["telling"][1:4]:
        console.print(f"  {item['unique_share']:.1%} by {' and '.join(item['fields']).lower()}", soft_wrap=True)
    shown = Table("Plan", "Keeps best", "Alike", "Guess right", "Detail kept", "Left out", box=None, pad_edge=False)
    for item in values["plans"]:
        shown.add_row(
            item["letter"], item["says"], str(item["k"]), f"{item['risk']:.1%}", f"{item['utility']:.1%}",
            ", ".join(item["leaves_out"]).lower(),
        )  # fmt: skip
    console.print(shown)
    console.print(
        f"Read the plans: {page}" if page else "See each plan with pictures and its policy: --html FILE",
        style="dim", soft_wrap=True,
    )  # fmt: skip

"""The command `compare`: whether two agencies' numbers may stand side by side, and every reason why or why not."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from openjustice.cli import options
from openjustice.contracts.jurisdiction import Dataset
from openjustice.contracts.registry import Registry
from openjustice.contracts.source import Source
from openjustice.ground import errors
from openjustice.standards import definitions as defining
from openjustice.standards.comparability import Answer, Verdict, Weight
from openjustice.standards.definitions import Definitions, Measure

_COLORS = {Verdict.COMPARABLE: "green", Verdict.WITH_CAVEATS: "yellow", Verdict.NOT_COMPARABLE: "red"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("compare")(compare)


def compare(
    first: Annotated[str, typer.Argument(help="An agency: a source of the dataset.")],
    second: Annotated[str, typer.Argument(help="Another.")],
    measure: Annotated[
        str | None, typer.Option("--measure", help="What is compared; without it, each measure.")
    ] = None,
    dataset: Annotated[
        str | None,
        typer.Option("--dataset", help="A dataset: `name` or `jurisdiction/name`; found by itself where one has both."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
    registry: options.RegistryFolders = None,
) -> None:
    """Say whether two agencies' numbers may stand side by side: comparable, with caveats, or not, with reasons.

    Exit code 15 where a measure was named and the numbers may not be compared.
    """
    found = _dataset(options.read_registry(registry), dataset, agencies=(first, second))
    known = _definitions(found)
    one, two = (_source(found, name).standing for name in (first, second))
    asked = [known.measure(measure)] if measure else list(known.measures.values())
    answers = [(item, defining.compare(one, two, measure=item, definitions=known)) for item in asked]
    if as_json:
        told = {
            "first": first,
            "second": second,
            "dataset": found.address,
            "measures": [_as_dict(*item) for item in answers],
        }
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        _show(answers, first=one.title, second=two.title)
    if measure and answers[0][1].verdict is Verdict.NOT_COMPARABLE:
        raise typer.Exit(errors.NotComparable.exit_code)


def _dataset(loaded: Registry, named: str | None, *, agencies: tuple[str, str]) -> Dataset:
    if named is not None:
        return loaded.dataset(named)
    every = [item for place in loaded.jurisdictions.values() for item in place.datasets.values() if item.definitions]
    having = [item for item in every if set(agencies) <= set(item.sources)]
    if len(having) == 1:
        return having[0]
    raise errors.RegistryRefused.because(
        "agencies_unknown", "No dataset has both agencies, or several do.",
        way_out="Name it with --dataset. Known agencies: " + ", ".join(sorted({name for item in every for name in item.sources})) + ".",
    )  # fmt: skip


def _definitions(found: Dataset) -> Definitions:
    if found.definitions is not None:
        return found.definitions
    raise errors.RegistryRefused.because(
        "no_definitions", f"Nothing is declared by which agencies of {found.address} could be compared.",
        way_out="Declare dimensions and measures in the registry, under common/definitions.",
    )  # fmt: skip


def _source(found: Dataset, name: str) -> Source:
    if name in found.sources:
        return found.sources[name]
    raise errors.RegistryRefused.because(
        "unknown_source",
        f"{found.address} has no source '{name}'.",
        way_out=f"Known: {', '.join(sorted(found.sources))}.",
    )


def _as_dict(measure: Measure, answer: Answer) -> dict[str, Any]:
    reasons = [
        {"code": item.code, "about": item.about, "weight": item.weight.value, "what": item.what, "why": item.why}
        for item in answer.reasons
    ]
    return {"measure": measure.name, "unit": measure.unit, "verdict": answer.verdict.value, "reasons": reasons}


def _show(answers: list[tuple[Measure, Answer]], *, first: str, second: str) -> None:
    console = Console(highlight=False)
    console.print(Text(f"{first} and {second}", style="bold"))
    for measure, answer in answers:
        console.print(
            Text.assemble(
                f"\n{measure.title}: ",
                (answer.verdict.value, f"bold {_COLORS[answer.verdict]}"),
                f"  --measure {measure.name}",
            )
        )
        for item in answer.reasons:
            mark = ("✗ ", "red") if item.weight is Weight.REFUSES else ("! ", "yellow")
            console.print(Padding(Text.assemble(mark, item.what), (0, 0, 0, 2)))
            console.print(Padding(Text(item.why, style="dim"), (0, 0, 0, 6)))

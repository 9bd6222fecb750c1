"""The command that protects a table outside any home: `tables protect`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from openjustice.cli import options
from openjustice.ground import durable


def protect(
    cells: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, help="The inner cells: a column for each dimension, and `freq`."),
    ],
    dims: Annotated[
        Path, typer.Option("--dims", exists=True, dir_okay=False, help="Their dimensions, as JSON: codes and parents.")
    ],
    threshold: Annotated[int, typer.Option("--threshold", min=1, help="Counts from 1 to this are small.")],
    out: Annotated[Path, typer.Option("--out", callback=options.need_place, help="Where to write the marked table.")],
    report: Annotated[
        Path | None, typer.Option("--report", callback=options.need_place, help="Where to write what it cost, as JSON.")
    ] = None,
    attacker: Annotated[
        Path | None,
        typer.Option(
            "--attacker",
            exists=True,
            dir_okay=False,
            help="What a reader knows, as YAML or JSON; without it, only exact disclosure is excluded, which is what "
            "`tables audit --exact-only` looks for.",
        ),
    ] = None,
    earlier: Annotated[
        list[str] | None,
        typer.Option("--earlier", help="A marked table published before, FILE or FILE@DIMS; may be repeated."),
    ] = None,
    earlier_cells: Annotated[
        list[Path] | None,
        typer.Option(
            "--earlier-cells",
            exists=True,
            dir_okay=False,
            help="Its true inner cells, where counts were corrected since; in the order of --earlier.",
        ),
    ] = None,
    weights: Annotated[
        Path | None,
        typer.Option(
            "--weights", exists=True, dir_okay=False, help="What readers need most, as YAML or JSON: see the reference."
        ),
    ] = None,
) -> None:
    """Hide the small counts of a table, and the least that must be hidden beside them, all earlier releases considered.

    The marked table has every combination of nodes; `freq` is blank and `status` is c where a count is hidden, whether it
    is small or not. Give `tables audit` the same --attacker; a table protected without one holds against `tables audit
    --exact-only`, while `tables audit` alone also refuses narrow ranges. The report says which (`safe_against`).
    """
    from openjustice.protect import cubes
    from openjustice.protect.audit import files
    from openjustice.protect.plan import cube_files
    from openjustice.protect.plan.cubes import protect_cubes

    declared = None if attacker is None else files.read_attacker(attacker)
    priorities = cube_files.read_priorities(weights)
    cube = cubes.read_cells(cells, cubes.read_dimensions(dims))
    known = [*(earlier or []), *_known(attacker, () if declared is None else declared.known)]
    truths = [*(earlier_cells or [])]
    releases = [
        cube_files.read_release(item, cube=cube, cells=truths[place] if place < len(truths) else None)
        for place, item in enumerate(known)
    ]
    with options.progress_bar() as bar:
        bar.add_task("hiding small counts and what would give them away", total=None)
        done = protect_cubes([cube], threshold=threshold, attacker=declared, earlier=releases, priorities=priorities)
    durable.write_file(out, cubes.write_marked(cube, done.hidden[0]))
    if report is not None:
        durable.write_file(report, (json.dumps(done.figures, indent=2, ensure_ascii=False) + "\n").encode())
    console = Console(highlight=False)
    console.print(Text(str(done.figures["says"]), style="green"))
    if declared is None:
        console.print(
            Text(
                "No attacker was declared: only exact disclosure is excluded, as `tables audit --exact-only` checks. "
                "A range may be narrow; declare an attacker with --attacker, and audit with the same.",
                style="dim",
            )
        )
    console.print(f"{done.figures['share_of_counts_shown']:.1%} of what is counted stands in shown cells.", style="dim")


def _known(attacker: Path | None, names: tuple[str, ...]) -> list[str]:
    return [] if attacker is None else [str(attacker.parent / name) for name in names]

"""The command `microdata recode`: the best levels for each variable, proved, and the table recoded to them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from openjustice.cli import options
from openjustice.cli.microdata import asked
from openjustice.ground import durable
from openjustice.protect import coded
from openjustice.protect.coded import CodedTable, Hierarchy
from openjustice.protect.methods.global_recoding import lattice
from openjustice.protect.methods.global_recoding.lattice import Report

# So many records are enough to load every kernel.
_FEW = 64


def recode(
    table: asked.Table,
    hierarchies: asked.Hierarchies,
    key: asked.Key,
    out: Annotated[Path, typer.Option("--out", callback=options.need_place, help="Where the recoded table goes: CSV, or .parquet.")],
    report: Annotated[Path | None, typer.Option("--report", callback=options.need_place, help="Where the report goes, as JSON.")] = None,
    k: Annotated[int, typer.Option("--k", min=1, help="Records that must be alike in every class.")] = 5,
    suppress: Annotated[float, typer.Option("--suppress", min=0.0, max=1.0, help="The share of records that may be left out.")] = 0.0,
    sensitive: Annotated[str | None, typer.Option("--sensitive", help="The variable that --l and --t protect.")] = None,
    diversity: Annotated[str | None, typer.Option("--l", help="`distinct:3`, `entropy:3` or `recursive:4:3` (c, l).")] = None,
    closeness: Annotated[float | None, typer.Option("--t", min=0.0, max=1.0, help="How far a class may be from all records.")] = None,
    distance: Annotated[lattice.Distance, typer.Option("--distance", help="The distance that --t is measured in.")] = lattice.Distance.HIERARCHICAL,
    metric: Annotated[lattice.Metric, typer.Option("--metric", help="How loss of information is measured.")] = lattice.Metric.LOSS,
    cap: Annotated[list[str] | None, typer.Option("--cap", help="The most of any one group that may be left out: `race=0.1`.")] = None,
    weight: Annotated[list[str] | None, typer.Option("--weight", help="How much a variable's detail matters: `age=2`.")] = None,
    keep: Annotated[list[str] | None, typer.Option("--keep", help="A variable that stays in full detail; may be repeated.")] = None,
    group: Annotated[list[str] | None, typer.Option("--group", help="A variable to report by, beside the capped; may be repeated.")] = None,
    population: Annotated[Path | None, typer.Option("--population", exists=True, dir_okay=False, help="Ask k of this table of persons (k-map).")] = None,
    deadline: Annotated[float | None, typer.Option("--deadline", min=0.0, help="Stop after so many seconds with the best so far.")] = None,
    certificate: Annotated[bool, typer.Option("--certificate", help="Also say what loss any file of this kind must have.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:  # fmt: skip
    """Recode a table so that every class holds k records, at the least loss that the hierarchies allow, and prove it.

    Written are the key and the sensitive variable of the records that are kept, sorted: nothing else of the table.
    """
    names = asked.names_of(key, option="--key")
    wish = lattice.Wish(
        k=k, suppress=suppress, metric=metric,
        models=_models(sensitive, diversity, closeness, distance),
        caps=asked.pairs_of(cap, option="--cap", value=float),
        weights=asked.pairs_of(weight, option="--weight", value=float),
        levels=dict.fromkeys(keep or (), (0, 0)),
        groups=tuple(group or ()),
    )  # fmt: skip
    clock = _Clock()
    records, people = _read(table, population, folder=hierarchies, key=names, wish=wish)
    clock.passed("read")
    _load_kernels(records, key=names, wish=wish)
    clock.passed("prepare")
    task = lattice.make_task(records, key=names, wish=wish, population=people)
    with options.progress_bar(is_shown=not as_json) as bar:
        search = bar.add_task("searching", total=None)
        best = lattice.find_best(
            task, should_stop=clock.deadline(deadline),
            progress=lambda loss, bound, seen: bar.update(
                search, description=f"best loss {loss:.4f}, none under {bound:.4f}, {seen:,} evaluated"
            ),
        )  # fmt: skip
    clock.passed("search")
    bound = lattice.least_loss_of_any_file(task) if certificate and metric is lattice.Metric.LOSS else None
    made = lattice.apply_best(task, best, any_file_bound=bound)
    coded.write_table(out, variables=made.variables, labels=made.labels, codes=made.codes, counts=made.counts)
    clock.passed("write")
    plain = json.dumps(made.report.as_dict() | {"seconds": clock.seconds}, indent=2)
    if report is not None:
        durable.write_file(report, plain + "\n")
    if as_json:
        typer.echo(plain)
    else:
        show(made.report, out=out)


def _load_kernels(records: CodedTable, *, key: Sequence[str], wish: lattice.Wish) -> None:
    """Run a search over a few records, so that compiling and loading the kernels is not taken for the search's own time."""
    easy = replace(wish, k=1, suppress=1.0, caps={})
    lattice.find_best(lattice.make_task(records.head(_FEW), key=key, wish=easy))


def show(made: Report, *, out: Path) -> None:
    """Print a report: the levels, what was lost and left out, how sure that is, and whom it falls on."""
    console = Console(highlight=False)
    grid = Grid(title="Levels (0 is full detail)", title_justify="left", show_header=False)
    for name, level in made.levels.items():
        grid.add_row(escape(name), str(level))
    console.print(grid)
    proof = (
        "No other levels lose less."
        if made.is_proved
        else f"Stopped before it was proved: no levels lose less than {made.lower_bound:.4f}."
    )
    console.print(f"Loss by {made.metric}: {made.loss:,.4f}. {proof}")
    if made.any_file_bound is not None:
        console.print(f"Any file recoded along these hierarchies loses at least {made.any_file_bound:.4f}.")
    console.print(
        f"Left out: {options.count_rows(made.suppressed)} of {made.records:,} ({made.suppressed_share:.1%}). "
        f"{made.classes:,} classes, the smallest of {made.smallest_class:,}."
    )
    uneven = [item for item in made.groups if item.is_uneven]
    if made.groups:
        by = Grid("group", "records", "left out", "times the others", "loss", title="By group", title_justify="left")
        for item in made.groups:
            times = "" if item.ratio is None else f"{item.ratio:.1f}"
            by.add_row(
                escape(f"{item.variable}: {item.label}"), f"{item.records:,}", f"{item.suppressed_share:.1%}", times, f"{item.loss:.3f}"
            )  # fmt: skip
        console.print(by)
    if uneven:
        console.print(
            f"{len(uneven)} of {len(made.groups)} groups fare otherwise than chance would have it. Look before you publish; --cap limits it."
        )
    console.print(f"Written to {escape(out.name)}.")


def _models(
    sensitive: str | None, diversity: str | None, closeness: float | None, distance: lattice.Distance
) -> tuple[lattice.LDiversity | lattice.TCloseness, ...]:
    if (sensitive is None) != (diversity is None and closeness is None):
        raise typer.BadParameter("--sensitive goes together with --l or --t", param_hint="--sensitive")
    found: list[lattice.LDiversity | lattice.TCloseness] = []
    if sensitive is not None and diversity is not None:
        found.append(_diversity(sensitive, diversity))
    if sensitive is not None and closeness is not None:
        found.append(lattice.TCloseness(sensitive, closeness, distance))
    return tuple(found)


def _diversity(variable: str, text: str) -> lattice.LDiversity:
    kind, *numbers = text.split(":")
    try:
        values = [float(number) for number in numbers]
        made = lattice.Diversity(kind)
    except ValueError:
        values, made = [], lattice.Diversity.DISTINCT
    if len(values) != (2 if made is lattice.Diversity.RECURSIVE else 1):
        raise typer.BadParameter("write `distinct:3`, `entropy:3` or `recursive:4:3`", param_hint="--l")
    return lattice.LDiversity(variable, values[-1], made, values[0])


def _read(
    table: Path, population: Path | None, *, folder: Path, key: list[str], wish: lattice.Wish
) -> tuple[CodedTable, CodedTable | None]:
    """Read the table with the hierarchies of its key; other variables have one where the folder has a file for them."""
    others = [
        name
        for name in dict.fromkeys([*(model.variable for model in wish.models), *wish.caps, *wish.groups])
        if name not in key
    ]
    trees: dict[str, Hierarchy] = coded.read_hierarchies(folder, variables=key)
    trees |= coded.read_hierarchies(folder, variables=[name for name in others if coded.has_hierarchy(folder, name)])
    return coded.read_tables(table, population, variables=[*key, *others], shared=key, hierarchies=trees)


class _Clock:
    """Measures the parts of a run, and says when its time is over."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._started = time.monotonic()

    def passed(self, part: str) -> None:
        """Note how long a part took."""
        now = time.monotonic()
        self.seconds[part] = round(now - self._started, 3)
        self._started = now

    def deadline(self, seconds: float | None) -> Callable[[], bool]:
        """Return what tells whether so many seconds have passed from now on."""
        end = None if seconds is None else time.monotonic() + seconds
        return lambda: end is not None and time.monotonic() >= end

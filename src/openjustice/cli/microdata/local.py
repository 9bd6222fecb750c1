"""The commands `microdata localize` and `microdata suppress`: different rows keep different detail."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from openjustice.cli import options
from openjustice.ground import durable
from openjustice.protect import coded
from openjustice.protect.methods.local_recoding import frozen
from openjustice.protect.methods.local_recoding import method as local_recoding
from openjustice.protect.methods.local_recoding.parameters import Parameters as Recoding
from openjustice.protect.methods.local_suppression import columns as local_suppression
from openjustice.protect.methods.local_suppression.parameters import Parameters as Suppression

# So many records are enough to load every kernel.
_FEW = 64


class Blank(StrEnum):
    """How a blank is read."""

    STRICT = "strict"
    MATCHES_ANYTHING = "matches-anything"


Records = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, help="The records: CSV, csv.gz or Parquet, one row each.")
]
Key = Annotated[str, typer.Option("--key", help="The variables that an intruder can know, with commas between.")]
K = Annotated[int, typer.Option("--k", min=1, help="How many records must look alike.")]
Out = Annotated[
    Path, typer.Option("--out", callback=options.need_place, help="Where the result goes: .csv or .parquet, sorted.")
]
Report = Annotated[
    Path | None, typer.Option("--report", callback=options.need_place, help="Write what was done as JSON as well.")
]


def localize(
    table: Records,
    hierarchies: Annotated[
        Path, typer.Option("--hierarchies", exists=True, file_okay=False, help="A folder of ARX hierarchy files.")
    ],
    key: Key,
    out: Out,
    k: K = 5,
    weights: Annotated[
        str, typer.Option("--importance", help="How much detail of a variable is worth: age=3,sex=1; others 1.")
    ] = "",
    certificate: Annotated[
        bool,
        typer.Option("--certificate", help="Also compute a loss that no file of this kind can undercut; takes longer."),
    ] = False,
    freeze: Annotated[
        Path | None,
        typer.Option("--freeze", callback=options.need_place, help="Keep the recoding for `microdata apply`, as JSON."),
    ] = None,
    report: Report = None,
) -> None:
    """Recode records locally: each class of k is shown as finely as its own records allow. Nobody is dropped."""
    variables = read_names(key)
    trees = coded.read_hierarchies(hierarchies, variables=variables)
    records = coded.read_table(table, variables=variables, hierarchies=trees)
    parameters = Recoding(k=k, weights=read_weights(weights, variables))
    started = time.process_time()
    if records.records > (few := max(_FEW, k)):  # so that loading the kernels is not taken for the method's own time
        local_recoding.recode(records.head(few), parameters=parameters)
    prepared = time.process_time()
    made = local_recoding.recode(records, parameters=parameters)
    seconds = {"prepare": round(prepared - started, 3), "recode": round(time.process_time() - prepared, 3)}
    shown = [made.shown(name) for name in variables]
    coded.write_table(
        out, variables=variables, labels=[labels for labels, _ in shown], codes=[codes for _, codes in shown],
        counts=np.ones(records.records, dtype=np.int64),
    )  # fmt: skip
    told: dict[str, Any] = {
        "records": records.records, "k": k, "dropped": made.dropped, "classes": len(made.grouping.sizes),
        "smallest_class": int(made.grouping.sizes.min()), "loss": round(made.loss, 9),
        "records_by_level": made.levels_used(), "cpu_seconds": seconds,
    }  # fmt: skip
    if freeze is not None:
        durable.write_file(freeze, json.dumps(frozen.freeze(made).as_dict(), indent=2, ensure_ascii=False) + "\n")
    if certificate:
        told["lower_bound"] = round(made.lower_bound, 9)
    _finish(told, out=out, report=report, heading="shown at level", rows=told["records_by_level"])


def suppress(
    table: Records,
    key: Key,
    out: Out,
    k: K = 5,
    blank: Annotated[
        Blank, typer.Option("--blank", help="Whether a blank is a value of its own, or may be anything (weaker).")
    ] = Blank.STRICT,
    importance: Annotated[
        str, typer.Option("--importance", help="What blanking a value of a variable costs: age=3,sex=1; others 1.")
    ] = "",
    seed: Annotated[int, typer.Option("--seed", help="Decides between equals; the same seed gives the same file.")] = 1,
    report: Report = None,
) -> None:
    """Suppress locally: blank as few single values as is found necessary, until k records look alike."""
    variables = read_names(key)
    records = coded.read_table(table, variables=variables)
    run = partial(
        local_suppression.suppress,
        parameters=Suppression(blank=blank.value),
        k=k,
        importance=read_weights(importance, variables),
        seed=seed,
    )
    started = time.process_time()
    if records.records > (few := max(_FEW, k)):
        run(records.head(few))
    prepared = time.process_time()
    made = run(records)
    seconds = {"prepare": round(prepared - started, 3), "suppress": round(time.process_time() - prepared, 3)}
    coded.write_table(
        out, variables=variables, labels=made.labels, codes=list(made.after.T), counts=np.ones(records.records, dtype=np.int64)
    )  # fmt: skip
    told = made.as_dict() | {"cpu_seconds": seconds}
    _finish(told, out=out, report=report, heading="blanked", rows={name: [n] for name, n in told["blanked"].items()})


def read_names(text: str) -> list[str]:
    """Return the names of a list with commas; refuses an empty name and one that stands twice."""
    names = [name.strip() for name in text.split(",")]
    if not all(names) or len(set(names)) != len(names):
        raise typer.BadParameter("name each variable once, with commas between", param_hint="--key")
    return names


def read_weights(text: str, variables: Sequence[str]) -> dict[str, float]:
    """Return the numbers of `name=number` pairs; refuses an unknown name and a number that is not above zero."""
    weights: dict[str, float] = {}
    for pair in text.split(",") if text else ():
        name, _, number = pair.partition("=")
        try:
            weights[name.strip()] = float(number)
        except ValueError:
            weights[name.strip()] = 0.0
    if any(name not in variables or not 0 < number < float("inf") for name, number in weights.items()):
        raise typer.BadParameter(
            "say variable=number with numbers above 0 and names of the key", param_hint="--importance"
        )
    return weights


def _finish(
    told: Mapping[str, Any], *, out: Path, report: Path | None, heading: str, rows: Mapping[str, Sequence[int]]
) -> None:
    if report is not None:
        durable.write_file(report, json.dumps(told, indent=2) + "\n")
    console = Console(highlight=False)
    widest = max(map(len, rows.values()))
    shown = Table("variable", *(f"{heading} {level}" if widest > 1 else heading for level in range(widest)), box=None)
    for name, counts in rows.items():
        shown.add_row(name, *(f"{count:,}" for count in counts))
    console.print(shown)
    for name, value in told.items():
        if isinstance(value, int | float):
            console.print(f"{name.replace('_', ' ')}: {value:,}")
    console.print(f"written: {out.name}")

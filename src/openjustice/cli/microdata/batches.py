"""The command `microdata apply`: the next batch of records is shown by a recoding that was frozen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console

from openjustice.cli import options
from openjustice.cli.microdata.local import Out, Records, Report
from openjustice.ground import durable, errors
from openjustice.protect import coded
from openjustice.protect.methods.local_recoding import frozen
from openjustice.protect.methods.local_recoding.frozen import Applied, FrozenRecoding


def apply(
    table: Records,
    recoding: Annotated[
        Path, typer.Option("--recoding", exists=True, dir_okay=False, help="What `localize --freeze` kept.")
    ],
    hierarchies: Annotated[
        Path, typer.Option("--hierarchies", exists=True, file_okay=False, help="The folder of ARX hierarchy files.")
    ],
    out: Out,
    union: Annotated[
        Path | None,
        typer.Option("--union", callback=options.need_place, help="Keep the recoding with this batch counted in."),
    ] = None,
    report: Report = None,
) -> None:
    """Show the next batch in the classes that went out, and prove that the union is safe; else write the report alone.

    Exit code 12 where the union is not safe: the report says which classes fail, and how many records none fits.
    """
    kept = _read(recoding)
    trees = coded.read_hierarchies(hierarchies, variables=kept.variables)
    batch = coded.read_table(table, variables=kept.variables, hierarchies=trees)
    done = frozen.apply_frozen(kept, batch)
    if report is not None:
        durable.write_file(report, json.dumps(done.as_dict(), indent=2, ensure_ascii=False) + "\n")
    if not done.is_safe:
        raise errors.ProtectionRefused.because(
            "union_unsafe",
            f"The union is not safe: {len(done.failing)} classes hold fewer than {kept.k} records, and {done.unfit} records "
            "of the batch fit no class.",
            way_out="Look at the report; hold those records back for a larger batch, or recode everything anew.",
        )
    _write(done, out)
    if union is not None:
        durable.write_file(union, json.dumps(done.union.as_dict(), indent=2, ensure_ascii=False) + "\n")
    Console(highlight=False).print(
        f"{batch.records:,} records are shown in classes that went out. In the union every class holds at least "
        f"{min(done.union.counts):,} records; the smallest class within the batch holds {done.smallest_in_batch:,}, which is "
        "what somebody sees who knows that a person is in this batch."
    )


def _read(path: Path) -> FrozenRecoding:
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        given = {}
    return FrozenRecoding.from_dict(given if isinstance(given, dict) else {})


def _write(done: Applied, out: Path) -> None:
    labels, codes = [], []
    for place in range(len(done.union.variables)):
        known = sorted({row[place] for row in done.union.labels})
        at = {label: number for number, label in enumerate(known)}
        labels.append(known)
        codes.append(np.array([at[row[place]] for row in done.union.labels], dtype=np.int32)[done.class_of])
    ones = np.ones(len(done.class_of), dtype=np.int64)
    coded.write_table(out, variables=done.union.variables, labels=labels, codes=codes, counts=ones)

"""The commands `microdata synthesize` and `microdata redraw`: synthetic records under a privacy budget."""

from __future__ import annotations

import fcntl
import json
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from pydantic import Field, ValidationError
from rich.console import Console
from rich.markup import escape

from openjustice.cli import options
from openjustice.cli.microdata import asked
from openjustice.cli.microdata.local import Report
from openjustice.contracts import declaration
from openjustice.contracts.declaration import Declared
from openjustice.ground import durable, errors
from openjustice.protect import coded, private_counts
from openjustice.protect.methods.synthetic_records import measuring
from openjustice.protect.methods.synthetic_records import method as synthetic_records
from openjustice.protect.methods.synthetic_records.method import Synthetic
from openjustice.protect.methods.synthetic_records.parameters import Parameters
from openjustice.protect.private_counts import Spending

Out = Annotated[
    Path,
    typer.Option(
        "--out", callback=options.need_place, help="Where the records go: .csv or .parquet, `synthetic` in the name."
    ),
]
Rows = Annotated[
    int | None, typer.Option("--rows", min=1, help="How many records; else as many as the noisy counts say.")
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Draws the records. The noise has no seed.")]


def synthesize(
    table: asked.Table,
    hierarchies: asked.Hierarchies,
    key: Annotated[str, typer.Option("--key", help="The variables of the synthetic file, with commas between.")],
    epsilon: Annotated[float, typer.Option("--epsilon", help="What this release may tell of any one record.")],
    out: Out,
    delta: Annotated[float, typer.Option("--delta", help="Above zero: Gaussian noise, with this chance of more.")] = 0.0,
    marginal: Annotated[list[str] | None, typer.Option("--marginal", help="Variables to count together, with commas between; may be repeated. Else all sets of --ways.")] = None,
    ways: Annotated[int, typer.Option("--ways", help="How many variables are counted together.")] = 2,
    rows: Rows = None,
    seed: Seed = 0,
    ledger: Annotated[Path | None, typer.Option("--ledger", callback=options.need_place, help="Keeps what was spent, one line a release; with --budget.")] = None,
    budget: Annotated[float | None, typer.Option("--budget", min=0.0, help="What all releases of the dataset may spend.")] = None,
    budget_delta: Annotated[float, typer.Option("--budget-delta", min=0.0, help="The delta that they may spend.")] = 0.0,
    dataset: Annotated[str | None, typer.Option("--dataset", help="Whose budget it is; else the table's name.")] = None,
    measurements: Annotated[Path | None, typer.Option("--measurements", callback=options.need_place, help="Keep the noisy counts, so that the file can be drawn again.")] = None,
    report: Report = None,
) -> None:  # fmt: skip
    """Draw synthetic records from noisy counts of combinations: a bound on what they tell of anybody, and nobody's record.

    The values of each variable are those of its hierarchy's file, never those that occur. Spending is written to the ledger
    before the noise is drawn, so that nothing is spent unseen.
    """
    names = asked.names_of(key, option="--key")
    _need_word(out)
    parameters: Parameters = declaration.read_values(
        {
            "epsilon": epsilon, "delta": delta, "ways": ways, "rows": rows,
            "marginals": [asked.names_of(text, option="--marginal") for text in marginal or ()],
        },
        Parameters,
        label="parameters of synthetic_records",
    )  # fmt: skip
    if (ledger is None) != (budget is None):
        raise typer.BadParameter("--ledger goes together with --budget", param_hint="--ledger")
    trees = coded.read_hierarchies(hierarchies, variables=names)
    records = coded.read_table(table, variables=names, hierarchies=trees)
    measuring.need_fit(records, parameters=parameters)
    told: dict[str, Any] = {}
    if ledger is not None and budget is not None:
        told = _spend(
            ledger, dataset or table.name.partition(".")[0], Spending(epsilon, delta), Spending(budget, budget_delta)
        )
    done = synthetic_records.synthesize(records, parameters=parameters, seed=seed, name=out.stem)
    if measurements is not None:
        durable.write_file(measurements, json.dumps(done.measured.as_dict()) + "\n")
    _write(done, out=out, report=report, told={"seed": seed, **told})


def redraw(
    measurements: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Noisy counts that were kept.")],
    out: Out,
    rows: Rows = None,
    seed: Seed = 0,
    report: Report = None,
) -> None:
    """Draw the synthetic records of kept noisy counts again: with the same rows and seed, the same file to the last byte."""
    _need_word(out)
    try:
        kept = json.loads(measurements.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError):
        kept = None
    if not isinstance(kept, dict):
        raise errors.ProtectionRefused.because(
            "no_measurement", f"'{measurements.name}' does not hold kept noisy counts.",
            way_out="Name the file that `synthesize --measurements` wrote.",
        )  # fmt: skip
    done = synthetic_records.draw(measuring.read_measurement(kept), rows=rows, seed=seed, name=out.stem)
    _write(done, out=out, report=report, told={"seed": seed})


class _Line(Declared):
    dataset: str
    epsilon: float = Field(gt=0)
    delta: float = Field(ge=0)


def _spend(ledger: Path, dataset: str, asked_for: Spending, budget: Spending) -> dict[str, Any]:
    """Write what is asked for into the ledger, where the dataset's budget allows it, and say what is spent then."""
    with ledger.open("a+", encoding="utf-8") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # two releases at once must not both take what is left
        held.seek(0)
        text = held.read()
        if text and not text.endswith("\n"):
            raise _damaged(ledger)
        lines = [_read_line(line, ledger) for line in text.splitlines()]
        spent = [Spending(line.epsilon, line.delta) for line in lines if line.dataset == dataset]
        total = private_counts.need_budget(spent, asked=asked_for, budget=budget)
        line = {"dataset": dataset, "epsilon": asked_for.epsilon, "delta": asked_for.delta}
        durable.append_line(ledger, json.dumps(line) + "\n")
    return {
        "dataset": dataset,
        "spent_in_all": total.epsilon,
        "spent_delta_in_all": total.delta,
        "budget": budget.epsilon,
    }


def _read_line(line: str, ledger: Path) -> _Line:
    try:
        return _Line.model_validate_json(line)
    except ValidationError:
        raise _damaged(ledger) from None


def _damaged(ledger: Path) -> errors.Refusal:
    return errors.ProtectionRefused.because(
        "ledger_damaged", f"A line of '{ledger.name}' does not say what was spent.",
        why="What was spent is not known, so nothing may be spent.",
        way_out="Restore the ledger from its last good copy, and count every release since as spent.",
    )  # fmt: skip


def _need_word(out: Path) -> None:
    if measuring.WORD not in out.name:
        raise typer.BadParameter(f"say '{measuring.WORD}' in the file's name", param_hint="--out")


def _write(done: Synthetic, *, out: Path, report: Path | None, told: dict[str, Any]) -> None:
    table = done.table
    labels = [tree.labels[0] for tree in table.hierarchies]
    ones = np.ones(table.records, dtype=np.int64)
    coded.write_table(out, variables=table.variables, labels=labels, codes=table.columns, counts=ones)
    says = (
        f"Synthetic records: drawn from noisy counts (epsilon {done.measured.spent.epsilon:g}, delta "
        f"{done.measured.spent.delta:g}). No row is a person's record."
    )
    beside = out.with_name(f"{out.name}-metadata.json")
    columns = [{"name": name, "datatype": "string"} for name in table.variables]
    about = {
        "@context": "http://www.w3.org/ns/csvw", "url": out.name, "dc:title": done.name, "dc:description": says,
        "dialect": {"delimiter": ";"}, "tableSchema": {"columns": columns},
    }  # fmt: skip
    durable.write_file(beside, json.dumps(about, indent=2) + "\n")
    if report is not None:
        facts = {
            "name": done.name, "synthetic": True, "says": says, "records": table.records,
            "epsilon": done.measured.spent.epsilon, "delta": done.measured.spent.delta,
            "sets": [list(own.variables) for own in done.measured.marginals],
            "noise_deviation": round(done.measured.deviation, 4),
            "drawn": [{"variable": step.variable, "given": list(step.given)} for step in done.steps],
        }  # fmt: skip
        durable.write_file(report, json.dumps(facts | told, indent=2) + "\n")
    console = Console(highlight=False)
    console.print(says)
    console.print(
        f"{options.count_rows(table.records)} written to {escape(out.name)}, described in {escape(beside.name)}."
    )

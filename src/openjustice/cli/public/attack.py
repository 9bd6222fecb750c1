"""The command by which anybody attacks a release: `attack RELEASE --with FILE`, on public files alone."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from openjustice.ground import errors
from openjustice.protect.attack import AttackResult
from openjustice.protect.coded.tables import open_table
from openjustice.protect.plan import outside
from openjustice.protect.plan.outside import Matched

RECORD_FILES = (".csv", ".gz", ".parquet")


class Kind(StrEnum):
    """Says which attack is run."""

    MATCHING = "matching"
    EXCLUSION = "exclusion"
    RECORD_DIFFERENCING = "record_differencing"


def register(app: typer.Typer) -> None:
    """Add the attack command."""
    app.command("attack")(attack)


def attack(
    release: Annotated[Path, typer.Argument(exists=True, help="A released record file, or the folder of a release.")],
    file: Annotated[
        Path,
        typer.Option("--with", exists=True, dir_okay=False, help="What the intruder holds: CSV, csv.gz or Parquet."),
    ],
    kind: Annotated[Kind, typer.Option("--attack", help="What to try with it.")] = Kind.MATCHING,
    key: Annotated[
        str, typer.Option(help="What to look up by: `age,sex`, or `age_band=age` where FILE names it otherwise.")
    ] = "",
    within: Annotated[str, typer.Option(help="How far FILE may be off, in years or days: `age=1,date=3`.")] = "",
    wants: Annotated[str, typer.Option(help="Variables that the intruder is after: `cause,outcome`.")] = "",
    in_file: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="How probable it is that somebody of FILE is in the release.")
    ] = 1.0,
    sure: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="From which probability on a match counts as sure.")
    ] = 0.95,
    minimum: Annotated[int, typer.Option(min=1, help="So many records may stand out between two files.")] = 5,
    show: Annotated[int, typer.Option(min=0, help="How many rows to show, the likeliest first.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Attack a released record file with a file of your own, and see which of its rows point at which records.

    Only numbers of rows are printed, never a name or another value of FILE.
    """
    tolerance = _read_numbers(within)
    wanted = _split(wants)
    with open_table(find_record_file(release)) as released, open_table(file) as held:
        if kind is Kind.MATCHING:
            matched = outside.match_people(
                released, held, key=_read_pairs(key), tolerance=tolerance, is_in_file=in_file, sure=sure
            )
            _print(matched.as_dict()) if as_json else _show_matched(matched, show=show)
            return
        given: dict[str, Any] = (
            {"source": "the other file", "tolerance": tolerance}
            if kind is Kind.EXCLUSION
            else {"files": ["the other file"], "minimum": minimum}
        )
        result = outside.lay_beside(released, held, attack=kind.value, key=_split(key), wants=wanted, given=given)
    _print(result.as_dict()) if as_json else _show_result(result, show=show)


def find_record_file(release: Path) -> Path:
    """Return the record file of a release: the file itself, or the one in its folder; raises ProtectionRefused otherwise."""
    if release.is_file():
        return release
    inside = release / "microdata" if (release / "microdata").is_dir() else release
    found = sorted(path for path in inside.iterdir() if path.suffix in RECORD_FILES)
    if len(found) != 1:
        raise errors.ProtectionRefused.because(
            "record_file_unclear",
            f"'{release.name}' has {len(found)} record files, and one is wanted.",
            way_out="Name the file itself.",
        )
    return found[0]


def _show_matched(matched: Matched, *, show: int) -> None:
    console = Console(highlight=False)
    console.print(Text(f"Looked up by {', '.join(matched.key)}.", style="dim"))
    console.print(
        Text(
            f"Of {matched.people:,} rows, {matched.placed:,} may be of one of {matched.records:,} records; {matched.alone:,}"
            f" point at one record alone, {matched.surely_named:,} surely. Naming the likeliest record is right for about"
            f" {matched.named_rate:.1%}."
        )
    )
    if matched.alone and matched.reveals:
        console.print(Text(f"A record shows besides: {', '.join(matched.reveals)}."))
    if not matched.matches or not show:
        return
    table = Table(
        *(Column(name, justify="right") for name in ("row", "possible records", "likeliest record", "probability")),
        box=box.SIMPLE_HEAD,
    )
    for item in matched.matches[:show]:
        record = f"{item.record:,}" if item.tied == 1 else f"{item.record:,} and {item.tied - 1:,} more"
        table.add_row(f"{item.person:,}", f"{item.candidates:,}", record, f"{item.probability:.1%}")
    console.print(table)


def _show_result(result: AttackResult, *, show: int) -> None:
    console = Console(highlight=False)
    mark = ("withstood", "green") if result.passed else ("succeeded", "bold red")
    console.print(Text.assemble(mark, f"  {result.attack}"))
    console.print(Text(result.says))
    if result.at_risk and show:
        listed = ", ".join(f"{row:,}" for row in result.at_risk[:show])
        more = f" and {len(result.at_risk) - show:,} more" if len(result.at_risk) > show else ""
        console.print(Text(f"Records: {listed}{more}"))


def _print(content: dict[str, Any]) -> None:
    typer.echo(json.dumps(content, indent=2, ensure_ascii=False))


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _read_pairs(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in _split(text))
    return {name.strip(): (other.strip() or name.strip()) for name, _, other in pairs}


def _read_numbers(text: str) -> dict[str, int]:
    pairs = _read_pairs(text)
    wrong = [name for name, number in pairs.items() if not number.isdigit()]
    if wrong:
        raise typer.BadParameter(f"--within wants whole numbers, as in age=1: {', '.join(wrong)}")
    return {name: int(number) for name, number in pairs.items()}

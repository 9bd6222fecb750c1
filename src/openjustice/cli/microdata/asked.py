"""What the commands on microdata ask for in one way: keys, pairs, models, hierarchies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, TypeVar

import typer

Value = TypeVar("Value")

Table = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV (gzipped or not) or Parquet.")]
Key = Annotated[
    str, typer.Option("--key", help="The variables that an intruder may know, with commas: `age,sex,place`.")
]
Hierarchies = Annotated[
    Path,
    typer.Option(
        "--hierarchies", exists=True, file_okay=False,
        help="The folder of the hierarchies, one file for each variable: `;` between levels, the value first.",
    ),
]  # fmt: skip


def names_of(text: str, *, option: str) -> list[str]:
    """Return the names in a list with commas; refuses an empty one and a repeated one."""
    names = [name.strip() for name in text.split(",")]
    if "" in names or len(set(names)) != len(names):
        raise typer.BadParameter("name each variable once, with commas between them", param_hint=option)
    return names


def pairs_of(texts: Sequence[str] | None, *, option: str, value: Callable[[str], Value]) -> dict[str, Value]:
    """Return `name=value` pairs as a dictionary; refuses what is no such pair."""
    found: dict[str, Value] = {}
    for text in texts or ():
        name, equals, rest = text.partition("=")
        try:
            found[name.strip()] = value(rest)
        except ValueError:
            equals = ""
        if not equals or not name.strip():
            raise typer.BadParameter("write it as `variable=number`", param_hint=option)
    return found

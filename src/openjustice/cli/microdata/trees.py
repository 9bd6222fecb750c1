"""The command `microdata hierarchy`: hierarchies from the calendar, from ages, and from the lists of the registry."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from openjustice.cli import options
from openjustice.contracts.dataset import Codelist
from openjustice.contracts.registry import Registry, shipped_registry
from openjustice.ground import durable, errors
from openjustice.protect.coded import generated
from openjustice.protect.coded.generated import Line
from openjustice.standards import crosswalks


def hierarchy(
    out: Annotated[Path, typer.Option("--out", callback=options.need_place, help="The file, named for its variable.")],
    days: Annotated[
        tuple[datetime, datetime] | None,
        typer.Option("--days", formats=["%Y-%m-%d"], help="First and last day: day, month, quarter, year."),
    ] = None,
    ages: Annotated[tuple[int, int] | None, typer.Option("--ages", help="Lowest and highest age, in bands.")] = None,
    widths: Annotated[
        str, typer.Option("--widths", help="Widths of the bands, each a multiple of the one before.")
    ] = "5,10,20",
    codelist: Annotated[
        str | None, typer.Option("--codelist", help="A code list of the registry: `jurisdiction/name`.")
    ] = None,
    by: Annotated[str, typer.Option("--by", help="Its attributes from fine to coarse, with commas between.")] = "",
    crosswalk: Annotated[str | None, typer.Option("--crosswalk", help="A crosswalk of the registry, by name.")] = None,
    missing: Annotated[bool, typer.Option("--missing", help="Add a line for a missing value.")] = False,
    registry: options.RegistryFolders = None,
) -> None:
    """Write a hierarchy for dates, ages, the codes of a list (a place and its region), or offenses by a crosswalk."""
    named = [item is not None for item in (days, ages, codelist, crosswalk)]
    if sum(named) != 1:
        raise typer.BadParameter("name one of --days, --ages, --codelist and --crosswalk")
    lines: list[Line]
    if days is not None:
        lines = generated.date_lines(days[0].date(), days[1].date())
    elif ages is not None:
        lines = generated.band_lines(ages[0], ages[1], widths=_numbers(widths))
    elif codelist is not None:
        lines = _of_list(options.read_registry(registry), codelist, by)
    else:
        lines = _of_crosswalk(list(registry or []) or [Path(shipped_registry())], str(crosswalk))
    lines = generated.with_missing(lines) if missing else lines
    durable.write_file(out, generated.as_text(lines))
    Console(highlight=False).print(f"{len(lines):,} values, {len(lines[0])} levels: {out.name}")


def _of_list(loaded: Registry, name: str, by: str) -> list[Line]:
    place, _, wanted = name.partition("/")
    found = loaded.jurisdictions[place].codelists.get(wanted) if place in loaded.jurisdictions else None
    if found is None:
        raise _unknown("code list", name)
    codes = [item.code for item in found.codes]
    groups: list[dict[str, str]] = []
    for attribute in filter(None, by.split(",")):
        groups.append(_step(found, attribute, groups, codes))
    return generated.group_lines(codes, groups=groups)


def _step(found: Codelist, attribute: str, before: list[dict[str, str]], codes: list[str]) -> dict[str, str]:
    """Return what an attribute says of each value of the level before; a value that it divides is refused."""
    own = found.attribute(attribute)
    pairs: dict[tuple[str, str], object] = {}
    for code in codes:
        value = code
        for mapping in before:
            value = mapping[value]
        if code in own:
            pairs[value, str(own[code])] = 1
    return generated.crosswalk_groups(pairs)


def _of_crosswalk(roots: list[Path], name: str) -> list[Line]:
    files = [path for root in roots for path in root.glob("*/crosswalks/*.yaml") if path.stem == name]
    if not files:
        raise _unknown("crosswalk", name)
    groups = generated.crosswalk_groups(crosswalks.read_crosswalk(files[-1]).weights)
    return generated.group_lines(groups, groups=[groups])


def _numbers(text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise typer.BadParameter("say whole numbers with commas between", param_hint="--widths") from None


def _unknown(kind: str, name: str) -> errors.Refusal:
    return errors.RegistryRefused.because(
        "unknown_list", f"The registry has no {kind} '{name}'.", way_out="See `openjustice registry list`."
    )

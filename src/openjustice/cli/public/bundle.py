"""The commands for people without a network: `bundle` packs the site into one file, `profiles` prints places on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from openjustice.cli import options
from openjustice.ground import errors
from openjustice.public.publish import bundle
from openjustice.public.publish.language import refuse_missing, speaking
from openjustice.public.site import build, profiles
from openjustice.public.site.portal import Portal
from openjustice.public.store.reader import open_reader

_LISTED = 12


def register(app: typer.Typer) -> None:
    """Add both commands; each name gets the one it stands for."""
    app.command("bundle")(pack)
    app.command("profiles")(print_profiles)


def pack(
    home: options.Home = options.DEFAULT_HOME,
    out: Annotated[Path, typer.Option("--out", help="The file to write.", callback=options.need_place)] = Path(
        "open-justice-data.zip"
    ),
) -> None:
    """Pack the built site with its data and search into one file that opens without the internet."""
    public = options.public_folder(home)
    site = build.current_site(public)
    with open_reader(public) as reader:
        portals = list(build.read_portals(reader, translations=options.read_translations(home)))
    readme = "\n".join(_opening(portal) for portal in portals)
    count = bundle.pack_site(site, out, name=out.stem, more={bundle.README: readme.encode()})
    Console(highlight=False).print(
        f"Packed {count} files, {out.stat().st_size / 1e6:.1f} MB: {out}. Unpack it and open index.html.",
        soft_wrap=True,
    )


def print_profiles(
    home: options.Home = options.DEFAULT_HOME,
    area: Annotated[list[str] | None, typer.Option("--area", help="A place, by name; may be repeated.")] = None,
    language: Annotated[str | None, typer.Option(help="One language alone: `es`.")] = None,
    out: Annotated[Path, typer.Option("--out", help="The folder to write to.", file_okay=False)] = Path("profiles"),
) -> None:
    """Print the profile of each place on two pages, as PDF; all places and languages where none is named."""
    browser = profiles.find_browser()
    wanted = set(area or ())
    with open_reader(options.public_folder(home)) as reader:
        portals = list(build.read_portals(reader, translations=options.read_translations(home)))
    chosen = [item for item in portals if language in (None, item.language.code)]
    known = {place.label for portal in chosen for place in portal.areas}
    if not chosen or wanted - known:
        raise errors.RegistryRefused.because(
            "place_unknown",
            f"There is no place of that name, or no page in that language: {', '.join(sorted(wanted - known)) or language}.",
            way_out=f"Known places: {', '.join(sorted(known)[:_LISTED])}{' ...' if len(known) > _LISTED else ''}.",
        )
    made = [item for portal in chosen for item in _profiles(portal, wanted, out)]
    refuse_missing(tuple(portal.language for portal in chosen))
    with options.progress_bar() as progress:
        task = progress.add_task("Printing", total=len(made))
        for item in made:
            profiles.print_pdf([item], browser=browser)
            progress.advance(task)
    Console(highlight=False).print(f"Printed {len(made)} profiles into {out}.", soft_wrap=True)


def _profiles(portal: Portal, wanted: set[str], out: Path) -> Iterator[tuple[str, Path]]:
    folder = out / portal.jurisdiction.jurisdiction / portal.language.code
    folder.mkdir(parents=True, exist_ok=True)
    with speaking(portal.language):
        for place in portal.areas:
            if not wanted or place.label in wanted:
                yield profiles.profile_html(portal, place), folder / f"{place.slug}.pdf"


def _opening(portal: Portal) -> str:
    with speaking(portal.language):
        return bundle.opening_words(portal.jurisdiction.title)

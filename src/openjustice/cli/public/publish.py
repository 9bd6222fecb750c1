"""The command that builds the portal from sealed releases: `publish`."""

from __future__ import annotations

import typer
from rich.console import Console

from openjustice.cli import options
from openjustice.public.site import build


def register(app: typer.Typer) -> None:
    """Add the publish command."""
    app.command("publish")(publish)


def publish(home: options.Home = options.DEFAULT_HOME) -> None:
    """Build the portal's files and the site from every sealed release, then switch to them in one step."""
    console = Console(highlight=False)
    public = options.public_folder(home)
    with options.progress_bar() as progress:
        task = progress.add_task("Publishing", total=1.0)
        built = build.build_site(
            public,
            translations=options.read_translations(home),
            progress=lambda share, words: progress.update(task, completed=share, description=words),
        )
    files = [path.relative_to(built) for path in built.rglob("*") if path.is_file()]
    pages = sum(path.suffix == ".html" and "data" not in path.parts for path in files)
    where = public / build.SITE / "index.html"
    console.print(f"Built {pages} pages and {len(files) - pages} other files. Open {where}", soft_wrap=True)
    console.print(f"or serve them: openjustice serve{options.home_words(home)}", soft_wrap=True)

"""The command line: a list of journeys, each loaded only when it runs, and one place where refusals are shown."""

from __future__ import annotations

import errno
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from openjustice.cli import airlock, confidential, house, microdata, office, public
from openjustice.ground import discovery, errors


@dataclass(frozen=True)
class Journey:
    """One command of the list: where its module stands, and what it does in one line."""

    package: ModuleType
    module: str
    says: str


JOURNEYS: dict[str, Journey] = {
    "demo": Journey(house, "demo", "Run the whole road: from an agency's file to a public page."),
    "registry": Journey(house, "registry", "Check, list, show or export what is declared."),
    "home": Journey(confidential, "home", "Make a home: the folder that holds stores, keys and releases."),
    "check": Journey(confidential, "check", "Check a file and see every fault at once. Needs no home."),
    "extract": Journey(confidential, "extract", "Read what is new in a records system and make a submission of it."),
    "profile": Journey(confidential, "profile", "Propose what the columns of a file nobody has seen are."),
    "conform": Journey(
        confidential, "conform", "Bring an agency's files into a dataset's one form by its declaration."
    ),
    "submit": Journey(confidential, "submit", "Send a file to the home."),
    "submissions": Journey(confidential, "submit", "List or show what was sent."),
    "intake": Journey(confidential, "intake", "Take files from machines: over HTTP, and from a watched folder."),
    "queries": Journey(confidential, "queries", "List, answer or close the questions to a reporter."),
    "obligations": Journey(confidential, "obligations", "Say who owes which report, and how it stands."),
    "quality": Journey(confidential, "quality", "Assess reports, and show an agency its own."),
    "protect": Journey(confidential, "protect", "Find what identifies people and propose plans to choose from."),
    "compare": Journey(house, "compare", "Say whether two agencies' numbers may stand side by side, and why."),
    "draft": Journey(confidential, "draft", "Prepare a draft release: measured, protected, attacked, explained."),
    "drafts": Journey(confidential, "draft", "List or show drafts."),
    "release": Journey(airlock, "release", "Verify, approve or seal a draft; list or verify releases."),
    "publish": Journey(public, "publish", "Build the portal's files and the site from sealed releases."),
    "bundle": Journey(public, "bundle", "Pack the site into one file that opens without the internet."),
    "profiles": Journey(public, "bundle", "Print places on two pages of paper, as PDF."),
    "serve": Journey(public, "serve", "Serve the site on this machine."),
    "service": Journey(public, "service", "Answer questions over sealed releases: records, groups, OpenAPI."),
    "attack": Journey(public, "attack", "Attack a released record file with a file of your own."),
    "trace": Journey(public, "trace", "Print how a published number was made."),
    "tables": Journey(house, "tables", "Score, protect or audit tables outside any home."),
    "microdata": Journey(microdata, "microdata", "Protect records outside any home, and measure their risk."),
    "challenge": Journey(house, "challenge", "Make a public stress test of a protected file, or score its claims."),
    "translate": Journey(
        house, "translate", "Bring the files of a language up to date, or say what is not translated."
    ),
    "office": Journey(office, "desks", "Set up and start the office, and let people in."),
    "audit": Journey(office, "audit", "Verify the office's audit record."),
    "docs": Journey(house, "docs", "Write the reference pages that are made from the code and the registry."),
}


class JourneyGroup(TyperGroup):
    """Lists commands from the table alone; imports a command's module when it is about to run."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  (the parent's shape)
        """Return the commands in the order of the journey, not of the alphabet."""
        return list(JOURNEYS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002  (the parent's shape)
        """Return a light stand-in that knows its name and its line of help."""
        journey = JOURNEYS.get(cmd_name)
        return TyperCommand(cmd_name, help=journey.says) if journey else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the real command, loaded now, with the arguments that are left for it."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, load_command(str(name)), rest


def load_command(name: str) -> Any:
    """Import the module of a command and return the command it registers."""
    journey = JOURNEYS[name]
    own = typer.Typer()
    discovery.load_module(journey.package, journey.module).register(own)
    return typer.main.get_group(own).commands[name]


app = typer.Typer(
    cls=JourneyGroup,
    name="openjustice",
    help="Open criminal-justice data: collect, analyze, publish, engage.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # Rich would double the time of --help; the commands themselves use it
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(asked: bool) -> None:
    if asked:
        from openjustice import __version__

        typer.echo(f"openjustice {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", help="Print the version and stop.", is_eager=True, callback=_show_version
    ),
) -> None:
    """Hold the options that come before any command."""


def run() -> None:
    """Run the command line; show refusals without a traceback and exit with their family's code."""
    try:
        app()
    except errors.Refusal as refusal:
        show_refusal(refusal)
        raise SystemExit(refusal.exit_code) from None
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. Nothing half-written is kept.\n")
        raise SystemExit(130) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except Exception as problem:
        if os.environ.get("OPENJUSTICE_DEBUG"):
            raise
        fault = _outside_fault(problem) or _house_fault(problem)
        show_refusal(fault)
        raise SystemExit(fault.exit_code) from None


def show_refusal(refusal: errors.Refusal) -> None:
    """Print every fault of a refusal on standard error: what, why, the way out, whom to ask."""
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, highlight=False)
    noun = "fault" if len(refusal.faults) == 1 else "faults"
    console.print(Text(f"{refusal.family}: {len(refusal.faults)} {noun}", style="bold red"))
    for fault in refusal.faults:
        where = f"{fault.place}  " if str(fault.place) else ""
        console.print(Text.assemble(("• ", "red"), (where, "cyan"), fault.what, (f" [{fault.code}]", "dim")))
        for line in (fault.why, fault.way_out, f"Ask: {fault.ask}." if fault.ask else ""):
            if line:
                console.print(Text(f"  {line}"))


_OUTSIDE: dict[type[OSError], str] = {
    FileNotFoundError: "there is no such file or folder",
    PermissionError: "this account may not read or write it",
    IsADirectoryError: "it is a folder, and a file is wanted",
    NotADirectoryError: "a part of its path is a file, and a folder is wanted",
}


def _outside_fault(problem: Exception) -> errors.Refusal | None:
    """Make a refusal from a file that cannot be used or a disk that is full; None for any other surprise."""
    if not isinstance(problem, OSError):
        return None
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        what, way_out = "The disk is full.", "Make room and run it again."
    elif type(problem) in _OUTSIDE and isinstance(problem.filename, str | os.PathLike):
        what = f"'{Path(problem.filename).name}' cannot be used: {_OUTSIDE[type(problem)]}."
        way_out = "Look at the name, the folder, and who may use it."
    else:
        return None
    return errors.AccessRefused.because("file_unusable", what, way_out=way_out, ask="the owner of the folder")


def _house_fault(problem: Exception) -> errors.Refusal:
    """Make a fault of ours from a surprise. The problem's own words stay out: they may hold a record's value."""
    frame = problem.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = (
        errors.Place(file=Path(frame.tb_frame.f_code.co_filename).name, line=frame.tb_lineno)
        if frame
        else errors.Place()
    )
    return errors.HouseFault.because(
        "surprise",
        f"The program failed with {type(problem).__name__}.",
        why="This is our fault, not yours.",
        way_out="Set OPENJUSTICE_DEBUG=1 and run it again on invented data to see the full trace.",
        place=place,
    )

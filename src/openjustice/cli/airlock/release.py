"""Commands of the one door: `release verify|approve|seal|list`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from openjustice.airlock import review
from openjustice.airlock import seal as sealing
from openjustice.airlock import verify as verifying
from openjustice.airlock.verify import Evidence
from openjustice.cli import options
from openjustice.ground import errors
from openjustice.public.store import reader

Number = Annotated[int, typer.Argument(help="The draft's number.")]


def register(app: typer.Typer) -> None:
    """Add the release commands."""
    own = typer.Typer(no_args_is_help=True, help="Verify, approve or seal a draft; list or verify releases.")
    own.command("verify")(verify)
    own.command("approve")(approve)
    own.command("seal")(seal)
    own.command("list")(list_releases)
    app.add_typer(own, name="release")


def verify(
    target: Annotated[str, typer.Argument(help="A draft's number, or a release: `jurisdiction/dataset/vintage`.")],
    home: options.Home = options.DEFAULT_HOME,
    registry: options.RegistryFolders = None,
) -> None:
    """Verify a draft again from the records, or a sealed release against its manifest and the ledger."""
    if not target.isdigit():
        _verify_release(target, home=home)
        return
    loaded = options.read_registry(registry, home=home)
    with _progress() as told:
        evidence = verifying.verify_evidence(home, int(target), registry=loaded, progress=told)
    Console().print(_evidence_table(evidence))
    if evidence.faults:
        raise errors.SealRefused(evidence.faults)
    given = len(evidence.approvals)
    Console().print(f"Draft {target} holds. Approvals: {given} of the {evidence.checkers} that its policy asks for.")
    _print_next(int(target), home=home, is_enough=given >= evidence.checkers)
    Console().print(f"Digest: {evidence.manifest.digest}", style="dim")


def approve(
    number: Number,
    checker: Annotated[str, typer.Option("--checker", callback=options.need_words, help="Who checked it.")],
    role: Annotated[str, typer.Option("--role", callback=options.need_words, help="In which office.")],
    home: options.Home = options.DEFAULT_HOME,
    registry: options.RegistryFolders = None,
) -> None:
    """Approve a draft as it stands, after verifying it again. Its author may not, and nobody may twice."""
    loaded = options.read_registry(registry, home=home)
    with _progress() as told:
        approval = review.approve(
            home, number, checker=checker, role=role, at=options.now(), registry=loaded, progress=told
        )
    Console().print(f"{approval.checker} ({approval.role}) approves draft {number} with digest {approval.digest}.")
    _print_next(number, home=home, is_enough=review.is_approved(home, number))


def seal(
    number: Number,
    actor: Annotated[str, typer.Option("--actor", callback=options.need_words, help="Who seals it.")],
    revision_note: Annotated[
        str | None,
        typer.Option(
            "--revision-note",
            callback=options.need_words,
            help="What is revised and why; needed from the second vintage on.",
        ),
    ] = None,
    home: options.Home = options.DEFAULT_HOME,
    registry: options.RegistryFolders = None,
) -> None:
    """Seal an approved draft: verify it once more, place it outside, and write the ledger's line."""
    loaded = options.read_registry(registry, home=home)
    with _progress() as told:
        manifest = sealing.seal(
            home, number, actor=actor, at=options.now(), registry=loaded, revision_note=revision_note, progress=told
        )
    Console().print(Text.assemble("Sealed: ", (manifest.address, "bold"), f" with {len(manifest.products)} files."))
    Console().print(f"Next: openjustice publish{options.home_words(home)}", style="dim", soft_wrap=True)


def list_releases(home: options.Home = options.DEFAULT_HOME) -> None:
    """List the sealed releases, the oldest first."""
    console = Console(highlight=False)
    with reader.open_reader(options.public_folder(home)) as opened:
        found = opened.releases()
    for item in found:
        tables = sum(product.kind == "table" for product in item.products)
        console.print(Text(item.address, style="bold"), soft_wrap=True)
        said = [
            f"sealed {item.sealed_at[:10]}, {tables} table{'' if tables == 1 else 's'}",
            f"checked by {', '.join(approval.checker for approval in item.approvals)}",
            *([f"revised: {item.revision_note}"] if item.revision_note else []),
        ]
        console.print(Padding(Text("\n".join(said)), (0, 0, 0, 4)))
    if not found:
        console.print("No release has been sealed yet.")


def _verify_release(address: str, *, home: options.Home) -> None:
    with reader.open_reader(options.public_folder(home)) as opened:
        if faults := reader.find_release_faults(opened, address):
            raise errors.SealRefused(faults)
        manifest, lines = opened.release(address), opened.ledger()
    line = next(item for item in lines if item.release == address)
    Console().print(f"{address} is as it was sealed: {len(manifest.products)} files, line {line.number} of the ledger.")
    Console().print(f"Manifest: {manifest.digest}\nLine:     {line.hash}", style="dim")


def _print_next(number: int, *, home: Path, is_enough: bool) -> None:
    act = "seal {} --actor NAME" if is_enough else "approve {} --checker NAME --role ROLE"
    words = f"Next: openjustice release {act.format(number)}{options.home_words(home)}"
    Console().print(words, style="dim", soft_wrap=True)


def _evidence_table(evidence: Evidence) -> Table:
    table = Table("lock", "holds", "what was found")
    for item in evidence.locks:
        table.add_row(item.title, Text("yes", "green") if item.holds else Text("no", "bold red"), item.says)
    return table


@contextmanager
def _progress() -> Iterator[Callable[[float, str], None]]:
    """Show a bar that says what is being verified."""
    with options.progress_bar() as progress:
        task = progress.add_task("Verifying", total=1.0)
        yield lambda share, says: progress.update(task, completed=share, description=says)

"""The command `demo`: the whole road, from an agency's file to a page in the browser."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from openjustice.airlock import review, seal
from openjustice.cli import options
from openjustice.cli.office import demonstration as demonstration_office
from openjustice.cli.public import serve
from openjustice.confidential.collect import receive, upkeep
from openjustice.confidential.collect.submission import State
from openjustice.confidential.drafting import draft
from openjustice.contracts import demonstration, synthetic
from openjustice.contracts.demonstration import Delivery, Demonstration
from openjustice.contracts.jurisdiction import Jurisdiction
from openjustice.contracts.registry import Registry
from openjustice.ground import errors
from openjustice.public.site import build

REAL, INVENTED = "california", "demo"
Told = Callable[[float, str], None]
T = TypeVar("T")


@dataclass(frozen=True)
class Walk:
    """What every step of the road needs."""

    home: Path
    data: Path
    registry: Registry
    jurisdiction: Jurisdiction
    plan: Demonstration
    console: Console
    progress: Progress


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo", help="Run the whole road: from an agency's file to a public page.")(demo)


def demo(
    data: Annotated[
        Path | None, typer.Option(help="A folder of the real files; without one, an invented state.")
    ] = None,
    home: options.Home = options.DEFAULT_HOME,
    serving: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the site at the end, or stop.")] = True,
    port: Annotated[int, typer.Option(help="The port on this machine.")] = 8000,
    wait_seconds: Annotated[float, typer.Option(help="How long to wait for another command on this home.")] = 30,
) -> None:
    """Check, receive, measure, protect, attack, approve, seal and show a jurisdiction's files."""
    console = Console(highlight=False)
    if (home / "public" / build.SITE).exists():
        console.print(f"The road has been walked already in {home}. Remove that folder to walk it again.")
    else:
        _start(home, wait_seconds=wait_seconds)
        with _bars(console) as progress:
            _walk_the_road(_plan(home, data, console=console, progress=progress))
    if serving:
        _serve(home, port=port, console=console, jurisdiction=INVENTED if data is None else REAL)
    else:
        console.print(
            f"The site stands in {home / 'public' / build.SITE}. Show it with: openjustice serve --home {home}"
        )


def _serve(home: Path, *, port: int, console: Console, jurisdiction: str) -> None:
    """Serve the site, and the office beside it with an account for every role; their password is told once."""
    if not (home / "keys" / "office.secret").exists():
        password = demonstration_office.make_password()
        reporter = demonstration.read_demonstration(jurisdiction).deliveries[-1].reporter
        made = demonstration_office.make_accounts(home, jurisdiction=jurisdiction, reporter=reporter, password=password)
        console.print(
            f"The office has an account for every role, each with the password [bold]{password}[/bold] (told once):"
        )
        console.print(f"  {', '.join(account.email for account in made)}")
    with demonstration_office.served(home, port=port + 1) as address:
        console.print(f"The office is at {address}/")
        serve.serve_site(home, port=port)


def _start(home: Path, *, wait_seconds: float) -> None:
    if (home / "home.yaml").exists():
        raise errors.RegistryRefused.because(
            "home_in_use",
            "This home was begun already, and its road was not walked to the end.",
            way_out=f"Remove {home.name} and run the demonstration again, or go on with the single commands.",
        )
    upkeep.make_home(home, key=secrets.token_bytes(upkeep.KEY_BYTES), at=options.now(), wait_seconds=wait_seconds)


def _plan(home: Path, data: Path | None, *, console: Console, progress: Progress) -> Walk:
    name = INVENTED if data is None else REAL
    registry = options.read_registry(None, home=home)
    plan = demonstration.read_demonstration(name)
    walk = Walk(home, data or home / "inbox", registry, registry.jurisdiction(name), plan, console, progress)
    if data is None:
        _step(walk, "Inventing an agency's files", partial(_invent, walk))
    if lacking := demonstration.missing_files(plan, data=walk.data):
        raise errors.SubmissionRefused.because(
            "data_missing",
            f"{len(lacking)} files of the demonstration are not in the data folder.",
            why=f"Wanted: {', '.join(lacking)}.",
            way_out="Give the folder that holds them with --data, or none at all for an invented state.",
        )
    return walk


def _invent(walk: Walk, _told: Told) -> None:
    synthetic.make_synthetic_files(walk.jurisdiction, directory=walk.data / INVENTED, seed=walk.plan.seed)


def _walk_the_road(walk: Walk) -> None:
    walk.console.print(f"[bold]{walk.jurisdiction.declaration.title}[/bold]. {walk.plan.says}")
    for delivery in walk.plan.deliveries:
        _step(walk, f"Sending {delivery.dataset}", partial(_send, walk, delivery))
    for dataset in walk.plan.releases:
        number = _step(walk, f"Drafting {dataset}", partial(_draft, walk, dataset))
        for checker in walk.plan.checkers:
            _step(walk, f"{checker.name} checks draft {number}", partial(_check, walk, number, checker))
        _step(walk, f"Sealing draft {number}", partial(_seal, walk, number))
    _step(walk, "Building the portal and the site", partial(_build, walk))


def _send(walk: Walk, delivery: Delivery, told: Told) -> None:
    receipt = receive.submit(
        walk.data / delivery.file, home=walk.home, dataset=walk.jurisdiction.datasets[delivery.dataset],
        jurisdiction=walk.jurisdiction, reporter=delivery.reporter, period=delivery.period, actor=walk.plan.clerk,
        at=options.now(), key=upkeep.read_key(walk.home), progress=told,
    )  # fmt: skip
    asked = f", {len(receipt.queries)} queries to the reporter" if receipt.queries else ""
    walk.console.print(f"  {delivery.dataset}: {receipt.rows:,} rows {receipt.state.replace('_', ' ')}{asked}")
    if receipt.state == State.RETURNED:
        raise errors.SubmissionRefused.because(
            "demonstration_returned", f"The file of {delivery.dataset} was returned.",
            way_out=f"See every fault with: openjustice submissions show {receipt.number}",
        )  # fmt: skip


def _draft(walk: Walk, dataset: str, told: Told) -> int:
    return draft.make_draft(
        walk.home, dataset=f"{walk.jurisdiction.id}/{dataset}", author=walk.plan.author, at=options.now(),
        seed=walk.plan.seed, registry=walk.registry, progress=told,
    )  # fmt: skip


def _check(walk: Walk, number: int, checker: demonstration.Checker, told: Told) -> None:
    review.approve(
        walk.home,
        number,
        checker=checker.name,
        role=checker.role,
        at=options.now(),
        registry=walk.registry,
        progress=told,
    )


def _seal(walk: Walk, number: int, _told: Told) -> None:
    release = seal.seal(walk.home, number, actor=walk.plan.sealer, at=options.now(), registry=walk.registry)
    walk.console.print(f"  sealed {release.address}: {len(release.products)} files, {len(release.approvals)} approvals")


def _build(walk: Walk, told: Told) -> None:
    build.build_site(walk.home / "public", translations=options.read_translations(walk.home), progress=told)


def _step(walk: Walk, words: str, run: Callable[[Told], T]) -> T:
    """Run one step under a progress bar of its own, and leave the bar full."""
    task = walk.progress.add_task(words, total=1.0)
    made = run(lambda share, _words: walk.progress.update(task, completed=share))
    walk.progress.update(task, completed=1.0)
    return made


def _bars(console: Console) -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console)

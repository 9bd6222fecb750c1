"""The commands of a public stress test: `challenge make` and `challenge score`."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from openjustice.cli import options
from openjustice.ground import errors
from openjustice.linkage import columns
from openjustice.protect import challenge
from openjustice.protect.challenge import ABOUT, CLAIMS, Scored
from openjustice.protect.coded.tables import open_table

ANSWERS = "challenges"


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(
        help="Make a public stress test of a protected file, or score its claims.", no_args_is_help=True
    )
    group.command("make")(make)
    group.command("score")(score)
    app.add_typer(group, name="challenge")


def make(
    protected: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The protected records.")],
    truth: Annotated[
        Path,
        typer.Option(exists=True, dir_okay=False, help="The true records: of invented people, or with their consent."),
    ],
    key: Annotated[str, typer.Option(help="What is told of each target: `county,age,sex`.")],
    wants: Annotated[str, typer.Option(help="What is asked of each target: `cause`.")],
    link: Annotated[str, typer.Option(help="The column of both files that says which record was made of which.")],
    out: Annotated[Path, typer.Option(help="The folder to write the pack to; its name is the challenge's.")],
    home: options.Home = options.DEFAULT_HOME,
    title: Annotated[str, typer.Option(help="What the challenge is called.")] = "Find these people",
    targets: Annotated[int, typer.Option(min=1, help="How many true targets; as many are invented.")] = 100,
    seed: Annotated[int, typer.Option(help="The seed by which targets are chosen.")] = 1,
    salt: Annotated[str, typer.Option(help="Keeps the answers from being guessed; random without it.")] = "",
) -> None:
    """Make a pack for the public: protected records, targets and a digest of the answers, which stay in the home.

    The pack names its targets in truth. So take records of invented people, or of people who consent.
    """
    if not home.is_dir():
        raise errors.RegistryRefused.because(
            "home_missing", f"'{home}' is not a home.", ask="the owner of the home",
            way_out="Name the home with --home, or make one with: openjustice home init",
        )  # fmt: skip
    if out.exists():
        raise typer.BadParameter(f"'{out}' exists; a pack never changes")
    asked = [part.strip() for part in wants.split(",") if part.strip()]
    with open_table(protected) as made_of, open_table(truth) as true:
        made = challenge.make(
            columns.read_columns(made_of, made_of.column_names),
            columns.read_columns(true, true.column_names),
            title=title, key=[part.strip() for part in key.split(",") if part.strip()], wants=asked, link=link,
            targets=targets, seed=seed, salt=salt or secrets.token_hex(32),
        )  # fmt: skip
    kept = _answers_of(home, out.name)
    kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write_new(kept, json.dumps(made.answers, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    out.mkdir(parents=True)
    for name, text in made.files.items():
        (out / name).write_text(text, encoding="utf-8")
    typer.echo(f"The pack stands in {out}. Its answers stay in {kept}; their digest is in {ABOUT}.")


def score(
    pack: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="The folder of the pack.")],
    claims: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="The claims: the pack's claims.csv, filled in.")
    ],
    home: options.Home = options.DEFAULT_HOME,
    answers: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="The answers, once they are published.")
    ] = None,
    keep: Annotated[
        Path | None, typer.Option(help="Write pack, answers and claims to this new folder as a regression test.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the verdicts as JSON.")] = False,
) -> None:
    """Score claims against the answers, question by question, each beside guessing. No value of a target is printed."""
    about = _read_json(pack / ABOUT)
    kept = _read_json(answers or _answers_of(home, pack.name))
    _check_files(pack, about)
    text = claims.read_text(encoding="utf-8-sig")
    scored = challenge.score(about, kept, text)
    if keep is not None:
        _keep(keep, pack=pack, about=about, answers=kept, claims=text, scored=scored)
    if as_json:
        typer.echo(json.dumps(scored.as_dict(), indent=2))
    else:
        _show(scored)


def _show(scored: Scored) -> None:
    console = Console(highlight=False)
    table = Table(
        "question", *(Column(name, justify="right") for name in ("claims", "right", "interval", "guessing")), "verdict",
        box=box.SIMPLE_HEAD,
    )  # fmt: skip
    for item in scored.verdicts:
        verdict = ("beats guessing", "bold red") if item.beats_guessing else ("no better than guessing", "green")
        table.add_row(
            item.question, f"{item.tries:,}", f"{item.rate:.0%}", f"{item.low:.0%} to {item.high:.0%}",
            f"up to {item.guess_high:.0%}", Text.assemble(verdict),
        )  # fmt: skip
    console.print(table)
    told = (
        "These claims win: the file tells more than it should."
        if scored.is_winner
        else "The file withstood these claims."
    )
    console.print(Text(told, style="bold red" if scored.is_winner else "bold green"))


def _keep(
    folder: Path, *, pack: Path, about: dict[str, Any], answers: dict[str, Any], claims: str, scored: Scored
) -> None:
    """Write a won challenge as a folder that the tests run again: pack, answers, claims and what they scored."""
    if folder.exists():
        raise typer.BadParameter(f"'{folder}' exists; take a new one")
    folder.mkdir(parents=True)
    for name in (*about["files"], ABOUT):
        (folder / name).write_bytes((pack / name).read_bytes())
    (folder / CLAIMS).write_text(claims, encoding="utf-8")
    content = {"answers.json": answers, "expect.json": scored.as_dict()}
    for name, item in content.items():
        (folder / name).write_text(
            json.dumps(item, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8"
        )


def _check_files(pack: Path, about: dict[str, Any]) -> None:
    changed = [
        name
        for name, digest in about.get("files", {}).items()
        if not (pack / name).is_file() or challenge.digest_of((pack / name).read_text(encoding="utf-8")) != digest
    ]
    if changed:
        raise errors.ProtectionRefused.because(
            "pack_changed", f"Files of the pack are not what was published: {', '.join(changed)}.",
            way_out="Restore them from a copy.",
        )  # fmt: skip


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_bytes())
    except ValueError:
        content = None
    if not isinstance(content, dict) or content.get("format") != challenge.FORMAT:
        raise errors.ProtectionRefused.because(
            "challenge_unreadable", f"'{path.name}' is no part of a challenge of this kind.",
            way_out=f"A pack and its answers say that they are of the format {challenge.FORMAT}.",
        )  # fmt: skip
    return content


def _answers_of(home: Path, name: str) -> Path:
    return home / ANSWERS / f"{name}.json"


def _write_new(path: Path, text: str) -> None:
    """Write a file that its owner alone may read; an existing one is never overwritten, for its digest is published."""
    if path.exists():
        raise errors.ProtectionRefused.because(
            "answers_exist", "There are answers of a challenge of that name already.", way_out="Take another name."
        )
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text)

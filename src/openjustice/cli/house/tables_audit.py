"""The commands that audit marked tables: `tables audit` and `tables verify-certificate`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from openjustice.cli import options
from openjustice.ground import errors

if TYPE_CHECKING:
    from openjustice.protect.audit.findings import TablesAudit

Marked = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, help="The marked table: `freq` blank where hidden.")
]
Dims = Annotated[Path, typer.Option("--dims", exists=True, dir_okay=False, help="Its dimensions, as JSON.")]
AttackerFile = Annotated[
    Path | None,
    typer.Option(
        "--attacker",
        exists=True,
        dir_okay=False,
        help="What a reader knows, as YAML or JSON; without it, one who knows that a mark is at least 1, and from whom ranges "
        "are to be kept at least 3 wide and not within 1 to 2.",
    ),
]
Earlier = Annotated[
    list[str] | None,
    typer.Option(
        "--earlier",
        help="A table published before or beside it, FILE or FILE@DIMS with dimensions of its own; may be repeated.",
    ),
]
Truth = Annotated[
    Path | None,
    typer.Option(
        "--truth", exists=True, dir_okay=False, help="The true inner cells: quicker, but the certificate is secret."
    ),
]


def audit(
    marked: Marked,
    dims: Dims,
    report: Annotated[
        Path | None,
        typer.Option("--report", callback=options.need_place, help="Where to write what was found, as JSON."),
    ] = None,
    attacker: AttackerFile = None,
    earlier: Earlier = None,
    truth: Truth = None,
    threshold: Annotated[
        int | None,
        typer.Option("--threshold", min=1, help="The largest small count; without it every hidden count is one."),
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option("--certificate", callback=options.need_place, help="Where to write the certificate.")
    ] = None,
    exact_only: Annotated[
        bool,
        typer.Option("--exact-only", help="Look only for counts that follow exactly: half a million cells in minutes."),
    ] = False,
) -> None:
    """Find what a reader can work out of the hidden counts of a table, alone or with earlier ones; refuse where he can.

    Audit against the attacker that `tables protect` was given. Where it was given none, it excluded exact disclosure alone:
    that is --exact-only here. Without either, narrow ranges are refused too, and it is said that nobody was declared.
    """
    from openjustice.protect import cubes
    from openjustice.protect.audit import files
    from openjustice.protect.audit.audit import audit_tables

    dimensions, declared = cubes.read_dimensions(dims), files.read_attacker(attacker)
    cube = None if truth is None else cubes.read_cells(truth, dimensions)
    tables = files.read_published(
        marked, dimensions, earlier=earlier or (), attacker_file=attacker, attacker=declared, truth=cube
    )
    found = audit_tables(
        tables,
        attacker=declared,
        minimum_frequency=None if threshold is None else threshold + 1,
        intervals=not exact_only,
    )
    if report is not None:
        report.write_text(json.dumps(found.as_dict(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    if certificate is not None and found.certificate is not None:
        certificate.write_bytes(found.certificate.to_bytes())
    _show(found, certificate)
    if attacker is None and not exact_only:
        _say_who_was_taken(found)
    found.refuse_if_unsafe()


def verify_certificate(
    certificate: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The certificate, as JSON.")],
    marked: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The marked table it was made for.")],
    dims: Dims,
    earlier: Earlier = None,
    truth: Truth = None,
) -> None:
    """Check a certificate by addition alone: every witness is a table that agrees with everything shown."""
    from openjustice.protect import cubes
    from openjustice.protect.audit import files, published
    from openjustice.protect.audit.certificate import Certificate, find_certificate_faults

    dimensions = cubes.read_dimensions(dims)
    read = Certificate.from_bytes(certificate.read_bytes())
    cube = None if truth is None else cubes.read_cells(truth, dimensions)
    tables = files.read_published(marked, dimensions, earlier=earlier or (), attacker=read.attacker, truth=cube)
    system = published.join_published(tables)
    if faults := find_certificate_faults(read, system):
        raise errors.ProtectionRefused(faults)
    hidden = int(system.hidden.sum())
    Console(highlight=False).print(
        f"The certificate holds: {len(read.changes) + 1} tables agree with everything shown, and show {len(read.claims):,} "
        f"of {hidden:,} hidden counts safe. It is {read.origin.value}."
    )


def _say_who_was_taken(found: TablesAudit) -> None:
    """Tell what follows exactly from what is only narrow, since nobody declared which of the two was to be kept."""
    exact = sum(item.kind.value == "exact" for item in found.leaks)
    first = (
        ""
        if found.is_safe
        else f"{exact:,} of these are known exactly. "
        if exact
        else "None of these is known exactly. "
    )
    Console(highlight=False).print(
        f"{first}No attacker was declared: one was taken who knows that a mark is at least 1, and must be left a range at least "
        "3 wide. A table protected without an attacker promises nothing about ranges: audit it with --exact-only.",
        style="dim",
    )


def _show(found: TablesAudit, certificate: Path | None) -> None:
    console = Console(highlight=False)
    console.print(Text(found.says(), style="green" if found.is_safe else "bold red"))
    console.print(f"{found.cell_count:,} cells, {found.hidden_count:,} hidden.", style="dim")
    vain = sum(not item.small for item in found.findings)
    before = sum(item.known_before for item in found.findings)
    if vain:
        console.print(f"{vain:,} hidden counts can be worked out but are not small: they were hidden in vain.")
    if before:
        console.print(f"{before:,} hidden counts were given away by the earlier tables already.")
    if certificate is not None and found.certificate is not None:
        origin = found.certificate.origin.value
        console.print(f"Certificate: {certificate} ({origin}), for {len(found.certificate.claims):,} hidden counts.")

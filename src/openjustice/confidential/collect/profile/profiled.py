"""Reads a file that nobody has seen and proposes what its columns are."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from openjustice.confidential.collect import ingest
from openjustice.confidential.collect.conform.files import read_source_file
from openjustice.confidential.collect.profile.columns import Column, read_columns
from openjustice.confidential.collect.profile.knowledge import Knowledge
from openjustice.confidential.collect.profile.propose import Profiling, Proposal, propose
from openjustice.contracts.declaration import read_declaration, validate
from openjustice.contracts.registry import shipped_registry
from openjustice.ground import engine, errors
from openjustice.ground.terms import Plane


@dataclass(frozen=True)
class Profiled:
    """What was found in a file: where its header stands, what stands above it, and a proposal for each column."""

    files: tuple[str, ...]
    header_line: int
    has_title: bool
    proposals: tuple[Proposal, ...]
    knowledge: Knowledge
    settings: Profiling


def read_profiling(path: Path | None = None) -> Profiling:
    """Read the weights of a proposal; raises RegistryRefused with every fault."""
    faults: list[errors.Fault] = []
    place = path or shipped_registry() / "common" / "profiling.yaml"
    settings = validate(read_declaration(place, label=place.name), Profiling, faults)
    if faults:
        raise errors.RegistryRefused(faults)
    return settings  # type: ignore[no-any-return]


def profile_files(paths: Sequence[Path], *, knowledge: Knowledge, settings: Profiling) -> Profiled:
    """Profile the files of one agency together; nothing of them is kept or sent.

    Raises SubmissionRefused where a file is no delimited text or has no line that can be a header.
    """
    columns, header_line, has_title = columns_of(paths, settings=settings)
    proposals = tuple(propose(columns, knowledge=knowledge, settings=settings))
    return Profiled(tuple(path.name for path in paths), header_line, has_title, proposals, knowledge, settings)


def columns_of(paths: Sequence[Path], *, settings: Profiling) -> tuple[list[Column], int, bool]:
    """Return the columns of the files, the line of the first header, and whether a title stands above it."""
    with tempfile.TemporaryDirectory(prefix="openjustice-") as own:
        scratch = Path(own).resolve()
        with engine.open_memory(plane=Plane.CONFIDENTIAL, directory=scratch) as opened:
            limits = ingest.read_limits()
            read = [read_source_file(path, engine=opened, scratch=scratch, limits=limits) for path in paths]
            columns = read_columns(read, sampled=settings.sampled_values, flag_words=settings.flag_words)
            return columns, read[0].header_line, bool(read[0].title)

"""Tries the screen on a text: what it lets pass is done with, the other lines are read as ever."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openjustice.confidential.collect.check import Bound, Scene
from openjustice.confidential.collect.ingest import Ingested, Limits, Screened
from openjustice.confidential.collect.screen.plan import make_plan
from openjustice.confidential.collect.screen.repeated import find_repeated
from openjustice.confidential.collect.screen.sweep import Swept, sweep
from openjustice.confidential.collect.screen.unsupported import Unsupported
from openjustice.contracts.jurisdiction import Dataset
from openjustice.ground import engine as engines


def screen_text(
    path: Path,
    *,
    delimiter: str,
    ingested: Ingested,
    dataset: Dataset,
    today: date,
    engine: engines.Engine,
    limits: Limits,
    progress: Callable[[int], None],
) -> Screened | None:
    """Return which lines of a text are in doubt, all others being right; None where the screen cannot tell.

    `ingested` says of the text which layout it has; its header is the first line.
    """
    scene = Scene(dataset.contract, ingested.jurisdiction.codelists, today, Bound(is_brief=True))
    try:
        header = _header(path, limits)
        plan = make_plan(ingested, declared=dataset.checks, scene=scene, engine=engine, delimiter=delimiter)
        blocks, sha256, size = sweep(
            path, plan=plan, header=header, largest_line=limits.largest_line_bytes, share=limits.screened_share,
            progress=progress,
        )  # fmt: skip
        wanted = _wanted(blocks, keys=len(plan.keys))
    except Unsupported:
        return None
    lines = sum(block.lines for block in blocks)
    kept = sum(len(item) for item in wanted)
    if kept > max(limits.screened_share * lines, 1):
        return None
    return Screened(sha256=sha256, size=size, passing=lines - kept, lines=_lines(path, blocks, wanted, first=2))


def _header(path: Path, limits: Limits) -> bytes:
    with path.open("rb") as stream:
        header = stream.readline(limits.largest_line_bytes)
    text = header.removesuffix(b"\n").removesuffix(b"\r")
    if not header.endswith(b"\n") or b"\r" in text or b"\0" in text:
        raise Unsupported("a header of a form that the screen does not read")
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        raise Unsupported("another encoding") from None
    return header


def _wanted(blocks: Sequence[Swept], *, keys: int) -> list[NDArray[Any]]:
    """Return for each block the lines that are in doubt, or whose key may stand twice."""
    repeated = [find_repeated([block.prints[key] for block in blocks]) for key in range(keys)]
    return [
        np.unique(np.concatenate([block.doubtful, *(found[number] for found in repeated)]))
        for number, block in enumerate(blocks)
    ]  # fmt: skip


def _lines(
    path: Path, blocks: Sequence[Swept], wanted: Sequence[NDArray[Any]], *, first: int
) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are wanted, each with its number, read again from the file."""
    number = first
    with path.open("rb") as stream:
        for block, places in zip(blocks, wanted, strict=True):
            ends = np.append(block.begins[1:], block.size)
            for place in places:
                stream.seek(block.offset + int(block.begins[place]))
                line = stream.read(int(ends[place] - block.begins[place]))
                yield number + int(place), line.removesuffix(b"\n").removesuffix(b"\r")
            number += block.lines

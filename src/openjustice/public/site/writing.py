"""Writes the pages of one language: on all processors where there are many, and taking over those that nothing touched."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from openjustice.public.publish.language import Language, speaking
from openjustice.public.site import finding
from openjustice.public.site.record import digest_of
from openjustice.public.site.rendering import Maker, Page

# Below this many pages, a second process costs more than it saves.
FEW = 400
_BATCH = 16


@dataclass(frozen=True)
class Task:
    """What is to be written: the makers, the folder, and how a page that nothing touched is taken over.

    `keys`: by path, the key of what a page is made from; `before`: the keys of the site that stands, and its folder.
    """

    makers: Sequence[Callable[[], Page]]
    language: Language
    folder: Path
    keys: Mapping[str, str]
    before: Mapping[str, str]
    standing: Path | None


@dataclass(frozen=True)
class Written:
    """One page that stands now: its path, how it is found, and whether it was taken over."""

    path: str
    entry: finding.Entry | None
    kept: bool


def keys_of(
    makers: Sequence[Callable[[], Page]], *, common: str, releases: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """Return the key of each page that says what it shows: of the program, and of every release of its datasets."""
    return {
        make.path: digest_of(
            [common, *(digest for name in sorted(make.uses) for digest in (name, *releases.get(name, ())))]
        )
        for make in makers
        if isinstance(make, Maker)
    }


def write_all(task: Task, *, processors: int | None = None) -> Iterator[Written]:
    """Write every page and yield each as it stands; the order is that of the makers."""
    count = processors or len(os.sched_getaffinity(0))
    if count < 2 or len(task.makers) < FEW:
        for place in range(len(task.makers)):
            yield _write(task, place)
        return
    # The workers get the task by being copies of this process: nothing of it has to be sent to them.
    with multiprocessing.get_context("fork").Pool(count, initializer=_take, initargs=(task,)) as pool:
        for written, missing in pool.imap(_work, range(len(task.makers)), chunksize=_BATCH):
            task.language.missing.update(missing)
            yield written


_TASK: Task | None = None


def _take(task: Task) -> None:
    global _TASK  # noqa: PLW0603 (what a worker process works on)
    _TASK = task


def _work(place: int) -> tuple[Written, set[tuple[str, str]]]:
    assert _TASK is not None  # noqa: S101 (set when the worker began)
    return _write(_TASK, place), _TASK.language.missing


def _write(task: Task, place: int) -> Written:
    make = task.makers[place]
    if isinstance(make, Maker) and (kept := _kept(task, make.path)):
        target = task.folder / make.path
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(kept, target)
        return Written(make.path, finding.read_entry(make.path, target.read_text(encoding="utf-8")), kept=True)
    with speaking(task.language):
        page = make()
    target = task.folder / page.path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page.text, encoding="utf-8")
    return Written(page.path, finding.read_entry(page.path, page.text), kept=False)


def _kept(task: Task, path: str) -> Path | None:
    """Return the standing file of a page whose key is the same as before, or None."""
    if task.standing is None or path not in task.keys or task.before.get(path) != task.keys[path]:
        return None
    found = task.standing / path
    return found if found.is_file() else None

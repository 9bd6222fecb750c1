"""Says in sentences what changed from one release to the next, from the change set of the two."""

from __future__ import annotations

from collections.abc import Iterator

from openjustice.public.publish.changes import ChangeSet, Kind
from openjustice.public.publish.language import say, say_count


def say_changes(changed: ChangeSet | None) -> tuple[str, ...]:
    """Return one sentence for each kind of change; nothing for a first release."""
    if changed is None:
        return ()
    return tuple(_sentences(changed)) or (say("Nothing in the data changed."),)


def _sentences(changed: ChangeSet) -> Iterator[str]:
    counts = changed.counts
    yield from _counted(
        counts[Kind.REVISED], say_count("{count} cell revised.", "{count} cells revised.", counts[Kind.REVISED])
    )
    yield from _counted(
        counts[Kind.ADDED], say_count("{count} cell added.", "{count} cells added.", counts[Kind.ADDED])
    )
    gone = counts[Kind.REMOVED] + counts[Kind.WITHDRAWN]
    yield from _counted(gone, say_count("{count} cell withdrawn.", "{count} cells withdrawn.", gone))
    shown = counts[Kind.SHOWN]
    yield from _counted(
        shown, say_count("{count} cell shown that was empty.", "{count} cells shown that were empty.", shown)
    )
    marked = counts[Kind.MARKED]
    yield from _counted(
        marked, say_count("{count} cell with another marker.", "{count} cells with another marker.", marked)
    )
    for name, before, after in changed.records:
        if before != after:
            yield say(
                "Records in {file}: {before} before, {after} now.", file=name, before=f"{before:,}", after=f"{after:,}"
            )
    yield from _named(say("Tables added:"), changed.tables_added)
    yield from _named(say("Tables withdrawn:"), changed.tables_removed)
    yield from _named(say("Columns added:"), _pairs(changed.columns_added))
    yield from _named(say("Columns withdrawn:"), _pairs(changed.columns_removed))
    yield from _named(say("Columns of another type:"), _pairs(changed.columns_retyped))
    yield from _named(say("Codes added:"), _pairs(changed.codes_added))
    yield from _named(say("Codes withdrawn:"), _pairs(changed.codes_removed))
    yield from _named(say("Words changed in:"), changed.words)


def _counted(count: int, sentence: str) -> Iterator[str]:
    if count:
        yield sentence


def _named(head: str, names: tuple[str, ...]) -> Iterator[str]:
    if names:
        yield f"{head} {', '.join(names)}."


def _pairs(found: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    return tuple(f"{one}: {two}" for one, two in found)

"""Writes the audit record: with every change of state, in its transaction; and takes signed checkpoints of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import models, transaction

from openjustice.ground import durable, errors
from openjustice.ground.lifecycle import Lifecycle
from openjustice.office.audit import rules
from openjustice.office.audit.models import Entry, Head
from openjustice.office.audit.rules import Audit, Change, Checkpoint
from openjustice.office.desk import moments

Thing = TypeVar("Thing", bound=models.Model)


def record(
    *, audit: Audit, event: str, thing: str, thing_id: object, detail: Mapping[str, Any] | None = None,
    source: str = "", target: str = "",
) -> Entry:  # fmt: skip
    """Add one entry at the end of the record, in the caller's transaction or in one of its own.

    `detail` holds counts, codes, numbers and digests, never a value of a record or what a person wrote.
    """
    change = Change(event, thing, str(thing_id), source=source, target=target, detail=rules.detail_text(detail))
    with transaction.atomic():
        head = Head.objects.select_for_update().get(pk=1)
        entry = _entry_after(head, change, audit=audit)
        entry.save(force_insert=True)
        tree = rules.Tree(size=head.size, edge=rules.read_edge(head.edge))
        tree.add(bytes.fromhex(entry.hash))
        head.size, head.hash, head.edge = tree.size, entry.hash, "".join(node.hex() for node in tree.edge)
        head.save(update_fields=("size", "hash", "edge"))
    return entry


def create(
    model: type[Thing], *, lifecycle: Lifecycle, event: str, audit: Audit, detail: Mapping[str, Any] | None = None,
    **values: Any,
) -> Thing:  # fmt: skip
    """Add a thing in the first state of its lifecycle, with its audit entry, or neither. The model has a field `state`."""
    with transaction.atomic():
        made = model(state=lifecycle.start, **values)
        made.full_clean(validate_unique=False)
        made.save(force_insert=True)
        record(
            audit=audit, event=event, thing=lifecycle.thing, thing_id=made.pk, target=lifecycle.start, detail=detail
        )  # fmt: skip
    return made


def move(
    thing: Thing, *, lifecycle: Lifecycle, act: str, audit: Audit, detail: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Thing:  # fmt: skip
    """Move a thing along its lifecycle, change what goes with it, and write the audit entry: all, or nothing.

    Raises AccessRefused where the act is not possible in the state that the database holds now, or not for this role. The
    row is held meanwhile, so that of two people who act at once the second is told. Returns the thing as it stands.
    """
    with transaction.atomic():
        held = models.QuerySet(type(thing)).select_for_update().get(pk=thing.pk)
        step = lifecycle.step(held.state, act)  # type: ignore[attr-defined]  # every moved thing has a state
        if audit.role not in step.roles:
            raise errors.AccessRefused.because(
                "role_may_not", f"The role {audit.role.replace('_', ' ')} may not {act.replace('_', ' ')} this {lifecycle.thing}.",
                ask=step.by.replace("_", " "),
            )  # fmt: skip
        for name, value in {**changes, "state": step.target}.items():
            setattr(held, name, value)
        held.save(update_fields=("state", *changes))
        record(
            audit=audit, event=step.audit, thing=lifecycle.thing, thing_id=held.pk, source=step.source,
            target=step.target, detail=detail,
        )  # fmt: skip
    for name in ("state", *changes):
        setattr(thing, name, getattr(held, name))
    return thing


def take_checkpoint(home: Path, *, key: Ed25519PrivateKey, at: str) -> Checkpoint:
    """Sign where the record ends, and add the line to the file of checkpoints, which stands outside of the database."""
    head = Head.objects.get(pk=1)
    root = rules.Tree(size=head.size, edge=rules.read_edge(head.edge)).root
    made = rules.sign(Checkpoint(size=head.size, root=root, head=head.hash, at=at, key=""), key=key)
    folder = home / "office"
    folder.mkdir(mode=0o700, exist_ok=True)
    durable.append_line(folder / rules.CHECKPOINTS, made.as_text())
    return made


def _entry_after(head: Head, change: Change, *, audit: Audit) -> Entry:
    values = (
        head.size + 1, moments.as_text(audit.at), audit.actor, audit.role, change.event, change.thing, change.thing_id,
        change.source, change.target, change.detail, head.hash,
    )  # fmt: skip
    named = dict(zip(rules.FIELDS, values, strict=True))
    return Entry(**named, hash=rules.hash_text(rules.entry_text(values)))

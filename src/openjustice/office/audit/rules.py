"""The rulebook of the audit record: what an entry is, how the chain is made, and how any change of it is found.

Each entry's hash covers its number, everything it says and the hash before it. The hashes are the leaves of a Merkle tree,
whose root a checkpoint signs. Claims: an entry that was edited, deleted, inserted or moved is found from the chain alone; a
chain written anew from some entry on, or cut short, is found by every checkpoint taken after that entry and kept elsewhere.
Assumes: SHA-256 and Ed25519 hold, and the signing key is not where the database is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from openjustice.ground import errors

NOTHING = "0" * 64
FIELDS = ("number", "at", "actor", "role", "event", "thing", "thing_id", "source", "target", "detail", "previous")
CHECKPOINTS = "checkpoints.jsonl"
_BETWEEN = "\n"


@dataclass(frozen=True)
class Audit:
    """Who acts, in which role, at which moment: what every change of state must be told."""

    actor: str
    role: str
    at: datetime


@dataclass(frozen=True)
class Change:
    """What one entry says: the event, the thing it happened to, from which state to which, and safe details."""

    event: str
    thing: str
    thing_id: str
    source: str = ""
    target: str = ""
    detail: str = "{}"


@dataclass(frozen=True)
class Checkpoint:
    """A signed statement: after this many entries, the root of their tree and the last hash were these."""

    size: int
    root: str
    head: str
    at: str
    key: str
    signature: str = ""

    @property
    def signed_bytes(self) -> bytes:
        """Return what the signature is over: everything but itself."""
        return json.dumps(
            {name: value for name, value in asdict(self).items() if name != "signature"},
            sort_keys=True, separators=(",", ":"),
        ).encode()  # fmt: skip

    def as_text(self) -> str:
        """Write this checkpoint as one line of JSON."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))


def entry_text(values: Sequence[object]) -> str:
    """Return the text that an entry's hash is taken of; raises HouseFault where a value could be read as two."""
    text = _BETWEEN.join(str(value) for value in values)
    if text.count(_BETWEEN) != len(FIELDS) - 1:
        raise errors.HouseFault.because("audit_value_broken", "A value of an audit entry has a line end.")
    return text


def hash_text(text: str) -> str:
    """Return the hash of an entry's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def detail_text(detail: Mapping[str, Any] | None) -> str:
    """Write the details of an entry in their one form. Details are counts, codes, numbers and digests: never a record's value."""
    return json.dumps(detail or {}, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


class Tree:
    """The Merkle tree over the entries' hashes, kept as its right edge: one node for each full subtree, largest first."""

    def __init__(self, *, size: int = 0, edge: Sequence[bytes] = ()) -> None:
        self.size = size
        self.edge = list(edge)

    def add(self, leaf: bytes) -> None:
        """Add the hash of the next entry."""
        size, edge = self.size, self.edge
        while size & 1:
            leaf = hashlib.sha256(b"\x01" + edge.pop() + leaf).digest()
            size >>= 1
        edge.append(leaf)
        self.size += 1

    @property
    def root(self) -> str:
        """Return the root over everything added so far."""
        if not self.edge:
            return NOTHING
        node = self.edge[-1]
        for left in reversed(self.edge[:-1]):
            node = hashlib.sha256(b"\x01" + left + node).digest()
        return node.hex()


def read_edge(text: str) -> list[bytes]:
    """Read the right edge of the tree from its written form."""
    return [bytes.fromhex(text[start : start + 64]) for start in range(0, len(text), 64)]


def sign(checkpoint: Checkpoint, *, key: Ed25519PrivateKey) -> Checkpoint:
    """Return the checkpoint with the signature of this key."""
    named = replace(checkpoint, key=public_text(key.public_key()))
    return replace(named, signature=key.sign(named.signed_bytes).hex())


def public_text(key: Ed25519PublicKey) -> str:
    """Write a public key in hexadecimal."""
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw).hex()


def read_checkpoint(line: str) -> Checkpoint:
    """Read one line of JSON as a checkpoint; raises HouseFault where it is none."""
    try:
        return Checkpoint(**json.loads(line))
    except (ValueError, TypeError):
        raise errors.HouseFault.because(
            "checkpoint_unreadable", "A line of the checkpoints is not a checkpoint.", ask="the privacy officer"
        ) from None


def find_tampering(
    entries: Iterable[tuple[int, str, str]],
    *,
    head: tuple[int, str, str],
    checkpoints: Iterable[Checkpoint],
    key: str,
    most: int = 20,
) -> list[str]:
    """Return, in plain sentences, everything that is wrong with the record; an empty list where it is whole.

    `entries` are number, text and hash in the order of their numbers; `head` is what the database notes as size, last hash
    and root; `key` is the public key of the checkpoints; at most `most` broken places are named, the others are counted.
    Surprise: after a broken place the chain is followed from what stands there, so that one change is one or two findings.
    """
    wanted = sorted(checkpoints, key=lambda item: item.size)
    found = _find_false_signatures(wanted, key=key)
    tree, last, place, breaks, expected = Tree(), NOTHING, 0, 0, 1
    digest, ends = hashlib.sha256, len(FIELDS) - 1
    for number, text, kept in entries:
        while place < len(wanted) and wanted[place].size <= tree.size:
            found += _compare(wanted[place], tree, last)
            place += 1
        is_whole = (
            number == expected
            and digest(text.encode()).hexdigest() == kept
            and text.endswith(last)
            and text.startswith(f"{number}\n")
            and text.count(_BETWEEN) == ends
        )
        if not is_whole:
            breaks += 1
            if breaks <= most:
                found.append(f"Entry {number} does not follow from what stands before it.")
        tree.add(_leaf(kept))
        last, expected = kept, number + 1
    for item in wanted[place:]:
        found += _compare(item, tree, last)
    if breaks > most:
        found.append(f"{breaks - most} more entries do not follow from what stands before them.")
    if head != (tree.size, last, tree.root):
        found.append(f"The record has {tree.size} entries; the database notes another end.")
    return found


def _leaf(kept: str) -> bytes:
    try:
        return bytes.fromhex(kept)
    except ValueError:
        return hashlib.sha256(kept.encode()).digest()


def _compare(item: Checkpoint, tree: Tree, last: str) -> list[str]:
    if item.size > tree.size:
        return [f"A checkpoint of {item.at} covers {item.size} entries, and only {tree.size} are here."]
    if (item.size, item.root, item.head) != (tree.size, tree.root, last):
        return [f"The first {item.size} entries are not those that the checkpoint of {item.at} was signed over."]
    return []


def _find_false_signatures(checkpoints: Iterable[Checkpoint], *, key: str) -> list[str]:
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
    found = []
    for item in checkpoints:
        try:
            public.verify(bytes.fromhex(item.signature), item.signed_bytes)
        except (InvalidSignature, ValueError):
            found.append(f"The checkpoint of {item.at} over {item.size} entries has a false signature.")
    return found

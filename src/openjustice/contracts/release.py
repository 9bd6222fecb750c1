"""What a draft and a release say of themselves: products with their digests, declarations, approvals; and how they are digested."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from openjustice.ground.terms import Approval

_NO_CHECKPOINT = ("audit_checkpoint", None)


class ProductKind(StrEnum):
    """What a file of a draft or a release is."""

    TABLE = "table"
    MICRODATA = "microdata"
    REPORT = "report"
    REPORT_PAGE = "report_page"
    TRACE = "trace"
    METADATA = "metadata"


@dataclass(frozen=True)
class Product:
    """One file of a draft or a release: its place, its digest, and, for a table, its rows, typed columns and origin."""

    id: str
    kind: ProductKind
    path: str
    sha256: str
    bytes: int
    rows: int | None = None
    columns: tuple[tuple[str, str], ...] = ()
    indicator: str | None = None
    breakdown: str | None = None
    variables: tuple[str, ...] = ()


@dataclass(frozen=True)
class Declarations:
    """The digests of every declaration that shaped the numbers, and of the program's version that read them."""

    contract: str
    policy: str
    policy_version: int
    indicators: tuple[tuple[str, str], ...]
    program: str


@dataclass(frozen=True)
class DraftManifest:
    """What a draft says of itself. Its digest is what a checker approves; the inputs' digests stay inside."""

    number: int
    jurisdiction: str
    dataset: str
    vintage: str
    author: str
    at: str
    seed: int
    inputs: tuple[tuple[str, str], ...]
    declarations: Declarations
    products: tuple[Product, ...]

    @property
    def digest(self) -> str:
        """Return the SHA-256 of this manifest's canonical JSON."""
        return digest_of(asdict(self))

    def products_of(self, kind: ProductKind) -> tuple[Product, ...]:
        """Return the products of one kind, in order."""
        return tuple(item for item in self.products if item.kind is kind)


@dataclass(frozen=True)
class ReleaseManifest:
    """What a sealed release says of itself, for everyone.

    `audit_checkpoint` is the newest signed checkpoint of the office's audit record, where the release was sealed there:
    published so, it pins the record from outside.
    """

    address: str
    jurisdiction: str
    dataset: str
    vintage: str
    title: str
    sealed_at: str
    sealed_by: str
    author: str
    draft_digest: str
    declarations: Declarations
    approvals: tuple[Approval, ...]
    products: tuple[Product, ...]
    supersedes: str | None = None
    revision_note: str | None = None
    invented: bool = False
    audit_checkpoint: str | None = None

    @property
    def digest(self) -> str:
        """Return the SHA-256 of this manifest's canonical JSON; a release without a checkpoint is as if none could be."""
        return digest_of({name: value for name, value in asdict(self).items() if (name, value) != _NO_CHECKPOINT})

    def products_of(self, kind: ProductKind) -> tuple[Product, ...]:
        """Return the products of one kind, in order."""
        return tuple(item for item in self.products if item.kind is kind)

    def product(self, identifier: str) -> Product | None:
        """Return the product with this id, or None."""
        return next((item for item in self.products if item.id == identifier), None)


@dataclass(frozen=True)
class CatalogEntry:
    """One line of the public catalog: a release that everyone may see, and the digest of its manifest."""

    address: str
    manifest: str
    sealed_at: str


def canonical_json(content: Any) -> bytes:
    """Return the one JSON form that digests are taken of: sorted keys, no spaces, UTF-8."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest_of(content: Any) -> str:
    """Return the SHA-256 of plain values in their canonical JSON."""
    return hashlib.sha256(canonical_json(content)).hexdigest()


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def as_json(manifest: DraftManifest | ReleaseManifest) -> str:
    """Write a manifest as JSON for people and programs: sorted keys, indented."""
    return json.dumps(asdict(manifest), sort_keys=True, indent=2, ensure_ascii=False) + "\n"


def read_draft_manifest(content: Mapping[str, Any]) -> DraftManifest:
    """Read a draft's manifest from its JSON values; raises KeyError, TypeError or ValueError where it is not one."""
    given = dict(content)
    return DraftManifest(
        **{
            **given,
            "inputs": _pairs(given["inputs"]),
            "declarations": _read_declarations(given["declarations"]),
            "products": _read_products(given["products"]),
        }
    )


def read_release_manifest(content: Mapping[str, Any]) -> ReleaseManifest:
    """Read a release's manifest from its JSON values; raises KeyError, TypeError or ValueError where it is not one."""
    given = dict(content)
    return ReleaseManifest(
        **{
            **given,
            "declarations": _read_declarations(given["declarations"]),
            "approvals": tuple(Approval(**item) for item in given["approvals"]),
            "products": _read_products(given["products"]),
        }
    )


def _read_declarations(given: Mapping[str, Any]) -> Declarations:
    return Declarations(**{**given, "indicators": _pairs(given["indicators"])})


def _read_products(given: Any) -> tuple[Product, ...]:
    return tuple(
        Product(
            **{
                **item,
                "kind": ProductKind(item["kind"]),
                "columns": _pairs(item["columns"]),
                "variables": tuple(item["variables"]),
            }
        )
        for item in given
    )


def _pairs(given: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(first), str(second)) for first, second in given)

"""What the service holds: every sealed release, read when it is first asked for, each file compared with its digest."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from openjustice.contracts.release import Product, ProductKind, ReleaseManifest
from openjustice.ground.engine import Serving, quote
from openjustice.public.publish import citation
from openjustice.public.publish.content import MARKERS, Column, Content, read_content
from openjustice.public.publish.variables import TOTAL
from openjustice.public.store import reader
from openjustice.public.store.reader import Reader

_CHECK_SECONDS = 60.0


@dataclass(frozen=True)
class Held:
    """One published table or record file, loaded: where its rows are, and what is known about its columns.

    `totals`: the variables that have a total. `overlapping`: those whose parts do not add up to it, which no sum may run over.
    """

    id: str
    kind: ProductKind
    title: str
    says: str
    sha256: str
    relation: str
    row_count: int
    columns: tuple[Column, ...]
    variables: tuple[str, ...]
    totals: frozenset[str]
    overlapping: frozenset[str]
    codes: Mapping[str, tuple[str, ...]]
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_table(self) -> bool:
        """Say whether it is a table of an indicator, not a record file."""
        return self.kind is ProductKind.TABLE

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """Return its columns by name."""
        return {item.name: item for item in self.columns}


@dataclass(frozen=True)
class HeldRelease:
    """One sealed release, loaded: its manifest, what it says of itself, and its tables."""

    manifest: ReleaseManifest
    facts: Mapping[str, Any]
    products: Mapping[str, Held]


class Holdings:
    """The sealed releases of a public folder, loaded on first use and kept; new ones are seen when the catalog changes.

    Raises SealRefused where a release is not what was sealed. Surprise: a file is compared with its digest once, when it is
    loaded into the service's own scratch database; what happens to the file later changes no answer.
    """

    def __init__(self, public: Path, *, scratch: Path, threads: int = 1, memory: str = "1500MB") -> None:
        self.public, self._scratch, self._threads, self._memory = public.resolve(), scratch, threads, memory
        self._lock = threading.Lock()
        self._serving: dict[str, Serving] = {}
        self._releases: dict[str, HeldRelease] = {}
        self._made = 0

    def close(self) -> None:
        """Close every database."""
        for item in self._serving.values():
            item.close()

    @property
    def addresses(self) -> tuple[str, ...]:
        """Return the address of every sealed release, the oldest first."""
        return tuple(item.address for item in reader.read_catalog(self.public))

    def latest(self, dataset: str) -> str | None:
        """Return the address of the newest release of a dataset (`jurisdiction/dataset`), or None."""
        found = [item for item in self.addresses if item.rpartition("/")[0] == dataset]
        return found[-1] if found else None

    def release(self, address: str) -> HeldRelease | None:
        """Return a release by its address, loaded now if it was not yet, or None where there is none."""
        if address in self._releases:
            return self._releases[address]
        if address not in self.addresses:
            return None
        with self._lock:
            if address not in self._releases:
                self._releases[address] = self._load(address)
        return self._releases[address]

    def serving(self, address: str) -> Serving:
        """Return the database that holds a loaded release."""
        return self._serving[address]

    def _load(self, address: str) -> HeldRelease:
        with reader.open_reader(self.public) as opened:
            content = read_content(opened, opened.release(address), rows=False)
            tabular = _tabular(content.manifest)
            files = tuple(opened.file(address, item) for item in tabular)
            self._made += 1
            scratch = self._scratch / str(self._made)
            scratch.mkdir(parents=True)
            serving = Serving(scratch, files=files, threads=self._threads, memory=self._memory)
            products = {item.id: _hold(serving, content, item, path) for item, path in zip(tabular, files, strict=True)}
            facts = _describe(content, opened)
        self._serving[address] = serving
        return HeldRelease(manifest=content.manifest, facts=facts, products=products)


def _tabular(manifest: ReleaseManifest) -> tuple[Product, ...]:
    return (*manifest.products_of(ProductKind.TABLE), *manifest.products_of(ProductKind.MICRODATA))


def _hold(serving: Serving, content: Content, product: Product, path: Path) -> Held:
    relation, columns, count = serving.load(path)
    frame = next(item for item in content.frames if item.id == product.id)
    is_table = product.kind is ProductKind.TABLE
    codes = {
        item.name: _codes(serving, relation, item, content) for item in frame.columns
        if item.name in content.variables or item.labels
    }  # fmt: skip
    totals = frozenset(name for name in frame.variables if is_table and TOTAL in codes.get(name, ()))
    assert [name for name, _ in columns] == [item.name for item in frame.columns]  # noqa: S101 (the digest was compared)
    return Held(
        id=product.id, kind=product.kind, title=frame.title, says=frame.says, sha256=product.sha256, relation=relation,
        row_count=count, columns=frame.columns, variables=frame.variables, totals=totals, codes=codes,
        overlapping=frozenset(name for name in totals if _overlaps(serving, relation, name, frame.variables)),
        facts=_facts(content, frame.indicator) if is_table else {},
    )  # fmt: skip


def _codes(serving: Serving, relation: str, column: Column, content: Content) -> tuple[str, ...]:
    asked = f"SELECT DISTINCT {quote(column.name)} FROM {quote(relation)} WHERE {quote(column.name)} IS NOT NULL"
    found = [str(row[0]) for row in serving.ask(asked, {}, seconds=_CHECK_SECONDS)]
    variable = content.variables.get(column.name)
    return tuple(variable.sorted_codes(found) if variable else sorted(found))


def _overlaps(serving: Serving, relation: str, name: str, variables: tuple[str, ...]) -> bool:
    """Say whether the parts of a variable add up to another number than the total where all of them are shown."""
    others = ", ".join(quote(item) for item in variables if item != name)
    whole = f"{quote(name)} = $total"
    asked = f"""
        SELECT count(*) FROM (
            SELECT sum(numerator) FILTER (WHERE {whole}) AS whole, sum(numerator) FILTER (WHERE NOT {whole}) AS parts
            FROM {quote(relation)} {f"GROUP BY {others}" if others else ""}
            HAVING bool_and(numerator_marker IS NULL) AND count(*) > 1
        ) WHERE whole IS DISTINCT FROM parts
    """
    return bool(serving.ask(asked, {"total": TOTAL}, seconds=_CHECK_SECONDS)[0][0])


def _facts(content: Content, indicator: str | None) -> dict[str, Any]:
    found = content.indicators.get(indicator or "")
    if found is None:
        return {}
    declared = found.indicator
    return {
        "indicator": declared.indicator, "title": declared.title, "unit": declared.unit, "per": declared.per,
        "numerator": declared.numerator.says, "denominator": declared.denominator.says if declared.denominator else None,
        "interval": declared.interval, "confidence": declared.confidence,
        "can_infer": list(declared.can_infer), "cannot_infer": list(declared.cannot_infer),
    }  # fmt: skip


def _describe(content: Content, opened: Reader) -> dict[str, Any]:
    manifest = content.manifest
    return {
        "release": manifest.address, "title": manifest.title, "vintage": manifest.vintage, "sealed_at": manifest.sealed_at,
        "supersedes": manifest.supersedes, "revision_note": manifest.revision_note, "invented": manifest.invented,
        "manifest": opened.release(manifest.address).digest,
        "publisher": content.jurisdiction.publisher.name, "license": content.jurisdiction.license.title,
        "citation": citation.as_text(content), "markers": {code: says for code, (_, says) in MARKERS.items()},
    }  # fmt: skip

"""Makes a draft release: measures, protects, attacks and explains, and writes it all down in one folder, whole or not at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import openjustice
from openjustice.confidential import identities
from openjustice.confidential import store as stores
from openjustice.confidential.drafting import (
    chance,
    earlier,
    inputs,
    metadata,
    products,
    protection,
    quality,
    report,
    sources,
    steward,
    story,
)
from openjustice.confidential.drafting.protection import Protected
from openjustice.confidential.drafting.sources import Truth
from openjustice.confidential.store import Store
from openjustice.contracts import registry as registries
from openjustice.contracts import release
from openjustice.contracts.jurisdiction import Jurisdiction
from openjustice.contracts.registry import Registry
from openjustice.contracts.release import Declarations, DraftManifest, Product, ProductKind
from openjustice.ground import durable, errors
from openjustice.ground.terms import Approval, Vintage
from openjustice.standards import comparability

Progress = Callable[[float, str], None]
MANIFEST, REVIEW, PAGE = "draft.json", "review.json", "report.html"
STEWARD, STEWARD_PAGE = "steward.json", "steward.html"
SEED_SCOPE, SEED_DIGITS = "draft seed", 8


@dataclass(frozen=True)
class Draft:
    """A draft as its author and its checkers see it."""

    manifest: DraftManifest
    state: str
    approvals: tuple[Approval, ...]
    attacks: tuple[dict[str, Any], ...]
    hidden: dict[str, str]

    def as_dict(self) -> dict[str, Any]:
        """Return this draft as plain values for JSON."""
        return asdict(self) | {"digest": self.manifest.digest}


def make_draft(
    home: Path, *, dataset: str, author: str, at: str, seed: int, registry: Registry, progress: Progress | None = None
) -> int:
    """Make a draft release of a dataset from the records in force and return its number.

    `at` is a moment in UTC, ISO 8601; `seed` decides ties in the protection of records. Raises SubmissionRefused where an
    input has no records, ProtectionRefused where the policy cannot be satisfied. Surprise: a draft whose attacks succeed
    is made all the same, so that it can be looked at; it cannot be approved.
    """
    tell = progress or _tell_nobody
    found = registry.dataset(dataset)
    jurisdiction = registry.jurisdiction(found.jurisdiction)
    with stores.open_store(home) as store:
        number = store.next_number("draft")
        staged = _make_folder(store, number)
        tell(0.05, "Measuring")
        truth = sources.measure(store, dataset=found, jurisdiction=jurisdiction)
        before = earlier.read_earlier(store, jurisdiction=jurisdiction.id, dataset=found.id)
        known = chance.read_chance(store, truth=truth, jurisdiction=jurisdiction)
        protected = protection.protect(
            truth,
            jurisdiction=jurisdiction,
            before=before,
            seed=seed,
            tell=tell,
            chance=known,
            files=earlier.read_files(store, jurisdiction=jurisdiction.id, dataset=found.id),
        )
        tell(0.8, "Writing")
        written = _write_products(
            store, staged, truth=truth, protected=protected, jurisdiction=jurisdiction, author=author, at=at
        )
        manifest = DraftManifest(
            number=number, jurisdiction=jurisdiction.id, dataset=found.id, author=author, at=at, seed=seed,
            vintage=str(_candidate(store, truth=truth, at=at)),
            inputs=inputs.input_digests(store, dataset=found, jurisdiction=jurisdiction),
            declarations=_declarations(truth, jurisdiction=jurisdiction), products=written,
        )  # fmt: skip
        durable.write_file(staged / MANIFEST, release.as_json(manifest))
        durable.move_folder(staged, store.draft_directory(number))
        store.register_draft(
            jurisdiction=jurisdiction.id, dataset=found.id, author=author, at=at, digest=manifest.digest
        )
    tell(1.0, "Done")
    return number


def read_draft(home: Path, number: int) -> Draft:
    """Read a draft for people to look at; raises SealRefused where there is none. Nothing is verified here."""
    with stores.open_store(home, writable=False) as store:
        if not store.find("draft", number=number):
            raise errors.SealRefused.because(
                "draft_unknown", "There is no such draft.", way_out="`openjustice drafts list` names them."
            )
        folder = store.draft_directory(number)
        manifest = release.read_draft_manifest(_read_json(folder / MANIFEST))
        review = _read_json(folder / REVIEW)
        return Draft(
            manifest=manifest, state=store.draft_state(number), approvals=store.approvals(number),
            attacks=tuple(review["attacks"]), hidden=dict(review["hidden"]),
        )  # fmt: skip


def list_drafts(home: Path) -> list[dict[str, Any]]:
    """Return what is noted of every draft, by number, with how many approvals it has."""
    with stores.open_store(home, writable=False) as store:
        return [{**row, "approvals": len(store.approvals(row["number"]))} for row in store.find("draft")]


def make_seed(home: Path, *, dataset: str) -> int:
    """Return the seed of a dataset's drafts: always the same, so that two drafts blank alike, and known to the home alone."""
    keyed = identities.pseudonym([dataset], key=stores.read_home(home).read_key(), scope=SEED_SCOPE)
    return int(keyed[:SEED_DIGITS], 16)


def report_page(home: Path, number: int) -> Path:
    """Return where the disclosure report of a draft stands, as a page for a browser."""
    return stores.read_home(home).drafts / str(number) / PAGE


def steward_page(home: Path, number: int) -> Path | None:
    """Return where the steward's view of a draft stands, as a page for a browser; None where nothing was protected."""
    path = stores.read_home(home).drafts / str(number) / STEWARD_PAGE
    return path if path.is_file() else None


def _make_folder(store: Store, number: int) -> Path:
    """Make the folder to work in; what an unfinished run left is removed, for no draft of this number is noted yet."""
    staged = store.home.drafts / f".making-{number}"
    for leftover in (staged, store.draft_directory(number)):
        shutil.rmtree(leftover, ignore_errors=True)
    staged.mkdir(mode=0o700)
    for part in ("tables", "microdata"):
        (staged / part).mkdir()
    return staged


def _write_products(
    store: Store, folder: Path, *, truth: Truth, protected: Protected, jurisdiction: Jurisdiction, author: str, at: str
) -> tuple[Product, ...]:
    written = []
    for measured in truth.tables:
        path = folder / "tables" / f"{measured.id}.parquet"
        table = protected.tables[measured.id]
        store.engine.write_parquet(table, path, order_by=measured.variables)
        written.append(products.describe_table(path, folder=folder, table=table, measured=measured))
    if protected.records is not None:
        path = folder / "microdata" / f"{truth.dataset.id}.parquet"
        store.engine.write_parquet(protected.records, path)
        described = products.describe_file(
            path, folder=folder, identifier=truth.dataset.id, kind=ProductKind.MICRODATA, table=protected.records
        )
        written.append(described)
    return (
        *written,
        *_write_papers(
            store, folder, truth=truth, protected=protected, jurisdiction=jurisdiction, author=author, at=at
        ),
    )


def _write_papers(
    store: Store, folder: Path, *, truth: Truth, protected: Protected, jurisdiction: Jurisdiction, author: str, at: str
) -> list[Product]:
    """Write report, page, trace and metadata, and what is for the checkers alone."""
    published = [(measured, protected.tables[measured.id]) for measured in truth.tables]
    told = report.make_report(truth, protected=protected)
    tables = {**protected.tables, **({truth.dataset.id: protected.records} if protected.records is not None else {})}
    described = metadata.make_metadata(
        truth.dataset, jurisdiction=jurisdiction, policy=truth.policy, comparability=_flags(truth, jurisdiction),
        quality=quality.make_quality(
            truth, store=store, jurisdiction=jurisdiction, published=published, today=datetime.fromisoformat(at).date()
        ),
    )  # fmt: skip
    papers: list[tuple[ProductKind, str, str]] = [
        (ProductKind.REPORT, "report.json", _as_text(told)),
        (
            ProductKind.REPORT_PAGE,
            PAGE,
            report.make_page(told, truth=truth, jurisdiction=jurisdiction, author=author, at=at),
        ),
        (ProductKind.TRACE, "trace.json", _as_text(story.make_trace(store.engine.trace.steps, tables=tables))),
        (ProductKind.METADATA, "metadata.json", _as_text(described)),
    ]
    durable.write_file(folder / REVIEW, _as_text(report.make_review(truth, protected=protected)))
    view, suggestions = steward.make_view(truth, protected=protected)
    if view.tables:
        page = steward.make_page(view, suggestions, truth=truth, jurisdiction=jurisdiction, protected=protected, at=at)
        durable.write_file(folder / STEWARD, _as_text(steward.as_plain(view, suggestions)))
        durable.write_file(folder / STEWARD_PAGE, page)
    for _, name, text in papers:
        durable.write_file(folder / name, text)
    return [
        products.describe_file(folder / name, folder=folder, identifier=str(kind), kind=kind)
        for kind, name, _ in papers
    ]


def _declarations(truth: Truth, *, jurisdiction: Jurisdiction) -> Declarations:
    indicators = jurisdiction.indicators_of(truth.dataset.id)
    return Declarations(
        contract=truth.dataset.contract_digest, policy=truth.dataset.policy_digest, policy_version=truth.policy.version,
        indicators=tuple((name, item.digest) for name, item in sorted(indicators.items())), program=openjustice.__version__,
    )  # fmt: skip


def _candidate(store: Store, *, truth: Truth, at: str) -> Vintage:
    """Return the vintage the draft would have if it were sealed on the day it is made."""
    day = datetime.fromisoformat(at).date()
    prefix = f"{truth.dataset.address}/{day.isoformat()}."
    sealed = [row for row in store.find("draft", state="sealed") if str(row["release"]).startswith(prefix)]
    return Vintage(day, 1 + len(sealed))


def _flags(truth: Truth, jurisdiction: Jurisdiction) -> dict[str, Any]:
    path = registries.shipped_registry() / "common" / "comparability.yaml"
    named = {flag for item in jurisdiction.indicators_of(truth.dataset.id).values() for flag in item.indicator.flags}
    known = comparability.read_flags(path) if named and path.is_file() else {}
    return {
        code: {
            "says": known[code].says,
            "display": known[code].display,
            "acts": list(known[code].acts),
            "areas": known[code].areas(truth.dataset.id),
        }
        for code in sorted(named & known.keys())
    }


def _as_text(content: Any) -> str:
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def _read_json(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_bytes())
    return content


def _tell_nobody(_share: float, _says: str) -> None:
    return

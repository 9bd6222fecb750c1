"""Lets an extract out to one license: drafted under its tier, attacked, set against every other file, marked and packed.

An extract never becomes public: its label stays protected, it goes to the recipients of one license, and it is kept in mind.
Each later extract is set against it, and against the record files of all public releases.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from openjustice.airlock import marks
from openjustice.airlock.attacks import find_faults
from openjustice.airlock.integrity import fault
from openjustice.airlock.marks import Found, Row
from openjustice.confidential import identities
from openjustice.confidential import store as stores
from openjustice.confidential.drafting import draft, earlier, extract
from openjustice.confidential.drafting.extract import DraftedExtract
from openjustice.confidential.store import SealedCell, Store
from openjustice.contracts.registry import Registry
from openjustice.ground import errors
from openjustice.ground.engine import Table
from openjustice.protect.attack import AttackResult
from openjustice.protect.plan import microdata, vintages

SCOPE = "extract mark"
RECORDS, TERMS = "records.csv", "README.txt"
_NO_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that the format can say: the same records give the same bytes


@dataclass(frozen=True)
class Extract:
    """A packed extract: its bytes, their digest, the name of its mark, and what the attacks found."""

    dataset: str
    copy: str
    content: bytes
    mark: str
    records: int
    results: tuple[AttackResult, ...]

    @property
    def sha256(self) -> str:
        """Return the digest of the packed file."""
        return hashlib.sha256(self.content).hexdigest()


def make(home: Path, *, dataset: str, tier: str, copy: str, terms: str, registry: Registry) -> Extract:
    """Make the extract of a dataset for one copy of a license and keep in mind what is in it; `copy` names license and number.

    Raises SealRefused with every fault where a need of the policy is not met, an attack succeeds, or the file set against a
    public release or another extract would show a few people. Surprise: copies of one license hold the same records in
    another order.
    """
    found = registry.dataset(dataset)
    jurisdiction = registry.jurisdiction(found.jurisdiction)
    with stores.open_store(home) as store:
        made = extract.make_extract(
            store,
            dataset=found,
            jurisdiction=jurisdiction,
            tier=tier,
            seed=draft.make_seed(home, dataset=found.address),
        )
        now = _as_histogram(made, copy=copy)
        results, faults = _attack(store, made, now, jurisdiction=jurisdiction.id)
        if faults:
            raise errors.SealRefused(faults)
        rows = _rows(made.table)
        key = _key(home, copy)
        kept = earlier.as_record_cells(now, dataset=found.id)
        address = f"{found.address}/{copy}"
        store.save_sealed_cells(address, dataset=_shelf(found.id), cells=kept)
    content = _pack(made.table.column_names, marks.order(rows, key=key), terms=terms)
    return Extract(
        dataset=found.address, copy=copy, content=content, mark=hashlib.sha256(key).hexdigest()[:16], records=len(rows),
        results=results,
    )  # fmt: skip


def name_leak(home: Path, rows: Sequence[Row], *, copies: Sequence[str]) -> list[Found]:
    """Return which of these copies a leaked file is from, the best fit first; `rows` are its records in their order."""
    return marks.find(rows, keys={copy: _key(home, copy) for copy in copies})


def _attack(
    store: Store, made: DraftedExtract, now: vintages.FileHistogram, *, jurisdiction: str
) -> tuple[tuple[AttackResult, ...], list[errors.Fault]]:
    needs = microdata.split_of(made.known, policy=made.policy, tier=made.tier).everybody
    others = {**store.sealed_cells(made.dataset.id), **store.sealed_cells(_shelf(made.dataset.id))}
    files = earlier.as_files(others, jurisdiction=jurisdiction)
    results = (*made.results, vintages.check(now, files, needs=needs))
    least = max((need.k for need in needs), default=1)
    few = _find_few_changes(now, others, made=made, least=least)
    return results, [*made.unmet, *find_faults(results), *few]


def _find_few_changes(
    now: vintages.FileHistogram, others: Mapping[str, Sequence[SealedCell]], *, made: DraftedExtract, least: int
) -> list[errors.Fault]:
    """Return a fault for each file with the same variables of which fewer records changed than the policy lets stand out."""
    kept = earlier.as_record_cells(now, dataset=made.dataset.id)
    same = {
        file.release for file in earlier.as_files(others, jurisdiction=made.dataset.jurisdiction)
        if file.variables == now.variables
    }  # fmt: skip
    close = [name for name in sorted(same) if 0 < earlier.count_changed_records(kept, others[name]) < least]
    return [
        fault(
            "extract_too_close", f"Fewer than {least} records changed since {name}: the two files side by side would show them.",
            "Wait until more records have changed.",
        )
        for name in close
    ]  # fmt: skip


def _as_histogram(made: DraftedExtract, *, copy: str) -> vintages.FileHistogram:
    return vintages.FileHistogram(
        release=copy, variables=made.variables,
        truth=vintages.histogram_of(made.known, variables=made.variables),
        shown=vintages.histogram_of(made.table, variables=made.variables),
    )  # fmt: skip


def _shelf(dataset: str) -> str:
    # Apart from the public releases: what a licensee holds is not known to every reader.
    return f"{dataset} extracts"


def _key(home: Path, copy: str) -> bytes:
    return bytes.fromhex(identities.pseudonym([copy], key=stores.read_home(home).read_key(), scope=SCOPE))


def _rows(table: Table) -> list[Row]:
    return [tuple("" if value is None else str(value) for value in row.values()) for row in table.rows()]


def _pack(columns: Sequence[str], rows: Sequence[Row], *, terms: str) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in ((TERMS, terms), (RECORDS, text.getvalue())):
            file.writestr(zipfile.ZipInfo(name, date_time=_NO_DATE), content.encode(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()

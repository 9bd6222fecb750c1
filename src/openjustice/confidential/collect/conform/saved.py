"""Conforms the files of a source and saves what was made: records, raw texts beside, and the record of changes."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from openjustice.confidential.collect import ingest
from openjustice.confidential.collect.conform.conformed import RAW, Conformed, conform
from openjustice.confidential.collect.conform.measured import as_yaml, measure_records
from openjustice.confidential.collect.conform.record import Transforms, transform_record
from openjustice.contracts.dataset import Contract
from openjustice.contracts.jurisdiction import Dataset
from openjustice.contracts.source import Codes, Measured, Source
from openjustice.ground import durable, engine, errors
from openjustice.ground.terms import Plane


def find_source(dataset: Dataset, name: str) -> Source:
    """Return a source of a dataset by name; raises RegistryRefused where there is none."""
    if name in dataset.sources:
        return dataset.sources[name]
    known = ", ".join(sorted(dataset.sources)) or "none"
    raise errors.RegistryRefused.because(
        "unknown_source", f"{dataset.address} has no source '{name}'.", way_out=f"Known: {known}."
    )


@contextmanager
def conformed_files(source: Source, *, folder: Path, contract: Contract) -> Iterator[Conformed]:
    """Conform the files in a folder; the tables live as long as the block."""
    with tempfile.TemporaryDirectory(prefix="openjustice-") as own:
        scratch = Path(own).resolve()
        with engine.open_memory(plane=Plane.CONFIDENTIAL, directory=scratch) as opened:
            yield conform(
                source, folder=folder, contract=contract, engine=opened, scratch=scratch, limits=ingest.read_limits()
            )


def save_conformed(source: Source, *, folder: Path, dataset: Dataset, codelists: Codes, target: Path) -> Transforms:
    """Conform the files in a folder and save what was made, and what was measured, into another."""
    with conformed_files(source, folder=folder, contract=dataset.contract) as made:
        return save(made, target=target, measured=measure(made, dataset=dataset, codelists=codelists))


def save(made: Conformed, *, target: Path, measured: Measured | None = None) -> Transforms:
    """Write `<source>.csv` in the contract's own names, `<source>_raw.csv` and `<source>_transforms.json` into a folder.

    The first can be checked and submitted as it is. All three may tell of persons: their owner alone may read them.
    """
    name, record = made.source.id, transform_record(made)
    target.mkdir(parents=True, exist_ok=True)
    _write(made, target / f"{name}.csv", tuple(made.contract.fields))
    raw = [column for column in made.records.column_names if column.endswith(RAW)]
    _write(made, target / f"{name}_raw.csv", (*made.contract.key, *raw))
    _keep(target / f"{name}_transforms.json", json.dumps(record.as_dict(), indent=1, ensure_ascii=False) + "\n")
    if measured is not None:
        _keep(target / f"{name}_measured.yaml", as_yaml(measured))
    return record


def measure(made: Conformed, *, dataset: Dataset, codelists: Codes) -> Measured | None:
    """Count what weighs a difference of definitions; null where the dataset has no definitions, or no kinds to weigh by."""
    repeats = made.source.declaration.repeats
    reference = dataset.contract.fields[repeats.field].codelist if repeats else None
    if dataset.definitions is None or reference is None:
        return None
    kinds = codelists[reference.partition("@")[0]]
    profile = made.source.profile
    is_incident = profile is not None and profile.positions.get("counting_unit") == "incident"
    return measure_records(made, definitions=dataset.definitions, kinds=kinds, is_row_an_incident=is_incident)


def contract_bytes(made: Conformed) -> bytes:
    """Return the records as CSV in the contract's own names: the same records, the same bytes."""
    return _as_csv(made, tuple(made.contract.fields))


def _write(made: Conformed, path: Path, columns: tuple[str, ...]) -> None:
    _keep(path, _as_csv(made, columns))


def _as_csv(made: Conformed, columns: tuple[str, ...]) -> bytes:
    opened = made.records.engine
    named = ", ".join(engine.quote(name) for name in columns)
    chosen = opened.derive("chosen", f"SELECT {named} FROM records", inputs={"records": made.records})
    with tempfile.TemporaryDirectory(prefix="openjustice-", dir=made.scratch) as folder:
        opened.write_csv(chosen, Path(folder) / "chosen.csv", delimiter=",", order_by=made.contract.key)
        content = (Path(folder) / "chosen.csv").read_bytes()
    opened.drop(chosen)
    return content


def _keep(path: Path, content: str | bytes) -> None:
    durable.write_file(path, content)
    path.chmod(0o600)

"""One run of an extraction: what is new is read, saved encrypted, posted if asked, and only then remembered as sent."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pyrage
import sqlalchemy as sql

from openjustice.confidential.collect import conform
from openjustice.confidential.collect.extract import statement
from openjustice.contracts.extraction import Database, Extraction
from openjustice.contracts.jurisdiction import Dataset
from openjustice.ground import durable, errors

_WAIT_SECONDS = 60
_BATCH = 5_000


@dataclass(frozen=True)
class Extracted:
    """What a run made: the file that was saved (null where nothing is new), its rows, and whether it was posted."""

    path: Path | None
    rows: int
    sha256: str = ""
    was_posted: bool = False
    receipt: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _State:
    """What is remembered between runs: the watermark, the digests of the rows that carry it, and how many files were made."""

    watermark: str | None = None
    at_watermark: tuple[str, ...] = ()
    made: int = 0
    digest: str = ""


def extract(declared: Extraction, *, dataset: Dataset, out: Path, client: httpx.Client | None = None) -> Extracted:
    """Read what is new and save it as a submission into a folder, encrypted for the recipients; post it where declared.

    The watermark is remembered in the folder after all else is done: a run that was stopped is done again, with the same
    rows, the same file name and the same idempotency key. Raises SubmissionRefused where the source cannot be read, and
    AccessRefused where the receiver does not take it; then nothing is remembered as sent.
    """
    out.mkdir(parents=True, exist_ok=True)
    place = out / f"{declared.extract}.state.json"
    state = _read_state(place)
    content, rows, after = (
        _from_database(declared.database, state, dataset=dataset)
        if declared.database is not None
        else _from_folder(declared, state, dataset=dataset)
    )
    if not rows:
        return Extracted(None, 0)
    digest = hashlib.sha256(content).hexdigest()
    path = out / f"{declared.extract}_{state.made + 1:06d}.csv{'.age' if declared.recipients else ''}"
    sealed = _encrypted(content, declared.recipients) if declared.recipients else content
    durable.write_file(path, sealed)
    path.chmod(0o600)
    receipt = _post(declared, sealed, digest=digest, client=client) if declared.post_to else {}
    _write_state(place, _State(after.watermark, after.at_watermark, state.made + 1, digest))
    return Extracted(path, rows, digest, bool(declared.post_to), receipt)


def _from_database(declared: Database, state: _State, *, dataset: Dataset) -> tuple[bytes, int, _State]:
    unknown = sorted(set(declared.columns.values()) - set(dataset.contract.fields) - _layout_columns(dataset))
    if unknown:
        raise errors.RegistryRefused(
            errors.Fault(
                code="unknown_field", what=f"{dataset.address} has neither a field nor a layout column '{name}'.",
                way_out=f"Its fields are: {', '.join(dataset.contract.fields)}.", ask=errors.RegistryRefused.who_must_act,
            )
            for name in unknown
        )  # fmt: skip
    with _connected(declared) as connection:
        _check_columns(connection, declared)
        last = connection.execute(statement.select_last(declared)).scalar()
        if last is None:
            return b"", 0, state
        since = statement.from_text(state.watermark, kind=declared.watermark_kind)
        asked = statement.select_new(declared, since=since, until=last)
        rows = connection.execution_options(stream_results=True, yield_per=_BATCH).execute(asked)
        return _written(rows, declared=declared, state=state, last=statement.as_text(last))


def _check_columns(connection: sql.Connection, declared: Database) -> None:
    """Refuse columns that the table does not have: SQLite would take the name of one for a text, and send that."""
    there = {item["name"] for item in sql.inspect(connection).get_columns(declared.table, schema=declared.name_space)}
    lacking = [name for name in (*declared.columns, declared.watermark, *declared.where) if name not in there]
    if lacking:
        raise errors.SubmissionRefused(
            errors.Fault(
                code="database_column_missing", what=f"The table has no column '{name}'.", ask="the agency",
                way_out="Correct the name in the declaration.", place=errors.Place(field=declared.table),
            )
            for name in dict.fromkeys(lacking)
        )  # fmt: skip


def _written(rows: Any, *, declared: Database, state: _State, last: str) -> tuple[bytes, int, _State]:
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(declared.columns.values())
    sent, at_last, count = set(state.at_watermark), [], 0
    for row in rows:
        *cells, mark = row
        texts = [_cell(value) for value in cells]
        told = statement.as_text(mark)
        digest = hashlib.sha256("\x1f".join([told, *texts]).encode()).hexdigest()
        if told == last:
            at_last.append(digest)
        if told == state.watermark and digest in sent:
            continue
        writer.writerow(texts)
        count += 1
    return made.getvalue().encode(), count, _State(last, tuple(sorted(at_last)))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return statement.as_text(value)


def _layout_columns(dataset: Dataset) -> set[str]:
    return {column for mapping in dataset.mappings.values() for column in mapping.source_columns}


@contextmanager
def _connected(declared: Database) -> Iterator[sql.Connection]:
    """Open the database for reading; its address, its user and what it says stay out of every message."""
    address = os.environ.get(declared.address_in)
    if not address:
        raise errors.SubmissionRefused.because(
            "database_address_missing", f"The environment variable {declared.address_in} is not set.", ask="the agency",
            way_out="Set it to the address of the records system, such as postgresql+psycopg://user@host/name.",
        )  # fmt: skip
    try:
        engine = sql.create_engine(address)
    except (sql.exc.ArgumentError, sql.exc.NoSuchModuleError, ModuleNotFoundError):
        raise errors.SubmissionRefused.because(
            "database_address_wrong", "The address of the records system cannot be read, or its driver is not installed.",
            way_out="Write it as dialect+driver://user@host/name, and install the driver.",
        ) from None  # fmt: skip
    try:
        with engine.connect() as connection:
            yield connection
    except sql.exc.SQLAlchemyError as problem:
        raise errors.SubmissionRefused.because(
            "database_unreadable", "The records system could not be read.", why=f"It answered with {type(problem).__name__}.",
            way_out="Look whether it can be reached, and whether the table and its columns are named rightly.",
            place=errors.Place(field=declared.table),
        ) from None  # fmt: skip
    finally:
        engine.dispose()


def _from_folder(declared: Extraction, state: _State, *, dataset: Dataset) -> tuple[bytes, int, _State]:
    assigned = declared.folder
    if assigned is None:
        raise errors.HouseFault.because("no_origin", "An extraction has neither a database nor a folder.")
    source = conform.find_source(dataset, assigned.source)
    with conform.conformed_files(source, folder=Path(assigned.path), contract=dataset.contract) as made:
        content = conform.contract_bytes(made)
        rows = made.records.row_count
    same = hashlib.sha256(content).hexdigest() == state.digest
    return content, 0 if same else rows, state


def _encrypted(content: bytes, recipients: Sequence[str]) -> bytes:
    try:
        keys = [pyrage.x25519.Recipient.from_str(text) for text in recipients]
    except pyrage.RecipientError:
        raise errors.RegistryRefused.because(
            "recipient_wrong",
            "A recipient is no public key of the form age1….",
            way_out="Ask the receiver for their key.",
        ) from None
    return bytes(pyrage.encrypt(content, keys))


def _post(declared: Extraction, sealed: bytes, *, digest: str, client: httpx.Client | None) -> Mapping[str, Any]:
    token = os.environ.get(declared.token_in) if declared.token_in else None
    headers = {
        "Content-Type": "application/age-encryption", "Idempotency-Key": digest, "X-Dataset": declared.dataset,
        "X-Reporter": declared.reporter, **({"Authorization": f"Bearer {token}"} if token else {}),
    }  # fmt: skip
    asked = client or httpx.Client(timeout=_WAIT_SECONDS)
    try:
        answer = asked.post(str(declared.post_to), content=sealed, headers=headers)
    except httpx.HTTPError as problem:
        raise _not_taken(f"It could not be reached ({type(problem).__name__}).") from None
    finally:
        if client is None:
            asked.close()
    if not answer.is_success:
        raise _not_taken(f"It answered {answer.status_code}.")
    return _receipt(answer)


def _receipt(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _not_taken(why: str) -> errors.Refusal:
    return errors.AccessRefused.because(
        "submission_not_taken", "The receiver did not take the submission.", why=why, ask="the receiver",
        way_out="The file is saved and nothing is remembered as sent: run it again, and the same file goes out again.",
    )  # fmt: skip


def _read_state(path: Path) -> _State:
    if not path.is_file():
        return _State()
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return _State(kept["watermark"], tuple(kept["at_watermark"]), int(kept["made"]), kept["digest"])
    except (ValueError, KeyError, TypeError):
        raise errors.SubmissionRefused.because(
            "state_unreadable", "What was sent before cannot be read.", place=errors.Place(file=path.name),
            way_out="Restore the file from a copy, or remove it to send everything again.",
        ) from None  # fmt: skip


def _write_state(path: Path, state: _State) -> None:
    kept = {
        "watermark": state.watermark,
        "at_watermark": list(state.at_watermark),
        "made": state.made,
        "digest": state.digest,
    }
    durable.write_file(path, json.dumps(kept, indent=1) + "\n")
    path.chmod(0o600)

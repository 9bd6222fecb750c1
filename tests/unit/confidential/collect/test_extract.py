"""What is new in a records system becomes a submission once: none lost, none doubled, whatever stops a run."""

from __future__ import annotations

import csv
import io
import json
import stat
import tempfile
from pathlib import Path

import httpx
import pyrage
import pytest
import sqlalchemy as sql
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import mssql, mysql, postgresql, sqlite

from office import postgresql as server
from openjustice.confidential.collect import extract as extracting
from openjustice.contracts import registry
from openjustice.contracts.extraction import Extraction, read_extraction
from openjustice.ground import errors

LOADED = registry.load_registry(only=["united_states"])
DATASET = LOADED.dataset("united_states/use_of_force")
COLUMNS = {"case number": "incident", "day": "incident_date", "kind": "force_type"}
VARIABLE = "RECORDS_ADDRESS"


def declared(**more):
    """Declare an extraction of the table `force`."""
    database = {
        "address_in": VARIABLE,
        "table": "force",
        "columns": COLUMNS,
        "watermark": "seq",
        "watermark_kind": "number",
    }
    given = {
        "extract": "here",
        "dataset": "use_of_force",
        "reporter": "here",
        "database": {**database, **more.pop("database", {})},
    }
    return Extraction.model_validate({**given, **more})


@pytest.fixture
def records(tmp_path, monkeypatch):
    """Make a records system on SQLite with three rows, and give its engine."""
    address = f"sqlite:///{tmp_path / 'records.db'}"
    monkeypatch.setenv(VARIABLE, address)
    made = sql.create_engine(address)
    yield _filled(made)
    made.dispose()


def _filled(made):
    with made.begin() as connection:
        connection.execute(
            sql.text('CREATE TABLE force (seq INTEGER, "case number" VARCHAR(20), day DATE, kind VARCHAR(20))')
        )
    add(made, (1, "A"), (2, "B"), (2, "C"))
    return made


def add(made, *rows):
    """Add rows to the records system, each a sequence number and a case."""
    with made.begin() as connection:
        for seq, case in rows:
            connection.execute(
                sql.text("INSERT INTO force VALUES (:seq, :one, '2024-03-05', 'takedown')"), {"seq": seq, "one": case}
            )


def run(tmp_path, asked=None, *, client=None):
    """Run an extraction and return what it made, with the cases it holds."""
    made = extracting.extract(asked or declared(), dataset=DATASET, out=tmp_path / "out", client=client)
    if made.path is None or made.path.suffix == ".age":
        return made, []
    return made, [row["incident"] for row in csv.DictReader(io.StringIO(made.path.read_text()))]


def test_a_first_run_takes_all_and_a_second_nothing(tmp_path, records):
    made, cases = run(tmp_path)
    assert cases == ["A", "B", "C"]
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert run(tmp_path)[0].path is None


def test_later_rows_alone_go_next_even_with_the_watermark_of_the_last(tmp_path, records):
    run(tmp_path)
    add(records, (2, "D"), (3, "E"))
    assert run(tmp_path)[1] == ["D", "E"]
    assert run(tmp_path)[1] == []


def test_what_was_not_remembered_is_sent_again_as_the_same_file(tmp_path, records):
    made, cases = run(tmp_path)
    (tmp_path / "out" / "here.state.json").unlink()
    again, same = run(tmp_path)
    assert (again.path, again.sha256, same) == (made.path, made.sha256, cases)


@pytest.mark.skipif(server.find_binaries() is None, reason="the programs of a PostgreSQL server are not here")
def test_postgresql_is_read_by_the_same_declaration(tmp_path, monkeypatch):
    with server.serve() as folder:
        address = server.address(folder).replace("postgresql://", "postgresql+psycopg://")
        monkeypatch.setenv(VARIABLE, address)
        made = _filled(sql.create_engine(address))
        assert run(tmp_path)[1] == ["A", "B", "C"]
        add(made, (2, "D"), (5, "E"))
        assert run(tmp_path)[1] == ["D", "E"]
        assert run(tmp_path)[0].path is None
        made.dispose()


@given(st.lists(st.lists(st.integers(1, 4), max_size=4), min_size=1, max_size=5))
def test_whatever_comes_when_each_row_is_sent_once(batches):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        place = Path(folder)
        patch.setenv(VARIABLE, f"sqlite:///{place / 'r.db'}")
        made = sql.create_engine(f"sqlite:///{place / 'r.db'}")
        with made.begin() as connection:
            connection.execute(
                sql.text('CREATE TABLE force (seq INTEGER, "case number" VARCHAR(20), day DATE, kind VARCHAR(20))')
            )
        sent: list[str] = []
        entered: list[str] = []
        highest = 0
        for batch in batches:
            rows = [
                (highest + step - 1 if highest else step, f"case {len(entered) + at}") for at, step in enumerate(batch)
            ]
            rows = [(max(seq, highest), case) for seq, case in rows]
            add(made, *rows)
            entered += [case for _, case in rows]
            highest = max([highest, *(seq for seq, _ in rows)])
            sent += run(place)[1]
        made.dispose()
        assert sorted(sent) == sorted(entered)


def test_a_filter_and_a_day_as_watermark(tmp_path, records):
    with records.begin() as connection:
        connection.execute(sql.text("INSERT INTO force VALUES (9, 'X', '2024-05-01', 'strike')"))
    asked = declared(database={"watermark": "day", "watermark_kind": "text", "where": {"kind": ["strike"]}})
    assert run(tmp_path, asked)[1] == ["X"]


def test_a_submission_is_encrypted_for_its_receiver_alone(tmp_path, records):
    key = pyrage.x25519.Identity.generate()
    made, _ = run(tmp_path, declared(recipients=[str(key.to_public())]))
    sealed = made.path.read_bytes()
    assert b"2024-03-05" not in sealed
    assert pyrage.decrypt(sealed, [key]).decode().splitlines()[1] == "A,2024-03-05,takedown"
    assert [path.name for path in (tmp_path / "out").iterdir() if path.suffix not in (".age", ".json")] == []


def test_a_posted_submission_carries_its_key_and_is_remembered_after_it_was_taken(tmp_path, records, monkeypatch):
    monkeypatch.setenv("TOKEN", "secret")
    key = pyrage.x25519.Identity.generate()
    asked = declared(recipients=[str(key.to_public())], post_to="https://intake.example/submissions", token_in="TOKEN")
    seen: list[httpx.Request] = []
    answers = [500, 201]

    def take(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(answers[len(seen) - 1], json={"number": 7})

    with httpx.Client(transport=httpx.MockTransport(take)) as client:
        with pytest.raises(errors.AccessRefused) as refused:
            run(tmp_path, asked, client=client)
        assert refused.value.codes == ("submission_not_taken",)
        made, _ = run(tmp_path, asked, client=client)
        assert (made.was_posted, made.receipt) == (True, {"number": 7})
        assert run(tmp_path, asked, client=client)[0].path is None
    assert seen[0].headers["idempotency-key"] == seen[1].headers["idempotency-key"]
    assert seen[1].headers["authorization"] == "Bearer secret"
    assert pyrage.decrypt(seen[1].content, [key]).startswith(b"incident,")


def test_a_receiver_that_is_not_there_is_told_without_its_words(tmp_path, records):
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("CANARY")

    key = pyrage.x25519.Identity.generate()
    asked = declared(recipients=[str(key.to_public())], post_to="https://intake.example/")
    with httpx.Client(transport=httpx.MockTransport(fail)) as client, pytest.raises(errors.AccessRefused) as refused:
        run(tmp_path, asked, client=client)
    assert "CANARY" not in str(refused.value)


@pytest.mark.parametrize(
    "dialect", [sqlite.dialect(), postgresql.dialect(), mssql.dialect(), mysql.dialect()], ids=lambda item: item.name
)
def test_the_statement_is_right_in_each_dialect_and_holds_no_value(dialect):
    asked = declared(database={"where": {"kind": ["CANARY"]}, "name_space": "rms"}).database
    text = str(extracting.select_new(asked, since=4, until=9).compile(dialect=dialect))
    quoted = {"mysql": "`case number`", "mssql": "[case number]"}.get(dialect.name, '"case number"')
    assert quoted in text
    assert "CANARY" not in text
    assert "ORDER BY" in text


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"database": {"table": "nothing"}}, "database_unreadable"),
        ({"database": {"columns": {"unheard of": "incident"}}}, "database_column_missing"),
        ({"database": {"columns": {"day": "nowhere"}}}, "unknown_field"),
        ({"database": {"address_in": "NOT_SET"}}, "database_address_missing"),
        ({"recipients": ["age1wrong"]}, "recipient_wrong"),
    ],
)
def test_what_cannot_be_done_is_refused_and_nothing_is_written(tmp_path, records, more, code):
    with pytest.raises(errors.Refusal) as refused:
        run(tmp_path, declared(**more))
    assert refused.value.codes == (code,)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("address", ["nonsense", "nodialect://x", "sqlite:////nowhere/at/all.db"])
def test_an_address_is_never_told(tmp_path, monkeypatch, address):
    monkeypatch.setenv(VARIABLE, address)
    with pytest.raises(errors.SubmissionRefused) as refused:
        run(tmp_path)
    assert address not in str(refused.value)


def test_a_state_that_cannot_be_read_stops_the_run(tmp_path, records):
    run(tmp_path)
    (tmp_path / "out" / "here.state.json").write_text("{")
    with pytest.raises(errors.SubmissionRefused) as refused:
        run(tmp_path)
    assert refused.value.codes == ("state_unreadable",)


def test_a_folder_of_files_is_brought_into_the_dataset_and_sent_once(tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "south_bend_1.csv").write_text(
        "OBJECTID,Date,Shift,Beat,City_1,Type_of_Resistance,Response,Force_Caused_Injury,Off_Injured,Call_Dispatched_via_911,"
        "Call_was_Self_Initiated,Call_in_Response_To\n1,2017/02/19 05:00:00+00,3rd,20,South Bend,Physical,Taser,Yes,Yes,No,Yes,Fight\n"
    )
    asked = Extraction.model_validate({
        "extract": "sb", "dataset": "use_of_force", "reporter": "south_bend",
        "folder": {"path": str(tmp_path / "files"), "source": "south_bend"},
    })  # fmt: skip
    made, _ = run(tmp_path, asked)
    assert made.rows == 1
    assert "cew_used" in made.path.read_text()
    assert run(tmp_path, asked)[0].path is None


@pytest.mark.parametrize(
    "text",
    [
        "extract: a\ndataset: d\nreporter: r\n",
        "extract: a\ndataset: d\nreporter: r\nfolder: {path: p, source: s}\npost_to: https://x.example/\n",
        "extract: a\ndataset: d\nreporter: r\npassword: p\nfolder: {path: p, source: s}\n",
    ],
)
def test_a_declaration_that_is_wrong_is_refused(tmp_path, text):
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(errors.RegistryRefused):
        read_extraction(tmp_path / "x.yaml")


def test_a_declaration_is_read(tmp_path):
    (tmp_path / "x.yaml").write_text(json.dumps(declared().model_dump(exclude_none=True)))
    assert read_extraction(tmp_path / "x.yaml") == declared()

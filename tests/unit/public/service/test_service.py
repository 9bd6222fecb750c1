"""The query service: permanent answers, sums that hide what is hidden, every fault of a question at once, and nothing else."""

from __future__ import annotations

import csv
import io
import json
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from openjustice.ground import engine, errors
from openjustice.public.publish.content import Content
from openjustice.public.publish.variables import TOTAL
from openjustice.public.service import limits as limits_of
from openjustice.public.service import run
from unit.public.release_fixture import DATASET, FIRST, SECOND

LIMITS = limits_of.read_limits()
HERE = f"/v1/releases/demo/{DATASET}/{SECOND}"


@pytest.fixture(scope="module")
def app(public_folder: Path) -> Iterator[Starlette]:
    with run.open_app(public_folder, limits=LIMITS) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(app: Starlette) -> TestClient:
    return TestClient(app, raise_server_exceptions=False)


def ask(client: TestClient, address: str, **parameters: Any) -> dict[str, Any]:
    answer = client.get(address, params=parameters)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def release_of(contents: tuple[Content, ...]) -> Content:
    return next(item for item in contents if item.address == f"demo/{DATASET}/{SECOND}")


def test_every_row_of_every_table_is_the_published_one(client: TestClient, contents: tuple[Content, ...]):
    content = release_of(contents)
    for frame in content.frames:
        found = ask(client, f"{HERE}/{frame.id}/records", limit=LIMITS.largest_page_rows)
        assert found["page"]["total"] == len(frame.rows)
        key = lambda row: json.dumps(row, sort_keys=True, default=str)  # noqa: E731
        assert sorted(map(key, found["rows"])) == sorted(map(key, frame.rows))


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_files_are_whole_and_hold_the_same_rows_as_json(client: TestClient, tmp_path: Path, form: str):
    listed = ask(client, f"{HERE}")["products"]
    table = max((item for item in listed if item["kind"] == "table"), key=lambda item: item["rows"])
    place = f"{table['at']}/records"
    rows = ask(client, place, limit=LIMITS.largest_page_rows)["rows"]
    answer = client.get(place, params={"format": form})
    assert answer.status_code == 200
    path = tmp_path / f"answer.{form}"
    path.write_bytes(answer.content)
    if form == "csv":
        read = list(csv.DictReader(io.StringIO(answer.text)))
        assert [list(item) for item in read] == [list(item) for item in rows]
        assert [item["numerator_marker"] for item in read] == [item["numerator_marker"] or "" for item in rows]
    else:
        relation = duckdb.connect().execute("FROM read_parquet($path)", {"path": str(path)})
        names = [item[0] for item in relation.description or []]
        assert [dict(zip(names, row, strict=True)) for row in relation.fetchall()] == rows


def test_a_page_says_how_many_rows_there_are_and_where_the_next_one_is(client: TestClient):
    place = f"{HERE}/{first_table(client)}/records"
    rows, address = [], f"{place}?limit=7"
    while address:
        answer = client.get(address)
        page = answer.json()["page"]
        rows += answer.json()["rows"]
        assert answer.headers["openjustice-rows"] == str(page["total"])
        address = page.get("next", "")
    assert rows == ask(client, place, limit=LIMITS.largest_page_rows)["rows"]


def test_the_same_question_has_the_same_tag_in_any_order_and_is_not_answered_twice(client: TestClient):
    place = f"{HERE}/{first_table(client)}/records"
    one = client.get(f"{place}?limit=2&offset=1")
    other = client.get(f"{place}?offset=1&limit=2")
    assert one.headers["etag"] == other.headers["etag"]
    assert "immutable" in one.headers["cache-control"]
    again = client.get(f"{place}?limit=2&offset=1", headers={"If-None-Match": one.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(f"{place}?limit=3").headers["etag"] != one.headers["etag"]


def test_the_newest_release_is_a_way_to_a_permanent_address(client: TestClient):
    answer = client.get(
        f"/v1/datasets/demo/{DATASET}/latest/{first_table(client)}/records?limit=1", follow_redirects=False
    )
    assert answer.status_code == 307
    assert answer.headers["location"] == f"{HERE}/{first_table(client)}/records?limit=1"
    assert client.get(f"/v1/releases/demo/{DATASET}/{FIRST}").status_code == 200


def test_a_sum_of_cells_is_their_sum_and_hidden_where_a_part_is_hidden(
    client: TestClient, contents: tuple[Content, ...]
):
    content = release_of(contents)
    hidden = shown = 0
    for frame in content.frames:
        if frame.kind.value != "table":
            continue
        for name in frame.variables:
            if any(row[name] == TOTAL for row in frame.rows):
                answer = client.get(f"{HERE}/{frame.id}/aggregate", params={"group": name})
                assert answer.status_code == 200
                others = [
                    item for item in frame.variables if item != name and any(r[item] == TOTAL for r in frame.rows)
                ]
                for group in answer.json()["rows"]:
                    cells = [
                        row for row in frame.rows
                        if row[name] == group[name] and all(row[item] == TOTAL for item in others)
                    ]  # fmt: skip
                    assert group["cells"] == len(cells)
                    if any(row["numerator_marker"] == "c" for row in cells):
                        hidden += 1
                        assert (group["numerator"], group["numerator_marker"]) == (None, "c")
                    elif all(row["numerator"] is not None for row in cells):
                        shown += 1
                        assert group["numerator"] == sum(row["numerator"] for row in cells)
                        assert group["numerator_marker"] is None
    assert hidden
    assert shown


def test_a_whole_and_its_part_are_not_summed_together(client: TestClient):
    table, variable, code = summable(client)
    answer = client.get(f"{HERE}/{table}/aggregate", params={variable: [TOTAL, code]})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == variable


def test_cells_are_not_chosen_by_their_own_size_for_a_sum(client: TestClient):
    table, _, _ = summable(client)
    answer = client.get(f"{HERE}/{table}/aggregate", params={"numerator.min": "5"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == "numerator"


def test_records_are_counted_and_measured_in_groups(client: TestClient, contents: tuple[Content, ...]):
    records = next(frame for frame in release_of(contents).frames if frame.kind.value == "microdata")
    rows = ask(client, f"{HERE}/{records.id}/aggregate", group="sex")["rows"]
    assert {item["sex"]: item["count"] for item in rows} == {
        sex: sum(row["sex"] == sex for row in records.rows) for sex in {row["sex"] for row in records.rows}
    }
    assert ask(client, f"{HERE}/{records.id}/aggregate")["rows"] == [{"count": len(records.rows)}]


def test_every_fault_of_a_question_is_told_at_once_with_its_parameter(client: TestClient):
    answer = client.get(f"{HERE}/{first_table(client)}/records?nonsense=1&limit=0&sort=nothing&format=pdf")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert [item["parameter"] for item in answer.json()["errors"]] == ["format", "sort", "limit", "nonsense"]
    assert all(item["way_out"] for item in answer.json()["errors"])


@pytest.mark.parametrize(
    "attempt",
    ["' OR 1=1 --", '"; DROP TABLE x; --', "$v0", "\\", "%00", "1) UNION SELECT * FROM duckdb_secrets() --", "../../x"],
)
def test_an_injection_is_a_code_that_is_not_there(client: TestClient, attempt: str):
    table, variable, _ = summable(client)
    for parameters in (
        {variable: attempt},
        {f"{variable}.min": attempt},
        {"select": attempt},
        {attempt: "1"},
        {"sort": attempt},
    ):
        answer = client.get(f"{HERE}/{table}/records", params=parameters)
        assert answer.status_code in (200, 400)
        if answer.status_code == 200:
            assert f"{variable}.min" in parameters  # a limit is any text; it is bound, never written into a statement
    assert client.get(f"{HERE}/{table}/records").status_code == 200


@pytest.mark.parametrize(
    "address", ["/nothing", "/v1/releases/demo/nothing/1", f"{HERE}/nothing", f"{HERE}/nothing/records", f"{HERE}/"]
)
def test_an_address_with_nothing_behind_it_says_so(client: TestClient, address: str):
    answer = client.get(address)
    assert answer.status_code == 404
    assert answer.json()["status"] == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_can_be_written(client: TestClient, method: str):
    answer = client.request(method, HERE)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


def test_an_address_that_is_too_long_is_turned_away(client: TestClient):
    answer = client.get(f"{HERE}?x={'y' * LIMITS.largest_address_bytes}")
    assert answer.status_code == 414


def test_a_statement_that_takes_too_long_is_stopped_in_the_engine(tmp_path: Path):
    serving = engine.Serving(tmp_path, files=())
    started = time.monotonic()
    with pytest.raises(engine.OutOfTime):
        serving.ask("SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range < b.range", {}, seconds=0.2)
    assert time.monotonic() - started < 20
    assert serving.ask("SELECT 1", {}, seconds=20) == [(1,)]
    serving.close()


def test_a_question_that_was_stopped_says_when_to_come_again(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    def stop(*_: object, **__: object) -> None:
        raise engine.OutOfTime

    place = f"{HERE}/{first_table(client)}/records?offset=3"
    monkeypatch.setattr(engine.Serving, "ask", stop)
    answer = client.get(place)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == f"{LIMITS.wait_seconds:.0f}"
    assert f"{LIMITS.seconds:g} seconds" in answer.json()["title"]


def test_a_serving_writes_into_its_scratch_folder_alone(tmp_path: Path):
    serving = engine.Serving(tmp_path, files=())
    with pytest.raises(errors.HouseFault):
        serving.write("SELECT 1", {}, tmp_path.parent / "elsewhere.csv", form="csv", seconds=1)
    with pytest.raises(engine.StatementFailed):
        serving.ask("SELECT * FROM read_csv('/etc/passwd')", {}, seconds=1)
    serving.close()


def test_no_scratch_file_is_left_behind(public_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with run.open_app(public_folder, limits=LIMITS) as opened:
        client = TestClient(opened)
        client.get(f"{HERE}/{first_table(client)}/records?format=csv")
        assert not list(tmp_path.rglob("answer-*"))
    assert not list(tmp_path.iterdir())


def test_every_answer_keeps_a_page_to_itself_and_sets_no_cookie(client: TestClient):
    for address in ("/", "/openapi.json", HERE, f"{HERE}/{first_table(client)}/records", "/nothing"):
        answer = client.get(address)
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in answer.headers


def test_a_changed_file_of_a_release_is_not_served(public_folder: Path, tmp_path: Path):
    copy = tmp_path / "public"
    shutil.copytree(public_folder, copy)
    parquet = next((copy / "releases" / "demo" / DATASET / SECOND).rglob("*.parquet"))
    parquet.write_bytes(parquet.read_bytes()[:-1] + b"x")
    with run.open_app(copy, limits=LIMITS) as opened:
        answer = TestClient(opened, raise_server_exceptions=False).get(HERE)
    assert answer.status_code == 503
    assert "not what was sealed" in answer.json()["title"]


def test_questions_made_from_the_document_never_fail_the_service(app: Starlette, client: TestClient):
    document = client.get("/openapi.json").json()
    schema: Any = schemathesis.openapi.from_dict(document)
    asked = {"count": 0}
    operations = [item.ok() for item in schema.get_all_operations()]
    strategies = [item.as_strategy() for item in operations if item is not None]

    @settings(max_examples=150, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def run_one(data: st.DataObject) -> None:
        case = data.draw(data.draw(st.sampled_from(strategies)))
        answer = client.get(case.formatted_path, params=case.query)
        asked["count"] += 1
        assert answer.status_code in (200, 400, 414), (case.formatted_path, answer.status_code)
        if answer.status_code != 200:
            assert answer.json()["status"] == answer.status_code

    run_one()
    assert asked["count"] >= 150


def first_table(client: TestClient) -> str:
    listed = client.get(HERE).json()["products"]
    return str(next(item["id"] for item in listed if item["kind"] == "table"))


def summable(client: TestClient) -> tuple[str, str, str]:
    """Return a table, a variable of it that has a total, and one of its parts."""
    for item in client.get(HERE).json()["products"]:
        for column in client.get(item["at"]).json()["columns"]:
            if item["kind"] == "table" and TOTAL in column.get("codes", {}):
                return item["id"], column["name"], next(code for code in column["codes"] if code != TOTAL)
    raise AssertionError("no table has a total")


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_the_lines_of_the_guide_read_a_table_as_it_was_published(
    app: Starlette, client: TestClient, root: Path, library: str
):
    text = (root / "docs" / "how-to" / "ask-the-query-service.md").read_text(encoding="utf-8")
    [lines] = [part.partition("```")[0] for part in text.split("```python\n") if part.startswith(f"import {library}\n")]
    table = first_table(client)
    rows = ask(client, f"{HERE}/{table}/records", limit=LIMITS.largest_page_rows)["rows"]
    with served(app) as address:
        found: dict[str, Any] = {}
        given = lines.replace("http://localhost:8080", address).replace("demo/custody_deaths", f"demo/{DATASET}")
        exec(given.replace("TABLE", table), found)  # noqa: S102 (our own guide)
    assert list(found["table"].columns) == list(rows[0])
    assert found["table"]["numerator"].sum() == sum(row["numerator"] or 0 for row in rows)


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    """Serve an application on this machine for as long as the block runs."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def test_a_limit_on_a_code_compares_texts(client: TestClient, contents: tuple[Content, ...]):
    frame = next(item for item in release_of(contents).frames if item.kind.value == "microdata")
    rows = ask(
        client, f"{HERE}/{frame.id}/records", **{"death_year.min": "2019", "death_year.max": "2020zz", "limit": 10_000}
    )
    assert rows["page"]["total"] == sum("2019" <= row["death_year"] <= "2020zz" for row in frame.rows)
    assert rows["page"]["total"]

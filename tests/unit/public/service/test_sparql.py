"""SPARQL over the linked data: right answers in each form, limits that say so, and no way out for a hostile query."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from openjustice.ground.problems import Problem
from openjustice.public.publish.content import Content
from openjustice.public.service import limits as limits_of
from openjustice.public.service import run, sparql, sparql_worker
from openjustice.public.service.linked import LinkedData, Reply
from unit.public.release_fixture import DATASET

LIMITS = limits_of.read_limits().model_copy(update={"seconds": 6.0, "sparql_bytes": 200_000})
BASE = "https://data.meridia.example/id"
DEATHS = f"""
SELECT ?year ?deaths WHERE {{
  ?o <http://purl.org/linked-data/cube#dataSet>/<http://purl.org/dc/terms/isPartOf> <{BASE}/dataset/{DATASET}/> ;
     <http://purl.org/linked-data/cube#dataSet> ?set ;
     <{BASE}/indicator/deaths_count/#value> ?deaths ; <{BASE}/dataset/{DATASET}/#death_year>/<http://www.w3.org/2004/02/skos/core#notation> ?year .
  FILTER (STRENDS(STR(?set), "deaths_count__by_year.ttl#cube"))
}} ORDER BY ?year
"""
# Every value times every value, again and again: no answer before the sun burns out.
ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture(scope="module")
def app(public_folder: Path) -> Iterator[Starlette]:
    with run.open_app(public_folder, limits=LIMITS) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(app: Starlette) -> TestClient:
    return TestClient(app, raise_server_exceptions=False)


def ask(client: TestClient, query: str, **more: str) -> Any:
    return client.get("/v1/sparql", params={"query": query, **more})


def test_a_query_gives_the_published_numbers_as_json_and_as_csv(client: TestClient, contents: tuple[Content, ...]):
    frame = next(item for item in contents[-1].frames if item.id == "deaths_count__by_year")
    published = {row["death_year"]: row["value"] for row in frame.rows}
    answer = ask(client, DEATHS)
    assert answer.headers["content-type"] == "application/sparql-results+json"
    found = {item["year"]["value"]: float(item["deaths"]["value"]) for item in answer.json()["results"]["bindings"]}
    assert found == published
    lines = list(csv.DictReader(io.StringIO(ask(client, DEATHS, format="csv").text)))
    assert {line["year"]: float(line["deaths"]) for line in lines} == published


def test_a_graph_is_answered_as_turtle_and_a_question_of_yes_or_no_as_json(client: TestClient):
    answer = ask(client, f"DESCRIBE <{BASE}/area/01/>")
    assert answer.headers["content-type"].startswith("text/turtle")
    store = ox.Store()
    store.load(input=answer.content, format=ox.RdfFormat.TURTLE)
    assert '"Aldermoor"@en' in {str(quad.object) for quad in store}
    assert ask(client, f"ASK {{ <{BASE}/area/01/> ?verb ?object }}").json()["boolean"] is True


def test_the_form_may_be_said_in_the_head(client: TestClient):
    answer = client.get("/v1/sparql", params={"query": DEATHS}, headers={"Accept": "text/csv"})
    assert answer.headers["content-type"].startswith("text/csv")


def test_an_answer_has_a_tag_and_is_not_sent_twice(client: TestClient):
    tag = ask(client, DEATHS).headers["etag"]
    again = client.get("/v1/sparql", params={"query": DEATHS}, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("", "query"),
        ("SELECT", "query"),
        ("INSERT DATA { <a:b> <a:c> <a:d> }", "query"),
        ("DELETE WHERE { ?a ?b ?c }", "query"),
        ("LOAD <file:///etc/passwd>", "query"),
        ("SELECT * WHERE { ?a ?b ?c }; DROP ALL", "query"),
        ("SELECT * WHERE { SERVICE <http://127.0.0.1:1/> { ?a ?b ?c } }", "query"),
        ("SELECT * WHERE { service silent <http://127.0.0.1:1/> { ?a ?b ?c } }", "query"),
        ("PREFIX x: <http://127.0.0.1:1/> SELECT * WHERE { SERVICEx:y { ?a ?b ?c } }", "query"),
        (
            "PREFIX x: <http://x/> SELECT * WHERE { ?s ?p x:a\\#b . SERVICE <http://127.0.0.1:1/> { ?a ?b ?c } }",
            "query",
        ),
        ("SELECT * WHERE { \\u0053ERVICE <http://127.0.0.1:1/> { ?a ?b ?c } }", "query"),
        ("SELECT * WHERE { ?a ?b '''it's''' . SERVICE <http://127.0.0.1:1/> { ?a ?b ?c } }", "query"),
        ("SELECT * WHERE { ?a ?b ?c } \0", "query"),
        ("SELECT (COUNT(?a", "query"),
    ],
)
def test_a_hostile_or_broken_query_is_answered_by_a_problem_that_names_the_parameter(
    client: TestClient, query: str, parameter: str
):
    answer = ask(client, query)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert [item["parameter"] for item in answer.json()["errors"]] == [parameter]


@pytest.mark.parametrize(
    "text",
    [
        'SELECT * WHERE { ?service ?b "SERVICE" } # SERVICE',
        "SELECT * WHERE { <http://x/service#a> ?b '''a \\' SERVICE''' }",
        'SELECT * WHERE { ?a ?b """ "SERVICE" """ }',
    ],
)
def test_the_word_service_may_stand_where_it_asks_nobody(client: TestClient, text: str):
    assert ask(client, text).status_code == 200


def test_every_fault_of_a_question_is_named_at_once(client: TestClient):
    answer = client.get("/v1/sparql", params=[("format", "xml"), ("default-graph-uri", "x"), ("format", "csv")])
    assert {item["parameter"] for item in answer.json()["errors"]} == {"query", "format", "default-graph-uri"}


def test_a_form_that_the_query_cannot_have_is_refused(client: TestClient):
    for query, form in ((DEATHS, "turtle"), ("CONSTRUCT WHERE { ?a ?b ?c }", "csv")):
        answer = ask(client, query, format=form)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["parameter"] == "format"


def test_a_file_named_in_a_query_is_not_read(client: TestClient, tmp_path: Path):
    (tmp_path / "secret.ttl").write_text("<a:b> <a:c> 'canary' .", encoding="utf-8")
    answer = ask(client, f"SELECT * FROM <file://{tmp_path}/secret.ttl> WHERE {{ ?a ?b ?c }}")
    assert answer.json()["results"]["bindings"] == []


def test_an_answer_that_is_too_large_is_refused_and_not_cut(client: TestClient):
    answer = ask(client, "SELECT * WHERE { ?a ?b ?c }")
    assert answer.status_code == 400
    assert "200,000 bytes" in answer.text
    assert "LIMIT" in answer.text
    assert len(ask(client, "SELECT * WHERE { ?a ?b ?c } LIMIT 50").json()["results"]["bindings"]) == 50


def test_a_query_without_end_is_stopped_and_the_next_one_is_answered(public_folder: Path, tmp_path: Path):
    hasty = LIMITS.model_copy(update={"seconds": 1.0})
    held = LinkedData(public_folder, scratch=tmp_path, limits=hasty)
    try:
        reply = held.ask(ENDLESS, form=None)
        assert reply == Reply("time")
        with pytest.raises(Problem) as problem:
            sparql.check_reply(reply, limits=hasty)
        assert problem.value.status == 503
        assert problem.value.headers["Retry-After"]
        assert held.ask("ASK { ?a ?b ?c }", form=None).status == "ok"
        assert held.ask("SELECT (CONCAT('SER', 'VICE') AS ?a) {}", form="csv").body == b"a\r\nSERVICE\r\n"
    finally:
        held.close()


def test_a_worker_that_was_killed_is_replaced(public_folder: Path, tmp_path: Path):
    held = LinkedData(public_folder, scratch=tmp_path, limits=LIMITS)
    try:
        assert held.ask("ASK {}", form=None).status == "ok"
        assert held._worker is not None
        os.kill(held._worker.pid, signal.SIGKILL)
        held._worker.wait()
        assert held.ask("ASK {}", form=None).status == "ok"
    finally:
        held.close()


def ask_worker(*requests: dict[str, Any], files: tuple[Path, ...] = ()) -> list[dict[str, Any]]:
    """Ask a worker of its own, past every check of the words, and return the heads of its answers."""
    command = [sys.executable, "-m", "openjustice.public.service.sparql_worker", *map(str, files)]
    text = "".join(json.dumps(item) + "\n" for item in requests)
    told = subprocess.run(command, input=text.encode(), capture_output=True, timeout=60, check=True)
    assert told.stderr == b""
    stream = io.BytesIO(told.stdout)
    assert stream.readline() == sparql_worker.READY
    heads = []
    for _ in requests:
        heads.append(json.loads(stream.readline()))
        stream.read(heads[-1]["length"])
    return heads


LIMITED = {"form": None, "seconds": 10, "bytes": 1000, "megabytes": 100}


def test_even_a_query_that_slipped_through_can_reach_no_other_machine():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.5)
        query = f"SELECT * WHERE {{ SERVICE <http://127.0.0.1:{listening.getsockname()[1]}/> {{ ?a ?b ?c }} }}"
        [head] = ask_worker({"query": query, **LIMITED})
        with pytest.raises(TimeoutError):
            listening.accept()
    assert head["status"] == "failed"


def test_a_query_that_wants_too_much_memory_ends_alone(tmp_path: Path):
    graph = tmp_path / "graph.ttl"
    graph.write_text("".join(f"<http://x/{i}> <http://p/{i}> {i} .\n" for i in range(1500)), encoding="utf-8")
    greedy = "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?d), STR(?g))) AS ?x) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    heads = ask_worker({"query": greedy, **LIMITED}, {"query": "ASK {}", **LIMITED}, files=(graph,))
    assert [head["status"] for head in heads] == ["memory", "ok"]
    with pytest.raises(Problem):
        sparql.check_reply(Reply("memory"), limits=LIMITS)
    with pytest.raises(Problem):
        sparql.check_reply(Reply("failed"), limits=LIMITS)


def test_the_index_and_the_openapi_document_name_it(client: TestClient):
    assert client.get("/").json()["sparql"] == "/v1/sparql"
    described = client.get("/openapi.json").json()["paths"]["/v1/sparql"]["get"]
    assert {item["name"] for item in described["parameters"]} == {"query", "format"}

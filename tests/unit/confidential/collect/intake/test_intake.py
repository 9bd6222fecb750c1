"""The intake as a machine uses it: announce, send, get a receipt, ask what was found; over HTTP and from a watched folder."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from starlette.testclient import TestClient

from openjustice.confidential.collect import submissions
from openjustice.confidential.collect.intake import limits as limits_of
from openjustice.confidential.collect.intake import receipts, tokens, worker
from openjustice.confidential.collect.intake.spool import Spool
from openjustice.confidential.collect.intake.watch import Watch
from openjustice.contracts import export, registry
from openjustice.office.intake import service
from unit.confidential import home_fixture
from unit.confidential.home_fixture import AT, CANARY, KEY, PERIOD, REPORTER, ROOT, make_home, write_rows

LIMITS = limits_of.read_limits()
DATASET = "demo/custody_deaths"


@dataclass(frozen=True)
class Desk:
    """An intake over a home of its own, and two machines that may use it."""

    home: Path
    spool: Spool
    house: worker.House
    client: TestClient
    mine: dict[str, str]
    other: dict[str, str]

    def work(self) -> int:
        """Check everything that waits; return how many files that were."""
        count = 0
        while worker.work_once(self.spool, self.house, at=AT):
            count += 1
        return count


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return make_desk(tmp_path)


def make_desk(folder: Path, **changes: int) -> Desk:
    home = make_home(folder)
    receipts.keep_key(home, seed=b"k" * 32)
    key, limits = receipts.read_key(home), LIMITS.model_copy(update=changes)
    house = worker.House(home=home, registry=registry.load_registry([ROOT / "registry"], only=["demo"]), key=KEY)
    spool = service.open_spool(home, limits=limits, key=key)
    app = service.make_app(spool, house, key=key, limits=limits, now=lambda: AT)
    made = [tokens.make_token(home, reporter=code, secret=code.encode() * 4, at=AT) for code in (REPORTER, "ME0100000")]
    mine, other = ({"Authorization": f"Bearer {text}"} for text in made)
    return Desk(home, spool, house, TestClient(app, raise_server_exceptions=False), mine, other)


def words(content: bytes, **changes: Any) -> dict[str, Any]:
    said = {
        "dataset": DATASET, "period": PERIOD, "file_name": "deaths.csv", "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }  # fmt: skip
    return said | changes


def hand_in(desk: Desk, content: bytes, **changes: Any) -> dict[str, Any]:
    announced = desk.client.post("/v1/submissions", json=words(content, **changes), headers=desk.mine)
    assert announced.status_code in (200, 201), announced.text
    place = announced.headers["location"]
    sent = desk.client.patch(f"{place}/content", content=content, headers=desk.mine | {"Upload-Offset": "0"})
    assert sent.status_code == 202, sent.text
    told: dict[str, Any] = sent.json()
    return told


def test_a_file_is_handed_in_receipted_checked_and_answered(desk: Desk, tmp_path: Path):
    content = write_rows(tmp_path / "deaths.csv").read_bytes()
    told = hand_in(desk, content)
    assert told["state"] == "queue"
    receipts.verify(told["receipt"], public=desk.client.get("/v1/key").json()["key"])
    assert desk.work() == 1
    result = desk.client.get(told["at"], headers=desk.mine).json()["result"]
    assert (result["state"], result["rows"]) == ("accepted", 4)
    [listed] = submissions.list_submissions(desk.home)
    assert (listed["number"], listed["reporter"]) == (result["number"], REPORTER)


def test_every_fault_is_answered_with_its_line_and_no_value_of_a_record(desk: Desk, tmp_path: Path):
    content = write_rows(tmp_path / "deaths.csv", date_of_death={1: "1960-01-01", 3: "1960-01-01"}).read_bytes()
    told = hand_in(desk, content)
    desk.work()
    answer = desk.client.get(told["at"], headers=desk.mine)
    assert answer.json()["result"]["state"] == "returned"
    assert [3, 5] in [rule["lines"] for rule in answer.json()["result"]["check"]["rules"]]
    assert CANARY not in answer.text


def test_the_same_file_twice_is_one_submission(desk: Desk, tmp_path: Path):
    content = write_rows(tmp_path / "deaths.csv").read_bytes()
    first = hand_in(desk, content)
    desk.work()
    again = desk.client.post("/v1/submissions", json=words(content), headers=desk.mine)
    assert again.status_code == 200
    assert again.json()["submission"] == first["submission"]
    assert again.json()["result"]["state"] == "accepted"
    assert desk.work() == 0
    assert len(submissions.list_submissions(desk.home)) == 1


def test_a_check_that_was_cut_off_is_made_again_and_nothing_is_doubled(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    content = write_rows(tmp_path / "deaths.csv").read_bytes()
    told = hand_in(desk, content)

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Spool, "settle", die)  # after the store has the file, before the spool says so
        with pytest.raises(KeyboardInterrupt):
            desk.work()
    assert desk.work() == 1
    result = desk.client.get(told["at"], headers=desk.mine).json()["result"]
    assert (result["state"], result["repeated"]) == ("accepted", True)
    assert len(submissions.list_submissions(desk.home)) == 1


def test_an_upload_that_was_cut_off_goes_on(desk: Desk, tmp_path: Path):
    content = write_rows(tmp_path / "deaths.csv", count=400).read_bytes()
    place = desk.client.post("/v1/submissions", json=words(content), headers=desk.mine).headers["location"]
    part = desk.client.patch(f"{place}/content", content=content[:1000], headers=desk.mine | {"Upload-Offset": "0"})
    assert (part.status_code, part.headers["upload-offset"]) == (204, "1000")
    wrong = desk.client.patch(f"{place}/content", content=content[500:], headers=desk.mine | {"Upload-Offset": "500"})
    assert (wrong.status_code, wrong.headers["upload-offset"]) == (409, "1000")
    assert desk.client.head(f"{place}/content", headers=desk.mine).headers["upload-offset"] == "1000"
    rest = desk.client.patch(f"{place}/content", content=content[1000:], headers=desk.mine | {"Upload-Offset": "1000"})
    assert rest.status_code == 202


def test_nobody_sees_or_touches_another_agencys_submission(desk: Desk, tmp_path: Path):
    told = hand_in(desk, write_rows(tmp_path / "deaths.csv").read_bytes())
    for method in ("GET", "HEAD", "PATCH"):
        place = told["at"] + ("" if method == "GET" else "/content")
        assert desk.client.request(method, place, headers=desk.other | {"Upload-Offset": "0"}).status_code == 404
        assert desk.client.request(method, place).status_code == 401
        assert desk.client.request(method, place, headers={"Authorization": "Bearer oji_00"}).status_code == 401
    tokens.revoke_tokens(desk.home, reporter=REPORTER, at=AT)
    assert desk.client.get(told["at"], headers=desk.mine).status_code == 401


@pytest.mark.parametrize(
    ("changes", "status", "named"),
    [
        ({"period": "2022-13"}, 422, ""),
        ({"dataset": "demo/nothing"}, 422, ""),
        ({"bytes": True}, 400, "bytes"),
        ({"extra": 1}, 400, "extra"),
        ({"sha256": "x"}, 422, "sha256"),
        ({"file_name": "../../etc/passwd"}, 422, "file_name"),
        ({"file_name": 3}, 400, "file_name"),
    ],
)
def test_what_cannot_be_taken_is_refused_before_a_byte_is_sent(
    desk: Desk, changes: dict[str, Any], status: int, named: str
):
    answer = desk.client.post("/v1/submissions", json=words(b"x", **changes), headers=desk.mine)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert named in [item["parameter"] for item in answer.json()["errors"]] or not named
    assert desk.spool.waiting() == (0, 0)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"[" * 10_000, b'{"dataset":' + b'"x"' * 30_000, b"\xff\xfe"])
def test_a_body_that_is_no_announcement_is_refused(desk: Desk, body: bytes):
    assert desk.client.post("/v1/submissions", content=body, headers=desk.mine).status_code in (400, 413)


def test_a_full_queue_says_when_to_come_again(tmp_path: Path):
    desk = make_desk(tmp_path, queue_files=1)
    hand_in(desk, write_rows(tmp_path / "deaths.csv").read_bytes())
    answer = desk.client.post("/v1/submissions", json=words(b"other"), headers=desk.mine)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, str(LIMITS.retry_seconds))
    desk.work()
    assert desk.client.post("/v1/submissions", json=words(b"other"), headers=desk.mine).status_code == 201


def test_a_file_in_the_watched_folder_is_taken_when_it_is_still(desk: Desk, tmp_path: Path):
    folder = tmp_path / "watched" / "demo.custody_deaths" / REPORTER / PERIOD.replace("/", "--")
    watch = Watch(tmp_path / "watched", spool=desk.spool, house=desk.house, limits=LIMITS)
    folder.mkdir(parents=True)
    path = write_rows(folder / "deaths.csv")
    content = path.read_bytes()
    assert watch.look(at=AT, clock=0.0) == 0
    path.write_bytes(content[:-20])
    assert watch.look(at=AT, clock=LIMITS.still_seconds / 2) == 0
    path.write_bytes(content)
    assert watch.look(at=AT, clock=LIMITS.still_seconds + 1) == 0
    assert watch.look(at=AT, clock=2 * LIMITS.still_seconds + 2) == 1
    receipt = json.loads((folder / "deaths.csv.receipt.json").read_bytes())
    receipts.verify(receipt, public=receipts.public_text(receipts.read_key(desk.home)))
    assert desk.work() == 1
    watch.look(at=AT, clock=100.0)
    assert json.loads((folder / "deaths.csv.result.json").read_bytes())["state"] == "accepted"
    assert path.read_bytes() == content
    assert watch.look(at=AT, clock=200.0) == 0
    assert desk.work() == 0


def test_a_watched_file_that_cannot_be_taken_says_why_beside_it(desk: Desk, tmp_path: Path):
    folder = tmp_path / "watched" / "demo.nothing" / REPORTER / "2022"
    folder.mkdir(parents=True)
    (folder / "x.csv").write_text("a\n1\n")
    watch = Watch(tmp_path / "watched", spool=desk.spool, house=desk.house, limits=LIMITS)
    watch.look(at=AT, clock=0.0)
    assert watch.look(at=AT, clock=60.0) == 0
    told = json.loads((folder / "x.csv.result.json").read_bytes())
    assert told["state"] == "refused"
    assert told["faults"][0]["way_out"]


def test_a_record_that_passes_the_contract_is_valid_by_its_json_schema_and_a_changed_one_is_not(desk: Desk):
    schema = desk.client.get(f"/v1/schemas/{DATASET}").json()
    assert schema == export.json_schema(home_fixture.dataset(), jurisdiction=home_fixture.jurisdiction())
    jsonschema.Draft202012Validator.check_schema(schema)
    contract = home_fixture.dataset().contract
    coded = next(name for name, field in contract.fields.items() if field.codelist and field.required)
    assert any(
        coded in error.json_path for error in jsonschema.Draft202012Validator(schema).iter_errors({coded: "not a code"})
    )
    assert list(jsonschema.Draft202012Validator(schema).iter_errors({"nothing": 1}))


def test_the_document_names_every_address_that_there_is(desk: Desk):
    document = desk.client.get("/openapi.json").json()
    routes = {getattr(route, "path", "") for route in desk.client.app.routes}  # type: ignore[attr-defined]
    assert set(document["paths"]) | {"/openapi.json"} == routes


def test_work_goes_on_until_it_is_told_to_end(desk: Desk, tmp_path: Path):
    hand_in(desk, write_rows(tmp_path / "deaths.csv").read_bytes())
    rests: list[float] = []

    def wait(seconds: float) -> bool:
        rests.append(seconds)
        return seconds > 0

    worker.work(desk.spool, desk.house, now=lambda: AT, wait=wait, seconds=2.0)
    assert rests == [0.0, 2.0]

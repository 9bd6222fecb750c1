"""No name, booking number or birth day of an invented person is anywhere but in the identity store and the file as sent."""

from __future__ import annotations

import csv
import gzip
import json
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from journeys.canaries import Run, birth_days, find_marks, mark_in, run
from openjustice.contracts import registry, synthetic

MARKS = ("Zzyzx", "Canarybird", "CANARY-0")


@dataclass(frozen=True)
class Journey:
    """A home after the whole road, what the road said, and the invented file that went down it."""

    home: Path
    road: Run
    sent: Path

    @property
    def apart(self) -> list[Path]:
        """Give the places that may hold identifiers: their own store, and the files byte for byte as they were sent."""
        return [self.home / "identities", self.home / "confidential" / "raw", self.sent.parent]


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Journey:
    """Walk the invented jurisdiction down the whole road once."""
    folder = tmp_path_factory.mktemp("canaries")
    home = folder / "home"
    road = run("demo", "--home", str(home), "--no-serve", cwd=folder)
    sent = home / "inbox" / "demo" / "custody_deaths.csv"
    return Journey(home=home, road=road, sent=sent)


def test_the_marks_are_those_that_the_generator_plants():
    demo = registry.load_registry(only=["demo"]).jurisdiction("demo")
    generator = synthetic.read_generator(demo.datasets["custody_deaths"])
    assert generator is not None
    assert all(
        mark_in(planted.encode(), [mark.removesuffix("-0") for mark in MARKS])
        for planted in generator.canaries.values()
    )


@pytest.mark.xdist_group("canaries")
def test_the_search_would_find_them(journey: Journey):
    assert find_marks(journey.sent.parent, marks=MARKS) == [journey.sent.name]
    assert any(name.endswith(".duckdb") for name in find_marks(journey.home / "identities", marks=MARKS))


@pytest.mark.xdist_group("canaries")
def test_no_mark_is_outside_the_identity_store(journey: Journey):
    assert find_marks(journey.home.parent, marks=MARKS, apart=journey.apart) == []


@pytest.mark.xdist_group("canaries")
def test_no_birth_day_is_outside_the_identity_store(journey: Journey):
    with journey.sent.open(encoding="utf-8", newline="") as stream:
        known = {row["date_of_birth"] for row in csv.DictReader(stream)}
    assert len(known) > 1000
    assert birth_days(journey.home.parent, known=known, apart=journey.apart) == []


@pytest.mark.xdist_group("canaries")
def test_the_road_says_none(journey: Journey):
    assert journey.road.said
    assert not mark_in(journey.road.said.encode(), MARKS)


@pytest.mark.xdist_group("canaries")
@pytest.mark.parametrize(
    "arguments",
    [
        ("submissions", "list"),
        ("submissions", "show", "3"),
        ("queries", "list"),
        ("drafts", "list"),
        ("drafts", "show", "3"),
        ("release", "list"),
        ("release", "verify", "3"),
    ],
    ids=" ".join,
)
def test_no_command_says_one(journey: Journey, arguments: tuple[str, ...]):
    said = run(*arguments, "--home", str(journey.home), cwd=journey.home.parent, code=None).said
    assert said
    assert not mark_in(said.encode(), MARKS)


# Each field in turn holds a name where no name belongs: whatever is said of the fault, it is not the name.
FIELDS = [
    "record_number",
    "date_of_birth",
    "agency",
    "county",
    "date_of_death",
    "age",
    "sex",
    "race",
    "manner_of_death",
]


@pytest.mark.parametrize("shape", ["csv", "gzip", "jsonl"])
def test_no_finding_repeats_a_value(registry_root: Path, tmp_path: Path, shape: str):
    rows = spoiled_rows(registry_root)
    path = write_rows(tmp_path, rows, shape=shape)
    report = tmp_path / "report.html"
    printed = run("check", str(path), "--dataset", "demo/custody_deaths", cwd=tmp_path, code=11).said
    as_json = run(
        "check", str(path), "--dataset", "demo/custody_deaths", "--json", "--html", str(report), cwd=tmp_path, code=11
    )
    for text in (printed, as_json.said, report.read_text(encoding="utf-8")):
        assert text
        assert not mark_in(text.encode(), MARKS)
    assert all(field in as_json.said for field in FIELDS)


@pytest.mark.parametrize(
    "content",
    [
        b"Zzyzx Canarybird\x00CANARY-000001",
        b"Zzyzx,Canarybird\nCANARY-000001\n",
        "Zzyzx;Canarybird\nCANARY-000001;\u2603".encode("utf-16"),
        b"\x1f\x8bZzyzx Canarybird",
        b"PK\x03\x04Zzyzx Canarybird",
        b'{"person_name": "Zzyzx Canarybird"',
        b'record_number,person_name\n"Zzyzx Canarybird',
    ],
    ids=["binary", "other-columns", "utf-16", "bad-gzip", "bad-zip", "bad-json", "open-quote"],
)
def test_no_refusal_repeats_a_value(tmp_path: Path, content: bytes):
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    refused = run("check", str(path), "--dataset", "demo/custody_deaths", cwd=tmp_path, code=None)
    assert refused.code == 11, refused.said
    assert not mark_in(refused.said.encode(), MARKS)


def test_a_mark_is_found_however_it_is_packed(tmp_path: Path):
    (tmp_path / "packed").write_bytes(gzip.compress(b"x" * 100 + b"Zzyzx"))
    (tmp_path / "wide.txt").write_bytes("zzyzx".encode("utf-16"))
    with duckdb.connect(str(tmp_path / "store.duckdb")) as connection:
        connection.execute("CREATE TABLE people AS SELECT 'Zzyzx Canarybird ' || i AS name FROM range(5000) AS r(i)")
        connection.execute(f"COPY people TO '{tmp_path / 'people.parquet'}' (FORMAT parquet, COMPRESSION zstd)")
    assert find_marks(tmp_path, marks=MARKS) == ["packed", "people.parquet", "store.duckdb", "wide.txt"]


def spoiled_rows(registry_root: Path) -> list[dict[str, str]]:
    """Take the good example, and put a name into one field of each of the first rows."""
    example = registry_root / "demo" / "datasets" / "custody_deaths" / "examples" / "good.csv"
    with example.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return [
        {**row, **({FIELDS[number]: "Zzyzx Canarybird"} if number < len(FIELDS) else {})}
        for number, row in enumerate(rows)
    ]


def write_rows(folder: Path, rows: list[dict[str, str]], *, shape: str) -> Path:
    """Write rows in one of the shapes in which an agency may send them."""
    columns = list(rows[0])
    text = "\n".join([",".join(columns), *(",".join(row.values()) for row in rows)]) + "\n"
    match shape:
        case "csv":
            path, content = folder / "deaths.csv", text.encode()
        case "gzip":
            path, content = folder / "deaths.csv.gz", gzip.compress(text.encode())
        case _:
            path, content = folder / "deaths.jsonl", "".join(json.dumps(row) + "\n" for row in rows).encode()
    path.write_bytes(content)
    return path

"""A challenge is made once, its answers are bound and kept apart, and claims are scored without naming a value."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from openjustice.cli import main
from openjustice.ground import errors

HEAD = ["id", "county", "age", "cause"]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    draw = random.Random(3)
    rows = [[f"p{at}", draw.choice("ABC"), str(draw.randint(20, 60)), draw.choice(["x", "y", "z"])] for at in range(60)]
    made: dict[str, Path] = {"home": tmp_path / "home", "pack": tmp_path / "find_them"}
    made["home"].mkdir()
    for name, table in (("truth", rows), ("protected", [[row[0], row[1], row[2], row[3]] for row in rows[5:]])):
        made[name] = tmp_path / f"{name}.csv"
        with made[name].open("w", newline="") as stream:
            csv.writer(stream).writerows([HEAD, *table])
    return made


def run(*words: object) -> Result:
    return CliRunner().invoke(main.app, ["challenge", *map(str, words)], env={"COLUMNS": "160"})


def make(files: dict[str, Path], *more: object) -> Result:
    return run(
        "make", files["protected"], "--truth", files["truth"], "--key", "county,age", "--wants", "cause", "--link", "id",
        "--out", files["pack"], "--home", files["home"], "--targets", 20, "--salt", "salt", *more,
    )  # fmt: skip


def claims(files: dict[str, Path], *, right: bool) -> Path:
    """Fill the claims in by the answers, or all wrong."""
    answers = json.loads((files["home"] / "challenges" / "find_them.json").read_bytes())["answers"]
    path = files["pack"].parent / "mine.csv"
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["target", "in_file", "record", "cause"])
        for target, answer in answers.items():
            said = [answer["in_file"], answer["record"], answer["cause"]]
            writer.writerow([target, *(said if right else ["yes", "0", "Zzyzx"])])
    return path


def test_a_pack_holds_no_link_and_the_answers_stay_at_home(files):
    result = make(files)
    assert result.exit_code == 0, result.output
    pack, kept = files["pack"], files["home"] / "challenges" / "find_them.json"
    assert sorted(path.name for path in pack.iterdir()) == [
        "challenge.json",
        "claims.csv",
        "protected.csv",
        "targets.csv",
    ]
    text = "".join(path.read_text() for path in pack.iterdir())
    assert "p10" not in text
    assert kept.stat().st_mode & 0o077 == 0
    answers = json.loads(kept.read_bytes())["answers"]
    assert len(answers) == 40
    protected = list(csv.DictReader((pack / "protected.csv").read_text().splitlines()))
    targets = {row["target"]: row for row in csv.DictReader((pack / "targets.csv").read_text().splitlines())}
    for target, answer in answers.items():
        if answer["record"]:
            record = protected[int(answer["record"]) - 1]
            assert (record["county"], record["age"]) == (targets[target]["county"], targets[target]["age"])
    people = {(row[1], row[2]) for row in csv.reader(files["truth"].read_text().splitlines())}
    invented = [targets[at] for at, answer in answers.items() if answer["in_file"] == "no"]
    assert sum((row["county"], row["age"]) in people for row in invented) <= 5  # true ones that the file leaves out


def test_the_same_seed_and_salt_give_the_same_pack(files, tmp_path):
    make(files)
    first = {path.name: path.read_bytes() for path in files["pack"].iterdir()}
    other_home = tmp_path / "other"
    other_home.mkdir()
    again = files | {"pack": tmp_path / "again" / "find_them", "home": other_home}
    make(again)
    assert {path.name: path.read_bytes() for path in again["pack"].iterdir()} == first


def test_right_claims_win_and_wrong_ones_do_not(files, tmp_path):
    make(files)
    won = run("score", files["pack"], claims(files, right=True), "--home", files["home"], "--keep", tmp_path / "kept")
    assert "These claims win" in won.output
    assert (tmp_path / "kept" / "expect.json").is_file()
    assert run("score", files["pack"], claims(files, right=True), "--home", files["home"], "--keep", tmp_path / "kept").exit_code == 2  # fmt: skip
    lost = run("score", files["pack"], claims(files, right=False), "--home", files["home"], "--json")
    assert json.loads(lost.stdout)["is_winner"] is False
    assert "Zzyzx" not in lost.output


def test_answers_published_at_the_end_serve_as_well(files):
    make(files)
    published = files["home"] / "challenges" / "find_them.json"
    result = run("score", files["pack"], claims(files, right=False), "--answers", published)
    assert "withstood" in result.output


def test_neither_answers_nor_pack_may_change(files):
    make(files)
    mine, kept = claims(files, right=True), files["home"] / "challenges" / "find_them.json"
    content = json.loads(kept.read_bytes())
    content["answers"]["1"]["record"] = "1234"
    kept.chmod(0o600)
    kept.write_text(json.dumps(content))
    assert refusal(run("score", files["pack"], mine, "--home", files["home"])) == ("answers_changed",)
    (files["pack"] / "targets.csv").write_text("target\n")
    assert refusal(run("score", files["pack"], mine, "--home", files["home"])) == ("pack_changed",)


def refusal(result: Result) -> tuple[str, ...]:
    assert isinstance(result.exception, errors.Refusal)
    return result.exception.codes


def test_claims_name_targets_of_the_pack_once(files, tmp_path):
    make(files)
    odd = tmp_path / "odd.csv"
    for text in ("target,in_file\n1,yes\n1,no\n", "target,in_file\n999,yes\n", "nothing\n5\n"):
        odd.write_text(text)
        assert refusal(run("score", files["pack"], odd, "--home", files["home"])) == ("claims_unreadable",)


def test_what_is_no_challenge_is_refused(files):
    make(files)
    (files["pack"] / "challenge.json").write_text("{")
    assert refusal(run("score", files["pack"], files["truth"], "--home", files["home"])) == ("challenge_unreadable",)


def test_a_pack_and_its_answers_are_made_once(files, tmp_path):
    make(files)
    assert make(files).exit_code == 2
    elsewhere = files | {"pack": tmp_path / "elsewhere" / "find_them"}
    assert refusal(make(elsewhere)) == ("answers_exist",)


def test_faults_are_told_together(files, tmp_path):
    result = run(
        "make", files["protected"], "--truth", files["truth"], "--key", "country", "--wants", "causes", "--link", "no",
        "--out", files["pack"], "--home", files["home"],
    )  # fmt: skip
    assert refusal(result) == ("unknown_column",) * 4
    assert refusal(make(files, "--targets", 61)) == ("too_few_records",)
    assert refusal(make(files | {"home": tmp_path / "nowhere"})) == ("home_missing",)

"""Every kept challenge scores as it did, its files are those that were published, and a mended file is won by nobody."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from openjustice.protect import challenge
from openjustice.protect.challenge import ABOUT, CLAIMS
from openjustice.protect.coded.tables import open_table
from openjustice.protect.plan import outside

FOLDERS = sorted(path.parent for path in (Path(__file__).parent / "challenges").glob(f"*/{ABOUT}"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_a_kept_challenge_scores_as_it_did(folder: Path):
    about, answers, expected = (
        json.loads((folder / name).read_bytes()) for name in (ABOUT, "answers.json", "expect.json")
    )
    for name, digest in about["files"].items():
        assert challenge.digest_of((folder / name).read_text(encoding="utf-8")) == digest
    scored = challenge.score(about, answers, (folder / CLAIMS).read_text(encoding="utf-8"))
    assert scored.as_dict() == expected


def named_rightly(folder: Path) -> float:
    """Attack a pack again as anybody may, and return the share of true targets whose record is the likeliest."""
    answers = json.loads((folder / "answers.json").read_bytes())["answers"]
    with open_table(folder / "protected.csv") as release, open_table(folder / "targets.csv") as targets:
        key = {name: name for name in ("county", "age", "sex", "month")}
        found = outside.match_people(release, targets, key=key, tolerance={}, is_in_file=0.5, sure=0.95)
    inside = {int(at) for at, answer in answers.items() if answer["record"]}
    right = sum(bool(str(item.record) == answers[str(item.person)]["record"]) for item in found.matches)
    return float(right) / len(inside)


def test_the_attack_that_won_wins_nothing_from_the_mended_file():
    careless, mended = (Path(__file__).parent / "challenges" / name for name in ("careless_ages", "mended_ages"))
    assert named_rightly(careless) > 0.6
    assert named_rightly(mended) < 0.15
    assert json.loads((careless / "expect.json").read_bytes())["is_winner"]
    assert not json.loads((mended / "expect.json").read_bytes())["is_winner"]

"""A second vintage that would reveal a hidden count is refused at the door, in words that a lay steward understands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from attacks.test_seal_differencing import OTHER_HELPERS, ROWS, load
from openjustice.airlock import review, seal
from openjustice.cli import main
from openjustice.confidential.drafting import draft
from unit.airlock import homes

NUMBER_OF_A_RECORD = re.compile(r"\b\d+ (?:deaths|records|people)\b")


def test_the_steward_is_told_which_count_follows_from_which(
    registry_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    own, other = (
        load(registry_root, tmp_path / name, weights=weights)
        for name, weights in (("own", ""), ("other", OTHER_HELPERS))
    )
    rows = {"custody_deaths": homes.invent_rows(own.jurisdiction("demo"), rows=ROWS)["custody_deaths"]}
    home = homes.make_home(tmp_path / "home", jurisdiction=own.jurisdiction("demo"), rows=rows)
    for registry in (own, other):
        draft.make_draft(
            home, dataset="demo/custody_deaths", author="Ada", at=homes.AT, seed=homes.SEED, registry=registry
        )
    for checker in ("Ben", "Cai"):
        review.approve(home, 1, checker=checker, role="office", at=homes.AT, registry=own)
        review.approve(home, 2, checker=checker, role="office", at=homes.AT, registry=other)
    first = seal.seal(home, 1, actor="Manager", at=homes.AT, registry=own).address
    said = _seal_by_command(home, tmp_path / "other", monkeypatch, capfd)
    # The two others: its reports, on the tables and on the record file, were made before the first release was out.
    assert said.startswith("SealRefused: 3 faults")
    assert "Whoever has kept the earlier releases could work out" in said
    assert f"release {first}" in said
    assert re.search(r"\[[^]]+\] follows from \[[^]]+\](?: minus \[[^]]+\])+", said)
    assert "Make a new draft now: it is protected beside the releases that are out." in said
    assert not NUMBER_OF_A_RECORD.search(said)
    assert "Traceback" not in said


def _seal_by_command(
    home: Path, registry: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> str:
    words = ["release", "seal", "2", "--actor", "Manager", "--revision-note", "Other helpers.", "--home", str(home)]
    monkeypatch.setenv("OPENJUSTICE_NOW", homes.AT)
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.setattr("sys.argv", ["openjustice", *words, "--registry", str(registry)])
    with pytest.raises(SystemExit) as ended:
        main.run()
    assert ended.value.code == 13
    return " ".join(capfd.readouterr().err.split())

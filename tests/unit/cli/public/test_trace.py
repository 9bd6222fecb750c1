"""The trace command prints the sealed release's own story, and loads nothing confidential."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from openjustice.cli.public import trace
from openjustice.ground import engine, errors
from openjustice.public.store import reader

STEPS = [
    engine.Step("records#1", "values", "", (), (), None),
    engine.Step("counted#2", "statement", "SELECT year, count(*) FROM r GROUP BY 1", (("records#1", "r"),), (), None),
    engine.Step("counted#2", "label", "confidential to protected: a test", (), (), 2),
    engine.Step("rated#3", "statement", "SELECT n / $per FROM c", (("counted#2", "c"),), (("per", "100"),), 2),
    engine.Step("other#4", "statement", "SELECT 1", (), (), 1),
]
CONTENT = {"tables": {"deaths__by_year": "rated#3"}, "steps": [step.as_dict() for step in STEPS]}


def test_a_story_leaves_out_what_did_not_lead_to_the_table():
    found = trace.find_story(json.loads(json.dumps(CONTENT)), "deaths__by_year")
    assert found == STEPS[:4]


def test_an_unknown_table_is_refused():
    with pytest.raises(errors.SealRefused) as refused:
        trace.find_story(CONTENT, "other")
    assert refused.value.codes == ("table_unknown",)


@pytest.mark.parametrize("as_json", [False, True])
def test_the_command_prints_every_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, as_json: bool):
    from unit.public.store import releases

    manifest = releases.place_release(tmp_path / "public", draft=tmp_path / "draft")
    monkeypatch.setattr(reader.Reader, "trace", lambda *_: CONTENT)
    app = typer.Typer()
    trace.register(app)
    arguments = [manifest.address, "deaths__by_year", "--home", str(tmp_path), *(["--json"] if as_json else [])]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    if as_json:
        assert engine.read_steps(json.loads(result.output)) == STEPS[:4]
    else:
        assert all(
            text in result.output for text in ("SELECT year, count(*)", "2 rows", "rows not published", "per = 100")
        )

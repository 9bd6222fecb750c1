"""The commands about drafts and releases, from the list of drafts to the trace of a published table."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from openjustice.cli.airlock import release
from openjustice.cli.confidential import draft
from openjustice.cli.public import trace
from openjustice.ground import errors

ADDRESS = "demo/custody_deaths/2026-03-02.1"


@pytest.fixture
def run(home: Path, small_registry: Path, monkeypatch: pytest.MonkeyPatch):
    """Give a function that runs a command on the home and returns what it printed; refusals come out as they are."""
    monkeypatch.setenv("OPENJUSTICE_NOW", "2026-03-02T10:00:00+00:00")
    app = typer.Typer()
    for module in (draft, release, trace):
        module.register(app)

    def command(*arguments: str, registry: bool = False) -> str:
        more = ["--registry", str(small_registry)] if registry else []
        result = CliRunner().invoke(app, [*arguments, "--home", str(home), *more], env={"COLUMNS": "200"})
        if result.exception:
            raise result.exception
        return result.output

    return command


def test_a_draft_goes_through_the_door_by_command(run):
    assert "demo/custody_deaths" in run("drafts", "list")
    assert "passed" in run("drafts", "show", "1")
    assert '"digest"' in run("drafts", "show", "1", "--json")
    assert "0 of the 2" in run("release", "verify", "1", registry=True)
    for name, then in (("Ben", "release approve 1"), ("Cai", "release seal 1")):
        printed = run("release", "approve", "1", "--checker", name, "--role", "statistician", registry=True)
        assert name in printed
        assert f"Next: openjustice {then}" in printed
    assert "No release" in run("release", "list")
    assert ADDRESS in run("release", "seal", "1", "--actor", "Manager", registry=True)
    assert ADDRESS in run("release", "list")
    assert "line 1 of the ledger" in run("release", "verify", ADDRESS)
    assert "label lowered" in run("trace", ADDRESS, "custody_deaths__by_year")


def test_a_draft_is_made_by_command(run):
    printed = run("draft", "demo/custody_deaths", "--author", "Ada", registry=True)
    assert "Draft 2" in printed
    assert "report.html" in printed


def test_a_fault_is_shown_and_refused(run, home: Path):
    (home / "confidential" / "drafts" / "1" / "report.html").write_text("other")
    with pytest.raises(errors.SealRefused) as refused:
        run("release", "verify", "1", registry=True)
    assert refused.value.codes == ("draft_changed",)


def test_an_unknown_release_is_refused(run):
    with pytest.raises(errors.SealRefused) as refused:
        run("release", "verify", ADDRESS)
    assert refused.value.codes == ("release_unknown",)

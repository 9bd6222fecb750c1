"""The command `compare` says whether and why, in words and as JSON, and ends with the code of its family."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from openjustice.cli.main import app
from openjustice.ground import errors


def run(*words):
    """Run the command and return what it did."""
    return CliRunner().invoke(app, ["compare", *words])


def test_a_pair_that_may_not_be_compared_ends_with_its_code():
    done = run("new_orleans", "austin", "--measure", "incidents")
    assert done.exit_code == errors.NotComparable.exit_code
    assert "not comparable" in " ".join(done.output.split())
    assert "52.8% of the rows" in " ".join(done.output.split())


def test_a_pair_with_caveats_says_them():
    done = run("new_orleans", "austin", "--measure", "incidents_beyond_showing")
    assert done.exit_code == 0
    assert "comparable with caveats" in " ".join(done.output.split())


def test_without_a_measure_each_is_told():
    done = run("austin", "dallas", "--json")
    told = json.loads(done.output)
    assert done.exit_code == 0
    assert [item["measure"] for item in told["measures"]] == [
        "reports", "incidents", "incidents_beyond_showing", "subject_race_share",
    ]  # fmt: skip
    assert all(item["reasons"] for item in told["measures"])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("austin", "nowhere"), "agencies_unknown"),
        (("austin", "nowhere", "--dataset", "use_of_force"), "unknown_source"),
        (("austin", "dallas", "--measure", "harm"), "unknown_measure"),
        (("austin", "dallas", "--dataset", "demo/custody_deaths"), "no_definitions"),
    ],
)
def test_what_is_not_known_is_refused_with_the_way_out(words, code):
    done = run(*words)
    assert isinstance(done.exception, errors.RegistryRefused)
    assert done.exception.codes == (code,)
    assert done.exception.faults[0].way_out

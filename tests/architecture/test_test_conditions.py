"""The tests run under the conditions that they count on: no network, warnings are errors, floors that can fail."""

from __future__ import annotations

import importlib.util
import json
import socket
import warnings
from types import ModuleType

import pytest
from hypothesis import settings
from pytest_socket import SocketConnectBlockedError

from architecture.linter import ROOT


@pytest.fixture(scope="module")
def floors() -> ModuleType:
    """Load the script that compares coverage with the floors."""
    spec = importlib.util.spec_from_file_location("coverage_floors", ROOT / ".ci" / "coverage_floors.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_network_is_blocked():
    with pytest.raises((SocketConnectBlockedError, UserWarning), match=r"192\.0\.2\.1"), socket.socket() as client:
        client.connect(("192.0.2.1", 80))


def test_this_machine_may_serve_itself():
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        client.connect(server.getsockname())


def test_a_warning_is_an_error():
    with pytest.raises(UserWarning):
        warnings.warn("for a test", UserWarning, stacklevel=1)


def test_generated_examples_are_the_same_every_time():
    assert settings.default is not None
    assert settings.default.derandomize


def summary(statements: int, covered: int) -> dict:
    """Make the summary of one file as the coverage report has it."""
    return {"summary": {"num_statements": statements, "covered_lines": covered}}


@pytest.mark.parametrize(
    ("covered", "floor", "code"),
    [("protect/risk.py", 99, 1), ("protect/risk.py", 100, 0), ("measure/rates.py", 94, 1), ("measure/rates.py", 95, 0)],
)
def test_a_room_under_its_floor_fails(
    floors: ModuleType, tmp_path, monkeypatch: pytest.MonkeyPatch, covered: str, floor: int, code: int
):
    report = tmp_path / "report.json"
    report.write_text(json.dumps({"files": {f"src/openjustice/{covered}": summary(100, floor)}}))
    monkeypatch.setattr("sys.argv", ["coverage_floors.py", str(report)])
    assert floors.main() == code

"""`publish` builds the site of a home and says where it is; `serve` refuses what it cannot show."""

from __future__ import annotations

import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from openjustice.cli import options
from openjustice.cli.public import publish, serve
from openjustice.ground import errors
from unit.public.release_fixture import make_public_folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a home with sealed releases and no site."""
    home = tmp_path_factory.mktemp("home")
    make_public_folder(home / "public")
    return home


@pytest.fixture(autouse=True)
def _in_english_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the shipped translations away: they are of another state that has the same name as the invented one here."""
    monkeypatch.setattr(options, "read_translations", lambda _home: {})


def test_publish_builds_the_site_and_says_where(home: Path):
    app = typer.Typer()
    publish.register(app)
    result = CliRunner().invoke(app, ["--home", str(home)])
    assert result.exit_code == 0
    built = [path.relative_to(home / "public" / "site") for path in (home / "public" / "site").rglob("*.html")]
    pages = sum("data" not in path.parts for path in built)
    assert pages > 60
    assert f"Built {pages} pages and " in result.output
    assert str(home / "public" / "site" / "index.html") in result.output
    assert (home / "public" / "site" / "index.html").is_file()


def test_serve_refuses_a_home_without_a_site(tmp_path: Path):
    with pytest.raises(errors.SealRefused) as refusal:
        serve.serve_site(make_public(tmp_path), port=0)
    assert refusal.value.codes == ("site_missing",)


def make_public(home: Path) -> Path:
    """Make the public folder of a home that has sealed nothing."""
    (home / "public").mkdir()
    return home


@pytest.mark.parametrize("command", [publish.publish, partial(serve.serve_site, port=0)])
def test_a_home_that_is_not_there_is_refused_and_not_made(tmp_path: Path, command: Callable[[Path], None]):
    with pytest.raises(errors.RegistryRefused) as refusal:
        command(tmp_path / "none")
    assert refusal.value.codes == ("home_missing",)
    assert not (tmp_path / "none").exists()


def test_serve_refuses_a_port_that_is_taken(home: Path):
    publish.publish(home)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(errors.AccessRefused) as refusal:
            serve.serve_site(home, port=taken.getsockname()[1])
    assert refusal.value.codes == ("port_taken",)


def test_serve_says_its_address_and_stops_when_interrupted(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    publish.publish(home)

    def interrupt(_self: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("socketserver.BaseServer.serve_forever", interrupt)
    serve.serve_site(home, port=0)
    said = capsys.readouterr().out
    assert "http://127.0.0.1:" in said
    assert said.endswith("Stopped.\n")

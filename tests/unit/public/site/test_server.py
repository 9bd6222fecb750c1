"""The server answers with the files of its folder and with nothing else."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from openjustice.public.site import server


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "records.txt").write_text("outside")
    site = tmp_path / "sites" / "first"
    (site / ".staging").mkdir(parents=True)
    (site / "index.html").write_text("inside")
    (site / ".hidden").write_text("hidden")
    (site / ".staging" / "page.html").write_text("hidden")
    (site / "link.txt").symlink_to(tmp_path / "outside" / "records.txt")
    (site / "linked").symlink_to(tmp_path / "outside")
    (tmp_path / "site").symlink_to("sites/first")
    with server.make_server(tmp_path / "site", port=0) as serving:
        thread = threading.Thread(target=serving.serve_forever, daemon=True)
        thread.start()
        yield serving.server_address[1]
        serving.shutdown()
        thread.join()


def _get(port: int, target: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(server.LOCAL, port, timeout=5)
    # A browser would tidy the path before it asks; an intruder does not.
    connection.putrequest("GET", target, skip_host=False)
    connection.endheaders()
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_the_folder_behind_the_link_is_served(port: int) -> None:
    assert _get(port, "/") == (200, b"inside")
    assert _get(port, "/index.html?x=1") == (200, b"inside")


@pytest.mark.parametrize(
    "target",
    [
        "/../outside/records.txt",
        "/%2e%2e/%2e%2e/outside/records.txt",
        "/..%2f..%2foutside%2frecords.txt",
        "//outside/records.txt",
        "/link.txt",
        "/linked/records.txt",
        "/.hidden",
        "/.staging/page.html",
        "/%00",
        "/index.html%00.txt",
    ],
)
def test_nothing_outside_the_folder_or_hidden_in_it_is_served(port: int, target: str) -> None:
    status, body = _get(port, target)
    assert status == 404
    assert body not in (b"outside", b"hidden")

"""Serves a built site on this machine: files only, no listing, and no script or style but the site's own."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

LOCAL = "127.0.0.1"
_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
EMBED = ".embed.html"  # the pages that may stand in a frame of somebody else's page
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-cache",
}


def policy_of(path: Path) -> dict[str, str]:
    """Return the headers that say what a page may load and where it may be framed.

    Nothing inline runs or styles a page, except the style sheet inside a file that stands alone (the dictionary, the
    disclosure report), which is named by its digest.
    """
    is_embed = path.name.endswith(EMBED)
    framers = "*" if is_embed else "'none'"
    styles = " ".join(["'self'", *(f"'sha256-{digest}'" for digest in _style_digests(path))])
    policy = (
        f"default-src 'none'; script-src 'self'; style-src {styles}; img-src 'self'; base-uri 'none'; form-action 'self'; "
        f"frame-ancestors {framers}"
    )
    shared = "cross-origin" if is_embed else "same-origin"
    return {"Content-Security-Policy": policy, "Cross-Origin-Resource-Policy": shared}


def _style_digests(path: Path) -> list[str]:
    if path.suffix != ".html" or not path.is_file():
        return []
    blocks = _STYLE.findall(path.read_text(encoding="utf-8"))
    return [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in blocks]


class SiteHandler(SimpleHTTPRequestHandler):
    """Answers GET and HEAD with files of one folder; a folder without an index page is not there."""

    server_version, sys_version = "openjustice", ""
    extensions_map = {  # noqa: RUF012 (the base class declares it so)
        "": "application/octet-stream",
        ".html": "text/html; charset=utf-8",
        ".css": "text/css; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".csv": "text/csv; charset=utf-8",
        ".json": "application/json; charset=utf-8",
        ".jsonl": "application/jsonl; charset=utf-8",
        ".parquet": "application/vnd.apache.parquet",
        ".svg": "image/svg+xml",
        ".ttl": "text/turtle; charset=utf-8",
        ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ".txt": "text/plain; charset=utf-8",
        ".cff": "text/yaml; charset=utf-8",
        ".xml": "application/atom+xml; charset=utf-8",
    }

    def send_head(self) -> Any:
        """Answer only for what lies inside the folder: no hidden file, and no link that leads out of it."""
        if not self._is_inside():
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        if self.path.endswith("/") and self._prefers_turtle():
            self.path += "index.ttl"
        return super().send_head()

    def list_directory(self, path: Any) -> None:  # noqa: ARG002 (the base class gives it)
        """Refuse: what a folder holds is on the pages."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def end_headers(self) -> None:
        """Add the headers that keep a page to itself."""
        for name, value in {**HEADERS, **policy_of(Path(self.translate_path(self.path)))}.items():
            self.send_header(name, value)
        self.send_header("Vary", "Accept")  # an address answers as a page or as linked data
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base class names it so)
        """Keep no record of who reads what."""

    def _prefers_turtle(self) -> bool:
        """Return whether linked data was asked for, no page was, and the address has it."""
        wanted = [item.partition(";")[0].strip() for item in self.headers.get("Accept", "").split(",")]
        is_asked = "text/turtle" in wanted and "text/html" not in wanted
        return is_asked and (Path(self.translate_path(self.path)) / "index.ttl").is_file()

    def _is_inside(self) -> bool:
        folder = Path(self.directory).resolve()
        try:
            inside = Path(self.translate_path(self.path)).resolve().relative_to(folder)
        except ValueError:  # outside, or a name that no file can have
            return False
        return not any(part.startswith(".") for part in inside.parts)


def make_server(folder: Path, *, port: int) -> ThreadingHTTPServer:
    """Return a server for a folder, on this machine alone; port 0 takes any that is free. Raises OSError where it is taken."""
    return ThreadingHTTPServer((LOCAL, port), partial(SiteHandler, directory=str(folder)))

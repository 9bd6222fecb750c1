"""Runs the query service on this machine: one process, questions on threads, nothing written about who asks."""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from openjustice.ground import errors
from openjustice.public.service.app import make_app
from openjustice.public.service.holdings import Holdings
from openjustice.public.service.limits import Limits
from openjustice.public.service.linked import LinkedData


@contextmanager
def open_app(public: Path, *, limits: Limits, threads: int = 1, memory: str = "1500MB") -> Iterator[Starlette]:
    """Open the service's application over a public folder, with a scratch folder that is removed at the end."""
    scratch = Path(tempfile.mkdtemp(prefix="openjustice-service-"))
    holdings = Holdings(public, scratch=scratch, threads=threads, memory=memory)
    linked = LinkedData(public, scratch=scratch, limits=limits)
    try:
        yield make_app(holdings, linked=linked, limits=limits)
    finally:
        linked.close()
        holdings.close()
        shutil.rmtree(scratch, ignore_errors=True)


def serve(app: Starlette, *, host: str, port: int) -> None:
    """Serve an application until it is interrupted; raises AccessRefused where the port cannot be had."""
    try:
        listening = socket.create_server((host, port))
    except OSError:
        raise errors.AccessRefused.because(
            "port_taken", f"Port {port} cannot be used on this machine.", way_out="Choose another one with --port.",
        ) from None  # fmt: skip
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, date_header=True)
    uvicorn.Server(config).run(sockets=[listening])

"""Runs the intake with its worker beside it: in one process, so that one end ends both."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence

import uvicorn
from starlette.applications import Starlette

from openjustice.ground import errors


def serve(
    app: Starlette, *, host: str, port: int, beside: Sequence[Callable[[], object]], ending: threading.Event
) -> None:
    """Serve an application, with tasks on threads beside it, until it is interrupted; then let the tasks come to an end.

    Raises AccessRefused where the port cannot be had. Surprise: a task that fails ends the whole, so that nothing is taken
    that nobody will check.
    """
    try:
        listening = socket.create_server((host, port), backlog=1024)
    except OSError:
        raise errors.AccessRefused.because(
            "port_taken", f"Port {port} cannot be used on this machine.", way_out="Choose another one with --port.",
        ) from None  # fmt: skip
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, lifespan="off")
    server, failed = uvicorn.Server(config), []

    def run(task: Callable[[], object]) -> None:
        try:
            task()
        except BaseException as fault:  # noqa: BLE001 (it is raised again below)
            failed.append(fault)
            server.should_exit = True

    threads = [threading.Thread(target=run, args=(task,), daemon=True) for task in beside]
    for thread in threads:
        thread.start()
    try:
        server.run(sockets=[listening])
    finally:
        ending.set()
        for thread in threads:
            thread.join()
    if failed:
        raise failed[0]

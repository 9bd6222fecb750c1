"""A process that sends files in children of its own, each of which a test may kill at any moment.

Everything is imported once; a child is a fork, so that a hundred of them are quick. One line of JSON in, for each file;
out comes the child's number; an empty line in, and out comes how it ended.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, NoReturn

from openjustice.confidential.collect import checks
from openjustice.ground import discovery
from unit.confidential.home_fixture import jurisdiction, send


def kill_after(place: str) -> None:
    """Let a function run, then end this process as kill -9 does."""
    owner, _, name = place.rpartition(".")
    holder = resolve_name(owner)
    real = getattr(holder, name)

    def last(*given: Any, **named: Any) -> None:
        real(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(holder, name, last)


def serve() -> None:
    """Send each file that a line names, until there are no more."""
    jurisdiction()
    discovery.load_plugins(checks, attribute="CHECK")
    while line := sys.stdin.readline():
        child = os.fork() or send_and_end(**json.loads(line))
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        sys.stdin.readline()  # until it is asked for, an ended child keeps its number: no other process can be hit
        sys.stdout.write(f"{os.waitpid(child, 0)[1]}\n")
        sys.stdout.flush()


def send_and_end(*, path: str, home: str, dies: str | None) -> NoReturn:
    """Send one file in this process and end it, with 0 where all went well."""
    try:
        if dies:
            kill_after(dies)
        send(Path(path), Path(home))
        os._exit(0)
    finally:
        traceback.print_exc()
        os._exit(1)


if __name__ == "__main__":
    serve()

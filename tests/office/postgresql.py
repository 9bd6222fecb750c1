"""A throwaway PostgreSQL server for tests: it lives in one folder, listens on a unix socket alone, and goes with its tests."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OWNER, DATABASE = "office_owner", "office"
_PROGRAMS = ("initdb", "pg_ctl", "createdb")
_QUICK = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=32MB"


def find_binaries() -> Path | None:
    """Return the folder of PostgreSQL's programs, the newest version first; None where there is none."""
    on_path = shutil.which("pg_ctl")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found += [Path(on_path).resolve().parent] if on_path else []
    return next((folder for folder in found if all((folder / name).exists() for name in _PROGRAMS)), None)


def _account() -> str | None:
    """Return whom the server runs as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextmanager
def serve(*, options: str = _QUICK) -> Iterator[Path]:
    """Start a server for the block and give the folder of its socket; its one database belongs to `office_owner`."""
    binaries, account = find_binaries(), _account()
    assert binaries is not None
    folder = Path(tempfile.mkdtemp(prefix="ojpg"))  # a short path: a socket's address has 107 characters at most
    try:
        if account is not None:
            shutil.chown(folder, account)

        def run(*command: str) -> None:
            given = (
                {} if account is None else {"user": account, "group": pwd.getpwnam(account).pw_gid, "extra_groups": []}
            )
            subprocess.run(command, check=True, capture_output=True, cwd=folder, timeout=120, **given)  # type: ignore[call-overload]

        data = folder / "data"
        run(
            str(binaries / "initdb"),
            "-D",
            str(data),
            "-U",
            OWNER,
            "--auth=trust",
            "-N",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        )
        told = f"-k {folder} -c listen_addresses='' {options}"
        run(str(binaries / "pg_ctl"), "-D", str(data), "-l", str(folder / "log"), "-w", "-o", told, "start")
        try:
            run(str(binaries / "createdb"), "-h", str(folder), "-U", OWNER, DATABASE)
            yield folder
        finally:
            run(str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def address(folder: Path, *, user: str = OWNER) -> str:
    """Return the address of the database, as the office's settings take it."""
    return f"postgresql://{user}@/{DATABASE}?host={folder}"

"""The settings that lock a connection to its own directory; after the last of them none can be changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def lock_settings(directory: Path | None, files: Sequence[Path], *, threads: int, memory: str) -> list[str]:
    """Return the statements that limit, lock and seal a connection, in the order they must run."""
    allowed = [literal(f"{directory.resolve()}/")] if directory else []
    spill = (
        [f"SET temp_directory={literal(str(directory.resolve() / '.spill'))}"]
        if directory
        else ["SET temp_directory=''"]
    )
    return [
        f"SET threads={int(threads)}",
        f"SET memory_limit={literal(memory)}",
        *spill,
        "SET autoinstall_known_extensions=false",
        "SET autoload_known_extensions=false",
        "SET allow_community_extensions=false",
        "SET python_enable_replacements=false",
        "SET TimeZone='UTC'",
        f"SET allowed_directories=[{', '.join(allowed)}]",
        f"SET allowed_paths=[{', '.join(literal(str(path.resolve())) for path in files)}]",
        "SET enable_external_access=false",
        "SET lock_configuration=true",
    ]


def literal(text: str) -> str:
    """Return a text as a literal of a setting: settings take no bound values."""
    return "'" + text.replace("'", "''") + "'"

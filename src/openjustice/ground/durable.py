"""Files that are whole or absent: written beside their place, flushed to the disk, then renamed into it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def write_file(path: Path, content: bytes | str) -> None:
    """Write a file so that, whenever the machine stops, it holds the old content or the new, never a part."""
    beside = path.with_name(f".{path.name}.part")
    beside.write_bytes(content.encode() if isinstance(content, str) else content)
    sync_file(beside)
    beside.replace(path)
    sync_file(path.parent)


def copy_file(source: Path, target: Path) -> None:
    """Copy a file's bytes and flush them to the disk."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    sync_file(target)


def append_line(path: Path, line: str) -> None:
    """Append one line to a file and flush it to the disk. An unfinished last line is cut off first."""
    kept = path.read_bytes() if path.exists() else b""
    whole = kept.rfind(b"\n") + 1
    with path.open("r+b" if path.exists() else "wb") as stream:
        stream.truncate(whole)
        stream.seek(whole)
        stream.write(line.encode())
        stream.flush()
        os.fsync(stream.fileno())
    sync_file(path.parent)


def move_folder(staged: Path, target: Path) -> None:
    """Rename a finished folder into its place. Raises FileExistsError where something stands there already."""
    if target.exists():
        raise FileExistsError(target.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    sync_tree(staged)
    staged.rename(target)
    sync_file(target.parent)


def sync_tree(folder: Path) -> None:
    """Flush every file and folder below a folder, and itself, to the disk."""
    for path in sorted(folder.rglob("*")):
        sync_file(path)
    sync_file(folder)


def sync_file(path: Path) -> None:
    """Flush a file, or the names in a folder, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""A file is whole or absent; a folder is moved, never merged."""

from __future__ import annotations

from pathlib import Path

import pytest

from openjustice.ground import durable


@pytest.mark.parametrize("content", ["text", b"bytes"])
def test_a_written_file_replaces_the_old_one_and_leaves_nothing_beside(tmp_path: Path, content: str | bytes):
    durable.write_file(tmp_path / "a", "old")
    durable.write_file(tmp_path / "a", content)
    assert (tmp_path / "a").read_text() == (content if isinstance(content, str) else content.decode())
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_failed_write_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    durable.write_file(tmp_path / "a", "old")

    def stop(path: Path) -> None:
        raise OSError

    monkeypatch.setattr(durable, "sync_file", stop)
    with pytest.raises(OSError):
        durable.write_file(tmp_path / "a", "new")
    assert (tmp_path / "a").read_text() == "old"


def test_a_line_is_appended_after_the_last_whole_one(tmp_path: Path):
    durable.append_line(tmp_path / "a", "one\n")
    (tmp_path / "a").write_text("one\nhal")
    durable.append_line(tmp_path / "a", "two\n")
    assert (tmp_path / "a").read_text() == "one\ntwo\n"


def test_a_folder_is_moved_but_never_over_another(tmp_path: Path):
    for name in ("one", "two"):
        durable.write_file(tmp_path / "file", name)
        durable.copy_file(tmp_path / "file", tmp_path / name / "inner" / "file")
    durable.move_folder(tmp_path / "one", tmp_path / "there" / "place")
    with pytest.raises(FileExistsError):
        durable.move_folder(tmp_path / "two", tmp_path / "there" / "place")
    assert (tmp_path / "there" / "place" / "inner" / "file").read_text() == "one"

"""Folders are listed in order; a file is whole or not there."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import NoReturn

import pytest

from srcnn.errors import DataError, OutputError
from srcnn.files import check_target, list_pictures, make_folder, write_file


def test_pictures_are_found_below_in_order_and_hidden_ones_are_not(tmp_path: Path):
    for name in ("b.JPG", "a.png", "c/d.webp", "c/.e/f.png", ".g.png", "h.txt", "i.png/j.tif"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    found = [path.relative_to(tmp_path).as_posix() for path in list_pictures(tmp_path)]
    assert found == ["a.png", "b.JPG", "c/d.webp", "i.png/j.tif"]


def test_a_folder_without_pictures_is_told_from_none(tmp_path: Path):
    with pytest.raises(DataError, match="no picture in"):
        list_pictures(tmp_path)
    with pytest.raises(DataError, match="no folder"):
        list_pictures(tmp_path / "missing")


def test_a_file_is_written_and_replaced(tmp_path: Path):
    write_file(tmp_path / "a.json", b"first")
    write_file(tmp_path / "a.json", b"second")
    assert (tmp_path / "a.json").read_bytes() == b"second"
    assert list(tmp_path.iterdir()) == [tmp_path / "a.json"]


@pytest.mark.parametrize("name", ["file/below.json", "missing/a.json", "folder"])
def test_a_place_where_no_file_can_be_is_refused(tmp_path: Path, name: str):
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError):
        check_target(tmp_path / name)
    with pytest.raises(OutputError):
        write_file(tmp_path / name, b"data")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_a_folder_cannot_be_made_below_a_file(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be made"):
        make_folder(tmp_path / "file" / "folder")


@pytest.mark.parametrize(
    ("number", "sentence"), [(errno.ENOSPC, "disk is full"), (errno.EROFS, "Read-only")]
)
def test_a_failed_write_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, sentence: str
):
    def fail(_descriptor: int) -> NoReturn:
        raise OSError(number, "Read-only file system" if number == errno.EROFS else "full")

    write_file(tmp_path / "a.json", b"before")
    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OutputError, match=sentence):
        write_file(tmp_path / "a.json", b"after")
    assert (tmp_path / "a.json").read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [tmp_path / "a.json"]

"""Folders are listed in order; places that cannot be written to are told early."""

from __future__ import annotations

from pathlib import Path

import pytest

from srcnn.errors import DataError, OutputError
from srcnn.files import check_target, list_pictures, make_folder, shown_name


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


@pytest.mark.parametrize("name", ["file/below.json", "missing/a.json", "folder"])
def test_a_place_where_no_file_can_be_is_refused(tmp_path: Path, name: str):
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError):
        check_target(tmp_path / name)


def test_a_folder_cannot_be_made_below_a_file(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be made"):
        make_folder(tmp_path / "file" / "folder")


def test_a_name_stands_on_one_line() -> None:
    name = "a\nb\udce4 \N{LATIN SMALL LETTER A WITH DIAERESIS}.png"
    assert (
        shown_name(Path("x", name)) == "a\ufffdb\ufffd \N{LATIN SMALL LETTER A WITH DIAERESIS}.png"
    )

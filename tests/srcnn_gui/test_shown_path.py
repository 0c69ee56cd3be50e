"""How folders are named where there is little room."""

from __future__ import annotations

from pathlib import Path

import pytest

from srcnn_gui.shown_path import shown_path


@pytest.mark.parametrize(
    ("home", "path", "shown"),
    [
        ("/home/ann", "/home/ann/Pictures/Rome", "~/Pictures/Rome"),
        ("/home/ann", "/home/ann", "~"),
        ("/home/ann", "/home/anna/Pictures", "/home/anna/Pictures"),
        ("/home/ann", "Pictures", "Pictures"),
    ],
)
def test_what_lies_below_the_home_folder_is_told_from_there(monkeypatch, home, path, shown):
    monkeypatch.setattr("srcnn_gui.shown_path.sys.platform", "linux")
    monkeypatch.setenv("HOME", home)
    assert shown_path(Path(path)) == shown


def test_without_a_home_or_where_it_is_not_usual_the_whole_name_is_told(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ann")
    monkeypatch.setattr("srcnn_gui.shown_path.sys.platform", "win32")
    assert shown_path(Path("/home/ann/a")) == str(Path("/home/ann/a"))

    def nobody():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr("srcnn_gui.shown_path.sys.platform", "linux")
    monkeypatch.setattr(Path, "home", nobody)
    assert shown_path(Path("/home/ann/a")) == "/home/ann/a"

"""``make run`` opens a window where there is a display, and does without one elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scripts import qt_libraries, start


@pytest.fixture
def calls(monkeypatch):
    """Record which of the project's commands would run, and the platform Qt is told to use."""
    made: list[list[str]] = []

    def call(program: str, *arguments: str | Path) -> int:
        made.append([program, *map(str, arguments)])
        return 0

    monkeypatch.setattr(start, "call", call)
    monkeypatch.setattr(qt_libraries, "ensure", lambda libraries: None)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    return made


def test_without_a_display_the_same_is_done_without_one(calls, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(start, "OUT", tmp_path / "out")
    assert start.main() == 0
    compare, window = calls
    assert compare[:2] == ["srcnn", "compare"]
    figure = str(tmp_path / "out" / "comparison.png")
    assert compare[-3:] == ["--figure", figure, "--overwrite"]
    assert window[:3] == ["srcnn-gui", "--sample", "chart"]
    shot = str(tmp_path / "out" / "window.png")
    assert window[-3:] == ["--screenshot", shot, "--overwrite"]
    assert "no display" in capsys.readouterr().out


def test_a_failure_without_a_display_is_passed_on(calls, monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(start, "OUT", tmp_path / "out")
    monkeypatch.setattr(start, "call", lambda program, *arguments: 3)
    assert start.main() == 3


@pytest.mark.skipif(sys.platform != "linux", reason="asks an X server")
def test_a_display_that_does_not_answer_is_none(calls, monkeypatch):
    monkeypatch.setenv("DISPLAY", ":4711")
    assert not start.find_display()


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_elsewhere_there_is_always_a_display(calls, monkeypatch, platform):
    monkeypatch.setattr(sys, "platform", platform)
    assert start.main() == 0
    assert calls == [
        ["srcnn-gui", "--sample", "chart", "--scale", "3", "--methods", "bicubic,srcnn"]
    ]


def test_a_wayland_display_gets_its_own_libraries(calls, monkeypatch):
    asked = []
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(qt_libraries, "ensure", asked.append)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert start.find_display()
    assert asked == [qt_libraries.OFFSCREEN, qt_libraries.WAYLAND]


def test_the_sample_is_there():
    assert start.PICTURE.is_file()

"""What is missing is found, installed where that may be done, and named otherwise."""

from __future__ import annotations

import subprocess
import sys

import pytest

from scripts import qt_libraries

THERE = {"libc.so.6": "libc6"}
ABSENT = {"libno-such-thing.so.9": "libno-such-thing9"}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux wheels leave it open")


@pytest.fixture
def tools(monkeypatch):
    """Return the set of programs that this machine shall have."""
    found: set[str] = set()
    monkeypatch.setattr(
        qt_libraries.shutil, "which", lambda name: f"/usr/bin/{name}" if name in found else None
    )
    return found


def test_a_library_that_is_there_is_not_missing():
    assert qt_libraries.find_missing(THERE) == {}


def test_a_library_that_is_absent_is_missing():
    assert qt_libraries.find_missing(THERE | ABSENT) == ABSENT


def test_a_machine_without_fonts_is_told_to_get_one(monkeypatch):
    monkeypatch.setattr(qt_libraries, "has_font", lambda: False)
    assert qt_libraries.find_missing({}) == {qt_libraries.FONT: "fonts-dejavu-core"}


def test_nothing_is_run_or_said_when_all_is_there(capfd):
    qt_libraries.ensure(THERE)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("tool", "user", "command"),
    [
        ("apt-get", 1000, "sudo apt-get install -y --no-install-recommends libno-such-thing9"),
        ("dnf", 1000, "sudo dnf install -y 'libno-such-thing.so.9()(64bit)'"),
        ("dnf", 0, "dnf install -y 'libno-such-thing.so.9()(64bit)'"),
    ],
)
def test_the_one_command_is_named(monkeypatch, tools, tool, user, command):
    tools.add(tool)
    monkeypatch.setattr(qt_libraries.os, "geteuid", lambda: user)
    with pytest.raises(SystemExit) as stop:
        qt_libraries.ensure(ABSENT)
    assert str(stop.value).splitlines()[1:] == [f"  {command}"]


def test_the_libraries_are_named_where_no_command_is_known(tools):
    with pytest.raises(SystemExit, match=r"libno-such-thing\.so\.9"):
        qt_libraries.ensure(ABSENT)


class Apt:
    """Stands in for ``subprocess.run``: installs the libraries, or fails."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, fails: bool) -> None:
        self.commands: list[list[str]] = []
        self._fails = fails
        self._monkeypatch = monkeypatch

    def run(self, command, **options):
        self.commands.append(command)
        if self._fails:
            return subprocess.CompletedProcess(command, 100, "", "E: no network\n")
        if "install" in command:
            self._monkeypatch.setattr(qt_libraries, "can_load", lambda library: True)
        return subprocess.CompletedProcess(command, 0, "much ado\n", "")


def test_root_gets_them_installed_quietly(monkeypatch, tools, capfd):
    tools.add("apt-get")
    apt = Apt(monkeypatch, fails=False)
    monkeypatch.setattr(qt_libraries.os, "geteuid", lambda: 0)
    monkeypatch.setattr(qt_libraries.subprocess, "run", apt.run)
    qt_libraries.ensure(ABSENT)
    assert [command[1] for command in apt.commands] == ["update", "install"]
    assert apt.commands[-1][-1] == "libno-such-thing9"
    assert capfd.readouterr().err == "Installing for Qt: libno-such-thing9\n"


def test_a_failed_installation_shows_why_and_names_the_command(monkeypatch, tools, capfd):
    tools.add("apt-get")
    apt = Apt(monkeypatch, fails=True)
    monkeypatch.setattr(qt_libraries.os, "geteuid", lambda: 0)
    monkeypatch.setattr(qt_libraries.subprocess, "run", apt.run)
    with pytest.raises(SystemExit, match=r"apt-get install -y .* libno-such-thing9"):
        qt_libraries.ensure(ABSENT)
    assert "E: no network" in capfd.readouterr().err
    assert len(apt.commands) == 1

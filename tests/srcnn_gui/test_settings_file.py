"""Whatever lies where the settings should be, the program starts, and nothing of it is lost."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QLockFile, QSettings

from srcnn_gui import settings_file
from srcnn_gui.settings import Settings, SettingsStore


def reopen(path: Path) -> SettingsStore:
    return SettingsStore(QSettings(str(path), QSettings.Format.IniFormat))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.ini"


def aside(path: Path) -> Path:
    """Return the one damaged file that is kept."""
    (found,) = path.parent.glob("settings-damaged-*.ini")
    return found


GARBAGE = [
    b"\x00\xff\xfe garbage \x80\n[[[\n=\n",
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    b"[General]\nscale=\x00\x00\x00\n",
    b"[General]\nscale=@Variant(\\0\\0\\0\\x7f)\n",
    b"no settings at all",
]


@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_is_kept_beside_and_said_once(path, garbage):
    path.write_bytes(garbage)
    store = reopen(path)
    assert store.load() == Settings()
    assert "damaged" in store.remark
    assert str(aside(path)) in store.remark
    assert aside(path).read_bytes() == garbage
    store.save(replace(Settings(), scale=4))
    again = reopen(path)
    assert again.load() == replace(Settings(), scale=4)
    assert again.remark == ""


def test_a_folder_in_its_place_is_kept_too(path):
    path.mkdir()
    (path / "mine.txt").write_text("mine")
    store = reopen(path)
    assert store.load() == Settings()
    assert (aside(path) / "mine.txt").read_text() == "mine"
    store.save(replace(Settings(), scale=4))
    assert reopen(path).load().scale == 4


def test_a_sound_file_gives_no_remark(path):
    reopen(path).save(Settings())
    store = reopen(path)
    store.load()
    assert store.remark == ""
    assert list(path.parent.glob("settings-damaged-*")) == []


@pytest.mark.parametrize("garbage", GARBAGE)
def test_a_damaged_file_that_cannot_be_moved_is_not_read(path, garbage, monkeypatch):
    def refuse(*_arguments):
        raise PermissionError(13, "Permission denied")

    path.write_bytes(garbage)
    monkeypatch.setattr(Path, "rename", refuse)
    store = reopen(path)
    assert store.load() == Settings()
    assert "defaults are used" in store.remark
    assert path.read_bytes() == garbage


def test_a_file_that_may_not_be_read_gives_the_defaults(path, monkeypatch):
    def refuse(_path):
        raise PermissionError(13, "Permission denied")

    reopen(path).save(replace(Settings(), scale=4))
    monkeypatch.setattr(Path, "read_bytes", refuse)
    store = reopen(path)
    assert store.load() == Settings()
    assert store.remark.startswith("Your settings cannot be read")


def test_a_file_that_cannot_be_written_is_said_at_the_start(path, monkeypatch):
    reopen(path).save(replace(Settings(), scale=4))
    monkeypatch.setattr(QSettings, "isWritable", lambda _self: False)
    store = reopen(path)
    assert store.load().scale == 4
    assert store.remark == f"What you choose will not be kept: {path} cannot be written."


def test_the_window_says_it(start, path):
    path.write_bytes(GARBAGE[0])
    store = reopen(path)
    driver = start(store=store)
    assert driver.settings == Settings()
    assert store.remark


def test_of_two_programs_each_keeps_what_the_other_changed(path):
    reopen(path).save(Settings())
    first, second = reopen(path), reopen(path)
    one, other = first.load(), second.load()
    first.save(replace(one, scale=4, quality=70))
    second.save(replace(other, show_grid=False, quality=80))
    assert reopen(path).load() == replace(Settings(), scale=4, show_grid=False, quality=80)


WRITE = """
import sys
from dataclasses import replace
from PySide6.QtCore import QSettings
from srcnn_gui.settings import Settings, SettingsStore
store = SettingsStore(QSettings(sys.argv[1], QSettings.Format.IniFormat))
settings = store.load()
print("ready", flush=True)
sys.stdin.readline()
for quality in range(1, 21):
    settings = replace(settings, **{sys.argv[2]: quality})
    store.save(settings)
"""


def test_two_processes_that_write_at_once_damage_nothing(path):
    reopen(path).save(Settings())
    words = [sys.executable, "-c", WRITE, str(path)]
    pipe = subprocess.PIPE
    running = [
        subprocess.Popen([*words, name], stdin=pipe, stdout=pipe, text=True)
        for name in ("quality", "max_megapixels")
    ]
    for process in running:
        assert process.stdout.readline() == "ready\n"
    for process in running:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in running:
        process.communicate(timeout=60)
    assert [process.returncode for process in running] == [0, 0]
    store = reopen(path)
    assert store.load() == replace(Settings(), quality=20, max_megapixels=20.0)
    assert store.remark == ""


def test_a_lock_that_is_held_for_long_does_not_hold_up_the_end(path, monkeypatch, caplog):
    monkeypatch.setattr(settings_file, "_LOCK_PATIENCE_MS", 1)
    store = reopen(path)
    settings = store.load()
    lock = QLockFile(f"{path}.lock")
    assert lock.tryLock(0)
    store.save(replace(settings, scale=4))
    lock.unlock()
    assert "another program holds" in caplog.text
    store.save(replace(settings, scale=4))
    assert reopen(path).load().scale == 4

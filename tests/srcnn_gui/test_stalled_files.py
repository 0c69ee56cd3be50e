"""Files that vanish, are none, or whose drive does not answer: the window never waits for them."""

from __future__ import annotations

import errno
import os
import socket
import sys
import threading
from pathlib import Path

import pytest

from srcnn.errors import PictureError
from srcnn_gui import opener as opener_module
from srcnn_gui.jobs import JobProgress
from srcnn_gui.opener import LINGERS_AFTER_MS

WAIT_MS = 10_000
WAIT_S = WAIT_MS / 1000


@pytest.fixture
def stalled(monkeypatch):
    """Keep files named ``stalled.png`` from being read until the end of the test."""
    gate, load = threading.Event(), opener_module.load_picture
    began = threading.Event()

    def read(path, **options):
        if path.name == "stalled.png":
            began.set()
            gate.wait(WAIT_S)
            raise PictureError("nobody hears this")
        return load(path, **options)

    monkeypatch.setattr(opener_module, "load_picture", read)
    yield began
    gate.set()
    for thread in [t for t in threading.enumerate() if t.name.startswith("job")]:
        thread.join(WAIT_S)


@pytest.fixture
def row(qtbot, start, stalled, tmp_path):
    """Return a window that still reads, and the row that says so."""
    driver = start()
    driver.program.opener._patience.setInterval(1)
    driver.program.files.open_file(tmp_path / "stalled.png")
    assert stalled.wait(WAIT_S)
    bar = driver.window.job_bar
    qtbot.waitUntil(lambda: any(row.isVisible() for row in bar.rows), timeout=WAIT_MS)
    return driver, bar.rows[0]


def test_a_read_that_lingers_is_said_and_can_be_cancelled(row):
    driver, shown = row
    shown._on_progressed(JobProgress(0, 0, "", 0.0, None))
    assert shown.text == "Open stalled.png | Still reading…"
    shown._cancel.click()
    driver.settle()
    assert driver.window.job_bar.rows == ()
    assert not driver.program.opener.is_busy
    assert driver.message == ""


def test_another_picture_opens_meanwhile(row, photo):
    driver, _ = row
    driver.open(photo)
    assert driver.session.scene.name == "photo.png"
    assert driver.window.job_bar.rows == ()


def test_after_cancel_the_open_picture_is_prepared_anew_and_not_the_stalled_one(
    start, stalled, photo, tmp_path, qtbot
):
    driver = start()
    driver.open(photo)
    driver.program.files.open_file(tmp_path / "stalled.png")
    assert stalled.wait(WAIT_S)
    driver.program.opener._job.cancel()
    driver.settle()
    driver.trigger("scale_4")
    assert driver.session.scene.name == "photo.png"
    assert driver.session.scene.setup.scale == 4


def test_a_quick_read_is_not_said(start, photo):
    driver = start()
    assert driver.program.opener._patience.interval() == LINGERS_AFTER_MS
    driver.open(photo)
    assert not driver.program.opener._patience.isActive()


def test_the_window_closes_while_a_read_hangs(row):
    driver, _ = row
    driver.window.close()
    assert driver.program.jobs.has_hung


def test_a_file_that_vanished_is_a_sentence(start, photo, tmp_path):
    driver = start()
    driver.open(photo)
    photo.unlink()
    driver.open(photo)
    assert driver.message.startswith(f"There is no file {photo}")
    assert driver.session.scene is not None
    driver.open(tmp_path / "gone" / "photo.png")
    assert driver.message.startswith("There is no file")


@pytest.mark.parametrize("number", [errno.ETIMEDOUT, errno.EIO, errno.ESTALE])
def test_a_drive_that_fails_is_a_sentence(start, photo, monkeypatch, number):
    class Failing:
        """A file whose every reading fails."""

        def __init__(self, file):
            self._file = file

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self._file.close()

        def read(self, _size=-1):
            raise OSError(number, os.strerror(number))

        def __getattr__(self, name):
            return getattr(self._file, name)

    opened = Path.open

    def open_file(path, *mode, **options):
        file = opened(path, *mode, **options)
        return Failing(file) if path == photo else file

    monkeypatch.setattr(Path, "open", open_file)
    driver = start()
    driver.open(photo)
    assert driver.message == (
        f"photo.png cannot be read: {os.strerror(number)}\n"
        "Check the drive or the network that it is on, and try again."
    )


def pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


def listening(path: Path) -> Path:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))
    return path


def folder(path: Path) -> Path:
    path.mkdir()
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX's")
@pytest.mark.parametrize(
    ("make", "said"),
    [
        (pipe, "a.png is a device, a pipe or a socket"),
        (listening, "a.png is a device, a pipe or a socket"),
        (lambda path: Path("/dev/zero"), "zero is a device, a pipe or a socket"),
        (folder, "is a folder"),
    ],
)
def test_what_is_no_file_is_refused_before_it_is_opened(start, tmp_path, monkeypatch, make, said):
    monkeypatch.chdir(tmp_path)  # names of sockets are short
    driver = start()
    driver.open(make(Path("a.png")).absolute())
    assert said in driver.message

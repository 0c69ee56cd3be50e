"""Whatever the world does to the window, it goes on, and says one sentence with a hint."""

from __future__ import annotations

import errno
import os
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QPushButton

from srcnn.picture import load_picture
from srcnn_gui import app as app_module
from srcnn_gui.jobs import JobControl
from srcnn_gui.theme import Severity
from srcnn_gui.viewer.scene import TRUTH


@pytest.fixture
def driver(start, photo):
    """Return a program with a picture open, which must stay open."""
    driver = start()
    driver.open(photo)
    return driver


def check_said(driver, *parts, severity=Severity.ERROR):
    """Assert that a sentence and a hint are shown, nothing raw, and that the program goes on."""
    sentence, hint = driver.message.split("\n")
    for part in parts:
        assert part in driver.message
    assert hint
    for raw in ("Error", "Errno", "Traceback", "unexpected", "None"):
        assert raw not in sentence
    assert driver.window.messages.severity is severity
    driver.trigger("scale_4")
    driver.trigger("scale_2")
    assert driver.session.is_finished
    driver.window.messages.dismiss()
    assert driver.message == ""


def png_header(width, height):
    """Return a PNG that announces a size and holds next to nothing."""

    def chunk(kind, data):
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def truncated_jpeg(path):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[:-2000])


BAD = {
    "text.png": (lambda path: path.write_text("I am no picture."), "is not a picture"),
    "truncated.jpg": (truncated_jpeg, "damaged or incomplete"),
    "empty.png": (lambda path: path.touch(), "is empty (0 bytes)"),
    "header.png": (lambda path: path.write_bytes(png_header(60_000, 60_000)), "3,600 megapixels"),
    "folder.png": (lambda path: path.mkdir(), "is a folder"),
    "missing.png": (lambda path: None, "There is no file"),
    "dot.png": (lambda path: Image.new("RGB", (1, 1)).save(path), "too small to compare"),
    "loop.png": (lambda path: path.symlink_to(path), "loop.png"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_opened(driver, tmp_path, name):
    make, sentence = BAD[name]
    make(tmp_path / name)
    scene = driver.session.scene
    driver.open(tmp_path / name)
    assert driver.session.scene is scene
    assert driver.settings.recent_files == (str(tmp_path / "photo.png"),)
    check_said(driver, sentence)
    assert driver.session.scene.picture is scene.picture


def test_a_dot_can_be_enlarged_though_not_compared(start, tmp_path):
    path = tmp_path / "dot.png"
    Image.new("RGB", (1, 1), (10, 200, 30)).save(path)
    driver = start()
    driver.open(path)
    assert driver.session.scene is None
    assert "too small to compare" in driver.message
    assert "Upscale" in driver.message
    driver.trigger("mode_upscale")
    assert driver.session.scene.size.pixels == 4
    assert driver.window.area.isVisible()
    assert driver.session.views[0].result.part == 1


def test_larger_than_allowed_can_be_opened_anyway(driver, photo):
    driver.program.opener.max_megapixels = 0.01
    driver.open(photo)
    assert "more than the 0.01 allowed" in driver.message
    scene = driver.session.scene
    (button,) = (
        b for b in driver.window.messages.findChildren(QPushButton) if b.text() == "Open anyway"
    )
    assert button.isVisible()
    button.click()
    driver.settle()
    assert driver.message == ""
    assert driver.session.scene is not scene
    assert driver.session.scene.name == "photo.png"


def test_a_header_that_lies_cannot_be_opened_anyway(driver, tmp_path):
    driver.program.opener.max_megapixels = 0.01
    path = tmp_path / "lies.png"
    path.write_bytes(png_header(600, 600))
    driver.open(path)
    driver.window.messages.action_triggered.emit()
    driver.settle()
    driver.program.opener.max_megapixels = 500
    check_said(driver, "lies.png is damaged or incomplete")


def test_a_recent_file_that_was_damaged_or_deleted(driver, photo):
    (recent,) = driver.window.recent_menu.actions()
    photo.write_text("not any more")
    recent.trigger()
    driver.settle()
    check_said(driver, "photo.png is not a picture")
    photo.unlink()
    (recent,) = driver.window.recent_menu.actions()
    recent.trigger()
    driver.settle()
    check_said(driver, "There is no file")


def answer_save(monkeypatch, path):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(path), ""))


def test_a_folder_that_is_not_there(driver, tmp_path, monkeypatch):
    answer_save(monkeypatch, tmp_path / "nowhere" / "result.png")
    driver.save_result()
    check_said(driver, "There is no folder")
    driver.trigger("save_view")
    check_said(driver, "result.png could not be written")


def test_a_folder_that_may_not_be_written_to(driver, tmp_path, monkeypatch):
    opened = Path.open

    def refuse(path, mode="r", *args, **options):
        if "x" in mode:
            raise PermissionError(errno.EACCES, "Permission denied")
        return opened(path, mode, *args, **options)

    monkeypatch.setattr(Path, "open", refuse)
    answer_save(monkeypatch, tmp_path / "result.png")
    driver.save_result()
    check_said(driver, "cannot be written to")
    assert [path.name for path in tmp_path.iterdir()] == ["photo.png"]


def test_a_disk_that_is_full(driver, tmp_path, monkeypatch):
    target = tmp_path / "result.png"
    target.write_bytes(b"old")

    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    answer_save(monkeypatch, target)
    driver.save_result()
    check_said(driver, "The disk is full")
    assert target.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["photo.png", "result.png"]
    monkeypatch.undo()
    answer_save(monkeypatch, target)
    driver.save_result()
    assert load_picture(target).size == driver.session.scene.size


def test_a_format_that_cannot_be_written(driver, tmp_path):
    driver.program.saving.save_to(tmp_path / "result.xyz")
    check_said(driver, "cannot be saved as .xyz")


@pytest.mark.parametrize("content", ["nothing", "words", "no urls", "url"])
def test_pasting_what_is_no_picture(driver, content):
    data = QMimeData()
    if content == "words":
        data.setText("words")
    elif content == "no urls":
        data.setUrls([])
    elif content == "url":
        data.setUrls([QUrl("https://example.org/picture.png")])
    QGuiApplication.clipboard().setMimeData(data)
    driver.trigger("paste")
    check_said(driver, "There is no picture on the clipboard")


@pytest.mark.parametrize("urls", [[], [QUrl("https://example.org/picture.png")]])
def test_dropping_what_is_no_file(driver, urls):
    driver.window.urls_dropped.emit(urls)
    driver.settle()
    check_said(driver, "Only files can be dropped here")


def test_a_reference_of_another_size(driver, photo, monkeypatch):
    driver.trigger("mode_upscale")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args: (str(photo), ""))
    driver.trigger("attach_reference")
    check_said(driver, "The reference has")
    assert driver.session.scene.truth is None


def test_a_reference_that_is_too_large_does_not_open_something_else(driver, photo, monkeypatch):
    driver.trigger("mode_upscale")
    driver.program.opener.max_megapixels = 0.01
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args: (str(photo), ""))
    driver.trigger("attach_reference")
    assert "more than the 0.01 allowed" in driver.message
    buttons = driver.window.messages.findChildren(QPushButton)
    assert not any(button.isVisible() for button in buttons)


def test_a_method_that_raises(start, fake, photo, plain):
    broken, sound = fake("broken", rank=1), fake("sound")
    broken.error = ZeroDivisionError("a fault of ours")
    driver = start(broken, sound, settings=replace(plain, panes=("sound", "broken", TRUTH)))
    driver.open(photo)
    assert "a fault of ours" in driver.message
    assert driver.session.views[0].result.whole.is_measured
    assert driver.session.views[1].result.error is broken.error
    driver.window.figures.refresh()
    lines = driver.window.figures.text().split("\n")
    assert "failed" in lines[2]
    assert "done" in lines[1]
    driver.window.messages.dismiss()
    driver.trigger("zoom_200")
    assert driver.message == ""  # said once


def test_a_result_that_fails_while_it_is_saved(start, fake, photo, plain, tmp_path, monkeypatch):
    method = fake("sound")
    driver = start(method, settings=replace(plain, panes=("sound",)))
    driver.open(photo)
    method.error = MemoryError()
    answer_save(monkeypatch, tmp_path / "result.png")
    driver.save_result()
    assert driver.message.startswith("There is not enough memory for this\n")
    assert not (tmp_path / "result.png").exists()


def test_pytorch_that_cannot_be_imported(start, fake, photo, plain, monkeypatch):
    def load(control: JobControl):
        raise ImportError("libtorch.so: cannot open shared object file")

    monkeypatch.setattr(app_module, "load_torch", load)
    sound, network = fake("sound"), fake("network", torch=True, rank=1)
    driver = start(sound, network, settings=replace(plain, panes=("sound", "network")))
    driver.program.load_torch()
    driver.settle()
    driver.open(photo)  # and everything comes to rest
    assert driver.session.views[0].result.whole.is_measured
    problem = driver.session.views[1].problem
    assert str(problem).startswith("PyTorch cannot be loaded, so SRCNN is not available")
    assert problem.hint
    assert network.calls == 0
    driver.window.figures.refresh()
    assert "not available" in driver.window.figures.text()
    driver.program.load_torch()
    driver.settle()
    check_said(driver, "PyTorch cannot be loaded", severity=Severity.WARNING)

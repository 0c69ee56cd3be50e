"""Everything about a file is chosen in one window, which says what comes of it."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QSlider,
    QSpinBox,
)

from srcnn import forecast as engine_forecast
from srcnn.formats import FORMATS
from srcnn.geometry import Size
from srcnn.picture import Picture
from srcnn.save_options import DEFAULT_OPTIONS, Compression, SaveOptions
from srcnn.source import PictureSource
from srcnn.tiles import Enlargement
from srcnn_gui.jobs import JobService
from srcnn_gui.saving import forecast as save_forecast
from srcnn_gui.saving.choices import FILTERS, Result, SaveChoices, SizeChoice, SizeMode
from srcnn_gui.saving.cost_box import MEASURING
from srcnn_gui.saving.dialog import SaveDialog
from srcnn_gui.saving.forecast import SaveForecaster

WAIT_MS = 10_000
PLAIN = SizeChoice()
TIMES = "\N{MULTIPLICATION SIGN}"


@pytest.fixture
def jobs(qtbot, no_threads_left):
    service = JobService()
    yield service
    service.shutdown()


@pytest.fixture
def dialog(jobs, qtbot, fake, pixels, tmp_path, monkeypatch):
    """Return a function that opens the window for a picture of 90 by 60 pixels and a suffix."""
    monkeypatch.setattr(save_forecast, "CALIBRATE_S", 0.05)

    def make(
        suffix=".png", *, picture=None, size=PLAIN, options=DEFAULT_OPTIONS, is_picture=True,
        opened=None,
    ):  # fmt: skip
        picture = picture or Picture(pixels(90, 60))
        enlargement = Enlargement(PictureSource(picture), fake("srcnn"), 3)
        result = Result(enlargement, picture, "photo.png", is_picture)
        choices = SaveChoices(tmp_path, suffix, options, size)
        window = SaveDialog(
            result, choices, SaveForecaster(jobs, jobs), lambda path: path == opened
        )
        qtbot.addWidget(window)
        window.show()
        return window

    return make


@pytest.fixture
def question(monkeypatch):
    """Return a list of what is asked, and a function that sets the answer."""
    asked: list[str] = []
    answers = [QMessageBox.StandardButton.Cancel]

    def reply(parent, title, text, *buttons):
        asked.append(text)
        return answers[-1]

    monkeypatch.setattr(QMessageBox, "question", reply)
    return asked, answers.append


def visible(window, kind):
    return [widget for widget in window.findChildren(kind) if widget.isVisible()]


def box(window, text) -> QCheckBox:
    (found,) = (b for b in window.findChildren(QCheckBox) if text in b.text().replace("&", ""))
    return found


def combo(window, data) -> QComboBox:
    (found,) = (c for c in window.findChildren(QComboBox) if c.findData(data) >= 0)
    return found


def choose(window, data) -> None:
    found = combo(window, data)
    found.setCurrentIndex(found.findData(data))
    found.activated.emit(found.currentIndex())


def name_of(window) -> QLineEdit:
    (found,) = (e for e in window.findChildren(QLineEdit) if e.parent() is window)
    return found


def save_button(window) -> QPushButton:
    return window.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Save)


def retype(qtbot, edit, text) -> None:
    edit.selectAll()
    qtbot.keyClicks(edit, text)


def wait_for_cost(qtbot, window) -> None:
    qtbot.waitUntil(lambda: window.cost.expected is not None, timeout=WAIT_MS)


CONTROLS = {
    ".png": {"Compression"},
    ".tif": {"Compression"},
    ".jpg": {"Quality", "Full colour"},
    ".webp": {"Quality", "Lossless"},
    ".avif": {"Quality", "Full colour"},
}


@pytest.mark.parametrize("suffix", list(FILTERS))
def test_every_format_shows_its_controls(dialog, suffix):
    window = dialog()
    choose(window, suffix)
    shown = {"Compression"} if combo(window, Compression.FAST).isVisible() else set()
    shown |= {"Quality"} if visible(window, QSlider) else set()
    shown |= {text for text in ("Lossless", "Full colour") if box(window, text).isVisible()}
    assert shown == CONTROLS[suffix]
    assert box(window, "Leave out metadata").isVisible()
    assert window.request.path.name == f"photo_x3_srcnn{suffix}"
    assert window.request.kept is FORMATS[suffix]


def test_choices_reach_the_request_and_are_remembered(dialog, qtbot):
    window = dialog(".webp")
    visible(window, QSlider)[0].setValue(70)
    box(window, "Leave out metadata").click()
    assert window.request.options == SaveOptions(quality=70, strip=True)
    box(window, "Lossless").click()
    assert window.request.options.lossless
    assert not visible(window, QSlider)[0].isEnabled()
    choose(window, ".jpg")
    assert visible(window, QSlider)[0].isEnabled()
    box(window, "Full colour").click()
    choose(window, ".png")
    choose(window, Compression.SMALL)
    expected = SaveOptions(70, True, False, Compression.SMALL, True)
    assert window.request.options == window.choices.options == expected
    assert window.choices.suffix == ".png"
    again = dialog(".jpg", options=window.choices.options)
    assert again.request.options == expected
    assert (visible(again, QSlider)[0].value(), visible(again, QSpinBox)[0].value()) == (70, 70)


def test_without_touching_anything_enter_saves(dialog, qtbot):
    window = dialog()
    edit = name_of(window)
    assert edit.selectedText() == "photo_x3_srcnn"
    with qtbot.waitSignal(window.accepted, timeout=WAIT_MS):
        qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert window.request.size is None
    assert not window.request.overwrite
    assert window.request.enlargement.scale == 3


def test_escape_and_cancel_save_nothing(dialog, qtbot):
    window = dialog()
    with qtbot.waitSignal(window.rejected, timeout=WAIT_MS):
        qtbot.keyClick(window, Qt.Key.Key_Escape)


def test_the_format_follows_the_name_and_the_name_the_format(dialog, qtbot):
    window = dialog()
    edit = name_of(window)
    retype(qtbot, edit, "holiday.JPEG")
    assert window.request.path.name == "holiday.JPEG"
    assert combo(window, ".jpg").currentData() == ".jpg"
    assert window.choices.suffix == ".jpeg"
    retype(qtbot, edit, "holiday.v2")
    assert window.request.path.name == "holiday.v2.jpg"
    retype(qtbot, edit, "holiday.jpg")
    choose(window, ".tif")
    assert edit.text() == "holiday.tif"
    choose(window, SizeMode.FACTOR)
    assert edit.text() == "holiday.tif"  # whoever typed a name keeps it


@pytest.mark.parametrize("name", ["", "  ", "a/b.png", "../b.png"])
def test_what_is_no_name_cannot_be_saved(dialog, qtbot, name):
    window = dialog()
    retype(qtbot, name_of(window), name or " ")
    assert window.request is None
    assert not save_button(window).isEnabled()
    assert "name" in window.text
    window.accept()
    assert window.isVisible()
    retype(qtbot, name_of(window), "b.png")
    assert save_button(window).isEnabled()
    assert "name" not in window.text


def test_what_a_format_cannot_keep_is_said_and_does_not_block(dialog, pixels):
    clear = Picture(pixels(90, 60), alpha=np.full((60, 90), 90, np.uint8))
    window = dialog(".jpg", picture=clear)
    assert "JPEG has no transparency: the picture is put on white." in window.text
    assert save_button(window).isEnabled()
    choose(window, ".png")
    assert "transparency" not in window.text
    assert "transparency" not in dialog(".jpg", picture=clear, is_picture=False).text


def test_sizes_and_the_chain_that_makes_them(dialog, qtbot):
    window = dialog()
    sizes = combo(window, SizeMode.SCALE)
    assert sizes.currentText() == f"{TIMES}3 \N{EN DASH} 270 {TIMES} 180"
    assert window.text.startswith(f"Srcnn {TIMES}3\n")
    choose(window, SizeMode.FACTOR)
    (factor,) = visible(window, QDoubleSpinBox)
    factor.setValue(2.5)
    chain = f"Srcnn {TIMES}3 \N{RIGHTWARDS ARROW} bicubic to 225 {TIMES} 150"
    assert window.text.startswith(chain)
    assert window.request.size == window.request.final == Size(225, 150)
    assert name_of(window).text() == "photo_225x150_srcnn.png"
    choose(window, SizeMode.WIDTH)
    width, height = visible(window, QSpinBox)
    width.setValue(180)
    assert height.value() == 120
    assert window.request.size is None  # twice as large is what the method makes
    assert window.request.enlargement.scale == 2
    height.setValue(200)
    assert width.value() == 300
    assert window.request.size == Size(300, 200)
    choose(window, SizeMode.LONGEST)
    (longest,) = visible(window, QSpinBox)
    longest.setValue(1000)
    assert window.request.size == Size(1000, 667)
    assert window.choices.size == SizeChoice(SizeMode.LONGEST, longest=1000)


def test_sizes_that_this_picture_cannot_have_are_remembered(dialog, qtbot):
    wanted = SizeChoice(SizeMode.SCALE, factor=8.0, width=20, longest=9999)
    window = dialog(size=wanted)
    assert window.choices.size == wanted
    choose(window, SizeMode.FACTOR)
    visible(window, QDoubleSpinBox)[0].setValue(2.5)
    assert window.choices.size == replace(wanted, mode=SizeMode.FACTOR, factor=2.5)
    choose(window, SizeMode.WIDTH)
    visible(window, QSpinBox)[0].setValue(180)
    kept = replace(wanted, mode=SizeMode.WIDTH, width=180, height=120)
    assert window.choices.size == kept


def test_room_is_looked_for_in_the_background_and_once_for_a_folder(
    dialog, qtbot, monkeypatch, tmp_path
):
    asked = []

    def look(expected, path):
        asked.append((path.parent, threading.current_thread()))
        return ["There is no room."]

    monkeypatch.setattr(save_forecast, "warnings", look)
    window = dialog()
    wait_for_cost(qtbot, window)
    qtbot.waitUntil(lambda: window.cost.warnings == ["There is no room."], timeout=WAIT_MS)
    retype(qtbot, name_of(window), "another name.png")
    assert [folder for folder, _ in asked] == [tmp_path]
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "other" / "a.png"), "")
    )
    (tmp_path / "other").mkdir()
    window.findChild(QPushButton, "change").click()
    qtbot.waitUntil(lambda: len(asked) == 2, timeout=WAIT_MS)
    assert asked[1][0] == tmp_path / "other"
    assert threading.main_thread() not in {thread for _, thread in asked}


def test_a_remembered_size_begins_within_what_can_be_made(dialog):
    window = dialog(size=SizeChoice(SizeMode.LONGEST, longest=100_000))
    assert window.request.final == Size(16 * 90, 16 * 60)
    window = dialog(size=SizeChoice(SizeMode.WIDTH, width=200))
    assert window.request.final == Size(200, 133)


def test_a_format_that_is_too_small_cannot_be_chosen(dialog, pixels):
    window = dialog(".webp", picture=Picture(pixels(1100, 2)))
    choose(window, SizeMode.FACTOR)
    visible(window, QDoubleSpinBox)[0].setValue(16)
    assert "WebP cannot hold 17600" in window.text
    assert not save_button(window).isEnabled()
    assert window.cost.text == ""
    choose(window, ".png")
    assert save_button(window).isEnabled()


def test_the_forecast_arrives_and_follows_the_choices(dialog, qtbot):
    window = dialog()
    assert window.cost.text == MEASURING
    assert window.request.expected is None
    wait_for_cost(qtbot, window)
    first = window.request.expected
    assert window.cost.text.startswith("Takes about 1 s, ")
    assert "of memory" in window.cost.text
    retype(qtbot, name_of(window), "other.png")
    assert window.request.expected is first  # a name costs nothing
    choose(window, ".jpg")
    assert window.cost.text == MEASURING
    wait_for_cost(qtbot, window)
    assert window.request.expected.file_bytes != first.file_bytes
    assert window.request.expected.size == Size(270, 180)


def test_tiles_are_timed_once_for_a_scale(dialog, qtbot, monkeypatch):
    calls = []
    calibrate = save_forecast.calibrate
    monkeypatch.setattr(
        save_forecast, "calibrate", lambda *args: calls.append(args) or calibrate(*args)
    )
    window = dialog()
    wait_for_cost(qtbot, window)
    choose(window, Compression.FAST)
    wait_for_cost(qtbot, window)
    assert len(calls) == 1
    choose(window, SizeMode.FACTOR)
    visible(window, QDoubleSpinBox)[0].setValue(1.5)
    wait_for_cost(qtbot, window)
    assert [args[0].scale for args in calls] == [3, 2]


def test_a_forecast_that_fails_is_said_and_does_not_block(dialog, qtbot, monkeypatch):
    def fail(*args):
        raise MemoryError

    monkeypatch.setattr(save_forecast, "calibrate", fail)
    window = dialog()
    qtbot.waitUntil(lambda: "not known" in window.cost.text, timeout=WAIT_MS)
    assert save_button(window).isEnabled()


def test_closed_it_measures_no_more(dialog, qtbot, jobs):
    window = dialog()
    qtbot.waitUntil(lambda: bool(jobs.jobs), timeout=WAIT_MS)
    window.reject()
    qtbot.waitUntil(lambda: not jobs.jobs, timeout=WAIT_MS)
    assert window.cost.expected is None


def test_too_little_memory_is_said_at_once_and_asked_about(dialog, qtbot, monkeypatch, question):
    asked, answer = question
    monkeypatch.setattr(engine_forecast, "free_memory", lambda: 1000)
    window = dialog()
    assert "of memory; 1.0 kB are free." in window.text
    assert window.cost.text == MEASURING
    assert save_button(window).isEnabled()
    window.accept()
    assert window.isVisible()
    assert "1.0 kB are free." in asked[0]
    answer(QMessageBox.StandardButton.Save)
    with qtbot.waitSignal(window.accepted, timeout=WAIT_MS):
        window.accept()


def test_a_file_is_replaced_only_after_a_question(dialog, qtbot, tmp_path, question):
    asked, answer = question
    (tmp_path / "photo_x3_srcnn.png").write_bytes(b"old")
    window = dialog()
    window.accept()
    assert window.isVisible()
    assert "photo_x3_srcnn.png" in asked[0]
    answer(QMessageBox.StandardButton.Save)
    window.accept()
    assert not window.isVisible()
    assert window.request.overwrite


def test_the_picture_that_is_open_is_never_replaced(dialog, tmp_path, question):
    opened = tmp_path / "photo_x3_srcnn.png"
    opened.write_bytes(b"old")
    window = dialog(opened=opened)
    window.accept()
    assert window.isVisible()
    assert "is the picture that is open" in window.text
    assert question[0] == []


def test_the_file_dialog_has_asked_already(dialog, tmp_path, monkeypatch, question):
    asked, _ = question
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / "there.jpg").write_bytes(b"old")
    said = []

    def reply(parent, title, suggested, filters, chosen):
        said.append((suggested, chosen))
        return str(folder / "there.jpg"), chosen

    monkeypatch.setattr(QFileDialog, "getSaveFileName", reply)
    window = dialog()
    window.findChild(QPushButton, "change").click()
    assert said == [(str(tmp_path / "photo_x3_srcnn.png"), FILTERS[".png"])]
    assert window.request.path == folder / "there.jpg"
    assert (window.choices.folder, window.choices.suffix) == (folder, ".jpg")
    window.accept()
    assert asked == []
    assert window.request.overwrite


def test_the_file_dialog_asked_about_another_name(dialog, tmp_path, monkeypatch, question):
    asked, _ = question
    (tmp_path / "a.v2.tif").write_bytes(b"old")
    reply = (str(tmp_path / "a.v2"), FILTERS[".tif"])
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: reply)
    window = dialog()
    window.findChild(QPushButton, "change").click()
    assert window.request.path == tmp_path / "a.v2.tif"
    window.accept()
    assert window.isVisible()
    assert "a.v2.tif" in asked[0]


def test_a_cancelled_file_dialog_changes_nothing(dialog, tmp_path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: ("", ""))
    window = dialog()
    window.findChild(QPushButton, "change").click()
    assert window.request.path == tmp_path / "photo_x3_srcnn.png"


def test_a_long_folder_is_cut_and_whole_in_its_tip(dialog, tmp_path, monkeypatch):
    folder = Path("/very") / ("long" * 40) / "folder"
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *args: (str(folder / "a.png"), FILTERS[".png"])
    )
    window = dialog()
    before = window.width()
    window.findChild(QPushButton, "change").click()
    assert window.width() == before
    assert window.names.folder == folder

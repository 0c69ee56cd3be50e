"""Results go out as they are on screen, at the size that was asked for."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox, QPushButton

from srcnn.geometry import Size
from srcnn.output import recorded_origin, save_enlargement
from srcnn.picture import load_picture
from srcnn.save_options import SaveOptions
from srcnn_gui.qimage import from_qimage
from srcnn_gui.saving import saver as saver_module
from srcnn_gui.saving.choices import SizeChoice, SizeMode

WAIT_MS = 10_000
DASH = "\N{EN DASH}"


@pytest.fixture
def answer(monkeypatch):
    """Return a function that says what the file dialog answers; empty to cancel."""

    def make(path, chosen=""):
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(path), chosen))

    return make


@pytest.fixture
def dialog(opened, tmp_path):
    """Return a function that opens the window for a result that goes to a folder of the test."""

    def make():
        opened.program.commands.change(save_folder=str(tmp_path))
        opened.trigger("save_result")
        return opened.program.saving.dialog

    return make


def test_cancelled_dialogs_change_nothing(opened, dialog, answer, tmp_path):
    before = sorted(tmp_path.iterdir())
    window = dialog()
    settings = opened.settings
    window.options.show_options(SaveOptions(quality=3))
    window.reject()
    answer("")
    opened.trigger("save_view")
    assert opened.program.saving.dialog is None
    assert opened.settings is settings
    assert sorted(tmp_path.iterdir()) == before
    assert opened.message == ""


@pytest.mark.parametrize("suffix", [".png", ".tif", ".jpg", ".webp"])
def test_the_result_of_the_active_pane_is_saved(opened, tmp_path, answer, suffix):
    path = tmp_path / f"result{suffix}"
    answer(path)
    opened.save_result()
    assert opened.message.startswith(f"Saved result{suffix} {DASH} 1 s, ")
    assert opened.message.endswith(f" kB\n{tmp_path}")
    assert recorded_origin(path) == ("bicubic", 2)  # the last method, before the truth
    assert opened.settings.save_folder == str(tmp_path)
    assert opened.settings.save_suffix == suffix
    enlargement = opened.window.area.active_layer().enlargement
    expected = tmp_path / f"expected{suffix}"
    save_enlargement(enlargement, expected)
    np.testing.assert_array_equal(load_picture(path).pixels, load_picture(expected).pixels)


def test_what_it_took_is_said_beside_the_forecast(opened, dialog, qtbot):
    window = dialog()
    qtbot.waitUntil(lambda: window.cost.expected is not None, timeout=WAIT_MS)
    window.accept()
    opened.settle()
    assert opened.message.startswith(f"Saved photo_x2_bicubic.png {DASH} 1 s (forecast 1 s), ")
    assert opened.message.count("forecast") == 2


def test_all_choices_are_remembered(opened, dialog):
    window = dialog()
    window.options.show_options(SaveOptions(60, lossless=True, full_chroma=False, strip=True))
    window.size_row.show_choice(SizeChoice(SizeMode.WIDTH, 2.5, 300, 400))
    chosen = window.choices
    window.accept()
    opened.settle()
    settings = opened.settings
    assert (settings.quality, settings.lossless, settings.full_chroma) == (60, True, False)
    assert settings.strip
    assert settings.size_mode is SizeMode.WIDTH
    sizes = settings.size_factor, settings.size_width, settings.size_longest
    assert sizes == (2.5, 300, 400)
    again = dialog()
    assert again.choices == chosen
    again.reject()


@pytest.mark.parametrize("mode", ["compare", "upscale"])
def test_any_size_is_saved_in_both_modes(opened, dialog, tmp_path, mode):
    opened.trigger(f"mode_{mode}")
    window = dialog()
    window.size_row.show_choice(SizeChoice(SizeMode.LONGEST, longest=250))
    path = window.request.path
    window.accept()
    opened.settle()
    low = opened.session.scene.source.size
    assert load_picture(path).size == Size(250, round(250 * low.height / low.width))
    assert recorded_origin(path) == ("bicubic", 3 if mode == "compare" else 2)


def test_an_ending_is_added_after_the_chosen_format(opened, tmp_path, answer, monkeypatch):
    asked = []
    cancel = QMessageBox.StandardButton.Cancel
    monkeypatch.setattr(QMessageBox, "question", lambda *args: asked.append(args) or cancel)
    answer(tmp_path / "result.v2", "TIFF, lossless (*.tif *.tiff)")
    opened.save_result()
    before = (tmp_path / "result.v2.tif").read_bytes()
    opened.save_result()  # the file dialog asked about result.v2, which does not exist
    assert len(asked) == 1
    opened.program.saving.dialog.reject()
    assert (tmp_path / "result.v2.tif").read_bytes() == before


def test_a_file_that_the_user_chose_to_replace_is_replaced(opened, tmp_path, answer):
    path = tmp_path / "result.png"
    path.write_text("old")
    answer(path)
    opened.save_result()
    assert load_picture(path).size == opened.session.scene.size


def test_a_file_that_comes_meanwhile_is_kept(opened, dialog):
    window = dialog()
    path = window.request.path
    window.accept()
    path.write_bytes(b"of another program")
    opened.settle()
    assert opened.message.startswith("photo_x2_bicubic.png exists already")
    assert path.read_bytes() == b"of another program"


def test_what_a_format_cannot_keep_is_said_before(driver, tmp_path, pixels):
    path = tmp_path / "clear.png"
    Image.fromarray(np.dstack([pixels(40, 30), pixels(40, 30)[..., 0]])).save(path)
    driver.trigger("mode_upscale")
    driver.open(path)
    driver.program.commands.change(save_suffix=".jpg", save_folder=str(tmp_path))
    driver.trigger("save_result")
    window = driver.program.saving.dialog
    assert "JPEG has no transparency: the picture is put on white." in window.text
    window.reject()


def test_closing_the_window_closes_the_dialog(opened, dialog, qtbot):
    window = dialog()
    with qtbot.waitSignal(window.rejected, timeout=WAIT_MS):
        opened.window.close()
    assert opened.program.jobs.jobs == ()


def test_the_truth_is_no_result_to_save(opened):
    opened.session.set_panes(opened.session.panes[2:])
    opened.trigger("save_result")
    assert opened.message.startswith("The active pane shows no result.")
    assert opened.program.saving.dialog is None


@pytest.fixture
def held_save(monkeypatch):
    """Keep a save waiting at its second tile until the gate is opened."""
    gate, began = threading.Event(), threading.Event()

    def save(enlargement, path, *, progress, should_stop, **options):
        def report(done, total):
            progress(done, total)
            began.set()
            while not gate.is_set() and not should_stop():
                gate.wait(0.002)

        save_enlargement(enlargement, path, progress=report, should_stop=should_stop, **options)

    monkeypatch.setattr(saver_module, "save_enlargement", save)
    yield gate, began
    gate.set()


def test_a_save_shows_its_progress_and_can_be_cancelled(opened, tmp_path, qtbot, held_save):
    path = tmp_path / "result.png"
    path.write_bytes(b"old")
    opened.program.saving.save_to(path)
    (row,) = opened.window.job_bar.rows
    qtbot.waitUntil(row.isVisible, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: "computing" in row.text, timeout=WAIT_MS)
    assert row.text.startswith("Save result.png | computing")
    with qtbot.waitSignal(opened.program.saving.saver.cancelled, timeout=WAIT_MS):
        row.findChild(QPushButton).click()
    opened.settle()
    assert opened.window.job_bar.rows == ()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.glob(".*")) == []
    assert opened.message == ""


def test_while_one_result_is_saved_one_goes_on_looking(opened, dialog, qtbot, held_save):
    gate, began = held_save
    window = dialog()
    path = window.request.path
    window.accept()
    assert began.wait(WAIT_MS / 1000)
    opened.window.actions_by_id["scale_3"].trigger()
    qtbot.waitUntil(lambda: opened.session.scene.setup.scale == 3, timeout=WAIT_MS)
    gate.set()
    opened.settle()
    assert load_picture(path).size.width == 214  # what was asked for, at x2


def test_the_view_is_saved_and_copied_as_it_is_on_screen(opened, tmp_path, answer):
    area = opened.window.area
    on_screen = area.image()
    opened.trigger("copy_view")
    assert QGuiApplication.clipboard().image().convertedTo(on_screen.format()) == on_screen
    answer(tmp_path / "view")
    on_screen = area.image()  # what was said of the copy takes room
    opened.trigger("save_view")
    assert opened.message.startswith("Saved view.png")
    shown = from_qimage(on_screen).pixels
    np.testing.assert_array_equal(load_picture(tmp_path / "view.png").pixels, shown)

"""Pictures come in by every door and go out as they are on screen."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QPushButton, QToolButton

from srcnn.output import recorded_origin, save_enlargement
from srcnn.picture import load_picture
from srcnn.samples import SAMPLES
from srcnn_gui import saver as saver_module
from srcnn_gui.qimage import from_qimage, to_qimage
from srcnn_gui.settings import MAX_RECENT
from srcnn_gui.viewer.scene import Mode

WAIT_MS = 10_000


@pytest.fixture
def driver(start):
    return start()


@pytest.fixture
def opened(driver, photo):
    driver.open(photo)
    return driver


@pytest.fixture
def answer(monkeypatch):
    """Return a function that says what the file dialogs answer; empty to cancel."""

    def make(path, chosen=""):
        said = []

        def reply(parent, title, *args):
            said.append((title, *args))
            return (str(path), chosen)

        monkeypatch.setattr(QFileDialog, "getOpenFileName", reply)
        monkeypatch.setattr(QFileDialog, "getSaveFileName", reply)
        return said

    return make


def test_a_picture_is_opened_from_the_menu(driver, photo, answer):
    said = answer(photo)
    driver.trigger("open_image")
    assert driver.session.scene.name == "photo.png"
    assert driver.window.windowTitle() == "photo.png \N{EN DASH} SRCNN Studio"
    assert driver.settings.open_folder == str(photo.parent)
    driver.trigger("open_image")
    assert said[-1][1] == str(photo.parent)


def test_what_is_open_is_described(opened):
    text = opened.window._describe.text()
    for part in ("photo.png", "215 × 157", "8 bit", "107 × 78", "214 × 156"):  # noqa: RUF001
        assert part in text
    assert "grey" not in text


def test_a_cancelled_dialog_changes_nothing(opened, answer):
    answer("")
    scene = opened.session.scene
    for action in ("open_image", "save_result", "save_view"):
        opened.trigger(action)
    assert opened.session.scene is scene
    assert opened.message == ""


def test_recent_files_are_listed_newest_first(driver, tmp_path, pixels):
    assert not driver.window.recent_menu.isEnabled()
    paths = [tmp_path / f"{k}.png" for k in range(MAX_RECENT + 2)]
    for path in paths:
        Image.fromarray(pixels(16, 16)).save(path)
        driver.open(path)
    actions = driver.window.recent_menu.actions()
    assert [action.data() for action in actions] == [str(p) for p in paths[: -MAX_RECENT - 1 : -1]]
    actions[-1].trigger()
    driver.settle()
    assert driver.session.scene.name == "2.png"
    assert driver.window.recent_menu.actions()[0].text() == "2.png"


def test_a_recent_file_is_remembered_with_its_whole_path(driver, photo, monkeypatch):
    monkeypatch.chdir(photo.parent)
    driver.open(photo.relative_to(photo.parent))
    assert driver.settings.recent_files == (str(photo),)
    assert driver.settings.open_folder == str(photo.parent)


def test_samples_are_offered_in_menu_tool_bar_and_empty_window(driver):
    window = driver.window
    assert window._stack.currentWidget() is window.welcome
    buttons = [b for b in window.welcome.findChildren(QPushButton) if b.property("sample")]
    assert [button.text() for button in buttons] == [sample.label for sample in SAMPLES[:4]]
    buttons[0].click()
    driver.settle()
    assert driver.session.scene.name == "Test chart"
    assert window._stack.currentWidget() is window.area
    menu = window._samples_button.menu()
    assert [action.data() for action in menu.actions()] == [sample.id for sample in SAMPLES]
    camera = next(action for action in menu.actions() if action.data() == "camera")
    driver.trigger("whole_image")  # not all of it: the test is short
    camera.trigger()
    driver.settle()
    assert driver.session.scene.picture.is_grey
    assert "grey" in window._describe.text()
    assert driver.settings.recent_files == ()


def test_the_empty_window_opens_the_dialog(driver, photo, answer):
    said = answer(photo)
    (button,) = (b for b in driver.window.welcome.findChildren(QPushButton) if b.isDefault())
    button.click()
    driver.settle()
    assert said[0][0] == "Open image"
    assert driver.session.scene.name == "photo.png"


def test_an_image_is_pasted(driver, pixels):
    QGuiApplication.clipboard().setImage(to_qimage(pixels(60, 40)))
    driver.trigger("paste")
    assert driver.session.scene.name == "clipboard"
    np.testing.assert_array_equal(driver.session.scene.picture.pixels, pixels(60, 40))


def data_of(*urls):
    data = QMimeData()
    data.setUrls(list(urls))
    return data


def test_a_copied_file_is_pasted(driver, photo):
    QGuiApplication.clipboard().setMimeData(data_of(QUrl.fromLocalFile(str(photo))))
    driver.trigger("paste")
    assert driver.session.scene.name == "photo.png"


def drop(driver, *urls):
    data = data_of(*urls)
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), copy, data, left, none)
    QApplication.sendEvent(driver.window, enter)
    event = QDropEvent(QPointF(50, 50), copy, data, left, none)
    QApplication.sendEvent(driver.window, event)
    driver.settle()
    return enter.isAccepted()


def test_a_file_is_dropped(driver, photo):
    assert drop(driver, QUrl.fromLocalFile(str(photo)))
    assert driver.session.scene.name == "photo.png"


def test_what_is_no_file_cannot_be_dragged_in(driver):
    data = QMimeData()
    data.setText("words")
    event = QDragEnterEvent(
        QPoint(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    event.setAccepted(False)
    QApplication.sendEvent(driver.window, event)
    assert not event.isAccepted()


def test_a_reference_makes_an_upscaled_picture_measurable(opened, tmp_path, pixels, answer):
    opened.trigger("mode_upscale")
    reference = tmp_path / "reference.png"
    Image.fromarray(pixels(430, 314)).save(reference)
    answer(reference)
    opened.trigger("attach_reference")
    figures = opened.session.views[1].result.whole.figures
    assert figures.part == 1
    assert figures.psnr_db > 10
    assert opened.enabled("difference_signed")
    assert "clamp" not in opened.window.figures.text()  # how the input was made is not known


@pytest.mark.parametrize("suffix", [".png", ".tif", ".jpg", ".webp"])
def test_the_result_of_the_active_pane_is_saved(opened, tmp_path, answer, suffix):
    path = tmp_path / f"result{suffix}"
    answer(path)
    opened.trigger("save_result")
    assert opened.message == f"Saved result{suffix}\n{tmp_path}"
    assert recorded_origin(path) == ("bicubic", 2)  # the last method, before the truth
    assert opened.settings.save_folder == str(tmp_path)
    assert opened.settings.save_suffix == suffix
    enlargement = opened.window.area.active_layer().enlargement
    expected = tmp_path / f"expected{suffix}"
    save_enlargement(enlargement, expected)
    np.testing.assert_array_equal(load_picture(path).pixels, load_picture(expected).pixels)


def test_a_name_is_suggested_where_results_went_last(opened, tmp_path, answer):
    answer(tmp_path / "result.webp")
    opened.trigger("save_result")
    said = answer("")
    opened.trigger("save_result")
    title, suggested, filters, chosen = said[0]
    assert title == "Save result"
    assert suggested == str(tmp_path / "photo_x2_bicubic.webp")
    assert chosen == "WebP (*.webp)"
    assert chosen in filters.split(";;")


def test_an_ending_is_added_after_the_chosen_format(opened, tmp_path, answer):
    answer(tmp_path / "result.v2", "TIFF, lossless (*.tif *.tiff)")
    opened.trigger("save_result")
    assert (tmp_path / "result.v2.tif").exists()
    before = (tmp_path / "result.v2.tif").read_bytes()
    opened.trigger("save_result")  # the dialog asked about result.v2, which does not exist
    assert opened.message.startswith("result.v2.tif exists already")
    assert (tmp_path / "result.v2.tif").read_bytes() == before


def test_a_file_that_the_user_chose_to_replace_is_replaced(opened, tmp_path, answer):
    path = tmp_path / "result.png"
    path.write_text("old")
    answer(path)
    opened.trigger("save_result")
    assert load_picture(path).size == opened.session.scene.size


def test_what_a_format_cannot_keep_is_said(driver, tmp_path, pixels, answer):
    path = tmp_path / "clear.png"
    Image.fromarray(np.dstack([pixels(40, 30), pixels(40, 30)[..., 0]])).save(path)
    driver.trigger("mode_upscale")
    driver.open(path)
    said = []
    show = driver.window.messages.show_info
    driver.window.messages.show_info = lambda *text: said.append(text) or show(*text)
    answer(tmp_path / "result.jpg")
    driver.trigger("save_result")
    assert said[0][0] == "JPEG has no transparency: the picture is put on white."


def test_the_truth_is_no_result_to_save(opened, tmp_path, answer):
    opened.session.set_panes(opened.session.panes[2:])
    answer(tmp_path / "result.png")
    opened.trigger("save_result")
    assert opened.message.startswith("The active pane shows no result.")
    assert not (tmp_path / "result.png").exists()


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


def test_a_save_shows_its_progress_and_can_be_cancelled(opened, tmp_path, answer, qtbot, held_save):
    path = tmp_path / "result.png"
    path.write_bytes(b"old")
    answer(path)
    opened.window.actions_by_id["save_result"].trigger()
    (row,) = opened.window.job_bar.rows
    qtbot.waitUntil(row.isVisible, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: "computing" in row.text, timeout=WAIT_MS)
    assert row.text.startswith("Save result.png | computing")
    with qtbot.waitSignal(opened.program.saver.cancelled, timeout=WAIT_MS):
        row.findChild(QPushButton).click()
    opened.settle()
    assert opened.window.job_bar.rows == ()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.glob(".*")) == []
    assert opened.message == ""


def test_while_one_result_is_saved_one_goes_on_looking(opened, tmp_path, answer, qtbot, held_save):
    gate, began = held_save
    answer(tmp_path / "result.png")
    opened.window.actions_by_id["save_result"].trigger()
    assert began.wait(WAIT_MS / 1000)
    opened.window.actions_by_id["scale_3"].trigger()
    qtbot.waitUntil(lambda: opened.session.scene.setup.scale == 3, timeout=WAIT_MS)
    gate.set()
    opened.settle()
    assert load_picture(tmp_path / "result.png").size.width == 214  # what was asked for, at x2


def test_the_view_is_saved_and_copied_as_it_is_on_screen(opened, tmp_path, answer):
    area = opened.window.area
    on_screen = area.grab().toImage()
    opened.trigger("copy_view")
    assert QGuiApplication.clipboard().image().convertedTo(on_screen.format()) == on_screen
    answer(tmp_path / "view")
    opened.trigger("save_view")
    assert opened.message.startswith("Saved view.png")
    shown = from_qimage(on_screen).pixels
    np.testing.assert_array_equal(load_picture(tmp_path / "view.png").pixels, shown)


def test_figures_are_copied_as_text(opened):
    opened.window.figures.refresh()
    opened.trigger("copy_figures")
    text = QGuiApplication.clipboard().text()
    assert text == opened.window.figures.text()
    psnr = opened.session.views[1].result.whole.figures.psnr_db
    assert f"{psnr:.2f} dB" in text


def test_keys_and_versions_are_listed(driver, monkeypatch, qtbot):
    shown = []
    monkeypatch.setattr(QDialog, "exec", lambda dialog: shown.append(dialog.windowTitle()))
    driver.trigger("shortcuts")
    driver.trigger("about")
    assert shown == ["Keyboard shortcuts", "About SRCNN Studio"]


def test_every_key_is_in_the_list(driver, monkeypatch):
    from PySide6.QtWidgets import QTextBrowser

    texts = []
    monkeypatch.setattr(
        QDialog, "exec", lambda dialog: texts.append(dialog.findChild(QTextBrowser).toPlainText())
    )
    driver.trigger("shortcuts")
    for action in driver.window.actions_by_id.values():
        assert action.text().replace("&", "") in texts[0]
        assert action.shortcut().toString() in texts[0]


def test_quit_closes_the_window_and_ends_the_threads(opened):
    opened.window.actions_by_id["quit"].trigger()
    assert not opened.window.isVisible()
    assert opened.program.jobs.jobs == ()
    with pytest.raises(RuntimeError):
        opened.program.jobs.submit("Late", print)


def test_notes_on_a_picture_are_said(driver, tmp_path, pixels):
    path = tmp_path / "film.gif"
    frames = [Image.fromarray(pixels(30, 30, seed=seed)) for seed in range(2)]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    driver.open(path)
    assert "only the first was read" in driver.message
    assert driver.session.scene is not None


def test_upscale_is_described_with_what_comes_of_it(driver, photo):
    driver.trigger("mode_upscale")
    driver.open(photo)
    assert driver.session.scene.setup.mode is Mode.UPSCALE
    assert "430" in driver.window._describe.text()


def test_the_tool_bar_says_what_its_buttons_do(driver):
    buttons = driver.window._tool_bar.findChildren(QToolButton)
    named = [b for b in buttons if b.defaultAction() is not None or b.menu() is not None]
    assert len(named) > 10
    assert all(button.toolTip() for button in named)

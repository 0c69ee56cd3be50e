"""Pictures come in by every door and go out as they are on screen."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QClipboard, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QPushButton, QToolButton

from srcnn.samples import SAMPLES
from srcnn_gui.qimage import to_qimage
from srcnn_gui.settings import MAX_RECENT
from srcnn_gui.viewer.scene import Mode

WAIT_MS = 10_000


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
    for action in ("open_image",):
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
    menu = window._tool_bar.samples.menu()
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


def test_a_clipboard_that_was_never_used_has_no_picture(driver, monkeypatch):
    monkeypatch.setattr(QClipboard, "mimeData", lambda *_: None)
    monkeypatch.setattr(QClipboard, "image", lambda *_: QImage())
    driver.trigger("paste")
    assert driver.message.startswith("There is no picture on the clipboard")


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

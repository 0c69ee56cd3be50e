"""Messages are sentences with a hint, readable, dismissible, and never in the way."""

from __future__ import annotations

import logging

import pytest
from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QMainWindow, QPushButton, QToolButton, QVBoxLayout, QWidget

from srcnn.errors import PictureError
from srcnn_gui.explanation import explain, message_of
from srcnn_gui.message import Topic
from srcnn_gui.messages import MessageBar
from srcnn_gui.theme import Severity, severity_colours, theme_palette

LONG = "/" + "a_long_folder_name_without_any_space" * 8 + "/photo.png cannot be read"
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has none


@pytest.fixture
def window(qtbot):
    """Return a window with a message bar on top of its content."""
    window = QMainWindow()
    central = QWidget()
    column = QVBoxLayout(central)
    column.setContentsMargins(0, 0, 0, 0)
    window.bar = MessageBar()
    column.addWidget(window.bar)
    window.content = QWidget()
    window.content.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    column.addWidget(window.content, 1)
    window.setCentralWidget(central)
    qtbot.addWidget(window)
    window.resize(500, 400)
    with qtbot.waitExposed(window):
        window.show()
    return window


@pytest.fixture
def bar(window):
    return window.bar


def test_our_errors_are_shown_as_they_are():
    error = PictureError("x.png is empty (0 bytes)", hint="Choose another file.")
    assert explain(error) == ("x.png is empty (0 bytes)", "Choose another file.")


def test_no_memory_is_explained():
    sentence, hint = explain(MemoryError("Unable to allocate 9 GiB"))
    assert "not enough memory" in sentence
    assert "smaller picture" in hint


def test_an_unexpected_error_leads_to_the_log(tmp_path, monkeypatch):
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    sentence, hint = explain(ValueError("boom"))
    assert sentence == "Something unexpected happened: ValueError: boom"
    assert hint == "The details are in the log."
    handler = logging.FileHandler(tmp_path / "studio.log", delay=True)
    monkeypatch.setattr(logging.getLogger(), "handlers", [logging.NullHandler(), handler])
    assert str(tmp_path / "studio.log") in explain(ValueError("boom"))[1]


def test_an_error_without_words_has_at_least_a_name():
    assert explain(KeyError())[0] == "Something unexpected happened: KeyError"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (PictureError("It is damaged", hint="Mend it."), "It is damaged. Mend it."),
        (PictureError("It is damaged"), "It is damaged."),
        (PictureError("No method", hint="Did you mean 'bicubic'?"),
         "No method. Did you mean 'bicubic'?"),
        (PictureError("It is damaged."), "It is damaged."),
    ],
)  # fmt: skip
def test_an_error_as_one_text_has_full_stops(error, text):
    assert message_of(error) == text


def test_it_is_hidden_until_there_is_something_to_say(bar):
    assert not bar.isVisible()
    assert bar.text == ""
    bar.show_error(PictureError("x.png is empty", hint="Choose another."))
    assert bar.isVisible()
    assert bar.text == "x.png is empty\nChoose another."
    assert bar.severity is Severity.ERROR
    assert bar.accessibleName() == "Error: x.png is empty. Choose another."


def test_a_newer_message_replaces_the_older(bar):
    bar.show_error(ValueError("boom"), action="Open log")
    bar.show_info("Saved photo.png")
    assert bar.text == "Saved photo.png"
    assert bar.severity is Severity.INFO
    assert not bar.findChild(QPushButton).isVisible()
    bar.show_warning("The GPU is gone", "The CPU computes now.")
    assert bar.severity is Severity.WARNING
    assert bar.text == "The GPU is gone\nThe CPU computes now."


def test_the_sentence_is_bold_and_the_hint_is_not(bar):
    bar.show_info("Sentence", "Hint")
    bold = {label.text(): label.font().bold() for label in bar.findChildren(QLabel) if label.text()}
    assert bold == {"Sentence": True, "Hint": False}


def test_text_is_never_taken_for_markup(bar):
    bar.show_info("<b>x</b>.png", "a < b")
    formats = {label.textFormat() for label in bar.findChildren(QLabel) if label.text()}
    assert formats == {Qt.TextFormat.PlainText}


def test_the_close_button_dismisses(bar, qtbot):
    bar.show_info("Saved")
    with qtbot.waitSignal(bar.dismissed):
        qtbot.mouseClick(bar.findChild(QToolButton), Qt.MouseButton.LeftButton)
    assert not bar.isVisible()


def test_escape_dismisses_wherever_the_focus_is(window, qtbot):
    window.bar.show_info("Saved")
    window.activateWindow()
    window.content.setFocus()
    with qtbot.waitSignal(window.bar.dismissed):
        qtbot.keyClick(window.content, Qt.Key.Key_Escape)
    assert not window.bar.isVisible()


def test_dismissing_nothing_says_nothing(bar, qtbot):
    with qtbot.assertNotEmitted(bar.dismissed):
        bar.dismiss()


def test_the_action_is_reported(bar, qtbot):
    bar.show_info("Saved photo.png", action="Open folder")
    button = bar.findChild(QPushButton)
    assert button.text() == "Open folder"
    with qtbot.waitSignal(bar.action_triggered):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert bar.isVisible()


def test_the_message_can_be_copied_whole(bar):
    bar.show_warning(LONG, "Hint")
    (copy,) = bar.actions()
    copy.trigger()
    assert QGuiApplication.clipboard().text() == f"{LONG}\nHint"


def test_it_wraps_and_never_widens_the_window(window, qtbot):
    before = window.minimumSizeHint().width()
    window.bar.show_info("Short")
    low = window.bar.sizeHint().height()
    window.bar.show_error(PictureError(LONG, hint=LONG), action="Settings")
    assert window.minimumSizeHint().width() == before
    qtbot.waitUntil(lambda: window.bar.height() > 2 * low)
    assert window.size() == QSize(500, 400)
    sentence, hint = (label for label in window.bar.findChildren(QLabel) if label.text())
    for label in (sentence, hint):
        needed = label.heightForWidth(label.width())
        assert label.height() >= needed > 2 * label.fontMetrics().height()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("severity", Severity)
def test_it_wears_the_colours_of_its_severity(bar, qtbot, severity, dark):
    palette = theme_palette(dark=dark)
    bar.setPalette(palette)
    bar.show_message(severity, "Sentence")
    background, accent = severity_colours(severity, palette)
    picture = bar.grab().toImage()
    assert picture.pixelColor(1, picture.height() // 2) == accent
    assert picture.pixelColor(picture.width() // 2, 2) == background


def test_its_icons_follow_the_theme(bar):
    bar.show_error(ValueError("boom"))
    close = bar.findChild(QToolButton)
    keys = set()
    for dark in (False, True):
        bar.setPalette(theme_palette(dark=dark))
        keys.add(close.icon().cacheKey())
        text = theme_palette(dark=dark).buttonText().color()
        image = close.icon().pixmap(48).toImage()
        assert image.pixelColor(24, 24).name() == text.name()
    assert len(keys) == 2
    icon = close.icon().cacheKey()
    bar.changeEvent(QEvent(QEvent.Type.FontChange))
    assert close.icon().cacheKey() == icon


def test_it_goes_when_its_topic_is_over_and_not_before(bar, qtbot):
    bar.show_error(PictureError("x.png is empty"), topic=Topic.PICTURE)
    bar.clear(Topic.SAVING)
    assert bar.isVisible()
    with qtbot.assertNotEmitted(bar.dismissed):
        bar.clear(Topic.PICTURE)
    assert not bar.isVisible()
    assert bar.text == ""


def test_what_waits_behind_is_counted_and_seen_after_it(bar, qtbot):
    bar.show_error(PictureError("x.png is empty"), action="Open anyway", topic=Topic.PICTURE)
    bar.show_warning("The memory is small", topic=Topic.DEVICE)
    bar.show_info("Saved photo.png", topic=Topic.SAVING)
    (count,) = (label for label in bar.findChildren(QLabel) if label.text() == "2 more")
    assert count.isVisible()
    assert not bar.findChild(QPushButton).isVisible()
    bar.clear(Topic.DEVICE)
    assert (bar.text, count.text()) == ("Saved photo.png", "1 more")
    qtbot.mouseClick(bar.findChild(QToolButton), Qt.MouseButton.LeftButton)
    assert (bar.text, bar.severity) == ("x.png is empty", Severity.ERROR)
    assert bar.findChild(QPushButton).isVisible()
    assert not count.isVisible()
    assert bar.accessibleName().startswith("Error: x.png is empty")

"""The empty window says how to begin, in one row where there is little room."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from srcnn_gui.welcome import Welcome


@pytest.fixture
def window(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def welcome(window, qtbot):
    """Return the page, of any size, in a window."""
    welcome = Welcome(QAction("Open", window), window)
    welcome.resize(1200, 700)
    with qtbot.waitExposed(window):
        window.show()
    return welcome


def buttons_in_sight(welcome):
    return [b for b in welcome.findChildren(QPushButton) if welcome.rect().contains(b.geometry())]


def heights_of_buttons(welcome):
    return {button.geometry().center().y() for button in welcome.findChildren(QPushButton)}


def resize(welcome, width, height, qapp):
    welcome.resize(width, height)
    qapp.processEvents()


def test_with_room_all_is_said(welcome):
    assert all(label.isVisible() for label in welcome.findChildren(QLabel))
    assert len(heights_of_buttons(welcome)) == 2


def test_in_little_room_there_is_one_row_and_then_all_again(welcome, qapp):
    least = welcome.minimumSizeHint()
    assert least.height() < 130
    resize(welcome, 1200, least.height(), qapp)
    assert max(heights_of_buttons(welcome)) - min(heights_of_buttons(welcome)) <= 1
    assert len(buttons_in_sight(welcome)) == 5
    assert any(label.text().startswith("See what") for label in welcome.findChildren(QLabel))
    resize(welcome, 1200, 700, qapp)
    assert all(label.isVisible() for label in welcome.findChildren(QLabel))


def test_a_narrow_window_keeps_the_samples_below(welcome, qapp):
    wide = welcome.minimumSizeHint()
    resize(welcome, wide.width(), 700, qapp)
    narrow = welcome.minimumSizeHint()
    assert narrow.height() > wide.height()
    resize(welcome, narrow.width(), narrow.height(), qapp)
    assert len(buttons_in_sight(welcome)) == 5
    assert len(heights_of_buttons(welcome)) == 2
    resize(welcome, 1200, narrow.height(), qapp)
    assert welcome.minimumSizeHint() == wide


def test_its_buttons_open_a_file_or_a_sample(welcome, window, qtbot):
    first, *samples = welcome.findChildren(QPushButton)
    with qtbot.waitSignal(window.findChild(QAction).triggered):
        first.click()
    with qtbot.waitSignal(welcome.sample_chosen) as chosen:
        samples[0].click()
    assert chosen.args == ["chart"]

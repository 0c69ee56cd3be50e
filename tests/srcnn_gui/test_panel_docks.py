"""A panel gets what an empty window can spare, half of one with a picture, or what is dragged."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from srcnn_gui.app import Program
from srcnn_gui.settings import Settings

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot):
    program = Program(Settings())
    window = program.window
    qtbot.addWidget(window)
    window.resize(1280, 800)
    with qtbot.waitExposed(window):
        window.show()
    yield window
    window.close()


@pytest.fixture
def lay_out(qapp):
    """Return a function that lets Qt give widgets their new places."""
    return qapp.processEvents


def show(window, dock, lay_out):
    window.show_panel(dock, QWidget())
    lay_out()
    return dock.height()


def drag_up(window, dock, pixels, lay_out):
    """Move the line above a dock."""
    line = QPoint(window.width() // 2, dock.y() - 3)
    assert window.isSeparator(line)
    QTest.mousePress(window, LEFT, pos=line)
    QTest.mouseMove(window, line - QPoint(0, pixels))
    lay_out()
    QTest.mouseRelease(window, LEFT, pos=line - QPoint(0, pixels))
    lay_out()


def test_in_an_empty_window_a_panel_gets_all_but_what_the_start_needs(window, lay_out):
    assert window.welcome.height() > 600
    height = show(window, window.training_dock, lay_out)
    least = window.centralWidget().minimumSizeHint().height()
    assert window.welcome.height() <= least + 1
    assert height > 550


def test_the_first_picture_gets_half_of_it(window, lay_out):
    show(window, window.training_dock, lay_out)
    window.show_picture("a picture")
    lay_out()
    assert abs(window.training_dock.height() - 360) < 40
    assert window.area.height() > 250


def test_a_panel_that_was_away_when_the_picture_came_gets_half(window, lay_out):
    show(window, window.training_dock, lay_out)
    window.training_dock.hide()
    window.show_picture("a picture")
    lay_out()
    window.show_panel(window.training_dock, window.training_dock.widget())
    lay_out()
    assert abs(window.training_dock.height() - 360) < 40


def test_what_is_dragged_stays(window, lay_out):
    height = show(window, window.training_dock, lay_out)
    drag_up(window, window.training_dock, -200, lay_out)
    dragged = window.training_dock.height()
    assert abs(dragged - (height - 200)) < 10
    show(window, window.measure_dock, lay_out)
    assert abs(window.measure_dock.height() - dragged) < 40  # tabs take a little
    window.measure_dock.hide()
    window.training_dock.hide()
    lay_out()
    window.show_panel(window.training_dock, window.training_dock.widget())
    lay_out()
    assert abs(window.training_dock.height() - dragged) < 40
    window.show_picture("a picture")
    lay_out()
    assert abs(window.training_dock.height() - dragged) < 40


def test_crops_are_content_with_little(window, lay_out):
    window.show_picture("a picture")
    lay_out()
    before = window.area.height()
    show(window, window.pinned_dock, lay_out)
    assert window.area.height() > before - 100

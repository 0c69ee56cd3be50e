"""Docks stay where and as they were put, and out of the empty window."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QWidget

from srcnn_gui.app import Program
from srcnn_gui.main_window import MainWindow
from srcnn_gui.settings import Settings


def hidden(window: MainWindow) -> list[bool]:
    return [dock.isHidden() for dock in window._docks]


def reopened(program: Program, qtbot) -> Program:
    state = program.window.layout_state()
    program.window.close()
    again = Program(Settings())
    qtbot.addWidget(again.window)
    again.window.restore_layout(QByteArray(), state)
    return again


def test_the_first_picture_brings_the_docks(qtbot):
    program = Program(Settings())
    qtbot.addWidget(program.window)
    assert hidden(program.window) == [True, True, True]
    program.window.show_picture("a picture")
    assert hidden(program.window) == [False, False, False]
    program.window.close()


def test_a_dock_that_was_closed_stays_closed(qtbot):
    program = Program(Settings())
    qtbot.addWidget(program.window)
    program.window.show_picture("a picture")
    program.window._docks[1].close()
    program.window.show_picture("another picture")
    assert hidden(program.window) == [False, True, False]
    again = reopened(program, qtbot)
    assert hidden(again.window) == [True, True, True]
    again.window.show_picture("a picture")
    assert hidden(again.window) == [False, True, False]
    again.window.close()


def test_a_start_without_a_picture_forgets_nothing(qtbot):
    program = Program(Settings())
    qtbot.addWidget(program.window)
    program.window.show_picture("a picture")
    program.window._docks[0].close()
    again = reopened(reopened(program, qtbot), qtbot)
    again.window.show_picture("a picture")
    assert hidden(again.window) == [True, False, False]
    again.window.close()


def test_the_status_bar_says_that_a_picture_is_on_its_way(qtbot):
    program = Program(Settings())
    qtbot.addWidget(program.window)
    program.opener.open_sample("chart")
    assert "Opening" in program.window.statusBar().currentMessage()
    qtbot.waitUntil(lambda: not program.opener.is_busy, timeout=20_000)
    assert program.window.statusBar().currentMessage() == ""
    program.window.close()


def test_the_training_panel_takes_the_width_and_stays_out_of_the_next_start(qtbot):
    program = Program(Settings())
    window = program.window
    qtbot.addWidget(window)
    window.show()
    window.show_picture("a picture")
    corner = Qt.Corner.BottomRightCorner
    assert window.corner(corner) == Qt.DockWidgetArea.RightDockWidgetArea
    window.show_panel(window.training_dock, QWidget())
    assert not window.training_dock.isHidden()
    assert window.training_dock in window.tabifiedDockWidgets(window._docks[0])
    assert window.corner(corner) == Qt.DockWidgetArea.BottomDockWidgetArea
    window.training_dock.hide()
    assert window.corner(corner) == Qt.DockWidgetArea.RightDockWidgetArea
    window.training_dock.show()
    again = reopened(program, qtbot)
    assert again.window.training_dock.isHidden()
    again.window.show_picture("a picture")
    assert again.window.training_dock.isHidden()
    assert again.training.panel is None
    again.window.close()


def test_the_window_stays_open_if_it_may_not_close(qtbot):
    program = Program(Settings())
    qtbot.addWidget(program.window)
    program.window.show()
    program.window.checks_before_closing.append(lambda: False)
    assert not program.window.close()
    assert program.window.isVisible()
    program.window.is_attended = False
    assert program.window.close()

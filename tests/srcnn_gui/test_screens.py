"""A window is where somebody can reach it, whatever becomes of the screens."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from srcnn_gui.screens import in_sight

LARGE = QRect(0, 0, 1920, 1080)
BESIDE = QRect(1920, 200, 1280, 1024)
WAIT_MS = 5000


@pytest.mark.parametrize(
    "frame",
    [
        QRect(100, 100, 900, 600),
        QRect(-700, 10, 900, 600),  # 200 pixels of it can be taken hold of
        QRect(2000, 300, 900, 600),
        QRect(1800, 300, 900, 600),  # on both
        QRect(0, 0, 5000, 4000),  # larger than any
    ],
)
def test_a_window_in_sight_stays(frame):
    assert in_sight(frame, [LARGE, BESIDE]) == frame


@pytest.mark.parametrize(
    "frame",
    [
        QRect(4000, 100, 900, 600),
        QRect(-890, 100, 900, 600),
        QRect(100, 1075, 900, 600),
        QRect(100, -590, 900, 600),  # its title is above the screen
        QRect(-10_000, -10_000, 5000, 4000),
    ],
)
def test_a_window_out_of_sight_comes_to_the_middle_of_the_first_screen(frame):
    moved = in_sight(frame, [LARGE, BESIDE])
    assert LARGE.contains(moved)
    assert (moved.center() - LARGE.center()).manhattanLength() <= 2
    assert moved.size() == frame.size().boundedTo(LARGE.size())


def test_without_any_screen_it_stays():
    assert in_sight(QRect(5, 5, 10, 10), []) == QRect(5, 5, 10, 10)


def is_in_sight(window) -> bool:
    screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
    return in_sight(window.frameGeometry(), screens) == window.frameGeometry()


def test_a_geometry_of_a_screen_that_is_gone_is_not_taken(start, qtbot):
    driver = start()
    window = driver.window
    window.move(20_000, 15_000)
    geometry = window.saveGeometry()
    window.move(0, 0)
    window.hide()
    window.restore_layout(geometry, window.saveState())
    window.show()
    qtbot.waitUntil(lambda: is_in_sight(window), timeout=WAIT_MS)


@pytest.mark.parametrize("signal", ["screenRemoved", "primaryScreenChanged"])
def test_a_window_comes_back_when_its_screen_is_unplugged(start, qtbot, signal):
    driver = start()
    window = driver.window
    window.move(20_000, 15_000)
    assert not is_in_sight(window)
    app = QGuiApplication.instance()
    getattr(app, signal).emit(QGuiApplication.primaryScreen())
    qtbot.waitUntil(lambda: is_in_sight(window), timeout=WAIT_MS)


def test_another_screen_s_pixels_are_looked_at(start, photo, monkeypatch):
    driver = start()
    driver.open(photo)
    canvas = driver.window.area.canvases[0]
    before = canvas.screen_size()
    for one in driver.window.area.canvases:
        monkeypatch.setattr(one, "devicePixelRatioF", lambda: 2.0)
    QApplication.sendEvent(driver.window, QEvent(QEvent.Type.DevicePixelRatioChange))
    driver.settle()
    after = canvas.screen_size()
    assert after.width > 1.9 * before.width
    assert driver.window.view.pane == after

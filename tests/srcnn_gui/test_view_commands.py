"""Keys and menus lead the eye: zoom, move, flip, full screen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from srcnn_gui.viewer.scene import TRUTH
from srcnn_gui.viewer.viewport import Viewport, fitted

WAIT_MS = 5000


@pytest.fixture
def driver(start, photo, qtbot):
    driver = start()
    driver.open(photo)
    driver.window.activateWindow()
    qtbot.waitUntil(driver.window.isActiveWindow, timeout=WAIT_MS)
    return driver


@pytest.fixture
def view(driver):
    return driver.window.view


def shown(driver):
    return [canvas.panes[0].choice.method for canvas in driver.window.area.canvases]


@pytest.mark.parametrize(
    ("action", "zoom"), [("zoom_100", 1), ("zoom_200", 2), ("zoom_400", 4), ("zoom_800", 8)]
)
def test_round_zooms_have_commands(driver, view, action, zoom):
    view.move_to(Viewport(50, 40, 3.3))
    driver.trigger(action)
    assert view.viewport == Viewport(50, 40, zoom)


def test_zoom_steps_and_fit(driver, view):
    view.move_to(Viewport(50, 40, 1))
    driver.trigger("zoom_in")
    assert view.viewport.zoom == 2
    driver.trigger("zoom_out")
    driver.trigger("zoom_out")
    assert view.viewport.zoom == 0.5
    driver.trigger("zoom_fit")
    assert view.fits
    assert view.viewport == fitted(view.image, view.pane)
    assert driver.window._zoom.text() == view.viewport.percent()


@pytest.mark.parametrize(
    ("action", "right", "down"),
    [("pan_right", 1, 0), ("pan_left", -1, 0), ("pan_down", 0, 1), ("pan_up", 0, -1)],
)
def test_arrows_move_by_a_quarter_of_a_pane(driver, view, action, right, down):
    view.move_to(Viewport(100, 80, 8))
    x, y = right * view.pane.width / 4 / 8, down * view.pane.height / 4 / 8
    driver.window.actions_by_id[action].trigger()
    assert view.viewport == Viewport(100 + x, 80 + y, 8)


def double_click(canvas):
    place, left = QPointF(30, 30), Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    kind = QEvent.Type.MouseButtonDblClick
    QApplication.sendEvent(canvas, QMouseEvent(kind, place, place, left, left, none))


def test_a_double_click_toggles_between_fit_and_100_percent(driver, view):
    view.fit()
    double_click(driver.window.area.canvases[0])
    assert not view.fits
    assert view.viewport.zoom == 1
    double_click(driver.window.area.canvases[1])
    assert view.fits


@pytest.mark.parametrize("focus", ["canvas", "window", "box"])
def test_panes_are_flipped_while_the_key_is_held(driver, qtbot, focus):
    area = driver.window.area
    box = area._panes[0]._headers[0]._methods
    target = {"canvas": area.canvases[0], "window": driver.window, "box": box}[focus]
    target.setFocus()
    qtbot.keyPress(target, Qt.Key.Key_F)
    assert shown(driver) == ["bicubic", TRUTH, "nearest"]
    qtbot.keyRelease(target, Qt.Key.Key_F)
    assert shown(driver) == ["nearest", "bicubic", TRUTH]


def test_other_keys_do_not_flip_back(driver, qtbot):
    qtbot.keyPress(driver.window, Qt.Key.Key_F)
    qtbot.keyRelease(driver.window, Qt.Key.Key_A)
    assert shown(driver)[0] == "bicubic"
    qtbot.keyRelease(driver.window, Qt.Key.Key_F)
    assert shown(driver)[0] == "nearest"


def test_a_held_key_does_not_repeat(driver):
    assert not driver.window.actions_by_id["flip"].autoRepeat()


def test_who_leaves_the_window_does_not_leave_it_flipped(driver, qtbot):
    qtbot.keyPress(driver.window, Qt.Key.Key_F)
    assert shown(driver)[0] == "bicubic"
    QApplication.sendEvent(driver.window, QEvent(QEvent.Type.ActivationChange))
    assert shown(driver)[0] == "nearest"


@pytest.mark.parametrize(("key", "zoom"), [("1", 1.0), ("2", 2.0), ("4", 4.0), ("8", 8.0)])
def test_keys_zoom(driver, view, qtbot, key, zoom):
    qtbot.keyClicks(driver.window.area.canvases[0], key)
    assert view.viewport.zoom == zoom


def test_the_whole_screen_is_filled_and_left(driver, qtbot):
    driver.trigger("full_screen")
    qtbot.waitUntil(driver.window.isFullScreen, timeout=WAIT_MS)
    driver.trigger("full_screen")
    qtbot.waitUntil(lambda: not driver.window.isFullScreen(), timeout=WAIT_MS)

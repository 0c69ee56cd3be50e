"""Crops are pinned with the mouse and by commands, framed, listed and removed."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent
from PySide6.QtWidgets import QApplication

from srcnn.geometry import Region
from srcnn.metrics import psnr_of, squared_error
from srcnn_gui.viewer.pinned import colour_of
from srcnn_gui.viewer.viewport import Viewport

Button, Type, Key = Qt.MouseButton, QEvent.Type, Qt.KeyboardModifier
CROP = Region(20, 30, 80, 70)


@pytest.fixture
def opened(start, photo):
    driver = start()
    driver.open(photo)
    driver.window.view.move_to(Viewport(100, 70, 1))
    driver.settle()
    return driver


@pytest.fixture
def pins(opened):
    return opened.window.view.pins


@pytest.fixture
def strip(opened, qtbot):
    """Return a function that waits until the list is written."""
    strip = opened.program.pinned.strip

    def written():
        qtbot.waitUntil(lambda: not strip._due.isActive(), timeout=5000)
        opened.settle()
        qtbot.waitUntil(lambda: not strip._due.isActive(), timeout=5000)
        return strip

    return written


def mouse(canvas, kind, place, keys=Key.NoModifier, button=Button.LeftButton):
    held = Button.NoButton if kind is Type.MouseButtonRelease else button
    event = QMouseEvent(kind, QPointF(place), QPointF(place), button, held, keys)
    QApplication.sendEvent(canvas, event)


def on_screen(canvas, x, y):
    left, top = canvas._view.viewport.origin(canvas.screen_size())
    return QPoint(left + x, top + y)


def drag(canvas, region, keys=Key.NoModifier):
    ends = on_screen(canvas, region.right, region.bottom)
    mouse(canvas, Type.MouseButtonPress, on_screen(canvas, region.left, region.top), keys)
    mouse(canvas, Type.MouseMove, ends, keys)
    mouse(canvas, Type.MouseButtonRelease, ends, keys)


def painted(widget):
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def test_a_drag_with_shift_pins_and_does_not_move_the_picture(opened, pins):
    before = opened.window.view.viewport
    canvas = opened.window.area.canvases[1]
    drag(canvas, CROP, Key.ShiftModifier)
    assert pins.crops.regions == (CROP,)
    assert opened.window.view.viewport == before
    drag(canvas, Region(60, 60, 90, 90))  # without the key the picture is moved
    assert pins.crops.regions == (CROP,)
    assert opened.window.view.viewport != before


def test_a_click_with_shift_pins_nothing(opened, pins):
    drag(opened.window.area.canvases[0], Region(50, 50, 50, 50), Key.ShiftModifier)
    assert pins.crops.regions == ()


def test_the_command_pins_the_next_drag_only(opened, pins):
    action = opened.window.actions_by_id["pin_crop"]
    opened.trigger("pin_crop")
    assert action.isChecked()
    drag(opened.window.area.canvases[0], CROP)
    assert pins.crops.regions == (CROP,)
    assert not action.isChecked()
    assert not pins.is_drawing
    opened.trigger("pin_crop")
    opened.trigger("pin_crop")  # thought better of it
    assert not pins.is_drawing


def test_what_is_in_sight_can_be_pinned(opened, pins):
    seen = opened.window.area.canvases[0].looks()[0].region
    opened.trigger("pin_view")
    assert pins.crops.regions == (seen,)


def test_without_a_picture_there_is_nothing_to_pin(start):
    driver = start()
    for name in ("pin_crop", "pin_view", "remove_pinned"):
        assert not driver.enabled(name)


def test_crops_are_framed_on_every_canvas_without_covering_them(opened, pins):
    opened.window.resize(1200, 900)
    opened.trigger("show_pinned")
    canvases = opened.window.area.canvases
    before = [painted(canvas) for canvas in canvases]
    pins.add(CROP)
    for canvas, plain in zip(opened.window.area.canvases, before, strict=True):
        framed = painted(canvas)
        left, top = canvas._view.viewport.origin(canvas.screen_size())
        inside = np.s_[top + 30 : top + 70, left + 20 : left + 80]
        np.testing.assert_array_equal(framed[inside], plain[inside])
        colour = QColor(colour_of(0)).getRgb()[:3]
        assert (framed[top + 29, left + 20 : left + 80] == colour).all()
        assert (framed[top + 70, left + 20 : left + 80] == colour).all()
        assert (framed[top + 30 : top + 70, left + 19] == colour).all()
        assert (framed[top + 30 : top + 70, left + 80] == colour).all()


def test_a_right_click_in_a_crop_offers_to_remove_it(opened, pins):
    pins.add(Region(0, 0, 150, 120))
    pins.add(CROP)
    canvas = opened.window.area.canvases[0]

    def ask(x, y):
        return canvas._crop_drag.removal_menu(on_screen(canvas, x, y))

    assert ask(160, 60) is None
    menu = ask(50, 50)
    one, everything = menu.actions()
    assert one.text() == "Remove crop 2"
    one.trigger()
    assert pins.crops.regions == (Region(0, 0, 150, 120),)
    everything.trigger()
    assert pins.crops.regions == ()


def test_the_first_crop_brings_the_list(opened, pins, strip):
    assert opened.window.pinned_dock.isHidden()
    pins.add(CROP)
    assert not opened.window.pinned_dock.isHidden()
    assert opened.window.actions_by_id["show_pinned"].isChecked()
    opened.window.pinned_dock.hide()
    pins.add(Region(0, 0, 30, 30))  # who closed it does not want it
    assert opened.window.pinned_dock.isHidden()


def test_the_list_has_a_thumbnail_and_the_psnr_of_every_pane(opened, pins, strip):
    pins.add(CROP)
    table = strip().table
    titles = [table.horizontalHeaderItem(k).text() for k in range(table.columnCount())]
    assert titles[0] == "Crop"
    assert titles[-1] == "Ground truth"
    assert len(titles) == 1 + len(opened.shown)
    assert table.item(0, 0).text() == "60 \N{MULTIPLICATION SIGN} 40\nat 20, 30"
    scene = opened.session.scene
    for column, view in enumerate(opened.session.views, 1):
        assert not table.item(0, column).icon().isNull()
        if view.result.whole is not None:
            luma = view.result.whole.luma[CROP.slices]
            squared = squared_error(scene.truth.luma[CROP.slices], luma)
            psnr = psnr_of(squared, CROP.size.pixels)
            assert table.item(0, column).text() == f"{psnr:.2f} dB"


def test_a_thumbnail_shows_the_pixels_of_the_crop(opened, pins, strip):
    pins.add(CROP)
    table, columns = strip().table, len(opened.shown)
    icon = table.item(0, columns).icon()
    image = icon.pixmap(144, 80).toImage().convertToFormat(QImage.Format.Format_RGB888)
    assert (image.width(), image.height()) == (120, 80)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(80, -1)[:, :360]
    truth = opened.session.scene.truth.pixels[CROP.slices]
    enlarged = truth.repeat(2, axis=0).repeat(2, axis=1)  # pixels stay squares
    np.testing.assert_array_equal(rows.reshape(80, 120, 3), enlarged)


def test_a_click_on_a_crop_that_was_just_removed_does_nothing(opened, pins, strip):
    pins.add(CROP)
    table = strip().table
    pins.remove(0)
    before = opened.window.view.viewport
    table.cellClicked.emit(0, 0)
    assert opened.window.view.viewport == before


def test_the_truth_is_listed_where_no_pane_shows_it(opened, pins, strip):
    pins.add(CROP)
    opened.trigger("remove_pane")
    assert "truth" not in opened.shown
    table = strip().table
    last = table.columnCount() - 1
    assert table.horizontalHeaderItem(last).text() == "Ground truth"
    assert not table.item(0, last).icon().isNull()


def test_the_list_follows_the_panes(opened, pins, strip):
    pins.add(CROP)
    before = strip().table.columnCount()
    opened.trigger("add_pane")
    assert strip().table.columnCount() == before + 1
    opened.trigger("mode_upscale")
    table = strip().table
    assert table.columnCount() == 1 + len(opened.shown)
    assert table.item(0, 1).text() == ""  # nothing to measure against


def test_a_click_in_the_list_looks_there_and_delete_removes(opened, pins, strip, qtbot):
    pins.add(CROP)
    pins.add(Region(100, 80, 140, 150))
    table = strip().table
    place = table.visualItemRect(table.item(1, 0)).center()
    qtbot.mouseClick(table.viewport(), Button.LeftButton, pos=place)
    view = opened.window.view.viewport
    assert (view.x, view.y) == (120, 115)
    seen = opened.window.area.canvases[0].looks()[0].region
    assert seen.contains(Region(100, 80, 140, 150))
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert pins.crops.regions == (CROP,)
    assert strip().table.rowCount() == 1


def test_crops_outlast_a_change_of_scale_but_not_another_picture(opened, pins, photo):
    pins.add(Region(150, 100, 214, 156))
    opened.trigger("scale_4")
    assert pins.crops.regions == (Region(150, 100, 212, 156),)
    opened.trigger("scale_2")
    assert pins.crops.regions == (Region(150, 100, 214, 156),)
    opened.open(photo)
    assert pins.crops.regions == ()


def test_all_can_be_removed(opened, pins, strip):
    pins.add(CROP)
    opened.trigger("remove_pinned")
    assert pins.crops.regions == ()
    assert not opened.enabled("remove_pinned")

"""The navigator shows the whole picture and leads where it is clicked."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtWidgets import QApplication

from srcnn.geometry import Size
from srcnn.picture import Picture
from srcnn_gui.theme import canvas_colour
from srcnn_gui.viewer.navigator import Navigator
from srcnn_gui.viewer.scene import Mode
from srcnn_gui.viewer.view import View
from srcnn_gui.viewer.viewport import Viewport


@pytest.fixture
def view(qapp):
    view = View()
    view.set_pane(Size(100, 100))
    return view


@pytest.fixture
def made(stage, fake):
    return stage(fake("bicubic"))


@pytest.fixture
def navigator(made, view, qtbot):
    navigator = Navigator(made.session, view)
    qtbot.addWidget(navigator)
    navigator.resize(208, 158)
    navigator.show()
    return navigator


@pytest.fixture
def opened(navigator, made, view, scene):
    """Return a function that opens a scene beside the navigator."""

    def make(prepared=None):
        prepared = prepared or scene(400, 200)  # drawn 200 x 100 pixels large
        made.open(prepared)
        view.set_image(prepared.size)
        return navigator

    return make


def painted(widget):
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)


def press(widget, x, y, kind=QEvent.Type.MouseButtonPress):
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QMouseEvent(kind, QPointF(x, y), QPointF(x, y), left, left, none)
    QApplication.sendEvent(widget, event)


def test_without_a_picture_it_is_empty(navigator, view):
    ground = canvas_colour(navigator.palette()).getRgb()[:3]
    assert (painted(navigator) == ground).all()
    press(navigator, 50, 50)
    assert view.viewport == Viewport(0, 0)


def test_it_shows_the_whole_picture(opened, view):
    navigator = opened()
    ground = canvas_colour(navigator.palette()).getRgb()[:3]
    shown = painted(navigator)
    inside = (shown != ground).any(axis=2)
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    assert abs(rows[0] - 29) <= 1
    assert abs(rows[-1] - 128) <= 1
    assert abs(columns[0] - 4) <= 1
    assert abs(columns[-1] - 203) <= 1


def test_a_frame_is_around_what_is_in_sight(opened, view):
    navigator = opened()
    view.move_to(Viewport(200, 100, 1))  # 100 x 100 of 400 x 200 pixels
    with_frame = painted(navigator)
    view.move_to(Viewport(200, 100, 0.01))
    changed = np.abs(with_frame - painted(navigator)).max(axis=2) > 20
    rows, columns = np.nonzero(changed[32:126, 8:200])
    assert abs(columns.min() + 8 - 79) <= 2
    assert abs(columns.max() + 8 - 129) <= 2
    assert abs(rows.min() + 32 - 54) <= 2
    assert abs(rows.max() + 32 - 104) <= 2


@pytest.mark.parametrize("kind", [QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove])
def test_a_click_or_drag_leads_there_at_the_same_zoom(opened, view, kind):
    navigator = opened()
    view.move_to(Viewport(10, 10, 3))
    press(navigator, 54, 79, kind)
    assert view.viewport == Viewport(100, 100, 3)
    press(navigator, 900, 0, kind)
    assert view.viewport == Viewport(400, 0, 3)


def test_another_picture_is_shown_at_once(opened, scene, navigator, made):
    opened()
    first = painted(navigator)
    opened(scene(picture=Picture(np.full((200, 400, 3), (9, 200, 30), np.uint8))))
    second = painted(navigator)
    assert np.abs(first - second).mean() > 20
    assert second[79, 50].tolist() == [9, 200, 30]


def test_it_is_drawn_once_a_picture_and_size(opened, navigator):
    opened()
    painted(navigator)
    drawn = navigator._drawn
    painted(navigator)
    assert navigator._drawn is drawn
    navigator.resize(300, 200)
    painted(navigator)
    assert navigator._drawn is not drawn


@pytest.mark.parametrize("size", [(3000, 1), (1, 3000), (1, 1)])
def test_pictures_of_any_shape_can_be_navigated(opened, navigator, view, scene, size):
    picture = Picture(np.full((size[1], size[0], 3), 250, np.uint8))
    opened(scene(picture=picture, mode=Mode.UPSCALE))
    assert (painted(navigator) > 240).all(axis=2).any()
    press(navigator, 104, 79)
    x, y = view.viewport.x, view.viewport.y
    assert (x, y) == pytest.approx((size[0], size[1]), rel=0.02)

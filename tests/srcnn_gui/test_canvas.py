"""The canvas paints what is in sight and looks where the mouse says."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QImage, QMouseEvent, QRegion, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from srcnn.errors import UnknownMethod
from srcnn.picture import Picture
from srcnn_gui.theme import canvas_colour
from srcnn_gui.viewer.canvas import Canvas
from srcnn_gui.viewer.choice import DifferenceChoice, PaneChoice, PaneView
from srcnn_gui.viewer.layer import Difference
from srcnn_gui.viewer.scene import TRUTH, Mode
from srcnn_gui.viewer.view import View
from srcnn_gui.viewer.viewport import MAX_ZOOM, MIN_ZOOM, Viewport

Button, Type = Qt.MouseButton, QEvent.Type
WIDTH, HEIGHT = 240, 180


@pytest.fixture
def view(qapp):
    return View()


@pytest.fixture
def made(stage, fake):
    return stage(fake("bicubic", offset=0.1), fake("better", rank=1), panes=("bicubic", "better"))


@pytest.fixture
def canvas(made, view, qtbot):
    """Return a shown canvas without a picture."""
    canvas = Canvas(made.session, view)
    qtbot.addWidget(canvas)
    canvas.resize(WIDTH, HEIGHT)
    canvas.show()
    view.set_pane(canvas.screen_size())
    return canvas


@pytest.fixture
def opened(canvas, made, view, scene):
    """Return a function that opens a scene, computes it and shows the first panes."""

    def make(prepared=None, *, panes=1, compute=True):
        made.open(prepared or scene(300, 200))
        view.set_image(made.session.scene.size)
        canvas.show_panes(made.session.views[:panes])
        made.session.look_at(canvas.looks())
        if compute:
            made.finish()
        return canvas

    return make


def painted(canvas):
    """Return the pixels (h, w, 3) of a canvas."""
    image = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def ground(canvas):
    return canvas_colour(canvas.palette()).getRgb()[:3]


def mouse(canvas, kind, x, y, button=Button.LeftButton):
    held = Button.NoButton if kind is Type.MouseButtonRelease else button
    place = QPointF(x, y)
    event = QMouseEvent(kind, place, place, button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(canvas, event)


def wheel(canvas, x, y, notches):
    event = QWheelEvent(
        QPointF(x, y),
        QPointF(x, y),
        QPoint(),
        QPoint(0, round(120 * notches)),
        Button.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)
    return event


@pytest.mark.parametrize("notches", [1, 3, -2, 0.5, 30, -30])
@pytest.mark.parametrize("place", [(120, 90), (20, 30), (200, 150)])
def test_the_wheel_zooms_at_the_cursor(opened, view, notches, place):
    canvas = opened()
    view.move_to(Viewport(150, 100, 4))
    before = view.viewport.to_image(place, canvas.screen_size())
    assert wheel(canvas, *place, notches).isAccepted()
    after = view.viewport.to_image(place, canvas.screen_size())
    assert view.viewport.zoom == pytest.approx(min(max(4 * 1.25**notches, MIN_ZOOM), MAX_ZOOM))
    if view.viewport.zoom > MIN_ZOOM * 2:  # farther out the picture is kept in sight instead
        half = 0.5 / 4 + 0.5 / view.viewport.zoom
        assert after == pytest.approx(before, abs=half + 1e-6)


def test_dragging_moves_the_picture_along(opened, view):
    canvas = opened()
    view.move_to(Viewport(150, 100, 2))
    mouse(canvas, Type.MouseMove, 50, 60)
    held = view.cursor
    mouse(canvas, Type.MouseButtonPress, 50, 60)
    assert canvas.cursor().shape() == Qt.CursorShape.ClosedHandCursor
    for x, y in ((60, 70), (90, 65), (110, 100)):
        mouse(canvas, Type.MouseMove, x, y)
    assert view.viewport == Viewport(120, 80, 2)
    mouse(canvas, Type.MouseMove, 110, 100)
    assert view.cursor == held
    mouse(canvas, Type.MouseButtonRelease, 110, 100)
    assert canvas.cursor().shape() == Qt.CursorShape.CrossCursor
    mouse(canvas, Type.MouseMove, 10, 10)
    assert view.viewport == Viewport(120, 80, 2)


def test_other_buttons_do_not_drag(opened, view):
    canvas = opened()
    view.move_to(Viewport(150, 100, 2))
    mouse(canvas, Type.MouseButtonPress, 50, 60, Button.RightButton)
    mouse(canvas, Type.MouseMove, 90, 90, Button.RightButton)
    assert view.viewport == Viewport(150, 100, 2)


def test_a_press_and_a_double_click_are_told(opened, qtbot):
    canvas = opened()
    with qtbot.waitSignal(canvas.pressed):
        mouse(canvas, Type.MouseButtonPress, 50, 60)
    with qtbot.waitSignal(canvas.double_clicked):
        mouse(canvas, Type.MouseButtonDblClick, 50, 60)


def test_the_cursor_follows_when_keys_move_the_picture_under_it(opened, view):
    canvas = opened()
    view.move_to(Viewport(150, 100, 1))
    mouse(canvas, Type.MouseMove, WIDTH / 2 + 10, HEIGHT / 2, Button.NoButton)
    assert view.cursor == pytest.approx((160, 100))
    view.move_to(Viewport(150, 100, 2))
    assert view.cursor == pytest.approx((155, 100))
    view.move_to(Viewport(100, 90, 2))
    assert view.cursor == pytest.approx((105, 90))


def test_the_cursor_is_known_while_it_is_over_the_picture(opened, view):
    canvas = opened()
    view.move_to(Viewport(150, 100, 1))
    mouse(canvas, Type.MouseMove, 120, 90, Button.NoButton)
    assert view.cursor == (150, 100)
    QApplication.sendEvent(canvas, QEvent(Type.Leave))
    assert view.cursor is None


def test_the_divider_follows_the_mouse_within_the_canvas(opened, view):
    canvas = opened(panes=2)
    before = view.viewport
    assert canvas.divider == 0.5
    mouse(canvas, Type.MouseMove, 121, 30, Button.NoButton)
    assert canvas.cursor().shape() == Qt.CursorShape.SplitHCursor
    mouse(canvas, Type.MouseButtonPress, 121, 30)
    mouse(canvas, Type.MouseMove, 60, 40)
    assert canvas.divider == 0.25
    mouse(canvas, Type.MouseMove, 900, 40)
    assert canvas.divider == 1
    mouse(canvas, Type.MouseMove, -5, 40)
    assert canvas.divider == 0
    mouse(canvas, Type.MouseButtonRelease, -5, 40)
    assert view.viewport == before


def test_away_from_the_divider_a_split_is_panned(opened, view):
    canvas = opened(panes=2)
    mouse(canvas, Type.MouseButtonPress, 20, 30)
    mouse(canvas, Type.MouseMove, 40, 30)
    assert canvas.divider == 0.5
    assert not view.fits


def test_left_and_right_of_the_divider_are_the_two_results(opened, view, made):
    canvas = opened(panes=2)
    canvas.set_shows_grid(False)
    view.move_to(Viewport(150, 100, 1))
    both = painted(canvas)
    canvas.show_panes(made.session.views[:1])
    left = painted(canvas)
    canvas.show_panes(made.session.views[1:2])
    right = painted(canvas)
    below = slice(40, 80)  # neither the captions nor the knob
    np.testing.assert_array_equal(both[below, :115], left[below, :115])
    np.testing.assert_array_equal(both[below, 125:], right[below, 125:])
    assert (both[below, 120] == 255).all()  # the line
    assert np.abs(left.astype(int) - right).mean() > 5


def test_captions_name_the_sides(opened, canvas):
    opened(panes=2)
    assert canvas.accessibleName() == "Picture: bicubic and better"
    top = painted(canvas)[8:26]
    dark = (top < 60).all(axis=2)
    assert dark[:, :60].any()  # on dark boxes in both corners
    assert dark[:, -60:].any()
    opened(panes=1)
    assert canvas.accessibleName() == "Picture: bicubic"


def test_without_a_picture_it_is_empty(canvas, made):
    assert (painted(canvas) == ground(canvas)).all()
    assert canvas.looks() == []
    canvas.show_panes(made.session.views)
    mouse(canvas, Type.MouseMove, 20, 20)
    wheel(canvas, 20, 20, 1)
    assert canvas.looks() == []


@pytest.mark.parametrize("zoom", [1 / 64, 0.1, 1 / 3, 0.5, 0.7, 1, 1.25, 3.7, 8, 20.3, 64])
@pytest.mark.parametrize("panes", [1, 2])
def test_at_any_zoom_the_picture_is_where_it_belongs_and_nowhere_else(opened, view, zoom, panes):
    canvas = opened(panes=panes)
    canvas.set_divider(1)
    view.move_to(Viewport(5, 7, zoom))
    shown = painted(canvas)
    left, top = view.viewport.origin(canvas.screen_size())
    assert left <= 120
    assert (shown[60:, : max(0, left - 2)] == ground(canvas)).all()
    inside = shown[max(0, top) : top + round(200 * zoom), max(0, left) : left + round(300 * zoom)]
    if inside.shape[0] > 4 and inside.shape[1] > 4:
        assert not (inside[2:-2, 2:-2] == ground(canvas)).all(axis=2).all()


def test_before_tiles_come_the_input_is_shown(opened, view, made):
    canvas = opened(compute=False)
    view.move_to(Viewport(150, 100, 1))
    canvas.set_shows_grid(False)
    before = painted(canvas)
    made.finish()
    after = painted(canvas)
    assert np.ptp(before) > 100
    assert 5 < np.abs(before.astype(int) - after).mean() < 60  # alike, but not the same


def test_where_a_difference_is_not_known_yet_there_is_nothing(opened, canvas, made, view):
    made.session.set_difference(DifferenceChoice(Difference.ABSOLUTE, 4))
    opened(compute=False)
    view.move_to(Viewport(150, 100, 1))
    assert (painted(canvas) == ground(canvas)).all()
    made.finish()
    canvas.show_panes(made.session.views[:1])
    made.session.look_at(canvas.looks())
    made.finish()
    assert not (painted(canvas) == ground(canvas)).all(axis=2).any()


def test_a_tile_that_comes_is_painted(opened, canvas, made, qtbot):
    opened(compute=False)
    painted(canvas)
    updates = []
    canvas.paintEvent = lambda event: updates.append(event)
    made.finish()
    qtbot.waitUntil(lambda: bool(updates), timeout=5000)


def test_pixels_are_parted_by_a_grid_when_far_in(opened, view):
    canvas = opened()
    view.move_to(Viewport(150, 100, 16))
    with_grid = painted(canvas).astype(int)
    canvas.set_shows_grid(False)
    without = painted(canvas).astype(int)
    left, top = view.viewport.origin(canvas.screen_size())
    changed = np.abs(with_grid - without).max(axis=2) > 0
    y, x = np.nonzero(changed)
    on_line = ((x - left) % 16 <= 1) | ((y - top) % 16 <= 1)
    assert on_line.all()
    rows = (np.arange(HEIGHT) - top) % 16 == 0
    assert changed[rows].mean() > 0.9
    assert (with_grid[rows] <= without[rows]).all()  # dark beside bright
    view.move_to(Viewport(150, 100, 7.9))
    without = painted(canvas)
    canvas.set_shows_grid(True)
    np.testing.assert_array_equal(painted(canvas), without)


def test_transparent_pictures_stand_on_a_checkerboard(opened, view, scene, pixels):
    alpha = np.zeros((100, 150), np.uint8)
    alpha[:, 75:] = 255
    clear = Picture(pixels(150, 100), alpha=alpha)
    canvas = opened(scene(picture=clear, mode=Mode.UPSCALE))
    view.move_to(Viewport(150, 100, 1))
    canvas.set_shows_grid(False)
    shown = painted(canvas)
    board = shown[:, :100]
    colours = {tuple(colour) for colour in board.reshape(-1, 3).tolist()}
    assert colours == {(255, 255, 255), (204, 204, 204)}
    assert (board[8:] != board[:-8]).all()  # squares of 8 pixels, in turns
    assert (board[:, 8:] != board[:, :-8]).all()
    assert not (shown[:, 140:] == 255).all()


def test_it_says_why_there_is_nothing_to_see(opened, canvas, made):
    opened()
    problem = UnknownMethod("There is no method 'x'", hint="Choose another.")
    canvas.show_panes([PaneView(PaneChoice("x"), problem=problem)])
    said = painted(canvas)
    assert (said > 180).all(axis=2).sum() > 50  # white letters
    assert (said == ground(canvas)).all(axis=2).mean() > 0.8


def test_it_says_that_a_method_failed(opened, canvas, made):
    opened()
    before = painted(canvas)
    view = made.session.views[0]
    view.result.error = ValueError("boom")
    canvas.show_panes([view])
    assert (painted(canvas) != before).any()


def test_looks_say_what_is_in_sight_of_which_layer(opened, view, made):
    canvas = opened(panes=2)
    view.move_to(Viewport(150, 100, 2))
    looks = canvas.looks()
    assert [look.state for look in looks] == [pane.shown for pane in made.session.views]
    region = looks[0].region
    assert (region.left, region.top, region.right, region.bottom) == (90, 55, 210, 145)
    assert looks[0].zoom == 2
    assert looks[0].focus == (150, 100)
    mouse(canvas, Type.MouseMove, 20, 30, Button.NoButton)
    assert canvas.looks()[0].focus == view.cursor == (100, 70)


def test_a_resize_is_told(canvas, qtbot):
    with qtbot.waitSignal(canvas.resized):
        canvas.resize(300, 200)


def test_the_truth_has_a_canvas_too(opened, canvas, made, view, scene, pixels):
    made.show(TRUTH)
    opened(scene(300, 200))
    canvas.set_shows_grid(False)
    view.move_to(Viewport(150, 100, 1))
    np.testing.assert_array_equal(painted(canvas), pixels(300, 200)[10:190, 30:270])


@pytest.mark.parametrize("zoom", [0.3, 0.7, 1.0, 1.7, 3.0, 9.0])
@pytest.mark.parametrize(
    "part", [QRect(0, 0, 50, 40), QRect(91, 33, 70, 61), QRect(200, 150, 40, 30)]
)
def test_a_part_is_painted_as_in_the_whole(opened, view, zoom, part):
    canvas = opened()
    view.move_to(Viewport(150.3, 99.6, zoom))
    whole = painted(canvas)
    target = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB888)
    target.fill(Qt.GlobalColor.magenta)
    canvas.render(target, part.topLeft(), QRegion(part), QWidget.RenderFlag.DrawChildren)
    rows = np.frombuffer(target.constBits(), np.uint8).reshape(HEIGHT, -1)
    pixels = rows[:, : 3 * WIDTH].reshape(HEIGHT, WIDTH, 3)
    inside = slice(part.top(), part.bottom() + 1), slice(part.left(), part.right() + 1)
    np.testing.assert_array_equal(pixels[inside], whole[inside])

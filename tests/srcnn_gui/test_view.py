"""One view for all canvases: who changes it changes it for all."""

from __future__ import annotations

import pytest

from srcnn.geometry import Size
from srcnn_gui.viewer.view import View
from srcnn_gui.viewer.viewport import Viewport, fitted

IMAGE, PANE = Size(300, 200), Size(150, 150)


@pytest.fixture
def view(qapp):
    view = View()
    view.set_pane(PANE)
    view.set_image(IMAGE)
    return view


def test_at_first_the_whole_picture_is_shown(view):
    assert view.fits
    assert view.viewport == fitted(IMAGE, PANE)


def test_fitted_it_goes_on_fitting(view, qtbot):
    with qtbot.waitSignal(view.changed):
        view.set_pane(Size(600, 600))
    assert view.viewport == fitted(IMAGE, Size(600, 600))
    view.set_image(Size(30, 20))
    assert view.viewport == fitted(Size(30, 20), Size(600, 600))


def test_who_looks_elsewhere_stays_there_when_panes_change(view, qtbot):
    view.move_to(Viewport(10, 20, 3))
    assert not view.fits
    with qtbot.waitSignal(view.changed):
        view.set_pane(Size(99, 99))
    assert view.viewport == Viewport(10, 20, 3)
    view.fit()
    assert view.fits
    assert view.viewport == fitted(IMAGE, Size(99, 99))


def test_the_same_pane_changes_nothing(view, qtbot):
    with qtbot.assertNotEmitted(view.changed):
        view.set_pane(PANE)


def test_at_another_scale_the_same_part_stays_in_view(view):
    view.move_to(Viewport(100, 50, 2))
    view.set_image(Size(450, 300))
    assert view.viewport == Viewport(150, 75, 2)


def test_one_cannot_get_lost(view):
    view.move_to(Viewport(-1e6, 1e6, 4))
    assert view.viewport == Viewport(0, 200, 4)


def test_zooming_by_command_keeps_the_centre(view):
    view.move_to(Viewport(100, 50, 1))
    view.zoom_to(8)
    assert view.viewport == Viewport(100, 50, 8)
    assert not view.fits


@pytest.mark.parametrize(
    ("point", "known"),
    [
        ((0.0, 0.0), True),
        ((299.9, 199.9), True),
        ((300.0, 100.0), False),
        ((100.0, 200.0), False),
        ((-0.1, 5.0), False),
        (None, False),
    ],
)
def test_the_cursor_is_known_over_the_picture_only(view, point, known):
    view.set_cursor((1.0, 1.0))
    view.set_cursor(point)
    assert view.cursor == (point if known else None)


def test_the_cursor_is_told_once(view, qtbot):
    with qtbot.waitSignal(view.cursor_changed):
        view.set_cursor((3.0, 4.0))
    with qtbot.assertNotEmitted(view.cursor_changed):
        view.set_cursor((3.0, 4.0))
    with qtbot.waitSignal(view.cursor_changed):
        view.set_cursor((-3.0, 4.0))


def test_over_another_picture_the_cursor_is_not_known_before_it_moves(view):
    view.set_cursor((250.0, 150.0))
    view.set_image(Size(100, 100))
    assert view.cursor is None

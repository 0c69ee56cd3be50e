"""Filters are drawn largest variance first, each in its own range, sharp and with a tip."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QToolTip

from srcnn.filters import (
    are_dead,
    best_columns,
    dead_filters,
    filter_mosaic,
    filter_order,
    filters_to_show,
    variances,
)
from srcnn.spec import SrcnnSpec
from srcnn_gui.training.filter_view import FilterView

TIMES = "\N{MULTIPLICATION SIGN}"
GAP = (10, 20, 30)


def filters(rng, *, count=6, channels=1, side=3):
    w1 = rng.normal(0, 1, (count, channels, side, side)).astype(np.float32)
    return w1 * np.linspace(0.5, 2, count, dtype=np.float32)[:, None, None, None]


def arrays(w1):
    return (w1, *(np.zeros(1, np.float32) for _ in range(5)))


def cut(mosaic, place, columns, side):
    top, left = place // columns * (side + 1), place % columns * (side + 1)
    return mosaic[top : top + side, left : left + side]


def test_the_largest_variance_comes_first(rng):
    w1 = filters(rng)
    order = filter_order(w1)
    assert sorted(order) == list(range(6))
    found = [np.var(w1[number].astype(float)) for number in order]
    assert found == sorted(found, reverse=True)
    np.testing.assert_allclose(variances(w1)[order], found)


@pytest.mark.parametrize(("columns", "shape"), [(3, (7, 11, 3)), (4, (7, 15, 3)), (6, (3, 23, 3))])
def test_filters_lie_in_rows_with_gaps(rng, columns, shape):
    w1 = filters(rng)
    mosaic = filter_mosaic(w1, columns, GAP)
    assert mosaic.shape == shape
    assert mosaic.dtype == np.uint8
    for place, number in enumerate(filter_order(w1)):
        tile = cut(mosaic, place, columns, 3)
        assert (tile == tile[..., :1]).all()  # grey
        own = w1[number, 0] / np.abs(w1[number]).max()
        np.testing.assert_allclose(tile[..., 0], 127.5 + 127.5 * own, atol=0.6)
    assert (mosaic[:, 3] == GAP).all()
    if columns == 4:  # the last row is not full
        assert (mosaic[4:, 8:] == GAP).all()


def test_zero_is_mid_grey_and_the_sign_is_kept():
    w1 = np.zeros((1, 1, 3, 3), np.float32)
    w1[0, 0, 0, 0], w1[0, 0, 2, 2] = 0.01, -0.005
    mosaic = filter_mosaic(w1, 1)
    assert mosaic[0, 0, 0] == 255
    assert mosaic[1, 1, 0] in (127, 128)
    assert mosaic[2, 2, 0] in (63, 64)


def test_filters_on_rgb_are_in_colour(rng):
    w1 = filters(rng, count=1, channels=3)
    mosaic = filter_mosaic(w1, 1)
    own = w1[0] / np.abs(w1[0]).max()
    np.testing.assert_allclose(mosaic, 127.5 + 127.5 * own.transpose(1, 2, 0), atol=0.6)


def test_dead_filters_are_counted(rng):
    w1 = filters(rng)
    assert dead_filters(w1) == 0
    w1[1] *= 1e-3
    w1[4] = 0
    assert dead_filters(w1) == 2
    assert dead_filters(np.zeros_like(w1)) == 6


def test_what_is_no_number_is_drawn_as_nothing(rng):
    w1 = filters(rng)
    w1[0] = np.nan
    mosaic = filter_mosaic(w1, 6)
    assert set(np.unique(cut(mosaic, 5, 6, 3))) <= {127, 128}
    assert dead_filters(w1) == 1


@pytest.mark.parametrize(
    ("count", "side", "width", "height", "scale"),
    [(64, 9, 220, 240, 2), (64, 9, 400, 400, 5), (64, 9, 1000, 90, 3), (64, 9, 20, 20, 1)],
)
def test_filters_are_as_large_as_fits(count, side, width, height, scale):
    columns, found = best_columns(count, side, width, height)
    assert found == scale
    rows = -(-count // columns)
    if scale > 1:
        assert (columns * (side + 1) - 1) * scale <= width
        assert (rows * (side + 1) - 1) * scale <= height


@pytest.fixture
def view(qtbot):
    view = FilterView()
    qtbot.addWidget(view)
    view.resize(220, 280)
    with qtbot.waitExposed(view):
        view.show()
    return view


def test_it_says_that_there_is_nothing_yet(view):
    assert view.caption == ""
    assert view._empty.isVisible()
    assert view.tip_at(QPoint(110, 140)) == ""


def test_the_caption_says_what_is_seen(view, rng):
    w1 = filters(rng, count=64, side=9)
    view.show_weights(arrays(w1), "after 120,000 backprops")
    assert view.caption == f"64 filters 9 {TIMES} 9, by variance · after 120,000 backprops"
    assert not view._empty.isVisible()
    w1[:3] = 0
    view.show_weights(arrays(w1))
    assert view.caption == f"64 filters 9 {TIMES} 9, by variance · 3 dead"
    view.clear()
    assert view._empty.isVisible()


def test_pixels_of_filters_are_whole_and_sharp(view, rng):
    w1 = filters(rng, count=4, side=3)
    view.show_weights(arrays(w1))
    columns, target = view._mosaic._placed(w1)
    scale = target.width() // (columns * 4 - 1)
    image = view._mosaic.grab().toImage()
    mosaic = filter_mosaic(w1, columns)
    for row in range(3):
        for column in range(3):
            grey = mosaic[row, column, 0]
            for corner in (0, scale - 1):
                pixel = image.pixelColor(
                    target.left() + column * scale + corner, target.top() + row * scale + corner
                )
                assert pixel.red() == grey


def test_a_tip_names_the_filter_under_the_mouse(view, rng, monkeypatch):
    w1 = filters(rng, count=4, side=3)
    view.show_weights(arrays(w1))
    columns, target = view._mosaic._placed(w1)
    pitch = 4 * (target.width() // (columns * 4 - 1))
    told = []
    monkeypatch.setattr(QToolTip, "showText", lambda place, text, widget: told.append(text))
    place = target.topLeft() + QPoint(pitch + 1, 1)
    view._mosaic.event(QHelpEvent(QEvent.Type.ToolTip, place, place))
    second = filter_order(w1)[1]
    assert told == [f"filter {second + 1}, variance {variances(w1)[second]:.2g}, rank 2"]
    assert view._mosaic.tip_at(target.topLeft() - QPoint(1, 1)) == ""
    assert view._mosaic.tip_at(target.bottomRight() + QPoint(5, 5)) == ""


def test_filters_of_the_second_layer_are_drawn_as_squares_of_their_weights():
    random = np.random.default_rng(0)
    spec = SrcnnSpec(5, 3, f2=3)
    arrays = tuple(random.normal(size=shape).astype(np.float32) for shape in spec.shapes)
    assert filters_to_show(arrays, 1) is arrays[0]
    shown = filters_to_show(arrays, 2)
    assert shown.shape == (3, 1, 3, 3)
    first = filter_order(arrays[0])[0]
    np.testing.assert_allclose(shown[:, 0, 0, 0], arrays[2][:, first].sum(axis=(1, 2)), rtol=1e-6)
    assert (shown.reshape(3, -1)[:, 5:] == 0).all()


def test_the_dead_are_marked_and_counted():
    w1 = np.random.default_rng(0).normal(size=(4, 1, 9, 9)).astype(np.float32)
    w1[2] *= 1e-3
    assert are_dead(w1).tolist() == [False, False, True, False]
    assert dead_filters(w1) == 1

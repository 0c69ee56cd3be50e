"""The view is arithmetic: what is under the cursor stays there, and whole pixels stay whole."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from srcnn.geometry import Region, Size
from srcnn_gui.viewer.viewport import MAX_ZOOM, MIN_ZOOM, STEPS, Viewport, fitted

ZOOMS = st.floats(MIN_ZOOM, MAX_ZOOM)
DYADIC = st.sampled_from([1 / 64, 1 / 16, 1 / 4, 1 / 2, 3 / 4, 1.0, 1.5, 2.0, 5.0, 8.0, 64.0])
PLACES = st.floats(-10_000, 10_000)
OFFSETS = st.tuples(st.floats(-2000, 2000), st.floats(-2000, 2000))
PANES = st.builds(Size, st.integers(1, 4000), st.integers(1, 4000))
IMAGES = st.builds(Size, st.integers(1, 20_000), st.integers(1, 20_000))
VIEWS = st.builds(Viewport, PLACES, PLACES, ZOOMS)


@given(VIEWS, st.floats(0.01, 100), OFFSETS)
def test_zooming_keeps_the_point_under_the_cursor(view, factor, at):
    after = view.zoomed(factor, at=at)
    for before_x, after_x, offset in ((view.x, after.x, at[0]), (view.y, after.y, at[1])):
        under_before = before_x + offset / view.zoom
        under_after = after_x + offset / after.zoom
        assert under_after == pytest.approx(under_before, abs=1e-6)


@given(VIEWS, st.floats(0.01, 100), OFFSETS, PANES)
def test_on_screen_the_point_under_the_cursor_stays_within_half_a_pixel(view, factor, at, pane):
    after = view.zoomed(factor, at=at)
    point = (pane.width / 2 + at[0], pane.height / 2 + at[1])
    before_x, before_y = view.to_image(point, pane)
    after_x, after_y = after.to_image(point, pane)
    most = 0.5 / view.zoom + 0.5 / after.zoom + 1e-6
    assert abs(after_x - before_x) <= most
    assert abs(after_y - before_y) <= most


@given(VIEWS, st.floats(1e-6, 1e6))
def test_the_zoom_stays_within_its_limits(view, factor):
    assert MIN_ZOOM <= view.zoomed(factor).zoom <= MAX_ZOOM


@given(ZOOMS | st.sampled_from(STEPS))
def test_steps_lead_to_the_next_round_zoom(zoom):
    assume(all(zoom == step or abs(zoom / step - 1) > 1e-3 for step in STEPS))
    view = Viewport(3.0, 4.0, zoom)
    larger = [step for step in STEPS if step > zoom]
    smaller = [step for step in STEPS if step < zoom]
    if larger:
        assert view.stepped(1).zoom == pytest.approx(larger[0])
    if smaller:
        assert view.stepped(-1).zoom == pytest.approx(smaller[-1])


def test_steps_end_at_the_limits():
    near, far = Viewport(0, 0, MAX_ZOOM), Viewport(0, 0, MIN_ZOOM)
    assert near.stepped(1) == near
    assert far.stepped(-1) == far
    assert (STEPS[0], STEPS[-1]) == (MIN_ZOOM, MAX_ZOOM)


@given(VIEWS, OFFSETS, OFFSETS)
def test_panning_moves_the_picture_by_as_many_screen_pixels(view, by, at):
    after = view.panned(*by)
    assert after.zoom == view.zoom
    moved = after.x + (at[0] + by[0]) / view.zoom, after.y + (at[1] + by[1]) / view.zoom
    assert moved == pytest.approx((view.x + at[0] / view.zoom, view.y + at[1] / view.zoom))


@given(PLACES, PLACES, PANES, st.integers(0, 4000), st.integers(0, 4000))
def test_at_100_percent_every_image_pixel_is_one_screen_pixel(x, y, pane, column, row):
    image_x, image_y = Viewport(x, y, 1.0).to_image((column, row), pane)
    assert image_x == int(image_x)
    assert image_y == int(image_y)


@given(VIEWS, PANES)
def test_the_centre_of_the_view_is_in_the_middle_of_the_pane(view, pane):
    x, y = view.to_image((pane.width / 2, pane.height / 2), pane)
    assert abs(x - view.x) <= 0.5 / view.zoom + 1e-6
    assert abs(y - view.y) <= 0.5 / view.zoom + 1e-6


@given(
    st.builds(Viewport, st.integers(-50, 50), st.integers(-50, 50), DYADIC),
    st.builds(Size, st.integers(1, 40), st.integers(1, 40)),
    st.builds(Size, st.integers(1, 30), st.integers(1, 30)),
)
def test_visible_are_the_pixels_that_touch_the_pane(view, pane, image):
    left, top = view.origin(pane)

    def seen(start: int, position: int, length: int) -> bool:
        first, last = start + position * view.zoom, start + (position + 1) * view.zoom
        return first < length and last > 0

    columns = [x for x in range(image.width) if seen(left, x, pane.width)]
    rows = [y for y in range(image.height) if seen(top, y, pane.height)]
    visible = view.visible(pane, image)
    if columns and rows:
        assert visible == Region(columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
    else:
        assert visible.is_empty


@given(VIEWS, IMAGES)
def test_clamped_the_centre_is_in_the_image(view, image):
    clamped = view.clamped(image)
    assert 0 <= clamped.x <= image.width
    assert 0 <= clamped.y <= image.height
    assert clamped.clamped(image) == clamped
    if 0 <= view.x <= image.width and 0 <= view.y <= image.height:
        assert clamped == view


@given(IMAGES, PANES)
def test_fitted_shows_the_whole_image_as_large_as_it_goes(image, pane):
    view = fitted(image, pane)
    across, down = pane.width / image.width, pane.height / image.height
    if min(across, down) < MIN_ZOOM:
        assert view.zoom == MIN_ZOOM  # no view is that far out
        return
    assert view.visible(pane, image) == image.region
    assert view.zoom <= min(across, down) * (1 + 1e-9)
    if view.zoom >= 1:  # whole multiples: every pixel as large as its neighbours
        assert view.zoom == min(math.floor(min(across, down)), MAX_ZOOM)
    else:
        assert view.zoom == pytest.approx(min(across, down))


@pytest.mark.parametrize(("image", "pane"), [(Size(0, 5), Size(9, 9)), (Size(5, 5), Size(0, 9))])
def test_nothing_fits_anywhere(image, pane):
    assert fitted(image, pane) == Viewport(0, 0, 1.0)


@pytest.mark.parametrize(
    ("zoom", "text"), [(1, "100 %"), (0.333, "33 %"), (1 / 64, "1.6 %"), (64, "6400 %")]
)
def test_the_zoom_is_said_in_percent(zoom, text):
    assert Viewport(0, 0, zoom).percent() == text

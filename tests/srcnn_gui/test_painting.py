"""Tiles are painted as they are, wherever they lie, and wrapped as images but once."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter

from srcnn.geometry import Region, Size
from srcnn_gui.viewer import painting
from srcnn_gui.viewer.layer import Drawn, TruthLayer
from srcnn_gui.viewer.layer_state import LayerState
from srcnn_gui.viewer.overview import Preview
from srcnn_gui.viewer.painting import Placement, TileImages, as_qimage, paint_layer
from srcnn_gui.viewer.screen_colours import to_bgra
from srcnn_gui.viewer.tile_cache import TileCache
from srcnn_gui.viewer.viewport import Viewport

PANE = Size(240, 180)
RGB32 = QImage.Format.Format_RGB32


@pytest.fixture
def show(qapp, scene):
    """Return a function that paints a truth of 300 x 200 pixels as a viewport shows it."""
    made = scene(300, 200)
    layer, cache, images = TruthLayer(made.truth, "truth"), TileCache(), TileImages()
    state = LayerState(layer, Preview(made.source, made.size))
    for index in range(len(layer.grid)):
        tile = layer.draw(index)
        state.add(tile)
        cache.add(layer, tile)

    def paint(viewport, *, smooth=True):
        pixels = np.zeros((PANE.height, PANE.width, 4), np.uint8)
        canvas = as_qimage(pixels, RGB32)  # painted on as long as it is kept
        images.begin()
        with QPainter(canvas) as painter:
            placement = Placement(viewport, PANE, made.size)
            paint_layer(painter, state, placement, cache, images, smooth=smooth)
        return pixels[..., 2::-1]

    paint.truth = made.truth.pixels
    return paint


@pytest.mark.parametrize("zoom", [1, 1.25, 1.37, 2, 3.7, 20.3])
@pytest.mark.parametrize("centre", [(150, 100), (144, 144), (131.3, 97.8)])
def test_every_pixel_is_one_of_the_picture_close_to_its_place(show, zoom, centre):
    viewport = Viewport(*centre, zoom)
    shown, truth = show(viewport), show.truth
    left, top = viewport.origin(PANE)
    y, x = np.mgrid[: PANE.height, : PANE.width]
    column, row = (x + 0.5 - left) / zoom, (y + 0.5 - top) / zoom
    inside = (column > 1) & (row > 1) & (column < 299) & (row < 199)
    slack = 0 if zoom == int(zoom) else 0.75 / zoom  # edges of tiles lie on whole screen pixels
    candidates = [
        truth[(row[inside] + dy).astype(int), (column[inside] + dx).astype(int)]
        for dy in (-slack, 0, slack)
        for dx in (-slack, 0, slack)
    ]
    assert np.any([(shown[inside] == each).all(axis=1) for each in candidates], axis=0).all()


def test_reduced_a_little_tiles_join_without_a_seam(show):
    viewport = Viewport(150, 100, 0.75)
    placement = Placement(viewport, PANE, Size(300, 200))
    whole = to_bgra(show.truth[placement.visible.slices], None)
    pixels = np.zeros((PANE.height, PANE.width, 4), np.uint8)
    canvas = as_qimage(pixels, RGB32)
    with QPainter(canvas) as painter:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(placement.rectangle(placement.visible), as_qimage(whole, RGB32))
    np.testing.assert_array_equal(show(viewport), pixels[..., 2::-1])


def test_a_dragged_picture_is_not_wrapped_anew(show, monkeypatch):
    wrapped = []

    def counted(bgra, kind):
        wrapped.append(bgra)
        return as_qimage(bgra, kind)

    monkeypatch.setattr(painting, "as_qimage", counted)
    show(Viewport(200, 100, 2))
    assert wrapped
    wrapped.clear()
    show(Viewport(198, 101, 2))
    show(Viewport(190, 98, 2), smooth=False)
    assert wrapped == []


def tile():
    bgra = np.zeros((4, 4, 4), np.uint8)
    return Drawn(0, Region(0, 0, 4, 4), bgra, bgra[..., 0], bgra[..., 0])


def test_images_are_kept_for_one_painting(qapp):
    images, first, second = TileImages(), tile(), tile()
    kept = images.of(first, RGB32)
    assert images.of(first, RGB32) is kept
    assert images.of(second, RGB32) is not kept
    images.begin()
    assert images.of(first, RGB32) is kept
    images.begin()
    images.begin()
    assert images.of(first, RGB32) is not kept


def test_an_image_is_the_tile_itself(qapp):
    images, one = TileImages(), tile()
    image = images.of(one, RGB32)
    one.bgra[1, 2] = 7, 8, 9, 255
    assert image.pixelColor(2, 1).getRgb()[:3] == (9, 8, 7)

"""Thumbnails of crops are painted from what is computed, and follow it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QImage

from srcnn.geometry import Region, Size
from srcnn_gui.viewer.choice import DifferenceChoice
from srcnn_gui.viewer.layer import Difference
from srcnn_gui.viewer.pinned_strip import PinnedStrip
from srcnn_gui.viewer.thumbnails import fitted_size, layer_thumbnail, truth_thumbnail
from srcnn_gui.viewer.view import View

MOST = Size(96, 64)
CROP = Region(40, 50, 88, 82)


def pixels_of(pixmap):
    image = pixmap.toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


@pytest.fixture
def made(stage, fake, scene):
    made = stage(fake("bicubic", offset=0.1))
    made.open(scene(300, 200))
    made.look()
    return made


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [(48, 32, (96, 64)), (40, 30, (80, 60)), (96, 10, (96, 10)), (960, 64, (96, 6)), (4, 4000, 1)],
)
def test_a_thumbnail_has_the_shape_of_its_crop(width, height, expected):
    size, zoom = fitted_size(Region(7, 9, 7 + width, 9 + height), MOST)
    if expected == 1:
        expected = (1, 64)
    assert (size.width, size.height) == expected
    assert zoom < 1 or zoom == int(zoom)


def test_a_small_crop_is_enlarged_in_squares(made):
    made.finish()
    truth = made.session.scene.truth
    expected = truth.pixels[CROP.slices].repeat(2, axis=0).repeat(2, axis=1)
    np.testing.assert_array_equal(pixels_of(truth_thumbnail(truth, CROP, MOST)), expected)
    made.show("bicubic", "truth")
    made.look()
    made.finish()
    state = made.session.views[1].shown
    drawn = layer_thumbnail(state, CROP, MOST, made.session.cache)
    np.testing.assert_array_equal(pixels_of(drawn), expected)


def test_a_large_crop_of_the_truth_keeps_its_brightness(made):
    truth = made.session.scene.truth
    drawn = pixels_of(truth_thumbnail(truth, Region(0, 0, 300, 200), MOST))
    assert drawn.shape == (64, 96, 3)
    np.testing.assert_allclose(drawn.mean((0, 1)), truth.pixels.mean((0, 1)), atol=3)


def test_the_list_shows_what_comes_and_what_the_panes_show(made, qtbot):
    view = View()
    strip = PinnedStrip(made.session, view)
    qtbot.addWidget(strip)
    strip.resize(600, 200)
    strip.show()
    view.set_image(made.session.scene.size)
    view.pins.show_scene(made.session.scene)
    view.pins.add(CROP)

    def shown():
        strip.refresh()
        return pixels_of(strip.table.item(0, 1).icon().pixmap(96, 64))

    def caption():
        strip.refresh()
        return strip.table.item(0, 1).text()

    before = shown()
    assert caption() == ""
    made.finish()
    after = shown()
    assert (before != after).any()
    made.finish()
    psnr = caption()
    assert psnr.endswith("dB")
    made.session.set_difference(DifferenceChoice(Difference.ABSOLUTE, 4))
    made.look()
    made.finish()
    assert (shown() != after).mean() > 0.5
    assert caption() == psnr

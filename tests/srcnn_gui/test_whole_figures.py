"""Figures that grow tile by tile end at those of the whole, whatever order the tiles came in."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from srcnn.colour import luma_bytes
from srcnn.errors import PictureTooSmall
from srcnn.geometry import Region
from srcnn.metrics import psnr, ssim
from srcnn.picture import Picture
from srcnn.tiles import Enlargement
from srcnn_gui.viewer.layer import MethodLayer
from srcnn_gui.viewer.scene import Mode, SceneSetup, make_scene
from srcnn_gui.viewer.whole_figures import WholeFigures


@pytest.fixture
def layer(scene, fake):
    """Return a function that makes a layer of small tiles of a scene."""

    def make(tile=48, **options):
        made = scene(**options)
        enlargement = Enlargement(made.source, fake(tile=tile), made.setup.scale)
        return MethodLayer(enlargement, made.truth, made.truth_key, made.protocol)

    return make


def measure(whole, most=16):
    while (request := whole.take_ssim_request(most)) is not None:
        whole.add_ssim(*request())


def assembled(layer, drawn):
    luma = np.zeros((layer.size.height, layer.size.width), np.uint8)
    saved = np.zeros_like(luma)
    for tile in drawn:
        luma[tile.region.slices] = tile.luma
        saved[tile.region.slices] = luma_bytes(tile.bgra[..., 2::-1].copy())
    return luma, saved


def expected(function, truth, luma, shave):
    """Return what the metric of the whole says; NaN where the picture is too small for it."""
    try:
        return function(truth, luma, shave=shave)
    except PictureTooSmall:
        return math.nan


SIDES = st.integers(12, 300)


@settings(max_examples=30, deadline=None)
@given(SIDES, SIDES, st.sampled_from([2, 3, 4]), st.sampled_from([24, 48, 144]), st.randoms())
def test_figures_are_those_of_the_whole(layer_maker, width, height, scale, tile, random):
    layer = layer_maker(width, height, scale, tile)
    whole = WholeFigures(layer)
    drawn = [layer.draw(index) for index in range(len(layer.grid))]
    random.shuffle(drawn)
    for one in drawn:
        assert not whole.is_complete
        whole.add(one)
        if random.random() < 0.5:
            measure(whole, most=random.randint(1, 5))
    measure(whole)
    assert whole.is_complete
    assert whole.is_measured
    luma, saved = assembled(layer, drawn)
    truth, figures = layer.truth.luma, whole.figures
    for found, function, estimate in (
        (figures.psnr_db, psnr, luma),
        (figures.ssim, ssim, luma),
        (figures.saved_psnr_db, psnr, saved),
    ):
        wanted = expected(function, truth, estimate, scale)
        assert found == pytest.approx(wanted, abs=1e-9, nan_ok=True)
    assert figures.part == whole.part == 1


@pytest.fixture(scope="module")
def layer_maker():
    """As ``layer``, but for hypothesis, whose tests share their fixtures."""
    from srcnn.interpolation import Interpolation
    from srcnn.resize import BICUBIC, Border

    def make(width, height, scale, tile):
        rng = np.random.default_rng(width * 1000 + height)
        coarse = rng.integers(0, 256, (height // 8 + 1, width // 8 + 1, 3), dtype=np.uint8)
        pixels = coarse.repeat(8, axis=0).repeat(8, axis=1)[:height, :width].copy()
        made = make_scene("noise", Picture(pixels), SceneSetup(scale=scale))
        method = Interpolation("bicubic", "Bicubic", 10, BICUBIC, Border.CLAMP)
        method.tile = tile
        return MethodLayer(
            Enlargement(made.source, method, scale), made.truth, made.truth_key, made.protocol
        )

    return make


@pytest.mark.parametrize("side", [2, 4, 6, 14, 16])
def test_pictures_too_small_for_a_figure_have_none(layer, side):
    whole = WholeFigures(layer(width=side, height=side, scale=2))
    whole.add(whole._layer.draw(0))
    measure(whole)
    assert whole.is_measured
    assert math.isnan(whole.figures.psnr_db) == (side <= 4)
    assert math.isnan(whole.figures.ssim) == (side < 4 + 11)


def test_a_tile_that_comes_twice_counts_once(layer):
    made = layer(width=100, height=80)
    whole = WholeFigures(made)
    whole.add(made.draw(1))
    once = whole.figures, whole.part, whole.seconds
    whole.add(made.draw(1))
    assert (whole.figures, whole.part, whole.seconds) == once


def test_it_knows_which_tiles_are_in(layer):
    made = layer(width=100, height=80)  # 3 x 2 tiles
    whole = WholeFigures(made)
    whole.add(made.draw(0))
    whole.add(made.draw(4))
    assert [whole.has(index) for index in range(6)] == [True, False, False, False, True, False]
    assert list(whole.missing()) == [1, 2, 3, 5]
    assert whole.part == (48 * 48 + 48 * 32) / (100 * 80)
    assert whole.covers(Region(0, 0, 48, 48))
    assert not whole.covers(Region(0, 0, 49, 48))
    assert not whole.is_complete


def test_the_missing_are_found_as_they_come_in_between(layer):
    made = layer(width=100, height=80)
    whole = WholeFigures(made)
    missing = whole.missing()
    assert next(missing) == 0
    assert not whole.is_complete


def test_ssim_waits_for_the_neighbours_of_a_tile(layer):
    made = layer(width=144, height=48)  # three in a row
    whole = WholeFigures(made)
    whole.add(made.draw(0))
    assert whole.take_ssim_request() is None
    whole.add(made.draw(1))
    (centre,) = whole.take_ssim_request().centres
    assert (centre.left, centre.right) == (2 + 5, 48)
    assert whole.take_ssim_request() is None
    whole.add(made.draw(2))
    assert len(whole.take_ssim_request(most=1).centres) == 1
    assert len(whole.take_ssim_request(most=1).centres) == 1
    assert whole.take_ssim_request() is None
    assert not whole.is_measured


def test_without_a_truth_only_the_speed_is_known(layer):
    made = layer(width=50, height=40, mode=Mode.UPSCALE, tile=144)
    whole = WholeFigures(made)
    assert math.isnan(whole.megapixels_per_second)
    drawn = made.draw(0)
    whole.add(drawn)
    assert whole.is_complete
    assert whole.is_measured
    assert whole.take_ssim_request() is None
    assert whole.luma.size == 0
    figures = whole.figures
    assert all(
        math.isnan(value) for value in (figures.psnr_db, figures.ssim, figures.saved_psnr_db)
    )
    assert whole.seconds == drawn.seconds
    assert whole.megapixels_per_second == pytest.approx(100 * 80 / 1e6 / drawn.seconds)


def test_identical_pictures_are_infinitely_good(scene, fake):
    grey = Picture(np.full((60, 60), 128, np.uint8))
    made = scene(picture=grey)
    enlargement = Enlargement(made.source, fake(offset=0.0), 2)
    whole = WholeFigures(MethodLayer(enlargement, made.truth, made.truth_key, made.protocol))
    whole.add(whole._layer.draw(0))
    measure(whole)
    assert whole.figures.psnr_db == math.inf
    assert whole.figures.ssim == pytest.approx(1)

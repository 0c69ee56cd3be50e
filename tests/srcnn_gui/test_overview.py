"""Zoomed out, a pane shows the average of its pixels, whatever order they came in."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from srcnn.geometry import Size
from srcnn.picture import Picture
from srcnn.source import PictureSource
from srcnn.tiles import TileGrid
from srcnn_gui.viewer.layer import Drawn
from srcnn_gui.viewer.overview import MAX_SIDE, Overview, Preview
from srcnn_gui.viewer.screen_colours import to_bgra


def preview_of(pixels, scale=2, alpha=None):
    source = PictureSource(Picture(pixels, alpha=alpha))
    return Preview(source, source.size.scaled(scale))


def tiles_of(bgra, tile=144):
    grid = TileGrid(Size(bgra.shape[1], bgra.shape[0]), tile)
    for index in range(len(grid)):
        region = grid.region(index)
        luma = bgra[..., 0][region.slices]
        yield Drawn(index, region, bgra[region.slices], luma, luma)


@pytest.mark.parametrize("size", [(160, 96), (333, 301), (145, 17), (1, 1)])
def test_filled_it_is_the_average_of_the_pixels_in_any_order(pixels, rng, size):
    low = pixels(*size)
    overview = Overview(preview_of(low), len(TileGrid(Size(*size).scaled(2), 144)))
    result = to_bgra(pixels(size[0] * 2, size[1] * 2), None)
    tiles = list(tiles_of(result))
    rng.shuffle(tiles)
    for tile in tiles:
        overview.add(tile)
    assert overview.done.all()
    for factor, level in zip(overview.factors, overview.levels, strict=True):
        mean = np.asarray(Image.fromarray(result).reduce(factor), float)
        assert level.shape == mean.shape
        whole = result.shape[0] // factor, result.shape[1] // factor  # the last may be a part
        difference = np.abs(level.astype(float) - mean)[: whole[0], : whole[1]]
        assert difference.max(initial=0) <= 1.5


def test_before_any_tile_there_are_gaps_and_the_input_behind(pixels):
    low = np.full((50, 60, 3), (10, 100, 200), np.uint8)
    overview = Overview(preview_of(low), 1)
    assert not overview.done.any()
    assert not any(level.any() for level in overview.levels)
    assert overview.preview is not None
    for level in overview.preview.levels:
        assert (level == (200, 100, 10, 255)).all()


def test_a_preview_is_not_written_to(pixels):
    preview = preview_of(np.full((72, 72, 3), 90, np.uint8))
    overview = Overview(preview, 1)
    for tile in tiles_of(np.full((144, 144, 4), 7, np.uint8)):
        overview.add(tile)
    assert all((level == (90, 90, 90, 255)).all() for level in preview.levels)
    assert all((level == 7).all() for level in overview.levels)


def test_a_difference_does_not_show_the_input(pixels):
    overview = Overview(preview_of(pixels(50, 60)), 1, shows_preview=False)
    assert overview.preview is None


def test_opacity_is_in_the_preview():
    alpha = np.full((40, 30), 77, np.uint8)
    preview = preview_of(np.zeros((40, 30, 3), np.uint8), alpha=alpha)
    assert all((level[..., 3] == 77).all() for level in preview.levels)


def test_grey_and_degraded_inputs_have_a_preview(scene, pixels):
    grey = scene(picture=Picture(pixels(64, 48)[..., 1].copy()))
    colour = scene(64, 48)
    for made in (grey, colour):
        level = Preview(made.source, made.size).levels[0]
        truth = Image.fromarray(to_bgra(made.truth.pixels, None)).reduce(2)
        assert np.abs(level.astype(float) - np.asarray(truth)).mean() < 6
    assert (np.ptp(Preview(grey.source, grey.size).levels[0][..., :3], axis=2) == 0).all()


@pytest.mark.parametrize(
    ("result", "first"),
    [(Size(8192, 100), 2), (Size(8193, 100), 4), (Size(100, 20_000), 8), (Size(90_000, 8), 16)],
)
def test_levels_of_huge_results_are_bounded(pixels, result, first):
    preview = Preview(PictureSource(Picture(pixels(40, 30))), result)
    assert preview.factors[0] == first
    assert preview.factors[-1] == 16
    for factor, level in zip(preview.factors, preview.levels, strict=True):
        assert level.shape[:2] == (-(-result.height // factor), -(-result.width // factor))
    if first < 16:
        assert max(preview.levels[0].shape) <= MAX_SIDE


@pytest.mark.parametrize(
    ("zoom", "factor"),
    [
        (1, None),
        (0.75, None),
        (0.51, None),
        (0.5, 2),
        (0.3, 2),
        (0.25, 4),
        (1 / 16, 16),
        (0.02, 16),
    ],
)
def test_the_smallest_level_with_enough_pixels_is_drawn(pixels, zoom, factor):
    overview = Overview(preview_of(pixels(20, 20)), 1)
    level = overview.level_for(zoom)
    assert (None if level is None else overview.factors[level]) == factor

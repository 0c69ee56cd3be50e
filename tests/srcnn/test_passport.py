"""A result measured by other protocols: against scikit-image and plain arithmetic."""

from dataclasses import replace

import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from srcnn.benchmark import compare, measure
from srcnn.device import cpu_device
from srcnn.errors import Cancelled
from srcnn.method import MethodEnvironment
from srcnn.passport import PAPER, passport
from srcnn.picture import Picture
from srcnn.registry import load_methods
from srcnn.resize import Border
from srcnn.tiles import render_tiles

ENVIRONMENT = MethodEnvironment(cpu_device(), dictionaries=())
METHODS = {
    border: load_methods(replace(ENVIRONMENT, border=border))["bicubic"] for border in Border
}


def picture(*shape: int) -> Picture:
    return Picture(np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8))


def stamps(shape: tuple[int, ...], scale: int) -> dict[str, tuple[float | None, float | None]]:
    found = passport(picture(*shape), scale, METHODS)
    return {stamp.protocol: (stamp.psnr_db, stamp.ssim) for stamp in found}


def result(shape: tuple[int, ...], scale: int) -> tuple[np.ndarray, np.ndarray]:
    """Return truth and result without the shave, in RGB or grey."""
    comparison = compare(picture(*shape), scale)
    pixels = np.empty_like(comparison.truth.pixels)
    for tile in render_tiles(comparison.enlargement(METHODS[Border.CLAMP])):
        pixels[tile.region.slices] = tile.pixels
    inside = slice(scale, -scale), slice(scale, -scale)
    return comparison.truth.pixels[inside], pixels[inside]


@pytest.mark.parametrize("scale", [2, 3])
def test_the_first_stamp_is_the_papers(scale: int):
    found = stamps((50, 61, 3), scale)
    comparison = compare(picture(50, 61, 3), scale)
    row = measure(comparison, METHODS[Border.CLAMP], "picture").row
    assert next(iter(found)) == PAPER
    assert found[PAPER] == (row.psnr_db, row.ssim)


def test_colours_and_ranges():
    truth, pixels = result((50, 61, 3), 3)
    found = stamps((50, 61, 3), 3)
    expected = peak_signal_noise_ratio(truth, pixels, data_range=255)
    assert found["all of RGB"][0] == pytest.approx(expected, abs=1e-9)
    full = [np.floor(each @ [0.299, 0.587, 0.114] + 0.5) for each in (truth, pixels)]
    expected = peak_signal_noise_ratio(*full, data_range=255)
    assert found["luma from 0 to 255 (JPEG)"][0] == pytest.approx(expected, abs=1e-9)
    assert found["luma from 0 to 255 (JPEG)"][0] < found[PAPER][0]  # the range is wider


def test_another_window():
    truth, pixels = result((50, 61), 3)
    expected = structural_similarity(truth, pixels, data_range=255)
    protocol = "SSIM by 7 \N{MULTIPLICATION SIGN} 7 means"
    assert stamps((50, 61), 3)[protocol] == (None, pytest.approx(expected, abs=1e-9))


def test_of_grey_there_is_but_one_luma():
    found = stamps((50, 61), 3)
    for protocol in ("luma of the saved RGB", "luma from 0 to 255 (JPEG)"):
        assert found[protocol] == found[PAPER]
    assert found["all of RGB"][0] == found[PAPER][0]


def test_border_and_shave_matter():
    found = stamps((50, 61, 3), 3)
    assert found["bicubic mirrored at the edges"][0] != found[PAPER][0]
    assert found["nothing shaved"][0] != found[PAPER][0]


def test_it_can_be_cancelled():
    with pytest.raises(Cancelled):
        passport(picture(50, 61), 3, METHODS, lambda: True)

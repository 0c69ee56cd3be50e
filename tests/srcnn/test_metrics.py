import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from srcnn.errors import PictureTooSmall
from srcnn.geometry import Size
from srcnn.metrics import (
    SSIM_RADIUS,
    Protocol,
    psnr,
    psnr_of,
    shaved,
    squared_error,
    ssim,
    ssim_sum,
    to_bytes,
)
from srcnn.resize import Border
from srcnn.tiles import TileGrid

Pair = tuple[np.ndarray, np.ndarray]


@pytest.fixture
def pair(rng: np.random.Generator) -> Pair:
    """Return a smooth picture and a noisy one, (300, 170)."""
    y, x = np.mgrid[:300, :170]
    truth = 128 + 90 * np.sin(x / 17) * np.cos(y / 23)
    noisy = truth + rng.normal(0, 9, truth.shape)
    return np.rint(truth).astype(np.uint8), np.clip(np.rint(noisy), 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("difference", "decibels"),
    [
        (1, 20 * math.log10(255)),  # an error of one level everywhere: 48.13 dB
        (255, 0.0),
        (51, 20 * math.log10(5)),
    ],
)
def test_a_known_error_has_a_known_psnr(difference: int, decibels: float):
    truth = np.zeros((20, 30), np.uint8)
    assert psnr(truth, truth + np.uint8(difference), shave=3) == pytest.approx(decibels)


def test_errors_do_not_wrap_around():
    black, white = np.zeros((9, 9), np.uint8), np.full((9, 9), 255, np.uint8)
    assert psnr(black, white, shave=0) == psnr(white, black, shave=0) == pytest.approx(0)
    assert squared_error(black, white) == 81 * 255**2


@given(st.integers(1, 9))
def test_only_errors_inside_the_shave_count(shave: int):
    truth = np.full((30, 40), 100, np.uint8)
    estimate = np.zeros_like(truth)
    estimate[shave:-shave, shave:-shave] = 101
    expected = 20 * math.log10(255)
    assert psnr(truth, estimate, shave=shave) == pytest.approx(expected)
    assert psnr(truth, estimate, shave=shave - 1) < expected


@pytest.mark.parametrize("shave", [0, 2, 3, 4])
def test_scikit_image_agrees(pair: Pair, shave: int):
    truth, estimate = pair
    inside = (slice(shave, 300 - shave), slice(shave, 170 - shave))
    expected = peak_signal_noise_ratio(truth[inside], estimate[inside], data_range=255)
    assert psnr(truth, estimate, shave=shave) == pytest.approx(expected, abs=1e-9)
    expected = structural_similarity(
        truth[inside],
        estimate[inside],
        data_range=255,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
    )
    assert ssim(truth, estimate, shave=shave) == pytest.approx(expected, abs=1e-9)


@settings(deadline=None)
@given(arrays(np.uint8, (17, 13)))
def test_a_picture_is_identical_to_itself(plane: np.ndarray):
    assert psnr(plane, plane, shave=2) == math.inf
    assert ssim(plane, plane, shave=1) == pytest.approx(1, abs=1e-12)


@settings(deadline=None)
@given(arrays(np.uint8, (13, 12)), arrays(np.uint8, (13, 12)))
def test_both_are_symmetric_and_ssim_is_at_most_one(one: np.ndarray, other: np.ndarray):
    assert psnr(one, other, shave=0) == psnr(other, one, shave=0)
    assert ssim(one, other, shave=0) == pytest.approx(ssim(other, one, shave=0), abs=1e-12)
    assert -1 <= ssim(one, other, shave=0) <= 1 + 1e-12


@pytest.mark.parametrize("tile", [37, 64, 500])
def test_whole_figures_are_sums_over_tiles(pair: Pair, tile: int):
    truth, estimate = pair
    inside = shaved(truth, estimate, 3)
    centres = inside.grown(-SSIM_RADIUS)
    grid = TileGrid(Size(170, 300), tile)
    squared, similar = 0, 0.0
    for index in range(len(grid)):
        part = grid.region(index).intersected(inside)
        squared += squared_error(truth[part.slices], estimate[part.slices])
        windows = grid.region(index).intersected(centres)
        if not windows.is_empty:
            part = windows.grown(SSIM_RADIUS)
            similar += ssim_sum(truth[part.slices], estimate[part.slices])
    assert psnr_of(squared, inside.size.pixels) == psnr(truth, estimate, shave=3)
    assert similar / centres.size.pixels == pytest.approx(ssim(truth, estimate, shave=3), abs=1e-12)


def test_no_pixels_have_no_figure():
    assert math.isnan(psnr_of(0, 0))
    assert ssim_sum(np.zeros((10, 50), np.uint8), np.zeros((10, 50), np.uint8)) == 0


def test_too_small_for_the_shave_is_refused():
    plane = np.zeros((8, 20), np.uint8)
    assert psnr(plane, plane, shave=3) == math.inf
    with pytest.raises(PictureTooSmall, match="border of 4") as refused:
        psnr(plane, plane, shave=4)
    assert refused.value.hint


def test_too_small_for_a_window_is_refused():
    plane = np.zeros((14, 20), np.uint8)
    assert ssim(plane, plane, shave=1) == pytest.approx(1)
    with pytest.raises(PictureTooSmall, match="SSIM needs") as refused:
        ssim(plane, plane, shave=2)
    assert refused.value.hint


def test_different_sizes_are_a_mistake():
    one, other = np.zeros((8, 8), np.uint8), np.zeros((8, 9), np.uint8)
    with pytest.raises(ValueError, match="different size"):
        psnr(one, other, shave=0)
    with pytest.raises(ValueError, match="different size"):
        ssim(one, other, shave=0)


@given(arrays(np.uint8, (4, 5)))
def test_bytes_survive_the_trip_through_floats(plane: np.ndarray):
    np.testing.assert_array_equal(to_bytes(plane.astype(np.float32) / np.float32(255)), plane)


@given(arrays(np.float32, (3, 4), elements=st.floats(-3, 4, width=32)))
def test_rounding_is_clipped_and_to_the_nearest(plane: np.ndarray):
    clipped = np.clip(plane.astype(np.float64), 0, 1) * 255
    rounded = to_bytes(plane)
    assert rounded.dtype == np.uint8
    assert np.abs(rounded - clipped).max() <= 0.5 + 1e-4


def test_halves_are_rounded_upwards():
    halves = np.array([[0.5, 1.5, 2.5, 254.5]], np.float32) / np.float32(255)
    exact = halves * np.float32(255) == np.array([0.5, 1.5, 2.5, 254.5], np.float32)
    np.testing.assert_array_equal(to_bytes(halves)[exact], np.array([[1, 2, 3, 255]])[exact])
    assert exact.any()


def test_a_protocol_says_everything_that_matters():
    paper = Protocol(shave=3)
    line = paper.describe()
    for word in ("luma", "shave 3", "clamp", "bicubic", "paper", "1.5"):
        assert word in line
    assert paper.as_dict()["shave"] == 3
    assert paper.as_dict()["border"] == "clamp"
    others = [
        Protocol(shave=2),
        Protocol(shave=3, border=Border.MIRROR),
        Protocol(shave=3, degradation="gaussian"),
        Protocol(shave=3, degradation=""),
        Protocol(shave=3, of_saved_file=True),
    ]
    assert len({line, *(other.describe() for other in others)}) == 6
    assert all(other.as_dict() != paper.as_dict() for other in others)

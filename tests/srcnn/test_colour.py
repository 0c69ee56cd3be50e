import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skimage.color import rgb2ycbcr

from srcnn.colour import luma_bytes, rgb_to_ycbcr, ycbcr_to_rgb

# what MATLAB's rgb2ycbcr says of uint8 pixels
MATLAB = {
    "black": ((0, 0, 0), (16, 128, 128)),
    "white": ((255, 255, 255), (235, 128, 128)),
    "red": ((255, 0, 0), (81, 90, 240)),
    "green": ((0, 255, 0), (145, 54, 34)),
    "blue": ((0, 0, 255), (41, 240, 110)),
    "yellow": ((255, 255, 0), (210, 16, 146)),
    "cyan": ((0, 255, 255), (170, 166, 16)),
    "magenta": ((255, 0, 255), (106, 202, 222)),
}


def planes_of(pixels: np.ndarray) -> np.ndarray:
    """Turn (H, W, 3) uint8 into (3, H, W) in [0, 1]."""
    return (pixels.astype(np.float32) / np.float32(255)).transpose(2, 0, 1)


@pytest.mark.parametrize(("rgb", "ycbcr"), MATLAB.values(), ids=MATLAB)
def test_pure_colours_are_matlabs(rgb: tuple[int, ...], ycbcr: tuple[int, ...]):
    pixels = np.full((2, 3, 3), rgb, np.uint8)
    assert np.unique(luma_bytes(pixels)) == ycbcr[0]
    planes = np.rint(rgb_to_ycbcr(planes_of(pixels)) * 255)
    np.testing.assert_array_equal(planes[:, 0, 0], ycbcr)


def test_every_grey_gives_neutral_chroma():
    greys = np.arange(256, dtype=np.uint8)[np.newaxis, :, np.newaxis].repeat(3, axis=2)
    planes = rgb_to_ycbcr(planes_of(greys))
    np.testing.assert_allclose(planes[1:], 128 / 255, atol=1e-6)
    np.testing.assert_allclose(planes[0, 0] * 255, 16 + np.arange(256) * 219 / 255, atol=1e-4)


def test_luma_and_chroma_are_those_of_scikit_image(rng: np.random.Generator):
    pixels = rng.integers(0, 256, (300, 41, 3), dtype=np.uint8)
    expected = rgb2ycbcr(pixels)  # float64, 0..255
    np.testing.assert_allclose(
        rgb_to_ycbcr(planes_of(pixels)).transpose(1, 2, 0) * 255, expected, atol=1e-4
    )
    luma = luma_bytes(pixels)
    assert luma.dtype == np.uint8
    assert np.abs(luma - expected[..., 0]).max() <= 0.5 + 1e-9


def test_luma_is_rounded_as_exact_arithmetic_does(rng: np.random.Generator):
    pixels = rng.integers(0, 256, (400, 400, 3), dtype=np.uint8)
    red, green, blue = pixels.astype(np.int64).transpose(2, 0, 1)
    thousands = 65_481 * red + 128_553 * green + 24_966 * blue  # of 1/255,000
    is_tie = thousands % 255_000 == 127_500
    exact = 16 + (thousands + 127_500) // 255_000
    assert (luma_bytes(pixels) == exact)[~is_tie].all()


@given(arrays(np.uint8, (3, 5)))
def test_grey_is_its_own_luma(pixels: np.ndarray):
    np.testing.assert_array_equal(luma_bytes(pixels), pixels)


def test_luma_of_a_part_is_part_of_the_luma(rng: np.random.Generator):
    pixels = rng.integers(0, 256, (600, 9, 3), dtype=np.uint8)  # several strips
    np.testing.assert_array_equal(luma_bytes(pixels)[255:513], luma_bytes(pixels[255:513]))


@given(arrays(np.float32, (3, 4, 5), elements=st.floats(-0.5, 1.5, width=32)))
def test_there_and_back_again(rgb: np.ndarray):
    ycbcr = rgb_to_ycbcr(rgb)
    assert ycbcr.dtype == np.float32
    np.testing.assert_allclose(ycbcr_to_rgb(ycbcr), rgb, atol=2e-6)


def test_all_8_bit_colours_survive_the_round_trip_exactly():
    steps = np.arange(0, 256, 5, dtype=np.uint8)
    pixels = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(steps.size, -1, 3)
    back = ycbcr_to_rgb(rgb_to_ycbcr(planes_of(pixels))).transpose(1, 2, 0)
    np.testing.assert_array_equal(np.rint(back * 255), pixels)

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image

from srcnn.geometry import Region, Size
from srcnn.resize import (
    BICUBIC,
    GAUSSIAN,
    LANCZOS3,
    STRIP_PIXELS,
    Border,
    Kernel,
    imresize,
    imresize_region,
    interpolation_matrix,
    resized,
)

SCALES = [*map(Fraction, (2, 3, 4)), *(Fraction(1, s) for s in (2, 3, 4))]
KERNELS = [BICUBIC, LANCZOS3, GAUSSIAN]

scales = st.sampled_from(SCALES)
kernels = st.sampled_from(KERNELS)
borders = st.sampled_from(list(Border))
sides = st.integers(1, 40)


# MATLAB's algorithm in float64, written from the published description of imresize: every output
# gathers ceil(width) + 2 inputs around u, weighted by the kernel (stretched when shrinking).


def keys_cubic(x: np.ndarray) -> np.ndarray:
    x = np.abs(x)
    near = 1.5 * x**3 - 2.5 * x**2 + 1
    far = -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
    return near * (x <= 1) + far * ((x > 1) & (x <= 2))


def lanczos3(x: np.ndarray) -> np.ndarray:
    return np.sinc(x) * np.sinc(x / 3) * (np.abs(x) < 3)


def blur(x: np.ndarray) -> np.ndarray:
    """Sigma 1/4, cut off at 3 sigma."""
    return np.exp(-0.5 * (x / 0.25) ** 2) * (np.abs(x) <= 0.75 + 1e-9)


ORACLES: dict[str, tuple[Callable[[np.ndarray], np.ndarray], float]] = {
    "bicubic": (keys_cubic, 4.0),
    "lanczos3": (lanczos3, 6.0),
    "gaussian": (blur, 1.5),
}


def contributions(
    length: int, scale: float, kernel: Callable[[np.ndarray], np.ndarray], width: float, border: str
) -> np.ndarray:
    """Return the (outputs, inputs) matrix of one axis."""
    outputs = math.ceil(round(length * scale, 9))
    stretch = min(scale, 1.0)
    width /= stretch
    u = np.arange(1, outputs + 1) / scale + 0.5 * (1 - 1 / scale)
    left = np.floor(u - width / 2)
    indices = left[:, None] + np.arange(math.ceil(width) + 2)
    weights = stretch * kernel(stretch * (u[:, None] - indices))
    weights /= weights.sum(axis=1, keepdims=True)
    if border == "clamp":
        source = np.clip(indices, 1, length) - 1
    else:  # aux = [1:n, n:-1:1]; aux(mod(indices - 1, 2n) + 1)
        there_and_back = np.concatenate([np.arange(length), np.arange(length)[::-1]])
        source = there_and_back[np.mod(indices - 1, 2 * length).astype(int)]
    matrix = np.zeros((outputs, length))
    rows = np.arange(outputs)[:, None].repeat(indices.shape[1], axis=1)
    np.add.at(matrix, (rows, source.astype(int)), weights)
    return matrix


def matlab_imresize(plane: np.ndarray, scale: Fraction, kernel: Kernel, border: str) -> np.ndarray:
    weight, width = ORACLES[kernel.name]
    rows = contributions(plane.shape[0], float(scale), weight, width, border)
    columns = contributions(plane.shape[1], float(scale), weight, width, border)
    return rows @ plane.astype(np.float64) @ columns.T


@settings(deadline=None)
@given(sides, sides, scales, kernels, borders, st.integers(0, 2**32 - 1))
def test_imresize_is_matlabs(
    height: int, width: int, scale: Fraction, kernel: Kernel, border: Border, seed: int
):
    plane = np.random.default_rng(seed).random((height, width), dtype=np.float32)
    result = imresize(plane, scale, kernel=kernel, border=border)
    expected = matlab_imresize(plane, scale, kernel, border.value)
    assert result.dtype == np.float32
    assert result.shape == expected.shape
    np.testing.assert_allclose(result, expected, atol=2e-6)


@pytest.mark.parametrize("scale", SCALES, ids=str)
@pytest.mark.parametrize(
    ("kernel", "pillows", "taps"),
    [(BICUBIC, Image.Resampling.BICUBIC, 2), (LANCZOS3, Image.Resampling.LANCZOS, 3)],
    ids=["bicubic", "lanczos3"],
)
def test_away_from_the_border_pillow_agrees(
    rng: np.random.Generator,
    scale: Fraction,
    kernel: Kernel,
    pillows: Image.Resampling,
    taps: int,
):
    plane = rng.random((60, 84), dtype=np.float32)
    size = resized(Size(84, 60), scale)
    pillow = np.asarray(Image.fromarray(plane).resize((size.width, size.height), pillows))
    inside = size.region.grown(-math.ceil((taps + 1) * max(scale, 1)))
    ours = imresize(plane, scale, kernel=kernel)
    np.testing.assert_allclose(ours[inside.slices], pillow[inside.slices], atol=3e-6)


def test_weights_worked_out_by_hand():
    # Keys with a = -1/2 at distances 7/4, 5/4, 3/4, 1/4 and back, in 128ths
    keys = [-3, -9, 29, 111, 111, 29, -9, -3]
    point = np.zeros((1, 16), np.float32)
    point[0, 8] = 128
    np.testing.assert_array_equal(imresize(point, 2)[0, 13:21], keys)
    halved = imresize(point, Fraction(1, 2))[0, 2:6]
    np.testing.assert_array_equal(halved, np.array([-3, 29, 111, -9]) / 2)


@settings(deadline=None, max_examples=200)
@given(sides, sides, scales, kernels, borders, st.data())
def test_a_region_equals_the_whole_bit_for_bit(
    height: int, width: int, scale: Fraction, kernel: Kernel, border: Border, data: st.DataObject
):
    planes = np.random.default_rng(height * 41 + width).random((height, width), dtype=np.float32)
    whole = imresize(planes, scale, kernel=kernel, border=border)
    rows, columns = whole.shape
    left, top = data.draw(st.integers(0, columns - 1)), data.draw(st.integers(0, rows - 1))
    right = data.draw(st.integers(left + 1, columns))
    bottom = data.draw(st.integers(top + 1, rows))
    region = Region(left, top, right, bottom)
    part = imresize_region(planes, scale, region, kernel=kernel, border=border)
    np.testing.assert_array_equal(part, whole[region.slices])


def test_a_picture_of_many_strips_equals_its_parts(rng: np.random.Generator):
    planes = rng.random((2, 90, 1200), dtype=np.float32)
    whole = imresize(planes, 4)
    assert whole[0].size > 3 * STRIP_PIXELS
    for top in range(0, 360, 97):
        region = Region(13, top, 4711, min(top + 97, 360))
        np.testing.assert_array_equal(
            imresize_region(planes, 4, region), whole[(slice(None), *region.slices)]
        )


@settings(deadline=None)
@given(sides, sides, scales, kernels, borders, st.floats(-1, 2, width=32))
def test_a_flat_picture_stays_flat(
    height: int, width: int, scale: Fraction, kernel: Kernel, border: Border, value: float
):
    result = imresize(
        np.full((height, width), value, np.float32), scale, kernel=kernel, border=border
    )
    np.testing.assert_allclose(result, value, rtol=1e-6, atol=1e-30)


@settings(deadline=None)
@given(sides, sides, scales, kernels, borders)
def test_turning_and_flipping_commute_with_resizing(
    height: int, width: int, scale: Fraction, kernel: Kernel, border: Border
):
    assume((height * scale).denominator == (width * scale).denominator == 1)
    plane = np.random.default_rng(7).random((height, width), dtype=np.float32)
    result = imresize(plane, scale, kernel=kernel, border=border)
    turned = imresize(plane.T, scale, kernel=kernel, border=border)
    np.testing.assert_allclose(turned.T, result, atol=1e-6)
    flipped = imresize(plane[::-1, ::-1], scale, kernel=kernel, border=border)
    np.testing.assert_allclose(flipped[::-1, ::-1], result, atol=1e-6)


def test_planes_are_resized_each_for_itself(rng: np.random.Generator):
    planes = rng.random((2, 3, 9, 14), dtype=np.float32)
    result = imresize(planes, Fraction(1, 2))
    assert result.shape == (2, 3, 5, 7)
    for index in np.ndindex(2, 3):
        np.testing.assert_array_equal(result[index], imresize(planes[index], Fraction(1, 2)))


@pytest.mark.parametrize("dtype", [np.float64, np.uint8, np.float16])
def test_the_result_is_float32_whatever_comes_in(rng: np.random.Generator, dtype: type):
    plane = rng.integers(0, 2, (6, 5)).astype(dtype)
    result = imresize(plane, 3)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, imresize(plane.astype(np.float32), 3), atol=1e-6)


def test_the_input_is_left_alone(rng: np.random.Generator):
    plane = rng.random((7, 9), dtype=np.float32)
    plane.flags.writeable = False
    result = imresize(plane, 2)
    assert result.flags.writeable
    assert not np.shares_memory(result, plane)


@pytest.mark.parametrize("border", list(Border))
@pytest.mark.parametrize("length", [1, 2, 5])
def test_borders_by_their_definition(border: Border, length: int):
    row = list(range(length))
    endless = {
        Border.CLAMP: [0] * 4 * length + row + [length - 1] * 4 * length,
        Border.MIRROR: (row + row[::-1]) * 2 + row + (row[::-1] + row) * 2,
    }[border]
    np.testing.assert_array_equal(border.indices(-4 * length, 5 * length - 1, length), endless)


def test_sizes_are_rounded_up_as_in_matlab():
    assert resized(Size(7, 8), Fraction(1, 3)) == Size(3, 3)
    assert resized(Size(1, 1), Fraction(1, 4)) == Size(1, 1)
    assert resized(Size(7, 8), 3) == Size(21, 24)


@pytest.mark.parametrize(
    "region", [Region(0, 0, 0, 4), Region(0, 0, 11, 4), Region(-1, 0, 4, 4), Region(3, 3, 2, 2)]
)
def test_a_region_outside_the_result_is_refused(region: Region):
    with pytest.raises(ValueError, match="not a part of the result"):
        imresize_region(np.zeros((5, 5), np.float32), 2, region)


@pytest.mark.parametrize("scale", [0, -2, Fraction(-1, 3)])
def test_a_scale_must_be_positive(scale: int | Fraction):
    with pytest.raises(ValueError, match="positive"):
        imresize(np.zeros((5, 5), np.float32), scale)


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_the_matrix_is_imresize(scale: int):
    row = np.random.default_rng(0).random((1, 40), dtype=np.float32)
    matrix, origin = interpolation_matrix(scale, 5 * scale - 2, 3 * scale + 1)
    expected = imresize(row, scale)[0, 5 * scale - 2 : 8 * scale - 1]
    np.testing.assert_allclose(
        matrix @ row[0, origin : origin + matrix.shape[1]], expected, atol=1e-6
    )
    np.testing.assert_allclose(matrix.sum(axis=1), 1, atol=1e-6)

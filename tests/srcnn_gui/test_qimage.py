"""Pictures come back from Qt as they went, and images own their memory."""

from __future__ import annotations

import gc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QColorSpace, QImage

from srcnn.errors import PictureError
from srcnn_gui.qimage import from_qimage, to_qimage

Format = QImage.Format


def noise(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


@given(
    width=st.integers(1, 37),
    height=st.integers(1, 9),
    is_grey=st.booleans(),
    with_alpha=st.booleans(),
    seed=st.integers(0, 99),
)
def test_there_and_back_nothing_changes(width, height, is_grey, with_alpha, seed):
    pixels = noise(height, width, *(() if is_grey else (3,)), seed=seed)
    if not is_grey:
        pixels[0, 0] = (1, 2, 3)  # not grey by chance
    alpha = noise(height, width, seed=seed + 1) if with_alpha else None
    if with_alpha:
        alpha[0, 0] = 7  # not opaque by chance
    picture = from_qimage(to_qimage(pixels, alpha))
    np.testing.assert_array_equal(picture.pixels, pixels)
    assert picture.depth == 8
    if with_alpha:
        np.testing.assert_array_equal(picture.alpha, alpha)
    else:
        assert picture.alpha is None


def test_colours_are_where_qt_expects_them():
    pixels = np.array([[[255, 0, 0], [0, 128, 1]], [[9, 8, 7], [0, 0, 255]]], np.uint8)
    image = to_qimage(pixels, np.array([[255, 0], [1, 128]], np.uint8))
    assert image.pixelColor(1, 0) == QColor(0, 128, 1, 0)
    assert image.pixelColor(0, 1) == QColor(9, 8, 7, 1)
    assert to_qimage(pixels).pixelColor(0, 0) == QColor("red")
    assert to_qimage(np.array([[3, 200]], np.uint8)).pixelColor(1, 0) == QColor(200, 200, 200)


def test_an_image_owns_its_memory():
    pixels = noise(64, 63, 3)
    expected = pixels.copy()
    image = to_qimage(pixels)
    pixels[:] = 0
    del pixels
    gc.collect()
    np.testing.assert_array_equal(from_qimage(image).pixels, expected)


def test_a_picture_outlives_its_image():
    image = QImage(33, 21, Format.Format_RGB32)
    image.fill(QColor(10, 20, 30))
    picture = from_qimage(image)
    image.fill(QColor("white"))
    del image
    gc.collect()
    assert (picture.pixels == [10, 20, 30]).all()


def test_part_of_an_array_will_do():
    pixels = noise(20, 30, 3)
    part = pixels[3:17:2, 28:4:-3]
    np.testing.assert_array_equal(from_qimage(to_qimage(part)).pixels, part)
    np.testing.assert_array_equal(from_qimage(to_qimage(part[..., 1])).pixels, part[..., 1])


@pytest.mark.parametrize(
    ("pixels", "alpha"),
    [
        (np.zeros((4, 4, 4), np.uint8), None),
        (np.zeros((4, 4, 3), np.uint16), None),
        (np.zeros((0, 4), np.uint8), None),
        (np.zeros(4, np.uint8), None),
        (np.zeros((4, 4), np.uint8), np.zeros((4, 5), np.uint8)),
    ],
)
def test_what_is_no_picture_is_refused(pixels, alpha):
    with pytest.raises(ValueError, match="picture"):
        to_qimage(pixels, alpha)


def test_a_null_image_is_an_error_of_the_world():
    with pytest.raises(PictureError) as caught:
        from_qimage(QImage())
    assert caught.value.hint


@pytest.mark.parametrize(
    "form",
    [Format.Format_RGB32, Format.Format_ARGB32, Format.Format_ARGB32_Premultiplied],
)
def test_grey_from_a_clipboard_stays_grey_and_opaque(form):
    grey = noise(8, 9)
    picture = from_qimage(to_qimage(grey).convertToFormat(form))
    np.testing.assert_array_equal(picture.pixels, grey)
    assert picture.alpha is None


def test_palettes_and_bits_are_read():
    image = QImage(2, 1, Format.Format_Indexed8)
    image.setColorTable([QColor(255, 0, 0).rgb(), QColor(0, 0, 9).rgb()])
    image.setPixel(0, 0, 1)
    image.setPixel(1, 0, 0)
    np.testing.assert_array_equal(from_qimage(image).pixels, [[[0, 0, 9], [255, 0, 0]]])
    bits = QImage(3, 1, Format.Format_Mono)
    bits.fill(1)
    bits.setPixel(1, 0, 0)
    np.testing.assert_array_equal(from_qimage(bits).pixels, [[255, 0, 255]])


def test_sixteen_bits_stay_sixteen_bits():
    values = np.random.default_rng(0).integers(0, 65536, (5, 8), dtype=np.uint16)
    grey = QImage(values.data, 8, 5, values.strides[0], Format.Format_Grayscale16)
    picture = from_qimage(grey)
    assert picture.depth == 16
    np.testing.assert_array_equal(picture.pixels, values)
    colours = np.random.default_rng(1).integers(0, 65536, (5, 7, 4), dtype=np.uint16)
    deep = QImage(colours.data, 7, 5, colours.strides[0], Format.Format_RGBA64)
    picture = from_qimage(deep)
    np.testing.assert_array_equal(picture.pixels, colours[..., :3])
    np.testing.assert_array_equal(picture.alpha, colours[..., 3])


def test_the_profile_of_a_colour_picture_goes_along():
    image = to_qimage(noise(4, 4, 3))
    image.setColorSpace(QColorSpace(QColorSpace.NamedColorSpace.DisplayP3))
    profile = from_qimage(image).icc
    assert profile == image.colorSpace().iccProfile().data()
    assert profile[36:40] == b"acsp"
    assert from_qimage(to_qimage(noise(4, 4, 3))).icc is None


def test_it_agrees_with_qts_own_files():
    pixels, alpha = noise(11, 13, 3), noise(11, 13, seed=1)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.ReadWrite)
    assert to_qimage(pixels, alpha).save(buffer, "PNG")
    again = from_qimage(QImage.fromData(buffer.data()))
    np.testing.assert_array_equal(again.pixels, pixels)
    np.testing.assert_array_equal(again.alpha, alpha)

"""A scene is what the mode makes of a picture, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from srcnn.degrade import Degradation, luma_pair
from srcnn.errors import PictureError, PictureTooSmall
from srcnn.geometry import Size
from srcnn.picture import Picture
from srcnn.resize import Border
from srcnn_gui.viewer.scene import Mode


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_compare_makes_the_input_from_the_modcropped_picture(scene, pixels, scale):
    made = scene(101, 83, scale=scale)
    size = Size(101, 83).modcropped(scale)
    assert made.truth.size == made.size == size
    np.testing.assert_array_equal(made.truth.pixels, pixels(101, 83)[: size.height, : size.width])
    truth, low = luma_pair(pixels(101, 83), scale)
    np.testing.assert_array_equal(made.truth.luma, truth)
    np.testing.assert_allclose(made.source.window(made.source.size.region)[0], low, atol=1e-6)


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_upscale_takes_the_picture_as_it_is(scene, scale):
    made = scene(31, 20, scale=scale, mode=Mode.UPSCALE)
    assert made.truth is None
    assert made.source.size == Size(31, 20)
    assert made.size == Size(31 * scale, 20 * scale)


def test_every_choice_makes_another_input(scene):
    made = [
        scene(),
        scene(scale=4),
        scene(degradation=Degradation.GAUSSIAN),
        scene(border=Border.MIRROR),
        scene(mode=Mode.UPSCALE),
        scene(picture=Picture(np.zeros((80, 100, 3), np.uint8))),
    ]
    assert len({one.source.key for one in made}) == len(made)
    assert scene().source.key == scene().source.key


def test_the_protocol_says_how_the_input_was_made(scene):
    protocol = scene(scale=4, degradation=Degradation.GAUSSIAN, border=Border.MIRROR).protocol
    assert (protocol.shave, protocol.degradation, protocol.border) == (4, "gaussian", "mirror")
    assert scene(mode=Mode.UPSCALE).protocol.degradation == ""


@pytest.mark.parametrize("side", [1, 2])
def test_a_picture_of_no_whole_pixel_cannot_be_compared(scene, side):
    tiny = Picture(np.zeros((side, side), np.uint8))
    with pytest.raises(PictureTooSmall, match="is too small to compare") as caught:
        scene(picture=tiny, scale=3)
    assert "Upscale" in caught.value.hint
    assert scene(picture=tiny, scale=3, mode=Mode.UPSCALE).size == Size(side * 3, side * 3)


@pytest.mark.parametrize("extra", [0, 1, 2])
def test_a_reference_may_have_what_modcrop_takes_away(scene, pixels, extra):
    made = scene(20, 30, scale=3, mode=Mode.UPSCALE)
    reference = pixels(60 + extra, 90 + extra)
    measured = made.with_reference(Picture(reference))
    assert measured.truth.size == made.size
    np.testing.assert_array_equal(measured.truth.pixels, reference[:90, :60])
    assert measured.source is made.source
    assert made.truth is None


def test_a_reference_of_16_bits_is_measured_with_8(scene):
    reference = Picture(np.full((40, 60), 65535, np.uint16))
    measured = scene(30, 20, mode=Mode.UPSCALE).with_reference(reference)
    assert measured.truth.luma.dtype == np.uint8
    assert (measured.truth.luma == 255).all()


@pytest.mark.parametrize("size", [(59, 90), (60, 89), (63, 90), (90, 60)])
def test_a_reference_of_another_size_is_refused(scene, pixels, size):
    made = scene(20, 30, scale=3, mode=Mode.UPSCALE)
    with pytest.raises(PictureError, match=r"The reference has .* pixels") as caught:
        made.with_reference(Picture(pixels(*size)))
    assert caught.value.hint

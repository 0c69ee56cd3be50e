import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from srcnn.colour import luma_bytes, rgb_to_ycbcr
from srcnn.degrade import Degradation, degrade, luma_pair, modcrop
from srcnn.errors import PictureTooSmall
from srcnn.geometry import Region, Size
from srcnn.picture import Picture
from srcnn.resize import Border
from srcnn.source import PictureSource, Source, degraded_source, make_truth

degradations = st.sampled_from(list(Degradation))
borders = st.sampled_from(list(Border))


def noise(*shape: int, dtype: type = np.uint8, seed: int = 0) -> np.ndarray:
    top = np.iinfo(dtype).max
    return np.random.default_rng(seed).integers(0, top, shape, dtype=dtype, endpoint=True)


def all_of(source: Source) -> np.ndarray:
    return source.window(source.size.region)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_grey_is_taken_as_it_is(dtype: type):
    pixels = noise(9, 13, dtype=dtype)
    source = PictureSource(Picture(pixels))
    planes = all_of(source)
    assert planes.shape == (1, 9, 13)
    assert planes.dtype == np.float32
    full = np.iinfo(dtype).max
    np.testing.assert_allclose(planes[0], pixels / full, rtol=1e-6)
    np.testing.assert_array_equal(np.rint(planes[0].astype(float) * full), pixels)
    assert (source.is_grey, source.depth) == (True, np.dtype(dtype).itemsize * 8)


def test_colour_becomes_luma_and_chroma_unrounded():
    pixels = noise(9, 13, 3)
    source = PictureSource(Picture(pixels))
    rgb = pixels.transpose(2, 0, 1).astype(np.float32) / np.float32(255)
    np.testing.assert_array_equal(all_of(source), rgb_to_ycbcr(rgb))
    assert (source.is_grey, source.depth) == (False, 8)
    assert source.size == Size(13, 9)


def test_opacity_is_given_out_beside_the_colours():
    alpha = noise(9, 13)
    source = PictureSource(Picture(noise(9, 13, 3), alpha))
    region = Region(2, 3, 7, 8)
    assert source.has_alpha
    window = source.alpha_window(region)
    assert window is not None
    np.testing.assert_allclose(window, alpha[region.slices] / 255, rtol=1e-6)
    opaque = PictureSource(Picture(noise(9, 13, 3)))
    assert not opaque.has_alpha
    assert opaque.alpha_window(region) is None


@pytest.mark.parametrize("shape", [(20, 31), (20, 31, 3)], ids=["grey", "rgb"])
@pytest.mark.parametrize("kind", ["picture", "degraded"])
def test_a_window_is_a_crop_of_the_whole(shape: tuple[int, ...], kind: str):
    picture = Picture(noise(*shape))
    source: Source = PictureSource(picture)
    if kind == "degraded":
        source = degraded_source(make_truth(picture, 2), 2)
    whole = all_of(source)
    for region in (Region(0, 0, 1, 1), Region(3, 2, 9, 10), Region(5, 0, 15, 10)):
        np.testing.assert_array_equal(source.window(region), whole[:, *region.slices])


@settings(deadline=None)
@given(st.integers(4, 40), st.integers(4, 40), st.sampled_from([2, 3, 4]), degradations, borders)
def test_the_low_resolution_is_the_papers(
    height: int, width: int, scale: int, degradation: Degradation, border: Border
):
    pixels = noise(height, width, 3, seed=height * width)
    truth = make_truth(Picture(pixels), scale)
    source = degraded_source(truth, scale, degradation, border)
    luma, low = luma_pair(pixels, scale, degradation, border)
    np.testing.assert_array_equal(truth.luma, luma)
    np.testing.assert_array_equal(all_of(source)[0], low)
    rgb = modcrop(pixels, scale).transpose(2, 0, 1).astype(np.float32) / np.float32(255)
    chroma = degrade(rgb_to_ycbcr(rgb)[1:], scale, degradation, border)
    np.testing.assert_array_equal(all_of(source)[1:], chroma)


@pytest.mark.parametrize("border", list(Border))
@pytest.mark.parametrize("degradation", list(Degradation))
def test_working_in_bands_leaves_no_trace(degradation: Degradation, border: Border):
    pixels = noise(2 * 300 + 1, 11)  # bands are 128 low rows high
    source = degraded_source(make_truth(Picture(pixels), 2), 2, degradation, border)
    _, low = luma_pair(pixels, 2, degradation, border)
    np.testing.assert_array_equal(all_of(source)[0], low)


def test_a_degraded_source_is_what_methods_are_given():
    source = degraded_source(make_truth(Picture(noise(31, 40, 3)), 3), 3)
    assert source.size == Size(13, 10)
    assert (source.is_grey, source.depth, source.has_alpha) == (False, 8, False)
    assert source.alpha_window(source.size.region) is None
    grey = degraded_source(make_truth(Picture(noise(31, 40)), 3), 3)
    assert all_of(grey).shape == (1, 10, 13)


def test_the_truth_is_8_bits_and_modcropped():
    picture = Picture(noise(10, 11, dtype=np.uint16))
    truth = make_truth(picture, 3)
    assert truth.size == Size(9, 9)
    np.testing.assert_array_equal(truth.pixels, picture.to_uint8()[:9, :9])
    np.testing.assert_array_equal(truth.luma, truth.pixels)
    colour = make_truth(Picture(noise(10, 11, 3)), 3)
    np.testing.assert_array_equal(colour.luma, luma_bytes(noise(10, 11, 3))[:9, :9])


def test_a_truth_smaller_than_the_scale_is_refused():
    with pytest.raises(PictureTooSmall):
        make_truth(Picture(noise(2, 50)), 3)


def test_keys_differ_where_planes_may():
    pixels, other = noise(12, 12), noise(12, 12, seed=1)
    truth = make_truth(Picture(pixels), 2)
    keys = [
        PictureSource(Picture(pixels)).key,
        PictureSource(Picture(other)).key,
        PictureSource(Picture(pixels.reshape(6, 24))).key,
        PictureSource(Picture(pixels.astype(np.uint16))).key,
        PictureSource(Picture(pixels, alpha=other)).key,
        PictureSource(Picture(np.stack([pixels] * 3, axis=-1))).key,
        degraded_source(truth, 2).key,
        degraded_source(truth, 3).key,
        degraded_source(truth, 2, Degradation.GAUSSIAN).key,
        degraded_source(truth, 2, border=Border.MIRROR).key,
        degraded_source(make_truth(Picture(other), 2), 2).key,
    ]
    assert len(set(keys)) == len(keys)


def test_keys_are_the_same_for_the_same():
    pixels = noise(12, 16, 3)
    turned = np.asfortranarray(pixels)
    assert PictureSource(Picture(pixels)).key == PictureSource(Picture(turned, icc=b"any")).key
    assert (
        degraded_source(make_truth(Picture(pixels), 2), 2).key
        == degraded_source(make_truth(Picture(turned), 2), 2).key
    )

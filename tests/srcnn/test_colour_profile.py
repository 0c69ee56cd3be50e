"""Colours through profiles are what arithmetic says, in every thread; what is no use is said."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageCms

from srcnn.colour_profile import (
    check_screen_profile,
    colour_transform,
    profile_name,
    read_screen_profile,
    to_srgb,
)
from srcnn.errors import PictureError
from tests.srcnn.colour_profiles import WIDE, grey_profile, profile, wide_profile

SRGB = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))
"""X, Y, Z of the primaries of sRGB, adapted to D50."""

GAMMA, GREY_GAMMA = 563 / 256, 461 / 256
"""Those of the profiles, as ICC stores them."""

BUILT_IN = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
LAB = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()


def encoded(linear):
    """Return the levels of sRGB of linear light, clipped."""
    light = np.clip(linear, 0, 1)
    curve = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return 255 * curve


def by_hand(rgb):
    """Return the sRGB of colours of the wide profile."""
    light = (rgb / 255) ** GAMMA
    return encoded(light @ np.array(WIDE) @ np.linalg.inv(np.array(SRGB)))


def test_colours_are_what_arithmetic_says(rng):
    transform = colour_transform(wide_profile())
    pixels = rng.integers(0, 256, (60, 50, 3), dtype=np.uint8)
    np.testing.assert_allclose(transform(pixels), by_hand(pixels), atol=1.5)
    soft = np.clip(pixels // 4 + 96, 0, 255).astype(np.uint8)
    assert (np.abs(transform(soft) - by_hand(soft)) <= 1).all()


def test_colours_beyond_srgb_are_clipped_and_greys_stay_grey():
    transform = colour_transform(wide_profile())
    red, grey = transform(np.array([[[255, 0, 0], [128, 128, 128]]], np.uint8))[0]
    assert red.tolist() == [255, 0, 0]
    assert np.ptp(grey.astype(int)) <= 1


def test_it_agrees_with_the_library_s_own_way(rng):
    from io import BytesIO

    from PIL import Image

    pixels = rng.integers(0, 256, (40, 30, 3), dtype=np.uint8)
    wide = ImageCms.ImageCmsProfile(BytesIO(wide_profile()))
    target = ImageCms.createProfile("sRGB")
    expected = np.asarray(ImageCms.profileToProfile(Image.fromarray(pixels), wide, target))
    difference = colour_transform(wide_profile())(pixels).astype(int) - expected
    assert np.abs(difference).max() <= 1


def test_from_srgb_and_back(rng):
    onto, back = colour_transform(None, wide_profile()), colour_transform(wide_profile())
    pixels = rng.integers(40, 256, (40, 30, 3), dtype=np.uint8)
    shown = onto(pixels)
    assert np.abs(shown.astype(int) - pixels).max() > 20
    np.testing.assert_allclose(back(shown).astype(int), pixels, atol=4)


def test_grey_has_a_curve_of_its_own():
    levels = np.arange(256, dtype=np.uint8)[np.newaxis]
    transform = colour_transform(grey_profile(), is_grey=True)
    shown = transform(levels)
    expected = encoded((levels / 255) ** GREY_GAMMA)
    assert shown.shape == (1, 256, 3)
    for channel in range(3):
        np.testing.assert_allclose(shown[..., channel], expected, atol=1)
    coloured = colour_transform(wide_profile(), is_grey=True)(levels)
    np.testing.assert_allclose(
        coloured[0, :, 1], by_hand(levels[0][:, np.newaxis].repeat(3, 1))[:, 1], atol=1.5
    )


@pytest.mark.parametrize(
    ("icc", "target"),
    [(None, None), (wide_profile(), wide_profile()), (BUILT_IN, None), (None, BUILT_IN)],
    ids=["none", "same", "tagged", "screen"],
)
@pytest.mark.parametrize("is_grey", [False, True])
def test_where_nothing_would_change_nothing_is_done(icc, target, is_grey):
    assert colour_transform(icc, target, is_grey=is_grey) is None


def test_keys_tell_transforms_apart():
    pairs = [(wide_profile(), None), (None, wide_profile())]
    keys = [colour_transform(*pair).key for pair in pairs]
    keys.append(colour_transform(grey_profile(), is_grey=True).key)
    assert len(set(keys)) == 3
    assert colour_transform(wide_profile()).key == keys[0]


def test_a_large_picture_is_as_its_rows(rng):
    transform = colour_transform(wide_profile())
    pixels = rng.integers(0, 256, (700, 401, 3), dtype=np.uint8)
    rows = [transform(pixels[row : row + 1]) for row in range(0, 700, 7)]
    np.testing.assert_array_equal(transform(pixels)[::7], np.concatenate(rows))


def test_every_thread_gets_the_same(rng):
    transform = colour_transform(wide_profile())
    tiles = [rng.integers(0, 256, (48, 48, 3), dtype=np.uint8) for _ in range(64)]
    expected = [transform(tile) for tile in tiles]
    with ThreadPoolExecutor(8) as threads:
        for found, wanted in zip(threads.map(transform, tiles), expected, strict=True):
            np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize(
    ("icc", "said"),
    [
        (b"", "damaged"),
        (b"no profile at all", "damaged"),
        (wide_profile()[:200], "damaged"),
        (profile(b"RGB ", {}), "damaged"),
        (profile(b"CMYK", {}), "CMYK"),
        (LAB, "LAB"),
        (grey_profile(), "grey"),
    ],
    ids=["empty", "text", "cut", "bare", "cmyk", "lab", "grey"],
)
def test_what_is_no_use_is_said(icc, said):
    with pytest.raises(PictureError, match=said):
        colour_transform(icc)
    assert to_srgb(icc, is_grey=False) is None
    with pytest.raises(PictureError, match="Mine"):
        check_screen_profile(icc, "Mine")


@given(st.integers(0, len(wide_profile()) - 1), st.binary(min_size=1, max_size=8))
def test_damage_anywhere_does_no_harm(place, bytes_there):
    whole = wide_profile()
    damaged = whole[:place] + bytes_there + whole[place + len(bytes_there) :]
    profile_name(damaged)
    found = to_srgb(damaged, is_grey=False)
    if found is not None:
        assert found(np.zeros((2, 3, 3), np.uint8)).shape == (2, 3, 3)


def test_a_profile_says_its_name():
    assert profile_name(wide_profile()) == "for tests"
    assert profile_name(None) == profile_name(b"no profile") == ""


def test_the_profile_of_a_screen_is_read_or_refused(tmp_path):
    path = tmp_path / "screen.icc"
    path.write_bytes(wide_profile())
    assert read_screen_profile(path) == wide_profile()
    path.write_bytes(b"text")
    with pytest.raises(PictureError, match=r"screen\.icc is damaged"):
        read_screen_profile(path)
    path.unlink()
    with pytest.raises(PictureError, match=r"screen\.icc cannot be read") as told:
        read_screen_profile(path)
    assert told.value.hint

"""Opacity: what is invisible leaves no trace in what is visible."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from srcnn.canvas import DeepCanvas, PillowCanvas
from srcnn.device import cpu_device
from srcnn.geometry import Region, Size
from srcnn.method import Method, MethodEnvironment
from srcnn.opacity import premultiplied, solid, straight
from srcnn.output import save_enlargement
from srcnn.picture import Picture, load_picture
from srcnn.registry import load_methods
from srcnn.source import PictureSource
from srcnn.tiles import Enlargement, render_tiles
from srcnn.weights import bundled_weights

EVERY_METHOD = ("nearest", "bicubic", "lanczos", "srcnn", "anr")
DTYPES = (np.uint8, np.uint16)


@cache
def method(name: str) -> Method:
    return load_methods(MethodEnvironment(cpu_device(), bundled_weights()))[name]


def rendered(picture: Picture, name: str, scale: int = 3) -> tuple[np.ndarray, np.ndarray | None]:
    """Return straight colours and opacity."""
    enlargement = Enlargement(PictureSource(picture), method(name), scale)
    size = enlargement.size
    pixels = np.zeros((size.height, size.width, *picture.pixels.shape[2:]), picture.pixels.dtype)
    alpha = np.zeros(pixels.shape[:2], picture.pixels.dtype)
    found = None
    for tile in render_tiles(enlargement):
        pixels[tile.region.slices] = tile.pixels
        if tile.alpha is not None:
            alpha[tile.region.slices] = tile.alpha
            found = alpha
    return pixels, found


def disc(hidden: int, dtype: type, *, is_grey: bool, side: int = 60) -> Picture:
    """Return a white disc with a soft edge; where it is transparent its colour is ``hidden``."""
    y, x = np.mgrid[:side, :side] - (side - 1) / 2
    opacity = np.clip(side / 3 + 0.5 - np.hypot(y, x), 0, 1)
    full = np.iinfo(dtype).max
    alpha = np.rint(opacity * full).astype(dtype)
    pixels = np.where(alpha > 0, full, hidden * (full // 255)).astype(dtype)
    return Picture(pixels if is_grey else pixels[..., np.newaxis].repeat(3, axis=-1), alpha)


@pytest.mark.parametrize("is_grey", [True, False], ids=["grey", "rgb"])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", EVERY_METHOD)
def test_a_white_disc_has_no_dark_edge(name: str, dtype: type, is_grey: bool):
    pixels, alpha = rendered(disc(0, dtype, is_grey=is_grey), name)
    white, _ = rendered(disc(255, dtype, is_grey=is_grey), name)
    np.testing.assert_array_equal(pixels, white)  # whatever was hidden
    assert alpha is not None
    full = np.iinfo(dtype).max
    assert pixels[alpha > 0].min() >= full - (dtype == np.uint16)


@pytest.mark.parametrize("is_grey", [True, False], ids=["grey", "rgb"])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", EVERY_METHOD)
def test_opaque_pictures_give_the_same_bits_as_without_opacity(
    name: str, dtype: type, is_grey: bool
):
    full = np.iinfo(dtype).max
    shape = (31, 27) if is_grey else (31, 27, 3)
    pixels = np.random.default_rng(3).integers(0, full, shape, dtype=dtype, endpoint=True)
    bare, none = rendered(Picture(pixels), name, 2)
    opaque, alpha = rendered(Picture(pixels, np.full(shape[:2], full, dtype)), name, 2)
    assert none is None
    np.testing.assert_array_equal(opaque, bare)
    assert np.unique(alpha) == full


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", EVERY_METHOD)
def test_what_is_invisible_everywhere_is_black_and_no_error(name: str, dtype: type):
    noise = np.random.default_rng(3).integers(0, 255, (20, 19, 3)).astype(dtype)
    pixels, alpha = rendered(Picture(noise, np.zeros((20, 19), dtype)), name, 2)
    assert np.unique(alpha) == 0
    assert np.unique(pixels) == 0


@settings(deadline=None, max_examples=60)
@given(
    st.tuples(*[st.integers(0, 255)] * 3),
    st.integers(1, 255),
    st.sampled_from(["nearest", "bicubic"]),
    st.sampled_from([2, 3, 4]),
)
def test_flat_colours_stay_exact_at_any_opacity(
    colour: tuple[int, int, int], opacity: int, name: str, scale: int
):
    for pixels in (np.full((9, 7, 3), colour, np.uint8), np.full((9, 7), colour[0], np.uint8)):
        picture = Picture(pixels, np.full((9, 7), opacity, np.uint8))
        found, alpha = rendered(picture, name, scale)
        assert (found == pixels[0, 0]).all()
        assert np.unique(alpha) == opacity


@settings(deadline=None, max_examples=60)
@given(st.tuples(*[st.integers(0, 65535)] * 3), st.integers(64, 65535))
def test_flat_colours_of_16_bits_stay_within_what_their_opacity_leaves(
    colour: tuple[int, int, int], opacity: int
):
    picture = Picture(np.full((9, 7, 3), colour, np.uint16), np.full((9, 7), opacity, np.uint16))
    found, alpha = rendered(picture, "bicubic", 2)
    assert np.unique(alpha) == opacity
    off = np.abs(found.astype(int) - colour).max() * opacity / 65535
    assert off <= 0.6  # less than a level of what is seen


@settings(max_examples=50)
@given(st.integers(0, 99), st.booleans())
def test_straight_undoes_premultiplied(seed: int, is_grey: bool):
    random = np.random.default_rng(seed)
    planes = random.random((1 if is_grey else 3, 6, 5), np.float32)
    alpha = random.random((6, 5), np.float32)
    alpha[0] = 0
    alpha[1, 0] = 1.1  # bicubic overshoots
    again = straight(premultiplied(planes, np.clip(alpha, 0, 1)), alpha)
    seen = alpha > 0.01
    np.testing.assert_allclose(again[:, seen], planes[:, seen], atol=1e-4)
    black = np.array([0] if is_grey else [16 / 255, 128 / 255, 128 / 255])
    np.testing.assert_allclose(again[:, 0].T, np.broadcast_to(black, (5, len(planes))), atol=1e-6)


def test_transparent_pixels_of_a_file_do_not_colour_its_neighbours(tmp_path: Path):
    pixels = np.zeros((24, 24, 3), np.uint8)
    pixels[:, 12:] = (255, 0, 0)
    pixels[:, :12] = (0, 255, 0)  # hidden
    alpha = np.zeros((24, 24), np.uint8)
    alpha[:, 12:] = 255
    picture = Picture(pixels, alpha)
    save_enlargement(
        Enlargement(PictureSource(picture), method("bicubic"), 4), tmp_path / "out.png"
    )
    result = load_picture(tmp_path / "out.png")
    assert result.alpha is not None
    green = result.pixels[..., 1].astype(float) * result.alpha / 255
    assert green.max() <= 1


@pytest.mark.parametrize("canvas", [PillowCanvas, DeepCanvas])
def test_what_has_no_opacity_is_opaque_on_a_canvas_with_it(canvas: type):
    full = 255 if canvas is PillowCanvas else 65535
    for channels in (2, 4):
        made = canvas(Size(3, 2), channels)
        shape = (2, 3) if channels == 2 else (2, 3, 3)
        made.paste(Region(0, 0, 3, 2), np.full(shape, 7, np.uint8), None)
        assert np.unique(made.rows(0, 2)[..., -1]) == full
        assert np.unique(made.rows(0, 2)[..., :-1]) == (7 if full == 255 else 7 * 257)


def on(background: int, pixels: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Return what is seen on grey."""
    opacity = alpha.astype(float)[..., np.newaxis] / 255
    return pixels * opacity + background * (1 - opacity)


@pytest.mark.parametrize("background", [0, 128, 255])
def test_bicubic_of_what_is_seen_is_what_is_seen_of_bicubic(background: int):
    """A shadow beside a disc, say: no line between them on any background."""
    pixels = np.zeros((24, 40, 3), np.uint8)
    pixels[:, 14:26] = 200
    alpha = np.full((24, 40), 80, np.uint8)
    alpha[:, 14:26] = 255
    found, opacity = rendered(Picture(pixels, alpha), "bicubic", 2)
    assert opacity is not None
    flat = np.rint(on(background, pixels, alpha)).astype(np.uint8)
    expected, _ = rendered(Picture(flat), "bicubic", 2)
    inside = (opacity > 80) & (opacity < 255)  # bicubic overshoots, opacity cannot
    assert inside.any()
    off = np.abs(on(background, found, opacity) - expected.astype(float))
    assert off[inside].max() <= 2


@pytest.mark.parametrize("name", EVERY_METHOD)
def test_half_seen_pictures_look_like_opaque_ones(name: str):
    """The same opacity everywhere changes no colour, by whatever method."""
    pixels = np.random.default_rng(5).integers(0, 256, (30, 30, 3), dtype=np.uint8)
    opaque, _ = rendered(Picture(pixels), name, 2)
    half, alpha = rendered(Picture(pixels, np.full((30, 30), 128, np.uint8)), name, 2)
    assert np.unique(alpha) == 128
    assert np.abs(half.astype(int) - opaque).max() <= (1 if name != "nearest" else 0)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 999), st.booleans())
def test_holes_are_filled_with_the_nearest_colour(seed: int, is_grey: bool):
    random = np.random.default_rng(seed)
    pixels = random.integers(0, 256, (12, 9) if is_grey else (12, 9, 3), dtype=np.uint8)
    alpha = np.where(random.random((12, 9)) < 0.3, 200, 0).astype(np.uint8)
    filled = solid(pixels, alpha)
    seen = np.argwhere(alpha)
    for y, x in np.ndindex(alpha.shape):
        if len(seen):
            distances = ((seen - (y, x)) ** 2).sum(axis=1)
            nearest = seen[distances == distances.min()]
            assert any((filled[y, x] == pixels[tuple(place)]).all() for place in nearest)
        else:
            assert (filled == pixels).all()


def test_holes_are_filled_in_bands_without_a_seam():
    """As far as any method sees, rows of other bands count too."""
    alpha = np.zeros((1100, 6), np.uint8)
    alpha[::20] = 255
    pixels = np.repeat(np.arange(1100) % 251, 6).reshape(1100, 6).astype(np.uint8)
    filled = solid(pixels, alpha)
    rows = np.arange(1100)
    away = np.abs(rows - (rows + 10) // 20 * 20)
    sure = away < 10  # not as far from one as from the other
    np.testing.assert_array_equal(
        filled[sure, 0], pixels[np.minimum((rows[sure] + 10) // 20 * 20, 1080), 0]
    )
    assert solid(pixels, np.full((1100, 6), 9, np.uint8)) is pixels

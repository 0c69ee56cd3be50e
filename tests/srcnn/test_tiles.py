import copy
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from srcnn.colour import grey_to_luma, luma_to_grey, rgb_to_ycbcr
from srcnn.degrade import luma_pair
from srcnn.device import cpu_device
from srcnn.errors import Cancelled, DeviceTooSmall
from srcnn.geometry import Region, Size
from srcnn.method import Method, MethodEnvironment
from srcnn.metrics import to_bytes
from srcnn.picture import Picture
from srcnn.registry import load_methods
from srcnn.resize import Border, imresize
from srcnn.source import PictureSource, Source, degraded_source, make_truth
from srcnn.spec import SrcnnSpec
from srcnn.tiles import Enlargement, Tile, TileGrid, render_tile, render_tiles, stepping_down
from srcnn.weights import ModelCard, Weights, bundled_weights

SPEC = SrcnnSpec(4, 2)


def random_weights(scale: int) -> Weights:
    random = np.random.default_rng(scale)
    w1, b1, w2, b2, w3, b3 = (
        random.normal(0, 0.05, shape).astype(np.float32) for shape in SPEC.shapes
    )
    w1[0, 0, 4, 4] = w2[0, 0, 0, 0] = w3[0, 0, 2, 2] = 1
    return Weights(SPEC, scale, (w1, b1, w2, b2, w3, b3), ModelCard("9-1-5"))


METHODS = load_methods(MethodEnvironment(cpu_device(), [random_weights(s) for s in (2, 3, 4)]))
IN_NUMPY = ["nearest", "bicubic", "lanczos"]


def noise(*shape: int, dtype: type = np.uint8, seed: int = 0) -> np.ndarray:
    top = np.iinfo(dtype).max
    return np.random.default_rng(seed).integers(0, top, shape, dtype=dtype, endpoint=True)


def with_tile(method: Method, tile: int) -> Method:
    changed = copy.copy(method)
    changed.tile = tile
    return changed


def assembled(size: Size, tiles: list[Tile]) -> tuple[np.ndarray, np.ndarray]:
    """Put pixels and luma together."""
    first = tiles[0].pixels
    pixels = np.zeros((size.height, size.width, *first.shape[2:]), first.dtype)
    luma = np.zeros((size.height, size.width), np.uint8)
    for tile in tiles:
        pixels[tile.region.slices], luma[tile.region.slices] = tile.pixels, tile.luma
    return pixels, luma


def enlarged(source: Source, method: Method, scale: int, border: Border = Border.CLAMP) -> tuple:
    enlargement = Enlargement(source, method, scale, border)
    return assembled(enlargement.size, list(render_tiles(enlargement)))


# The grid.


@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 160))
def test_every_pixel_is_in_one_tile(width: int, height: int, side: int):
    grid = TileGrid(Size(width, height), side)
    covered = np.zeros((height, width), int)
    for index in range(min(len(grid), 400)):
        region = grid.region(index)
        assert not region.is_empty
        assert max(region.width, region.height) <= side
        covered[region.slices] += 1
    assert covered.max() == 1
    if len(grid) <= 400:
        assert covered.min() == 1
        assert len(grid) == grid.columns * grid.rows


@given(st.integers(1, 90), st.integers(1, 90), st.integers(5, 50), st.data())
def test_covering_finds_the_tiles_that_have_a_pixel(
    width: int, height: int, side: int, data: st.DataObject
):
    numbers = st.integers(-20, 110)
    left, top = data.draw(numbers), data.draw(numbers)
    region = Region(left, top, left + data.draw(numbers), top + data.draw(numbers))
    grid = TileGrid(Size(width, height), side)
    expected = [
        index for index in range(len(grid)) if not grid.region(index).intersected(region).is_empty
    ]
    assert grid.covering(region) == expected


# Tiles against the whole.


@pytest.mark.parametrize("method", IN_NUMPY)
@pytest.mark.parametrize("border", list(Border))
def test_grey_is_the_rounded_whole(method: str, border: Border):
    chosen = load_methods(MethodEnvironment(cpu_device(), border=border))[method]
    pixels = noise(70, 95)
    luma = grey_to_luma(pixels[np.newaxis].astype(np.float32) / np.float32(255))
    expected = to_bytes(luma_to_grey(chosen.enlarge(luma, 3))[0])
    result, measured = enlarged(PictureSource(Picture(pixels)), chosen, 3, border)
    np.testing.assert_array_equal(result, expected)
    np.testing.assert_array_equal(measured, expected)


@pytest.mark.parametrize("method", ["srcnn", "anr", "bicubic"])
def test_grey_is_enlarged_as_it_is_in_colour(method: str):
    """Networks have learnt luma, where black is 16: given black as 0 they would lift it."""
    environment = MethodEnvironment(cpu_device(), bundled_weights())
    chosen = load_methods(environment)[method]
    pixels = np.zeros((40, 40), np.uint8)
    pixels[10:30, 10:30] = noise(20, 20)
    grey, _ = enlarged(PictureSource(Picture(pixels)), chosen, 3, Border.CLAMP)
    colour = Picture(pixels[..., np.newaxis].repeat(3, axis=2))
    rgb, _ = enlarged(PictureSource(colour), chosen, 3, Border.CLAMP)
    assert np.abs(rgb - grey[..., np.newaxis].astype(int)).max() <= 1
    assert grey[:12].max() <= 1


@pytest.mark.parametrize("border", list(Border))
def test_colour_is_bicubic_of_luma_and_chroma_alike(border: Border):
    """Bicubic is linear, so it does not matter whether RGB or YCbCr is enlarged."""
    chosen = load_methods(MethodEnvironment(cpu_device(), border=border))["bicubic"]
    pixels = noise(60, 75, 3)
    rgb = pixels.transpose(2, 0, 1).astype(np.float32) / np.float32(255)
    result, luma = enlarged(PictureSource(Picture(pixels)), chosen, 3, border)
    exact = imresize(rgb, 3, border=border).clip(0, 1).transpose(1, 2, 0) * 255
    assert np.abs(result - exact).max() < 0.5 + 1e-3
    exact = rgb_to_ycbcr(imresize(rgb, 3, border=border))[0] * 255
    assert np.abs(luma - exact).max() < 0.5 + 1e-3


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_compared_luma_is_measured_as_in_the_paper(scale: int):
    pixels = noise(150, 211, 3)
    source = degraded_source(make_truth(Picture(pixels), scale), scale)
    _, low = luma_pair(pixels, scale)
    _, luma = enlarged(source, METHODS["bicubic"], scale)
    np.testing.assert_array_equal(luma, to_bytes(imresize(low, scale)))


@pytest.mark.parametrize("method", [*IN_NUMPY, "srcnn"])
@pytest.mark.parametrize("shape", [(130, 140), (130, 140, 3)], ids=["grey", "rgb"])
def test_tiles_do_not_depend_on_order_or_company(method: str, shape: tuple[int, ...]):
    source = PictureSource(Picture(noise(*shape)))
    enlargement = Enlargement(source, METHODS[method], 2)
    all_at_once = list(render_tiles(enlargement))
    assert len(all_at_once) == len(enlargement.grid) > 3
    for index in (3, 0, 3):
        alone = render_tile(Enlargement(source, METHODS[method], 2), index)
        assert (alone.index, alone.region) == (index, enlargement.grid.region(index))
        np.testing.assert_array_equal(alone.pixels, all_at_once[index].pixels)
        np.testing.assert_array_equal(alone.luma, all_at_once[index].luma)


@pytest.mark.parametrize("scale", [2, 3, 4])
@pytest.mark.parametrize("method", IN_NUMPY)
def test_another_grid_gives_the_same_bits(method: str, scale: int):
    source = PictureSource(Picture(noise(61, 83, 3), alpha=noise(61, 83, seed=1)))
    chosen = METHODS[method]
    expected = enlarged(source, chosen, scale)
    for tile in (12, 60, 1200):
        for result, other in zip(
            enlarged(source, with_tile(chosen, tile), scale), expected, strict=True
        ):
            np.testing.assert_array_equal(result, other)


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_another_grid_moves_srcnn_by_no_more_than_a_rounding(scale: int):
    source = PictureSource(Picture(noise(60, 75, 3)))
    expected = enlarged(source, METHODS["srcnn"], scale)
    for tile in (72, 1200):
        other = enlarged(source, with_tile(METHODS["srcnn"], tile), scale)
        for result, reference in zip(other, expected, strict=True):
            difference = np.abs(result.astype(int) - reference)
            assert difference.max() <= 1
            assert np.count_nonzero(difference) <= difference.size / 10_000


@pytest.mark.parametrize("method", [*IN_NUMPY, "srcnn"])
def test_threads_give_the_same_bits(method: str):
    source = PictureSource(Picture(noise(90, 110, 3), alpha=noise(90, 110)))
    enlargement = Enlargement(source, METHODS[method], 3)
    indices = list(range(len(enlargement.grid))) * 3
    with ThreadPoolExecutor(4) as pool:
        tiles = list(pool.map(lambda index: render_tile(enlargement, index), indices))
    for tile in tiles:
        alone = render_tile(Enlargement(source, METHODS[method], 3), tile.index)
        np.testing.assert_array_equal(tile.pixels, alone.pixels)
        np.testing.assert_array_equal(tile.alpha, alone.alpha)


# What is kept of the picture.


@settings(deadline=None, max_examples=40)
@given(st.tuples(*[st.integers(0, 255)] * 3), st.sampled_from(IN_NUMPY), st.sampled_from([2, 3, 4]))
def test_a_flat_colour_stays_exactly_that_colour(
    colour: tuple[int, int, int], method: str, scale: int
):
    source = PictureSource(Picture(np.full((9, 7, 3), colour, np.uint8)))
    (tile,) = render_tiles(Enlargement(source, METHODS[method], scale))
    assert (tile.pixels == colour).all()


@pytest.mark.parametrize("method", IN_NUMPY)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_white_and_black_stay_white_and_black(method: str, dtype: type):
    full = np.iinfo(dtype).max
    for value in (0, full):
        for shape in ((6, 9), (6, 9, 3)):
            picture = Picture(np.full(shape, value, dtype), np.full((6, 9), full, dtype))
            (tile,) = render_tiles(Enlargement(PictureSource(picture), METHODS[method], 2))
            assert tile.pixels.dtype == dtype
            assert np.unique(tile.pixels) == value
            assert tile.alpha is not None
            assert np.unique(tile.alpha) == full


@pytest.mark.parametrize("shape", [(21, 17), (21, 17, 3)], ids=["grey", "rgb"])
def test_16_bits_come_out_with_16(shape: tuple[int, ...]):
    pixels = noise(*shape, dtype=np.uint16)
    (tile,) = render_tiles(Enlargement(PictureSource(Picture(pixels)), METHODS["bicubic"], 2))
    planes = pixels.reshape(21, 17, -1).transpose(2, 0, 1) / 65535
    exact = imresize(planes, 2).clip(0, 1).transpose(1, 2, 0).reshape(42, 34, *shape[2:]) * 65535
    assert tile.pixels.dtype == np.uint16
    assert np.abs(tile.pixels - exact).max() < 1
    assert np.unique(tile.pixels % 257).size > 1  # more than 8 bits widened


def test_opacity_is_enlarged_by_bicubic_whatever_the_method():
    alpha = noise(80, 90)
    source = PictureSource(Picture(noise(80, 90, 3), alpha))
    expected = to_bytes(imresize(alpha.astype(np.float32) / np.float32(255), 2))
    for method in ("nearest", "bicubic", "srcnn"):
        for tile in render_tiles(Enlargement(source, METHODS[method], 2)):
            np.testing.assert_array_equal(tile.alpha, expected[tile.region.slices])


def test_methods_of_rgb_see_rgb_and_keep_colours():
    """Nearest neighbour takes three planes: every colour stays what it was."""
    pixels = noise(33, 50, 3)
    result, _ = enlarged(PictureSource(Picture(pixels)), METHODS["nearest"], 3)
    np.testing.assert_array_equal(result, pixels.repeat(3, axis=0).repeat(3, axis=1))
    result, _ = enlarged(PictureSource(Picture(pixels[..., 1])), METHODS["nearest"], 3)
    np.testing.assert_array_equal(result, pixels[..., 1].repeat(3, axis=0).repeat(3, axis=1))


def test_stopping_is_asked_before_every_tile():
    enlargement = Enlargement(PictureSource(Picture(noise(200, 200))), METHODS["nearest"], 2)
    answers = iter([False, False, False, True])
    tiles = render_tiles(enlargement, lambda: next(answers), threads=1)
    assert [next(tiles).index, next(tiles).index] == [0, 1]  # the third is under way
    with pytest.raises(Cancelled):
        next(tiles)


@pytest.mark.parametrize("method", ["bicubic", "srcnn"])
def test_the_number_of_threads_changes_no_bit(method: str):
    source = PictureSource(Picture(noise(170, 190, 3)))
    enlargement = Enlargement(source, METHODS[method], 3)
    alone = list(render_tiles(enlargement, threads=1))
    together = list(render_tiles(enlargement, threads=3))
    assert [tile.index for tile in together] == list(range(len(enlargement.grid)))
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one.pixels, other.pixels)
        np.testing.assert_array_equal(one.luma, other.luma)


class Greedy(type(METHODS["srcnn"])):  # type: ignore[misc]
    """A network that does not fit into memory until it was told twice."""

    def enlarge_regions(self, windows, scale):
        if self.tile != 48:
            raise DeviceTooSmall("The card has too little memory left")
        return super().enlarge_regions(windows, scale)

    def step_down(self):
        smaller = copy.copy(self)
        smaller.tile = self.tile // 5 if self.batch == 1 else self.tile
        smaller.batch = 1
        smaller.effort = f"{smaller.batch} x {smaller.tile}"
        return smaller if smaller.tile >= 48 else None


def test_memory_that_does_not_suffice_is_met_by_smaller_steps():
    greedy = copy.copy(METHODS["srcnn"])
    greedy.__class__, greedy.batch = Greedy, 4
    enlargement = Enlargement(PictureSource(Picture(noise(60, 60))), greedy, 3)
    notes: list[str] = []
    tiles = stepping_down(lambda chosen: list(render_tiles(chosen)), enlargement, notes.append)
    assert len(tiles) == 16
    assert notes == [
        "The card has too little memory left. Going on with 1 x 240.",
        "The card has too little memory left. Going on with 1 x 48.",
    ]


def test_memory_that_never_suffices_is_an_error():
    greedy = copy.copy(METHODS["srcnn"])
    greedy.__class__ = Greedy

    def never(_: Enlargement) -> None:
        raise DeviceTooSmall("The card has too little memory left")

    with pytest.raises(DeviceTooSmall):
        stepping_down(never, Enlargement(PictureSource(Picture(noise(9, 9))), greedy, 3))


def test_keys_differ_where_tiles_may():
    picture = Picture(noise(12, 12))
    source, bicubic = PictureSource(picture), METHODS["bicubic"]
    keys = [
        Enlargement(source, bicubic, 2).key,
        Enlargement(source, bicubic, 3).key,
        Enlargement(source, bicubic, 2, Border.MIRROR).key,
        Enlargement(source, METHODS["lanczos"], 2).key,
        Enlargement(source, with_tile(bicubic, 48), 2).key,
        Enlargement(degraded_source(make_truth(picture, 2), 2), bicubic, 2).key,
    ]
    assert len(set(keys)) == len(keys)
    assert Enlargement(PictureSource(picture), bicubic, 2).key == keys[0]

"""What is drawn is what is computed; differences have the colours that the legend says."""

from __future__ import annotations

import numpy as np
import pytest

from srcnn.colour import luma_bytes
from srcnn.metrics import psnr, psnr_of
from srcnn.picture import Picture
from srcnn.tiles import Enlargement, render_tile
from srcnn_gui.viewer.layer import (
    Difference,
    DifferenceLayer,
    MethodLayer,
    TruthLayer,
    difference_colours,
)
from srcnn_gui.viewer.scene import Mode

KINDS = pytest.mark.parametrize("kind", [Difference.ABSOLUTE, Difference.SIGNED])


def layer_of(scene, method):
    enlargement = Enlargement(scene.source, method, scene.setup.scale, scene.setup.border)
    return MethodLayer(enlargement, scene.truth, scene.truth_key, scene.protocol)


def assembled(layer, part):
    """Put a part of what is drawn together from all tiles."""
    first = part(layer.draw(0))
    whole = np.zeros((layer.size.height, layer.size.width, *first.shape[2:]), first.dtype)
    for index in range(len(layer.grid)):
        drawn = layer.draw(index)
        whole[drawn.region.slices] = part(drawn)
    return whole


@pytest.fixture
def method(fake):
    return fake(tile=48)


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_a_result_is_drawn_as_its_tiles_are(scene, method, scale):
    layer = layer_of(scene(130, 110, scale=scale), method)
    for index in range(len(layer.grid)):
        tile, drawn = render_tile(layer.enlargement, index), layer.draw(index)
        assert (drawn.index, drawn.region) == (index, tile.region)
        np.testing.assert_array_equal(drawn.bgra[..., 2::-1], tile.pixels)
        assert (drawn.bgra[..., 3] == 255).all()
        np.testing.assert_array_equal(drawn.luma, tile.luma)
        assert drawn.seconds > 0


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_errors_of_the_tiles_add_up_to_the_psnr_of_the_whole(scene, method, scale):
    made = scene(130, 110, scale=scale)
    layer = layer_of(made, method)
    tiles = [layer.draw(index) for index in range(len(layer.grid))]
    counted = made.size.region.grown(-scale).size.pixels
    luma = assembled(layer, lambda drawn: drawn.luma)
    found = psnr_of(sum(tile.squared for tile in tiles), counted)
    assert found == pytest.approx(psnr(made.truth.luma, luma, shave=scale), abs=1e-9)
    saved = luma_bytes(assembled(layer, lambda drawn: drawn.bgra)[..., 2::-1].copy())
    found = psnr_of(sum(tile.saved_squared for tile in tiles), counted)
    assert found == pytest.approx(psnr(made.truth.luma, saved, shave=scale), abs=1e-9)


def test_without_a_truth_nothing_is_measured(scene, method):
    drawn = layer_of(scene(mode=Mode.UPSCALE), method).draw(0)
    assert (drawn.squared, drawn.saved_squared) == (0, 0)


def test_grey_is_drawn_grey_and_measured_as_it_is(scene, method, pixels):
    made = scene(picture=Picture(pixels(90, 60)[..., 0].copy()))
    drawn = layer_of(made, method).draw(0)
    np.testing.assert_array_equal(drawn.bgra[..., :3], drawn.luma[..., np.newaxis].repeat(3, 2))
    np.testing.assert_array_equal(drawn.saved_luma, drawn.luma)


def test_16_bits_are_drawn_with_8_rounded(scene, method, rng):
    deep = Picture(rng.integers(0, 65536, (40, 50), dtype=np.uint16))
    layer = layer_of(scene(picture=deep, mode=Mode.UPSCALE), method)
    tile, drawn = render_tile(layer.enlargement, 0), layer.draw(0)
    assert tile.pixels.dtype == np.uint16
    expected = np.rint(tile.pixels / 257)
    np.testing.assert_array_equal(drawn.bgra[..., 0], expected)


def test_opacity_is_drawn(scene, method, pixels, rng):
    alpha = rng.integers(0, 256, (30, 40), dtype=np.uint8)
    made = scene(picture=Picture(pixels(40, 30), alpha=alpha), mode=Mode.UPSCALE)
    layer = layer_of(made, method)
    assert layer.has_alpha
    tile = render_tile(layer.enlargement, 0)
    np.testing.assert_array_equal(layer.draw(0).bgra[..., 3], tile.alpha)


def test_the_truth_is_drawn_as_it_is(scene, pixels):
    made = scene(200, 160)
    layer = TruthLayer(made.truth, "key")
    shown = assembled(layer, lambda drawn: drawn.bgra)
    np.testing.assert_array_equal(shown[..., 2::-1], pixels(200, 160))
    np.testing.assert_array_equal(assembled(layer, lambda drawn: drawn.luma), made.truth.luma)


def test_keys_are_equal_only_where_bits_are(scene, fake, pixels):
    made = scene(mode=Mode.UPSCALE)
    references = [made.with_reference(Picture(pixels(200, 160, seed=seed))) for seed in (1, 2)]
    layers = [
        layer_of(scene(), fake("one")),
        layer_of(scene(), fake("two")),
        layer_of(scene(), fake("one", tile=48)),
        layer_of(scene(scale=4), fake("one")),
        layer_of(made, fake("one")),
        *(layer_of(measured, fake("one")) for measured in references),
    ]
    keys = {layer.key for layer in layers}
    keys |= {TruthLayer(one.truth, one.truth_key).key for one in references}
    assert len(keys) == len(layers) + len(references)
    assert layer_of(scene(), fake("one")).key == layers[0].key


@KINDS
def test_a_difference_shows_the_error_of_each_pixel(scene, method, kind):
    made = scene(100, 80)
    base = layer_of(made, method)
    layer = DifferenceLayer(base, made.truth, kind, 4, lambda index, region: None)
    colours = difference_colours(kind, 4)
    for index in range(len(layer.grid)):
        region = layer.grid.region(index)
        error = base.draw(index).luma.astype(int) - made.truth.luma[region.slices]
        np.testing.assert_array_equal(layer.draw(index).bgra, colours[255 + error])


def test_a_difference_uses_luma_that_is_known(scene, method):
    made = scene(100, 80)
    base = layer_of(made, method)
    truth = made.truth

    def known(index, region):
        return truth.luma[region.slices]

    layer = DifferenceLayer(base, truth, Difference.ABSOLUTE, 4, known)
    before = method.calls
    assert (layer.draw(0).bgra[..., :3] == 0).all()
    assert method.calls == before


def test_differences_of_other_kind_or_strength_are_other_layers(scene, method):
    made = scene()
    base = layer_of(made, method)
    keys = {
        DifferenceLayer(base, made.truth, kind, amplification, lambda index, region: None).key
        for kind in (Difference.ABSOLUTE, Difference.SIGNED)
        for amplification in (1, 2, 4)
    }
    assert len(keys | {base.key}) == 7


def lightness(colours):
    """Return relative luminance of BGRA colours, about as bright as they look."""
    blue, green, red, _ = colours.astype(float).T
    return 0.0722 * blue + 0.7152 * green + 0.2126 * red


@pytest.mark.parametrize("amplification", [1, 2, 8, 32])
def test_the_larger_an_error_the_brighter_it_is(amplification):
    colours = difference_colours(Difference.ABSOLUTE, amplification)
    np.testing.assert_array_equal(colours, colours[::-1])  # without its sign
    reach = 255 // amplification
    bright = lightness(colours[255 : 255 + reach + 1])
    assert (np.diff(bright) >= 0).all()
    assert bright[0] == 0
    assert bright[-1] > 200
    assert (colours[255 + reach + 1 :] == colours[-1]).all()


@pytest.mark.parametrize("amplification", [1, 4, 32])
def test_a_signed_error_is_blue_where_too_dark_and_red_where_too_bright(amplification):
    colours = difference_colours(Difference.SIGNED, amplification).astype(int)
    blue, red = colours[:, 0], colours[:, 2]
    assert (blue[:250] > red[:250]).all()
    assert (red[261:] > blue[261:]).all()
    assert colours[255].tolist() == [247, 247, 247, 255]
    bright = lightness(colours)
    assert (np.diff(bright[:256]) >= 0).all()
    assert (np.diff(bright[255:]) <= 0).all()


@KINDS
def test_every_colour_of_a_difference_is_opaque(kind):
    assert (difference_colours(kind, 4)[:, 3] == 255).all()


def test_tiles_of_one_call_are_those_of_several(scene, fake):
    made = scene(300, 200)
    layer = MethodLayer(
        Enlargement(made.source, fake(tile=48), 2), made.truth, made.truth_key, made.protocol
    )
    indices = (3, 0, 7)
    together = layer.draw_all(indices)
    assert [one.index for one in together] == list(indices)
    for one in together:
        alone = layer.draw(one.index)
        np.testing.assert_array_equal(one.bgra, alone.bgra)
        assert (one.region, one.squared) == (alone.region, alone.squared)

"""The contract of a method, for every method that is found: a new file is tested by existing."""

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from srcnn.device import cpu_device
from srcnn.geometry import Region, Size
from srcnn.method import ALL_SCALES, Method, MethodEnvironment
from srcnn.padding import Padding
from srcnn.picture import Picture
from srcnn.registry import load_methods
from srcnn.resize import Border
from srcnn.source import PictureSource
from srcnn.spec import SrcnnSpec
from srcnn.tiles import Enlargement, render_tiles
from srcnn.weights import ModelCard, Weights

EXACT = {"nearest", "bicubic", "lanczos"}
"""Methods of fixed sums; others may reorder theirs with the shape, by up to 5e-6."""


def nearly_unchanging(spec: SrcnnSpec, scale: int, name: str = "") -> Weights:
    """Return weights that hand on each plane, disturbed a little everywhere."""
    random = np.random.default_rng(scale)
    arrays = [random.normal(0, 1e-3, shape).astype(np.float32) for shape in spec.shapes]
    w1, b1, w2, b2, w3, b3 = arrays
    for plane in range(spec.channels):
        w1[plane, plane, spec.f1 // 2, spec.f1 // 2] += 1
        w2[plane, plane, spec.f2 // 2, spec.f2 // 2] += 1
        w3[plane, plane, spec.f3 // 2, spec.f3 // 2] += 1
    b1[: spec.channels] += 1  # overshoots below 0 survive the ReLU
    b3 -= 1
    return Weights(spec, scale, (w1, b1, w2, b2, w3, b3), ModelCard(name))


WEIGHTS = (
    *(nearly_unchanging(SrcnnSpec(6, 4), scale, "9-1-5") for scale in (2, 3, 4)),
    nearly_unchanging(SrcnnSpec(8, 4, 11, 3, 7), 2),
    nearly_unchanging(SrcnnSpec(8, 4, channels=3), 3, "colours"),
)
ENVIRONMENT = MethodEnvironment(cpu_device(), WEIGHTS)
REGISTRY = load_methods(ENVIRONMENT)
PADDED = {
    f"{method.id} {padding}": method
    for padding in (Padding.ZEROS, Padding.NORMALISED)
    for method in load_methods(replace(ENVIRONMENT, padding=padding)).values()
    if method.id.startswith("srcnn")
}
"""The networks again, with other rules for what they see outside the picture."""
METHODS = {**REGISTRY, **PADDED}

each_method = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)


def and_scale(methods: Mapping[str, Method]) -> pytest.MarkDecorator:
    """Return what gives a test every method at every scale it has."""
    params = [
        pytest.param(method, scale, id=f"{name}-x{scale}")
        for name, method in methods.items()
        for scale in sorted(method.scales)
    ]
    return pytest.mark.parametrize(("method", "scale"), params)


each_method_and_scale = and_scale(METHODS)


def some_planes(method: Method, height: int = 23, width: int = 29) -> np.ndarray:
    """Return read-only planes in [0, 1]."""
    random = np.random.default_rng(0)
    planes = random.random((method.channels, height, width), dtype=np.float32)
    planes.flags.writeable = False
    return planes


def assert_same(method: Method, result: np.ndarray, expected: np.ndarray) -> None:
    atol = 0 if method.id in EXACT else 5e-6
    np.testing.assert_allclose(result, expected, rtol=0, atol=atol)


def test_the_methods_that_need_nothing_are_there():
    assert set(REGISTRY) >= {*EXACT, "srcnn", "srcnn:11-3-7-8-4", "srcnn:colours"}
    assert set(load_methods(MethodEnvironment(cpu_device()))) >= EXACT


@each_method
def test_it_says_what_it_is(method: Method):
    assert re.fullmatch(r"[a-z0-9-]+(:.+)?", method.id)
    assert method.label
    assert isinstance(method.rank, int)
    assert method.scales
    assert method.scales <= ALL_SCALES
    assert method.context >= 0
    assert method.channels in {1, 3}
    assert all(method.tile % scale == 0 for scale in method.scales)


def test_fingerprints_tell_methods_apart():
    prints = [method.fingerprint for method in METHODS.values()]
    assert len(set(prints)) == len(prints)
    again = load_methods(ENVIRONMENT)
    assert [again[name].fingerprint for name in REGISTRY] == prints[: len(REGISTRY)]


@each_method
def test_a_fingerprint_changes_when_results_do(method: Method):
    scale = max(method.scales)
    planes = some_planes(method)
    mirrored = load_methods(replace(ENVIRONMENT, border=Border.MIRROR))[method.id]
    if not np.array_equal(mirrored.enlarge(planes, scale), method.enlarge(planes, scale)):
        assert mirrored.fingerprint != method.fingerprint


@pytest.mark.parametrize("method_id", ["bicubic", "lanczos", "srcnn"])
def test_the_border_rule_changes_the_rim_alone(method_id: str):
    clamped, mirrored = (
        load_methods(replace(ENVIRONMENT, border=border))[method_id] for border in Border
    )
    planes = some_planes(clamped)
    differs = clamped.enlarge(planes, 2) != mirrored.enlarge(planes, 2)
    assert differs.any()
    rim = 2 * clamped.context
    assert not differs[:, rim:-rim, rim:-rim].any()


@and_scale(PADDED)
def test_the_rule_for_what_is_outside_changes_the_rim_alone(method: Method, scale: int):
    planes = some_planes(method)
    result = method.enlarge(planes, scale)
    usual = REGISTRY[method.id].enlarge(planes, scale)
    assert np.isfinite(result).all()
    rim = scale * method.context
    middle = slice(rim, -rim), slice(rim, -rim)
    assert_same(method, result[:, *middle], usual[:, *middle])
    assert abs(result - usual).max() > 1e-3
    inside = Region(7, 6, 20, 15).scaled(scale)  # as far from all edges as a tile may be
    part, same = (m.enlarge_region(planes, scale, inside) for m in (method, REGISTRY[method.id]))
    np.testing.assert_array_equal(part, same)


@and_scale(REGISTRY)
def test_shape_kind_and_range(method: Method, scale: int):
    planes = some_planes(method)
    before = planes.copy()
    result = method.enlarge(planes, scale)
    assert result.shape == (method.channels, 23 * scale, 29 * scale)
    assert result.dtype == np.float32
    assert np.isfinite(result).all()
    assert result.min() > -0.7
    assert result.max() < 1.7
    assert result.mean() == pytest.approx(planes.mean(), abs=0.05)
    np.testing.assert_array_equal(planes, before)


@each_method_and_scale
@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 9), (8, 2)])
def test_tiny_pictures(method: Method, scale: int, height: int, width: int):
    result = method.enlarge(some_planes(method, height, width), scale)
    assert result.shape == (method.channels, height * scale, width * scale)
    assert np.isfinite(result).all()


@each_method_and_scale
def test_a_scale_it_does_not_have_is_a_mistake(method: Method, scale: int):
    for wrong in {1, 2, 3, 4, 5} - method.scales:
        with pytest.raises(ValueError, match=re.escape(method.id)):
            method.enlarge(some_planes(method), wrong)


@each_method_and_scale
@pytest.mark.parametrize(
    "low", [Region(0, 0, 4, 3), Region(9, 8, 15, 17), Region(20, 14, 29, 23), Region(0, 0, 29, 23)]
)
def test_a_region_equals_the_crop_of_the_whole(method: Method, scale: int, low: Region):
    planes = some_planes(method)
    region = low.scaled(scale)
    expected = method.enlarge(planes, scale)[:, *region.slices]
    assert_same(method, method.enlarge_region(planes, scale, region), expected)
    # the same from no more than the context it asks for
    window = low.grown(method.context).intersected(Size(29, 23).region)
    inner = low.moved(-window.left, -window.top).scaled(scale)
    part = method.enlarge_region(planes[:, *window.slices], scale, inner)
    assert_same(method, part, expected)


@each_method_and_scale
def test_the_same_input_gives_the_same_bits_in_any_thread(method: Method, scale: int):
    planes = some_planes(method)
    expected = method.enlarge(planes, scale)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: method.enlarge(planes, scale), range(8)))
    for result in results:
        np.testing.assert_array_equal(result, expected)


@each_method_and_scale
def test_grey_stays_grey_and_colour_colour(rng: np.random.Generator, method: Method, scale: int):
    colours = rng.integers(0, 256, (11, 14, 3), dtype=np.uint8)
    for pixels in (colours[..., 0], colours):
        source = PictureSource(Picture(pixels))
        (tile,) = render_tiles(Enlargement(source, method, scale))
        assert tile.pixels.ndim == pixels.ndim
        assert tile.pixels.dtype == np.uint8
        assert tile.luma.shape == (11 * scale, 14 * scale) == tile.pixels.shape[:2]
        if pixels.ndim == 2:
            np.testing.assert_array_equal(tile.luma, tile.pixels)

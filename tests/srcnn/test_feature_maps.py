"""The response of one filter: plain convolutions of the interpolated plane, whole or in part."""

import numpy as np
import pytest
import torch
from torch.nn.functional import conv2d, pad

from srcnn.colour import rgb_to_ycbcr
from srcnn.errors import Cancelled
from srcnn.feature_maps import feature_map, feature_map_of
from srcnn.geometry import Region, Size
from srcnn.picture import Picture
from srcnn.resize import imresize
from srcnn.source import PictureSource
from srcnn.spec import SrcnnSpec
from srcnn.weights import Weights


def some_weights(spec: SrcnnSpec, scale: int) -> Weights:
    random = np.random.default_rng(0)
    w1, b1, w2, b2, w3, b3 = (
        random.normal(0, 0.2, shape).astype(np.float32) for shape in spec.shapes
    )
    return Weights(spec, scale, (w1, b1, w2, b2, w3, b3))


def plain(weights: Weights, planes: np.ndarray, layer: int) -> np.ndarray:
    """Return all maps of a layer of the whole picture."""
    w1, b1, w2, b2 = (torch.from_numpy(array.copy()) for array in weights.arrays[:4])
    spec = weights.spec
    reach = spec.f1 // 2 + (spec.f2 // 2 if layer == 2 else 0)
    x = pad(torch.from_numpy(imresize(planes, weights.scale))[None], (reach,) * 4, "replicate")
    x = conv2d(x, w1, b1).clamp_min(0)
    return (x if layer == 1 else conv2d(x, w2, b2).clamp_min(0))[0].numpy()


@pytest.mark.parametrize("layer", [1, 2])
@pytest.mark.parametrize("spec", [SrcnnSpec(8, 4), SrcnnSpec(6, 5, 5, 3, 3, 3)], ids=str)
@pytest.mark.parametrize("region", [Region(0, 0, 120, 144), Region(50, 31, 97, 140)], ids=str)
def test_it_is_plain_convolution_and_relu(layer: int, spec: SrcnnSpec, region: Region):
    weights = some_weights(spec, 3)
    planes = np.random.default_rng(1).random((spec.channels, 48, 40), dtype=np.float32)
    maps = plain(weights, planes, layer)
    for number, expected in enumerate(maps):
        found = feature_map(weights, planes, region, layer, number)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, expected[region.slices], atol=2e-6)
    assert (maps > 0).any()


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("is_grey", [False, True])
def test_of_a_picture_it_reads_what_it_sees(channels: int, is_grey: bool):
    weights = some_weights(SrcnnSpec(6, 4, channels=channels), 2)
    pixels = np.random.default_rng(2).integers(0, 256, (60, 50, 3), dtype=np.uint8)
    if is_grey:
        pixels = pixels[..., 0].copy()
    source = PictureSource(Picture(pixels))
    rgb = np.broadcast_to(np.atleast_3d(pixels), (60, 50, 3)).transpose(2, 0, 1) / np.float32(255)
    planes = np.ascontiguousarray(rgb, np.float32)
    if channels == 1:
        planes = rgb_to_ycbcr(planes)[:1]  # grey is given as the luma it has in colour
    for region in (Size(100, 120).region, Region(41, 33, 66, 50)):
        found = feature_map_of(source, weights, region, 2, 1)
        expected = plain(weights, planes, 2)[1][region.slices]
        np.testing.assert_allclose(found, expected, atol=5e-6)


def test_the_last_layer_makes_the_picture_and_no_map():
    weights = some_weights(SrcnnSpec(4, 3), 2)
    with pytest.raises(ValueError, match="layer 3"):
        feature_map(weights, np.zeros((1, 5, 5), np.float32), Region(0, 0, 5, 5), 3, 0)


def test_it_can_be_stopped():
    weights = some_weights(SrcnnSpec(4, 3), 2)
    planes = np.zeros((1, 5, 5), np.float32)
    with pytest.raises(Cancelled):
        feature_map(weights, planes, Region(0, 0, 5, 5), 1, 0, should_stop=lambda: True)

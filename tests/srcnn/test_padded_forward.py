"""Rules for what layers see outside the picture: against layers written out, and by hand."""

import numpy as np
import pytest
import torch
from torch.nn.functional import conv2d, pad

from srcnn.forward import make_forward
from srcnn.geometry import Region, Size
from srcnn.padded_forward import PaddedForward
from srcnn.padding import Padding
from srcnn.resize import Border, imresize
from srcnn.spec import SrcnnSpec, WeightArrays

ZEROS, NORMALISED = Padding.ZEROS, Padding.NORMALISED


def some_weights(spec: SrcnnSpec) -> WeightArrays:
    random = np.random.default_rng(0)
    w1, b1, w2, b2, w3, b3 = (
        random.normal(0, 0.1, shape).astype(np.float32) for shape in spec.shapes
    )
    return w1, b1, w2, b2, w3, b3


def mean_weights(spec: SrcnnSpec) -> WeightArrays:
    """Return weights that average what they see."""
    w1, b1, w2, b2, w3, b3 = (
        np.full(shape, 0 if len(shape) == 1 else 1 / np.prod(shape[1:]), np.float32)
        for shape in spec.shapes
    )
    return w1, b1, w2, b2, w3, b3


def forward(arrays: WeightArrays, scale: int, padding: Padding) -> PaddedForward:
    inside = make_forward(arrays, scale, Border.CLAMP, "cpu")
    return PaddedForward(arrays, scale, Border.CLAMP, "cpu", padding, inside)


def written_out(x: torch.Tensor, arrays: WeightArrays, *, normalised: bool) -> torch.Tensor:
    """Apply the layers to a whole plane, the share of valid pixels by a convolution of ones."""
    for number in range(3):
        weight, bias = (torch.from_numpy(each) for each in arrays[2 * number : 2 * number + 2])
        half = weight.shape[-1] // 2
        result = conv2d(x, weight, padding=half)
        if normalised:
            ones = pad(torch.ones_like(x[:1, :1]), (half,) * 4)
            result /= conv2d(ones, torch.full_like(weight[:1, :1], 1 / weight[0, 0].numel()))
        result += bias[:, None, None]
        x = result.clamp_min(0) if number < 2 else result
    return x


@pytest.mark.parametrize("padding", [ZEROS, NORMALISED])
@pytest.mark.parametrize("spec", [SrcnnSpec(8, 6), SrcnnSpec(6, 4, 5, 3, 7, 3)], ids=str)
def test_a_whole_picture_is_what_the_layers_give(spec: SrcnnSpec, padding: Padding):
    arrays = some_weights(spec)
    low = np.random.default_rng(1).random((2, spec.channels, 11, 14), dtype=np.float32)
    result = forward(arrays, 2, padding)(low, Size(28, 22).region)
    plane = torch.from_numpy(imresize(low, 2))
    expected = written_out(plane, arrays, normalised=padding is NORMALISED)
    np.testing.assert_allclose(result, expected, atol=1e-6)


def test_a_mean_of_valid_pixels_of_a_flat_plane_is_flat():
    arrays = mean_weights(SrcnnSpec(4, 3))
    flat = np.full((1, 1, 7, 8), 0.5, np.float32)
    whole = Size(24, 21).region
    np.testing.assert_allclose(forward(arrays, 3, NORMALISED)(flat, whole), 0.5, atol=1e-6)
    corner = forward(arrays, 3, ZEROS)(flat, whole)[0, 0, 0, 0]
    assert corner == pytest.approx(0.5 * np.mean([5, 6, 7, 0, 0]) ** 2 / 81, abs=1e-6)


def test_what_sees_no_edge_is_left_to_the_fast_arrangement():
    arrays = some_weights(SrcnnSpec(4, 3))
    seen: list[Region] = []

    def inside(low: np.ndarray, region: Region) -> torch.Tensor:
        seen.append(region)
        return torch.zeros(len(low), 1, region.height, region.width)

    padded = PaddedForward(arrays, 2, Border.CLAMP, "cpu", ZEROS, inside)
    low = np.ones((1, 1, 20, 20), np.float32)
    for left in (6, 5):  # the halo of 9-1-5 is 6
        padded(low, Region(left, 6, 34, 34))
    assert seen == [Region(6, 6, 34, 34)]


def test_replication_is_no_rule_of_this_one():
    with pytest.raises(ValueError, match="replication"):
        forward(some_weights(SrcnnSpec(4, 3)), 2, Padding.REPLICATE)

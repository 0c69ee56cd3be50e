"""Section 3.2 of the paper: a method of sparse coding is a network of convolutions.

The features of all patches are one convolution of the difference maps, and so are the maps; the
codes of all patches are mapped to details by a convolution of 1 x 1; averaging overlapping
patches is a transposed convolution. What SRCNN replaces is the step between: pursuit.
"""

import numpy as np
import pytest
import torch
from torch.nn.functional import conv2d, conv_transpose2d

from srcnn.geometry import Size
from srcnn.patches import PatchGrid, average, difference_maps, project

each_scale = pytest.mark.parametrize("scale", [2, 3, 4])


def as_filters(matrix: np.ndarray, maps: int, scale: int) -> torch.Tensor:
    """Turn columns over patches, map by map and column by column, into filters (n, maps, y, x)."""
    side = 3 * scale
    return torch.from_numpy(matrix.T.reshape(-1, maps, side, side).swapaxes(2, 3).copy())


@each_scale
def test_features_are_two_layers_of_convolutions(scale: int):
    random = np.random.default_rng(scale)
    middle = random.random((9 * scale, 11 * scale))
    projection = random.normal(size=(36 * scale * scale, 6))
    expected = project(difference_maps(middle, scale), projection, scale)

    size = 2 * scale + 1
    first = torch.zeros(4, 1, size, size, dtype=torch.float64)
    ahead = (scale + 1) // 2
    for tap, weight in ((ahead, 1), (ahead - scale, -1)):
        first[0, 0, scale, scale + tap] = first[1, 0, scale + tap, scale] = weight
    for tap, weight in ((scale, 0.5), (0, -1), (-scale, 0.5)):
        first[2, 0, scale, scale + tap] = first[3, 0, scale + tap, scale] = weight
    maps = conv2d(torch.from_numpy(middle)[None, None], first)
    features = conv2d(maps, as_filters(projection, 4, scale), stride=scale)
    np.testing.assert_allclose(features[0].permute(1, 2, 0), expected, atol=1e-12)


@each_scale
def test_details_of_codes_and_their_average_are_one_transposed_convolution(scale: int):
    random = np.random.default_rng(scale)
    low = Size(9, 8)
    grid = PatchGrid.covering(low, low.region)
    rows, columns = grid.patches.height, grid.patches.width
    atoms = random.normal(size=(9 * scale * scale, 7))
    codes = random.normal(size=(rows, columns, 7))
    expected = average(codes @ atoms.T, grid, scale)

    codes_first = torch.from_numpy(codes).permute(2, 0, 1)[None]
    filters = as_filters(atoms, 1, scale)
    total = conv_transpose2d(codes_first, filters, stride=scale)
    ones = torch.ones(1, 1, rows, columns, dtype=torch.float64)
    count = conv_transpose2d(ones, torch.ones_like(filters[:1]), stride=scale)
    np.testing.assert_allclose((total / count)[0, 0], expected, atol=1e-12)

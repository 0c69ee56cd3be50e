"""Patches in cells: against patches cut out one by one, and MATLAB's convolution."""

import numpy as np
import pytest
from scipy.signal import convolve2d

from srcnn.geometry import Region, Size
from srcnn.patches import PatchGrid, average, difference_maps, project

each_scale = pytest.mark.parametrize("scale", [2, 3, 4])


def matlab_same(plane: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Convolve as ``conv2(plane, kernel, 'same')``: from 0-based index floor(k / 2) of the full."""
    full = convolve2d(plane, kernel)
    top, left = kernel.shape[0] // 2, kernel.shape[1] // 2
    return full[top : top + plane.shape[0], left : left + plane.shape[1]]


@each_scale
def test_maps_are_matlabs_convolutions(scale: int):
    plane = np.random.default_rng(0).random((31, 40))
    first = np.zeros((1, scale + 1))
    first[0, 0], first[0, -1] = 1, -1
    second = np.zeros((1, 2 * scale + 1))
    second[0, 0] = second[0, -1] = 0.5
    second[0, scale] = -1
    inner = slice(scale, -scale), slice(scale, -scale)
    expected = [matlab_same(plane, k)[inner] for k in (first, first.T, second, second.T)]
    np.testing.assert_allclose(difference_maps(plane, scale), expected, atol=1e-12)


def patch_of(maps: np.ndarray, row: int, column: int, scale: int) -> np.ndarray:
    """Cut out a patch, map by map, column by column."""
    side = 3 * scale
    top, left = row * scale, column * scale
    return maps[:, top : top + side, left : left + side].swapaxes(1, 2).ravel()


@each_scale
def test_projecting_cells_is_projecting_patches(scale: int):
    random = np.random.default_rng(1)
    maps = random.normal(size=(4, 6 * scale, 7 * scale))
    projection = random.normal(size=(36 * scale * scale, 5))
    features = project(maps, projection, scale)
    assert features.shape == (4, 5, 5)
    for row in range(4):
        for column in range(5):
            expected = patch_of(maps, row, column, scale) @ projection
            np.testing.assert_allclose(features[row, column], expected, atol=1e-12)


@each_scale
@pytest.mark.parametrize("cells", [Region(0, 0, 8, 9), Region(0, 2, 3, 9), Region(4, 4, 5, 5)])
def test_averaging_cells_is_averaging_patches(scale: int, cells: Region):
    low = Size(8, 9)
    grid = PatchGrid.covering(low, cells)
    everywhere = PatchGrid.covering(low, low.region)
    side = 3 * scale
    random = np.random.default_rng(2)
    details = random.normal(size=(9, 8, 9 * scale * scale))  # by place in the picture
    total = np.zeros((9 * scale, 8 * scale))
    count = np.zeros_like(total)
    patches = everywhere.patches
    for row in range(patches.top, patches.bottom):
        for column in range(patches.left, patches.right):
            part = (
                slice(row * scale, row * scale + side),
                slice(column * scale, column * scale + side),
            )
            total[part] += details[row, column].reshape(side, side).T
            count[part] += 1
    found = average(details[grid.patches.slices], grid, scale)
    part = cells.intersected(everywhere.cells)
    inner = part.moved(-grid.cells.left, -grid.cells.top).scaled(scale).slices
    outer = part.scaled(scale).slices
    assert (count[outer] > 0).all()
    np.testing.assert_allclose(found[inner], total[outer] / count[outer], atol=1e-12)


@pytest.mark.parametrize(("width", "height"), [(4, 20), (1, 1), (20, 3)])
def test_a_picture_may_be_too_small_for_patches(width: int, height: int):
    low = Size(width, height)
    assert PatchGrid.covering(low, low.region).patches.is_empty


def test_the_rim_has_no_patches():
    grid = PatchGrid.covering(Size(10, 12), Region(0, 0, 10, 12))
    assert grid.cells == Region(1, 1, 9, 11)

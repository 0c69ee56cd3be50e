import numpy as np
import pytest

from srcnn.extension import imresize_extended
from srcnn.geometry import Region
from srcnn.resize import Border, imresize


@pytest.mark.parametrize("border", Border)
@pytest.mark.parametrize("scale", [2, 3, 4])
def test_an_extended_region_repeats_the_edge(scale: int, border: Border):
    planes = np.random.default_rng(0).random((2, 6, 5), dtype=np.float32)
    height, width = 6 * scale, 5 * scale
    margin = 9
    extended = np.pad(
        imresize(planes, scale, border=border), ((0, 0), *[(margin, margin)] * 2), "edge"
    )
    for region in (
        Region(0, 0, width, height), Region(-3, -9, width + 5, height + 1), Region(2, 1, 4, 5),
        Region(-5, -4, 0, 2), Region(width, height + 2, width + 3, height + 9),
    ):  # fmt: skip
        result = imresize_extended(planes, scale, region, border=border)
        inside = region.moved(margin, margin).slices
        np.testing.assert_array_equal(result, extended[:, *inside])

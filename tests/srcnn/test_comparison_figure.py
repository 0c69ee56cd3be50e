"""A figure shows the crops in colours that are right wherever it is looked at."""

from __future__ import annotations

import numpy as np
import pytest

from srcnn.benchmark import compare, measure
from srcnn.colour_profile import to_srgb
from srcnn.comparison_figure import figure_of
from srcnn.device import cpu_device
from srcnn.geometry import Region
from srcnn.method import MethodEnvironment
from srcnn.metrics import Protocol
from srcnn.picture import Picture
from srcnn.registry import load_methods
from srcnn.resize import Border
from tests.srcnn.colour_profiles import grey_profile, wide_profile

REGIONS = [Region(4, 6, 24, 20)]


@pytest.mark.parametrize("is_grey", [False, True])
def test_crops_are_brought_to_srgb_and_the_figures_stay(rng, is_grey):
    pixels = rng.integers(0, 256, (48, 60) if is_grey else (48, 60, 3), dtype=np.uint8)
    icc = grey_profile() if is_grey else wide_profile()
    colours = to_srgb(icc, is_grey=is_grey)
    comparison = compare(Picture(pixels, icc=icc), 2, Border.CLAMP)
    methods = [load_methods(MethodEnvironment(cpu_device(), ()))["bicubic"]]
    measured = [measure(comparison, method, "a.png") for method in methods]
    rest = comparison, methods, measured, REGIONS, "a.png", Protocol(shave=2)
    plain, shown = figure_of(*rest), figure_of(*rest, colours)
    np.testing.assert_array_equal(plain.truth, pixels)
    np.testing.assert_array_equal(shown.truth, colours(pixels))
    for before, after in zip(plain.panels, shown.panels, strict=True):
        assert before.caption == after.caption
        np.testing.assert_array_equal(after.crops[0], colours(before.crops[0]))
        assert np.abs(after.crops[0].mean((0, 1)) - before.crops[0].mean((0, 1))).max() > 1

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from srcnn.geometry import Region, Size

numbers = st.integers(-60, 60)
factors = st.integers(1, 5)


@st.composite
def regions(draw: st.DrawFn) -> Region:
    left, top = draw(numbers), draw(numbers)
    return Region(left, top, left + draw(st.integers(0, 40)), top + draw(st.integers(0, 40)))


def points(region: Region) -> set[tuple[int, int]]:
    return {
        (x, y) for x in range(region.left, region.right) for y in range(region.top, region.bottom)
    }


def test_a_size_knows_its_pixels():
    size = Size(3000, 2000)
    assert size.pixels == 6_000_000
    assert size.megapixels == 6
    assert size.region == Region(0, 0, 3000, 2000)
    assert size.scaled(2) == Size(6000, 4000)
    assert str(size) == "3000 \N{MULTIPLICATION SIGN} 2000"


@given(st.integers(1, 500), st.integers(1, 500), factors)
def test_modcrop_cuts_less_than_the_scale_and_divides(width: int, height: int, scale: int):
    kept = Size(width, height).modcropped(scale)
    assert kept.width % scale == kept.height % scale == 0
    assert 0 <= width - kept.width < scale
    assert 0 <= height - kept.height < scale


def test_a_region_is_an_index():
    array = np.arange(35).reshape(5, 7)
    region = Region(2, 1, 5, 4)
    np.testing.assert_array_equal(array[region.slices], array[1:4, 2:5])
    assert array[region.slices].shape == (region.height, region.width)
    assert region.size == Size(3, 3)


@pytest.mark.parametrize("region", [Region(3, 0, 3, 5), Region(0, 5, 4, 2), Region(4, 4, 2, 2)])
def test_a_region_turned_inside_out_is_empty(region: Region):
    assert region.is_empty
    assert region.size.pixels == 0
    assert min(region.width, region.height) == 0


@given(regions(), regions())
def test_an_intersection_holds_the_common_points(one: Region, other: Region):
    common = one.intersected(other)
    assert points(common) == points(one) & points(other)
    assert common.size == other.intersected(one).size


@given(regions(), regions())
def test_containing_is_having_every_point(one: Region, other: Region):
    if not other.is_empty:
        assert one.contains(other) == (points(other) <= points(one))


@given(regions(), factors)
def test_reducing_undoes_scaling(region: Region, factor: int):
    assert region.scaled(factor).reduced(factor) == region


@given(regions(), factors)
def test_a_reduced_region_covers_and_is_the_smallest(region: Region, factor: int):
    covering = region.reduced(factor).scaled(factor)
    assert covering.contains(region)
    assert covering.left > region.left - factor
    assert covering.top > region.top - factor
    assert covering.right < region.right + factor
    assert covering.bottom < region.bottom + factor


@given(regions(), st.integers(0, 9), numbers, numbers)
def test_growing_and_moving_can_be_undone(region: Region, margin: int, dx: int, dy: int):
    assert region.grown(margin).grown(-margin) == region
    assert region.moved(dx, dy).moved(-dx, -dy) == region
    assert region.moved(dx, dy).size == region.size
    assert region.grown(margin).width == region.width + 2 * margin

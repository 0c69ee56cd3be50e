"""SC: figures of its authors' dictionary, and the same patch by patch."""

import csv
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import mean

import numpy as np
import pytest
from scipy.io import loadmat
from scipy.signal import convolve2d

from srcnn.benchmark import Choice, run_benchmark
from srcnn.device import cpu_device
from srcnn.dictionary import Dictionary
from srcnn.geometry import Region, Size
from srcnn.lars import PathSolver
from srcnn.method import MethodEnvironment
from srcnn.picture import Picture
from srcnn.registry import load_methods
from srcnn.resize import Border, imresize
from srcnn.source import PictureSource
from srcnn.tiles import Enlargement, render_tiles


def random_dictionary(scale: int) -> Dictionary:
    random = np.random.default_rng(scale)
    low = random.normal(size=(144, 60))
    high = random.normal(0, 0.05, (9 * scale * scale, 60))
    return Dictionary("sc", scale, low / np.linalg.norm(low, axis=0), high)


ENVIRONMENT = MethodEnvironment(
    cpu_device(), dictionaries=[random_dictionary(scale) for scale in (2, 3, 4)]
)
METHODS = load_methods(ENVIRONMENT)
SC = METHODS["sc"]

each_scale = pytest.mark.parametrize("scale", [2, 3, 4])


def noise(height: int, width: int) -> np.ndarray:
    """Return a plane (1, height, width) whose right half is nearly flat."""
    plane = np.random.default_rng(0).random((1, height, width), dtype=np.float32)
    plane[..., width // 2 :] = 0.5 + 0.02 * plane[..., width // 2 :]
    return plane


def by_hand(plane: np.ndarray, scale: int) -> np.ndarray:
    """Compute patch by patch what the authors' code does."""
    dictionary = random_dictionary(scale)
    solver = PathSolver(dictionary.low)
    middle = imresize(plane, 2).astype(np.float64)
    first, second = np.array([[-1.0, 0, 1]]), np.array([[1.0, 0, -2, 0, 1]])
    maps = [convolve2d(middle, k, "same") for k in (first, first.T, second, second.T)]
    height, width = plane.shape
    total = np.zeros((height * scale, width * scale))
    count = np.zeros_like(total)
    for top in [*range(1, height - 3), height - 4]:
        for left in [*range(1, width - 3), width - 4]:
            seen = np.s_[2 * top : 2 * top + 6, 2 * left : 2 * left + 6]
            feature = np.concatenate([part[seen].ravel(order="F") for part in maps])
            norm = max(1.0, float(np.linalg.norm(feature)))
            x = solver.solve(feature[np.newaxis] / norm, 0.1).toarray()[0]
            patch = (dictionary.high @ x * norm).reshape(3 * scale, 3 * scale, order="F")
            place = np.s_[scale * top :, scale * left :]
            total[place][: 3 * scale, : 3 * scale] += patch + middle[seen].mean()
            count[place][: 3 * scale, : 3 * scale] += 1
    return np.where(count, total / np.maximum(count, 1), imresize(plane, scale))


@each_scale
def test_it_is_what_the_authors_code_does(scale: int):
    plane = noise(9, 14)
    result = SC.enlarge(plane, scale)
    np.testing.assert_allclose(result[0], by_hand(plane[0], scale), atol=1e-6)
    assert np.abs(result - imresize(plane, scale)).max() > 0.05


def test_figures_with_the_authors_dictionary(shared: Path):
    arrays = loadmat(shared / "dictionaries" / "sc_cvpr08_x3.mat")
    theirs = Dictionary("sc", 3, arrays["Dl"], arrays["Dh"])
    method = load_methods(MethodEnvironment(cpu_device(), dictionaries=[theirs]))["sc"]
    with (shared / "paper" / "table1_set5.tsv").open() as file:
        printed = {
            row["image"]: float(row["psnr_db"])
            for row in csv.DictReader(file, delimiter="\t")
            if (row["method"], row["scale"]) == ("sc", "3")
        }
    rows = list(run_benchmark(shared / "data" / "Set5", Choice([method], [3])))
    assert len(rows) == 5
    for row in rows:
        assert row.psnr_db == pytest.approx(printed[row.image.split("_")[0]], abs=0.01), row.image
    assert mean(row.psnr_db for row in rows) == pytest.approx(printed["average"], abs=0.005)


def test_it_says_what_it_is():
    assert (SC.label, SC.rank, SC.scales) == ("SC", 42, {2, 3, 4})
    assert all(SC.tile % scale == 0 for scale in SC.scales)
    others = [random_dictionary(2), random_dictionary(4)]
    fewer = load_methods(MethodEnvironment(cpu_device(), dictionaries=others))["sc"]
    assert fewer.scales == {2, 4}
    mirrored = load_methods(
        MethodEnvironment(cpu_device(), border=Border.MIRROR, dictionaries=ENVIRONMENT.dictionaries)
    )["sc"]
    assert len({SC.fingerprint, fewer.fingerprint, mirrored.fingerprint}) == 3
    with pytest.raises(ValueError, match="sc"):
        fewer.enlarge(noise(9, 9), 3)


def test_without_a_dictionary_there_is_no_sc():
    assert "sc" not in load_methods(MethodEnvironment(cpu_device(), dictionaries=[]))


@each_scale
@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 9), (8, 2), (4, 20), (5, 5), (6, 7)])
def test_tiny_pictures(scale: int, height: int, width: int):
    plane = noise(height, width)
    result = SC.enlarge(plane, scale)
    assert result.shape == (1, height * scale, width * scale)
    assert result.dtype == np.float32
    if min(height, width) < 5:  # no patch
        np.testing.assert_array_equal(result, imresize(plane, scale))
    else:
        np.testing.assert_allclose(result[0], by_hand(plane[0], scale), atol=1e-6)


def low_regions(size: Size) -> Iterator[Region]:
    """Cut a picture into parts that are not alike."""
    for left in range(0, size.width, 11):
        for top in range(0, size.height, 9):
            yield Region(left, top, left + 11, top + 9).intersected(size.region)


@each_scale
def test_a_region_is_a_part_of_the_whole(scale: int):
    plane, size = noise(23, 29), Size(29, 23)
    whole = SC.enlarge(plane, scale)
    for low in low_regions(size):
        expected = whole[:, *low.scaled(scale).slices]
        part = SC.enlarge_region(plane, scale, low.scaled(scale))
        np.testing.assert_allclose(part, expected, atol=2e-7)
        window = low.grown(SC.context).intersected(size.region)
        inner = low.moved(-window.left, -window.top).scaled(scale)
        part = SC.enlarge_region(plane[:, *window.slices], scale, inner)
        np.testing.assert_allclose(part, expected, atol=2e-7)


@each_scale
def test_a_region_may_begin_and_end_within_a_low_resolution_pixel(scale: int):
    plane = noise(15, 16)
    region = Region(7, 13, 24, 29)
    expected = SC.enlarge(plane, scale)[:, *region.slices]
    np.testing.assert_allclose(SC.enlarge_region(plane, scale, region), expected, atol=2e-7)


@each_scale
@pytest.mark.parametrize(("height", "width"), [(13, 17), (41, 67)])
def test_tiles_are_the_whole(scale: int, height: int, width: int):
    pixels = np.random.default_rng(1).integers(0, 256, (height, width), dtype=np.uint8)
    plane = pixels.astype(np.float32)[np.newaxis] / np.float32(255)
    exact = SC.enlarge(plane, scale)[0].clip(0, 1) * 255
    tiles = list(render_tiles(Enlargement(PictureSource(Picture(pixels)), SC, scale)))
    assert len(tiles) == -(-height * scale // SC.tile) * -(-width * scale // SC.tile)
    for tile in tiles:
        assert np.abs(tile.luma - exact[tile.region.slices]).max() < 0.5 + 1e-3


def test_the_rim_is_bicubic():
    plane = noise(12, 14)
    differs = SC.enlarge(plane, 3) != imresize(plane, 3)
    assert differs[:, 3:-3, 3:-3].mean() > 0.95
    differs[:, 3:-3, 3:-3] = False
    assert not differs.any()


def test_a_flat_picture_stays_flat():
    plane = np.full((1, 10, 11), 0.25, np.float32)
    np.testing.assert_allclose(SC.enlarge(plane, 2), 0.25, atol=1e-6)


def test_the_same_bits_in_any_thread():
    plane = noise(20, 24)
    expected = SC.enlarge(plane, 3)
    with ThreadPoolExecutor(4) as pool:
        for result in pool.map(lambda _: SC.enlarge(plane, 3), range(8)):
            np.testing.assert_array_equal(result, expected)

import csv
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from srcnn.colour import luma_bytes
from srcnn.degrade import Degradation, degrade, luma_pair, modcrop
from srcnn.errors import PictureTooSmall
from srcnn.metrics import psnr, to_bytes
from srcnn.resize import Border, imresize


@given(st.integers(4, 30), st.integers(4, 30), st.sampled_from([2, 3, 4]), st.booleans())
def test_modcrop_keeps_the_upper_left(height: int, width: int, scale: int, colour: bool):
    array = np.arange(height * width * 3).reshape(height, width, 3)
    array = array if colour else array[..., 0]
    kept = modcrop(array, scale)
    assert kept.shape[0] % scale == kept.shape[1] % scale == 0
    assert height - kept.shape[0] < scale
    assert width - kept.shape[1] < scale
    assert kept.ndim == array.ndim
    np.testing.assert_array_equal(kept, array[: len(kept), : kept.shape[1]])


@pytest.mark.parametrize("shape", [(2, 9), (9, 2), (1, 1, 3)])
def test_a_picture_smaller_than_the_scale_is_refused(shape: tuple[int, ...]):
    with pytest.raises(PictureTooSmall, match="too small to compare") as refused:
        modcrop(np.zeros(shape, np.uint8), 3)
    assert refused.value.hint


@pytest.mark.parametrize("border", list(Border))
@pytest.mark.parametrize("scale", [2, 3, 4])
def test_bicubic_is_imresize_and_stays_float(rng: np.random.Generator, scale: int, border: Border):
    planes = rng.random((2, 24, 36), dtype=np.float32)
    low = degrade(planes, scale, border=border)
    np.testing.assert_array_equal(low, imresize(planes, Fraction(1, scale), border=border))
    assert low.shape == (2, 24 // scale, 36 // scale)
    assert (np.abs(low * 255 - np.rint(low * 255)) > 0.01).any()


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_gaussian_is_a_blur_sampled_at_the_centres(rng: np.random.Generator, scale: int):
    """Sigma s/4, radius 3 sigma, centred where ``imresize`` has its pixels."""
    plane = rng.random((48, 60))

    def blurred_samples(length: int) -> np.ndarray:
        centres = (np.arange(length // scale) + 0.5) * scale - 0.5
        distances = np.arange(length) - centres[:, np.newaxis]
        weights = np.exp(-0.5 * (distances / (scale / 4)) ** 2)
        weights *= np.abs(distances) <= 0.75 * scale
        return weights / weights.sum(axis=1, keepdims=True)

    expected = blurred_samples(48) @ plane @ blurred_samples(60).T
    low = degrade(plane.astype(np.float32), scale, Degradation.GAUSSIAN)
    np.testing.assert_allclose(low[1:-1, 1:-1], expected[1:-1, 1:-1], atol=1e-6)


@pytest.mark.parametrize("degradation", list(Degradation))
def test_nothing_shifts(degradation: Degradation):
    """A ramp keeps its values at the centres of the coarse pixels."""
    ramp = np.linspace(0, 1, 48, dtype=np.float32) * np.ones((48, 1), np.float32)
    for scale in (2, 3, 4):
        centres = (np.arange(48 // scale) + 0.5) * scale - 0.5
        low = degrade(ramp, scale, degradation)
        np.testing.assert_allclose(low[5, 3:-3], (centres / 47)[3:-3], atol=1e-6)


def test_a_pair_is_rounded_luma_and_its_degraded_float(rng: np.random.Generator):
    pixels = rng.integers(0, 256, (25, 32, 3), dtype=np.uint8)
    truth, low = luma_pair(pixels, 3, Degradation.GAUSSIAN, Border.MIRROR)
    np.testing.assert_array_equal(truth, luma_bytes(pixels)[:24, :30])
    expected = degrade(
        truth.astype(np.float32) / np.float32(255), 3, Degradation.GAUSSIAN, Border.MIRROR
    )
    np.testing.assert_array_equal(low, expected)


def paper_rows(shared: Path, table: str) -> list[tuple[str, int, float]]:
    """Return (image, scale, dB) of bicubic in a table of the paper."""
    with (shared / "paper" / table).open(encoding="utf-8") as file:
        return [
            (row["image"], int(row["scale"]), float(row["psnr_db"]))
            for row in csv.DictReader(file, delimiter="\t")
            if row["method"] == "bicubic" and row["image"] != "average"
        ]


def test_bicubic_measures_as_in_table_1_of_the_paper(shared: Path):
    rows = paper_rows(shared, "table1_set5.tsv")
    assert len(rows) == 15
    files = {path.name.split("_")[0]: path for path in (shared / "data" / "Set5").glob("*.bmp")}
    for name, scale, expected in rows:
        with Image.open(files[name]) as image:
            truth, low = luma_pair(np.asarray(image), scale)
        figure = psnr(truth, to_bytes(imresize(low, scale)), shave=scale)
        assert figure == pytest.approx(expected, abs=0.0051), f"{name} x{scale}"

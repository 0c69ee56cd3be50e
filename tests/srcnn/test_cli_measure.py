"""``srcnn measure``: saved results against a ground truth."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from skimage.metrics import peak_signal_noise_ratio

from tests.srcnn.command_work import pixels_of

Srcnn: TypeAlias = Callable[..., Any]


def luma_by_hand(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return rounded BT.601 luma, from its definition."""
    red, green, blue = (pixels[..., channel].astype(np.float64) for channel in range(3))
    return np.round(16 + (65.481 * red + 128.553 * green + 24.966 * blue) / 255)


@pytest.mark.parametrize(("option", "shave"), [((), 0), (("--shave", 5), 5)])
def test_a_file_of_unknown_origin_is_measured_whole_or_as_told(
    srcnn: Srcnn, photo: Path, tmp_path: Path, option: tuple[object, ...], shave: int
):
    pixels = pixels_of(photo)
    noisy = np.clip(pixels + np.random.default_rng(0).integers(-9, 9, pixels.shape), 0, 255)
    result, file = tmp_path / "result.png", tmp_path / "a.json"
    Image.fromarray(noisy.astype(np.uint8)).save(result)
    printed = srcnn("measure", result, "--truth", photo, *option, "--json", file)
    assert f"shave {shave} px" in printed.out
    report = json.loads(file.read_text())
    height, width = pixels.shape[:2]
    inside = (slice(shave, height - shave), slice(shave, width - shave))
    assert report["protocol"]["shave"] == shave
    (row,) = report["rows"]
    assert row["psnr_db"] == pytest.approx(
        peak_signal_noise_ratio(
            luma_by_hand(pixels)[inside], luma_by_hand(noisy)[inside], data_range=255
        )
    )
    assert (row["image"], row["scale"], row["method"]) == (result.as_posix(), None, "result")


def test_a_told_shave_outranks_the_recorded_scale(srcnn: Srcnn, photo: Path, tmp_path: Path):
    srcnn("compare", photo, "--methods", "bicubic", "--save", tmp_path / "saved")
    file = tmp_path / "saved" / "photo_x3_bicubic.png"
    assert "shave 3 px" in srcnn("measure", file, "--truth", photo).out
    assert "shave 7 px" in srcnn("measure", file, "--truth", photo, "--shave", 7).out


def test_a_result_may_lack_what_modcrop_takes_away(srcnn: Srcnn, photo: Path, tmp_path: Path):
    pixels = pixels_of(photo)
    for name, part in {"whole": pixels, "less": pixels[:-3, :-1]}.items():
        Image.fromarray(part).save(tmp_path / f"{name}.png")
        assert "∞ (identical)" in srcnn("measure", tmp_path / f"{name}.png", "--truth", photo).out


@pytest.mark.parametrize("cut", [(4, 0), (0, 4), (-1, 0)])
def test_other_sizes_are_refused(srcnn: Srcnn, photo: Path, tmp_path: Path, cut: tuple[int, int]):
    with Image.open(photo) as image:
        image.crop((0, 0, image.width - cut[0], image.height - cut[1])).save(tmp_path / "b.png")
    printed = srcnn("measure", tmp_path / "b.png", "--truth", photo, code=1)
    assert "215 \N{MULTIPLICATION SIGN} 157" in printed.err


def test_grey_is_not_measured_against_colour(srcnn: Srcnn, photo: Path, tmp_path: Path):
    grey, stored_as_rgb = tmp_path / "grey.png", tmp_path / "rgb.png"
    with Image.open(photo) as image:
        image.convert("L").save(grey)
        image.convert("L").convert("RGB").save(stored_as_rgb)
    assert "one is grey" in srcnn("measure", grey, "--truth", photo, code=1).err
    assert "one is grey" in srcnn("measure", photo, "--truth", grey, code=1).err
    for result, truth in ((grey, stored_as_rgb), (stored_as_rgb, grey)):
        assert "∞ (identical)" in srcnn("measure", result, "--truth", truth).out


def test_one_bad_file_does_not_stop_the_measuring_of_others(
    srcnn: Srcnn, photo: Path, tmp_path: Path
):
    bad, file = tmp_path / "bad.png", tmp_path / "a.json"
    bad.write_text("no picture")
    printed = srcnn("measure", bad, photo, "--truth", photo, "--json", file, code=1)
    assert "error: bad.png is not a picture" in printed.err
    report = json.loads(file.read_text())
    assert [row["psnr_db"] for row in report["rows"]] == ["inf"]
    assert [one["image"] for one in report["skipped"]] == [bad.as_posix()]


def test_nothing_measured_is_still_a_report(srcnn: Srcnn, photo: Path, tmp_path: Path):
    (tmp_path / "bad.png").write_text("no picture")
    file = tmp_path / "a.json"
    srcnn("measure", tmp_path / "bad.png", "--truth", photo, "--json", file, code=1)
    report = json.loads(file.read_text())
    assert (report["rows"], report["averages"]) == ([], [])
    assert report["protocol"]["shave"] == 0

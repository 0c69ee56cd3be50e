"""``srcnn upscale``: any size, choices of the format, what it will take."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

Srcnn = Callable[..., tuple[str, str]]
TIMES = "\N{MULTIPLICATION SIGN}"


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """Return a picture of 20 x 10 pixels with opacity, EXIF and a resolution."""
    pixels = np.random.default_rng(3).integers(0, 256, (10, 20, 4), np.uint8)
    exif = Image.Exif()
    exif[0x013B] = "somebody"
    Image.fromarray(pixels).save(tmp_path / "a.png", exif=exif, dpi=(300, 300))
    return tmp_path / "a.png"


@pytest.mark.parametrize(
    ("wanted", "size", "chain"),
    [
        (("--size", "55x21"), (55, 21), "Bicubic x3 -> bicubic to 55 x 21"),
        (("--factor", "1.5"), (30, 15), "Bicubic x2 -> bicubic to 30 x 15"),
        (("--longest", "200"), (200, 100), "Bicubic x4 -> bicubic to 200 x 100"),
        (("--factor", "3"), (60, 30), ""),
    ],
)
def test_any_size_can_be_had_and_the_chain_is_told(
    srcnn: Srcnn, picture: Path, wanted, size, chain
):
    target = picture.with_name("b.png")
    _, told = srcnn("upscale", picture, "--output", target, "--method", "bicubic", *wanted)
    with Image.open(target) as image:
        assert image.size == size
        assert image.mode == "RGBA"
    assert chain in told.replace(TIMES, "x")
    assert bool(chain) == ("->" in told)


def test_a_size_that_cannot_be_made_is_a_sentence(srcnn: Srcnn, picture: Path):
    target = picture.with_name("b.png")
    args = ("upscale", picture, "--output", target, "--method", "bicubic", "--size", "2x2")
    _, told = srcnn(*args, code=1)
    assert f"cannot be made of 20 {TIMES} 10" in told
    assert not target.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        ("--size", "5x"),
        ("--size", "0x5"),
        ("--size", "5x5", "--factor", "2"),
        ("--factor", "inf"),
        ("--factor", "nan"),
    ],
)
def test_a_wrong_size_is_wrong_usage(srcnn: Srcnn, picture: Path, wrong):
    srcnn("upscale", picture, "--output", picture.with_name("b.png"), *wrong, code=2)
    assert not picture.with_name("b.png").exists()


def test_what_a_format_cannot_keep_is_told(srcnn: Srcnn, picture: Path):
    target = picture.with_name("b.jpg")
    _, told = srcnn("upscale", picture, "--output", target, "--method", "nearest")
    assert "JPEG has no transparency" in told
    _, told = srcnn("upscale", picture, "--output", picture.with_name("b.png"))
    assert "transparency" not in told


def test_choices_of_a_format_are_taken(srcnn: Srcnn, picture: Path):
    def made(name: str, *options: object) -> Path:
        target = picture.with_name(name)
        srcnn("upscale", picture, "--output", target, "--method", "nearest", *options)
        return target

    fine, coarse = made("fine.jpg", "--quality", 100), made("coarse.jpg", "--quality", 10)
    assert fine.stat().st_size > coarse.stat().st_size
    exact, whole = made("exact.webp", "--lossless"), made("whole.png")
    with Image.open(exact) as image, Image.open(whole) as other:
        np.testing.assert_array_equal(np.asarray(image), np.asarray(other))
    half, full = made("half.jpg", "--half-chroma"), made("full.jpg")
    assert half.stat().st_size < full.stat().st_size
    small, fast = made("small.tif", "--compression", "small"), made("fast.tif")
    assert small.stat().st_size <= fast.stat().st_size
    with Image.open(made("bare.png", "--strip")) as image:
        assert not image.getexif()
        assert "dpi" not in image.info
    with Image.open(whole) as image:
        assert image.getexif()[0x013B] == "somebody"


def test_a_forecast_does_nothing_but_tell(srcnn: Srcnn, picture: Path, tmp_path: Path):
    target = tmp_path / "b.png"
    args = ("--method", "bicubic", "--forecast")
    told, _ = srcnn("upscale", picture, "--output", target, *args)
    assert re.search(
        rf"60 {TIMES} 30 +about \d+\.\d s, \S+ \SB of memory, \S+ \SB on the disk", told
    )
    assert not target.exists()
    (tmp_path / "c.png").write_bytes(b"no picture")
    told, problem = srcnn("upscale", tmp_path, "--output", tmp_path / "out", *args, code=1)
    assert "1 picture " in told
    assert "1 cannot be made" in told
    assert "c.png" in problem
    assert not (tmp_path / "out").exists()


def test_a_forecast_says_what_the_work_would(srcnn: Srcnn, picture: Path, tmp_path: Path):
    args = ("--method", "bicubic", "--forecast")
    _, told = srcnn("upscale", picture, "--output", tmp_path / "b.jpg", *args)
    assert "JPEG has no transparency" in told
    wide = tmp_path / "wide.png"
    Image.new("L", (6000, 2)).save(wide)
    _, told = srcnn("upscale", wide, "--output", tmp_path / "b.webp", *args, code=1)
    assert "WebP cannot hold 18000" in told


def test_a_picture_that_is_stretched_is_told(srcnn: Srcnn, picture: Path):
    args = ("upscale", picture, "--method", "bicubic")
    _, told = srcnn(*args, "--output", picture.with_name("b.png"), "--size", "60x40")
    assert "stretched" in told
    _, told = srcnn(*args, "--output", picture.with_name("c.png"), "--size", "299x150")
    assert "stretched" not in told


def test_an_output_without_an_ending_is_a_folder(srcnn: Srcnn, picture: Path, tmp_path: Path):
    srcnn("upscale", picture, "--output", tmp_path / "new", "--method", "bicubic")
    assert [path.name for path in (tmp_path / "new").iterdir()] == [picture.name]


def test_compare_says_that_it_leaves_out_transparency(srcnn: Srcnn, tmp_path: Path):
    path = tmp_path / "clear.png"
    Image.new("RGBA", (40, 40), (200, 90, 30, 100)).save(path)
    assert "leaves out its transparency" in srcnn("compare", path, "--methods", "bicubic").err


def test_a_profile_that_is_no_use_is_told(srcnn: Srcnn, tmp_path: Path):
    path = tmp_path / "a.jpg"
    Image.new("RGB", (20, 10)).save(path, icc_profile=b"no profile" * 20)
    args = ("upscale", path, "--output", tmp_path / "b.jpg", "--method", "bicubic")
    assert "profile is damaged; it is passed on as it is." in srcnn(*args).err

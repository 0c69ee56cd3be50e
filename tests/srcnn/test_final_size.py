"""Any size: networks first, then bicubic, with nothing lost in between."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image

from srcnn import final_size
from srcnn.canvas import Canvas, DeepCanvas, PillowCanvas
from srcnn.decoding import to_eight_bits
from srcnn.degrade import Degradation
from srcnn.errors import Cancelled, OutputError
from srcnn.final_size import MAX_FACTOR, Chain, Target, chain_for, chain_of, resize_onto
from srcnn.geometry import Size
from srcnn.interpolation import Interpolation
from srcnn.output import recorded_origin, save_enlargement
from srcnn.picture import Picture, load_picture
from srcnn.resize import BICUBIC, Border
from srcnn.source import PictureSource, degraded_source, make_truth
from srcnn.tiles import Enlargement

sides = st.integers(1, 4000)
sizes = st.builds(Size, sides, sides)


def bicubic() -> Interpolation:
    return Interpolation("bicubic", "Bicubic", 10, BICUBIC, Border.CLAMP)


def enlargement_of(picture: Picture, scale: int) -> Enlargement:
    return Enlargement(PictureSource(picture), bicubic(), scale)


def noise(*shape: int, dtype: type = np.uint8, seed: int = 0) -> np.ndarray:
    top = np.iinfo(dtype).max
    return np.random.default_rng(seed).integers(0, top, shape, dtype=dtype, endpoint=True)


# What is wanted.


@given(sizes, st.floats(1, MAX_FACTOR))
def test_a_factor_multiplies_both_sides(source: Size, factor: float):
    wanted = Target(factor=factor).of(source)
    assert abs(wanted.width - source.width * factor) <= 0.5
    assert abs(wanted.height - source.height * factor) <= 0.5


@given(sizes, st.floats(1, MAX_FACTOR))
def test_the_longest_side_is_met_exactly(source: Size, factor: float):
    longest = round(max(source.width, source.height) * factor)
    assume(longest <= MAX_FACTOR * max(source.width, source.height))
    wanted = Target(longest=longest).of(source)
    assert max(wanted.width, wanted.height) == longest
    assert min(wanted.width, wanted.height) >= min(source.width, source.height)


@given(sizes, sizes)
def test_exact_pixels_are_taken_or_refused(source: Size, wanted: Size):
    across, down = wanted.width / source.width, wanted.height / source.height
    if min(across, down) >= 1 and max(across, down) <= MAX_FACTOR:
        assert Target(size=wanted).of(source) == wanted
    else:
        with pytest.raises(OutputError, match="cannot be made") as refused:
            Target(size=wanted).of(source)
        assert "1 to 16" in refused.value.hint


@pytest.mark.parametrize(
    "target", [Target(factor=0.5), Target(factor=17), Target(longest=50), Target(longest=5000)]
)
def test_smaller_or_far_larger_is_refused(target: Target):
    with pytest.raises(OutputError, match="cannot be made"):
        target.of(Size(100, 60))


@pytest.mark.parametrize("factor", [math.inf, -math.inf, math.nan])
def test_a_factor_is_finite(factor: float):
    with pytest.raises(OutputError, match="is no factor") as refused:
        Target(factor=factor).of(Size(100, 60))
    assert refused.value.hint


@pytest.mark.parametrize("target", [Target(factor=1e308), Target(longest=10**400)])
def test_numbers_beyond_all_others_are_refused(target: Target):
    with pytest.raises(OutputError, match="cannot be made"):
        target.of(Size(100, 60))


def test_without_a_target_the_scale_is_that_of_the_method():
    assert chain_of(Size(9, 7), 3, None, {2, 3}) == Chain(3, Size(27, 21), needs_bicubic=False)
    wanted = Target(longest=20)
    assert chain_of(Size(10, 10), 4, wanted, {2, 3}) == Chain(2, Size(20, 20), needs_bicubic=False)
    with pytest.raises(OutputError):
        chain_of(Size(99, 10), 4, wanted, {2, 3})


@given(sizes, sizes, st.sets(st.sampled_from([2, 3, 4]), min_size=1))
def test_the_smallest_scale_that_suffices_is_chosen(source: Size, wanted: Size, scales: set[int]):
    chain = chain_for(source, wanted, scales)
    assert chain.scale in scales
    assert chain.size == wanted
    assert chain.needs_bicubic == (source.scaled(chain.scale) != wanted)

    def reaches(scale: int) -> bool:
        whole = source.scaled(scale)
        return whole.width >= wanted.width and whole.height >= wanted.height

    if any(map(reaches, scales)):
        assert reaches(chain.scale)
        assert not any(reaches(scale) for scale in scales if scale < chain.scale)
    else:
        assert chain.scale == max(scales)


def test_a_chain_in_words():
    times = "\N{MULTIPLICATION SIGN}"
    assert Chain(3, Size(30, 20), False).describe(bicubic()) == f"Bicubic {times}3"
    assert Chain(4, Size(35, 20), True).describe(bicubic()) == (
        f"Bicubic {times}4 -> bicubic to 35 {times} 20"
    )


# What comes out.


KINDS = {
    "grey": (),
    "rgb": (3,),
}


@pytest.mark.parametrize("size", [Size(61, 43), Size(80, 60), Size(95, 61), Size(33, 60)])
@pytest.mark.parametrize("has_alpha", [False, True], ids=["opaque", "alpha"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_flat_patches_stay_exact_at_any_size(
    tmp_path: Path, dtype: type, kind: str, has_alpha: bool, size: Size
):
    full = np.iinfo(dtype).max
    for value in (0, full // 255 * 77, full):
        alpha = np.full((15, 20), full // 255 * 140, dtype) if has_alpha else None
        picture = Picture(np.full((15, 20, *KINDS[kind]), value, dtype), alpha)
        for suffix in (".png", ".tif"):
            path = tmp_path / f"{value}{suffix}"
            save_enlargement(enlargement_of(picture, 3), path, size=size)
            result = load_picture(path)
            assert result.size == size
            assert result.pixels.dtype == dtype
            assert result.is_grey == (kind == "grey")
            slack = 1 if has_alpha and dtype == np.uint16 else 0
            assert np.abs(result.pixels.astype(int) - value).max() <= slack
            if has_alpha:
                assert np.unique(result.alpha) == full // 255 * 140


@pytest.mark.parametrize("suffix", [".jpg", ".webp"])
def test_sizes_are_met_in_lossy_formats_too(tmp_path: Path, suffix: str):
    picture = Picture(np.full((15, 20), 77, np.uint8), np.full((15, 20), 255, np.uint8))
    save_enlargement(enlargement_of(picture, 2), tmp_path / f"out{suffix}", size=Size(31, 29))
    result = load_picture(tmp_path / f"out{suffix}")
    assert result.size == Size(31, 29)
    assert np.abs(result.pixels.astype(int) - 77).max() <= 2


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("band", [1, 7, 256])
@pytest.mark.parametrize("size", [Size(150, 90), Size(77, 61), Size(121, 200)])
def test_bands_equal_a_whole_resize(
    monkeypatch: pytest.MonkeyPatch, size: Size, band: int, dtype: type
):
    monkeypatch.setattr(final_size, "_BAND_ROWS", band)
    whole = DeepCanvas(Size(120, 100), 3)
    whole.array[...] = noise(100, 120, 3, dtype=np.uint16)
    target: Canvas = (DeepCanvas if dtype == np.uint16 else PillowCanvas)(size, 3)
    resize_onto(whole, target, lambda: False)
    for channel in range(3):
        plane = whole.array[..., channel].astype(np.float32) / np.float32(65535)
        pillow = Image.fromarray(plane).resize((size.width, size.height), Image.Resampling.BICUBIC)
        expected = np.rint(np.clip(np.asarray(pillow), 0, 1) * 65535).astype(np.uint16)
        found = target.rows(0, size.height)[..., channel]
        top = 1 if dtype == np.uint16 else 0
        wanted = expected if top else to_eight_bits(expected)
        off = np.abs(found.astype(int) - wanted)
        assert off.max() <= 1
        assert np.mean(off > 0) < (0.05 if top else 1e-3)  # Pillow's boxes have floats of 32 bits


def test_nothing_hidden_shows_through(tmp_path: Path):
    pixels = np.zeros((20, 20, 3), np.uint8)
    pixels[:, 10:] = 255
    alpha = np.zeros((20, 20), np.uint8)
    alpha[:, 10:] = 255
    save_enlargement(
        enlargement_of(Picture(pixels, alpha), 2), tmp_path / "out.png", size=Size(33, 31)
    )
    result = load_picture(tmp_path / "out.png")
    assert result.alpha is not None
    assert result.pixels[result.alpha > 0].min() >= 254
    assert 0 < np.count_nonzero(result.alpha == 0) < result.alpha.size


def test_grey_stays_equal_in_formats_without_grey(tmp_path: Path):
    options: dict[str, Any] = {"size": Size(50, 47)}
    picture = Picture(noise(20, 20), noise(20, 20, seed=1))
    save_enlargement(enlargement_of(picture, 2), tmp_path / "out.webp", **options)
    with Image.open(tmp_path / "out.webp") as image:
        assert image.size == (50, 47)


def test_what_was_done_is_written_down(tmp_path: Path):
    picture = Picture(noise(20, 30, 3))
    for size, chain in {Size(90, 60): "", Size(70, 50): " -> bicubic to 70x50"}.items():
        save_enlargement(enlargement_of(picture, 3), tmp_path / "a.png", size=size, overwrite=True)
        with Image.open(tmp_path / "a.png") as image:
            assert image.text["Software"].endswith(f"bicubic x3{chain}")
        assert recorded_origin(tmp_path / "a.png") == ("bicubic", 3)


def test_8_bits_are_rounded_once(tmp_path: Path):
    """What is resized has 16 bits, though picture and file have 8."""
    picture = Picture(noise(24, 24))
    save_enlargement(enlargement_of(picture, 2), tmp_path / "a.png", size=Size(40, 40))
    deep = Picture(picture.pixels.astype(np.uint16) * 257)
    save_enlargement(enlargement_of(deep, 2), tmp_path / "b.png", size=Size(40, 40))
    once = to_eight_bits(load_picture(tmp_path / "b.png").pixels)
    np.testing.assert_array_equal(load_picture(tmp_path / "a.png").pixels, once)


def test_a_comparison_has_8_bits_in_between(tmp_path: Path):
    truth = make_truth(Picture(noise(60, 60, 3)), 2)
    source = degraded_source(truth, 2, Degradation.BICUBIC)
    enlargement = Enlargement(source, bicubic(), 2)
    save_enlargement(enlargement, tmp_path / "a.png", size=Size(47, 50))
    assert load_picture(tmp_path / "a.png").size == Size(47, 50)


def test_resizing_can_be_stopped():
    whole, target = DeepCanvas(Size(9, 9), 1), DeepCanvas(Size(5, 700), 1)
    whole.array[...] = 7
    answers = iter([False, True])
    with pytest.raises(Cancelled):
        resize_onto(whole, target, lambda: next(answers))


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 4), st.integers(0, 99))
def test_any_size_is_met(width: int, height: int, channels: int, seed: int):
    whole, target = DeepCanvas(Size(17, 13), channels), PillowCanvas(Size(width, height), channels)
    whole.array[...] = noise(13, 17, channels, dtype=np.uint16, seed=seed)
    resize_onto(whole, target, lambda: False)
    assert target.rows(0, height).shape == (height, width, channels)

"""The figure: where it looks, what it draws, what it saves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from srcnn.errors import OutputError
from srcnn.figure import FigureContent, Panel, draw_figure, save_figure, telling_region
from srcnn.geometry import Region

RANDOM = np.random.default_rng(0)
REGIONS = [Region(5, 10, 35, 40), Region(60, 20, 80, 50)]


def content(panels: int = 5, *, grey: bool = False) -> FigureContent:
    shape = (90, 120) if grey else (90, 120, 3)
    truth = RANDOM.integers(0, 256, shape, np.uint8)
    return FigureContent(
        truth=truth,
        regions=REGIONS,
        panels=[
            Panel(f"$method_{number}\n30.1{number} dB", [truth[r.slices] // 2 for r in REGIONS])
            for number in range(panels)
        ],
        title="truth",
        protocol="how it was measured",
    )


@pytest.mark.parametrize("place", [(0, 0), (70, 100), (120, 180), (63, 64)])
@pytest.mark.parametrize("shape", [(160, 240), (163, 251)])
def test_the_place_where_the_better_one_gains_most_is_found(
    shape: tuple[int, int], place: tuple[int, int]
):
    truth = RANDOM.integers(20, 200, shape, np.uint8)
    better = truth + RANDOM.integers(0, 3, shape, np.uint8)
    plain = better.copy()
    top, left = place
    plain[top : top + 24, left : left + 24] += 40
    region = telling_region(truth, plain, better)
    assert region.width == region.height == 40
    assert region.contains(Region(left, top, left + 24, top + 24))


@pytest.mark.parametrize("shape", [(1, 1), (7, 100), (100, 7), (25, 23)])
def test_a_small_picture_has_a_place_too(shape: tuple[int, int]):
    plane = np.zeros(shape, np.uint8)
    region = telling_region(plane, plane, plane)
    assert Region(0, 0, shape[1], shape[0]).contains(region)
    assert not region.is_empty


def test_a_gain_is_not_mistaken_for_a_loss():
    truth = np.full((96, 96), 100, np.uint8)
    plain, better = truth.copy(), truth.copy()
    plain[:24, :24] += 20  # the better one gains here
    better[-24:, -24:] += 40  # and loses more there
    assert telling_region(truth, plain, better) == Region(0, 0, 24, 24)


@pytest.mark.parametrize("grey", [False, True])
def test_every_crop_is_drawn_pixel_by_pixel_with_its_caption(grey: bool):
    drawn = content(grey=grey)
    figure = draw_figure(drawn)
    whole, *crops = figure.axes
    np.testing.assert_array_equal(whole.images[0].get_array(), drawn.truth)
    assert whole.get_xlabel() == "truth"
    expected = [(panel, number) for number in range(2) for panel in drawn.panels]
    assert len(crops) == len(expected)
    for axes, (panel, number) in zip(crops, expected, strict=True):
        np.testing.assert_array_equal(axes.images[0].get_array(), panel.crops[number])
        assert axes.get_xlabel() == panel.caption
    assert figure.get_supxlabel() == "how it was measured"


def test_the_crops_are_marked_where_they_are():
    whole = draw_figure(content()).axes[0]
    boxes = [patch.get_bbox().bounds for patch in whole.patches]
    assert boxes == [(5, 10, 30, 30), (60, 20, 20, 30)]
    assert whole.images[0].get_extent() == [0, 120, 90, 0]


def test_a_large_picture_is_drawn_smaller_with_the_marks_in_place():
    truth = np.zeros((30, 5000), np.uint8)
    region = Region(4000, 0, 4030, 30)
    large = FigureContent(truth, [region], [Panel("a", [truth[region.slices]])], "t", "p")
    whole = draw_figure(large).axes[0]
    assert whole.images[0].get_array().shape[1] <= 1250
    assert whole.images[0].get_extent() == [0, 5000, 30, 0]
    assert whole.patches[0].get_bbox().bounds == (4000, 0, 30, 30)


def test_a_png_shows_the_colours(tmp_path: Path):
    save_figure(content(), tmp_path / "figure.PNG")
    with Image.open(tmp_path / "figure.PNG") as image:
        pixels = np.asarray(image.convert("RGB"))
    assert min(pixels.shape[:2]) > 300
    for colour in [(0xD6, 0x27, 0x28), (0x1F, 0x77, 0xB4)]:  # the frames of both regions
        assert (pixels == colour).all(axis=-1).any()


def test_a_pdf_has_text_and_only_the_crops_as_pixels(tmp_path: Path):
    save_figure(content(panels=3), tmp_path / "figure.pdf")
    data = (tmp_path / "figure.pdf").read_bytes()
    assert data.startswith(b"%PDF")
    assert b"/Font" in data
    assert data.count(b"/Subtype /Image") == 1 + 3 * len(REGIONS)


def test_the_same_figure_gives_the_same_file(tmp_path: Path):
    drawn = content(panels=2)
    for name in ("a.pdf", "b.pdf"):
        save_figure(drawn, tmp_path / name)
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


def test_a_name_the_font_does_not_have_is_no_trouble(tmp_path: Path):
    pixels = np.zeros((9, 9), np.uint8)
    panel = Panel("\N{CJK UNIFIED IDEOGRAPH-5B57}", [pixels])
    save_figure(FigureContent(pixels, [Region(0, 0, 9, 9)], [panel], "", ""), tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size > 1000


def test_a_figure_cannot_be_written_below_a_file(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError):
        save_figure(content(panels=1), tmp_path / "file" / "figure.png")

"""The figure: where it looks, what it draws, what it saves."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from srcnn.errors import OutputError
from srcnn.figure import (
    MARK_COLOURS,
    FigureContent,
    Panel,
    draw_figure,
    save_figure,
    telling_region,
)
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
    for colour in MARK_COLOURS[: len(REGIONS)]:  # their frames
        assert (pixels == tuple(bytes.fromhex(colour[1:]))).all(axis=-1).any()


def test_a_pdf_has_text_and_only_the_crops_as_pixels(tmp_path: Path):
    save_figure(content(panels=3), tmp_path / "figure.pdf")
    data = (tmp_path / "figure.pdf").read_bytes()
    assert data.startswith(b"%PDF")
    assert data.rstrip().endswith(b"%%EOF")
    assert b"/FontFile2" in data  # TrueType, embedded
    assert b"/CIDFontType2" in data or b"/Subtype /TrueType" in data
    assert data.count(b"/Subtype /Image") == 1 + 3 * len(REGIONS)
    assert b"/Type3" not in data


def test_crops_that_have_to_be_reduced_are_averaged_and_whole_in_a_pdf(tmp_path: Path):
    truth = np.zeros((1000, 900), np.uint8)
    truth[:, ::2] = 255
    large, small = Region(0, 0, 900, 997), Region(0, 0, 60, 50)
    regions = [large, small]
    panel = Panel("a", [truth[region.slices] for region in regions])
    stripes = FigureContent(truth, regions, [panel], "t", "p")
    _, reduced, enlarged = (axes.images[0] for axes in draw_figure(stripes).axes)
    assert (reduced.get_interpolation(), enlarged.get_interpolation()) == ("hanning", "nearest")
    save_figure(stripes, tmp_path / "figure.pdf")
    data = (tmp_path / "figure.pdf").read_bytes()
    sizes = [
        tuple(int(re.search(rb"/%s (\d+)" % side, one)[1]) for side in (b"Width", b"Height"))
        for one in re.findall(rb" obj\n(.*?)\nstream", data, re.DOTALL)
        if b"/Subtype /Image" in one
    ]
    assert len(sizes) == 3
    assert (900, 997) in sizes


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="pdftoppm is not installed")
def test_a_pdf_shows_every_pixel_of_a_crop_as_a_square(tmp_path: Path):
    drawn = content(panels=1)
    save_figure(drawn, tmp_path / "figure.pdf")
    command = ["pdftoppm", "-r", "400", "-png", "-singlefile", "figure.pdf", "page"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=60)
    with Image.open(tmp_path / "page.png") as image:
        page = np.asarray(image.convert("RGB"))
    figure = draw_figure(drawn)
    figure.set_dpi(72)  # points, as in a PDF
    figure.draw_without_rendering()
    crop, points = figure.axes[1].get_window_extent(), 400 / 72
    left, right = (round(points * x) for x in (crop.x0, crop.x1))
    top, bottom = (page.shape[0] - round(points * y) for y in (crop.y1, crop.y0))
    expected = drawn.panels[0].crops[0]
    height, width = expected.shape[:2]
    rows = top + ((np.arange(height) + 0.5) * (bottom - top) / height).astype(int)
    columns = left + ((np.arange(width) + 0.5) * (right - left) / width).astype(int)
    np.testing.assert_array_equal(page[np.ix_(rows, columns)], expected)


def test_crops_have_the_numbers_of_their_frames():
    whole, *crops = draw_figure(content(panels=2)).axes
    assert [text.get_text() for text in whole.texts] == ["1", "2"]
    assert [axes.get_ylabel() for axes in crops] == ["1", "", "2", ""]
    one = content(panels=2)
    alone = FigureContent(one.truth, one.regions[:1], one.panels, one.title, one.protocol)
    assert not draw_figure(alone).axes[0].texts


@pytest.mark.parametrize(("panels", "columns"), [(1, 1), (4, 4), (5, 3), (8, 4), (9, 3)])
def test_panels_are_shared_out_among_the_lines(panels: int, columns: int):
    grid = draw_figure(content(panels)).axes[0].get_gridspec()
    assert grid.ncols == 1 + columns


def test_flat_crops_take_less_room():
    one = content(panels=1)
    flat = [Region(0, 0, 100, 40), Region(0, 50, 100, 90)]
    square = [Region(0, 0, 40, 40), Region(50, 0, 90, 40)]
    heights = []
    for regions in (flat, square):
        panel = Panel("a", [one.truth[region.slices] for region in regions])
        heights.append(
            draw_figure(FigureContent(one.truth, regions, [panel], "t", "p")).get_figheight()
        )
    assert heights[0] < heights[1] - 1


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

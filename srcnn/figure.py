"""Crops with captions, as Figs. 7-10 of the paper: the only place that imports matplotlib."""

from __future__ import annotations

import io
import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from srcnn.filters import best_columns, dead_filters, filter_mosaic
from srcnn.geometry import Region, Size
from srcnn.safe_file import write_safely

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from srcnn.types import BytePlane

SUFFIXES = (".png", ".pdf")
"""What a figure can be saved as: pixels, or vectors around the pixels of the crops."""

MARK_COLOURS = (
    *("#e53935", "#1e88e5", "#2e9e3f", "#e07b00"),
    *("#a35bd6", "#00979c", "#d8478f", "#8d6e4b"),
)
"""Frames of the crops, in turn: of middling brightness, so that they show on light and dark."""

_COLUMNS = 4
_CELL_INCHES = 1.8
_CAPTION_INCHES = 0.42
_OVERVIEW_PIXELS = 1200
_BLOCKS = 8
_FLATTEST = 0.2
_AVERAGED = "hanning"
_FILTERS_INCHES = 6.5
_DPI = 200


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """What one method made of every crop.

    Attributes
    ----------
    caption : str
        Stands below each crop.
    crops : Sequence of uint8, (h, w) or (h, w, 3)
        One for each of the figure's regions.
    """

    caption: str
    crops: Sequence[NDArray[np.uint8]]


@dataclass(frozen=True, slots=True, eq=False)
class FigureContent:
    """All that is drawn.

    Attributes
    ----------
    truth : uint8, (H, W) or (H, W, 3)
        The whole picture, drawn with the regions marked.
    regions : Sequence[Region]
        Crops, in pixels of ``truth``.
    panels : Sequence[Panel]
        One for each method.
    title, protocol : str
        Caption of the whole picture; how the figures in the captions were measured.
    """

    truth: NDArray[np.uint8]
    regions: Sequence[Region]
    panels: Sequence[Panel]
    title: str
    protocol: str


def telling_region(truth: BytePlane, plain: BytePlane, better: BytePlane) -> Region:
    """Find the square where ``better`` gains most over ``plain``.

    Parameters
    ----------
    truth, plain, better : BytePlane, (H, W)
        Luma of equal size. With the truth as ``better`` it is where ``plain`` errs most.

    Returns
    -------
    Region
        About a quarter of the shorter side wide and high.
    """
    size = Size(truth.shape[1], truth.shape[0])
    side = min(max(min(size.width, size.height) // 4, 24), size.width, size.height)
    step = max(1, side // _BLOCKS)
    height, width = (length // step for length in truth.shape)
    kept = slice(height * step), slice(width * step)
    target = truth[kept].astype(np.int32)
    gain = (plain[kept] - target) ** 2 - (better[kept] - target) ** 2
    blocks = gain.reshape(height, step, width, step).sum(axis=(1, 3), dtype=np.int64)
    window = min(side // step, height, width)
    sums = np.lib.stride_tricks.sliding_window_view(blocks, (window, window)).sum(axis=(2, 3))
    row, column = np.unravel_index(int(np.argmax(sums)), sums.shape)
    left = min(int(column) * step, size.width - side)
    top = min(int(row) * step, size.height - side)
    return Region(left, top, left + side, top + side)


def draw_figure(content: FigureContent) -> Figure:
    """Draw the whole picture at the left and the crops of every method beside it."""
    from matplotlib.figure import Figure

    lines = math.ceil(len(content.panels) / _COLUMNS)
    columns = math.ceil(len(content.panels) / lines)
    heights = [_height(region) for region in content.regions for _ in range(lines)]
    total = max(sum(heights) + len(heights) * _CAPTION_INCHES, _CELL_INCHES + _CAPTION_INCHES)
    aspect = content.truth.shape[1] / content.truth.shape[0]
    overview = min(max(total * aspect, _CELL_INCHES), 2.5 * _CELL_INCHES)
    figure = Figure(
        (overview + columns * _CELL_INCHES, total + 0.3), dpi=_DPI, layout="constrained"
    )
    grid = figure.add_gridspec(
        len(heights),
        columns + 1,
        width_ratios=(overview, *(_CELL_INCHES for _ in range(columns))),
        height_ratios=heights,
    )
    whole = figure.add_subplot(grid[:, 0])
    whole.set_anchor("N")
    step = max(1, max(content.truth.shape[:2]) // _OVERVIEW_PIXELS)
    size = Size(*content.truth.shape[1::-1])
    _show(whole, content.truth[::step, ::step], content.title, size, overview)
    for number, region in enumerate(content.regions):
        colour = MARK_COLOURS[number % len(MARK_COLOURS)]
        name = str(number + 1) if len(content.regions) > 1 else ""
        _mark(whole, region, colour, name)
        for index, panel in enumerate(content.panels):
            line, column = divmod(index, columns)
            axes = figure.add_subplot(grid[number * lines + line, 1 + column])
            is_last = lines > 1 or number == len(content.regions) - 1
            caption = panel.caption if is_last else ""  # the figures are those of the whole
            _show(axes, panel.crops[number], caption, region.size, _CELL_INCHES)
            for spine in axes.spines.values():
                spine.set_edgecolor(colour)
                spine.set_linewidth(1.2)
            if index == 0:
                axes.set_ylabel(name, color=colour, weight="bold", rotation=0, va="center")
    figure.supxlabel(content.protocol, fontsize=5, parse_math=False, wrap=True)
    return figure


def save_figure(content: FigureContent, path: Path) -> None:
    """Draw a figure and write it; the ending of the name, one of ``SUFFIXES``, says the kind.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    write_drawing(draw_figure(content), path)


def draw_filters(w1: NDArray[np.float32], title: str) -> Figure:
    """Draw the filters of a first layer, the largest variance first, as Fig. 5 of the paper.

    Parameters
    ----------
    w1 : float32, (n1, c, f1, f1)
        Weights of the first layer.
    title : str
        Stands above them, with how many are dead.
    """
    from matplotlib.figure import Figure

    columns, _ = best_columns(len(w1), w1.shape[-1], 1600, 800)
    mosaic = filter_mosaic(w1, columns, gap=(255, 255, 255))
    height, width = mosaic.shape[:2]
    inches = _FILTERS_INCHES
    drawn = Figure(figsize=(inches, inches * height / width + 0.5), dpi=_DPI, layout="constrained")
    axes = drawn.add_subplot()
    axes.imshow(mosaic, interpolation="nearest")
    axes.set_axis_off()
    dead = dead_filters(w1)
    tail = f"the last {dead} of them dead" if dead else "none of them dead"
    axes.set_title(f"{title}: {len(w1)} filters, {tail}", fontsize=10)
    return drawn


def save_filters(w1: NDArray[np.float32], title: str, path: Path) -> None:
    """Draw filters and write them, as ``save_figure`` does.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    write_drawing(draw_filters(w1, title), path)


def write_drawing(drawn: Figure, path: Path) -> None:
    """Write what was drawn; the ending of the name, one of ``SUFFIXES``, says the kind.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    import matplotlib as mpl

    kind = path.suffix.lower().removeprefix(".")
    data = io.BytesIO()
    with mpl.rc_context({"pdf.fonttype": 42}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")  # a name in a script the font lacks
        if kind == "pdf":
            _keep_all_pixels(drawn)
        metadata = {"CreationDate": None} if kind == "pdf" else None
        drawn.savefig(data, format=kind, metadata=metadata)
    write_safely(path, data.getvalue())


def _keep_all_pixels(drawn: Figure) -> None:
    """Let a vector file hold the pixels that would be averaged: readers can zoom in."""
    for image in (image for axes in drawn.axes for image in axes.images):
        if image.get_interpolation() == _AVERAGED:
            image.set_interpolation("none")


def _show(axes: Axes, pixels: NDArray[np.uint8], caption: str, size: Size, inches: float) -> None:
    """Draw pixels over an area of ``size`` picture pixels: as squares if they fit in ``inches``.

    If they do not, those that fall together are averaged: stripes would beat otherwise.
    """
    is_reduced = max(pixels.shape[:2]) > inches * _DPI
    axes.imshow(
        pixels,
        interpolation=_AVERAGED if is_reduced else "nearest",
        extent=(0, size.width, size.height, 0),
        cmap="gray",  # for grey only
        vmin=0,
        vmax=255,
    )
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_xlabel(caption, fontsize=7, parse_math=False)


def _height(region: Region) -> float:
    """Return the inches of a crop that is at most a cell wide and high."""
    return _CELL_INCHES * min(1.0, max(region.height / region.width, _FLATTEST))


def _mark(axes: Axes, region: Region, colour: str, name: str) -> None:
    """Frame a region, edged in white for dark pictures; ``name`` stands at its corner."""
    from matplotlib.patches import Rectangle
    from matplotlib.patheffects import withStroke

    corner = (region.left, region.top)
    frame = Rectangle(
        corner, region.width, region.height, fill=False, edgecolor=colour, linewidth=1.2
    )
    frame.set_clip_on(False)  # whole at the edge of the picture, too
    frame.set_zorder(3)  # and above the line around it
    frame.set_path_effects([withStroke(linewidth=2.2, foreground="white")])
    axes.add_patch(frame)
    if name:
        height = axes.get_ylim()[0]
        is_at_the_top = region.top < height / 20
        label = axes.text(
            *corner, name, color="white", fontsize=5, weight="bold", clip_on=True,
            va="top" if is_at_the_top else "bottom",
            bbox={"facecolor": colour, "edgecolor": "none", "pad": 1.2},
        )  # fmt: skip
        label.set_in_layout(False)

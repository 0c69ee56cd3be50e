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

_COLOURS = ("#d62728", "#1f77b4", "#2ca02c", "#ff7f0e", "#9467bd")
_COLUMNS = 4
_CELL_INCHES = 1.8
_CAPTION_INCHES = 0.42
_OVERVIEW_PIXELS = 1200
_BLOCKS = 8
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

    columns = min(_COLUMNS, len(content.panels))
    lines = math.ceil(len(content.panels) / columns)
    rows = lines * len(content.regions)
    cell = _CELL_INCHES + _CAPTION_INCHES
    aspect = content.truth.shape[1] / content.truth.shape[0]
    overview = min(max(rows * cell * aspect, _CELL_INCHES), 2.5 * _CELL_INCHES)
    figure = Figure(
        (overview + columns * _CELL_INCHES, rows * cell + 0.3), dpi=_DPI, layout="constrained"
    )
    grid = figure.add_gridspec(
        rows, columns + 1, width_ratios=(overview, *(_CELL_INCHES for _ in range(columns)))
    )
    whole = figure.add_subplot(grid[:, 0])
    step = max(1, max(content.truth.shape[:2]) // _OVERVIEW_PIXELS)
    _show(whole, content.truth[::step, ::step], content.title, Size(*content.truth.shape[1::-1]))
    for number, region in enumerate(content.regions):
        colour = _COLOURS[number % len(_COLOURS)]
        _mark(whole, region, colour)
        for index, panel in enumerate(content.panels):
            line, column = divmod(index, columns)
            axes = figure.add_subplot(grid[number * lines + line, 1 + column])
            _show(axes, panel.crops[number], panel.caption, region.size)
            for spine in axes.spines.values():
                spine.set_edgecolor(colour)
                spine.set_linewidth(1.2)
    figure.supxlabel(content.protocol, fontsize=5, parse_math=False, wrap=True)
    return figure


def save_figure(content: FigureContent, path: Path) -> None:
    """Draw a figure and write it; the ending of the name, one of ``SUFFIXES``, says the kind.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    _save(draw_figure(content), path)


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
    axes.set_title(f"{title}: {len(w1)} filters, {dead_filters(w1)} of them dead", fontsize=10)
    return drawn


def save_filters(w1: NDArray[np.float32], title: str, path: Path) -> None:
    """Draw filters and write them, as ``save_figure`` does.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    _save(draw_filters(w1, title), path)


def _save(drawn: Figure, path: Path) -> None:
    import matplotlib as mpl

    kind = path.suffix.lower().removeprefix(".")
    data = io.BytesIO()
    with mpl.rc_context({"pdf.fonttype": 42}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")  # a name in a script the font lacks
        metadata = {"CreationDate": None} if kind == "pdf" else None
        drawn.savefig(data, format=kind, metadata=metadata)
    write_safely(path, data.getvalue())


def _show(axes: Axes, pixels: NDArray[np.uint8], caption: str, size: Size) -> None:
    """Draw pixels as they are over an area of ``size`` picture pixels."""
    axes.imshow(
        pixels,
        interpolation="nearest",
        extent=(0, size.width, size.height, 0),
        cmap="gray",  # for grey only
        vmin=0,
        vmax=255,
    )
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_xlabel(caption, fontsize=7, parse_math=False)


def _mark(axes: Axes, region: Region, colour: str) -> None:
    from matplotlib.patches import Rectangle

    corner = (region.left, region.top)
    axes.add_patch(
        Rectangle(corner, region.width, region.height, fill=False, edgecolor=colour, linewidth=1.2)
    )

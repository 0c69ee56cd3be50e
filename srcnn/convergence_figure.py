"""Curves of training with the levels they are to reach, as Figs. 1 and 6 of the paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from srcnn.figure import write_drawing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from matplotlib.figure import Figure

_INCHES = (6.5, 3.6)
_DPI = 150
_COLOURS = ("#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf")
_DASHES = ("--", "-.", ":", (0, (5, 1)))


@dataclass(frozen=True, slots=True)
class Curve:
    """How good a run was while it learnt.

    Attributes
    ----------
    label : str
        For the legend.
    points : Sequence of (int, float)
        Backprops, and dB.
    end : float or None
        What its last weights give on other pictures, in dB: a diamond at the last point.
    """

    label: str
    points: Sequence[tuple[int, float]]
    end: float | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """A figure that does not depend on training, in dB, drawn from left to right."""

    label: str
    db: float


@dataclass(frozen=True, slots=True)
class ConvergenceContent:
    """All that is drawn.

    Attributes
    ----------
    curves, levels
        From the first colour on; levels are grey.
    title : str
        Stands above.
    quantity : str
        What the dB are of.
    end_label : str
        What the diamonds mean, if there are any.
    """

    curves: Sequence[Curve]
    levels: Sequence[Level]
    title: str
    quantity: str
    end_label: str = ""


def draw_convergence(content: ConvergenceContent) -> Figure:
    """Draw curves over backprops, levels, and a legend at the right."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import EngFormatter

    drawn = Figure(_INCHES, dpi=_DPI, layout="constrained")
    axes = drawn.add_subplot()
    for number, curve in enumerate(content.curves):
        colour = _COLOURS[number % len(_COLOURS)]
        backprops, figures = zip(*curve.points, strict=True)
        axes.plot(backprops, figures, color=colour, marker=".", label=curve.label)
        if curve.end is not None:
            axes.plot(backprops[-1], curve.end, color=colour, marker="D", clip_on=False)
    if any(curve.end is not None for curve in content.curves):
        axes.plot([], [], color="grey", marker="D", linestyle="", label=content.end_label)
    for number, level in enumerate(content.levels):
        dashes = _DASHES[number % len(_DASHES)]
        axes.axhline(level.db, color="0.35", linewidth=1, linestyle=dashes, label=level.label)
    axes.set_xlim(left=0)
    axes.xaxis.set_major_formatter(EngFormatter(sep=""))
    axes.set_xlabel("backprops")
    axes.set_ylabel(content.quantity)
    axes.set_title(content.title, fontsize=10, parse_math=False)
    axes.grid(alpha=0.3)
    drawn.legend(loc="outside lower center", ncols=2, fontsize=7, frameon=False)
    return drawn


def save_convergence(content: ConvergenceContent, path: Path) -> None:
    """Draw curves and write them; the ending of the name, .png or .pdf, says the kind.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    write_drawing(draw_convergence(content), path)

"""Reference lines across a plot: bicubic, the paper, the weights that a run began with."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import pyqtgraph as pg
from PySide6.QtGui import QFont, QFontMetrics, QPalette

if TYPE_CHECKING:
    from collections.abc import Sequence

    from srcnn_gui.training.curve import RunCurve

_DASHED, _DASH_DOT, _DOTTED = (6.0, 4.0), (9.0, 3.0, 1.5, 3.0), (1.5, 3.0)
_SAME_DB = 0.005
"""Two references that differ by less are drawn as one."""
_DOWN, _UP = "\N{DOWNWARDS ARROW}", "\N{UPWARDS ARROW}"


class Level(NamedTuple):
    """A reference line.

    Attributes
    ----------
    value : float
        Where it lies.
    text : str
        What is written on it.
    dashes : tuple of float
        Lengths of dashes and gaps.
    place : float
        Where the text stands, 0 (left) to 1 (right).
    """

    value: float
    text: str
    dashes: tuple[float, ...]
    place: float


def levels_of(curve: RunCurve, paper_place: float = 0.0) -> list[Level]:
    """Return the reference lines of a run: those that are known and that differ."""
    found = []
    if math.isfinite(curve.bicubic_db):
        found.append(Level(curve.bicubic_db, f"bicubic {curve.bicubic_db:.2f}", _DASHED, 1.0))
    if curve.paper_db is not None:
        found.append(Level(curve.paper_db, f"paper {curve.paper_db:.2f}", _DASH_DOT, paper_place))
    start = curve.start_db
    if start is not None and math.isfinite(start) and abs(start - curve.bicubic_db) > _SAME_DB:
        found.append(Level(start, f"start {start:.2f}", _DOTTED, 0.3))
    return found


def text_item(palette: QPalette) -> Any:
    """Return words for a plot, readable where lines cross them."""
    fill = palette.color(QPalette.ColorRole.Base)
    fill.setAlpha(200)
    return pg.TextItem(color=palette.color(QPalette.ColorRole.Text), fill=fill)


class LevelLines:
    """The reference lines of one plot of pyqtgraph, and the words on them."""

    def __init__(self, plot: Any) -> None:
        self._plot = plot
        self._font = QFont()
        self._items: list[tuple[Level, Any, Any]] = []

    @property
    def texts(self) -> list[str]:
        """What is written on the lines."""
        return [text.toPlainText() for *_, text in self._items]

    def set(self, levels: Sequence[Level], palette: QPalette, font: QFont) -> None:
        """Draw these lines and no others."""
        if [level for level, *_ in self._items] == list(levels):
            return
        self.drop()
        self._font = font
        for level in levels:
            pen = pg.mkPen(palette.color(QPalette.ColorRole.PlaceholderText), width=1)
            pen.setDashPattern(level.dashes)
            line = pg.InfiniteLine(level.value, angle=0, pen=pen)
            text = text_item(palette)
            text.setFont(font)
            for item, height in ((line, -6), (text, -5)):
                item.setZValue(height)
                self._plot.addItem(item, ignoreBounds=True)
            self._items.append((level, line, text))
        self.place()

    def drop(self) -> None:
        """Take all lines away."""
        for _, *items in self._items:
            for item in items:
                self._plot.removeItem(item)
        self._items = []

    def place(self) -> None:
        """Put the words on the lines; to the edge, with an arrow, if a line is out of sight."""
        view = self._plot.getViewBox()
        (x_low, x_high), (y_low, y_high) = view.viewRange()
        pixels = QFontMetrics(self._font).height() + 4
        highest = y_high - (y_high - y_low) * pixels / max(1.0, view.height())
        for level, _, text in self._items:
            text.setAnchor((level.place, 1.0))
            x = x_low + (x_high - x_low) * (0.01 + 0.98 * level.place)
            if level.value < y_low:
                text.setText(f"{_DOWN} {level.text}")
                text.setPos(x, y_low)
            elif level.value > y_high:
                text.setText(f"{_UP} {level.text}")
                text.setPos(x, highest)
            else:
                text.setText(level.text)
                text.setPos(x, min(level.value, highest))

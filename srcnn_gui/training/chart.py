"""One plot over backprops, with ticks of our own and time on top; wraps a plot of pyqtgraph.

Importing it imports pyqtgraph, which takes a fifth of a second: only when there is a curve.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QObject, QPointF, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPalette

from srcnn_gui.training.levels import LevelLines, text_item
from srcnn_gui.training.ticks import Tick, backprop_ticks, clock, time_steps, with_room

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from srcnn_gui.training.curve import RunCurve
    from srcnn_gui.training.levels import Level

_TICK_EVERY = 46, 30
"""Pixels between two numbers of an axis, along it: across and down."""
_ROOM = 10, 24
"""Pixels that stay free below and above the curves; words stand above."""
_MOST_DOTS = 150
"""If a curve has more points, they are not marked."""
_STAR, _POINT, _CURSOR = 17, 5, 8


class Chart(QObject):
    """Curves over backprops.

    Parameters
    ----------
    plot : PlotItem
        Of pyqtgraph, which ships no types; it is dressed, not subclassed.
    ticks : callable
        Where the left axis carries numbers, from its ends and how many there may be.
    x_ticks : callable
        Likewise below.
    x_label : str
        What is counted there.
    """

    zoomed = Signal()  # by hand
    x_changed = Signal(object)  # Chart: it shows other backprops now
    resized = Signal()

    def __init__(
        self,
        plot: Any,
        ticks: Callable[[float, float, int], list[Tick]],
        parent: QObject | None = None,
        *,
        x_ticks: Callable[[float, float, int], list[Tick]] = backprop_ticks,
        x_label: str = "backprops",
    ) -> None:
        super().__init__(parent)
        self.plot = plot
        self._ticks = ticks
        self._x_ticks = x_ticks
        self._clock: RunCurve | None = None
        self._palette = QPalette()
        self._font = QFont()
        self._levels = LevelLines(plot)
        self._view = plot.getViewBox()
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.showAxes((True, True, False, True), showValues=(True, True, False, True))
        plot.getAxis("bottom").setLabel(x_label)
        self._view.disableAutoRange()
        self._view.setLimits(minXRange=1, minYRange=1e-3)
        self._view.sigRangeChanged.connect(self._on_range_changed)
        self._view.sigResized.connect(self._on_resized)
        self._view.sigRangeChangedManually.connect(self._on_moved_by_hand)
        self._cursor = pg.InfiniteLine(angle=90)
        self._dot = pg.ScatterPlotItem(size=_CURSOR)

    def dress(self, palette: QPalette, font: QFont) -> None:
        """Wear the colours and the font of the window."""
        self._palette, self._font = palette, font
        role = QPalette.ColorRole
        line, text = palette.color(role.Mid), palette.color(role.Text)
        for name in ("left", "top", "bottom"):
            axis = self.plot.getAxis(name)
            axis.setPen(pg.mkPen(line))
            axis.setTextPen(pg.mkPen(text))
            axis.setTickFont(font)
            axis.setStyle(tickLength=4, tickTextOffset=3, hideOverlappingLabels=False)
            axis.setGrid(False if name == "top" else 90)
            axis.label.setFont(font)
        line_height = QFontMetrics(font).height()
        self.plot.getAxis("top").setHeight(line_height + 5)
        self.plot.getAxis("bottom").setHeight(2 * line_height + 8)
        self._cursor.setPen(pg.mkPen(palette.color(role.PlaceholderText), width=1))
        self._dot.setPen(pg.mkPen(palette.color(role.Base), width=1))
        self._dot.setBrush(pg.mkBrush(text))
        self._place_ticks()

    def clear(self, clock_of: RunCurve | None) -> None:
        """Take everything off; from now on the time on top is that of ``clock_of``."""
        self._clock = clock_of
        self._levels.drop()
        self.plot.clear()
        for item in (self._cursor, self._dot):
            item.setVisible(False)
            item.setZValue(20)
            self.plot.addItem(item, ignoreBounds=True)

    def add_line(self, colour: QColor, *, width: float = 1, has_dots: bool = False) -> Any:
        """Add a curve without points yet: give them to ``set_points``."""
        line = self.plot.plot(pen=pg.mkPen(colour, width=width), antialias=True)
        line.setDownsampling(auto=True, method="peak" if width == 1 else "subsample")
        line.opts["autoDownsampleFactor"] = 1.0
        line.setClipToView(True)
        if has_dots:
            line.setSymbolPen(None)
            line.setSymbolBrush(pg.mkBrush(colour))
            line.setSymbolSize(_POINT)
        return line

    def set_levels(self, levels: Sequence[Level]) -> None:
        """Draw these reference lines and no others."""
        self._levels.set(levels, self._palette, self._font)

    def add_star(self, colour: QColor) -> tuple[Any, Any]:
        """Add a marker and its text, both to be placed by ``place_star``."""
        outline = pg.mkPen(self._palette.color(QPalette.ColorRole.Base), width=1)
        star = pg.ScatterPlotItem(size=_STAR, symbol="star", pen=outline, brush=colour)
        text = text_item(self._palette)
        bold = QFont(self._font)
        bold.setBold(True)
        text.setFont(bold)
        for item in (star, text):
            item.setZValue(10)
            self.plot.addItem(item, ignoreBounds=True)
        return star, text

    def place_star(self, star: tuple[Any, Any], place: tuple[float, float] | None) -> None:
        """Move what ``add_star`` made to backprops and PSNR, if there are any yet."""
        for item in star:
            item.setVisible(place is not None)
        if place is None:
            return
        marker, text = star
        x, y = place
        marker.setData([x], [y])
        text.setText(f"{y:.2f}")
        low, high = self.ranges[0]
        text.setAnchor((0.9 if x > (low + high) / 2 else 0.1, 1.25))
        text.setPos(x, y)

    def show_range(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Show these backprops and these values, with room for words."""
        height = max(60.0, self._view.height())
        y = with_room(*y, *(pixels / height for pixels in _ROOM))
        self._view.setRange(xRange=x, yRange=y, padding=0)

    def show_backprops(self, x: tuple[float, float]) -> None:
        """Show these backprops, and values as before."""
        self._view.setXRange(*x, padding=0)

    def show_cursor(self, x: float, y: float) -> None:
        """Draw the line under the mouse, and a dot on the curve if ``y`` is known."""
        self._cursor.setPos(x)
        self._cursor.setVisible(True)
        known = math.isfinite(y)
        self._dot.setData([x] if known else [], [y] if known else [])
        self._dot.setVisible(known)

    def hide_cursor(self) -> None:
        """Take line and dot away."""
        self._cursor.setVisible(False)
        self._dot.setVisible(False)

    def backprops_under(self, scene_place: QPointF) -> float | None:
        """Return the backprops at a place of the scene; None if it is not on the curves."""
        if not self._view.sceneBoundingRect().contains(scene_place):
            return None
        return float(self._view.mapSceneToView(scene_place).x())

    @property
    def ranges(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Backprops and values that are shown."""
        (x_low, x_high), (y_low, y_high) = self._view.viewRange()
        return (float(x_low), float(x_high)), (float(y_low), float(y_high))

    @Slot(object, object, object)
    def _on_range_changed(self, _view: object, _ranges: object, changed: object) -> None:
        self._place_ticks()
        self._levels.place()
        if changed is None or np.asarray(changed)[0]:
            self.x_changed.emit(self)

    @Slot(object)
    def _on_resized(self, _view: object) -> None:
        self._place_ticks()
        self._levels.place()
        self.resized.emit()

    @Slot(object)
    def _on_moved_by_hand(self, _axes: object) -> None:
        self.zoomed.emit()

    def _place_ticks(self) -> None:
        (x_low, x_high), (y_low, y_high) = self.ranges
        across = max(2, int(self._view.width() / _TICK_EVERY[0]))
        down = max(2, int(self._view.height() / _TICK_EVERY[1]))
        left = self._ticks(y_low, y_high, down)
        self.plot.getAxis("left").setTicks([left])
        self.plot.getAxis("bottom").setTicks([self._x_ticks(x_low, x_high, across)])
        self.plot.getAxis("top").setTicks([self._time_ticks(x_low, x_high, across)])
        metrics = QFontMetrics(self._font)
        widest = max((metrics.horizontalAdvance(text) for _, text in left), default=0)
        self.plot.getAxis("left").setWidth(max(widest, metrics.horizontalAdvance("0.0005")) + 12)

    def _time_ticks(self, low: float, high: float, most: int) -> list[Tick]:
        curve = self._clock
        if curve is None or curve.last_backprops <= 0:
            return []
        end = min(high, curve.last_backprops)
        most = max(1, math.ceil(most * (end - low) / (high - low)))
        times = time_steps(curve.seconds_at(low), curve.seconds_at(end), most)
        return [(curve.backprops_at(seconds), clock(seconds)) for seconds in times]


def set_points(line: Any, x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
    """Give a curve its points, without what is no number; mark them if they are few."""
    known = np.isfinite(y)
    if line.opts["symbolSize"] == _POINT:
        line.setSymbol("o" if known.sum() <= _MOST_DOTS else None)
    line.setData(x=x[known], y=y[known])


def powers_of(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the powers of 10 that the values are, NaN where there is none."""
    fit = np.isfinite(values) & (values > 0)
    return np.log10(values, out=np.full(values.shape, np.nan), where=fit)


def power_of(value: float) -> float:
    """Return the power of 10 that a value is, or NaN."""
    return math.log10(value) if math.isfinite(value) and value > 0 else math.nan

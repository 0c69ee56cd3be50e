"""Quality against time, as Fig. 4 of the paper; wraps a plot of pyqtgraph.

Importing it imports pyqtgraph, which takes a fifth of a second: only when there are figures.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyqtgraph as pg
from PySide6.QtCore import QObject, QRectF, Signal, Slot
from PySide6.QtGui import QFont, QFontMetrics, QPalette

from srcnn_gui.benchmark.placing import place_labels
from srcnn_gui.training.run_colours import COLOURS, run_colour
from srcnn_gui.training.ticks import linear_ticks

if TYPE_CHECKING:
    from collections.abc import Sequence

_DOT = 10
_SYMBOLS = "osd"
"""For the first colours, then for those that come again."""
_TICK_EVERY = 46, 34
"""Pixels between two numbers of an axis, along it: across and down."""
_ROOM = 0.14
"""Part of the axes that stays free at each end."""
_LEAST_RANGE = 1.0, 0.4
"""Powers of ten and dB that are shown at least."""


@dataclass(frozen=True, slots=True)
class MethodPoint:
    """A method: id and name, mean seconds, mean PSNR in dB, and the number of its colour."""

    id: str
    label: str
    seconds: float
    psnr_db: float
    colour: int


class TimeScatter(QObject):
    """One point a method, labelled, over a logarithmic axis of time."""

    clicked = Signal(str)  # id of the method

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.widget = pg.PlotWidget()
        self.points: tuple[MethodPoint, ...] = ()
        self._plot: Any = self.widget.getPlotItem()
        self._view: Any = self._plot.getViewBox()
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.showAxes((True, False, False, True), showValues=(True, False, False, True))
        self._plot.getAxis("bottom").setLabel("mean seconds (log)")
        self._plot.getAxis("left").setLabel("mean PSNR in dB")
        self._plot.setContentsMargins(4, 4, 12, 2)
        self._view.disableAutoRange()
        self._view.setMouseEnabled(x=False, y=False)
        self._view.sigResized.connect(self._on_resized)
        self._dots = pg.ScatterPlotItem(size=_DOT, hoverable=True, tip=_described)
        self._dots.setZValue(5)
        self._dots.sigClicked.connect(self._on_clicked)
        self._plot.addItem(self._dots)
        self._labels: list[Any] = []
        self._palette = QPalette()
        self._font = QFont()
        self.widget.setAccessibleName("Mean PSNR against mean time")

    def dress(self, palette: QPalette, font: QFont) -> None:
        """Wear the colours and the font of the window."""
        self._palette, self._font = palette, font
        role = QPalette.ColorRole
        self.widget.setBackground(palette.color(role.Base))
        for name in ("left", "bottom"):
            axis = self._plot.getAxis(name)
            axis.setPen(pg.mkPen(palette.color(role.Mid)))
            axis.setTextPen(pg.mkPen(palette.color(role.Text)))
            axis.setTickFont(font)
            axis.setStyle(tickLength=4, tickTextOffset=3, hideOverlappingLabels=False)
            axis.setGrid(90)
            axis.label.setFont(font)
        height = QFontMetrics(font).height()
        self._plot.getAxis("bottom").setHeight(2 * height + 10)
        self._plot.getAxis("left").setWidth(
            QFontMetrics(font).horizontalAdvance("00.00") + height + 16
        )
        self.set_points(self.points)

    def set_points(self, points: Sequence[MethodPoint]) -> None:
        """Show these methods and no others; one without a time or a PSNR is left out."""
        self.points = tuple(
            point
            for point in points
            if math.isfinite(point.psnr_db) and math.isfinite(point.seconds) and point.seconds > 0
        )
        outline = pg.mkPen(self._palette.color(QPalette.ColorRole.Base), width=1)
        self._dots.setData(
            x=[math.log10(point.seconds) for point in self.points],
            y=[point.psnr_db for point in self.points],
            brush=[pg.mkBrush(run_colour(p.colour, self._palette)) for p in self.points],
            symbol=[_SYMBOLS[p.colour // COLOURS % len(_SYMBOLS)] for p in self.points],
            data=list(self.points),
            pen=outline,
        )
        for label in self._labels:
            self._plot.removeItem(label)
        self._labels = [self._label(point.label) for point in self.points]
        self._place()

    @Slot(object)
    def _on_resized(self, _view: object) -> None:
        self._place()

    @Slot(object, object, object)
    def _on_clicked(self, _item: object, points: Any, _event: object) -> None:
        if len(points):
            self.clicked.emit(points[0].data().id)

    def _label(self, text: str) -> Any:
        label = pg.TextItem(text, color=self._palette.color(QPalette.ColorRole.Text))
        label.setFont(self._font)
        label.setZValue(10)
        self._plot.addItem(label, ignoreBounds=True)
        return label

    def _place(self) -> None:
        """Choose the ends of the axes, and for every label a side where it hides nothing."""
        if not self.points:
            return
        x = [math.log10(point.seconds) for point in self.points]
        y = [point.psnr_db for point in self.points]
        x_ends, y_ends = _ends(x, _LEAST_RANGE[0]), _ends(y, _LEAST_RANGE[1])
        self._view.setRange(xRange=x_ends, yRange=y_ends, padding=0)
        across = max(2, int(self._view.width() / _TICK_EVERY[0]))
        self._plot.getAxis("bottom").setTicks(time_ticks(*x_ends, across))
        most = max(2, int(self._view.height() / _TICK_EVERY[1]))
        self._plot.getAxis("left").setTicks([linear_ticks(*y_ends, most)])
        width, height = max(1.0, self._view.width()), max(1.0, self._view.height())
        places = [
            (
                (one - x_ends[0]) / (x_ends[1] - x_ends[0]) * width,
                (y_ends[1] - other) / (y_ends[1] - y_ends[0]) * height,
            )
            for one, other in zip(x, y, strict=True)
        ]
        metrics = QFontMetrics(self._font)
        sizes = [
            (float(metrics.horizontalAdvance(point.label)), float(metrics.height()))
            for point in self.points
        ]
        corners = place_labels(places, sizes, (width, height))
        for label, (left, top) in zip(self._labels, corners, strict=True):
            label.setAnchor((0, 0))
            margin = label.boundingRect() if label.toPlainText() else QRectF()
            inset = max(0.0, (margin.height() - metrics.height()) / 2)
            label.setPos(
                x_ends[0] + (left - inset) / width * (x_ends[1] - x_ends[0]),
                y_ends[1] - (top - inset) / height * (y_ends[1] - y_ends[0]),
            )


def _described(x: float, y: float, data: MethodPoint) -> str:
    """Return what is said of the point under the mouse."""
    return f"{data.label}\n{y:.2f} dB, {10**x:.3g} s\nA click opens a picture in the panes"


def _ends(values: Sequence[float], least: float) -> tuple[float, float]:
    """Return the ends of an axis, with room beyond the first and the last value."""
    low, high = min(values), max(values)
    length = max(high - low, least)
    middle = (low + high) / 2
    half = length / 2 / (1 - 2 * _ROOM)
    return middle - half, middle + half


def time_ticks(low: float, high: float, most: int) -> list[list[tuple[float, str]]]:
    """Return numbers at powers of ten, between them where there is room, and lines at the rest.

    Parameters
    ----------
    low, high : float
        Ends of the axis, in powers of ten.
    most : int
        How many numbers there may be.
    """
    places = {
        (power, digit): power + math.log10(digit)
        for power in range(math.floor(low), math.ceil(high) + 1)
        for digit in range(1, 10)
    }
    seen = {key: place for key, place in places.items() if low <= place <= high}
    digits = next(
        (some for some in ((1, 2, 5), (1, 3)) if sum(d in some for _, d in seen) <= most), (1,)
    )
    named = [
        (place, f"{digit * 10.0**power:.6g}")
        for (power, digit), place in seen.items()
        if digit in digits
    ]
    return [named, [(place, "") for (_, digit), place in seen.items() if digit not in digits]]

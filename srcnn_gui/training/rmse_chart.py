"""The plot of RMSE over iterations.

Importing it imports pyqtgraph, which takes a fifth of a second: only when there is a curve.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Signal, Slot
from PySide6.QtGui import QFont, QPalette
from typing_extensions import override

from srcnn_gui.training.chart import Chart, power_of, powers_of, set_points
from srcnn_gui.training.run_colours import ACTIVE, run_colour
from srcnn_gui.training.ticks import log_ticks, loss_range, whole_ticks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from srcnn_gui.training.rmse_curve import RmseCurve

_BOLD, _LIGHT = 2.25, 1.5


class RmseChart(QObject):
    """Draws RMSE after each iteration, of one dictionary or several."""

    hovered = Signal(object, object)  # (iteration, RMSE) | None, QPointF in the widget

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.widget = pg.GraphicsLayoutWidget()
        layout: Any = self.widget.ci
        layout.setContentsMargins(6, 2, 6, 2)
        layout.setSpacing(0)
        self._title = layout.addLabel("", row=0, col=0, justify="left")
        self.chart = Chart(
            layout.addPlot(row=1, col=0), log_ticks, self, x_ticks=whole_ticks, x_label="iteration"
        )
        self._curves: tuple[RmseCurve, ...] = ()
        self._palette = QPalette()
        self._is_zoomed = False
        self.chart.zoomed.connect(self._on_zoomed)
        self.chart.resized.connect(self._on_resized)
        scene = self.widget.scene()
        scene.sigMouseMoved.connect(self._on_mouse_moved)
        scene.sigMouseClicked.connect(self._on_mouse_clicked)
        self.widget.viewport().installEventFilter(self)

    def set_curves(self, curves: Sequence[RmseCurve]) -> None:
        """Draw these curves, the one in front first, and no others."""
        self._curves = tuple(curves)
        self.chart.clear(None)
        for place, curve in reversed(list(enumerate(self._curves))):
            number = ACTIVE + place if curve.colour is None else curve.colour
            width = _LIGHT if place else _BOLD
            line = self.chart.add_line(
                run_colour(number, self._palette), width=width, has_dots=True
            )
            set_points(line, curve.iterations, powers_of(np.array(curve.values)))
        self._follow()

    def dress(self, palette: QPalette, font: QFont) -> None:
        """Wear the colours and the font of the window."""
        self._palette = palette
        self.widget.setBackground(palette.color(QPalette.ColorRole.Base))
        self.chart.dress(palette, font)
        size, colour = f"{font.pointSizeF():g}pt", palette.color(QPalette.ColorRole.Text).name()
        self._title.setText("RMSE", bold=True, size=size, color=colour)
        self.set_curves(self._curves)

    def fit(self) -> None:
        """Show everything, and go on doing so when points come."""
        self._is_zoomed = False
        self._follow()

    def _follow(self) -> None:
        if self._is_zoomed or not self._curves:
            return
        last = max(curve.of for curve in self._curves)
        values = [np.array(curve.values) for curve in self._curves]
        self.chart.show_range((-0.02 * last, 1.03 * last), loss_range(values))

    @Slot()
    def _on_zoomed(self) -> None:
        self._is_zoomed = True

    @Slot()
    def _on_resized(self) -> None:
        self._follow()

    @Slot(object)
    def _on_mouse_moved(self, place: QPointF) -> None:
        under = self.chart.backprops_under(place)
        point = None if under is None or not self._curves else self._curves[0].nearest(under)
        if point is None:
            self._hide_cursor()
            return
        self.chart.show_cursor(point[0], power_of(point[1]))
        self.hovered.emit(point, QPointF(self.widget.mapFromScene(place)))

    @Slot(object)
    def _on_mouse_clicked(self, event: Any) -> None:
        if event.double():
            self.fit()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hide_cursor()
        return super().eventFilter(watched, event)

    def _hide_cursor(self) -> None:
        self.chart.hide_cursor()
        self.hovered.emit(None, QPointF())

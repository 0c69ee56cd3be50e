"""The page of the curves of dictionaries: RMSE after each iteration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from typing_extensions import override

from srcnn_gui.training.run_colours import ACTIVE, legend

if TYPE_CHECKING:
    from collections.abc import Sequence

    from srcnn_gui.training.rmse_chart import RmseChart
    from srcnn_gui.training.rmse_curve import RmseCurve

_EMPTY = "The curve appears here when the first iteration is done"


class RmseView(QWidget):
    """RMSE of a dictionary in training, with that of others beside it.

    ``chart``, and pyqtgraph with it, comes when there is something to draw; out of sight, its
    colours and letters stay as they are.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curves: tuple[RmseCurve, ...] = ()
        self.chart: RmseChart | None = None
        self._is_dressed = False
        self._legend = QLabel(textFormat=Qt.TextFormat.RichText, wordWrap=True)
        self._legend.setContentsMargins(8, 4, 8, 0)
        self._empty = QLabel(_EMPTY, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._empty.setForegroundRole(self._empty.palette().ColorRole.PlaceholderText)
        self._readout = QLabel(self, margin=5)
        self._readout.hide()
        self._readout.setAutoFillBackground(True)
        self._readout.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._readout.setBackgroundRole(self._readout.palette().ColorRole.ToolTipBase)
        self._readout.setForegroundRole(self._readout.palette().ColorRole.ToolTipText)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._legend)
        self._column.addWidget(self._empty, 1)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(self.palette().ColorRole.Base)

    @property
    def curves(self) -> tuple[RmseCurve, ...]:
        """All that are shown, the one in front first."""
        return self._curves

    @property
    def readout(self) -> str:
        """What is said of the place under the mouse; empty if there is none."""
        return "" if self._readout.isHidden() else self._readout.text()

    def set_curves(self, curves: Sequence[RmseCurve]) -> None:
        """Show these curves, the one in front first."""
        self._curves = tuple(curves)
        has_points = any(curve.values for curve in self._curves)
        self._empty.setVisible(not has_points)
        if has_points and self.chart is None:
            self.chart = self._make_chart()
            self._dress()
        if self.chart is not None:
            self.chart.set_curves(self._curves)
            self.chart.widget.setVisible(has_points)
        self._write_legend()

    @override
    def sizeHint(self) -> QSize:
        return QSize(600, 280)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(320, 160)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._is_dressed = False
            self._dress()
            self._write_legend()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._dress()

    def _dress(self) -> None:
        """Put on what the window wears, if the chart is to be seen."""
        if self.chart is not None and self.isVisible() and not self._is_dressed:
            self.chart.dress(self.palette(), self.font())
            self._is_dressed = True

    def _make_chart(self) -> RmseChart:
        """Import pyqtgraph and make the plot."""
        from srcnn_gui.training.rmse_chart import RmseChart

        chart = RmseChart(self)
        chart.widget.setAccessibleName("Curve of the RMSE after each iteration")
        chart.hovered.connect(self._on_hovered)
        self._column.addWidget(chart.widget, 1)
        self._readout.raise_()
        return chart

    def _write_legend(self) -> None:
        self._legend.setText(legend(self._curves, ACTIVE, self.palette()))
        self._legend.setVisible(bool(self._curves))

    @Slot(object, object)
    def _on_hovered(self, point: tuple[int, float] | None, place: QPointF) -> None:
        self._readout.setVisible(point is not None)
        if point is None or self.chart is None:
            return
        self._readout.setText(f"iteration {point[0]:,}\nRMSE {point[1]:.6f}")
        self._readout.adjustSize()
        at = self.chart.widget.mapTo(self, place.toPoint())
        left = at.x() + 14
        if left + self._readout.width() > self.width():
            left = at.x() - 14 - self._readout.width()
        self._readout.move(max(0, left), max(0, at.y() - self._readout.height() // 2))

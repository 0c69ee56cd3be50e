"""The plot of quality against time, one scale at a time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QPalette, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from srcnn_gui.benchmark.cells import Quantity
from srcnn_gui.benchmark.results import Results

if TYPE_CHECKING:
    from srcnn_gui.benchmark.scatter import TimeScatter

_TIMES = "\N{MULTIPLICATION SIGN}"
_SCALE_OF_THE_PAPER = 3
_EMPTY = "Mean PSNR against mean time\nappears here"
_IDENTICAL = "A picture came out identical,\nso the mean PSNR is infinite"


class ScatterView(QWidget):
    """Shows every method of one scale; ``scatter``, and pyqtgraph with it, come when needed.

    Out of sight, its colours and letters stay as they are.
    """

    method_clicked = Signal(str, int)  # id, scale

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scatter: TimeScatter | None = None
        self._is_dressed = False
        self._results = Results()
        self._scale = QComboBox()
        self._scale.setAccessibleName("Scale of the plot")
        self._scale.setToolTip("The scale that the plot shows")
        self._scale.activated.connect(self._on_scale)
        policy = self._scale.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._scale.setSizePolicy(policy)
        self._pages = QStackedWidget()
        self._empty = empty = QLabel(_EMPTY)
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        empty.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        empty.setBackgroundRole(QPalette.ColorRole.Base)
        empty.setAutoFillBackground(True)
        self._pages.addWidget(empty)
        title = QLabel("Quality and time")
        title.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        top = QHBoxLayout()
        top.setContentsMargins(4, 0, 6, 0)
        top.addWidget(title, 1)
        top.addWidget(self._scale)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 4)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(self._pages, 1)
        self.set_results(self._results)

    @property
    def scale(self) -> int | None:
        """The scale that is shown; None if there is nothing to show."""
        scale: int | None = self._scale.currentData()
        return scale

    def set_results(self, results: Results) -> None:
        """Show other results."""
        self._results = results
        self._scale.clear()
        for scale in results.scales:
            self._scale.addItem(f"{_TIMES}{scale}", scale)
        self._scale.setCurrentIndex(max(0, self._scale.findData(_SCALE_OF_THE_PAPER)))
        self._scale.setVisible(len(results.scales) > 1)
        self.refresh()

    def prepare(self) -> None:
        """Make the plot: better before the measurement takes the cores."""
        if self.scatter is None:
            self._made()

    def refresh(self) -> None:
        """Draw what has come."""
        scale = self.scale
        if scale is None or not self._results.images(scale):
            self._empty.setText(_EMPTY)
            self._pages.setCurrentIndex(0)
            return
        from srcnn_gui.benchmark.scatter import MethodPoint

        results = self._results
        points = [
            MethodPoint(
                method,
                label,
                results.mean(scale, method, Quantity.SECONDS),
                results.mean(scale, method, Quantity.PSNR),
                number,
            )
            for number, (method, label) in enumerate(results.methods)
        ]
        if points and all(math.isinf(point.psnr_db) for point in points):
            self._empty.setText(_IDENTICAL)
            self._pages.setCurrentIndex(0)
            return
        scatter = self.scatter or self._made()
        scatter.set_points(points)
        self._pages.setCurrentIndex(1)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._is_dressed = False
            self._dress()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._dress()

    def _dress(self) -> None:
        """Put on what the window wears, if the plot is to be seen."""
        if self.scatter is not None and self.isVisible() and not self._is_dressed:
            self.scatter.dress(self.palette(), self.font())
            self._is_dressed = True

    def _made(self) -> TimeScatter:
        from srcnn_gui.benchmark.scatter import TimeScatter

        self.scatter = TimeScatter(self)
        self._dress()
        self.scatter.clicked.connect(self._on_clicked)
        self._pages.addWidget(self.scatter.widget)
        return self.scatter

    @Slot(str)
    def _on_clicked(self, method: str) -> None:
        if self.scale is not None:
            self.method_clicked.emit(method, self.scale)

    @Slot(int)
    def _on_scale(self, _index: int) -> None:
        self.refresh()

"""What the first layer has learnt, redrawn with every snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QHelpEvent, QImage, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolTip, QVBoxLayout, QWidget
from typing_extensions import override

from srcnn.filters import (
    GAP,
    best_columns,
    dead_filters,
    filter_mosaic,
    filter_order,
    variances,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from srcnn.spec import WeightArrays

_EMPTY = "The filters of the first layer appear here while it learns"
_TIMES = "\N{MULTIPLICATION SIGN}"
_DOT = "\N{MIDDLE DOT}"


class FilterView(QWidget):
    """The filters of the first layer, sorted by variance as in Fig. 5 of the paper."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._caption = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self._mosaic = _Mosaic()
        self._caption.setTextFormat(Qt.TextFormat.PlainText)
        self._empty = QLabel(_EMPTY, wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self._empty.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 4, 6, 6)
        layout.addWidget(self._caption)
        layout.addWidget(self._mosaic, 1)
        layout.addWidget(self._empty, 1)
        self.setAccessibleName("Filters of the first layer")
        self.clear()

    def show_weights(self, arrays: WeightArrays, caption: str = "") -> None:
        """Show the first layer of some weights; ``caption`` says when they were: ``after 9``."""
        w1 = arrays[0]
        dead = dead_filters(w1)
        parts = [f"{len(w1)} filters {w1.shape[2]} {_TIMES} {w1.shape[3]}, by variance"]
        parts += [f"{dead} dead"] if dead else []
        parts += [caption] if caption else []
        self._caption.setText(f" {_DOT} ".join(parts))
        self._caption.setToolTip(
            "Dead filters have less than a thousandth of the largest variance" if dead else ""
        )
        self._mosaic.show_filters(w1)
        self._show_page(is_empty=False)

    def clear(self) -> None:
        """Show no filters."""
        self._caption.clear()
        self._show_page(is_empty=True)

    @property
    def caption(self) -> str:
        """What stands above the filters; empty if there are none."""
        return self._caption.text()

    def tip_at(self, place: QPoint) -> str:
        """Return what is said of the filter at a place of this widget; empty if there is none."""
        return self._mosaic.tip_at(self._mosaic.mapFrom(self, place))

    def _show_page(self, *, is_empty: bool) -> None:
        self._empty.setVisible(is_empty)
        self._caption.setVisible(not is_empty)
        self._mosaic.setVisible(not is_empty)

    @override
    def sizeHint(self) -> QSize:
        return QSize(220, 280)


class _Mosaic(QWidget):
    """Draws filters enlarged by a whole number of the screen's pixels, in the middle."""

    def __init__(self) -> None:
        super().__init__()
        self._w1: NDArray[np.float32] | None = None
        self._order: NDArray[np.intp] = np.array([], np.intp)
        self._variances: NDArray[np.float64] = np.array([])
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_filters(self, w1: NDArray[np.float32]) -> None:
        """Show other filters."""
        self._w1, self._order, self._variances = w1, filter_order(w1), variances(w1)
        self.update()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(80, 80)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._w1 is None:
            return
        columns, target = self._placed(self._w1)
        colour = self.palette().color(QPalette.ColorRole.Window)
        gap = (colour.red(), colour.green(), colour.blue())
        mosaic = np.ascontiguousarray(filter_mosaic(self._w1, columns, gap))
        height, width, _ = mosaic.shape
        image = QImage(mosaic.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        with QPainter(self) as painter:
            painter.scale(1 / self.devicePixelRatio(), 1 / self.devicePixelRatio())
            painter.drawImage(target, image)  # not smoothed

    @override
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.tip_at(event.pos()), self)
            return True
        return super().event(event)

    def tip_at(self, place: QPoint) -> str:
        """Name the filter at a place: its number, counted from 1, its variance and its rank."""
        if self._w1 is None:
            return ""
        columns, target = self._placed(self._w1)
        at = place * self.devicePixelRatio() - target.topLeft()
        side = self._w1.shape[3]
        scale = target.width() // (columns * (side + GAP) - GAP)
        (column, x), (row, y) = (divmod(v, (side + GAP) * scale) for v in (at.x(), at.y()))
        rank = row * columns + column
        is_on_one = 0 <= column < columns and row >= 0 and max(x, y) < side * scale
        if not is_on_one or rank >= len(self._order):
            return ""
        number = int(self._order[rank])
        return f"filter {number + 1}, variance {self._variances[number]:.2g}, rank {rank + 1}"

    def _placed(self, w1: NDArray[np.float32]) -> tuple[int, QRect]:
        """Return the filters in a row, and where they are drawn, in pixels of the screen."""
        count, _, side, _ = w1.shape
        room = (self.size().toSizeF() * self.devicePixelRatio()).toSize()
        columns, scale = best_columns(count, side, room.width(), room.height())
        pitch = side + GAP
        size = QSize(columns * pitch - GAP, -(-count // columns) * pitch - GAP) * scale
        left, top = (room.width() - size.width()) // 2, (room.height() - size.height()) // 2
        return columns, QRect(QPoint(left, top), size)

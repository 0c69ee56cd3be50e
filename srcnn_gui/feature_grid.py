"""The filters of a layer to choose from, by mouse or arrow keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget
from typing_extensions import override

from srcnn.filters import GAP, are_dead, best_columns, filter_mosaic, filter_order, variances
from srcnn_gui.qimage import to_qimage

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FRAME = 2
_VEIL = 170
"""How opaque what covers dead filters is, of 255."""
_EDGE = 6
"""Pixels around the filters, so that the frame of an outer one is not cut."""


class FilterGrid(QWidget):
    """Filters in rows, the largest variance first; one of them is chosen.

    Dead filters are crossed out. The one that is chosen stays chosen when others are shown, as
    far as there is one of that number.
    """

    chosen = Signal(int)  # number of the filter, from 0 in the order of the weights

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filters: NDArray[np.float32] | None = None
        self._order: NDArray[np.intp] = np.array([], np.intp)
        self._variances: NDArray[np.float64] = np.array([])
        self._dead: NDArray[np.bool_] = np.array([], np.bool_)
        self._rank = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Filters")

    @property
    def number(self) -> int:
        """The filter that is chosen; 0 if there are none."""
        return int(self._order[self._rank]) if len(self._order) else 0

    def show_filters(self, filters: NDArray[np.float32], *, keep: bool) -> None:
        """Show filters (n, c, side, side); ``keep`` the one that is chosen, or take the first."""
        number = self.number
        self._filters = filters
        self._order, self._variances = filter_order(filters), variances(filters)
        self._dead = are_dead(filters)
        places = np.flatnonzero(self._order == number)
        self._rank = int(places[0]) if keep and len(places) else 0
        self.update()

    def describe(self, number: int) -> str:
        """Return what is said of a filter: its number from 1, its rank and its variance."""
        rank = int(np.flatnonzero(self._order == number)[0])
        text = f"Filter {number + 1}, rank {rank + 1} of {len(self._order)}"
        dead = ", dead" if self._dead[number] else ""
        return f"{text}, variance {self._variances[number]:.2g}{dead}"

    def choose(self, rank: int) -> None:
        """Choose the filter of a rank; nothing happens if there is none."""
        if 0 <= rank < len(self._order) and rank != self._rank:
            self._rank = rank
            self.update()
            self.chosen.emit(self.number)

    @override
    def sizeHint(self) -> QSize:
        return QSize(360, 360)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(180, 180)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        columns = self._placed()[0]
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -columns,
            Qt.Key.Key_Down: columns,
            Qt.Key.Key_Home: -self._rank,
            Qt.Key.Key_End: len(self._order) - 1 - self._rank,
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.choose(self._rank + step)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        rank = self._rank_at(event.position().toPoint())
        if rank is not None:
            self.choose(rank)

    @override
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            rank = self._rank_at(event.pos())
            text = "" if rank is None else self.describe(int(self._order[rank]))
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._filters is None:
            return
        columns, target = self._placed()
        colour = self.palette().color(QPalette.ColorRole.Window)
        gap = (colour.red(), colour.green(), colour.blue())
        image = to_qimage(filter_mosaic(self._filters, columns, gap))
        ratio = self.devicePixelRatio()
        with QPainter(self) as painter:
            painter.scale(1 / ratio, 1 / ratio)
            painter.drawImage(target, image)  # not smoothed
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Text), ratio))
            colour.setAlpha(_VEIL)
            for rank in np.flatnonzero(self._dead[self._order]):
                square = self._square(int(rank))
                painter.fillRect(square, colour)
                painter.drawLine(square.topLeft(), square.bottomRight())
                painter.drawLine(square.bottomLeft(), square.topRight())
            role = QPalette.ColorRole.Highlight if self.hasFocus() else QPalette.ColorRole.Text
            width = _FRAME * ratio
            painter.setPen(QPen(self.palette().color(role), width, j=Qt.PenJoinStyle.MiterJoin))
            out = width / 2 + 1
            painter.drawRect(self._square(self._rank).adjusted(-out, -out, out, out))

    def _placed(self) -> tuple[int, QRect]:
        """Return the filters in a row, and where they are drawn, in pixels of the screen."""
        if self._filters is None:
            return 1, QRect()
        count, _, side, _ = self._filters.shape
        ratio = self.devicePixelRatio()
        room = (self.size().toSizeF() * ratio).toSize()
        edge = 2 * round(_EDGE * ratio)
        columns, scale = best_columns(count, side, room.width() - edge, room.height() - edge)
        pitch = side + GAP
        size = QSize(columns * pitch - GAP, -(-count // columns) * pitch - GAP) * scale
        left, top = (room.width() - size.width()) // 2, (room.height() - size.height()) // 2
        return columns, QRect(QPoint(left, top), size)

    def _square(self, rank: int) -> QRectF:
        """Return where a filter is drawn, in pixels of the screen."""
        if self._filters is None:
            return QRectF()
        columns, target = self._placed()
        side = self._filters.shape[3]
        scale = target.width() / (columns * (side + GAP) - GAP)
        row, column = divmod(rank, columns)
        pitch = (side + GAP) * scale
        left, top = target.left() + column * pitch, target.top() + row * pitch
        return QRectF(left, top, side * scale, side * scale)

    def _rank_at(self, place: QPoint) -> int | None:
        at = place.toPointF() * self.devicePixelRatio()
        ranks = range(len(self._order))
        return next((rank for rank in ranks if self._square(rank).contains(at)), None)

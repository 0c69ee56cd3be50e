"""Pinned crops as numbered frames over a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter

from srcnn_gui.viewer.pinned import colour_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from srcnn.geometry import Region
    from srcnn_gui.viewer.painting import Placement

_TEXT_POINTS = 11
_WHITE = QColor(255, 255, 255)


def paint_frames(
    painter: QPainter, regions: Sequence[Region], placement: Placement, ratio: float
) -> None:
    """Paint a frame around each crop, outside of it, so that none of its pixels is covered.

    The painter counts in screen pixels; ``ratio`` is that of screen pixels to points.
    """
    thin, line = max(1, round(ratio)), max(2, round(2 * ratio))
    pane = QRect(0, 0, placement.pane.width, placement.pane.height)
    for index, region in enumerate(regions):
        area, colour = placement.rectangle(region), QColor(colour_of(index))
        _paint_ring(painter, area, line, colour)
        _paint_ring(painter, area.adjusted(-line, -line, line, line), thin, _WHITE)
        if area.intersects(pane):
            paint_badge(painter, _badge_place(area, ratio), index, ratio)


def paint_badge(painter: QPainter, box: QRect, index: int, ratio: float) -> None:
    """Write a crop's number on its colour."""
    painter.fillRect(box, QColor(colour_of(index)))
    font = painter.font()
    font.setPixelSize(round(_TEXT_POINTS * ratio))
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(_WHITE)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(index + 1))


def _paint_ring(painter: QPainter, inner: QRect, width: int, colour: QColor) -> None:
    outer = inner.adjusted(-width, -width, width, width)
    across = outer.width()
    painter.fillRect(outer.left(), outer.top(), across, width, colour)
    painter.fillRect(outer.left(), inner.bottom() + 1, across, width, colour)
    painter.fillRect(outer.left(), inner.top(), width, inner.height(), colour)
    painter.fillRect(inner.right() + 1, inner.top(), width, inner.height(), colour)


def _badge_place(area: QRect, ratio: float) -> QRect:
    """Return where the number stands: above the upper left corner, or inside where cut off."""
    side, line = round(16 * ratio), max(2, round(2 * ratio))
    left, top = max(area.left() - line, 0), area.top() - line - side
    return QRect(left, top if top >= 0 else max(area.top(), 0), side, side)

"""Words on a canvas, over the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPainter

    from srcnn_gui.viewer.choice import PaneView

_WHITE = QColor(255, 255, 255)
_SHADE = QColor(0, 0, 0, 160)


def paint_texts(painter: QPainter, area: QRect, panes: Sequence[PaneView]) -> None:
    """Name the two sides of a split, and say why there is no picture."""
    for position, pane in enumerate(panes):
        text = ""
        if pane.problem is not None:
            text = f"{pane.problem}\n{pane.problem.hint}"
        elif pane.shown is not None and pane.shown.error is not None:
            text = str(pane.shown.error)
        if text:
            paint_message(painter, area, text)
        elif len(panes) > 1 and pane.shown is not None:
            paint_caption(painter, area, pane.shown.layer.label, right=position == 1)


def paint_message(painter: QPainter, area: QRect, text: str) -> None:
    """Write in the middle why there is no picture."""
    painter.setPen(_WHITE)
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(area.adjusted(12, 12, -12, -12), flags, text)


def paint_caption(painter: QPainter, area: QRect, text: str, *, right: bool) -> None:
    """Name a side of a split, in its upper corner."""
    metrics = painter.fontMetrics()
    width, height = metrics.horizontalAdvance(text) + 14, metrics.height() + 8
    box = QRect(area.width() - width - 8 if right else 8, 8, width, height)
    painter.setRenderHint(painter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_SHADE)
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(_WHITE)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

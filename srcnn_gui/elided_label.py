"""A line of text that is cut with an ellipsis where there is no room for it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget
from typing_extensions import override

_LEAST = "MMMM"
_ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"


class ElidedLabel(QLabel):
    """Shows as much of its plain text as there is room for; what is cut, the tooltip tells.

    Parameters
    ----------
    text : str
        A line.
    mode : Qt.TextElideMode
        Where it is cut.
    """

    def __init__(
        self,
        text: str = "",
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)

    def visible_text(self) -> str:
        """Return what there is room for."""
        metrics, room = self.fontMetrics(), self.contentsRect().width()
        if metrics.horizontalAdvance(self.text()) <= room:
            return self.text()
        if room < metrics.horizontalAdvance(_ELLIPSIS):
            return ""
        return metrics.elidedText(self.text(), self._mode, room)

    @override
    def setText(self, text: str) -> None:
        super().setText(text)
        self._tell()

    @override
    def minimumSizeHint(self) -> QSize:
        least = self.fontMetrics().horizontalAdvance(_LEAST)
        return QSize(least, super().minimumSizeHint().height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        shown = self.visible_text()
        if shown == self.text():
            super().paintEvent(event)  # with what is selected of it
            return
        with QPainter(self) as painter:  # ended here, whoever holds the frame
            painter.drawText(self.contentsRect(), self.alignment(), shown)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell()

    def _tell(self) -> None:
        self.setToolTip("" if self.visible_text() == self.text() else self.text())

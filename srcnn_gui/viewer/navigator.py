"""The whole picture, small, with a frame around what the panes show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from srcnn_gui.theme import canvas_colour
from srcnn_gui.viewer.painting import as_qimage
from srcnn_gui.viewer.viewport import Viewport

if TYPE_CHECKING:
    from srcnn_gui.viewer.overview import Preview
    from srcnn_gui.viewer.session import Session
    from srcnn_gui.viewer.view import View


class Navigator(QWidget):
    """A thumbnail; click or drag in it to look there."""

    def __init__(self, session: Session, view: View, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._view = view
        self._drawn: QPixmap | None = None
        self._drawn_of: Preview | None = None
        self.setMinimumSize(QSize(160, 120))
        self.setToolTip("Click or drag to look at another part of the picture")
        self.setAccessibleName("Navigator")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        session.scene_changed.connect(self._on_changed)
        view.changed.connect(self._on_changed)

    @override
    def sizeHint(self) -> QSize:
        return QSize(240, 170)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:  # ended here, whoever holds the frame
            painter.fillRect(self.rect(), canvas_colour(self.palette()))
            preview, image = self._session.preview, self._view.image
            if preview is None or image.pixels == 0:
                return
            target = self._target()
            painter.drawPixmap(target.topLeft(), self._thumbnail(preview, target))
            seen = self._view.viewport.visible(self._view.pane, image)
            scale = target.width() / image.width
            frame = QRectF(
                target.left() + seen.left * scale,
                target.top() + seen.top * scale,
                seen.width * scale,
                seen.height * scale,
            )
            for width, colour in ((3, QColor(0, 0, 0, 170)), (1, QColor(255, 255, 255))):
                painter.setPen(QPen(colour, width))
                painter.drawRect(frame.intersected(target).adjusted(0.5, 0.5, -0.5, -0.5))

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._look(event.position())

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._look(event.position())

    @Slot()
    def _on_changed(self) -> None:
        self.update()

    def _thumbnail(self, preview: Preview, target: QRectF) -> QPixmap:
        """Return the picture at the size of ``target``; made anew only when that changes."""
        ratio = self.devicePixelRatioF()
        size = (target.size() * ratio).toSize()
        if self._drawn is None or self._drawn_of is not preview or self._drawn.size() != size:
            fitting = [level for level in preview.levels if level.shape[1] >= size.width()]
            level = (fitting or preview.levels[:1])[-1]
            image = as_qimage(level, QImage.Format.Format_ARGB32)
            kept, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode
            scaled = image.scaled(size, kept, smooth.SmoothTransformation)
            self._drawn, self._drawn_of = QPixmap.fromImage(scaled), preview
            self._drawn.setDevicePixelRatio(ratio)
        return self._drawn

    def _target(self) -> QRectF:
        """Return where the thumbnail lies."""
        image = self._view.image
        room = self.rect().adjusted(4, 4, -4, -4)
        scale = min(room.width() / image.width, room.height() / image.height)
        target = QRectF(0, 0, image.width * scale, image.height * scale)
        target.moveCenter(QRectF(room).center())
        return target

    def _look(self, position: QPointF) -> None:
        image = self._view.image
        if image.pixels == 0:
            return
        target = self._target()
        scale = image.width / target.width()
        x = (position.x() - target.left()) * scale
        y = (position.y() - target.top()) * scale
        self._view.move_to(Viewport(x, y, self._view.viewport.zoom))

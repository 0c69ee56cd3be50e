"""Pinning and removing crops with the mouse, on one canvas."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QPointF, QRect, Qt, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QMenu, QRubberBand, QWidget

from srcnn.geometry import Region, Size

if TYPE_CHECKING:
    from srcnn_gui.viewer.view import View


class CropDrag(QObject):
    """What a drag with Shift, or after *Pin crop*, and a right click do.

    Parameters
    ----------
    canvas : QWidget
        Asks first whether a press, a move or a release is meant for this.
    """

    def __init__(self, canvas: QWidget, view: View) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._view = view
        self._band = QRubberBand(QRubberBand.Shape.Rectangle, canvas)
        self._from: QPointF | None = None
        self._asked_for = 0

    def press(self, event: QMouseEvent) -> bool:
        """Begin a crop if that is wanted."""
        has_shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if event.button() is not Qt.MouseButton.LeftButton or self._view.image.pixels == 0:
            return False
        if not has_shift and not self._view.pins.is_drawing:
            return False
        self._from = event.position()
        self._canvas.setCursor(Qt.CursorShape.CrossCursor)
        return True

    def move(self, event: QMouseEvent) -> bool:
        """Show the crop so far."""
        if self._from is None:
            return False
        corners = self._from.toPoint(), event.position().toPoint()
        self._band.setGeometry(QRect(*corners).normalized())
        self._band.show()
        return True

    def release(self, event: QMouseEvent) -> bool:
        """Pin the crop; a click without a drag pins nothing."""
        if self._from is None or event.button() is not Qt.MouseButton.LeftButton:
            return False
        (x0, y0), (x1, y1) = self._image_point(self._from), self._image_point(event.position())
        self._from = None
        self._band.hide()
        self._view.pins.set_drawing(False)
        left, right = math.floor(min(x0, x1)), math.ceil(max(x0, x1))
        top, bottom = math.floor(min(y0, y1)), math.ceil(max(y0, y1))
        self._view.pins.add(Region(left, top, right, bottom))
        return True

    def removal_menu(self, position: QPoint) -> QMenu | None:
        """Return what removes the crop at a point of the canvas, or all; None outside of crops."""
        found = self._view.pins.crops.at(self._image_point(QPointF(position)))
        if found is None:
            return None
        self._asked_for = found
        menu = QMenu(self._canvas)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(f"Remove crop {found + 1}").triggered.connect(self._on_remove)
        menu.addAction("Remove all pinned crops").triggered.connect(self._on_remove_all)
        return menu

    def _image_point(self, position: QPointF) -> tuple[float, float]:
        ratio = self._canvas.devicePixelRatioF()
        pane = Size(round(self._canvas.width() * ratio), round(self._canvas.height() * ratio))
        point = position.x() * ratio, position.y() * ratio
        return self._view.viewport.to_image(point, pane)

    @Slot()
    def _on_remove(self) -> None:
        self._view.pins.remove(self._asked_for)

    @Slot()
    def _on_remove_all(self) -> None:
        self._view.pins.clear()

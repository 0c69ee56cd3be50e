"""A canvas: one layer, or two parted by a movable line, at the place all canvases look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from srcnn.geometry import Size
from srcnn_gui.theme import canvas_colour
from srcnn_gui.viewer.captions import paint_texts
from srcnn_gui.viewer.choice import Look, PaneView
from srcnn_gui.viewer.crop_drag import CropDrag
from srcnn_gui.viewer.painting import (
    GRID_ZOOM,
    Placement,
    TileImages,
    paint_checkerboard,
    paint_divider,
    paint_grid,
    paint_ground,
    paint_layer,
)
from srcnn_gui.viewer.pinned_frames import paint_frames

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from srcnn.geometry import Region
    from srcnn_gui.viewer.session import Session
    from srcnn_gui.viewer.view import View

_NOTCH = 120
_ZOOM_PER_NOTCH = 1.25
_FRAME_MS = 33
"""Tiles that arrive are painted after this time, together: workers wait while one paints."""

_REST_MS = 120
"""After this time without moving reduced pictures are painted smoothly."""

_GRIP = 8
"""Screen pixels around the dividing line that take hold of it."""


class Canvas(QWidget):
    """Draws one pane's layer, or the first two of a split; pans and zooms the shared view."""

    resized = Signal()
    pressed = Signal(int)  # 0, or 1 to the right of a split's line
    double_clicked = Signal()

    def __init__(self, session: Session, view: View, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._view = view
        self._panes: tuple[PaneView, ...] = ()
        self._images = TileImages()
        self._shows_grid = True
        self._divider = 0.5
        self._pointer: QPointF | None = None
        self._drag_from: QPointF | None = None
        self._moves_divider = False
        self._crop_drag = CropDrag(self, view)
        self._moving = QTimer(self, singleShot=True, interval=_REST_MS)
        self._moving.timeout.connect(self._on_rest)
        self._arrived: list[Region] = []
        self._frame = QTimer(self, singleShot=True, interval=_FRAME_MS)
        self._frame.timeout.connect(self._on_frame)
        self.setMouseTracking(True)
        self.setMinimumSize(QSize(120, 90))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        view.changed.connect(self._on_view_changed)
        view.pins.changed.connect(self._on_pins_changed)
        session.tiles_arrived.connect(self._on_tiles_arrived)

    @property
    def panes(self) -> tuple[PaneView, ...]:
        """What is drawn: one pane, or the two of a split."""
        return self._panes

    @property
    def divider(self) -> float:
        """Where the line of a split is, from 0 (left) to 1."""
        return self._divider

    def show_panes(self, panes: Sequence[PaneView]) -> None:
        """Draw one pane, or two parted by a line."""
        self._panes = tuple(panes)
        names = " and ".join(pane.choice.method for pane in panes)
        self.setAccessibleName(f"Picture: {names}")
        self.update()

    def set_divider(self, divider: float) -> None:
        """Move the line of a split."""
        self._divider = min(max(divider, 0.0), 1.0)
        self.update()

    def set_shows_grid(self, shows: bool) -> None:
        """Part the pixels by a grid when far in, or do not."""
        self._shows_grid = shows
        self.update()

    def screen_size(self) -> Size:
        """Return the device pixels of the canvas."""
        ratio = self.devicePixelRatioF()
        return Size(round(self.width() * ratio), round(self.height() * ratio))

    def looks(self) -> list[Look]:
        """Return what can be seen of which layers."""
        placement = self._placement()
        region, viewport = placement.visible, self._view.viewport
        if region.is_empty:
            return []
        focus = self._view.cursor or (viewport.x, viewport.y)
        states = [pane.shown for pane in self._panes if pane.shown is not None]
        return [Look(state, region, focus, viewport.zoom) for state in states]

    @override
    def sizeHint(self) -> QSize:
        return QSize(400, 400)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        exact = self._view.viewport.zoom >= 1
        ratio = self.devicePixelRatioF()
        if event.rect() == self.rect():
            self._images.begin()
        with QPainter(self) as painter:  # ended here, whoever holds the frame
            for part in cast("Iterable[QRect]", event.region()) if exact else [event.rect()]:
                painter.save()
                painter.setClipRect(part)
                painter.scale(1 / ratio, 1 / ratio)
                area = QRectF(part)
                scaled = QRectF(area.topLeft() * ratio, area.size() * ratio)
                placement = self._placement().within(scaled)
                paint_ground(painter, self._panes, placement, canvas_colour(self.palette()))
                self._paint_pictures(painter, placement)
                paint_frames(painter, self._view.pins.crops.regions, placement, ratio)
                painter.restore()
            paint_texts(painter, self.rect(), self._panes)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / _NOTCH
        pane, point = self.screen_size(), self._screen_point(event.position())
        at = (point[0] - pane.width / 2, point[1] - pane.height / 2)
        self._view.move_to(self._view.viewport.zoomed(_ZOOM_PER_NOTCH**notches, at=at))
        event.accept()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        is_right = len(self._panes) > 1 and event.position().x() > self._divider * self.width()
        self.pressed.emit(int(is_right))
        if self._crop_drag.press(event):
            return
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._drag_from = event.position()
            self._moves_divider = self._is_on_divider(event.position())
            if not self._moves_divider:
                self.setCursor(Qt.CursorShape.ClosedHandCursor)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        position = self._pointer = event.position()
        self._point()
        if self._crop_drag.move(event):
            return
        if self._drag_from is None:
            on_divider = self._is_on_divider(position)
            shape = Qt.CursorShape.SplitHCursor if on_divider else Qt.CursorShape.CrossCursor
            self.setCursor(shape)
        elif self._moves_divider:
            self.set_divider(position.x() / max(1, self.width()))
        else:
            moved, ratio = position - self._drag_from, self.devicePixelRatioF()
            self._drag_from = position
            self._view.move_to(self._view.viewport.panned(moved.x() * ratio, moved.y() * ratio))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._crop_drag.release(event)
        self._drag_from = None
        self.setCursor(Qt.CursorShape.CrossCursor)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.double_clicked.emit()

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self._crop_drag.removal_menu(event.pos())
        if menu is not None:
            menu.popup(event.globalPos())

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        self.setCursor(Qt.CursorShape.CrossCursor)

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self._view.set_cursor(None)

    def _paint_pictures(self, painter: QPainter, placement: Placement) -> None:
        """Paint the layers; the painter counts in screen pixels."""
        smooth = not self._moving.isActive()
        scene, cache = self._session.scene, self._session.cache
        if scene is not None and scene.source.has_alpha:
            paint_checkerboard(painter, self._placement())  # its squares keep their places
        for position, pane in enumerate(self._panes):
            painter.save()
            if len(self._panes) > 1:
                painter.setClipRect(self._side(position), Qt.ClipOperation.IntersectClip)
            if pane.shown is not None:
                paint_layer(painter, pane.shown, placement, cache, self._images, smooth=smooth)
            painter.restore()
        if self._shows_grid and self._view.viewport.zoom >= GRID_ZOOM:
            paint_grid(painter, placement)
        if len(self._panes) > 1:
            paint_divider(painter, self._side(0), self.devicePixelRatioF())

    @Slot()
    def _on_view_changed(self) -> None:
        self._point()
        self._moving.start()
        self.update()

    @Slot()
    def _on_pins_changed(self) -> None:
        self.update()

    @Slot()
    def _on_rest(self) -> None:
        self.update()

    @Slot(object, object)
    def _on_tiles_arrived(self, state: object, regions: Sequence[Region]) -> None:
        """Paint anew what came, in a moment: some tiles together cost less."""
        if not any(pane.shown is state for pane in self._panes):
            return
        if not regions:
            self.update()
        self._arrived += regions
        if not self._frame.isActive():
            self._frame.start()

    @Slot()
    def _on_frame(self) -> None:
        """Paint anew what came, and a little around it that is interpolated from it."""
        placement, ratio = self._placement(), self.devicePixelRatioF()
        regions, self._arrived = self._arrived, []
        for region in regions:
            area = placement.rectangle(region.intersected(placement.visible))
            left, top = area.x() / ratio, area.y() / ratio
            logical = QRectF(left, top, area.width() / ratio, area.height() / ratio)
            self.update(logical.toAlignedRect().adjusted(-2, -2, 2, 2))

    def _point(self) -> None:
        """Say which image point is under the pointer, which rests while keys move the picture."""
        if self._pointer is not None:
            point = self._screen_point(self._pointer)
            self._view.set_cursor(self._view.viewport.to_image(point, self.screen_size()))

    def _placement(self) -> Placement:
        return Placement(self._view.viewport, self.screen_size(), self._view.image)

    def _screen_point(self, position: QPointF) -> tuple[float, float]:
        ratio = self.devicePixelRatioF()
        return position.x() * ratio, position.y() * ratio

    def _side(self, position: int) -> QRect:
        """Return the screen pixels left or right of the divider."""
        pane = self.screen_size()
        line = round(self._divider * pane.width)
        if position == 0:
            return QRect(0, 0, line, pane.height)
        return QRect(line, 0, pane.width - line, pane.height)

    def _is_on_divider(self, position: QPointF) -> bool:
        return len(self._panes) > 1 and abs(position.x() - self._divider * self.width()) <= _GRIP

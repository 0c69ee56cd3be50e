"""The pinned crops as a table: a thumbnail of each by every pane, with its PSNR."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QIcon, QKeyEvent, QPainter, QPixmap, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from srcnn.geometry import Region, Size
from srcnn_gui.viewer.figure_service import CropRequest
from srcnn_gui.viewer.figure_text import decibels
from srcnn_gui.viewer.pinned_frames import paint_badge
from srcnn_gui.viewer.scene import TRUTH
from srcnn_gui.viewer.thumbnails import layer_thumbnail, truth_thumbnail
from srcnn_gui.viewer.viewport import fitted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from srcnn_gui.viewer.choice import PaneView
    from srcnn_gui.viewer.layer_state import LayerState
    from srcnn_gui.viewer.session import Session
    from srcnn_gui.viewer.view import View
    from srcnn_gui.viewer.whole_figures import Figures

_REFRESH_MS = 250
"""Thumbnails are painted at most this often: the panes come first."""

_THUMBNAIL = Size(144, 80)
_BADGE = 18
_HOW = "Drag over a picture with Shift held, or choose Pin crop, to keep a part of it here."


class PinnedStrip(QWidget):
    """Rows of crops; a click looks there, Delete removes."""

    def __init__(self, session: Session, view: View, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._view = view
        self._thumbnails: dict[tuple[str, Region], QPixmap] = {}
        self._figures: dict[str, Figures | None] = {}  # None while they are being measured
        self._table = QTableWidget(0, 0)
        self._table.setAccessibleName("Pinned crops")
        self._table.setIconSize(QSize(_THUMBNAIL.width, _THUMBNAIL.height))
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._table.setShowGrid(False)
        self._table.verticalHeader().hide()
        self._table.verticalHeader().setDefaultSectionSize(_THUMBNAIL.height + 8)
        self._table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self._table.cellClicked.connect(self._on_clicked)
        how = QLabel(_HOW)
        how.setAlignment(Qt.AlignmentFlag.AlignCenter)
        how.setWordWrap(True)
        self._stack = QStackedWidget()
        self._stack.addWidget(how)
        self._stack.addWidget(self._table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self._due = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._due.timeout.connect(self.refresh)
        view.pins.changed.connect(self._on_changed)
        session.scene_changed.connect(self._on_scene_changed)
        session.views_changed.connect(self._on_changed)
        session.tiles_arrived.connect(self._on_tiles_arrived)
        session.figure_service.crop_measured.connect(self._on_crop_measured)

    @property
    def table(self) -> QTableWidget:
        """One row for each crop, one column for each method and the truth."""
        return self._table

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._on_changed()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self._table.currentRow()
        if event.key() == Qt.Key.Key_Delete and 0 <= row < len(self._view.pins.crops.kept):
            self._view.pins.remove(row)
        else:
            super().keyPressEvent(event)

    @Slot()
    def refresh(self) -> None:
        """Write what is known; nothing is computed here, and nothing painted twice."""
        regions = self._view.pins.crops.regions
        self._stack.setCurrentIndex(1 if regions else 0)
        if not self.isVisible():
            return
        views = self._session.views
        scene = self._session.scene
        has_truth = scene is not None and scene.truth is not None
        adds_truth = has_truth and all(view.choice.method != TRUTH for view in views)
        names = [view.result.layer.label if view.result else view.choice.method for view in views]
        titles = ["Crop", *names, *(["Ground truth"] if adds_truth else [])]
        self._table.setColumnCount(len(titles))
        self._table.setRowCount(len(regions))
        self._table.setHorizontalHeaderLabels(titles)
        for row, region in enumerate(regions):
            self._set(row, 0, _badge(row), _place(region))
            self._fill(row, region, views)
            if adds_truth:
                self._set(row, len(views) + 1, self._truth(region), "")
        self._forget(regions, views)

    def _fill(self, row: int, region: Region, views: Sequence[PaneView]) -> None:
        for column, view in enumerate(views, 1):
            if view.result is not None and view.shown is not None:
                thumbnail = self._thumbnail(view.shown, region)
                self._set(row, column, thumbnail, self._psnr(view.result, region))
            else:
                self._set(row, column, QPixmap(), "not available" if view.problem else "")

    def _set(self, row: int, column: int, picture: QPixmap, text: str) -> None:
        item = self._table.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            self._table.setItem(row, column, item)
        item.setText(text)
        icon = QIcon(picture)
        icon.addPixmap(picture, QIcon.Mode.Selected)  # not tinted
        item.setIcon(icon)

    def _thumbnail(self, state: LayerState, region: Region) -> QPixmap:
        key = (state.layer.key, region)
        if key not in self._thumbnails:
            most, cache = self._most(), self._session.cache
            self._thumbnails[key] = self._sharp(layer_thumbnail(state, region, most, cache))
        return self._thumbnails[key]

    def _truth(self, region: Region) -> QPixmap:
        scene, key = self._session.scene, (TRUTH, region)
        if key not in self._thumbnails and scene is not None and scene.truth is not None:
            made = truth_thumbnail(scene.truth, region, self._most(), scene.colours.truth)
            self._thumbnails[key] = self._sharp(made)
        return self._thumbnails[key]

    def _most(self) -> Size:
        ratio = self.devicePixelRatioF()
        return Size(round(_THUMBNAIL.width * ratio), round(_THUMBNAIL.height * ratio))

    def _sharp(self, pixmap: QPixmap) -> QPixmap:
        pixmap.setDevicePixelRatio(self.devicePixelRatioF())
        return pixmap

    def _psnr(self, state: LayerState, region: Region) -> str:
        """Return the PSNR of a crop; asks for it when all of the crop is in."""
        scene, whole = self._session.scene, state.whole
        if scene is None or scene.truth is None or whole is None:
            return ""
        key = _figure_key(state, region)
        inside = region.intersected(scene.size.region.grown(-scene.protocol.shave))
        if key not in self._figures and not inside.is_empty and whole.covers(inside):
            self._figures[key] = None
            request = CropRequest(key, scene.truth.luma, whole.luma, inside)
            self._session.figure_service.measure_crop(request)
        figures = self._figures.get(key)
        return "" if figures is None else decibels(figures.psnr_db)

    def _forget(self, regions: Sequence[Region], views: Sequence[PaneView]) -> None:
        """Drop thumbnails and figures of what is not shown any more."""
        shown = {view.shown.layer.key for view in views if view.shown is not None} | {TRUTH}
        for key in list(self._thumbnails):
            if key[0] not in shown or key[1] not in regions:
                del self._thumbnails[key]
        results = [view.result for view in views if view.result is not None]
        kept = {_figure_key(state, region) for state in results for region in regions}
        for name in list(self._figures):
            if name not in kept:
                del self._figures[name]

    @Slot()
    def _on_changed(self) -> None:
        if not self._due.isActive():
            self._due.start()

    @Slot()
    def _on_scene_changed(self) -> None:
        self._thumbnails.clear()
        self._figures.clear()
        self._on_changed()

    @Slot(object, object)
    def _on_tiles_arrived(self, state: LayerState, regions: Sequence[Region]) -> None:
        """Paint anew the crops that tiles came for."""
        for key in list(self._thumbnails):
            touched = any(not key[1].intersected(region).is_empty for region in regions)
            if key[0] == state.layer.key and (touched or not regions):
                del self._thumbnails[key]
        if self._view.pins.crops.kept:
            self._on_changed()

    @Slot(object, object)
    def _on_crop_measured(self, request: CropRequest, figures: Figures) -> None:
        if request.key in self._figures:
            self._figures[request.key] = figures
            self._on_changed()

    @Slot(int, int)
    def _on_clicked(self, row: int, _column: int) -> None:
        """Look at a crop, with a little around it."""
        regions = self._view.pins.crops.regions
        if row >= len(regions):
            return  # it was removed, and the table is about to be written anew
        region = regions[row]
        zoom = fitted(region.grown(max(1, region.width // 20)).size, self._view.pane).zoom
        self._view.look_at(region, zoom)


def _figure_key(state: LayerState, region: Region) -> str:
    """Return a key that is no layer's, so that nobody else takes the figures in."""
    return f"pinned {region} {state.layer.key}"


def _place(region: Region) -> str:
    return f"{region.size}\nat {region.left}, {region.top}"


def _badge(index: int) -> QPixmap:
    drawn = QPixmap(_BADGE, _BADGE)
    with QPainter(drawn) as painter:
        paint_badge(painter, QRect(0, 0, _BADGE, _BADGE), index, 1)
    return drawn

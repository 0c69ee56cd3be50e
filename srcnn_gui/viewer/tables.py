"""Tables beside the panes: figures of every pane, and the pixel under the cursor."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from srcnn_gui.elided_label import ElidedLabel
from srcnn_gui.viewer import figure_text
from srcnn_gui.viewer.figure_text import NOT_KNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from srcnn_gui.viewer.choice import PaneView
    from srcnn_gui.viewer.scene import Scene
    from srcnn_gui.viewer.session import Session
    from srcnn_gui.viewer.view import View

_REFRESH_MS = 100
_ROW_HEIGHT = 24
_LEAST_COLUMN = 64
_ROWS = 4
"""As many as there can be panes."""

_FIGURES = (
    ("Method", "What the pane shows"),
    ("Device", "What computes it"),
    ("State", "How much of the whole image is computed"),
    ("Crop PSNR", "PSNR in dB of what is in sight, by the paper's protocol"),
    ("Crop SSIM", "SSIM of what is in sight"),
    ("Whole PSNR", "PSNR in dB of the whole image, by the paper's protocol; fills as tiles come"),
    ("Whole SSIM", "SSIM of the whole image; fills as tiles come"),
    ("Gain", "PSNR of the whole image less that of bicubic, in dB"),
    ("Saved PSNR", "PSNR in dB of the picture as saved: its luma is taken from rounded RGB"),
    ("Time", "Seconds spent computing"),
    ("Speed", "Megapixels of the result per second"),
)
_PIXEL = (
    ("Pane", "What the pane shows"),
    ("RGB", "Red, green and blue of the file, 0 to 255"),
    ("Luma", "BT.601 luma, 16 to 235 (grey pictures: 0 to 255)"),
    ("Error", "Luma less that of the truth"),
)


class FigureTable(QWidget):
    """PSNR, SSIM and speed of every pane, with the protocol that they stand under."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._table = _table(_FIGURES)
        self._table.horizontalHeader().setMinimumSectionSize(_LEAST_COLUMN)
        self._table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        self._protocol = ElidedLabel()
        self._protocol.setContentsMargins(8, 0, 8, 0)
        self._protocol.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.addWidget(self._table)
        layout.addWidget(self._protocol)
        self._refreshing = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._refreshing.timeout.connect(self.refresh)
        session.figures_changed.connect(self._on_figures_changed)

    def text(self) -> str:
        """Return the table as tab separated lines, the protocol last."""
        rows = [[name for name, _ in _FIGURES]]
        rows += [self._row(view) for view in self._session.views]
        return "\n".join(["\t".join(row) for row in rows] + [self._protocol.text()])

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_methods()

    def _fit_methods(self) -> None:
        """Give the names of methods what room the figures leave, and never less than they take."""
        header = self._table.horizontalHeader()
        figures = sum(header.sectionSize(column) for column in range(1, len(_FIGURES)))
        needed = max(header.sectionSizeHint(0), self._table.sizeHintForColumn(0))
        header.resizeSection(0, max(needed, self._table.viewport().width() - figures))

    @Slot()
    def _on_figures_changed(self) -> None:
        if not self._refreshing.isActive():
            self._refreshing.start()

    @Slot()
    def refresh(self) -> None:
        """Write the newest figures."""
        _fill(self._table, [self._row(view) for view in self._session.views])
        self._fit_methods()
        scene = self._session.scene
        if scene is None:
            self._protocol.setText("")
        elif scene.truth is None:
            self._protocol.setText(
                "No reference to measure against: attach one (File menu), or choose Compare."
            )
        else:
            text = scene.protocol.describe(is_grey=scene.picture.is_grey)
            self._protocol.setText(_too_small(scene) or text)

    def _row(self, view: PaneView) -> list[str]:
        state, session = view.result, self._session
        label = state.layer.label if state is not None else view.choice.method
        progress = figure_text.state_text(view, torch_is_ready=session.torch_is_ready)
        if state is None or state.whole is None:
            return [label, "", progress, *[""] * (len(_FIGURES) - 3)]
        whole, crop = state.whole.figures, state.crop
        speed = state.whole.megapixels_per_second
        scene = session.scene
        figures = ["no reference", *[""] * 5]
        if scene is not None and scene.truth is not None:
            figures = [
                figure_text.decibels(crop.psnr_db),
                figure_text.similarity(crop.ssim),
                figure_text.decibels(whole.psnr_db),
                figure_text.similarity(whole.ssim),
                figure_text.gain(state.gain_db(session.baseline)),
                figure_text.decibels(whole.saved_psnr_db),
            ]
        return [
            label,
            figure_text.device_text(view, session.library),
            progress,
            *figures,
            f"{state.whole.seconds:.2f} s" if state.whole.seconds else NOT_KNOWN,
            NOT_KNOWN if math.isnan(speed) else f"{speed:.1f} MP/s",
        ]


class PixelTable(QWidget):
    """The pixel under the cursor in every pane."""

    def __init__(self, session: Session, view: View, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._view = view
        self._place = QLabel()
        self._table = _table(_PIXEL)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addWidget(self._place)
        layout.addWidget(self._table)
        layout.addStretch()
        view.cursor_changed.connect(self.refresh)
        session.views_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Read the pixel under the cursor."""
        cursor = self._view.cursor
        if cursor is None:
            self._place.setText("  Point at the picture to read its pixels.")
            _fill(self._table, [[_label(view), "", "", ""] for view in self._session.views])
            return
        x, y = math.floor(cursor[0]), math.floor(cursor[1])
        self._place.setText(f"  x {x}   y {y}")
        _fill(self._table, [self._row(view, x, y) for view in self._session.views])

    def _row(self, view: PaneView, x: int, y: int) -> list[str]:
        state, scene = view.result, self._session.scene
        nothing = [_label(view), NOT_KNOWN, NOT_KNOWN, NOT_KNOWN]
        if state is None or scene is None:
            return nothing
        grid = state.layer.grid
        if x >= grid.size.width or y >= grid.size.height:
            return nothing  # the cursor is still in the picture before
        index = y // grid.tile * grid.columns + x // grid.tile
        tile = self._session.cache.get(state.layer, index)
        if tile is None:
            return nothing
        row, column = y - tile.region.top, x - tile.region.left
        red, green, blue = tile.rgb_at(row, column)
        luma = int(tile.luma[row, column])
        error = ""
        if scene.truth is not None and state.whole is not None:
            error = figure_text.signed(luma - int(scene.truth.luma[y, x]))
        return [_label(view), f"{red} {green} {blue}", str(luma), error]


def _too_small(scene: Scene) -> str:
    """Say why there are no figures; empty if there are."""
    shave = scene.protocol.shave
    inside = min(scene.size.width, scene.size.height) - 2 * shave
    if inside > 0:
        return ""
    return f"Too small to be measured: nothing is left inside a border of {shave} pixels."


def _label(view: PaneView) -> str:
    return view.result.layer.label if view.result is not None else view.choice.method


def _table(columns: Sequence[tuple[str, str]]) -> QTableWidget:
    """Return a table that shows, and cannot be edited."""
    table = QTableWidget(0, len(columns))
    table.setHorizontalHeaderLabels([name for name, _ in columns])
    for position, (_, tip) in enumerate(columns):
        item = table.horizontalHeaderItem(position)
        if item is not None:
            item.setToolTip(tip)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    header.setHighlightSections(False)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    table.setShowGrid(False)
    table.setAlternatingRowColors(True)
    table.setWordWrap(False)
    table.setFixedHeight(header.sizeHint().height() + _ROWS * _ROW_HEIGHT + 2)
    return table


def _fill(table: QTableWidget, rows: list[list[str]]) -> None:
    """Write what changed: numbers to the right, words to the left."""
    table.setRowCount(len(rows))
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            item = table.item(r, c)
            if item is None:
                item = QTableWidgetItem()
                left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
                item.setTextAlignment((right if c else left) | Qt.AlignmentFlag.AlignVCenter)
                table.setItem(r, c, item)
            if item.text() != text:
                item.setText(text)

"""How the table of runs looks."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPalette, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableView,
    QToolBar,
    QToolButton,
)
from typing_extensions import override

from srcnn_gui.framed_boxes import FramedBoxes
from srcnn_gui.training.run_table import SUMMARY, Column

_LEAVING = (Column.TIME, Column.PRESET, Column.BACKPROPS, Column.SCALE, Column.NETWORK)
"""What is left out first where there is little room; the tooltip of a row says it all."""
_OF_NETWORKS = (Column.BACKPROPS, Column.PSNR, Column.GAIN)
"""What says nothing of dictionaries."""
_NAME_WIDTH, _SHORT_NAME = 110, 80
_ROW_HEIGHT = 24
_MORE = 14


def table_view(model: QAbstractItemModel) -> QTableView:
    """Return a view of the runs: one can be chosen, and sorted by any column."""
    view = _FittedTable()
    view.setModel(model)
    view.setSortingEnabled(True)
    view.sortByColumn(-1, Qt.SortOrder.AscendingOrder)  # as they come: the newest first
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
    view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    view.setShowGrid(False)
    view.setAlternatingRowColors(True)
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    view.setFrameShape(QTableView.Shape.NoFrame)
    view.verticalHeader().hide()
    view.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
    header = view.horizontalHeader()
    header.setHighlightSections(False)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)
    view.setItemDelegateForColumn(Column.SHOW, FramedBoxes(view))
    view.setAccessibleName("Runs")
    return view


def fit_columns(view: QTableView) -> None:
    """Leave out the columns that there is no room for."""
    header = view.horizontalHeader()
    widths = {c: max(view.sizeHintForColumn(c), header.sectionSizeHint(c)) for c in Column}
    widths[Column.NAME] = _NAME_WIDTH
    model = view.model()
    runs = [model.index(row, Column.NAME).data(SUMMARY) for row in range(model.rowCount())]
    needless = set()
    if not any(run.is_dictionary for run in runs):
        needless = {Column.RMSE}
    elif all(run.is_dictionary for run in runs):
        needless = set(_OF_NETWORKS)
        widths[Column.NAME] = _SHORT_NAME
    for column in (*_OF_NETWORKS, Column.RMSE):
        view.setColumnHidden(column, column in needless)
    for column in needless:
        del widths[column]
    needed, room = sum(widths.values()), view.viewport().width()
    leaving = (*_LEAVING, Column.GAIN) if Column.RMSE in widths else _LEAVING
    for column in (column for column in leaving if column in widths):
        view.setColumnHidden(column, needed > room)
        needed -= widths[column] if needed > room else 0


def dress_extension(bar: QToolBar, palette: QPalette) -> None:
    """Draw the button for what a tool bar has no room for in the colour of text.

    That of the style is black, and not seen on dark.
    """
    button = bar.findChild(QToolButton, "qt_toolbar_ext_button")
    if button is None:
        return
    pixmap = QPixmap(_MORE * 2, _MORE * 2)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        painter.setPen(palette.color(QPalette.ColorRole.ButtonText))
        font = painter.font()
        font.setPixelSize(_MORE + 6)
        painter.setFont(font)
        where = QRectF(0, -2, _MORE, _MORE)
        painter.drawText(
            where, Qt.AlignmentFlag.AlignCenter, "\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}"
        )
    button.setIcon(QIcon(pixmap))
    button.setToolTip("More")
    button.setAccessibleName("More")


class _FittedTable(QTableView):
    """Shows the columns that it has room for."""

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        fit_columns(self)

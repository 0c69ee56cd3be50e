"""How the table of figures looks: the difference stands, dimmer, beside the figure."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)
from typing_extensions import override

from srcnn_gui.benchmark.table import BESIDE, IMAGE

_ROW_HEIGHT = 22
_MARGIN, _GAP = 8, 7
_MOST_NAME, _LEAST_NAME = 190, 110
"""Pixels that the names of pictures take at most, and at least."""


def table_view(model: QAbstractItemModel) -> QTableView:
    """Return a view of the figures: a line can be chosen, and sorted by any column."""
    view = QTableView()
    view.setModel(model)
    view.setItemDelegate(FigureDelegate(view))
    view.setSortingEnabled(True)
    view.sortByColumn(-1, Qt.SortOrder.AscendingOrder)  # as they come
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    view.setTabKeyNavigation(False)
    view.setFrameShape(QTableView.Shape.NoFrame)
    view.verticalHeader().hide()
    view.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
    header = view.horizontalHeader()
    header.setHighlightSections(False)
    header.setSortIndicatorClearable(True)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setResizeContentsPrecision(0)  # only what is in sight: there may be thousands of lines
    header.setMaximumSectionSize(_MOST_NAME)
    view.setAccessibleName("Figures")
    return view


class FigureDelegate(QStyledItemDelegate):
    """Draws a figure and, to the right of it, how it differs."""

    @override
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        if index.column() == IMAGE:
            super().paint(painter, option, index)
            return
        own = QStyleOptionViewItem(option)
        self.initStyleOption(own, index)
        text, own.text = own.text, ""
        style = QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, own, painter, own.widget)
        room = QRect(own.rect).adjusted(_MARGIN, 0, -_MARGIN, 0)
        is_chosen = bool(own.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole
        painter.save()
        painter.setPen(own.palette.color(role.HighlightedText if is_chosen else role.Text))
        painter.setFont(own.font)
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        beside = str(index.data(BESIDE) or "")
        width = self._beside_width(index, option.font)
        if beside:
            width = max(width, QFontMetrics(option.font).horizontalAdvance(beside) + _GAP)
        painter.drawText(room.adjusted(0, 0, -width, 0), flags, text)
        if beside:
            painter.setFont(option.font)
            dim = role.HighlightedText if is_chosen else role.PlaceholderText
            painter.setPen(own.palette.color(dim))
            painter.drawText(room, flags, beside)
        painter.restore()

    @override
    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        if index.column() == IMAGE:
            hint = super().sizeHint(option, index)
            return QSize(max(hint.width() + _MARGIN, _LEAST_NAME), hint.height())
        font = QFont(option.font)
        font.setBold(True)
        width = QFontMetrics(font).horizontalAdvance(str(index.data()))
        return QSize(width + self._beside_width(index, option.font) + 2 * _MARGIN, _ROW_HEIGHT)

    def _beside_width(self, index: QModelIndex | QPersistentModelIndex, font: QFont) -> int:
        """Return the width that differences take in this column, the same in every line."""
        column, across = index.column(), Qt.Orientation.Horizontal
        widest = str(index.model().headerData(column, across, BESIDE) or "")
        return QFontMetrics(font).horizontalAdvance(widest) + _GAP if widest else 0

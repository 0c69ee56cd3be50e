"""How a row of the queue is drawn: the picture, two lines, marks and progress."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from srcnn_gui.batch.columns import DETAIL, MARK, SHARE, STATE, Column
from srcnn_gui.batch.rows import State
from srcnn_gui.batch.thumbnails import ROOM
from srcnn_gui.icons import icon_pixmap
from srcnn_gui.theme import Severity, canvas_colour, severity_colours

ROW_HEIGHT = ROOM.height + 6

_MARGIN, _GAP, _MARK, _BAR = 8, 10, 14, 6
_LINES = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class QueueDelegate(QStyledItemDelegate):
    """Draws all three columns."""

    @override
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        own = QStyleOptionViewItem(option)
        self.initStyleOption(own, index)
        text = own.text
        own.text, own.icon = "", QIcon()
        own.features &= ~QStyleOptionViewItem.ViewItemFeature.HasDecoration
        style = QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, own, painter, own.widget)
        painter.save()
        room = QRect(own.rect).adjusted(_MARGIN, 3, -_MARGIN, -3)
        match Column(index.column()):
            case Column.PICTURE:
                self._paint_thumbnail(painter, room, own.palette, index)
                room.setLeft(room.left() + ROOM.width + _GAP)
                middle = Qt.TextElideMode.ElideMiddle
                self._paint_lines(painter, room, own, text, str(index.data(DETAIL)), middle)
            case Column.BECOMES:
                if index.data(MARK):
                    self._paint_mark(painter, room, own)
                    room.setLeft(room.left() + _MARK + 6)
                right = Qt.TextElideMode.ElideRight
                self._paint_lines(painter, room, own, text, str(index.data(DETAIL)), right)
            case Column.STATUS:
                self._paint_status(painter, room, own, text, index)
        painter.restore()

    @override
    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(super().sizeHint(option, index).width(), ROW_HEIGHT)

    def _paint_thumbnail(
        self,
        painter: QPainter,
        room: QRect,
        palette: QPalette,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw the small copy in the middle of its place, or the place alone."""
        frame = QRectF(room.left(), room.top(), ROOM.width, room.height())
        pixmap: Any = index.data(Qt.ItemDataRole.DecorationRole)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if not isinstance(pixmap, QPixmap):
            painter.fillRect(frame, canvas_colour(palette))
            return
        size = pixmap.deviceIndependentSize()
        shrink = min(frame.width() / size.width(), frame.height() / size.height(), 1.0)
        size *= shrink
        place = QRectF(
            frame.left() + (frame.width() - size.width()) / 2,
            frame.top() + (frame.height() - size.height()) / 2,
            size.width(),
            size.height(),
        )
        painter.drawPixmap(place, pixmap, QRectF(pixmap.rect()))

    def _paint_lines(
        self,
        painter: QPainter,
        room: QRect,
        option: QStyleOptionViewItem,
        first: str,
        second: str,
        elide: Qt.TextElideMode,
    ) -> None:
        """Write two lines, the second one dimmer; one alone stands in the middle."""
        metrics = QFontMetrics(option.font)
        height = room.height() // 2 if first and second else room.height()
        top = QRect(room.left(), room.top(), room.width(), height)
        if first:
            painter.setPen(_pen(option, QPalette.ColorRole.Text))
            painter.drawText(top, _LINES, metrics.elidedText(first, elide, room.width()))
            top.translate(0, height)
        if second:
            painter.setPen(_pen(option, QPalette.ColorRole.PlaceholderText))
            painter.drawText(top, _LINES, metrics.elidedText(second, elide, room.width()))

    def _paint_mark(self, painter: QPainter, room: QRect, option: QStyleOptionViewItem) -> None:
        colour = _accent(option, Severity.WARNING)
        ratio = painter.device().devicePixelRatioF()
        pixmap = icon_pixmap("warning", colour, _MARK, ratio)
        painter.drawPixmap(room.left(), room.center().y() - _MARK // 2, pixmap)

    def _paint_status(
        self,
        painter: QPainter,
        room: QRect,
        option: QStyleOptionViewItem,
        text: str,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Write the state in its colour; under it, while it is computed, how far it is."""
        share, state = index.data(SHARE), index.data(STATE)
        if state == State.FAILED:
            painter.setPen(_accent(option, Severity.ERROR))
        elif state == State.DONE:
            painter.setPen(_pen(option, QPalette.ColorRole.Text))
        else:
            painter.setPen(_pen(option, QPalette.ColorRole.PlaceholderText))
        line = QRect(room)
        if share is not None:
            painter.setPen(_pen(option, QPalette.ColorRole.Text))
            line.setBottom(room.center().y() + 1)
            bar = QRect(room.left(), line.bottom() + 4, room.width(), _BAR)
            painter.fillRect(bar, option.palette.color(QPalette.ColorRole.Mid))
            bar.setWidth(round(bar.width() * share))
            selected = bool(option.state & QStyle.StateFlag.State_Selected)
            role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Highlight
            painter.fillRect(bar, option.palette.color(role))
        right = Qt.TextElideMode.ElideRight
        shown = QFontMetrics(option.font).elidedText(text, right, line.width())
        painter.drawText(line, _LINES, shown)


def _pen(option: QStyleOptionViewItem, role: QPalette.ColorRole) -> QColor:
    """Return the colour of text, readable in a chosen row too."""
    if option.state & QStyle.StateFlag.State_Selected:
        role = QPalette.ColorRole.HighlightedText
    return option.palette.color(role)


def _accent(option: QStyleOptionViewItem, severity: Severity) -> QColor:
    if option.state & QStyle.StateFlag.State_Selected:
        return option.palette.color(QPalette.ColorRole.HighlightedText)
    return severity_colours(severity, option.palette)[1]

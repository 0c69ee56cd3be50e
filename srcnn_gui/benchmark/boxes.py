"""Boxes to tick that are seen on dark too, and buttons of which one or several are down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QHBoxLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QWidget,
)
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Iterable


class FramedBoxes(QStyledItemDelegate):
    """Draws a frame around boxes: that of the style is darker than what it stands on."""

    @override
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        framed = QStyleOptionViewItem(option)
        self.initStyleOption(framed, index)
        element = QStyle.SubElement.SE_ItemViewItemCheckIndicator
        box = QApplication.style().subElementRect(element, framed, framed.widget)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(framed.palette.placeholderText().color())
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
        painter.restore()


def toggle(text: str, tip: str) -> QToolButton:
    """Return a button that is down or not, as those of the tool bar are."""
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setCheckable(True)
    button.setAutoRaise(True)
    return button


def segments(group: QButtonGroup, entries: Iterable[tuple[str, str]]) -> QWidget:
    """Return buttons of which one is down, side by side; entries have a text and a tip."""
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(2)
    for position, (text, tip) in enumerate(entries):
        button = toggle(text, tip)
        button.setChecked(position == 0)
        group.addButton(button, position)
        layout.addWidget(button)
    return row

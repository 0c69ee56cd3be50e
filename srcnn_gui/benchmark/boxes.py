"""Buttons of which one or several are down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

if TYPE_CHECKING:
    from collections.abc import Iterable


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

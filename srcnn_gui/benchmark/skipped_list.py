"""The pictures that were left out: one line, and all of them when it is pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QListWidget, QSizePolicy, QToolButton, QVBoxLayout, QWidget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from srcnn.report import SkippedImage

_HEIGHT = 70


class SkippedList(QWidget):
    """Says which pictures were left out, and why; takes no room while there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._toggle = QToolButton()
        self._toggle.setCheckable(True)
        self._toggle.setAutoRaise(True)
        self._toggle.setArrowType(Qt.ArrowType.RightArrow)
        self._toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._toggle.setToolTip("Show or hide which pictures, and why")
        self._toggle.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._toggle.toggled.connect(self._on_toggled)
        self._list = QListWidget()
        self._list.setMaximumHeight(_HEIGHT)
        self._list.setWordWrap(True)
        self._list.setAccessibleName("Pictures that were left out")
        self._list.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._toggle)
        column.addWidget(self._list)
        self.hide()

    @property
    def lines(self) -> tuple[str, ...]:
        """What is said, a line for each."""
        return tuple(self._list.item(row).text() for row in range(self._list.count()))

    def show_skipped(self, skipped: Sequence[SkippedImage]) -> None:
        """Say that these were left out and no others."""
        if self._list.count() != len(skipped) or not skipped:
            self._list.clear()
            self._list.addItems([_line(one) for one in skipped])
        count = len({one.image for one in skipped})
        title = f"{count} picture{'' if count == 1 else 's'} left out"
        self._toggle.setText(f"{title}: {self.lines[0]}" if skipped else "")
        self.setVisible(bool(skipped))

    @Slot(bool)
    def _on_toggled(self, shown: bool) -> None:
        arrow = Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow
        self._toggle.setArrowType(arrow)
        self._list.setVisible(shown)


def _line(skipped: SkippedImage) -> str:
    """Return name and reason, the name once."""
    name = skipped.image.rpartition("/")[2]
    is_named = skipped.reason.startswith(name)
    return skipped.reason if is_named else f"{skipped.image}: {skipped.reason}"

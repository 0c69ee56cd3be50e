"""The empty window: what to do, and samples to begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from srcnn.samples import SAMPLES
from srcnn_gui.icons import application_icon

if TYPE_CHECKING:
    from PySide6.QtGui import QAction, QResizeEvent

_SHOWN_SAMPLES = 4


class Welcome(QWidget):
    """Shown as long as no picture is open; where there is little room, a title and one row."""

    sample_chosen = Signal(str)

    def __init__(self, open_action: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._open_action = open_action
        self.setAccessibleName("Start")
        mark = QLabel()
        mark.setPixmap(application_icon().pixmap(QSize(72, 72)))
        title = QLabel("See what super-resolution does to your picture")
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.7)
        title.setFont(font)
        text = QLabel(
            "Drop a picture here, paste one, or open a file. It is reduced and restored\n"
            "by bicubic interpolation and by SRCNN, side by side, with PSNR and SSIM."
        )
        for label in (mark, title, text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._left_out = (mark, text)
        self._ways = self._make_ways()
        self._page = layout = QVBoxLayout(self)
        layout.setSpacing(14)
        layout.addStretch(2)
        for widget in (mark, title, text):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addLayout(self._ways)
        layout.addStretch(3)
        self._whole = layout.minimumSize()
        self._arrange(compact=True, in_a_row=False)
        self._column = layout.minimumSize()
        self._arrange(compact=True, in_a_row=True)
        self._row = layout.minimumSize()
        self._arrange(compact=False, in_a_row=False)

    @override
    def minimumSizeHint(self) -> QSize:
        compact = self._row if self._is_wide(self.width()) else self._column
        return QSize(self._column.width(), compact.height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        compact = event.size().height() < self._whole.height()
        is_wide = self._is_wide(event.size().width())
        self._arrange(compact=compact, in_a_row=compact and is_wide)
        if is_wide is not self._is_wide(event.oldSize().width()):
            self.updateGeometry()

    def _is_wide(self, width: int) -> bool:
        """Tell whether all ways to begin fit beside one another."""
        return width >= self._row.width()

    def _arrange(self, *, compact: bool, in_a_row: bool) -> None:
        """Show the title and the ways to begin alone, or all there is."""
        for label in self._left_out:
            label.setHidden(compact)
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._ways.setDirection(across if in_a_row else down)
        self._page.invalidate()  # a layout within another tells it of no new direction

    def _make_ways(self) -> QBoxLayout:
        """Lay out the ways to begin: a file, or a sample."""
        button = QPushButton("Open image\N{HORIZONTAL ELLIPSIS}")
        button.setDefault(True)
        button.setMinimumSize(QSize(200, 36))
        button.clicked.connect(self._on_open_clicked)
        ways = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        ways.setSpacing(14)
        ways.addStretch()
        ways.addWidget(button, 0, Qt.AlignmentFlag.AlignCenter)
        ways.addWidget(QLabel("or begin with a sample"), 0, Qt.AlignmentFlag.AlignCenter)
        samples = self._sample_row()
        ways.addLayout(samples)
        ways.setAlignment(samples, Qt.AlignmentFlag.AlignCenter)
        ways.addStretch()
        return ways

    def _sample_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        for sample in SAMPLES[:_SHOWN_SAMPLES]:
            button = QPushButton(sample.label)
            button.setToolTip(sample.note)
            button.setProperty("sample", sample.id)
            button.setMinimumSize(QSize(96, 30))
            button.clicked.connect(self._on_sample_clicked)
            row.addWidget(button)
        return row

    @Slot()
    def _on_open_clicked(self) -> None:
        self._open_action.trigger()

    @Slot()
    def _on_sample_clicked(self) -> None:
        self.sample_chosen.emit(self.sender().property("sample"))

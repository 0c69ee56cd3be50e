"""The empty window: what to do, and samples to begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from srcnn.samples import SAMPLES
from srcnn_gui.icons import application_icon

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

_SHOWN_SAMPLES = 4


class Welcome(QWidget):
    """Shown as long as no picture is open."""

    sample_chosen = Signal(str)

    def __init__(self, open_action: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._open_action = open_action
        self.setAccessibleName("Start")
        mark = QLabel()
        mark.setPixmap(application_icon().pixmap(QSize(72, 72)))
        mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = QLabel("See what super-resolution does to your picture")
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.7)
        title.setFont(font)
        text = QLabel(
            "Drop a picture here, paste one, or open a file. It is reduced and restored\n"
            "by bicubic interpolation and by SRCNN, side by side, with PSNR and SSIM."
        )
        for label in (title, text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        button = QPushButton("Open image\N{HORIZONTAL ELLIPSIS}")
        button.setDefault(True)
        button.setMinimumSize(QSize(200, 36))
        button.clicked.connect(self._on_open_clicked)
        layout = QVBoxLayout(self)
        layout.setSpacing(14)
        layout.addStretch(2)
        for widget in (mark, title, text, button):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(10)
        layout.addWidget(QLabel("or begin with a sample"), 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addLayout(self._sample_row())
        layout.addStretch(3)

    def _sample_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addStretch()
        for sample in SAMPLES[:_SHOWN_SAMPLES]:
            button = QPushButton(sample.label)
            button.setToolTip(sample.note)
            button.setProperty("sample", sample.id)
            button.setMinimumSize(QSize(96, 30))
            button.clicked.connect(self._on_sample_clicked)
            row.addWidget(button)
        row.addStretch()
        return row

    @Slot()
    def _on_open_clicked(self) -> None:
        self._open_action.trigger()

    @Slot()
    def _on_sample_clicked(self) -> None:
        self.sample_chosen.emit(self.sender().property("sample"))

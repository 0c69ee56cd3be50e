"""The Batch panel: the queue, the setting for all, and how far the work is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QStyle, QVBoxLayout, QWidget
from typing_extensions import override

from srcnn_gui.batch.form import BatchForm
from srcnn_gui.batch.queue_view import QueueView
from srcnn_gui.batch.strip import BatchStrip

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtCore import QMimeData
    from PySide6.QtGui import QAction

    from srcnn_gui.batch.model import QueueModel

_FORM_WIDTH = 350


class BatchPanel(QWidget):
    """Places the parts; takes files and folders that are dropped on it.

    Parameters
    ----------
    model : QueueModel
        The queue.
    actions : Mapping of QAction
        The window's commands, by id.
    """

    dropped = Signal(object)  # list[Path]

    def __init__(
        self, model: QueueModel, actions: Mapping[str, QAction], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.strip = BatchStrip(actions)
        self.queue = QueueView(model, actions)
        self.form = BatchForm()
        self.queue.with_folders_changed.connect(self.form.set_with_folders)
        self._lay_out()
        self.setAcceptDrops(True)

    @override
    def sizeHint(self) -> QSize:
        return QSize(1000, 380)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_paths(event.mimeData()):
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        paths = dropped_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.dropped.emit(paths)

    def _lay_out(self) -> None:
        scrolled = QScrollArea()
        scrolled.setWidget(self.form)
        scrolled.setWidgetResizable(True)
        scrolled.setFrameShape(QFrame.Shape.NoFrame)
        scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        scrolled.setMinimumWidth(self.form.minimumSizeHint().width() + bar)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self.queue)
        splitter.addWidget(scrolled)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 0)
        splitter.setChildrenCollapsible(False)
        splitter.setSizes((1000 - _FORM_WIDTH, _FORM_WIDTH))
        line = QFrame()
        line.setFrameShape(QFrame.Shape.HLine)
        line.setFrameShadow(QFrame.Shadow.Sunken)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.strip)
        column.addWidget(line)
        column.addWidget(splitter, 1)


def dropped_paths(data: QMimeData) -> list[Path]:
    """Return the files and folders of this machine that are being dropped."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]

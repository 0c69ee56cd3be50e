"""The Measure panel: what is measured, the table and the plot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFrame, QSplitter, QVBoxLayout, QWidget
from typing_extensions import override

from srcnn.report import SkippedImage
from srcnn_gui.benchmark.figures_view import FiguresView
from srcnn_gui.benchmark.form import BenchmarkForm
from srcnn_gui.benchmark.plan import Measured, Remark, Step
from srcnn_gui.benchmark.results import Results
from srcnn_gui.benchmark.scatter_view import ScatterView
from srcnn_gui.benchmark.strip import BenchmarkStrip
from srcnn_gui.theme import Severity
from srcnn_gui.training.path_editors import dropped_folders

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QAction

    from srcnn_gui.benchmark.plan import Finding

_REFRESH_MS, _SLOWEST_MS = 100, 1000
"""At most this often are figures written: the longer the table is, the less often."""
_WIDTHS = (230, 720, 330)
"""Of form, table and plot."""


class BenchmarkPanel(QWidget):
    """Places the parts, and gives them what is found; takes a folder that is dropped on it.

    Parameters
    ----------
    actions : Mapping of QAction
        The window's commands, by id.
    """

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.results = Results()
        self._waiting: list[Measured | SkippedImage] = []
        self.strip = BenchmarkStrip(actions)
        self.form = BenchmarkForm()
        self.figures = FiguresView(actions["measure_save"], actions["measure_passport"])
        self.scatter = ScatterView()
        self._lay_out()
        self.setAcceptDrops(True)
        self._refreshing = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._refreshing.timeout.connect(self.refresh)

    def begin(self, results: Results, protocol: str) -> None:
        """Show results that are to come."""
        self._refreshing.stop()
        self._waiting.clear()
        self.scatter.prepare()
        self.results = results
        self.figures.set_results(results)
        self.figures.show_protocol(protocol)
        self.scatter.set_results(results)
        self.strip.show_problem("")
        self.strip.say("Starting")

    def take(self, finding: Finding) -> None:
        """Take in what was found; it is shown a little later."""
        match finding:
            case Step():
                self.strip.show_step(finding)
            case Remark():
                self.strip.show_problem(finding.text, Severity.WARNING)
            case _:
                self._waiting.append(finding)
                if not self._refreshing.isActive():
                    self._refreshing.start()

    @Slot()
    def refresh(self) -> None:
        """Show what has come, without waiting."""
        self._refreshing.stop()
        for finding in self._waiting:
            if isinstance(finding, Measured):
                self.results.add(finding)
            else:
                self.results.skipped.append(finding)
        self._waiting.clear()
        self.figures.refresh()
        self.scatter.refresh()
        self._refreshing.setInterval(min(_REFRESH_MS + len(self.figures.model.lines), _SLOWEST_MS))

    @override
    def sizeHint(self) -> QSize:
        return QSize(1000, 360)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.form.can_take and len(dropped_folders(event.mimeData())) == 1:
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        folders = dropped_folders(event.mimeData())
        if self.form.can_take and len(folders) == 1:
            event.acceptProposedAction()
            self.form.take(folders[0])

    def _lay_out(self) -> None:
        splitter = QSplitter(Qt.Orientation.Horizontal)
        for widget in (self.form, self.figures, self.scatter):
            splitter.addWidget(widget)
        splitter.setStretchFactor(0, 0)
        splitter.setStretchFactor(1, 3)
        splitter.setStretchFactor(2, 2)
        splitter.setCollapsible(0, False)
        splitter.setCollapsible(1, False)
        splitter.setSizes(_WIDTHS)
        self.form.setMinimumWidth(220)
        line = QFrame()
        line.setFrameShape(QFrame.Shape.HLine)
        line.setFrameShadow(QFrame.Shadow.Sunken)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.strip)
        column.addWidget(line)
        column.addWidget(splitter, 1)

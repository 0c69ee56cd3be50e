"""The metric passport: how far the averages of a folder move with the protocol."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Slot
from PySide6.QtGui import QAction, QGuiApplication, QPalette
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from srcnn.metrics import Protocol
from srcnn.report import SkippedImage
from srcnn_gui.benchmark.boxes import segments
from srcnn_gui.benchmark.cells import Quantity
from srcnn_gui.benchmark.passport_averages import Averages
from srcnn_gui.benchmark.passport_progress import PassportProgress
from srcnn_gui.benchmark.passport_table import PassportTable
from srcnn_gui.benchmark.passport_work import Stamped, stamp_all
from srcnn_gui.benchmark.plan import Step
from srcnn_gui.benchmark.skipped_list import SkippedList
from srcnn_gui.benchmark.table_view import table_view
from srcnn_gui.explanation import message_of
from srcnn_gui.icons import icon

if TYPE_CHECKING:
    from srcnn_gui.benchmark.passport_work import PassportFinding, PassportPlan
    from srcnn_gui.benchmark.runner import FindingRunner

_TIMES = "\N{MULTIPLICATION SIGN}"
_QUANTITIES = (
    ("PSNR", "PSNR in dB, and how far it is from the paper's protocol"),
    ("SSIM", "Structural similarity, and how far it is from the paper's protocol"),
)
_TEXT, _MARKDOWN = "text", "Markdown"
_WIDEST_NAME = 260
_FIRST_WIDTH, _COLUMN_WIDTH, _MOST_WIDTH, _HEIGHT = 240, 126, 1100, 330


class PassportDialog(QDialog):
    """Measures a plan by all protocols, and shows the averages as they come.

    It does not hold up the window; closing it ends the measurement.

    Parameters
    ----------
    runner : FindingRunner
        Outlives the dialog, and is used by nothing else.
    """

    def __init__(self, runner: FindingRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = PassportTable(self)
        self._runner = runner
        self._title = ""
        self._table = table_view(self.model)
        self._table.setSortingEnabled(False)
        self._table.horizontalHeader().setSectionsClickable(False)
        self._table.horizontalHeader().setMaximumSectionSize(_WIDEST_NAME)
        self._table.setAccessibleName("Averages by protocol")
        self._quantities = QButtonGroup(self)
        self._copy = QToolButton()
        self._pages = QStackedWidget()
        self._empty = QLabel()
        self._skipped = SkippedList()
        self._protocol = QLabel()
        self._progress = PassportProgress()
        self._lay_out()
        self._dress()
        self._quantities.idToggled.connect(self._on_quantity)
        self._progress.cancel_requested.connect(runner.cancel)
        self._progress.close_requested.connect(self.close)
        self.finished.connect(runner.cancel)
        runner.found.connect(self._on_found)
        runner.succeeded.connect(self._on_succeeded)
        runner.cancelled.connect(self._on_cancelled)
        runner.failed.connect(self._on_failed)

    @property
    def text(self) -> str:
        """The table in words, for tests and screen readers."""
        return self.model.averages.to_text(self.model.quantity)

    @property
    def status(self) -> str:
        """What is said of the progress and of pictures that were left out."""
        return " | ".join((self._progress.text, *self._skipped.lines))

    def begin(self, plan: PassportPlan) -> None:
        """Measure a plan; what was shown before goes.

        Raises
        ------
        RuntimeError
            If one is measured already.
        """
        self._runner.begin("Metric passport", partial(stamp_all, plan))
        place = "samples" if plan.folder is None else plan.folder.name
        self._title = f"{place} {_TIMES}{plan.scale}"
        self.setWindowTitle(f"Metric passport: {self._title}")
        self._protocol.setText(f"The paper's protocol: {Protocol(shave=plan.scale).describe()}.")
        self._empty.setText("The first picture is being measured.")
        self._progress.begin()
        self.model.set_averages(Averages(plan.names))
        self._refresh()
        width = _FIRST_WIDTH + _COLUMN_WIDTH * len(plan.methods)
        self.resize(QSize(max(self.width(), min(width, _MOST_WIDTH)), _HEIGHT))

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_progress"):
            self._dress()

    def _dress(self) -> None:
        self._copy.setIcon(icon("copy", self.palette()))

    def _lay_out(self) -> None:
        menu = QMenu(self)
        for kind in (_TEXT, _MARKDOWN):
            menu.addAction(f"Copy as {kind}").setData(kind)
        menu.triggered.connect(self._on_copy)
        self._copy.setText("Copy")
        self._copy.setToolTip("Copy the table as it is shown, as text or Markdown")
        self._copy.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._copy.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._copy.setIconSize(QSize(16, 16))
        self._copy.setMenu(menu)
        tools = QHBoxLayout()
        tools.addWidget(segments(self._quantities, _QUANTITIES))
        tools.addStretch()
        tools.addWidget(self._copy)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._empty.setBackgroundRole(QPalette.ColorRole.Base)
        self._empty.setAutoFillBackground(True)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._table)
        self._protocol.setWordWrap(True)
        self._protocol.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._protocol.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(6)
        column.addLayout(tools)
        column.addWidget(self._pages, 1)
        column.addWidget(self._skipped)
        column.addWidget(self._protocol)
        column.addWidget(self._progress)

    def _refresh(self) -> None:
        averages = self.model.averages
        self.model.refresh()
        self._pages.setCurrentIndex(1 if averages.pictures else 0)
        self._copy.setEnabled(bool(averages.pictures))
        self._skipped.show_skipped(averages.skipped)

    def _show_end(self, headline: str, problem: str = "") -> None:
        self._empty.setText("No picture was measured.")
        self._progress.show_end(headline, len(self.model.averages.pictures), problem)

    @Slot(object)
    def _on_found(self, finding: PassportFinding) -> None:
        averages = self.model.averages
        match finding:
            case Step():
                self._progress.show_step(finding, len(averages.pictures))
                return
            case Stamped():
                averages.add(finding)
            case SkippedImage():
                averages.skipped.append(finding)
        self._refresh()

    @Slot()
    def _on_succeeded(self) -> None:
        self._show_end("Done")

    @Slot()
    def _on_cancelled(self) -> None:
        self._show_end("Cancelled")

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._show_end("Failed", message_of(error))

    @Slot(int, bool)
    def _on_quantity(self, index: int, checked: bool) -> None:
        if checked:
            self.model.show_quantity((Quantity.PSNR, Quantity.SSIM)[index])
            self._table.resizeColumnsToContents()

    @Slot(QAction)
    def _on_copy(self, action: QAction) -> None:
        averages, quantity = self.model.averages, self.model.quantity
        text = averages.to_text(quantity)
        if action.data() == _MARKDOWN:
            unit = "PSNR in dB" if quantity is Quantity.PSNR else "SSIM"
            text = averages.to_markdown(quantity, f"{self._title}, {unit}")
        QGuiApplication.clipboard().setText(text)

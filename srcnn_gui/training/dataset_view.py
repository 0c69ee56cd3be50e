"""What the chosen folder of pictures is good for, with thumbnails and the files left out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QIcon, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from srcnn_gui.explanation import message_of
from srcnn_gui.theme import Severity
from srcnn_gui.training.dataset_check import (
    DOT,
    THUMBNAIL_SIDE,
    explain_skipped,
    look_through,
    summary,
    why_useless,
)
from srcnn_gui.training.notes import Note
from srcnn_gui.training.path_editors import dropped_folders

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QImage

    from srcnn_gui.jobs import Job, JobProgress, JobService
    from srcnn_gui.training.dataset_check import CheckedFolder
    from trainer.config import TrainConfig

_WAIT_MS = 300
"""A folder is looked through when nothing has changed for so long."""


@dataclass(frozen=True, slots=True)
class _Question:
    """What the answer depends on."""

    data: tuple[Path, ...]
    scale: int
    crop: int
    sampling: str
    stride: int
    alone: bool


class DatasetView(QWidget):
    """Looks through the folder of a configuration, in the background, and shows what is there."""

    checked = Signal()  # there is an answer, or the question was changed
    folders_dropped = Signal(object)  # tuple[Path, ...]

    def __init__(self, jobs: JobService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: Job | None = None
        self._config: TrainConfig | None = None
        self._asked: _Question | None = None
        self._problem = self._brief = ""
        self._place = QLabel()
        self._place.setWordWrap(True)
        self._summary = QLabel()
        self._summary.setWordWrap(True)
        self._summary.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._error = Note()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(10)
        self._cancel = QPushButton("Cancel")
        self._cancel.setToolTip("Stop looking through the folder")
        self._cancel.clicked.connect(self._on_cancel)
        self._again = QPushButton("Look again")
        self._again.setToolTip("Look through the folder once more")
        self._again.clicked.connect(self._on_again)
        self._thumbnails = _thumbnail_list()
        self._skipped_toggle = QToolButton()
        self._skipped = QListWidget()
        self._lay_out()
        self._waiting = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self._waiting.timeout.connect(self._on_waited)
        self.setAcceptDrops(True)

    @property
    def problem(self) -> str:
        """Why nothing can be learnt from the folder; empty if all is well or not known yet."""
        return self._problem

    @property
    def text(self) -> str:
        """What is said about the folder."""
        return self._problem or self._summary.text()

    @property
    def brief(self) -> str:
        """How many pictures there are, in a few words; empty if that is not known."""
        return self._brief

    def check(self, config: TrainConfig) -> None:
        """Look through the folder of a configuration, unless the answer is known."""
        question = _Question(
            config.data,
            config.scale,
            config.crop,
            config.sampling.value,
            config.stride,
            config.validation is None,
        )
        self._config = config
        if question != self._asked:
            self._asked = question
            self._waiting.start()
        else:
            self.checked.emit()  # another form may ask the same

    def shutdown(self) -> None:
        """Look through nothing any more: the program ends."""
        self._waiting.stop()
        self._config = None

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_folders(event.mimeData()):
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        folders = dropped_folders(event.mimeData())
        if folders:
            event.acceptProposedAction()
            self.folders_dropped.emit(folders)

    def _lay_out(self) -> None:
        self._skipped_toggle.setCheckable(True)
        self._skipped_toggle.setAutoRaise(True)
        self._skipped_toggle.setArrowType(Qt.ArrowType.RightArrow)
        self._skipped_toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._skipped_toggle.setToolTip("Show or hide which files, and why")
        self._skipped_toggle.toggled.connect(self._on_skipped_toggled)
        self._skipped.setWordWrap(True)
        self._skipped.setMinimumHeight(60)
        self._skipped.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        progress = QHBoxLayout()
        progress.addWidget(self._bar, 1)
        progress.addWidget(self._cancel)
        top = QHBoxLayout()
        top.addWidget(self._place, 1)
        top.addWidget(self._again, alignment=Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(6)
        column.addLayout(top)
        column.addWidget(self._summary)
        column.addWidget(self._error)
        column.addLayout(progress)
        column.addWidget(self._skipped_toggle)
        column.addWidget(self._skipped, 1)
        column.addWidget(self._thumbnails, 2)
        column.addStretch()
        self._skipped_toggle.hide()
        self._skipped.hide()
        self._show_running(False)

    def _show_running(self, running: bool) -> None:
        self._bar.setVisible(running)
        self._cancel.setVisible(running)
        self._again.setVisible(not running)

    def _start(self) -> None:
        if self._config is None:
            return
        if self._job is not None:
            self._job.cancel()
        folders = "\n".join(map(str, self._config.data))
        self._place.setText(folders or "Samples that come with the program")
        self._say("Looking through the pictures\N{HORIZONTAL ELLIPSIS}", "")
        self._bar.setRange(0, 0)
        self._show_running(True)
        job = self._jobs.submit(
            "Look through pictures", partial(look_through, self._config), may_hang=True
        )
        self._job = job
        job.progressed.connect(self._on_progressed)
        job.succeeded.connect(self._on_succeeded)
        job.failed.connect(self._on_failed)
        job.ended.connect(self._on_ended)

    def _say(self, text: str, problem: str, brief: str = "") -> None:
        self._summary.setText(text)
        self._summary.setVisible(bool(text))
        self._problem, self._brief = problem, brief
        self._error.show_text(problem, Severity.ERROR)
        self.checked.emit()

    def _show_thumbnails(self, pictures: tuple[tuple[str, QImage], ...]) -> None:
        self._thumbnails.clear()
        self._thumbnails.setVisible(bool(pictures))
        for name, image in pictures:
            item = QListWidgetItem(QIcon(QPixmap.fromImage(image)), "")
            item.setToolTip(name)
            self._thumbnails.addItem(item)

    @Slot()
    def _on_waited(self) -> None:
        self._start()

    @Slot()
    def _on_again(self) -> None:
        self._start()

    @Slot()
    def _on_cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._say("It was not looked through to the end.", "")

    @Slot(object)
    def _on_progressed(self, progress: JobProgress) -> None:
        if progress.total > 0:
            self._bar.setRange(0, round(progress.total))
            self._bar.setValue(round(progress.done))

    @Slot(object)
    def _on_succeeded(self, found: CheckedFolder) -> None:
        report = found.report
        problem = "" if self._config is None else why_useless(report, self._config)
        parts = summary(report) if report.usable else ()
        self._say(DOT.join(parts), problem, DOT.join(parts[:2]))
        self._show_thumbnails(found.thumbnails)
        self._skipped.clear()
        self._skipped.addItems([f"{file.name}: {file.reason}" for file in report.skipped])
        self._skipped_toggle.setText(explain_skipped(len(report.skipped)))
        self._skipped_toggle.setVisible(bool(report.skipped))
        self._skipped.setVisible(bool(report.skipped) and self._skipped_toggle.isChecked())

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._say("", message_of(error))
        self._show_thumbnails(())
        self._skipped_toggle.hide()
        self._skipped.hide()

    @Slot()
    def _on_ended(self) -> None:
        if self._job is not None and not self._job.is_running:
            self._job = None
            self._show_running(False)

    @Slot(bool)
    def _on_skipped_toggled(self, shown: bool) -> None:
        arrow = Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow
        self._skipped_toggle.setArrowType(arrow)
        self._skipped.setVisible(shown)


def _thumbnail_list() -> QListWidget:
    """Return a list of pictures in rows."""
    shown = QListWidget()
    shown.setViewMode(QListView.ViewMode.IconMode)
    shown.setIconSize(QSize(THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    shown.setResizeMode(QListView.ResizeMode.Adjust)
    shown.setMovement(QListView.Movement.Static)
    shown.setGridSize(QSize(THUMBNAIL_SIDE + 8, THUMBNAIL_SIDE + 8))
    shown.setMinimumHeight(THUMBNAIL_SIDE + 16)
    shown.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    shown.setFrameShape(QListWidget.Shape.NoFrame)
    shown.setAccessibleName("The first pictures of the folder")
    return shown

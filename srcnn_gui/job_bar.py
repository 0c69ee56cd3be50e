"""What is going on in the background: a row for each visible job, with its Cancel button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from srcnn_gui.elided_label import ElidedLabel
from srcnn_gui.icons import icon

if TYPE_CHECKING:
    from srcnn_gui.jobs import Job, JobProgress, JobService

SHOW_AFTER_MS = 300
_STEPS = 1000


class JobBar(QWidget):
    """The visible jobs of a service; takes no room while there are none.

    A job that ends within ``show_after_ms`` is never seen, so that short work does not make
    the window flicker.
    """

    def __init__(
        self,
        service: JobService,
        parent: QWidget | None = None,
        *,
        show_after_ms: int = SHOW_AFTER_MS,
    ) -> None:
        super().__init__(parent)
        self._show_after_ms = show_after_ms
        self._rows: dict[Job, JobRow] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.setAccessibleName("Running jobs")
        self.hide()
        service.started.connect(self._on_started)
        service.ended.connect(self._on_ended)

    @property
    def rows(self) -> tuple[JobRow, ...]:
        """Rows of the jobs that run, shown already or not."""
        return tuple(self._rows.values())

    @Slot(object)
    def show_lingering(self, job: Job) -> None:
        """Show a job that reads for unusually long, so that it can be cancelled."""
        if job.is_running and job not in self._rows:
            self._add(JobRow(job, 0, "Still reading…"))

    def _add(self, row: JobRow) -> None:
        self._rows[row.job] = row
        self._column.addWidget(row)
        row.due.connect(self._on_row_due)

    @Slot(object)
    def _on_started(self, job: Job) -> None:
        if job.is_visible:
            self._add(JobRow(job, self._show_after_ms))

    @Slot()
    def _on_row_due(self) -> None:
        self.show()

    @Slot(object)
    def _on_ended(self, job: Job) -> None:
        row = self._rows.pop(job, None)
        if row is not None:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
            self.setVisible(any(not other.isHidden() for other in self.rows))


class JobRow(QFrame):
    """One job: what it does, how far it is, how long it will take, and a way to stop it."""

    due = Signal()  # it has run long enough to be shown

    def __init__(self, job: Job, show_after_ms: int, unnamed: str = "") -> None:
        super().__init__()
        self.job = job
        self._unnamed = unnamed  # what it does while it does not say so
        self._title = ElidedLabel(job.title, Qt.TextElideMode.ElideMiddle)
        self._stage = ElidedLabel(unnamed or "Waiting…", Qt.TextElideMode.ElideMiddle)
        metrics = self._stage.fontMetrics()
        self._stage.setMinimumWidth(max(map(metrics.horizontalAdvance, ("Cancelling…", unnamed))))
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)  # busy, until there is progress
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(10)
        self._bar.setMinimumWidth(60)
        self._bar.setMaximumWidth(320)
        self._bar.setAccessibleName(f"Progress of {job.title}")
        self._left = QLabel()
        self._left.setMinimumWidth(self._left.fontMetrics().horizontalAdvance("88 min 88 s left"))
        self._cancel = QPushButton("Cancel")
        self._cancel.setToolTip(f"Stop: {job.title}")
        self._cancel.setAccessibleName(f"Cancel {job.title}")
        self._cancel.clicked.connect(self._on_cancel_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 3, 6, 3)
        row.setSpacing(12)
        row.addWidget(self._title, 3)
        row.addWidget(self._stage, 1)
        row.addWidget(self._bar, 3)
        row.addWidget(self._left)
        row.addWidget(self._cancel)
        self._paint_icons()
        self.hide()
        job.progressed.connect(self._on_progressed)
        timer = QTimer(self, singleShot=True, interval=show_after_ms)
        timer.timeout.connect(self._on_due)
        timer.start()

    @property
    def text(self) -> str:
        """Everything it says, for tests and screen readers."""
        labels = (self._title, self._stage, self._left)
        return " | ".join(label.text() for label in labels if label.text())

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._paint_icons()

    def _paint_icons(self) -> None:
        self._cancel.setIcon(icon("cancel", self.palette()))

    @Slot()
    def _on_due(self) -> None:
        self.show()
        self.due.emit()

    @Slot(object)
    def _on_progressed(self, progress: JobProgress) -> None:
        self._stage.setText(progress.stage or self._unnamed)
        if progress.total > 0:
            self._bar.setRange(0, _STEPS)
            self._bar.setValue(round(progress.fraction * _STEPS))
            eta_s = progress.eta_s
            self._left.setText("estimating…" if eta_s is None else f"{duration(eta_s)} left")

    @Slot()
    def _on_cancel_clicked(self) -> None:
        self._cancel.setEnabled(False)
        self._stage.setText("Cancelling…")
        self._left.clear()
        self._bar.setRange(0, 0)
        self.job.cancel()


def duration(seconds: float) -> str:
    """Return a length of time for people, coarser the longer it is: ``"1 min 20 s"``."""
    if round(seconds) < 60:
        return f"{max(1, round(seconds))} s"
    if seconds < 600:
        minutes, rest = divmod(round(seconds / 5) * 5, 60)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours else f"{minutes} min"

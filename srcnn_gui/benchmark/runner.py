"""The job that measures, and what it has found so far."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from srcnn_gui.benchmark.work import Memory, measure_all

if TYPE_CHECKING:
    from collections.abc import Callable

    from srcnn_gui.benchmark.plan import Finding, Plan
    from srcnn_gui.jobs import Job, JobControl, JobService


class BenchmarkRunner(QObject):
    """Measures one plan at a time; rows are remembered as long as it lives."""

    found = Signal(object)  # Measured | SkippedImage | Step | Remark, as they come
    succeeded = Signal()
    failed = Signal(object)  # Exception
    cancelled = Signal()
    state_changed = Signal()  # it began, is stopping, or has ended

    _told = Signal(object)  # Finding; emitted in the worker thread

    def __init__(self, jobs: JobService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: Job | None = None
        self._memory = Memory({})
        self._told.connect(self.found, Qt.ConnectionType.QueuedConnection)

    @property
    def is_running(self) -> bool:
        """Whether it measures or is stopping."""
        return self._job is not None

    @property
    def is_stopping(self) -> bool:
        """Whether it was cancelled and has not ended yet."""
        return self._job is not None and self._job.is_stopping

    def start(self, plan: Plan) -> None:
        """Measure a plan.

        Raises
        ------
        RuntimeError
            If it measures already.
        """
        if self._job is not None:
            raise RuntimeError("a measurement is under way")
        work = partial(_measure, plan, self._memory, self._told.emit)
        job = self._job = self._jobs.submit("Measure", work)
        job.succeeded.connect(self._on_succeeded)
        job.failed.connect(self.failed)
        job.cancelled.connect(self.cancelled)
        job.ended.connect(self._on_ended)
        self.state_changed.emit()

    @Slot()
    def cancel(self) -> None:
        """Stop; what was measured is kept."""
        if self._job is not None and not self._job.is_stopping:
            self._job.cancel()
            self.state_changed.emit()

    @Slot(object)
    def _on_succeeded(self, _result: object) -> None:
        self.succeeded.emit()

    @Slot()
    def _on_ended(self) -> None:
        self._job = None
        self.state_changed.emit()


def _measure(
    plan: Plan, memory: Memory, tell: Callable[[Finding], object], control: JobControl
) -> None:
    measure_all(plan, memory, tell, control.should_stop)

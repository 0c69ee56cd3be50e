"""The jobs that measure, and what they have found so far."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QObject, Qt, Signal, Slot

from srcnn_gui.benchmark.memory import Memory, memory_file
from srcnn_gui.benchmark.work import measure_all

if TYPE_CHECKING:
    from collections.abc import Callable

    from srcnn_gui.benchmark.plan import Plan
    from srcnn_gui.jobs import Job, JobControl, JobService

Work: TypeAlias = "Callable[[Callable[[object], object], Callable[[], bool]], object]"
"""Takes what it tells each finding, and what it asks whether to stop."""


class FindingRunner(QObject):
    """Does one piece of work at a time that tells what it finds as it comes."""

    found = Signal(object)  # whatever the work tells
    succeeded = Signal()
    failed = Signal(object)  # Exception
    cancelled = Signal()
    state_changed = Signal()  # it began, is stopping, or has ended

    _told = Signal(object)  # a finding; emitted in the worker thread

    def __init__(self, jobs: JobService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: Job | None = None
        self._told.connect(self.found, Qt.ConnectionType.QueuedConnection)

    @property
    def is_running(self) -> bool:
        """Whether it works or is stopping."""
        return self._job is not None

    @property
    def is_stopping(self) -> bool:
        """Whether it was cancelled and has not ended yet."""
        return self._job is not None and self._job.is_stopping

    def begin(self, title: str, work: Work) -> None:
        """Do the work in the background.

        Raises
        ------
        RuntimeError
            If it works already.
        """
        if self._job is not None:
            raise RuntimeError("a measurement is under way")
        job = self._job = self._jobs.submit(title, partial(_do, work, self._told.emit))
        job.succeeded.connect(self._on_succeeded)
        job.failed.connect(self.failed)
        job.cancelled.connect(self.cancelled)
        job.ended.connect(self._on_ended)
        self.state_changed.emit()

    @Slot()
    def cancel(self) -> None:
        """Stop; what was found is kept."""
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


class BenchmarkRunner(FindingRunner):
    """Measures one plan at a time, and remembers the rows.

    Attributes
    ----------
    memory : Memory
        What was measured before.
    """

    def __init__(self, jobs: JobService, parent: QObject | None = None) -> None:
        super().__init__(jobs, parent)
        self.memory = Memory()

    def remember_on_disk(self) -> None:
        """Keep rows with the program's data from now on, not only as long as this lives."""
        self.memory = Memory(memory_file())

    def start(self, plan: Plan) -> None:
        """Measure a plan; ``found`` has ``Measured``, ``SkippedImage``, ``Step`` and ``Remark``.

        Raises
        ------
        RuntimeError
            If it measures already.
        """
        self.begin("Measure", partial(measure_all, plan, self.memory))


def _do(work: Work, tell: Callable[[object], object], control: JobControl) -> None:
    work(tell, control.should_stop)

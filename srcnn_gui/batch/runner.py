"""The job that does a batch, how it is held and stopped, and what it tells.

A batch may skip thousands of pictures a second. Its events are therefore gathered, and handed on
in lists: the window is never busy with one signal for each.
"""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from srcnn.batch.control import BatchControl
from srcnn_gui.batch.work import run_plan, work_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from srcnn.batch.events import BatchDone, BatchEvent
    from srcnn_gui.batch.work import BatchPlan, Doer
    from srcnn_gui.jobs import Job, JobControl, JobService


TELL_MS = 50
"""What happens is told so late, so that of much it is told once."""


class BatchRunner(QObject):
    """Does one batch at a time.

    Parameters
    ----------
    jobs : JobService
        Of its own, so that no other work waits for a batch.
    quiet : Event
        Not set while the viewer wants the processor.

    Attributes
    ----------
    doer : callable
        Makes the work on one picture.
    """

    told = Signal(object)  # list of BatchEvent, in order
    failed = Signal(object)  # Exception: nothing was done
    ended = Signal()  # always, and last
    state_changed = Signal()  # it began, is held, goes on, is stopping, or has ended

    _gathered = Signal()  # there is something to tell again; emitted in the worker thread

    def __init__(
        self, jobs: JobService, quiet: threading.Event, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.doer: Doer = work_of
        self._jobs = jobs
        self._quiet = quiet
        self._job: Job | None = None
        self._control = BatchControl()
        self._events: list[BatchEvent] = []
        self._lock = threading.Lock()
        self._timer = QTimer(self, singleShot=True, interval=TELL_MS)
        self._timer.timeout.connect(self.tell)
        self._gathered.connect(self._timer.start, Qt.ConnectionType.QueuedConnection)

    @property
    def is_running(self) -> bool:
        """Whether it works, is held or is stopping."""
        return self._job is not None

    @property
    def is_paused(self) -> bool:
        """Whether it is held."""
        return self._job is not None and self._control.is_paused

    @property
    def is_stopping(self) -> bool:
        """Whether it was told to stop and has not ended yet."""
        return self._job is not None and self._job.is_stopping

    def start(self, plan: BatchPlan) -> None:
        """Do a batch in the background.

        Raises
        ------
        RuntimeError
            If one is under way.
        """
        if self._job is not None:
            raise RuntimeError("a batch is under way")
        self._control = BatchControl()
        work = partial(_do, plan, self._control, self._quiet, self._gather, self.doer)
        job = self._job = self._jobs.submit("Batch", work)
        job.failed.connect(self._on_failed)
        job.ended.connect(self._on_ended)
        self.state_changed.emit()

    @Slot()
    def pause(self) -> None:
        """Hold it after the present tile, or let it go on."""
        if self._job is not None and not self.is_stopping:
            if self._control.is_paused:
                self._control.resume()
            else:
                self._control.pause()
            self.state_changed.emit()

    @Slot()
    def cancel(self) -> None:
        """Stop after the present tile; what is done stays."""
        if self._job is not None and not self.is_stopping:
            self._control.stop()
            self._job.cancel()
            self.state_changed.emit()

    @Slot()
    def tell(self) -> None:
        """Hand on now what has happened."""
        self._timer.stop()
        with self._lock:
            events, self._events = self._events, []
        if events:
            self.told.emit(events)

    def _gather(self, event: BatchEvent) -> None:
        """Put an event to the others; in the worker thread."""
        with self._lock:
            is_first = not self._events
            self._events.append(event)
        if is_first:
            self._gathered.emit()

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self.tell()
        self.failed.emit(error)

    @Slot()
    def _on_ended(self) -> None:
        self.tell()
        self._job = None
        self.state_changed.emit()
        self.ended.emit()


def _do(
    plan: BatchPlan,
    control: BatchControl,
    quiet: threading.Event,
    tell: Callable[[BatchEvent], object],
    doer: Doer,
    _job: JobControl,
) -> BatchDone:
    return run_plan(plan, control, quiet, tell, doer)

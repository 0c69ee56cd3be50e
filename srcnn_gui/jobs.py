"""Work beside the window: saving, decoding, measuring, importing. One service, a few threads.

What happens to a job, in this order of precedence:

1. Once ``cancel()`` was called, neither progress nor a result nor an error is delivered, even
   if the work ended before it noticed: ``cancelled``. So a job that was superseded stays silent.
2. The work raised ``Cancelled``: ``cancelled``.
3. It raised anything else: ``failed``.
4. It returned: ``succeeded``.

Exactly one of them is emitted, then ``ended``, always last and only when the thread has let go
of the work (its files are closed). Only of a job that may hang, nobody waits for the thread: it
reads from a drive that perhaps does not answer, and has ended as soon as it is cancelled. All
signals are emitted in the GUI thread and never before ``submit`` has returned, so a caller
connects to the job it was given and misses nothing.
"""

from __future__ import annotations

import logging
import math
import threading
from dataclasses import dataclass
from functools import partial
from itertools import count
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from srcnn.errors import Cancelled, SrcnnError
from srcnn_gui.job_threads import JobThreads
from srcnn_gui.remaining_time import RemainingTime

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

log = logging.getLogger(__name__)

REPORT_INTERVAL_S = 0.05


@dataclass(frozen=True, slots=True)
class JobProgress:
    """How far a job is.

    Attributes
    ----------
    done, total : float
        In whatever unit the work counts; ``total`` is 0 until it has counted.
    stage : str
        What it is doing; may be empty.
    elapsed_s : float
        Since the work began.
    eta_s : float or None
        Time left in this stage, smoothed; None while there is too little to go by.
    """

    done: float
    total: float
    stage: str
    elapsed_s: float
    eta_s: float | None

    @property
    def fraction(self) -> float:
        """Part that is done, in [0, 1]."""
        return min(max(self.done / self.total, 0.0), 1.0) if self.total > 0 else 0.0


class JobControl:
    """What the work is given: says how far it is, and asks whether to stop.

    Used in the thread of the work only, except for ``stop``.

    Parameters
    ----------
    report : callable
        Takes each ``JobProgress`` that is worth showing; called in the thread of the work.
    clock : callable
        Seconds, never going back.
    """

    def __init__(
        self, report: Callable[[JobProgress], object], clock: Callable[[], float] = monotonic
    ) -> None:
        self._report = report
        self._clock = clock
        self._stop = threading.Event()
        self._began_s: float | None = None
        self._reported_s = -math.inf
        self._step: tuple[str, float] | None = None
        self._remaining = RemainingTime()

    def begin(self) -> None:
        """Start counting the time, and say so; until then the work waited for a thread."""
        self._began_s = self._clock()
        self._report(JobProgress(0, 0, "", 0.0, None))

    def progress(self, done: float, total: float, stage: str = "") -> None:
        """Say that ``done`` of ``total`` is reached; cheap, so say it at every step.

        Passed on about twenty times a second, and always when a stage begins or completes.
        """
        now_s = self._clock()
        is_new = self._step != (stage, total)
        if not (is_new or done >= total or now_s - self._reported_s >= REPORT_INTERVAL_S):
            return
        if is_new:
            self._step, self._remaining = (stage, total), RemainingTime()
        began_s = now_s if self._began_s is None else self._began_s
        eta_s = self._remaining.update(now_s, done, total)
        self._reported_s = now_s
        self._report(JobProgress(done, total, stage, now_s - began_s, eta_s))

    def should_stop(self) -> bool:
        """Tell whether to end by raising ``Cancelled``; to be asked at every step."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Ask the work to stop; may be called in any thread."""
        self._stop.set()


class Job(QObject):
    """One piece of work, as the window sees it; made by ``JobService.submit``."""

    progressed = Signal(object)  # JobProgress
    succeeded = Signal(object)  # what the work returned
    failed = Signal(object)  # Exception; already logged
    cancelled = Signal()
    ended = Signal()  # always, and last

    def __init__(
        self,
        title: str,
        control: JobControl,
        future: Future[object],
        leave: Callable[[], object] | None,
        *,
        visible: bool,
    ) -> None:
        super().__init__()
        self.title = title
        self.is_visible = visible
        self._leave = leave
        self._control = control
        self._future: Future[object] | None = future

    @property
    def is_running(self) -> bool:
        """Whether it is waiting, working or stopping: until just before ``ended``."""
        return self._future is not None

    @property
    def is_stopping(self) -> bool:
        """Whether ``cancel()`` was called."""
        return self._control.should_stop()

    @Slot()
    def cancel(self) -> None:
        """Ask it to stop and deliver nothing more; harmless at any time."""
        self._control.stop()
        if self._future is not None:
            is_over = self._future.cancel()  # succeeds if it was still waiting for a thread
            if not is_over and self._leave is not None:
                self._leave()

    def relay(self, progress: JobProgress) -> None:
        """Pass progress on (for the service)."""
        if not self.is_stopping:
            self.progressed.emit(progress)

    def conclude(self) -> None:
        """Deliver the outcome (for the service); nothing of it is kept."""
        future, self._future = self._future, None
        if future is None:
            raise RuntimeError(f"{self.title} has ended before")
        if self.is_stopping or future.cancelled():
            self.cancelled.emit()
        elif (error := future.exception()) is None:
            self.succeeded.emit(future.result())
        elif isinstance(error, Cancelled):
            self.cancelled.emit()
        else:
            self.failed.emit(error)
        self.ended.emit()


class JobService(QObject):
    """Runs jobs in the background, a few at a time, the others waiting in order.

    Parameters
    ----------
    max_workers : int
        Jobs that run at the same time.
    parent : QObject or None
        Owner.
    """

    started = Signal(object)  # Job, as soon as it is submitted
    ended = Signal(object)  # Job, after its own ``ended``

    _reported = Signal(object, object)  # key, JobProgress; emitted in the worker thread
    _completed = Signal(object, object)  # key, Future; likewise, and where a job is left

    def __init__(self, *, max_workers: int = 2, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._threads = JobThreads(max_workers)
        self.has_hung = False
        self._keys = count()
        # Threads know a job by its key: a QObject must not be let go of in another thread.
        self._jobs: dict[int, Job] = {}
        queued = Qt.ConnectionType.QueuedConnection
        self._reported.connect(self._on_reported, queued)
        self._completed.connect(self._on_completed, queued)

    @property
    def jobs(self) -> tuple[Job, ...]:
        """Jobs that have not ended, in the order they were submitted."""
        return tuple(self._jobs.values())

    def submit(
        self,
        title: str,
        work: Callable[[JobControl], object],
        *,
        visible: bool = False,
        may_hang: bool = False,
    ) -> Job:
        """Have ``work`` done in the background.

        Parameters
        ----------
        title : str
            What it does, for people: ``"Save photo.png"``.
        work : callable
            Called in another thread: touches no widget, asks ``should_stop`` often and then
            raises ``Cancelled``. What it returns goes to ``succeeded`` and is not touched again.
        visible : bool
            Whether the window shows it with its progress.
        may_hang : bool
            Whether it only reads, so that nothing is lost if it is left to itself when cancelled.

        Raises
        ------
        RuntimeError
            After ``shutdown``.
        """
        key = next(self._keys)
        control = JobControl(partial(self._reported.emit, key))
        future = self._threads.submit(partial(_run, title, work, control))
        leave = partial(self._leave, key, future) if may_hang else None
        job = self._jobs[key] = Job(title, control, future, leave, visible=visible)
        future.add_done_callback(partial(self._completed.emit, key))
        self.started.emit(job)
        return job

    def shutdown(self) -> None:
        """Cancel all jobs and wait for their threads, but not for ever; for the program's end.

        The jobs' last signals come with the next turn of the event loop, if there is one.
        ``has_hung`` says whether a thread did not end.
        """
        for job in self.jobs:
            job.cancel()
        self.has_hung = not self._threads.end()

    def _leave(self, key: int, future: Future[object]) -> None:
        """End a job whose thread is left to itself."""
        self._threads.leave(future)
        self._completed.emit(key, future)

    @Slot(object, object)
    def _on_reported(self, key: int, progress: JobProgress) -> None:
        if key in self._jobs:  # else it is left to itself
            self._jobs[key].relay(progress)

    @Slot(object, object)
    def _on_completed(self, key: int, _future: Future[object]) -> None:
        job = self._jobs.pop(key, None)
        if job is not None:  # else it was left to itself
            job.conclude()
            self.ended.emit(job)


def _run(title: str, work: Callable[[JobControl], object], control: JobControl) -> object:
    """Do the work; whatever it raises is logged here, where its traceback is."""
    control.begin()
    try:
        return work(control)
    except Cancelled:
        raise
    except SrcnnError as error:  # a sentence for the user, not a fault of ours
        log.warning("%s: %s", title, error)
        raise
    except Exception:
        log.exception("%s failed", title)
        raise

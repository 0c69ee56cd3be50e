"""Enlarging many pictures: one after the other, whatever becomes of each, told event by event.

Several programs may work on the same tasks: with claims, each takes what no other is at. A batch
that was killed is begun again with ``Existing.SKIP`` or claims, and does what is left.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from srcnn.batch.claims import Claim, acquire, clear_away
from srcnn.batch.control import BatchControl
from srcnn.batch.events import (
    BatchDone,
    BatchStarted,
    TaskDone,
    TaskFailed,
    TaskNoted,
    TaskProgressed,
    TaskSkipped,
    TaskStarted,
    TaskStopped,
    WaitingForOthers,
)
from srcnn.batch.pace import Pace
from srcnn.batch.plan import Task, check_inside
from srcnn.errors import Cancelled, SrcnnError
from srcnn.files import check_target, make_folder
from srcnn.safe_file import exists_already, sweep_parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from srcnn.batch.events import BatchEvent
    from srcnn.geometry import Size

log = logging.getLogger(__name__)

_AGAIN_S = 1.0
"""When only tasks of others are left, these are looked at so often."""


class Existing(StrEnum):
    """What happens if a result is there already."""

    FAIL = "fail"
    SKIP = "skip"
    OVERWRITE = "overwrite"


@dataclass(frozen=True, slots=True)
class Result:
    """The sizes of a picture and of its saved result."""

    input_size: Size
    output_size: Size


@dataclass(frozen=True, slots=True)
class Attempt:
    """What the work on one task is given.

    Attributes
    ----------
    progress : callable
        To be told (done, in all).
    should_stop : callable
        To be asked before every tile and every write, in the thread of the work: it waits while
        the batch is paused. Told to stop, the work raises ``Cancelled``.
    note : callable
        To be told remarks, in sentences.
    overwrite : bool
        Whether a file that is there may be replaced.
    """

    progress: Callable[[float, float], None]
    should_stop: Callable[[], bool]
    note: Callable[[str], object]
    overwrite: bool


Work: TypeAlias = Callable[[Task, Attempt], Result]
"""Reads one picture and saves its result, safely; ``batch_work.Enlarging`` is the one there is."""


def run_batch(
    tasks: Sequence[Task],
    work: Work,
    tell: Callable[[BatchEvent], object] = lambda _event: None,
    *,
    existing: Existing = Existing.FAIL,
    claims: bool = False,
    control: BatchControl | None = None,
) -> BatchDone:
    """Do every task; what fails is told and does not stop the rest.

    Parameters
    ----------
    tasks : Sequence[Task]
        From ``plan_batch``, or a part of them.
    work : callable
        Does one task.
    tell : callable
        Told every event, in this thread.
    existing : Existing
        What happens if a result is there already.
    claims : bool
        Whether to share the tasks with other programs that do the same; then what is there is
        skipped, and the batch ends when all is done, by whomever.
    control : BatchControl or None
        To pause and stop it.

    Raises
    ------
    ValueError
        If claims are to overwrite: none could tell what others have done.
    """
    if claims and existing is Existing.OVERWRITE:
        raise ValueError("with claims nothing is overwritten")
    return _Run(tasks, work, tell, existing, claims, control or BatchControl()).all()


class _Run:
    """One run of a batch."""

    def __init__(
        self,
        tasks: Sequence[Task],
        work: Work,
        tell: Callable[[BatchEvent], object],
        existing: Existing,
        claims: bool,
        control: BatchControl,
    ) -> None:
        self._tasks, self._work, self._tell = tasks, work, tell
        self._existing, self._claims, self._control = existing, claims, control
        self._pace = Pace(tasks, lambda: control.paused_s)
        self._waits = False

    def all(self) -> BatchDone:
        """Do every task, at last those that others began and did not finish."""
        self._tell(BatchStarted(len(self._tasks), self._sweep()))
        left, told = self._round(self._tasks), 0
        while left and not self._control.is_ending:
            self._waits = True
            if len(left) != told:
                told = len(left)
                self._tell(WaitingForOthers(told))
            if not self._control.wait(_AGAIN_S):
                left = self._round(left)
        standing = self._pace.standing()
        if self._claims and not standing.left:
            self._sweep()  # others may have died since
            for task in self._tasks:
                clear_away(task.target)
        done = BatchDone(standing, stopped=standing.left > 0)
        self._tell(done)
        return done

    def _sweep(self) -> int:
        return sum(map(sweep_parts, {task.target.parent for task in self._tasks}))

    def _round(self, tasks: Sequence[Task]) -> list[Task]:
        """Do tasks until told to stop; return those that others are at."""
        busy = []
        for task in tasks:
            if self._control.holds() or self._control.is_ending:
                break
            try:
                free = self._one(task)
            except SrcnnError as error:
                self._failed(task, str(error), error.hint, 0.0)
            else:
                busy += [] if free else [task]
        return busy

    def _one(self, task: Task) -> bool:
        """Do one task; return False if another program is at it."""
        check_inside(task)
        if os.path.lexists(task.target):
            check_target(task.target)  # no folder may be skipped
            if self._claims or self._existing is Existing.SKIP:
                self._skip(task, by_other=self._waits)
                return True
            if self._existing is Existing.FAIL:
                raise exists_already(task.target)
        if task.root is not None:
            make_folder(task.target.parent)
        if not self._claims:
            self._attempt(task, None)
            return True
        claim = acquire(task.target)
        if claim is None:
            return False
        try:
            if os.path.lexists(task.target):  # made since it was looked for
                self._skip(task, by_other=True)
            else:
                self._attempt(task, claim)
        finally:
            claim.release()
        return True

    def _skip(self, task: Task, *, by_other: bool) -> None:
        self._tell(TaskSkipped(task, by_other, self._pace.ended(task, "skipped")))
        if self._claims:
            clear_away(task.target)

    def _attempt(self, task: Task, claim: Claim | None) -> None:
        """Have the work done; whatever it raises concerns this task only."""
        began_s = self._pace.now_s
        self._tell(TaskStarted(task, self._pace.standing()))
        try:
            result = self._work(task, self._given(task, claim, began_s))
        except Cancelled:
            self._control.stop()
            self._tell(TaskStopped(task, self._pace.standing()))
        except SrcnnError as error:
            if self._claims and os.path.lexists(task.target):
                self._skip(task, by_other=True)
            else:
                self._failed(task, str(error), error.hint, self._pace.now_s - began_s)
        except MemoryError:
            hint = "Close other programs."
            seconds = self._pace.now_s - began_s
            self._failed(task, f"There is not enough memory for {task.picture.name}", hint, seconds)
        except Exception as error:
            log.exception("%s failed", task.picture)
            text = f"{task.picture.name} failed unexpectedly ({type(error).__name__}: {error})"
            self._failed(task, text, "", self._pace.now_s - began_s)
        else:
            self._done(task, result, self._pace.now_s - began_s)

    def _given(self, task: Task, claim: Claim | None, began_s: float) -> Attempt:
        def beat() -> None:
            if claim is not None:
                claim.beat()

        def progress(done: float, total: float) -> None:
            beat()
            share = done / total if total else 0.0
            standing = self._pace.standing(task, share, self._pace.now_s - began_s)
            self._tell(TaskProgressed(task, done, total, standing))

        def should_stop() -> bool:
            beat()
            return self._control.holds(beat)

        def note(text: str) -> None:
            self._tell(TaskNoted(task, text))

        return Attempt(progress, should_stop, note, self._existing is Existing.OVERWRITE)

    def _done(self, task: Task, result: Result, seconds: float) -> None:
        length = 0
        with contextlib.suppress(OSError):
            length = task.target.stat().st_size
        size = result.output_size
        area = size.width * size.height / 1e6
        standing = self._pace.ended(task, "done", seconds=seconds, megapixels=area)
        self._tell(TaskDone(task, result.input_size, size, length, seconds, standing))

    def _failed(self, task: Task, error: str, hint: str, seconds: float) -> None:
        standing = self._pace.ended(task, "failed")
        self._tell(TaskFailed(task, error, hint, seconds, standing))

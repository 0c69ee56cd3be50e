"""The work on a whole batch, for a thread: planned, done one after the other, told as it goes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from srcnn.batch.run import Existing, Result, run_batch
from srcnn.batch.work import Enlarging
from srcnn_gui.batch.becoming import tasks_of

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from srcnn.batch.control import BatchControl
    from srcnn.batch.events import BatchDone, BatchEvent
    from srcnn.batch.plan import Task
    from srcnn.batch.run import Attempt, Work
    from srcnn.method import Method
    from srcnn.resize import Border
    from srcnn_gui.batch.choices import Choices
    from srcnn_gui.batch.rows import Found

_GLANCE_S = 0.05

Doer: TypeAlias = "Callable[[BatchPlan], Work]"


@dataclass(frozen=True, slots=True, eq=False)
class BatchPlan:
    """All that a batch needs.

    Attributes
    ----------
    pictures : tuple
        Place in the queue, from 1, and the picture.
    choices : Choices
        What is made of them.
    method : Method
        The chosen one, on the chosen device.
    border : Border
        Border rule.
    max_megapixels : float
        Larger pictures fail.
    """

    pictures: tuple[tuple[int, Found], ...]
    choices: Choices
    method: Method
    border: Border
    max_megapixels: float


def work_of(plan: BatchPlan) -> Work:
    """Return the work on one picture."""
    choices = plan.choices
    return Enlarging(
        plan.method,
        choices.scale,
        plan.border,
        plan.max_megapixels,
        options=choices.options,
        target=choices.target,
    )


@dataclass(frozen=True, slots=True)
class Yielding:
    """Work that waits between two tiles while somebody looks at tiles that are being computed."""

    work: Work
    quiet: threading.Event

    def __call__(self, task: Task, attempt: Attempt) -> Result:
        """Do one task."""

        def should_stop() -> bool:
            while not self.quiet.wait(_GLANCE_S):
                if attempt.should_stop():
                    return True
            return attempt.should_stop()

        return self.work(task, replace(attempt, should_stop=should_stop))


def run_plan(
    plan: BatchPlan,
    control: BatchControl,
    quiet: threading.Event,
    tell: Callable[[BatchEvent], object],
    doer: Doer = work_of,
) -> BatchDone:
    """Do a whole batch.

    Parameters
    ----------
    plan : BatchPlan
        What is to be done.
    control : BatchControl
        Pauses and stops it.
    quiet : Event
        Not set while the viewer wants the processor.
    tell : callable
        Told every event in this thread.
    doer : callable
        Makes the work on one picture.

    Raises
    ------
    OutputError
        If the names of the results do not go together; then nothing was done.
    """
    tasks = tasks_of(plan.pictures, plan.choices)
    existing = Existing.OVERWRITE if plan.choices.overwrites else Existing.SKIP
    work = Yielding(doer(plan), quiet)
    return run_batch(tasks, work, tell, existing=existing, control=control)

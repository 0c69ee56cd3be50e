"""A batch from its start to its end: what the work tells, put into the queue."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

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
)
from srcnn.final_size import chain_of
from srcnn_gui.batch.rows import Outcome, State
from srcnn_gui.benchmark.plan import Step

if TYPE_CHECKING:
    from srcnn.batch.events import BatchEvent, Standing
    from srcnn.batch.plan import Task
    from srcnn.geometry import Size
    from srcnn_gui.batch.model import QueueModel
    from srcnn_gui.batch.runner import BatchRunner
    from srcnn_gui.batch.work import BatchPlan


class End(StrEnum):
    """How a batch came to its end; the value is what people read."""

    FINISHED = "Done"
    STOPPED = "Stopped"
    FAILED = "Failed"


class BatchCycle(QObject):
    """Starts batches, and follows them in the queue.

    Attributes
    ----------
    step : Step or None
        How far the batch is; None while there is none.
    """

    stepped = Signal()  # there is another ``step``, and what it is about is in the queue
    ended = Signal(object)  # End
    failed = Signal(object)  # Exception: nothing was done; ``ended`` follows

    def __init__(
        self, runner: BatchRunner, model: QueueModel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.step: Step | None = None
        self._runner = runner
        self._model = model
        self._plan: BatchPlan | None = None
        self._notes: list[str] = []
        self._end = End.FINISHED
        runner.told.connect(self._on_told)
        runner.failed.connect(self._on_failed)
        runner.ended.connect(self._on_ended)

    def start(self, plan: BatchPlan) -> None:
        """Do the pictures of a plan."""
        self._plan, self._end, self._notes = plan, End.FINISHED, []
        self._show(0, len(plan.pictures), "", None)
        self._runner.start(plan)
        self.stepped.emit()

    @Slot(object)
    def _on_told(self, events: list[BatchEvent]) -> None:
        for event in events:
            self._follow(event)
        self._model.tell()
        self.stepped.emit()

    def _follow(self, event: BatchEvent) -> None:
        match event:
            case BatchStarted(total):
                self._show(0.0, total, "", None)
            case TaskStarted(task, standing):
                self._notes = []
                self._set_share(task, standing, 0.0)
            case TaskProgressed(task, done, total, standing):
                self._set_share(task, standing, done / total if total else 0.0)
            case TaskNoted(_, text):
                self._notes.append(text)
            case TaskStopped(task):
                self._model.set_share(task.picture, None)
            case TaskDone() | TaskSkipped() | TaskFailed():
                self._take(event)
            case BatchDone(_, stopped):
                self._end = End.STOPPED if stopped else End.FINISHED

    def _take(self, event: TaskDone | TaskSkipped | TaskFailed) -> None:
        """Put what became of a picture into the queue."""
        match event:
            case TaskDone(task, before, after, length, seconds):
                self._put(task, State.DONE, before, after, length=length, seconds=seconds)
            case TaskSkipped(task):
                self._put(task, State.SKIPPED)
            case TaskFailed(task, error, hint, seconds):
                self._put(task, State.FAILED, seconds=seconds, error=error, hint=hint)
        self._notes = []
        self._show_standing(event.task, event.standing, 0.0)

    def _put(
        self,
        task: Task,
        state: State,
        before: Size | None = None,
        after: Size | None = None,
        *,
        length: int = 0,
        seconds: float = 0.0,
        error: str = "",
        hint: str = "",
    ) -> None:
        if self._plan is None:
            return
        choices, method = self._plan.choices, self._plan.method
        scale = choices.scale
        if before is not None:
            scale = chain_of(before, scale, choices.target, method.scales).scale
        outcome = Outcome(
            state=state,
            target=task.target,
            method=method.id,
            scale=scale,
            before=before,
            after=after,
            length=length,
            seconds=seconds,
            error=error,
            hint=hint,
            notes=tuple(self._notes),
        )
        self._model.set_outcome(task.picture, outcome)

    def _set_share(self, task: Task, standing: Standing, share: float) -> None:
        self._model.set_share(task.picture, share)
        self._show_standing(task, standing, share)

    def _show_standing(self, task: Task, standing: Standing, share: float) -> None:
        done = standing.ended + min(share, 1.0)
        self._show(done, standing.total, task.picture.name, standing.eta_seconds)

    def _show(self, done: float, total: int, doing: str, left_s: float | None) -> None:
        self.step = Step(done, total, doing, left_s)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._end = End.FAILED
        self.failed.emit(error)

    @Slot()
    def _on_ended(self) -> None:
        self.step = self._plan = None
        self.ended.emit(self._end)

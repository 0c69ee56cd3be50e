"""What a batch reports, in order.

``BatchStarted`` once, then for each task either ``TaskSkipped`` or ``TaskFailed``, if it cannot
even be begun, or ``TaskStarted``, any number of ``TaskProgressed`` and ``TaskNoted``, and
``TaskDone``, ``TaskSkipped``, ``TaskFailed`` or ``TaskStopped``. A task that another program is at
is left for the end and says nothing until then, except ``WaitingForOthers``. ``BatchDone`` is the
last. Every event is immutable and of plain values, fit for another thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from srcnn.geometry import Size

if TYPE_CHECKING:
    from srcnn.batch.plan import Task


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a batch is.

    Attributes
    ----------
    total : int
        Tasks in all.
    done, skipped, failed : int
        Tasks that have come to that.
    megapixels : float
        Of the results that are saved.
    seconds : float
        Since the start, without pauses.
    eta_seconds : float or None
        Time left, by the megapixels to come; None while there is too little to go by.
    """

    total: int
    done: int = 0
    skipped: int = 0
    failed: int = 0
    megapixels: float = 0.0
    seconds: float = 0.0
    eta_seconds: float | None = None

    @property
    def ended(self) -> int:
        """Tasks that nothing more will come of."""
        return self.done + self.skipped + self.failed

    @property
    def left(self) -> int:
        """Tasks that are still to be done."""
        return self.total - self.ended

    @property
    def pace(self) -> float:
        """Megapixels of results a second."""
        return self.megapixels / self.seconds if self.seconds > 0 else 0.0


@dataclass(frozen=True, slots=True)
class BatchStarted:
    """The batch begins; ``swept`` are half files of dead programs that were removed."""

    total: int
    swept: int = 0


@dataclass(frozen=True, slots=True)
class TaskStarted:
    """A picture is about to be read."""

    task: Task
    standing: Standing


@dataclass(frozen=True, slots=True)
class TaskProgressed:
    """Tiles of the present picture are computed."""

    task: Task
    done: float
    total: float
    standing: Standing


@dataclass(frozen=True, slots=True)
class TaskNoted:
    """A remark on the present picture: what it lost, or how its computation had to change."""

    task: Task
    text: str


@dataclass(frozen=True, slots=True)
class TaskDone:
    """A result is in its place.

    Attributes
    ----------
    input_size, output_size : Size
        Of the picture and of the result.
    file_bytes : int
        Length of the file that was written.
    seconds : float
        What it took, reading and saving included.
    """

    task: Task
    input_size: Size
    output_size: Size
    file_bytes: int
    seconds: float
    standing: Standing


@dataclass(frozen=True, slots=True)
class TaskSkipped:
    """The result was there; ``by_other``: another program has made it since the batch began."""

    task: Task
    by_other: bool
    standing: Standing


@dataclass(frozen=True, slots=True)
class TaskFailed:
    """There is no result: a sentence why, and what can be done (often empty)."""

    task: Task
    error: str
    hint: str
    seconds: float
    standing: Standing


@dataclass(frozen=True, slots=True)
class TaskStopped:
    """The batch was told to stop in the middle of a picture; nothing is left of it."""

    task: Task
    standing: Standing


@dataclass(frozen=True, slots=True)
class WaitingForOthers:
    """Other programs are at all the tasks that are left; told anew when their number changes."""

    left: int


@dataclass(frozen=True, slots=True)
class BatchDone:
    """The batch has ended; ``stopped`` if it was told to, and tasks may be left."""

    standing: Standing
    stopped: bool


TaskEvent: TypeAlias = (
    TaskStarted | TaskProgressed | TaskNoted | TaskDone | TaskSkipped | TaskFailed | TaskStopped
)
BatchEvent: TypeAlias = BatchStarted | TaskEvent | WaitingForOthers | BatchDone

"""The queue: pictures in the order of the work, and what became of each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from srcnn.geometry import Size
    from srcnn_gui.batch.facts import Facts


class State(StrEnum):
    """Where a picture of the queue is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a picture.

    Attributes
    ----------
    state : State
        Done, skipped or failed.
    target : Path
        The file of the result.
    method : str
        Id of the method.
    scale : int
        What it enlarged by.
    before, after : Size or None
        Of picture and result, if it is done.
    length : int
        Bytes of the result.
    seconds : float
        What it took.
    error, hint : str
        Why it failed, and what can be done.
    notes : tuple of str
        Remarks on it.
    """

    state: State
    target: Path
    method: str
    scale: int
    before: Size | None = None
    after: Size | None = None
    length: int = 0
    seconds: float = 0.0
    error: str = ""
    hint: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A picture that was found, and the folder below the added one where it lies."""

    path: Path
    place: Path = Path()


@dataclass(slots=True, eq=False)
class Row:
    """A picture of the queue.

    Attributes
    ----------
    path, place : Path
        As in ``Found``.
    number : int
        For ``{number}`` in names: its place when it was added, from 1.
    outcome : Outcome or None
        What became of it; None while it waits.
    share : float or None
        How far it is while it is computed, in [0, 1].
    facts : Facts or None
        What its header says, once it was read.
    problem : str
        Why it cannot be read; empty if it can, or was not tried.
    """

    path: Path
    place: Path = Path()
    number: int = 1
    outcome: Outcome | None = None
    share: float | None = None
    facts: Facts | None = None
    problem: str = ""

    @property
    def state(self) -> State:
        """Where it is."""
        if self.share is not None:
            return State.RUNNING
        return State.WAITING if self.outcome is None else self.outcome.state


_KINDS = {
    State.WAITING: "left",
    State.RUNNING: "left",
    State.DONE: "done",
    State.SKIPPED: "skipped",
    State.FAILED: "failed",
}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many pictures of a queue have come to what."""

    done: int = 0
    skipped: int = 0
    failed: int = 0
    left: int = 0

    @property
    def total(self) -> int:
        """Pictures in all."""
        return self.done + self.skipped + self.failed + self.left

    @property
    def ended(self) -> int:
        """Pictures that something has become of."""
        return self.total - self.left

    def moved(self, old: State, new: State) -> Tally:
        """Return the counts after one picture has come from a state to another."""
        counts = {kind: getattr(self, kind) for kind in ("done", "skipped", "failed", "left")}
        counts[_KINDS[old]] -= 1
        counts[_KINDS[new]] += 1
        return Tally(**counts)


def tally(rows: Iterable[Row]) -> Tally:
    """Count a queue."""
    return Tally(**Counter(_KINDS[row.state] for row in rows))

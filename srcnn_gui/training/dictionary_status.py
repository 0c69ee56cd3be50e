"""How the training of a dictionary stands, in words and numbers. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from srcnn_gui.explanation import message_of
from srcnn_gui.training.dictionary_values import USERS
from srcnn_gui.training.fields import TIMES
from srcnn_gui.training.status import ENDINGS, NOT_KNOWN, Figure, Phase
from trainer.dictionary_events import DictionaryFinished, DictionaryStarted, IterationDone
from trainer.events import DataRead, StopReason
from trainer.report import duration

if TYPE_CHECKING:
    from trainer.dictionary_events import DictionaryEvent


@dataclass(frozen=True, slots=True)
class DictionaryProgress:
    """The newest of everything that the training of a dictionary has reported.

    Attributes
    ----------
    phase : Phase
        What it is doing.
    name : str
        What people call it.
    read, started, done, finished : events or None
        The newest of their kind.
    problem : str
        Why it failed.
    """

    phase: Phase = Phase.READING
    name: str = ""
    read: DataRead | None = None
    started: DictionaryStarted | None = None
    done: IterationDone | None = None
    finished: DictionaryFinished | None = None
    problem: str = ""

    def after(self, event: DictionaryEvent) -> DictionaryProgress:
        """Return how it stands after an event."""
        match event:
            case DataRead():
                return replace(self, read=event)
            case DictionaryStarted():
                is_reading = self.phase is Phase.READING
                return replace(
                    self, started=event, phase=Phase.RUNNING if is_reading else self.phase
                )
            case IterationDone():
                return replace(self, done=event)
            case DictionaryFinished():
                return replace(self, finished=event, phase=Phase.ENDED)

    def in_phase(self, phase: Phase) -> DictionaryProgress:
        """Return it doing something else."""
        return replace(self, phase=phase)

    def failed(self, error: Exception) -> DictionaryProgress:
        """Return it as it failed."""
        return replace(self, phase=Phase.FAILED, problem=message_of(error))

    @property
    def iteration(self) -> int:
        """Iterations done."""
        if self.done is not None:
            return self.done.iteration
        return 0 if self.started is None else self.started.iteration

    @property
    def rmse(self) -> float | None:
        """RMSE of the last iteration, if it is known."""
        if self.done is not None:
            return self.done.rmse
        return self.started.curve[-1] if self.started and self.started.curve else None

    @property
    def headline(self) -> str:
        """What it is doing, in a few words."""
        if self.phase is Phase.READING and self.read is not None:
            return f"Reading pictures {self.read.done:,}/{self.read.total:,}"
        if self.phase is Phase.ENDED:
            return "Ended" if self.finished is None else ENDINGS[self.finished.reason]
        ending = "\N{HORIZONTAL ELLIPSIS}" if self.phase is Phase.ENDING else ""
        return f"{self.phase.value}{ending}"

    @property
    def fraction(self) -> float | None:
        """Share that is done, in [0, 1]; None while that cannot be told."""
        if self.phase is Phase.READING:
            return self.read.done / self.read.total if self.read and self.read.total else None
        return self.iteration / self.started.of if self.started and self.started.of else 0.0

    def figures(self) -> tuple[Figure, ...]:
        """Return the numbers of the training."""
        started, done = self.started, self.done
        is_live = self.phase in (Phase.RUNNING, Phase.PAUSED)
        left = done.eta_seconds if done is not None and is_live else None
        spent = done.seconds if done else started.seconds if started else None
        return (
            Figure(
                "Iteration",
                NOT_KNOWN if started is None else f"{self.iteration:,} of {started.of:,}",
                "How often all atoms have been improved",
            ),
            Figure(
                "RMSE",
                NOT_KNOWN if self.rmse is None else f"{self.rmse:.6f}",
                "How far the atoms are from what they compose, after the last iteration",
            ),
            Figure(
                "Time",
                NOT_KNOWN if spent is None else duration(spent),
                "Time spent learning, at the end of the last iteration",
            ),
            Figure(
                "Left",
                NOT_KNOWN if left is None else duration(left),
                "Time left when the last iteration ended",
            ),
            Figure(
                "Replaced",
                NOT_KNOWN if done is None else f"{done.replaced:,}",
                "Atoms of little use that gave way to a patch in the last iteration",
            ),
            Figure(
                "Patches",
                NOT_KNOWN if started is None else f"{started.vectors:,}",
                "Patches of the pictures that it learns from",
            ),
        )


def outcome(status: DictionaryProgress) -> tuple[str, str]:
    """Return what came of a training that has ended: a sentence, and what to do about it."""
    finished, started, name = status.finished, status.started, status.name
    if finished is None:
        return f"The run {name} has ended before it began", ""
    if finished.reason is StopReason.DISCARDED:
        return f"The run {name} is discarded; nothing of it was kept", ""
    if finished.path is None or started is None:
        return f"The run {name} is put aside", "Continue it from the list of runs."
    is_whole = finished.reason is StopReason.COMPLETED
    began = "is finished" if is_whole else "is stopped and kept"
    sentence = f"The run {name} {began}: RMSE {finished.rmse:.6f}"
    return sentence, f"{USERS[started.method]} use it at {TIMES}{started.scale} now.".replace(
        "coding use", "coding uses"
    )

"""How a run stands, in words and numbers. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from srcnn_gui.explanation import message_of
from trainer.events import (
    CheckpointSaved,
    DataRead,
    RunFinished,
    RunStarted,
    StepDone,
    StopReason,
    Validated,
    WeightsSnapshot,
)
from trainer.report import duration

if TYPE_CHECKING:
    from trainer.events import TrainEvent

NOT_KNOWN = "\N{EN DASH}"
_MINUS = "\N{MINUS SIGN}"
ENDINGS = {
    StopReason.COMPLETED: "Finished",
    StopReason.NO_GAIN: "Finished: no more gain",
    StopReason.STOPPED: "Stopped and kept",
    StopReason.DISCARDED: "Discarded",
    StopReason.SUSPENDED: "Put aside",
    StopReason.DIVERGED: "Diverged",
}


class Phase(StrEnum):
    """What a run is doing."""

    IDLE = "No run"
    READING = "Reading pictures"
    RUNNING = "Running"
    PAUSED = "Paused"
    ENDING = "Ending"
    ENDED = "Ended"
    FAILED = "Failed"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number for people, with its name and what it means."""

    name: str
    text: str
    tip: str


class Progress(Protocol):
    """How the run of any method stands."""

    @property
    def phase(self) -> Phase:
        """What it is doing."""
        ...

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    @property
    def problem(self) -> str:
        """Why it failed."""
        ...

    @property
    def headline(self) -> str:
        """What it is doing, in a few words."""
        ...

    @property
    def fraction(self) -> float | None:
        """Share that is done, in [0, 1]; None while that cannot be told."""
        ...

    def figures(self) -> tuple[Figure, ...]:
        """Return its numbers."""
        ...


@dataclass(frozen=True, slots=True)
class RunProgress:
    """The newest of everything that a run has reported.

    Attributes
    ----------
    phase : Phase
        What it is doing.
    name : str
        What people call it; empty before the first run.
    patience : int or None
        Validations without a gain that end it.
    read, started, step, validated, best, finished : events or None
        The newest of their kind; ``best`` is the best validation.
    problem : str
        Why it failed.
    """

    phase: Phase = Phase.IDLE
    name: str = ""
    patience: int | None = None
    read: DataRead | None = None
    started: RunStarted | None = None
    step: StepDone | None = None
    validated: Validated | None = None
    best: Validated | None = None
    finished: RunFinished | None = None
    problem: str = ""

    def after(self, event: TrainEvent) -> RunProgress:
        """Return how the run stands after an event."""
        match event:
            case DataRead():
                return replace(self, read=event)
            case RunStarted():
                status = replace(self, started=event)
                if self.phase is Phase.READING:
                    status = replace(status, phase=Phase.RUNNING)
                for earlier in event.curve:
                    status = status.after(earlier)
                return status
            case StepDone():
                return replace(self, step=event)
            case Validated():
                return replace(self, validated=event, best=event if event.is_best else self.best)
            case RunFinished():
                return replace(self, finished=event, phase=Phase.ENDED)
            case WeightsSnapshot() | CheckpointSaved():
                return self

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
        if self.phase in (Phase.IDLE, Phase.FAILED) and self.step is None:
            return 0.0
        if self.finished is not None and self.finished.reason in (
            StopReason.COMPLETED,
            StopReason.NO_GAIN,
        ):
            return 1.0
        if self.step is None:
            return 0.0
        return self.step.progress if self.step.eta_seconds is not None else None

    @property
    def gain_db(self) -> float:
        """Best PSNR less bicubic's; NaN where it is not known."""
        if self.started is None or self.best is None:
            return math.nan
        return self.best.psnr_db - self.started.bicubic_db

    def figures(self) -> tuple[Figure, ...]:
        """Return the numbers of the run."""
        step, best = self.step, self.best
        is_live = self.phase in (Phase.RUNNING, Phase.PAUSED)
        left = step.eta_seconds if step is not None and is_live else None
        memory = step.memory_mb if step is not None else 0
        backprops = None if step is None else step.backprops
        if self.finished is not None:
            backprops = self.finished.backprops
        return (
            Figure(
                "Backprops",
                NOT_KNOWN if backprops is None else f"{backprops:,}",
                "Sub-images seen since the start, as the paper counts",
            ),
            Figure(
                "Speed",
                f"{step.per_second:,.0f}/s" if step is not None else NOT_KNOWN,
                "Sub-images a second",
            ),
            Figure(
                "Time",
                NOT_KNOWN if step is None else duration(step.seconds),
                "Time spent training, without pauses",
            ),
            Figure("Left", NOT_KNOWN if left is None else duration(left), "Time left"),
            Figure(
                "Loss",
                NOT_KNOWN if step is None else f"{step.loss:.3g}",
                "Mean squared error of the last steps; pictures lie in 0 to 1",
            ),
            Figure(
                "Best PSNR",
                NOT_KNOWN if best is None else f"{best.psnr_db:.2f} dB",
                "Mean PSNR of the validation pictures, with the best weights so far",
            ),
            Figure("Gain", gain_text(self.gain_db), "Best PSNR less that of bicubic interpolation"),
            Figure("Patience", self._patience_text(), "Validations without a gain until it ends"),
            Figure(
                "Memory",
                f"{memory:,.0f} MB" if memory else NOT_KNOWN,
                "Memory of the whole program",
            ),
        )

    def _patience_text(self) -> str:
        if self.patience is None:
            return NOT_KNOWN
        waited = 0 if self.validated is None else self.validated.waited
        return f"{max(0, self.patience - waited)} of {self.patience} left"


def with_phase(progress: RunProgress, phase: Phase) -> RunProgress:
    """Return the run doing something else."""
    return replace(progress, phase=phase)


def with_problem(progress: RunProgress, error: Exception) -> RunProgress:
    """Return the run as it failed."""
    return replace(progress, phase=Phase.FAILED, problem=message_of(error))


def gain_text(gain_db: float) -> str:
    """Return a gain with its sign, or that it is not known."""
    if not math.isfinite(gain_db):
        return NOT_KNOWN
    return f"{gain_db:+.2f} dB".replace("-", _MINUS)


def outcome(status: RunProgress) -> tuple[str, str]:
    """Return what came of a run that has ended: a sentence, and what to do about it."""
    finished, name = status.finished, status.name
    if finished is None:
        return f"The run {name} has ended before it began", ""
    if finished.reason is StopReason.DISCARDED:
        return f"The run {name} is discarded; nothing of it was kept", ""
    if finished.reason is StopReason.SUSPENDED:
        return f"The run {name} is put aside", "Continue it from the list of runs."
    began = {
        StopReason.COMPLETED: "is finished",
        StopReason.NO_GAIN: "is finished, since it did not improve any more",
        StopReason.STOPPED: "is stopped and kept",
        StopReason.DIVERGED: "ran away and was stopped",
    }[finished.reason]
    psnr = "" if finished.psnr_db is None else f": {finished.psnr_db:.2f} dB"
    if psnr and math.isfinite(status.gain_db):
        gain = gain_text(abs(status.gain_db)).lstrip("+")
        psnr += f", {gain} {'above' if status.gain_db >= 0 else 'below'} bicubic"
    if psnr and finished.best_backprops:
        psnr += f", after {finished.best_backprops:,} backprops"
    hint = finished.note or "Its weights are a method now, which every pane can show."
    return f"The run {name} {began}{psnr}", hint

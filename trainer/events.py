"""What a training run reports, in order.

A run yields ``DataRead`` while it reads pictures, ``RunStarted`` once, then any number of the
others, then ``RunFinished`` once. Errors are raised, never yielded. Every event is immutable and
of plain values, fit for another thread and for JSON. ``seconds`` is time spent training, without
pauses and earlier crashes; ``backprops`` are sub-images seen since the start, the x axis of the
paper's figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias


class StopReason(StrEnum):
    """Why a run ended."""

    COMPLETED = "completed"  # the budget is used up
    NO_GAIN = "no gain"  # it stopped improving
    STOPPED = "stopped"  # asked to, and what was learnt is kept
    DISCARDED = "discarded"  # asked to, and nothing is kept
    SUSPENDED = "suspended"  # asked to, and to be gone on with
    DIVERGED = "diverged"  # its numbers ran away; the best weights before that are kept


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is no use, and the reason as a sentence."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class DataRead:
    """Some pictures have been read, before anything is learnt; ``total`` are wanted."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class StepDone:
    """Some steps of the optimiser.

    Attributes
    ----------
    backprops : int
        Sub-images seen since the start.
    progress : float
        Share of the budget used, 0..1; 0 as long as a run without a budget improves.
    seconds : float
        Time spent training.
    loss : float
        Mean squared error of the planes in [0, 1], averaged since the report before. It is the
        same measure whatever loss is minimised.
    rate : float
        Rate of the last step.
    per_second : float
        Sub-images a second since the report before.
    eta_seconds : float or None
        Time left at that pace; None if there is no budget.
    memory_mb : float
        Resident memory of the process, in MB; 0 where it cannot be told.
    """

    backprops: int
    progress: float
    seconds: float
    loss: float
    rate: float
    per_second: float
    eta_seconds: float | None
    memory_mb: float


@dataclass(frozen=True, slots=True)
class Validated:
    """The averaged weights were measured by the paper's protocol; the first ones at 0 backprops.

    Attributes
    ----------
    backprops : int
        Sub-images seen since the start.
    seconds : float
        Time spent training.
    psnr_db : float
        Mean PSNR of the validation pictures.
    is_best : bool
        Whether no earlier figure of this run was as high.
    waited : int
        Validations since the best one; a run with ``patience`` ends when it comes to that.
    """

    backprops: int
    seconds: float
    psnr_db: float
    is_best: bool
    waited: int


@dataclass(frozen=True, slots=True)
class WeightsSnapshot:
    """The averaged weights after ``backprops`` sub-images lie in ``path`` (.safetensors)."""

    backprops: int
    seconds: float
    path: Path


@dataclass(frozen=True, slots=True)
class RunStarted:
    """Everything is loaded and learning begins, or goes on.

    Attributes
    ----------
    folder : Path
        Where the run keeps its files.
    scale, network, device, threads : int, str, str, int
        Enlargement factor, name of the network, where it learns and on how many cores.
    training_pictures, validation_pictures : int
        Pictures used; a picture seen at several sizes counts once.
    validation_name : str
        What is validated on, for people: ``10% of T91 (validation)``.
    skipped : tuple of Skipped
        Files that are no use, as far as they have been met.
    bicubic_db : float
        Mean PSNR of bicubic interpolation on the validation pictures.
    paper_db : float or None
        What the paper reports for SRCNN trained on 91 images, if these are its test pictures.
    curve : tuple of StepDone, Validated and WeightsSnapshot
        What an interrupted run had reported up to here; empty in a new one.
    note : str
        What else a person should know; often empty.
    """

    folder: Path
    scale: int
    network: str
    device: str
    threads: int
    training_pictures: int
    validation_pictures: int
    validation_name: str
    skipped: tuple[Skipped, ...]
    bicubic_db: float
    paper_db: float | None = None
    curve: tuple[CurveEvent, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class CheckpointSaved:
    """From here the run can go on, bit for bit, after ``backprops`` sub-images."""

    backprops: int
    path: Path


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The run has ended.

    Attributes
    ----------
    backprops : int
        Sub-images seen since the start.
    seconds : float
        Time spent training.
    reason : StopReason
        Why it ended.
    weights : Path or None
        The weights of the best validation; None if nothing was kept.
    psnr_db : float or None
        Their mean PSNR on the validation pictures.
    best_backprops : int
        After how many sub-images those were; 0: nothing was better than what it began with.
    note : str
        What else a person should know, and what to do about it; often empty.
    """

    backprops: int
    seconds: float
    reason: StopReason
    weights: Path | None
    psnr_db: float | None
    best_backprops: int = 0
    note: str = ""


CurveEvent: TypeAlias = StepDone | Validated | WeightsSnapshot
TrainEvent: TypeAlias = DataRead | RunStarted | CurveEvent | CheckpointSaved | RunFinished

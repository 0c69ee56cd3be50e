"""What a training run reports, in order.

A run yields ``RunStarted`` once, then any number of the others, then ``RunFinished`` once.
Errors are raised, never yielded. Every event is immutable and of plain values, fit for another
thread and for JSON. ``seconds`` is time spent training, without pauses and earlier crashes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias


class StopReason(StrEnum):
    """Why a run ended."""

    COMPLETED = "completed"
    STOPPED = "stopped"  # asked to, and what was learnt is kept
    DISCARDED = "discarded"  # asked to, and nothing is kept


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is no use, and the reason as a sentence."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class StepDone:
    """Some steps of the optimiser.

    Attributes
    ----------
    backprops : int
        Sub-images seen since the start.
    progress : float
        Share of the budget used, 0..1.
    seconds : float
        Time spent training.
    loss : float
        Mean squared error of luma in [0, 1], averaged since the report before.
    rate : float
        Rate of the last step.
    """

    backprops: int
    progress: float
    seconds: float
    loss: float
    rate: float


@dataclass(frozen=True, slots=True)
class Validated:
    """The averaged weights were measured by the paper's protocol.

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
    """

    backprops: int
    seconds: float
    psnr_db: float
    is_best: bool


@dataclass(frozen=True, slots=True)
class RunStarted:
    """Everything is loaded and learning begins, or goes on.

    Attributes
    ----------
    folder : Path
        Where the run keeps its files.
    scale, network, device : int, str, str
        Enlargement factor, name of the network and where it learns.
    training_pictures, validation_pictures : int
        Pictures used.
    skipped : tuple of Skipped
        Files of either folder that are no use.
    bicubic_db : float
        Mean PSNR of bicubic interpolation on the validation pictures.
    curve : tuple of StepDone and Validated
        What an interrupted run had reported up to here; empty in a new one.
    """

    folder: Path
    scale: int
    network: str
    device: str
    training_pictures: int
    validation_pictures: int
    skipped: tuple[Skipped, ...]
    bicubic_db: float
    curve: tuple[StepDone | Validated, ...] = ()


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
    """

    backprops: int
    seconds: float
    reason: StopReason
    weights: Path | None
    psnr_db: float | None


TrainEvent: TypeAlias = RunStarted | StepDone | Validated | CheckpointSaved | RunFinished

"""What the training of a dictionary reports, in order.

``DataRead`` while it looks at pictures, ``DictionaryStarted`` once, then ``IterationDone`` each
time, then ``DictionaryFinished`` once. Errors are raised, never yielded.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from trainer.events import DataRead, Skipped, StopReason


@dataclass(frozen=True, slots=True)
class DictionaryStarted:
    """Everything is read and learning begins, or goes on.

    Attributes
    ----------
    folder : Path
        Where the files are kept.
    scale, pictures, vectors, features, atoms : int
        Enlargement factor, pictures and patches learnt from, numbers that describe a patch, and
        atoms wanted.
    skipped : tuple of Skipped
        Files that are no use.
    iteration : int
        How many iterations were done before; 0 in a new training.
    method : str
        ``ksvd`` or ``sc``.
    of : int
        Iterations wanted.
    seconds : float
        Time spent learning before.
    curve : tuple of float
        RMSE of the iterations that were done before, the last one last.
    """

    folder: Path
    scale: int
    pictures: int
    vectors: int
    features: int
    atoms: int
    skipped: tuple[Skipped, ...]
    iteration: int = 0
    method: str = "ksvd"
    of: int = 0
    seconds: float = 0.0
    curve: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class IterationDone:
    """All atoms were improved once, and the state is saved.

    Attributes
    ----------
    iteration, of : int
        Iterations so far, and wanted.
    rmse : float
        Of the features, and for SC of the detail too, before atoms were replaced.
    replaced : int
        Atoms that were of little use and gave way to a patch.
    seconds : float
        Time spent learning.
    eta_seconds : float
        Time left at that pace.
    """

    iteration: int
    of: int
    rmse: float
    replaced: int
    seconds: float
    eta_seconds: float


@dataclass(frozen=True, slots=True)
class DictionaryFinished:
    """The training has ended.

    Attributes
    ----------
    iteration : int
        Iterations done.
    rmse : float
        Of the last one; 0 if there was none.
    seconds : float
        Time spent learning.
    reason : StopReason
        Why it ended.
    path : Path or None
        The dictionary; None if none was made.
    """

    iteration: int
    rmse: float
    seconds: float
    reason: StopReason
    path: Path | None


DictionaryEvent: TypeAlias = DataRead | DictionaryStarted | IterationDone | DictionaryFinished

"""What a run came to, read from its folder, and what can be done with it. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from srcnn.errors import SrcnnError
from trainer.events import RunFinished, RunStarted, StepDone, StopReason, Validated

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from trainer.events import TrainEvent
    from trainer.run_folder import RunFolder

_FORBIDDEN = '<>:"/\\|?*'
"""Letters that no folder may have in its name, on one system or another."""
_LONGEST_NAME = 80


class RunStatus(StrEnum):
    """How a run stands."""

    RUNNING = "running"
    FINISHED = "finished"  # its budget is used up, or it improved no more
    STOPPED = "stopped"  # and what was learnt kept
    CONTINUABLE = "can be continued"  # suspended, or the program ended
    BROKEN_OFF = "broken off"  # before its first checkpoint: to continue it is to begin again
    DIVERGED = "diverged"
    DAMAGED = "damaged"  # its files cannot be read


class RunCommand(StrEnum):
    """What can be done with a run."""

    USE = "use"
    CONTINUE = "continue"
    RENAME = "rename"
    DELETE = "delete"
    EXPORT = "export"
    COMMAND_LINE = "command line"
    OPEN_FOLDER = "open folder"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run in a folder.

    Attributes
    ----------
    path : Path
        Its folder.
    status : RunStatus
        How it stands.
    network, scale, preset : str, int, str
        What learns and how; empty and 0 if its settings cannot be read.
    backprops, seconds : int, float
        Sub-images seen and time spent training.
    best_db, bicubic_db : float, optional
        Mean PSNR on the validation pictures: the best of the run, and bicubic's.
    validation_name : str
        What that was measured on.
    weights : Path, optional
        The weights it ended with, or the best so far; the dictionary.
    modified : float
        When it last wrote something, in seconds since 1970.
    problem : str
        Why it cannot be read; empty if it can.
    is_dictionary, is_in_use : bool
        Whether it trains a dictionary, and whether the methods use that.
    iteration, of : int
        Of a dictionary: iterations done and wanted.
    rmse : float, optional
        Of the last one.
    rmse_curve : tuple of float
        Of all that are known, the last one last.
    """

    path: Path
    status: RunStatus
    network: str = ""
    scale: int = 0
    preset: str = ""
    backprops: int = 0
    seconds: float = 0.0
    best_db: float | None = None
    bicubic_db: float | None = None
    validation_name: str = ""
    weights: Path | None = None
    modified: float = 0.0
    problem: str = ""
    is_dictionary: bool = False
    is_in_use: bool = False
    iteration: int = 0
    of: int = 0
    rmse: float | None = None
    rmse_curve: tuple[float, ...] = ()

    @property
    def name(self) -> str:
        """What people call it: the name of its folder."""
        return self.path.name

    @property
    def gain_db(self) -> float | None:
        """PSNR above bicubic's, if both are known."""
        if self.best_db is None or self.bicubic_db is None:
            return None
        return self.best_db - self.bicubic_db


def summarise(folder: RunFolder, *, is_running: bool = False) -> RunSummary:
    """Read what a run came to; one that cannot be read is ``DAMAGED``.

    It may take a while for a long run, so never in the GUI thread.

    Parameters
    ----------
    folder : RunFolder
        Where it keeps its files.
    is_running : bool
        Whether it is in progress: its files do not tell.
    """
    try:
        config = folder.read_config()
        events = folder.read_events()
        backprops, seconds = _progress(events)
        started = next((e for e in reversed(events) if isinstance(e, RunStarted)), None)
        return RunSummary(
            folder.path,
            RunStatus.RUNNING if is_running else _status(events, folder.has_checkpoint),
            config.spec.name,
            config.scale,
            config.preset,
            backprops,
            seconds,
            best_db=_best(events),
            bicubic_db=None if started is None else _finite(started.bicubic_db),
            validation_name="" if started is None else started.validation_name,
            weights=next((file for file in (folder.weights, folder.best) if file.is_file()), None),
            modified=_modified(folder),
        )
    except (SrcnnError, TypeError, ValueError, AttributeError) as error:
        return RunSummary(
            folder.path,
            RunStatus.DAMAGED,
            modified=_modified(folder),
            problem=str(error) if isinstance(error, SrcnnError) else "What it reported is damaged",
        )


def objection(command: RunCommand, run: RunSummary | None, busy: str = "") -> str:
    """Say why something cannot be done with a run; empty if it can.

    Parameters
    ----------
    command : RunCommand
        What is to be done.
    run : RunSummary, optional
        With which; None if none is chosen.
    busy : str
        Why no run can be started now, as a sentence; empty if one can.
    """
    if run is None:
        return "Choose a run first"
    match command:
        case RunCommand.USE | RunCommand.EXPORT:
            missing = "It has no weights yet: they come with its first validation"
            if run.is_dictionary:
                missing = "It has no dictionary yet: it comes at the end, or with Stop and keep"
            return missing if run.weights is None else ""
        case RunCommand.CONTINUE:
            return _no_continuing(run) or busy
        case RunCommand.RENAME | RunCommand.DELETE:
            return "It is running: stop it first" if run.status is RunStatus.RUNNING else ""
        case RunCommand.COMMAND_LINE:
            return "Its settings cannot be read" if run.status is RunStatus.DAMAGED else ""
        case RunCommand.OPEN_FOLDER:
            return ""
        case RunCommand.RELEASE:
            return "" if run.is_in_use else "Its dictionary is not in use"


def name_objection(name: str, others: Iterable[str]) -> str:
    """Say why a run cannot have a name, as a sentence; empty if it can."""
    if not name:
        return "A run needs a name"
    if len(name) > _LONGEST_NAME:
        return f"A name may have {_LONGEST_NAME} letters"
    if any(letter in _FORBIDDEN or not letter.isprintable() for letter in name):
        return f"A name may have none of {' '.join(_FORBIDDEN)}"
    if name.startswith(".") or name.endswith((".", " ")):
        return "A name may not begin or end with a dot"
    if name.casefold() in {other.casefold() for other in others}:
        return f"There is a run {name} already"
    return ""


def _no_continuing(run: RunSummary) -> str:
    match run.status:
        case RunStatus.RUNNING:
            return "It is running"
        case RunStatus.FINISHED:
            ready = "It is finished"
            return ready if run.is_dictionary else f"{ready}: use its weights to start a new run"
        case RunStatus.DIVERGED:
            return "It diverged: start a new run with a lower rate"
        case RunStatus.DAMAGED:
            return "Its settings cannot be read"
        case _:
            return ""


def _progress(events: Sequence[TrainEvent]) -> tuple[int, float]:
    for event in reversed(events):
        if isinstance(event, StepDone | Validated | RunFinished):
            return int(event.backprops), float(event.seconds)
    return 0, 0.0


def _best(events: Iterable[TrainEvent]) -> float | None:
    measured = [float(event.psnr_db) for event in events if isinstance(event, Validated)]
    return max((value for value in measured if math.isfinite(value)), default=None)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _status(events: Sequence[TrainEvent], has_checkpoint: bool) -> RunStatus:
    """Return how a run stands that is not in progress: its last start or end tells."""
    marks = (event for event in reversed(events) if isinstance(event, RunStarted | RunFinished))
    last = next(marks, None)
    if isinstance(last, RunFinished):
        match last.reason:
            case StopReason.COMPLETED | StopReason.NO_GAIN:
                return RunStatus.FINISHED
            case StopReason.STOPPED:
                return RunStatus.STOPPED
            case StopReason.DIVERGED:
                return RunStatus.DIVERGED
    return RunStatus.CONTINUABLE if has_checkpoint else RunStatus.BROKEN_OFF


def _modified(folder: RunFolder) -> float:
    times = []
    for file in (folder.events, folder.config):
        try:
            times.append(file.stat().st_mtime)
        except OSError:
            continue
    return max(times, default=0.0)

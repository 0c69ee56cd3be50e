"""A run as a figure: its validation curve, and what it has to beat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srcnn.convergence_figure import ConvergenceContent, Curve, Level, save_convergence
from srcnn.errors import TrainingError
from srcnn.files import check_target
from srcnn.paper import printed_average
from trainer.events import RunStarted, Validated
from trainer.run_folder import RunFolder

if TYPE_CHECKING:
    from pathlib import Path


def convergence_of(folder: Path) -> ConvergenceContent:
    """Return the validation curve of a run with the line of bicubic.

    On Set5 the paper's lines of SC, where there is one, and SRCNN stand beside it.

    Raises
    ------
    TrainingError
        If nothing was validated there.
    """
    events = RunFolder(folder).read_events()
    started = next((event for event in events if isinstance(event, RunStarted)), None)
    points = {e.backprops: e.psnr_db for e in events if isinstance(e, Validated)}
    if started is None or not points:
        raise TrainingError(
            f"{folder} has no run that was validated",
            hint="Name the folder of a run, the one that has an events.jsonl.",
        )
    levels = [Level("bicubic", started.bicubic_db)]
    if started.paper_db is not None:
        sc = printed_average("Set5", started.scale, "sc")
        levels += [Level("SC, as the paper prints it", sc)] if sc is not None else []
        levels.append(Level("SRCNN, as the paper prints it", started.paper_db))
    times = "\N{MULTIPLICATION SIGN}"
    return ConvergenceContent(
        [Curve(f"SRCNN {started.network} {times}{started.scale}", sorted(points.items()))],
        levels,
        folder.resolve().name,
        f"PSNR in dB on {started.validation_name}",
    )


def save_run_figure(folder: Path, path: Path, *, overwrite: bool = True) -> None:
    """Draw the curve of a run into a .png or .pdf file.

    Raises
    ------
    TrainingError
        If nothing was validated there.
    OutputError
        If the file cannot be written, or exists and may not be replaced.
    """
    check_target(path, overwrite=overwrite)
    save_convergence(convergence_of(folder), path)

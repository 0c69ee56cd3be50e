"""What the training of a dictionary came to, read from its folder. No Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srcnn.errors import SrcnnError
from srcnn_gui.training.dictionary_values import NAMES
from srcnn_gui.training.run_summary import RunStatus, RunSummary
from trainer.dictionary_state import dictionary_file, read_state, state_file

if TYPE_CHECKING:
    from pathlib import Path


def summarise_dictionary(
    folder: Path, *, is_running: bool = False, is_in_use: bool = False
) -> RunSummary:
    """Read what a training came to; one that cannot be read is ``DAMAGED``.

    Never in the GUI thread.

    Parameters
    ----------
    folder : Path
        Where it keeps its files.
    is_running, is_in_use : bool
        Whether it is in progress, and whether methods use its dictionary: its files do not tell.
    """
    file = dictionary_file(folder)
    dictionary = file if file.is_file() else None
    try:
        config, state = read_state(folder)
    except SrcnnError as error:
        return RunSummary(
            folder,
            RunStatus.DAMAGED,
            weights=dictionary,
            modified=_modified(folder),
            problem=str(error),
            is_dictionary=True,
            is_in_use=is_in_use,
        )
    status = RunStatus.CONTINUABLE
    if dictionary is not None:
        is_whole = state.iteration >= config.iterations
        status = RunStatus.FINISHED if is_whole else RunStatus.STOPPED
    return RunSummary(
        folder,
        RunStatus.RUNNING if is_running else status,
        network=NAMES[config.method],
        scale=config.scale,
        preset=f"{config.atoms:,} atoms",
        seconds=state.seconds,
        weights=dictionary,
        modified=_modified(folder),
        is_dictionary=True,
        is_in_use=is_in_use,
        iteration=state.iteration,
        of=config.iterations,
        rmse=state.rmse if state.iteration else None,
        rmse_curve=state.curve,
    )


def _modified(folder: Path) -> float:
    try:
        return state_file(folder).stat().st_mtime
    except OSError:
        return 0.0

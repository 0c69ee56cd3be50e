"""The report of a queue: the engine's CSV, written from what is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srcnn.batch.events import Standing, TaskDone, TaskFailed, TaskNoted, TaskSkipped
from srcnn.batch.plan import Task
from srcnn.batch.report import BatchReport
from srcnn.safe_file import written_beside
from srcnn_gui.batch.rows import Outcome, State

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def write_report(path: Path, outcomes: Sequence[tuple[Path, Outcome]]) -> None:
    """Write a line of CSV for every picture that something has become of.

    Parameters
    ----------
    path : Path
        The file; one that is there is replaced.
    outcomes : sequence of (Path, Outcome)
        Pictures and what became of them, in order.

    Raises
    ------
    OutputError
        If it cannot be written; what was there is untouched.
    """
    with written_beside(path) as beside:
        report: BatchReport | None = None
        of: tuple[str, int] | None = None
        for picture, outcome in outcomes:
            if report is None or (outcome.method, outcome.scale) != of:
                of = outcome.method, outcome.scale
                report = BatchReport(beside, *of)
            event = _event(picture, outcome, len(outcomes))
            for note in outcome.notes:
                report.take(TaskNoted(event.task, note))
            report.take(event)
            if report.fault is not None:
                raise report.fault


def _event(picture: Path, outcome: Outcome, total: int) -> TaskDone | TaskSkipped | TaskFailed:
    """Return the event that told of an outcome."""
    task, standing = Task(picture, outcome.target), Standing(total)
    if outcome.state is State.DONE and outcome.before is not None and outcome.after is not None:
        sizes = outcome.before, outcome.after
        return TaskDone(task, *sizes, outcome.length, outcome.seconds, standing)
    if outcome.state is State.SKIPPED:
        return TaskSkipped(task, by_other=False, standing=standing)
    return TaskFailed(task, outcome.error, outcome.hint, outcome.seconds, standing)

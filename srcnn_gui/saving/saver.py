"""Saving results in the background."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from srcnn.bytes_text import bytes_text
from srcnn.output import save_enlargement
from srcnn_gui.job_bar import duration
from srcnn_gui.saving.replacement import Replacement

if TYPE_CHECKING:
    from collections.abc import Callable

    from srcnn_gui.jobs import Job, JobControl, JobService
    from srcnn_gui.saving.choices import SaveRequest


@dataclass(frozen=True, slots=True, eq=False)
class Saved:
    """A result that was saved, and what that took."""

    request: SaveRequest
    seconds: float
    file_bytes: int | None  # None if that cannot be told any more

    @property
    def sentence(self) -> str:
        """What it took, and what was expected if anything was."""
        took, length = duration(self.seconds), ""
        if self.file_bytes is not None:
            length = f", {bytes_text(self.file_bytes)}"
        expected = self.request.expected
        if expected is not None:
            took += f" (forecast {duration(expected.seconds)})"
            length += f" (forecast {bytes_text(expected.file_bytes)})" if length else ""
        return f"Saved {self.request.path.name} \N{EN DASH} {took}{length}"


class Saver(QObject):
    """Saves results, each as a job with progress and cancel."""

    saved = Signal(object)  # Saved
    failed = Signal(object)  # Exception
    cancelled = Signal()
    noted = Signal(str)  # in a sentence, that a device's memory did not suffice

    def __init__(self, jobs: JobService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs

    def save(self, request: SaveRequest) -> Job:
        """Compute and write the whole picture; a file is replaced when it is ready.

        Only the file that is there now is replaced: the user agreed to no other one.
        """
        replacement = Replacement.of(request.path)
        work = partial(_save, request, replacement, self.noted.emit)
        job = self._jobs.submit(f"Save {request.path.name}", work, visible=True)
        job.succeeded.connect(self._on_saved)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_cancelled)
        return job

    @Slot(object)
    def _on_saved(self, saved: Saved) -> None:
        self.saved.emit(saved)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self.failed.emit(error)

    @Slot()
    def _on_cancelled(self) -> None:
        self.cancelled.emit()


def _save(
    request: SaveRequest,
    replacement: Replacement,
    note: Callable[[str], object],
    control: JobControl,
) -> Saved:
    began = perf_counter()

    def should_stop() -> bool:
        if request.overwrite:
            replacement.check()
        return control.should_stop()

    save_enlargement(
        request.enlargement,
        request.path,
        metadata=request.metadata,
        overwrite=request.overwrite and replacement.seen is not None,
        options=request.options,
        size=request.size,
        progress=partial(_report, control),
        should_stop=should_stop,
        note=note,
    )
    seconds, file_bytes = perf_counter() - began, None
    with suppress(OSError):  # it is saved, whatever became of it since
        file_bytes = request.path.stat().st_size
    return Saved(request, seconds, file_bytes)


def _report(control: JobControl, done: int, total: int) -> None:
    stage = "computing" if done < total else "writing and verifying"
    control.progress(done, total, stage)

"""Saving results in the background."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from srcnn.output import FORMATS, SaveOptions, format_of, save_enlargement

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from srcnn.picture import Picture
    from srcnn.tiles import Enlargement
    from srcnn_gui.jobs import Job, JobControl, JobService

FILTERS = {
    ".png": "PNG, lossless (*.png)",
    ".tif": "TIFF, lossless (*.tif *.tiff)",
    ".jpg": "JPEG (*.jpg *.jpeg)",
    ".webp": "WebP (*.webp)",
}
"""What the save dialog offers, by the ending it adds."""


class Saver(QObject):
    """Saves results, each as a job with progress and cancel."""

    saved = Signal(object)  # Path
    failed = Signal(object)  # Exception
    cancelled = Signal()
    noted = Signal(str)  # in a sentence, that a device's memory did not suffice

    def __init__(self, jobs: JobService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs

    def save(
        self, enlargement: Enlargement, metadata: Picture | None, path: Path, quality: int
    ) -> Job:
        """Compute and write the whole picture; an existing file is replaced when it is ready.

        Whoever calls this has asked the user before replacing a file.
        """
        options = SaveOptions(quality)
        work = partial(_save, enlargement, metadata, path, options, self.noted.emit)
        job = self._jobs.submit(f"Save {path.name}", work, visible=True)
        job.succeeded.connect(self._on_saved)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_cancelled)
        return job

    @Slot(object)
    def _on_saved(self, path: Path) -> None:
        self.saved.emit(path)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self.failed.emit(error)

    @Slot()
    def _on_cancelled(self) -> None:
        self.cancelled.emit()


def with_suffix(path: Path, suffix: str) -> Path:
    """Return the path with an ending that can be written, added if it has none."""
    return path if path.suffix.lower() in FORMATS else path.with_name(path.name + suffix)


def losses(picture: Picture, path: Path) -> list[str]:
    """Return sentences on what the format cannot keep of a picture."""
    kept = format_of(path)
    found = []
    if picture.alpha is not None and not kept.alpha:
        found.append(f"{kept.name} has no transparency: the picture is put on white.")
    if picture.depth == 16 and not kept.deep:
        found.append(f"{kept.name} keeps 8 bits a channel: the picture has 16.")
    return found


def _save(
    enlargement: Enlargement,
    metadata: Picture | None,
    path: Path,
    options: SaveOptions,
    note: Callable[[str], object],
    control: JobControl,
) -> Path:
    save_enlargement(
        enlargement,
        path,
        metadata=metadata,
        overwrite=True,
        options=options,
        progress=partial(_report, control),
        should_stop=control.should_stop,
        note=note,
    )
    return path


def _report(control: JobControl, done: int, total: int) -> None:
    stage = "computing" if done < total else "writing and verifying"
    control.progress(done, total, stage)

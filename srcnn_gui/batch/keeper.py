"""Keeps the queue on the disk, now and then and in the background."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from srcnn.errors import DataError, SrcnnError
from srcnn_gui.batch.store import Kept, read, snapshot, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from srcnn_gui.jobs import Job, JobControl, JobService

log = logging.getLogger(__name__)

KEEP_MS = 3000
"""At most so much is lost if the program is killed; pictures that are done are skipped then."""


class Keeper(QObject):
    """Writes a snapshot a little after something changed, never two at a time.

    Parameters
    ----------
    jobs : JobService
        Where it is written.
    kept : callable
        Returns what is to be kept; it is put into plain values in the background.
    """

    restored = Signal(object)  # Kept
    failed = Signal(object)  # Exception: damaged, not to be read, or (said once) not to be written

    def __init__(
        self,
        jobs: JobService,
        kept: Callable[[], Kept],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._kept = kept
        self._file: Path | None = None
        self._job: Job | None = None
        self._is_changed = False
        self._has_failed = False
        self._is_read = False  # before that, what is there must not be replaced
        self._timer = QTimer(self, singleShot=True, interval=KEEP_MS)
        self._timer.timeout.connect(self._on_due)

    def open(self, file: Path) -> None:
        """Keep the queue in a file from now on, and read what is there."""
        self._file = file
        job = self._jobs.submit("Read the queue", partial(_read, file), may_hang=True)
        job.succeeded.connect(self._on_read)
        job.failed.connect(self._on_not_read)

    @Slot()
    def note_change(self) -> None:
        """Take in that there is something to be kept."""
        self._is_changed = True
        if self._is_read and self._job is None and not self._timer.isActive():
            self._timer.start()

    def shutdown(self) -> None:
        """Write what has changed, now; nothing is written any more afterwards."""
        self._timer.stop()
        file, self._file = self._file, None
        is_due = self._is_changed or self._job is not None
        if file is not None and self._is_read and is_due:
            try:
                _write(file, self._kept())
            except SrcnnError as error:
                log.warning("the queue was not kept: %s", error)

    @Slot()
    def _on_due(self) -> None:
        if self._file is None:
            return
        self._is_changed = False
        work = partial(_write, self._file, self._kept())
        job = self._job = self._jobs.submit("Keep the queue", work)
        job.succeeded.connect(self._on_kept)
        job.failed.connect(self._on_not_kept)
        job.ended.connect(self._on_written)

    @Slot()
    def _on_kept(self) -> None:
        self._has_failed = False

    @Slot(object)
    def _on_not_kept(self, error: Exception) -> None:
        """Say it, but not at every attempt; it is tried again."""
        self._is_changed = True
        if not self._has_failed:
            self._has_failed = True
            self.failed.emit(error)

    @Slot()
    def _on_written(self) -> None:
        self._job = None
        if self._is_changed:
            self.note_change()

    @Slot(object)
    def _on_read(self, kept: Kept) -> None:
        self._begin()
        self.restored.emit(kept)

    @Slot(object)
    def _on_not_read(self, error: Exception) -> None:
        if isinstance(error, DataError):  # it was set aside
            self._begin()
        self.failed.emit(error)

    def _begin(self) -> None:
        self._is_read = True
        if self._is_changed:
            self.note_change()


def _read(file: Path, _control: JobControl) -> Kept:
    return read(file)


def _write(file: Path, kept: Kept, _control: JobControl | None = None) -> None:
    write(file, snapshot(kept.choices, kept.rows))

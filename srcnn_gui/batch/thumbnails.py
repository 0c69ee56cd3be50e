"""Small copies of the pictures in sight, made one at a time in the background."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QPixmap

from srcnn.geometry import Size
from srcnn_gui.batch.facts import Examined, examine
from srcnn_gui.qimage import to_qimage

if TYPE_CHECKING:
    from pathlib import Path

    from srcnn_gui.batch.facts import Facts
    from srcnn_gui.jobs import Job, JobControl, JobService

MOST_KEPT = 600
"""Small copies that are kept: some tens of megabytes."""

MOST_WANTED = 60
"""Pictures that wait: about as many rows as a screen has; older wishes are out of sight."""

RATIO = 2.0
"""Pixels of a copy for one of the screen: sharp on most."""

ROOM = Size(56, 40)
"""What a copy is shown in, in pixels of the screen at 100 %."""


class Thumbnails(QObject):
    """Examines pictures, those that were wanted last first.

    Parameters
    ----------
    jobs : JobService
        Where they are read.
    max_megapixels : float
        Larger pictures are not read.
    """

    examined = Signal(object, object)  # Path, Facts
    failed = Signal(object, object)  # Path, Exception

    def __init__(
        self, jobs: JobService, max_megapixels: float, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._max_megapixels = max_megapixels
        self._jobs = jobs
        self._job: Job | None = None
        self._path: Path | None = None
        self._is_closed = False
        self._kept: OrderedDict[Path, tuple[QPixmap, Facts]] = OrderedDict()
        self._wanted: OrderedDict[Path, None] = OrderedDict()

    def get(self, path: Path) -> QPixmap | None:
        """Return the small copy of a picture; None if there is none yet, then it is made."""
        kept = self._kept.get(path)
        if kept is not None:
            self._kept.move_to_end(path)
            return kept[0]
        if path != self._path:
            self._wanted[path] = None
            self._wanted.move_to_end(path)
            if len(self._wanted) > MOST_WANTED:
                self._wanted.popitem(last=False)
            self._begin()
        return None

    def facts_of(self, path: Path) -> Facts | None:
        """Return what is known of a picture whose small copy there is."""
        kept = self._kept.get(path)
        return None if kept is None else kept[1]

    def shutdown(self) -> None:
        """Make nothing more."""
        self._is_closed = True

    def _begin(self) -> None:
        if self._job is not None or self._is_closed or not self._wanted:
            return
        path = self._path = self._wanted.popitem()[0]
        work = partial(_examine, path, self._max_megapixels)
        job = self._job = self._jobs.submit(f"Look at {path.name}", work, may_hang=True)
        job.succeeded.connect(self._on_succeeded)
        job.failed.connect(self._on_failed)
        job.ended.connect(self._on_ended)

    @Slot(object)
    def _on_succeeded(self, found: tuple[Path, Examined]) -> None:
        path, examined = found
        self._kept[path] = _pixmap(examined), examined.facts
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        self.examined.emit(path, examined.facts)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        if self._path is not None:
            self.failed.emit(self._path, error)

    @Slot()
    def _on_ended(self) -> None:
        self._job = self._path = None
        self._begin()


def _examine(path: Path, max_megapixels: float, _control: JobControl) -> tuple[Path, Examined]:
    most = Size(round(ROOM.width * RATIO), round(ROOM.height * RATIO))
    return path, examine(path, most, max_megapixels)


def _pixmap(examined: Examined) -> QPixmap:
    pixels = examined.thumbnail
    has_alpha = pixels.ndim == 3 and pixels.shape[2] == 4
    image = to_qimage(pixels[..., :3], pixels[..., 3]) if has_alpha else to_qimage(pixels)
    pixmap = QPixmap.fromImage(image)
    is_large = pixmap.width() > ROOM.width or pixmap.height() > ROOM.height
    pixmap.setDevicePixelRatio(RATIO if is_large else 1.0)
    return pixmap

"""Looking through a folder of pictures in the background: what is in it, and small versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from srcnn.picture import load_picture
from srcnn_gui.qimage import to_qimage
from trainer.folder_check import FolderReport, check_folder

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QImage

    from srcnn_gui.jobs import JobControl
    from trainer.config import TrainConfig

MOST_THUMBNAILS = 24
THUMBNAIL_SIDE = 64

_TIMES = "\N{MULTIPLICATION SIGN}"
DOT = " \N{MIDDLE DOT} "


@dataclass(frozen=True, slots=True, eq=False)
class CheckedFolder:
    """What was found in a folder, and small versions of its first pictures with their names."""

    report: FolderReport
    thumbnails: tuple[tuple[str, QImage], ...]


def look_through(config: TrainConfig, control: JobControl) -> CheckedFolder:
    """Read every picture of the folder that is learnt from.

    Raises
    ------
    DataError
        If there is no such folder, or no picture in it.
    Cancelled
        If the job is.
    """

    def report(done: int, total: int) -> None:
        control.progress(done, total, "reading pictures")

    found = check_folder(config.data, config, should_stop=control.should_stop, report=report)
    thumbnails = []
    for path in found.usable[:MOST_THUMBNAILS]:
        if control.should_stop():
            break
        thumbnails.append((path.name, thumbnail(path)))
    return CheckedFolder(found, tuple(thumbnails))


def thumbnail(path: Path) -> QImage:
    """Return a picture reduced to fit a square of ``THUMBNAIL_SIDE`` pixels, twice that inside."""
    image = Image.fromarray(load_picture(path).to_uint8())
    image.thumbnail((2 * THUMBNAIL_SIDE, 2 * THUMBNAIL_SIDE), reducing_gap=2.0)
    return to_qimage(np.asarray(image))


def summary(report: FolderReport) -> tuple[str, ...]:
    """Return number of pictures, megapixels, smallest and largest size, number of sub-images.

    Blanks inside of a part are such that no line is broken there.
    """
    count = len(report.usable)
    parts = [f"{count:,} picture{'' if count == 1 else 's'}", f"{report.megapixels:.1f} MP"]
    if report.smallest is not None and report.largest is not None:
        sizes = [
            f"{size.width} {_TIMES} {size.height}" for size in (report.smallest, report.largest)
        ]
        parts.append(" to ".join(dict.fromkeys(sizes)))
    parts.append(f"{report.sub_images:,} sub-images")
    return tuple(part.replace(" ", "\N{NO-BREAK SPACE}") for part in parts)


def why_useless(report: FolderReport, config: TrainConfig) -> str:
    """Return a sentence if nothing can be learnt from the pictures, else an empty text."""
    where = " + ".join(folder.name for folder in config.data) or "the samples"
    if not report.usable:
        return (
            f"No picture in {where} can be learnt from: each has to hold a sub-image of "
            f"{config.crop} pixels. Choose another folder."
        )
    if len(report.usable) == 1 and config.validation is None:
        return (
            "One picture is not enough to learn from and to validate on. Add pictures, or choose "
            "a folder of others to validate on."
        )
    return ""


def explain_skipped(count: int) -> str:
    """Return how many files are left out."""
    return f"{count:,} file{' is' if count == 1 else 's are'} left out"

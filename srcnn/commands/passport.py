"""``srcnn passport``: how far the averages of a folder move with the protocol."""

from __future__ import annotations

from math import isfinite
from statistics import fmean
from typing import TYPE_CHECKING

from srcnn.commands.terminal import note, progress_bar, say, show_table
from srcnn.errors import SrcnnError
from srcnn.files import list_pictures
from srcnn.metrics import Protocol
from srcnn.padding import Padding
from srcnn.passport import passport
from srcnn.picture import load_picture
from srcnn.report import decibels
from srcnn.resize import Border

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from srcnn.method import Method
    from srcnn.passport import Stamp


def run(
    folder: Path,
    scale: int,
    methods: Mapping[str, Mapping[Border, Method]],
    max_megapixels: float,
    padding: Padding = Padding.REPLICATE,
) -> int:
    """Measure each method by all protocols, print the averages and return the exit code.

    Parameters
    ----------
    folder : Path
        Pictures.
    scale : int
        Enlargement factor.
    methods : Mapping
        By id, and by border rule of bicubic.
    max_megapixels : float
        Larger pictures are left out.
    padding : Padding
        What networks among them see outside the picture.

    Raises
    ------
    SrcnnError
        If there is no picture; one that cannot be used makes the exit code 1.
    """
    found: dict[str, list[list[Stamp]]] = {name: [] for name in methods}
    skipped = []
    paths = list_pictures(folder)
    with progress_bar(folder.name) as advance:
        for number, path in enumerate(paths):
            try:
                picture = load_picture(path, max_megapixels=max_megapixels)
                measured = {name: passport(picture, scale, each) for name, each in methods.items()}
            except SrcnnError as error:
                skipped.append(f"{path.name}: {error}")
            else:
                for name, stamps in measured.items():
                    found[name].append(stamps)
            advance(number + 1, len(paths))
    for name, pictures in found.items():
        if pictures:
            count = f"{len(pictures)} picture{'s' if len(pictures) > 1 else ''}"
            title = f"{name} \N{MULTIPLICATION SIGN}{scale}, {count}"
            heading = ("protocol", "PSNR dB", "moves by", "SSIM", "moves by")
            show_table(title, heading, _lines(pictures))
    say(f"The paper's protocol: {Protocol(shave=scale, padding=padding).describe()}.")
    for reason in skipped:
        note(f"skipped: {reason}")
    return 1 if skipped else 0


def _lines(pictures: Sequence[Sequence[Stamp]]) -> list[list[str]]:
    """Return a line a protocol: averages, and how far they are from the first one's."""
    lines = []
    first = pictures[0][0]
    for column, stamp in enumerate(pictures[0]):
        cells = [stamp.protocol]
        for name, digits in (("psnr_db", 2), ("ssim", 4)):
            values = [getattr(picture[column], name) for picture in pictures]
            if None in values:
                cells += ["", ""]
                continue
            mean = fmean(values)
            moved = mean - fmean(getattr(picture[0], name) for picture in pictures)
            cells.append(f"{mean:.{digits}f}" if isfinite(mean) else decibels(mean))
            is_shift = stamp is not first and isfinite(moved)
            cells.append(f"{round(moved, digits) or 0.0:+.{digits}f}" if is_shift else "")
        lines.append(cells)
    return lines

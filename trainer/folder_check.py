"""What a folder of pictures is good for, before anything is learnt from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from srcnn.errors import Cancelled, PictureError
from srcnn.geometry import Size
from srcnn.picture import load_picture
from trainer.events import Skipped
from trainer.pictures import list_folders, why_unusable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from trainer.config import TrainConfig


@dataclass(frozen=True, slots=True)
class FolderReport:
    """What was found.

    Attributes
    ----------
    usable : tuple of Path
        Pictures that can be learnt from, in the order of their names.
    skipped : tuple of Skipped
        Files that cannot be read or are too small.
    smallest, largest : Size or None
        Pixels of the smallest and the largest usable picture, by area.
    megapixels : float
        Of all usable pictures.
    sub_images : int
        Positions of a sub-image in them: on the grid, or anywhere, as ``sampling`` says; at
        full size, not turned.
    """

    usable: tuple[Path, ...]
    skipped: tuple[Skipped, ...]
    smallest: Size | None
    largest: Size | None
    megapixels: float
    sub_images: int


def check_folder(
    folders: Sequence[Path],
    config: TrainConfig,
    *,
    should_stop: Callable[[], bool] = lambda: False,
    report: Callable[[int, int], object] = lambda _done, _total: None,
) -> FolderReport:
    """Read every picture of some folders once, and tell what they are good for.

    Parameters
    ----------
    folders : Sequence of Path
        Searched with their sub-folders; none stands for the pictures that come with the program.
    config : TrainConfig
        Scale, size of a sub-image and sampling.
    should_stop : callable
        Asked before each picture.
    report : callable
        Told after each picture how many are read, and of how many.

    Raises
    ------
    DataError
        If a folder is not there, or no picture is in it by name.
    Cancelled
        If ``should_stop`` said so.
    """
    files = list_folders(folders)
    usable: list[tuple[Size, Path]] = []
    skipped: list[Skipped] = []
    sub_images = 0
    for done, file in enumerate(files):
        if should_stop():
            raise Cancelled
        try:
            size = load_picture(file.path).size
        except PictureError as error:
            skipped.append(Skipped(file.name, str(error)))
        else:
            kept = size.modcropped(config.scale)
            if reason := why_unusable(file.path.name, size, config):
                skipped.append(Skipped(file.name, reason))
            else:
                usable.append((size, file.path))
                sub_images += config.positions(kept.height) * config.positions(kept.width)
        report(done + 1, len(files))
    by_area = sorted((size for size, _ in usable), key=lambda size: size.pixels)
    return FolderReport(
        usable=tuple(path for _, path in usable),
        skipped=tuple(skipped),
        smallest=by_area[0] if by_area else None,
        largest=by_area[-1] if by_area else None,
        megapixels=sum(size.pixels for size in by_area) / 1e6,
        sub_images=sub_images,
    )

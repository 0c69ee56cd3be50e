"""Pictures as a network meets them: the original, and its low resolution brought back to size."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from srcnn.colour import luma_bytes
from srcnn.degrade import degrade, modcrop
from srcnn.errors import DataError, PictureError
from srcnn.files import list_pictures
from srcnn.geometry import Size
from srcnn.metrics import to_bytes
from srcnn.picture import load_picture
from srcnn.resize import imresize
from srcnn.samples import SAMPLES
from trainer.events import Skipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from srcnn.types import Planes
    from trainer.config import TrainConfig

LARGEST_SIDE = 1024
"""Of a larger picture a piece of so many pixels a side is taken, so that none fills the memory."""

_FEWEST_HELD_OUT = 3
"""Pictures, if there are three times as many: one alone says little."""

_HELD_OUT_ROOM = 12_000_000
_MOST_HELD_OUT = 100
"""Pixels and pictures that validation reads at the most: it is repeated all through a run."""


@dataclass(frozen=True, slots=True, order=True)
class PictureFile:
    """A file that should be a picture; ``name`` is its path below the folder."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """One picture as a network meets it.

    Attributes
    ----------
    name : str
        Path below its folder.
    truth : uint8, (C, H, W)
        Luma (C = 1) or RGB (C = 3) of the original, modcropped.
    enlarged : Planes, (C, H, W)
        Its low resolution brought back to full size by bicubic, not clipped.
    """

    name: str
    truth: NDArray[np.uint8]
    enlarged: Planes

    @property
    def nbytes(self) -> int:
        """Memory it takes."""
        return self.truth.nbytes + self.enlarged.nbytes


def list_folders(folders: Sequence[Path]) -> list[PictureFile]:
    """Return every file that should be a picture, folder by folder in the order of their names.

    Parameters
    ----------
    folders : Sequence of Path
        Searched with their sub-folders; none stands for the pictures that come with the program.

    Raises
    ------
    DataError
        If a folder is not there, or no picture is in it by name.
    """
    if not folders and not SAMPLES:
        raise DataError(
            "The pictures that come with the program are not there",
            hint="Choose a folder of pictures.",
        )
    if not folders:
        return [PictureFile(sample.path.name, sample.path) for sample in SAMPLES]
    return [
        PictureFile(
            path.relative_to(folder.parent if len(folders) > 1 else folder).as_posix(), path
        )
        for folder in folders
        for path in list_pictures(folder)
    ]


def split(
    files: Sequence[PictureFile], share: float, seed: int
) -> tuple[list[PictureFile], list[PictureFile]]:
    """Hold out whole pictures, drawn by ``seed``.

    Returns
    -------
    training, held_out : list of PictureFile
        In their old order; at least one of each. Three are held out if there are nine or more
        pictures, and no more than 100.

    Raises
    ------
    DataError
        If there is only one picture.
    """
    if len(files) < 2:
        raise DataError(
            "One picture is not enough to train and to validate on",
            hint="Add pictures, or name a folder of others to validate on.",
        )
    fewest = max(1, min(_FEWEST_HELD_OUT, len(files) // 3))
    count = min(max(fewest, round(share * len(files))), len(files) - 1, _MOST_HELD_OUT)
    chosen = set(np.random.default_rng((seed, 1)).permutation(len(files))[:count].tolist())
    held_out = [file for index, file in enumerate(files) if index in chosen]
    return [file for index, file in enumerate(files) if index not in chosen], held_out


def read_validation(
    files: Iterable[PictureFile], config: TrainConfig
) -> tuple[list[Pair], list[Skipped]]:
    """Read the pictures to validate on, whole up to a megapixel each.

    Raises
    ------
    DataError
        If none is usable.
    """
    pairs: list[Pair] = []
    skipped: list[Skipped] = []
    room = _HELD_OUT_ROOM
    for file in files:
        try:
            pair = make_pair(file.name, _centre(read_planes(file, config)), config)
        except PictureError as error:
            skipped.append(Skipped(file.name, str(error)))
            continue
        if pairs and (len(pairs) == _MOST_HELD_OUT or pair.truth.size > room):
            break
        pairs.append(pair)
        room -= pair.truth.size
    if not pairs:
        raise no_usable_picture("to validate on", skipped, config)
    return pairs, skipped


def read_versions(
    file: PictureFile, config: TrainConfig, rng: np.random.Generator
) -> tuple[list[Pair], bool]:
    """Read one picture, at every size of ``config.rescales`` that still holds a sub-image.

    Returns
    -------
    pairs : list of Pair
        At least one.
    is_whole : bool
        False if it is so large that only a piece was taken, where ``rng`` says.

    Raises
    ------
    PictureError
        If it cannot be read or is too small.
    """
    planes = read_planes(file, config)
    piece = _piece(planes, rng)
    versions = []
    for size in config.rescales:
        pair = make_pair(file.name, piece if size == 1 else _shrunk(piece, size, config), config)
        if min(pair.truth.shape[1:]) >= config.crop:
            versions.append(pair)
    if not versions:
        raise PictureError(f"{file.path.name} is too small at the sizes it would be seen at")
    return versions, piece.shape == planes.shape


def read_planes(file: PictureFile, config: TrainConfig) -> NDArray[np.uint8]:
    """Read luma (1, H, W) or RGB (3, H, W) of one picture.

    Raises
    ------
    PictureError
        If it cannot be read or is too small.
    """
    picture = load_picture(file.path)
    if reason := why_unusable(file.path.name, picture.size, config):
        raise PictureError(reason)
    pixels = picture.to_uint8()
    if config.spec.channels == 1:
        return luma_bytes(pixels)[np.newaxis]
    rgb = pixels if pixels.ndim == 3 else np.repeat(pixels[:, :, np.newaxis], 3, axis=2)
    return np.ascontiguousarray(rgb.transpose(2, 0, 1))


def why_unusable(name: str, size: Size, config: TrainConfig) -> str:
    """Return a sentence if a picture of that size holds no sub-image, else an empty text."""
    kept = size.modcropped(config.scale)
    if min(kept.width, kept.height) >= config.crop:
        return ""
    return f"{name} has {size} pixels, less than a sub-image of {config.crop}"


def make_pair(name: str, planes: NDArray[np.uint8], config: TrainConfig) -> Pair:
    """Degrade planes (C, H, W) and bring them back to size by bicubic."""
    truth = modcrop(planes.transpose(1, 2, 0), config.scale).transpose(2, 0, 1)
    scaled = truth.astype(np.float32) / np.float32(255)
    low = degrade(scaled, config.scale, config.degradation, config.border)
    return Pair(name, truth, imresize(low, config.scale, border=config.border))


def no_usable_picture(where: str, skipped: Sequence[Skipped], config: TrainConfig) -> DataError:
    """Return the sentence for a folder with nothing usable."""
    hint = f"Choose a folder with PNG, JPEG, TIFF, WebP or BMP files of {config.crop} pixels up."
    if skipped:
        hint = f"The first of {len(skipped)} files: {skipped[0].reason}."
    return DataError(f"There is no usable picture {where}", hint=hint)


def _shrunk(planes: NDArray[np.uint8], size: float, config: TrainConfig) -> NDArray[np.uint8]:
    """Shrink the original, and round it as a file would be."""
    factor = Fraction(size).limit_denominator(100)
    smaller = imresize(planes.astype(np.float32) / np.float32(255), factor, border=config.border)
    return to_bytes(smaller)


def _piece(planes: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return a piece of at most ``LARGEST_SIDE`` pixels a side, anywhere."""
    height, width = planes.shape[1:]
    top, left = rng.integers(np.maximum(1, np.array((height, width)) - LARGEST_SIDE + 1))
    return planes[:, top : top + LARGEST_SIDE, left : left + LARGEST_SIDE]


def _centre(planes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the central piece of at most ``LARGEST_SIDE`` pixels a side."""
    top, left = (max(0, length - LARGEST_SIDE) // 2 for length in planes.shape[1:])
    return planes[:, top : top + LARGEST_SIDE, left : left + LARGEST_SIDE]

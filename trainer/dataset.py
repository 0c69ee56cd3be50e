"""From a folder of pictures to sub-images: what the network sees, and what it should have made."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from srcnn.degrade import luma_pair
from srcnn.errors import DataError, PictureError
from srcnn.metrics import to_bytes
from srcnn.picture import SUFFIXES, load_picture
from srcnn.resize import imresize
from trainer.events import Skipped

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from srcnn.types import BytePlane, Plane
    from trainer.config import TrainConfig


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """One picture as a network meets it.

    Attributes
    ----------
    name : str
        Path below its folder.
    truth : BytePlane, (H, W)
        Luma of the original, modcropped.
    enlarged : Plane, (H, W)
        Its low resolution brought back to full size by bicubic, not clipped.
    """

    name: str
    truth: BytePlane
    enlarged: Plane


@dataclass(frozen=True, slots=True)
class TrainingData:
    """What a run learns from and is validated on.

    Attributes
    ----------
    training, validation : tuple of Pair
        Pictures; no one is in both.
    skipped : tuple of Skipped
        Files that are no use.
    """

    training: tuple[Pair, ...]
    validation: tuple[Pair, ...]
    skipped: tuple[Skipped, ...]

    @property
    def digest(self) -> str:
        """Hash of all pictures in order: tells whether they have changed."""
        hasher = hashlib.sha256()
        for pair in (*self.training, *self.validation):
            hasher.update(repr((pair.name, pair.truth.shape)).encode())
            hasher.update(pair.truth.tobytes())
        return hasher.hexdigest()


def load_training_data(config: TrainConfig) -> TrainingData:
    """Read the folders of a run; without one for validation, hold some pictures out.

    Raises
    ------
    DataError
        If a folder is missing or holds nothing usable.
    """
    pairs, skipped = load_folder(config.data, config)
    if config.validation is None:
        training, validation = split(pairs, config.held_out, config.seed)
    else:
        training = pairs
        validation, more = load_folder(config.validation, config)
        skipped += more
    return TrainingData(tuple(training), tuple(validation), tuple(skipped))


def load_folder(folder: Path, config: TrainConfig) -> tuple[list[Pair], list[Skipped]]:
    """Read every picture below ``folder``, in the order of their names.

    Parameters
    ----------
    folder : Path
        Searched with its sub-folders; files that are no pictures by name are passed over.
    config : TrainConfig
        Scale, degradation, border rule and size of a sub-image: a smaller picture is skipped.

    Returns
    -------
    pairs : list of Pair
        At least one.
    skipped : list of Skipped
        Pictures that cannot be read or are too small.

    Raises
    ------
    DataError
        If there is no such folder, or nothing usable in it.
    """
    if not folder.is_dir():
        raise DataError(f"There is no folder {folder}", hint="Check the name.")
    pairs: list[Pair] = []
    skipped: list[Skipped] = []
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in SUFFIXES or not path.is_file():
            continue
        name = path.relative_to(folder).as_posix()
        try:
            pairs.append(_read(path, name, config))
        except PictureError as error:
            skipped.append(Skipped(name, str(error)))
    if not pairs:
        raise DataError(
            f"There is no usable picture in {folder}",
            hint=_why_nothing(skipped, config.crop),
        )
    return pairs, skipped


def split(pairs: Sequence[Pair], share: float, seed: int) -> tuple[list[Pair], list[Pair]]:
    """Hold out whole pictures, drawn by ``seed``.

    Returns
    -------
    training, held_out : list of Pair
        In their old order; at least one of each.

    Raises
    ------
    DataError
        If there is only one picture.
    """
    if len(pairs) < 2:
        raise DataError(
            "One picture is not enough to train and to validate on",
            hint="Add pictures, or name a folder of others to validate on.",
        )
    count = min(max(1, round(share * len(pairs))), len(pairs) - 1)
    chosen = set(np.random.default_rng((seed, 1)).permutation(len(pairs))[:count].tolist())
    held_out = [pair for index, pair in enumerate(pairs) if index in chosen]
    return [pair for index, pair in enumerate(pairs) if index not in chosen], held_out


def rescaled(pairs: Sequence[Pair], config: TrainConfig) -> list[Pair]:
    """Return each picture at every size of ``config.rescales`` that still holds a sub-image."""
    versions = []
    for pair in pairs:
        for size in config.rescales:
            version = pair if size == 1 else _shrunk(pair, size, config)
            if min(version.truth.shape) >= config.crop:
                versions.append(version)
    return versions


class Crops:
    """Draws sub-images: every position of every picture alike, turned and mirrored at random.

    Parameters
    ----------
    pairs : Sequence of Pair
        Each at least ``crop`` pixels wide and high.
    crop : int
        Side of a sub-image in pixels.
    halo : int
        Pixels that valid convolutions lose on each side.
    """

    def __init__(self, pairs: Sequence[Pair], crop: int, halo: int) -> None:
        self._pairs = pairs
        self._crop = crop
        self._halo = halo
        positions = np.array([np.prod(np.array(pair.truth.shape) - crop + 1) for pair in pairs])
        self._until = np.cumsum(positions / positions.sum())

    def sample(
        self, rng: np.random.Generator, count: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Draw a batch.

        Returns
        -------
        low : float32, (count, 1, crop, crop)
            Bicubic enlargement.
        truth : float32, (count, 1, crop - 2 halo, crop - 2 halo)
            The original under the centre of each, in [0, 1].
        """
        crop, halo = self._crop, self._halo
        inner = crop - 2 * halo
        low = np.empty((count, 1, crop, crop), np.float32)
        truth = np.empty((count, 1, inner, inner), np.float32)
        chosen = np.searchsorted(self._until[:-1], rng.random(count), side="right")
        corners, turns = rng.random((count, 2)), rng.integers(8, size=count)
        for i, (which, corner, turn) in enumerate(zip(chosen, corners, turns, strict=True)):
            pair = self._pairs[which]
            height, width = pair.truth.shape
            top, left = int(corner[0] * (height - crop + 1)), int(corner[1] * (width - crop + 1))
            seen = pair.enlarged[top : top + crop, left : left + crop]
            wanted = pair.truth[top : top + crop, left : left + crop]
            low[i, 0] = turned(seen, turn)
            truth[i, 0] = turned(wanted[halo : crop - halo, halo : crop - halo], turn)
        truth /= np.float32(255)
        return low, truth


def turned(
    plane: NDArray[np.float32] | NDArray[np.uint8], turn: int
) -> NDArray[np.float32] | NDArray[np.uint8]:
    """Return one of the eight flips and quarter turns (0..7) of ``plane``, as a view."""
    if turn & 1:
        plane = plane[::-1]
    if turn & 2:
        plane = plane[:, ::-1]
    return plane.T if turn & 4 else plane


def _read(path: Path, name: str, config: TrainConfig) -> Pair:
    """Read one picture.

    Raises
    ------
    PictureError
        If it cannot be read or is too small.
    """
    picture = load_picture(path)
    size = picture.size.modcropped(config.scale)
    if min(size.width, size.height) < config.crop:
        raise PictureError(
            f"{path.name} has {picture.size} pixels, less than a sub-image of {config.crop}"
        )
    return _pair(name, picture.to_uint8(), config)


def _pair(name: str, pixels: NDArray[np.uint8], config: TrainConfig) -> Pair:
    truth, low = luma_pair(pixels, config.scale, config.degradation, config.border)
    return Pair(name, truth, imresize(low, config.scale, border=config.border))


def _shrunk(pair: Pair, size: float, config: TrainConfig) -> Pair:
    """Shrink the original, round it as a file would be, and degrade that."""
    factor = Fraction(size).limit_denominator(100)
    plane = pair.truth.astype(np.float32) / np.float32(255)
    smaller = to_bytes(imresize(plane, factor, border=config.border))
    return _pair(f"{pair.name} at {size:g}", smaller, config)


def _why_nothing(skipped: Sequence[Skipped], crop: int) -> str:
    if skipped:
        return f"The first of {len(skipped)} files: {skipped[0].reason}."
    return f"Choose a folder with PNG, JPEG, TIFF, WebP or BMP files of {crop} pixels and more."

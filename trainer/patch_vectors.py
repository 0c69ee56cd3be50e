"""What K-SVD dictionaries are learnt from: features of patches, and the detail that is missing.

The recipe is that of Zeyde et al. (2010) as Timofte et al. (2013) published it: see
``srcnn.patches`` for the patches and their order.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from srcnn.degrade import luma_pair
from srcnn.errors import DataError, PictureError
from srcnn.patches import SIDE, difference_maps, project
from srcnn.picture import load_picture
from srcnn.resize import imresize
from trainer.events import Skipped
from trainer.pictures import LARGEST_SIDE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from srcnn.types import BytePlane, Plane
    from trainer.pictures import PictureFile

STEP = 2
"""Low-resolution pixels from one patch to the next: they overlap by one."""

MOST = 1_000_000
"""Patches that are learnt from; of more, so many are drawn."""

_LOST_ENERGY = 0.001
_NEEDED = 5
"""Low-resolution pixels a side of the smallest picture that holds a patch."""


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """What one look at all pictures tells.

    Attributes
    ----------
    usable : tuple of PictureFile
        Pictures that hold a patch.
    skipped : tuple of Skipped
        The others.
    patches : int
        In all of them.
    digest : str
        SHA-256 of all luma as hexadecimal text.
    projection : float64, (36 * scale * scale, features)
        To the principal components that keep 99.9 % of the energy, the weakest first.
    """

    usable: tuple[PictureFile, ...]
    skipped: tuple[Skipped, ...]
    patches: int
    digest: str
    projection: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class PatchVectors:
    """Training vectors.

    Attributes
    ----------
    features : float64, (N, features)
        Principal components of the four difference maps of a patch.
    details : float32, (N, 9 * scale * scale)
        Original minus bicubic, column by column.
    """

    features: NDArray[np.float64]
    details: NDArray[np.float32]


class Surveyor:
    """Looks at one picture after the other; ``survey`` tells what was seen."""

    def __init__(self, scale: int) -> None:
        self._scale = scale
        self._energy = np.zeros((36 * scale * scale,) * 2)
        self._digest = hashlib.sha256(f"{scale}".encode())
        self._usable: list[PictureFile] = []
        self._skipped: list[Skipped] = []
        self._patches = 0

    def look(self, file: PictureFile) -> None:
        """Add one picture, or note why it is no use."""
        try:
            truth, middle = _read(file, self._scale)
        except PictureError as error:
            self._skipped.append(Skipped(file.name, str(error)))
            return
        maps = difference_maps(middle, self._scale)
        seen = np.concatenate([_patches(plane, self._scale) for plane in maps], axis=1)
        self._energy += seen.T @ seen
        self._patches += len(seen)
        self._digest.update(f"{truth.shape}".encode() + truth.tobytes())
        self._usable.append(file)

    def survey(self) -> Survey:
        """Return what was seen.

        Raises
        ------
        DataError
            If no picture is of use.
        """
        if not self._usable or not self._energy.any():
            hint = "Choose a folder of photographs, PNG or BMP best."
            if self._skipped:
                first = self._skipped[0].reason
                hint = f"The first of {len(self._skipped)} files: {first}."
            raise DataError("There is no usable picture to learn from", hint=hint)
        values, vectors = np.linalg.eigh(self._energy)
        lost = np.cumsum(np.maximum(values, 0)) / np.maximum(values, 0).sum()
        kept = np.ascontiguousarray(vectors[:, lost >= _LOST_ENERGY])
        return Survey(
            tuple(self._usable), tuple(self._skipped), self._patches, self._digest.hexdigest(), kept
        )


def read_vectors(survey: Survey, scale: int, seed: int) -> PatchVectors:
    """Read the pictures again, and return the features and details of their patches.

    Parameters
    ----------
    survey : Survey
        Of the pictures.
    scale : int
        Enlargement factor.
    seed : int
        Draws ``MOST`` patches if there are more.

    Raises
    ------
    PictureError
        If a picture is not there any more.
    """
    wanted = np.arange(survey.patches)
    if survey.patches > MOST:
        rng = np.random.default_rng((seed, survey.patches))
        wanted = np.sort(rng.choice(survey.patches, MOST, replace=False))
    features = np.empty((len(wanted), survey.projection.shape[1]))
    details = np.empty((len(wanted), SIDE * SIDE * scale * scale), np.float32)
    done = first = 0
    for found, missing in _vectors(survey, scale):
        stop = int(np.searchsorted(wanted, first + len(found)))
        chosen = wanted[done:stop] - first
        features[done:stop], details[done:stop] = found[chosen], missing[chosen]
        done, first = stop, first + len(found)
    return PatchVectors(features, details)


def _vectors(
    survey: Survey, scale: int
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float32]]]:
    for file in survey.usable:
        truth, middle = _read(file, scale)
        found = project(difference_maps(middle, scale), survey.projection, scale)
        missing = truth.astype(np.float32) / np.float32(255) - middle
        inner = missing[scale:-scale, scale:-scale]
        yield found[::STEP, ::STEP].reshape(-1, found.shape[2]), _patches(inner, scale)


def _read(file: PictureFile, scale: int) -> tuple[BytePlane, Plane]:
    """Return luma, modcropped, and its low resolution brought back to size.

    Of a picture of more than ``LARGEST_SIDE`` pixels a side, the central piece.

    Raises
    ------
    PictureError
        If it cannot be read, or holds no patch.
    """
    pixels = load_picture(file.path).to_uint8()
    if min(pixels.shape[:2]) < _NEEDED * scale:
        raise PictureError(f"{file.path.name} holds no patch: it is less than {_NEEDED * scale} px")
    top, left = (max(0, length - LARGEST_SIDE) // 2 for length in pixels.shape[:2])
    piece = pixels[top : top + LARGEST_SIDE, left : left + LARGEST_SIDE]
    truth, low = luma_pair(piece, scale)
    return truth, imresize(low, scale)


def _patches(plane: NDArray[np.floating], scale: int) -> NDArray[np.floating]:
    """Return the patches of a plane that lacks the rim, each column by column."""
    side = SIDE * scale
    windows = sliding_window_view(plane, (side, side))[:: STEP * scale, :: STEP * scale]
    return windows.swapaxes(-1, -2).reshape(-1, side * side)

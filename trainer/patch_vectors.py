"""What K-SVD dictionaries are learnt from: features of patches, and the detail that is missing.

The recipe is that of Zeyde et al. (2010) as Timofte et al. (2013) published it: see
``srcnn.patches`` for the patches and their order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from typing_extensions import override

from srcnn.degrade import luma_pair
from srcnn.patches import SIDE, difference_maps, project
from srcnn.resize import imresize
from trainer.survey import Surveyor, central_piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from srcnn.types import BytePlane, Plane
    from trainer.pictures import PictureFile
    from trainer.survey import Survey

STEP = 2
"""Low-resolution pixels from one patch to the next: they overlap by one."""

MOST = 1_000_000
"""Patches that are learnt from; of more, so many are drawn."""

_LOST_ENERGY = 0.001


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


class LumaSurveyor(Surveyor):
    """Adds up the energy of the features, whose principal components are kept."""

    kind = ""

    def __init__(self, scale: int) -> None:
        super().__init__(scale)
        self._energy = np.zeros((36 * scale * scale,) * 2)

    @override
    def see(self, file: PictureFile) -> tuple[BytePlane, int]:
        truth, middle = _read(file, self.scale)
        maps = difference_maps(middle, self.scale)
        seen = np.concatenate([_patches(plane, self.scale) for plane in maps], axis=1)
        self._energy += seen.T @ seen
        return truth, len(seen)

    @override
    def projection(self) -> NDArray[np.float64]:
        if not self._energy.any():
            raise self.nothing_usable()
        values, vectors = np.linalg.eigh(self._energy)
        lost = np.cumsum(np.maximum(values, 0)) / np.maximum(values, 0).sum()
        return np.ascontiguousarray(vectors[:, lost >= _LOST_ENERGY])


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
    """Return luma, modcropped, and its low resolution brought back to size."""
    truth, low = luma_pair(central_piece(file, scale), scale)
    return truth, imresize(low, scale)


def _patches(plane: NDArray[np.floating], scale: int) -> NDArray[np.floating]:
    """Return the patches of a plane that lacks the rim, each column by column."""
    side = SIDE * scale
    windows = sliding_window_view(plane, (side, side))[:: STEP * scale, :: STEP * scale]
    return windows.swapaxes(-1, -2).reshape(-1, side * side)

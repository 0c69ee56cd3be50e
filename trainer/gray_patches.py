"""What SC's dictionaries are learnt from: pairs of patches, the original and its features.

The recipe is that of Yang et al. (2008): MATLAB's grey, the low resolution and its enlargement by
2 rounded to bytes, and each patch also transposed. The features are those of ``srcnn.methods.sc``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from typing_extensions import override

from srcnn.degrade import degrade, modcrop
from srcnn.errors import DataError
from srcnn.methods.sc import MIDDLE, feature_maps
from srcnn.metrics import to_bytes
from srcnn.patches import RIM, SIDE
from srcnn.resize import imresize
from trainer.survey import Surveyor, central_piece

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from srcnn.types import BytePlane, Plane
    from trainer.pictures import PictureFile
    from trainer.survey import Survey

MOST = 20_000
"""Positions that are drawn, if there are more; each counts twice. Yang et al. take 40,000."""

_GREY = np.array([0.2989, 0.5870, 0.1140])
_NOTHING = 1e-5


class GraySurveyor(Surveyor):
    """Counts the patches; SC projects nothing."""

    kind = "sc "

    @override
    def see(self, file: PictureFile) -> tuple[BytePlane, int]:
        grey, middle = _read(file, self.scale)
        rows, columns = _positions(middle)
        return grey, rows * columns


def read_columns(survey: Survey, scale: int, seed: int) -> NDArray[np.float64]:
    """Read the pictures again, and return the pairs of patches that are learnt from.

    Parameters
    ----------
    survey : Survey
        Of the pictures.
    scale : int
        Enlargement factor.
    seed : int
        Draws about ``MOST`` positions if there are more, from each picture by its size.

    Returns
    -------
    float64, (N, 9 * scale * scale + 144)
        Original without its mean, then features, each divided by the root of its length, column
        by column; of norm 1 together. Flat patches are left out.

    Raises
    ------
    DataError
        If all patches are flat.
    PictureError
        If a picture is not there any more.
    """
    share = min(1.0, MOST / survey.patches)
    rng = np.random.default_rng((seed, survey.patches))
    found = []
    for file in survey.usable:
        grey, middle = _read(file, scale)
        rows, columns = _positions(middle)
        count = rows * columns
        drawn = np.sort(rng.choice(count, round(share * count), replace=False))
        down, across = np.divmod(drawn, columns)
        found.append(_pairs(grey, middle, down, across, scale))
        found.append(_pairs(grey.T, middle.T, across, down, scale))
    pairs = np.concatenate(found)
    norms = np.linalg.norm(pairs, axis=1, keepdims=True)
    kept = norms[:, 0] > _NOTHING
    if not kept.any():
        raise DataError(
            "There is no usable picture to learn from: each is of one colour",
            hint="Choose a folder of photographs, PNG or BMP best.",
        )
    unit: NDArray[np.float64] = pairs[kept] / norms[kept]
    return unit


def _read(file: PictureFile, scale: int) -> tuple[BytePlane, BytePlane]:
    """Return grey, modcropped, and its low resolution enlarged by 2."""
    piece = modcrop(central_piece(file, scale), scale)
    grey = piece if piece.ndim == 2 else np.floor(piece @ _GREY + 0.5).astype(np.uint8)
    low = to_bytes(degrade(_as_plane(grey), scale))
    return grey, to_bytes(imresize(_as_plane(low), MIDDLE))


def _as_plane(plane: BytePlane) -> Plane:
    return plane.astype(np.float32) / np.float32(255)


def _positions(middle: BytePlane) -> tuple[int, int]:
    """Return how many patches there are one below the other, and side by side."""
    height, width = (length // MIDDLE - 2 * RIM - SIDE + 1 for length in middle.shape)
    return height, width


def _pairs(
    grey: BytePlane,
    middle: BytePlane,
    down: NDArray[np.intp],
    across: NDArray[np.intp],
    scale: int,
) -> NDArray[np.float64]:
    """Return the patches of a picture at some positions, (N, 9 * scale * scale + 144)."""
    features = _cut(feature_maps(middle.astype(np.float32)), down, across, MIDDLE)
    inner = grey[np.newaxis, scale:-scale, scale:-scale].astype(np.float64)
    original = _cut(inner, down, across, scale)
    original -= original.mean(axis=1, keepdims=True)
    parts = [part / np.sqrt(part.shape[1]) for part in (original, features)]
    return np.concatenate(parts, axis=1)


def _cut(
    maps: NDArray[np.float64], down: NDArray[np.intp], across: NDArray[np.intp], cell: int
) -> NDArray[np.float64]:
    """Cut patches of 3 x 3 cells out of maps (M, H, W), map by map and column by column."""
    windows = sliding_window_view(maps, (SIDE * cell, SIDE * cell), (1, 2))[:, ::cell, ::cell]
    chosen = windows[:, down, across].transpose(1, 0, 3, 2)
    return np.ascontiguousarray(chosen).reshape(len(down), -1)

"""What SC's dictionaries are learnt from: pairs of patches, the original and its features.

The recipe is that of Yang et al. (2008): MATLAB's grey, the low resolution and its enlargement by
2 rounded to bytes, and each patch also transposed. The features are those of ``srcnn.methods.sc``.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from srcnn.degrade import degrade, modcrop
from srcnn.errors import DataError, PictureError
from srcnn.metrics import to_bytes
from srcnn.patches import RIM, SIDE, difference_maps
from srcnn.picture import load_picture
from srcnn.resize import imresize
from trainer.events import Skipped
from trainer.patch_vectors import Survey
from trainer.pictures import LARGEST_SIDE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from srcnn.types import BytePlane, Plane
    from trainer.pictures import PictureFile

MOST = 20_000
"""Positions that are drawn, if there are more; each counts twice. Yang et al. take 40,000."""

_GREY = np.array([0.2989, 0.5870, 0.1140])
_MIDDLE = 2
_SIGNS = np.array([-1.0, -1.0, 2.0, 2.0])
"""As in ``srcnn.methods.sc``."""

_NEEDED = SIDE + 2 * RIM
"""Low-resolution pixels a side of the smallest picture that holds a patch."""

_NOTHING = 1e-5


class GraySurveyor:
    """Looks at one picture after the other; ``survey`` tells what was seen."""

    def __init__(self, scale: int) -> None:
        self._scale = scale
        self._digest = hashlib.sha256(f"sc {scale}".encode())
        self._usable: list[PictureFile] = []
        self._skipped: list[Skipped] = []
        self._patches = 0

    def look(self, file: PictureFile) -> None:
        """Add one picture, or note why it is no use."""
        try:
            grey, middle = _read(file, self._scale)
        except PictureError as error:
            self._skipped.append(Skipped(file.name, str(error)))
            return
        rows, columns = _positions(middle)
        self._patches += rows * columns
        self._digest.update(f"{grey.shape}".encode() + grey.tobytes())
        self._usable.append(file)

    def survey(self) -> Survey:
        """Return what was seen; SC projects nothing.

        Raises
        ------
        DataError
            If no picture is of use.
        """
        if not self._usable:
            hint = "Choose a folder of photographs, PNG or BMP best."
            if self._skipped:
                first = self._skipped[0].reason
                hint = f"The first of {len(self._skipped)} files: {first}."
            raise DataError("There is no usable picture to learn from", hint=hint)
        usable, skipped = tuple(self._usable), tuple(self._skipped)
        digest = self._digest.hexdigest()
        return Survey(usable, skipped, self._patches, digest, np.zeros((0, 0)))


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
    """Return grey, modcropped, and its low resolution enlarged by 2.

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
    piece = modcrop(pixels[top : top + LARGEST_SIDE, left : left + LARGEST_SIDE], scale)
    grey = piece if piece.ndim == 2 else np.floor(piece @ _GREY + 0.5).astype(np.uint8)
    low = to_bytes(degrade(_as_plane(grey), scale))
    return grey, to_bytes(imresize(_as_plane(low), _MIDDLE))


def _as_plane(plane: BytePlane) -> Plane:
    return plane.astype(np.float32) / np.float32(255)


def _positions(middle: BytePlane) -> tuple[int, int]:
    """Return how many patches there are one below the other, and side by side."""
    height, width = (length // _MIDDLE - 2 * RIM - SIDE + 1 for length in middle.shape)
    return height, width


def _pairs(
    grey: BytePlane,
    middle: BytePlane,
    down: NDArray[np.intp],
    across: NDArray[np.intp],
    scale: int,
) -> NDArray[np.float64]:
    """Return the patches of a picture at some positions, (N, 9 * scale * scale + 144)."""
    maps = difference_maps(middle.astype(np.float32), _MIDDLE) * _SIGNS[:, np.newaxis, np.newaxis]
    features = _cut(maps, down, across, _MIDDLE)
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

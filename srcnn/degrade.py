"""From the ground truth to the low-resolution input."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from srcnn.colour import luma_bytes
from srcnn.errors import PictureTooSmall
from srcnn.geometry import Size
from srcnn.resize import BICUBIC, GAUSSIAN, Border, imresize

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from srcnn.types import BytePlane, Plane, Planes

    Array = TypeVar("Array", bound=NDArray[Any])


class Degradation(StrEnum):
    """How the low-resolution input is made.

    ``BICUBIC`` is ``imresize(truth, 1/s)``, as in every table of the literature;
    ``GAUSSIAN`` blurs (sigma s/4, radius 3 sigma) and sub-samples at the same centres, as the
    paper's text says.
    """

    BICUBIC = "bicubic"
    GAUSSIAN = "gaussian"


def modcrop(array: Array, scale: int) -> Array:
    """Cut bottom rows and right columns until height and width divide by ``scale``.

    Parameters
    ----------
    array : (H, W) or (H, W, C)
        Pixels of any kind.
    scale : int
        Enlargement factor.

    Returns
    -------
    A view of ``array``.

    Raises
    ------
    PictureTooSmall
        If nothing would be left.
    """
    size = Size(array.shape[1], array.shape[0])
    kept = size.modcropped(scale)
    if kept.pixels == 0:
        raise PictureTooSmall(
            f"A picture of {size} pixels is too small to compare at \N{MULTIPLICATION SIGN}{scale}",
            hint="Choose a larger picture, or only enlarge it (Upscale).",
        )
    return array[: kept.height, : kept.width]  # type: ignore[return-value]  # numpy widens the bound


def degrade(
    planes: Planes,
    scale: int,
    degradation: Degradation = Degradation.BICUBIC,
    border: Border = Border.CLAMP,
) -> Planes:
    """Make the low-resolution input of ``planes`` (..., H, W): float, neither rounded nor clipped.

    Height and width are expected to divide by ``scale`` (see ``modcrop``).
    """
    kernel = BICUBIC if degradation is Degradation.BICUBIC else GAUSSIAN
    return imresize(planes, Fraction(1, scale), kernel=kernel, border=border)


def luma_pair(
    pixels: NDArray[np.uint8],
    scale: int,
    degradation: Degradation = Degradation.BICUBIC,
    border: Border = Border.CLAMP,
) -> tuple[BytePlane, Plane]:
    """Make ground truth and low-resolution input of one picture, the paper's way.

    Parameters
    ----------
    pixels : uint8, (H, W) or (H, W, 3)
        The picture.
    scale, degradation, border
        As for ``degrade``.

    Returns
    -------
    truth : BytePlane
        Luma rounded to uint8, modcropped.
    low : Plane
        Its degraded version in [0, 1], float.
    """
    truth = luma_bytes(modcrop(pixels, scale))
    return truth, degrade(truth.astype(np.float32) / np.float32(255), scale, degradation, border)

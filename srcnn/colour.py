"""BT.601 luma and chroma, studio swing, as MATLAB's ``rgb2ycbcr`` and the literature."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from srcnn.types import BytePlane, Planes

_TO_YCBCR = np.array(
    [[65.481, 128.553, 24.966], [-37.797, -74.203, 112.0], [112.0, -93.786, -18.214]]
)
_OFFSET = np.array([16.0, 128.0, 128.0])
_TO_RGB = np.linalg.inv(_TO_YCBCR)

_STRIP_ROWS = 256


def luma_bytes(pixels: NDArray[np.uint8]) -> BytePlane:
    """Return the luma that the paper's figures are measured on.

    Parameters
    ----------
    pixels : uint8, (H, W) or (H, W, 3)
        Grey, used as it is (0..255), or RGB.

    Returns
    -------
    BytePlane, (H, W)
        ``round(16 + (65.481 R + 128.553 G + 24.966 B) / 255)``, in 16..235 for RGB.
    """
    if pixels.ndim == 2:
        return pixels
    luma = np.empty(pixels.shape[:2], np.uint8)
    for top in range(0, len(pixels), _STRIP_ROWS):
        rows = slice(top, top + _STRIP_ROWS)
        weighted = pixels[rows].astype(np.float64) @ (_TO_YCBCR[0] / 255)
        luma[rows] = np.floor(weighted + (_OFFSET[0] + 0.5))
    return luma


def rgb_to_ycbcr(planes: Planes) -> Planes:
    """Convert RGB planes (3, H, W) in [0, 1] to Y, Cb, Cr in [0, 1] (luma 16/255..235/255)."""
    return _affine(planes, _TO_YCBCR / 255, _OFFSET / 255)


def ycbcr_to_rgb(planes: Planes) -> Planes:
    """Convert Y, Cb, Cr planes (3, H, W) back to RGB; not clipped."""
    return _affine(planes, _TO_RGB * 255, -_TO_RGB @ _OFFSET)


def grey_to_luma(planes: Planes) -> Planes:
    """Return the luma that grey in [0, 1] has as RGB: 16/255 to 235/255."""
    return planes * np.float32(219 / 255) + np.float32(16 / 255)


def luma_to_grey(planes: Planes) -> Planes:
    """Undo ``grey_to_luma``."""
    return (planes - np.float32(16 / 255)) * np.float32(255 / 219)


def _affine(planes: Planes, matrix: NDArray[np.float64], offset: NDArray[np.float64]) -> Planes:
    """Return ``matrix @ planes + offset`` channel by channel, in a fixed order of sums."""
    result = np.empty(planes.shape, np.float32)
    for channel, weights, constant in zip(
        result, matrix.astype(np.float32), offset.astype(np.float32), strict=True
    ):
        np.multiply(planes[0], weights[0], out=channel)
        channel += planes[1] * weights[1]
        channel += planes[2] * weights[2]
        channel += constant
    return result

"""Opacity: what is invisible leaves no fringe.

Colour is brought to size multiplied by its opacity, with the same bicubic as opacity itself; so
what is seen on any background is what bicubic makes of what was seen on it. What a method adds
to bicubic is taken from a picture without holes: one where the invisible has the colour of the
nearest visible pixel. Multiplied pictures would show it edges that are none of colour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from srcnn.types import Pixels, Plane, Planes

_LEAST = np.float32(0.5 / 65535)
"""Less than half a level of any depth is invisible."""

_BLACK = np.array([16, 128, 128], np.float32)[:, np.newaxis, np.newaxis] / np.float32(255)
"""Black in Y, Cb, Cr."""

_FAINT = 8
"""A pixel so many times less opaque than one near it says nothing of the colour there."""

_NEAR = 5
_BAND_ROWS, _REACH_ROWS = 512, 32


def premultiplied(planes: Planes, alpha: Plane) -> Planes:
    """Return grey (1, H, W) or Y, Cb, Cr (3, H, W) planes laid on black at that opacity."""
    if len(planes) == 1:
        return planes * alpha
    return (planes - _BLACK) * alpha + _BLACK


def straight(planes: Planes, alpha: Plane, added: Planes | float = 0) -> Planes:
    """Undo ``premultiplied`` and add; what is invisible becomes black."""
    is_visible = alpha > _LEAST
    factor = np.where(is_visible, 1 / np.clip(alpha, _LEAST, 1), 0).astype(np.float32)
    added = np.asarray(added * is_visible, np.float32)
    if len(planes) == 1:
        return planes * factor + added
    return (planes - _BLACK) * factor + _BLACK + added


def solid(pixels: Pixels, alpha: Pixels) -> Pixels:
    """Return a picture without holes.

    Parameters
    ----------
    pixels : (H, W) or (H, W, 3)
        Grey or RGB.
    alpha : (H, W)
        Opacity.

    Returns
    -------
    Pixels
        Where it is invisible, or far less visible than around it, the colour of the nearest
        pixel that is not; the rest as it was.
    """
    if alpha.all() and alpha.min() > alpha.max() // _FAINT:
        return pixels
    from scipy.ndimage import maximum_filter  # takes its time, and few pictures need it

    is_faint = alpha <= maximum_filter(alpha, _NEAR) // _FAINT
    filled = pixels.copy()
    for top in range(0, len(pixels), _BAND_ROWS):
        bottom = min(top + _BAND_ROWS, len(pixels))
        first = max(top - _REACH_ROWS, 0)
        rows = slice(first, bottom + _REACH_ROWS)
        inner = slice(top - first, bottom - first)
        filled[top:bottom] = _filled(pixels[rows], is_faint[rows])[inner]
    return filled


def _filled(pixels: Pixels, is_faint: NDArray[np.bool_]) -> Pixels:
    from scipy.ndimage import distance_transform_edt

    if is_faint.all() or not is_faint.any():
        return pixels
    rows, columns = distance_transform_edt(is_faint, return_distances=False, return_indices=True)
    nearest: Pixels = pixels[rows, columns]
    return nearest

"""Opacity: colour is enlarged multiplied by it, so that what is invisible leaves no fringe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from srcnn.types import Plane, Planes

_LEAST = np.float32(0.5 / 65535)
"""Less than half a level of any depth is invisible."""

_BLACK = np.array([16, 128, 128], np.float32)[:, np.newaxis, np.newaxis] / np.float32(255)
"""Black in Y, Cb, Cr."""


def premultiplied(planes: Planes, alpha: Plane) -> Planes:
    """Return grey (1, H, W) or Y, Cb, Cr (3, H, W) planes laid on black at that opacity."""
    if len(planes) == 1:
        return planes * alpha
    return (planes - _BLACK) * alpha + _BLACK


def straight(planes: Planes, alpha: Plane) -> Planes:
    """Undo ``premultiplied``; what is invisible becomes black."""
    visible = np.clip(alpha, 0, 1)
    factor = np.where(visible > _LEAST, 1 / np.maximum(visible, _LEAST), 0).astype(np.float32)
    if len(planes) == 1:
        return planes * factor
    return (planes - _BLACK) * factor + _BLACK

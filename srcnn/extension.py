"""The interpolated plane beyond the picture, as SRCNN sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from srcnn.geometry import Region, Size
from srcnn.resize import Border, imresize_region

if TYPE_CHECKING:
    from srcnn.types import Planes


def imresize_extended(
    planes: Planes, scale: int, region: Region, *, border: Border = Border.CLAMP
) -> Planes:
    """Compute a ``region`` of bicubic ``imresize``'s result that may reach beyond it.

    Outside, the nearest pixel of the result is repeated: what SRCNN sees there.
    """
    height, width = planes.shape[-2:]
    whole = Size(width, height).scaled(scale).region
    left, right = _nearest_part(region.left, region.right, whole.right)
    top, bottom = _nearest_part(region.top, region.bottom, whole.bottom)
    part = imresize_region(planes, scale, Region(left, top, right, bottom), border=border)
    if part.shape[-2:] == (region.height, region.width):
        return part
    rows = np.arange(region.top, region.bottom).clip(top, bottom - 1) - top
    columns = np.arange(region.left, region.right).clip(left, right - 1) - left
    return part[..., rows[:, np.newaxis], columns]


def _nearest_part(start: int, stop: int, length: int) -> tuple[int, int]:
    """Return the part of 0 to ``length`` that the pixels ``start`` to ``stop`` are taken from."""
    return min(max(start, 0), length - 1), max(min(stop, length), 1)

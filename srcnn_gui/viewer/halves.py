"""Tiles 2, 4, 8 and 16 times smaller, for overviews. No Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

HALVES = 4
"""How many times a tile is halved for overviews; tiles divide by 2 to that power."""


def halves_of(bgra: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], ...]:
    """Return pixels (h, w, 4) that many times halved, the largest first."""
    halves = [bgra]
    for _ in range(HALVES):
        halves.append(_halved(halves[-1]))
    return tuple(halves[1:])


def _halved(part: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Average 2 x 2 pixels; an odd last row or column stands twice."""
    height, width = part.shape[:2]
    if height % 2 or width % 2:
        part = np.pad(part, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    wide = part.astype(np.uint16)
    rows = wide[0::2] + wide[1::2]
    return ((rows[:, 0::2] + rows[:, 1::2] + 2) >> 2).astype(np.uint8)

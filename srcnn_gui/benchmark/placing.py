"""Where labels of points stand, so that none hides another or a point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_OFF = 9.0
"""Pixels from a point to its label."""
_DOT = 7.0
"""Half of what a point takes."""


@dataclass(frozen=True, slots=True)
class _Box:
    left: float
    top: float
    width: float
    height: float

    def overlap(self, other: _Box) -> float:
        """Return the area in common."""
        right = min(self.left + self.width, other.left + other.width)
        bottom = min(self.top + self.height, other.top + other.height)
        across, down = right - max(self.left, other.left), bottom - max(self.top, other.top)
        return max(across, 0.0) * max(down, 0.0)


def place_labels(
    points: Sequence[tuple[float, float]],
    sizes: Sequence[tuple[float, float]],
    room: tuple[float, float],
) -> list[tuple[float, float]]:
    """Return the top left corner of each label.

    Each in its turn goes where it hides least: to the right of its point if nothing is there,
    else to the left, above, below, or to one of the corners.

    Parameters
    ----------
    points : Sequence of (x, y)
        Pixels, y downwards.
    sizes : Sequence of (width, height)
        Of the labels, in pixels.
    room : (width, height)
        Of the plot; what is outside is not seen.
    """
    taken = [_Box(x - _DOT, y - _DOT, 2 * _DOT, 2 * _DOT) for x, y in points]
    corners = []
    for own, ((x, y), (width, height)) in enumerate(zip(points, sizes, strict=True)):
        best = _Box(x + _OFF, y - height / 2, width, height)
        least = float("inf")
        for dx, dy in ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (-1, -1), (1, 1), (-1, 1)):
            box = _Box(
                x + dx * _OFF - width * (1 - dx) / 2,
                y + dy * _OFF - height * (1 - dy) / 2,
                width,
                height,
            )
            others = (other for place, other in enumerate(taken) if place != own)
            hidden = sum(box.overlap(other) for other in others) + 10 * _outside(box, room)
            if hidden < least:
                best, least = box, hidden
        taken.append(best)
        corners.append((best.left, best.top))
    return corners


def _outside(box: _Box, room: tuple[float, float]) -> float:
    """Return the area that is not seen."""
    return box.width * box.height - box.overlap(_Box(0.0, 0.0, *room))

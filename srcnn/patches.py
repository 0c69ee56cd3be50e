"""Patches of 3 x 3 low-resolution pixels, as the methods after Zeyde et al. (2010) see them.

All is computed in *cells*, the ``scale`` x ``scale`` output pixels of a low-resolution pixel. A
patch is nine cells, so projecting it is nine matrix products over shifted cells, and averaging
overlapping patches nine shifted additions: both are convolutions, and no patch is ever copied.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from srcnn.geometry import Region, Size

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from srcnn.types import Plane

SIDE = 3
"""Low-resolution pixels a side of a patch."""

RIM = 1
"""Low-resolution pixels at each edge of a picture that no patch covers."""


@dataclass(frozen=True, slots=True)
class PatchGrid:
    """The patches that a part of a picture depends on: one for each low-resolution pixel.

    Attributes
    ----------
    low : Size
        The low-resolution picture.
    patches : Region
        Upper left low-resolution pixels of the patches.
    """

    low: Size
    patches: Region

    @classmethod
    def covering(cls, low: Size, cells: Region) -> PatchGrid:
        """Return the patches that cover low-resolution pixels; there may be none."""
        last = SIDE - 1
        reaching = Region(cells.left - last, cells.top - last, cells.right, cells.bottom)
        inside = Region(RIM, RIM, low.width - RIM - last, low.height - RIM - last)
        return cls(low, reaching.intersected(inside))

    @property
    def cells(self) -> Region:
        """The low-resolution pixels that they cover."""
        patches, last = self.patches, SIDE - 1
        return Region(patches.left, patches.top, patches.right + last, patches.bottom + last)


def difference_maps(middle: Plane, gap: int) -> NDArray[np.float64]:
    """Compute first and second differences of an interpolated plane, across and down.

    As the convolutions with ``[1 0..0 -1]`` and ``[1 0..0 -2 0..0 1] / 2``, centred as in
    MATLAB's ``conv2(..., 'same')``.

    Parameters
    ----------
    middle : Plane, (H, W)
        Interpolated plane.
    gap : int
        Pixels between the taps.

    Returns
    -------
    float64, (4, H - 2 * gap, W - 2 * gap)
        Without ``gap`` pixels at each edge.
    """
    x = middle.astype(np.float64)
    across, down = x[gap:-gap], x[:, gap:-gap]
    return np.stack(
        [
            _first(across.T, gap).T,
            _first(down, gap),
            _second(across.T, gap).T,
            _second(down, gap),
        ]
    )


def _first(x: NDArray[np.float64], gap: int) -> NDArray[np.float64]:
    ahead = (gap + 1) // 2
    length = len(x) - 2 * gap
    return x[gap + ahead :][:length] - x[ahead:][:length]


def _second(x: NDArray[np.float64], gap: int) -> NDArray[np.float64]:
    return (x[2 * gap :] - 2 * x[gap:-gap] + x[: -2 * gap]) / 2


def project(
    maps: NDArray[np.float64], projection: NDArray[np.float64], scale: int
) -> NDArray[np.float64]:
    """Multiply every patch of the maps, map by map and column by column, by a matrix.

    Parameters
    ----------
    maps : float64, (M, scale * rows, scale * columns)
        Whole cells.
    projection : float64, (M * 9 * scale * scale, features)
        The matrix.
    scale : int
        Pixels a side of a cell.

    Returns
    -------
    float64, (rows - 2, columns - 2, features)
    """
    count, height, width = maps.shape
    rows, columns = height // scale, width // scale
    cells = maps.reshape(count, rows, scale, columns, scale)
    cells = cells.transpose(1, 3, 0, 4, 2).reshape(rows, columns, -1)  # map, x, y
    parts = projection.reshape(count, SIDE, scale, SIDE, scale, -1)  # map, x, x', y, y'
    last = SIDE - 1
    total = np.zeros((rows - last, columns - last, projection.shape[1]))
    for y in range(SIDE):
        for x in range(SIDE):
            part = parts[:, x, :, y].reshape(-1, projection.shape[1])
            total += cells[y : y + rows - last, x : x + columns - last] @ part
    return total


def average(details: NDArray[np.float64], grid: PatchGrid, scale: int) -> NDArray[np.float64]:
    """Average overlapping patches.

    Parameters
    ----------
    details : float64, (rows, columns, 9 * scale * scale)
        Of every patch of ``grid``, column by column.
    grid : PatchGrid
        Where they lie.
    scale : int
        Pixels a side of a cell.

    Returns
    -------
    float64, (scale * cells.height, scale * cells.width)
        Divided by the number of patches of the whole picture that cover a pixel: right where
        ``grid`` has all of these.
    """
    rows, columns = details.shape[:2]
    parts = details.reshape(rows, columns, SIDE, scale, SIDE, scale)  # x, x', y, y'
    cells = grid.cells
    total = np.zeros((cells.height, cells.width, scale, scale))
    for y in range(SIDE):
        for x in range(SIDE):
            part = parts[:, :, x, :, y].swapaxes(-1, -2)
            total[y : y + rows, x : x + columns] += part
    down = _covers(cells.top, cells.bottom, grid.low.height)
    across = _covers(cells.left, cells.right, grid.low.width)
    total /= (down[:, np.newaxis] * across)[..., np.newaxis, np.newaxis]
    return total.swapaxes(1, 2).reshape(cells.height * scale, cells.width * scale)


def _covers(start: int, stop: int, length: int) -> NDArray[np.float64]:
    """Return how many of a row's patches cover each of its low-resolution pixels."""
    place = np.arange(start, stop)
    first = np.maximum(place - (SIDE - 1), RIM)
    last = np.minimum(place, length - RIM - SIDE)
    return (last - first + 1).astype(np.float64)

"""Filters put together: bicubic interpolation with the first layer, the last with its overlaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from srcnn.resize import interpolation_matrix

if TYPE_CHECKING:
    from numpy.typing import NDArray


def fold_interpolation(w1: NDArray[np.float64], scale: int) -> tuple[NDArray[np.float64], int]:
    """Put bicubic interpolation into filters (n1, C, f1, f1).

    Returns
    -------
    folded : (scale, scale * n1, C, side, side)
        Filters of the low-resolution picture, for every row of a block and pixel of that row.
    origin : int
        Where they begin, counted from the block.
    """
    windows, origin = interpolation_windows(w1.shape[-1], scale)
    folded = np.einsum("ncij,pia,qjb->pqncab", w1, windows, windows, optimize=True)
    return folded.reshape(scale, -1, *folded.shape[3:]), origin


def interpolation_windows(f1: int, scale: int) -> tuple[NDArray[np.float64], int]:
    """Return the weights of low-resolution pixels in what a filter sees, of a row.

    Returns
    -------
    windows : (scale, f1, side)
        For every place of a pixel in its block.
    origin : int
        Where the low-resolution pixels begin, counted from the block.
    """
    matrix, origin = interpolation_matrix(scale, -(f1 // 2), scale + f1 - 1)
    return np.stack([matrix[place : place + f1] for place in range(scale)]), origin


def unused_rows(filters: NDArray[np.float64]) -> tuple[int, int]:
    """Return how many rows of filters (n, C, side, side) are 0, above and below all others."""
    used: NDArray[np.bool_] = np.any(filters, axis=(0, 1, 3))
    used[used.argmax()] = True  # one row must be left
    return int(used.argmax()), int(used[::-1].argmax())


def spread_row(w3: NDArray[np.float32], scale: int) -> NDArray[np.float32]:
    """Write the last layer (C, n2, f3, f3) as matrices from a row of a block to what it reaches.

    Returns (C, f3 * side, scale * n2) with ``side`` = scale + f3 - 1.
    """
    channels, n2, f3, _ = w3.shape
    side = scale + f3 - 1
    matrix = np.zeros((channels, f3, side, scale, n2), np.float32)
    flipped = w3[:, :, ::-1, ::-1].transpose(0, 2, 3, 1)
    for x in range(scale):
        matrix[:, :, x : x + f3, x] = flipped
    return matrix.reshape(channels, f3 * side, -1)

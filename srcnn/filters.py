"""The filters of the first layer as a picture, sorted as in Fig. 5 of the SRCNN paper."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from srcnn.spec import WeightArrays

GAP = 1
"""Pixels between two filters."""
_DEAD = 1e-3
"""A filter whose variance is below this share of the largest one is dead.

A filter that takes part in the picture has from a hundredth of the largest variance up; one that
was never woken keeps what it was drawn with, or fades.
"""
_GREY = 127.5


def variances(w1: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the variance of each filter of w1 (n1, c, f1, f1), of shape (n1,)."""
    flat = np.nan_to_num(w1.astype(np.float64)).reshape(len(w1), -1)
    return np.asarray(flat.var(axis=1), dtype=np.float64)


def filter_order(w1: NDArray[np.float32]) -> NDArray[np.intp]:
    """Return the numbers of the filters, the largest variance first; shape (n1,)."""
    return np.argsort(-variances(w1), kind="stable")


def are_dead(w1: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Tell of each filter whether its variance is below a thousandth of the largest, or 0."""
    found = variances(w1)
    return np.asarray((found < _DEAD * found.max()) | (found == 0), dtype=np.bool_)


def dead_filters(w1: NDArray[np.float32]) -> int:
    """Count the filters that are dead."""
    return int(np.count_nonzero(are_dead(w1)))


def filters_to_show(arrays: WeightArrays, layer: int) -> NDArray[np.float32]:
    """Return the filters of a layer as they are drawn.

    Parameters
    ----------
    arrays : WeightArrays
        w1, b1, w2, b2, w3, b3.
    layer : int
        1 or 2.

    Returns
    -------
    float32, (filters, c, side, side)
        The first layer's as they are. A filter of the second weighs maps of the first, so it is
        drawn as a square of one weight a map (summed over its pixels, if it has several), the
        map whose filter varies most first, row by row; what is over is 0.
    """
    if layer == 1:
        return arrays[0]
    weights = arrays[2].sum(axis=(2, 3))[:, filter_order(arrays[0])]
    side = math.isqrt(weights.shape[1] - 1) + 1
    squares = np.zeros((len(weights), side * side), np.float32)
    squares[:, : weights.shape[1]] = weights
    return squares.reshape(-1, 1, side, side)


def filter_mosaic(
    w1: NDArray[np.float32], columns: int, gap: tuple[int, int, int] = (0, 0, 0)
) -> NDArray[np.uint8]:
    """Draw the filters in rows, the largest variance first.

    Parameters
    ----------
    w1 : float32, (n1, c, f1, f1)
        Weights of the first layer; three channels are shown in colour.
    columns : int
        Filters in a row.
    gap : tuple of int
        Red, green and blue between the filters, and where the last row is not full.

    Returns
    -------
    uint8, (rows * (f1 + 1) - 1, columns * (f1 + 1) - 1, 3)
        Each filter in its own range: 0 is mid grey, its largest weight white or its opposite
        black.
    """
    count, channels, side, _ = w1.shape
    filters = np.nan_to_num(w1.astype(np.float64))[filter_order(w1)]
    largest = np.abs(filters).max(axis=(1, 2, 3), keepdims=True)
    scaled = np.divide(filters, largest, out=np.zeros_like(filters), where=largest > 0)
    if channels != 3:
        scaled = np.repeat(scaled.mean(axis=1, keepdims=True), 3, axis=1)
    pixels = np.round(_GREY + 127.49 * scaled).astype(np.uint8).transpose(0, 2, 3, 1)
    rows, pitch = -(-count // columns), side + GAP
    mosaic = np.empty((rows * pitch, columns * pitch, 3), np.uint8)
    mosaic[:] = gap
    for place, each in enumerate(pixels):
        top, left = place // columns * pitch, place % columns * pitch
        mosaic[top : top + side, left : left + side] = each
    return mosaic[:-GAP, :-GAP]


def best_columns(count: int, side: int, width: int, height: int) -> tuple[int, int]:
    """Return how many filters to put in a row, and how many times to enlarge them.

    The enlargement is the greatest whole one that fits into ``width`` x ``height`` pixels, 1 if
    none does; of equal ones, the arrangement that is closest to the shape of the room.
    """

    def fit(columns: int) -> tuple[int, float]:
        rows = -(-count // columns)
        across, down = columns * (side + GAP) - GAP, rows * (side + GAP) - GAP
        empty = rows * columns - count
        skew = abs(np.log((across / down) / (max(1, width) / max(1, height))))
        return max(1, min(width // across, height // down)), -(skew + empty / count)

    columns = max(range(1, count + 1), key=fit)
    return columns, fit(columns)[0]

"""SC: each patch as few atoms of a dictionary, without negative coefficients.

Yang, Wright, Huang, Ma (2008), "Image super-resolution as sparse representation of raw image
patches", as their code does it; the paper's "SC".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from typing_extensions import override

from srcnn.lars import PathSolver
from srcnn.patch_method import PatchMethod, by_scale
from srcnn.patches import RIM, SIDE, PatchGrid, average, difference_maps
from srcnn.resize import imresize_region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from srcnn.dictionary import Dictionary
    from srcnn.method import Method, MethodEnvironment
    from srcnn.types import Plane, Planes

_PENALTY = 0.1

MIDDLE = 2
"""Features are taken from the picture enlarged by this, whatever the scale."""

_SIGNS = np.array([-1.0, -1.0, 2.0, 2.0])
"""From ``difference_maps`` to the convolutions of Yang et al."""

_CHUNK = 256
"""Patches whose correlations with all atoms are held at once: what the cache can take."""


class ScMethod(PatchMethod[tuple[PathSolver, "NDArray[np.float64]"]]):
    """Sparse coding by the path of the LASSO.

    The average of the patches replaces bicubic where there are any.
    """

    id = "sc"
    label = "SC"
    rank = 42
    tile = 96

    @override
    def prepare(self, dictionary: Dictionary) -> tuple[PathSolver, NDArray[np.float64]]:
        return PathSolver(dictionary.low), np.ascontiguousarray(dictionary.high.T)

    @override
    def detail(
        self, prepared: tuple[PathSolver, NDArray[np.float64]], features: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        solver, high = prepared
        norms = np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1)
        detail: NDArray[np.float64] = norms * (solver.solve(features / norms, _PENALTY) @ high)
        return detail

    @override
    def _detail_of(self, planes: Planes, scale: int, grid: PatchGrid) -> NDArray[np.float64]:
        prepared = self._prepare(scale)
        seen = grid.cells.grown(1).scaled(MIDDLE)
        (middle,) = imresize_region(planes, MIDDLE, seen, border=self._border)
        features = _patches(feature_maps(middle))
        means = _patches(middle[np.newaxis, MIDDLE:-MIDDLE, MIDDLE:-MIDDLE]).mean(axis=1)
        details = [
            self.detail(prepared, features[first : first + _CHUNK])
            for first in range(0, len(features), _CHUNK)
        ]
        weights = _weights(grid)
        patches = np.concatenate(details) + means[:, np.newaxis]
        patches = patches.reshape(*weights.shape[:2], -1)
        result = average(patches * weights, grid, scale)
        result /= average(np.broadcast_to(weights, patches.shape), grid, scale)
        (bicubic,) = imresize_region(planes, scale, grid.cells.scaled(scale), border=self._border)
        result -= bicubic
        return result


def feature_maps(middle: Plane) -> NDArray[np.float64]:
    """Convolve a plane enlarged by ``MIDDLE`` with ``[-1 0 1]`` and ``[1 0 -2 0 1]``, both ways.

    Returns (4, H - 4, W - 4).
    """
    maps: NDArray[np.float64] = difference_maps(middle, MIDDLE) * _SIGNS[:, None, None]
    return maps


def _patches(maps: NDArray[np.floating]) -> NDArray[np.float64]:
    """Cut maps (M, H, W) into patches (N, M * 36), map by map and column by column."""
    side = SIDE * MIDDLE
    windows = sliding_window_view(maps, (side, side), (1, 2))[:, ::MIDDLE, ::MIDDLE]
    count = windows.shape[1] * windows.shape[2]
    return windows.transpose(1, 2, 0, 4, 3).reshape(count, -1).astype(np.float64)


def _weights(grid: PatchGrid) -> NDArray[np.float64]:
    """Return how often each patch counts, (rows, columns, 1): the authors take the last twice."""
    patches, low = grid.patches, grid.low
    down = 1.0 + (np.arange(patches.top, patches.bottom) == low.height - RIM - SIDE)
    across = 1.0 + (np.arange(patches.left, patches.right) == low.width - RIM - SIDE)
    both: NDArray[np.float64] = down[:, np.newaxis] * across
    return both[..., np.newaxis]


def build(env: MethodEnvironment) -> Iterator[Method]:
    """Yield the method, if there are dictionaries for it."""
    found = by_scale(env.dictionaries, "sc")
    if found:
        yield ScMethod(found, env.border)

"""NE+LLE: neighbour embedding with the weights of locally linear embedding.

Chang, Yeung, Xiong (2004), "Super-resolution through neighbor embedding".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from typing_extensions import override

from srcnn.neighbours import NeighbourEmbedding
from srcnn.patch_method import by_scale

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from srcnn.method import Method, MethodEnvironment

_RIDGE = 1e-4


class NeLleMethod(NeighbourEmbedding):
    """Weights that sum to 1."""

    id = "ne-lle"
    label = "NE+LLE"
    rank = 46

    @override
    def weigh(
        self, atoms: NDArray[np.float64], features: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        apart = atoms - features[:, np.newaxis]
        local = apart @ apart.swapaxes(1, 2)
        trace = np.trace(local, axis1=1, axis2=2)
        ridge = _RIDGE * np.where(trace > 0, trace, 1)
        local += ridge[:, np.newaxis, np.newaxis] * np.eye(local.shape[1])
        weights = np.linalg.solve(local, np.ones((*local.shape[:2], 1)))[..., 0]
        unit: NDArray[np.float64] = weights / weights.sum(axis=1, keepdims=True)
        return unit


def build(env: MethodEnvironment) -> Iterator[Method]:
    """Yield the method, if there are dictionaries for it."""
    found = by_scale(env.dictionaries, "ksvd")
    if found:
        yield NeLleMethod(found, env.border)

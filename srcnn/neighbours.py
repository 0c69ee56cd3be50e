"""Neighbour embedding: a patch as a combination of the atoms it resembles most."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

import numpy as np
from typing_extensions import override

from srcnn.patch_method import PatchMethod

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from srcnn.dictionary import Dictionary

NEIGHBOURS = 24


class NeighbourEmbedding(PatchMethod[tuple["NDArray[np.float64]", ...]]):
    """The same weights that combine the neighbours' features combine their details.

    Neighbours are the atoms with the largest magnitude of correlation, and the details those of
    the dictionary: as Timofte et al. (2013) compare these methods.
    """

    @abstractmethod
    def weigh(
        self, atoms: NDArray[np.float64], features: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the weights (N, neighbours) of atoms (N, neighbours, features)."""

    @override
    def prepare(self, dictionary: Dictionary) -> tuple[NDArray[np.float64], ...]:
        low, high = dictionary.low, dictionary.high
        return low, np.ascontiguousarray(low.T), np.ascontiguousarray(high.T)

    @override
    def detail(
        self, prepared: tuple[NDArray[np.float64], ...], features: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        low, atoms, details = prepared
        likeness = np.abs(features @ low)
        size = min(NEIGHBOURS, low.shape[1])
        near = np.argpartition(likeness, -size, axis=1)[:, -size:]
        near.sort(axis=1)
        weights = self.weigh(atoms[near], features)
        found: NDArray[np.float64] = (weights[:, np.newaxis] @ details[near])[:, 0]
        return found

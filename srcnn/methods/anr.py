"""ANR: each patch by the linear map of the atom it resembles most.

Timofte, De Smet, Van Gool (2013), "Anchored neighborhood regression for fast example-based
super-resolution".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from typing_extensions import override

from srcnn.patch_method import PatchMethod, by_scale

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from srcnn.dictionary import Dictionary
    from srcnn.method import Method, MethodEnvironment

_NEIGHBOURS = 40
_RIDGE = 0.01


class AnrMethod(PatchMethod[tuple["NDArray[np.float64]", "NDArray[np.float64]"]]):
    """Ridge regression on the neighbours of each atom, computed once."""

    id = "anr"
    label = "ANR"
    rank = 50

    @override
    def prepare(self, dictionary: Dictionary) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        low, high = dictionary.low, dictionary.high
        likeness = np.abs(low.T @ low)
        size = min(_NEIGHBOURS, low.shape[1])
        near = np.argsort(-likeness, axis=1, kind="stable")[:, :size]
        atoms, details = low.T[near], high.T[near]  # (atoms, neighbours, ...)
        system = atoms @ atoms.swapaxes(1, 2) + _RIDGE * np.eye(size)
        maps = np.linalg.solve(system, atoms).swapaxes(1, 2) @ details
        return low, (1 + _RIDGE) * maps  # (atoms, features, detail)

    @override
    def detail(
        self,
        prepared: tuple[NDArray[np.float64], NDArray[np.float64]],
        features: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        low, maps = prepared
        nearest = np.abs(features @ low).argmax(axis=1)
        detail: NDArray[np.float64] = (features[:, np.newaxis] @ maps[nearest])[:, 0]
        return detail


def build(env: MethodEnvironment) -> Iterator[Method]:
    """Yield the method, if there are dictionaries for it."""
    found = by_scale(env.dictionaries, "ksvd")
    if found:
        yield AnrMethod(found, env.border)

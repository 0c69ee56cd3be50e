"""K-SVD: each patch's features as three atoms of a dictionary, whose details are added.

Zeyde, Elad, Protter (2010), "On single image scale-up using sparse-representations"; the paper's
"K-SVD".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from typing_extensions import override

from srcnn.patch_method import PatchMethod, by_scale
from srcnn.pursuit import pursue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from srcnn.dictionary import Dictionary
    from srcnn.method import Method, MethodEnvironment

_SPARSITY = 3


class KsvdMethod(PatchMethod[tuple["NDArray[np.float64]", ...]]):
    """Sparse coding by orthogonal matching pursuit."""

    id = "ksvd"
    label = "K-SVD"
    rank = 40

    @override
    def prepare(self, dictionary: Dictionary) -> tuple[NDArray[np.float64], ...]:
        low = dictionary.low
        return low, low.T @ low, np.ascontiguousarray(dictionary.high.T)

    @override
    def detail(
        self, prepared: tuple[NDArray[np.float64], ...], features: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        low, gram, high = prepared
        chosen, coefficients = pursue(features @ low, gram, _SPARSITY)
        detail: NDArray[np.float64] = (coefficients[:, np.newaxis] @ high[chosen])[:, 0]
        return detail


def build(env: MethodEnvironment) -> Iterator[Method]:
    """Yield the method, if there are dictionaries for it."""
    found = by_scale(env.dictionaries, "ksvd")
    if found:
        yield KsvdMethod(found, env.border)

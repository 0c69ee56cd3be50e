"""NE+NNLS: neighbour embedding without negative weights.

Bevilacqua, Roumy, Guillemot, Alberi-Morel (2012), "Low-complexity single-image super-resolution
based on nonnegative neighbor embedding".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from srcnn.neighbours import NeighbourEmbedding
from srcnn.nnls import solve_nonnegative
from srcnn.patch_method import by_scale

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from srcnn.method import Method, MethodEnvironment


class NeNnlsMethod(NeighbourEmbedding):
    """Weights that are not negative."""

    id = "ne-nnls"
    label = "NE+NNLS"
    rank = 44
    tile = 96

    @override
    def weigh(
        self, atoms: NDArray[np.float64], features: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        gram = atoms @ atoms.swapaxes(1, 2)
        wanted = (atoms @ features[..., None])[..., 0]
        return solve_nonnegative(gram, wanted)


def build(env: MethodEnvironment) -> Iterator[Method]:
    """Yield the method, if there are dictionaries for it."""
    found = by_scale(env.dictionaries, "ksvd")
    if found:
        yield NeNnlsMethod(found, env.border)

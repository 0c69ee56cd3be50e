"""What K-SVD, ANR and the neighbour embeddings have in common: features in, detail out."""

from __future__ import annotations

import threading
from abc import abstractmethod
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np
from typing_extensions import override

from srcnn.geometry import Region, Size
from srcnn.method import DIGEST_DIGITS, Method
from srcnn.patches import PatchGrid, average, difference_maps, project
from srcnn.resize import Border, imresize_region
from srcnn.workers import products_alone, tune_memory

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from srcnn.dictionary import Dictionary
    from srcnn.types import Planes

_CONTEXT = 6
"""Two low-resolution pixels of overlap, one of differences, two of bicubic, one at the edge."""

_CHUNK = 512
"""Patches whose correlations with all atoms are held at once: what the cache can take."""

Prepared = TypeVar("Prepared")


class PatchMethod(Method, Generic[Prepared]):
    """Bicubic, plus the average of the detail predicted for each patch of 3 x 3 pixels.

    The outermost low-resolution pixel, which no patch covers, stays bicubic.

    Parameters
    ----------
    dictionaries : Mapping[int, Dictionary]
        By scale.
    border : Border
        Border rule of bicubic.
    """

    context = _CONTEXT

    def __init__(self, dictionaries: Mapping[int, Dictionary], border: Border) -> None:
        self.scales = frozenset(dictionaries)
        digests = (f"{scale}:{dictionaries[scale].digest}" for scale in sorted(dictionaries))
        self.fingerprint = " ".join((self.id, border.value, *digests))
        self._dictionaries = dict(dictionaries)
        self._border = border
        self._prepared: dict[int, Prepared] = {}
        self._lock = threading.Lock()

    @override
    def provenance(self, scale: int) -> str:
        self.check_scale(scale)
        return f"dictionary {self._dictionaries[scale].digest[:DIGEST_DIGITS]}"

    def uses(self, dictionary: Dictionary) -> bool:
        """Tell whether it is one of those that it computes with."""
        return self._dictionaries.get(dictionary.scale) is dictionary

    @abstractmethod
    def prepare(self, dictionary: Dictionary) -> Prepared:
        """Compute once what every patch needs."""

    @abstractmethod
    def detail(self, prepared: Prepared, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the detail (N, 9 * scale * scale) of patches (N, features)."""

    @override
    def enlarge(self, planes: Planes, scale: int) -> Planes:
        height, width = planes.shape[-2:]
        return self.enlarge_region(planes, scale, Size(width, height).scaled(scale).region)

    @override
    def enlarge_region(self, planes: Planes, scale: int, region: Region) -> Planes:
        self.check_scale(scale)
        result = imresize_region(planes, scale, region, border=self._border)
        low = Size(planes.shape[-1], planes.shape[-2])
        grid = PatchGrid.covering(low, region.reduced(scale))
        if grid.patches.is_empty:
            return result
        detail = self._detail_of(planes, scale, grid)
        covered = grid.cells.scaled(scale)
        part = covered.intersected(region)
        inner = part.moved(-covered.left, -covered.top).slices
        outer = part.moved(-region.left, -region.top).slices
        result[0][outer] += detail[inner].astype(np.float32)
        return result

    def _detail_of(self, planes: Planes, scale: int, grid: PatchGrid) -> NDArray[np.float64]:
        """Return what is added to bicubic where ``grid`` has patches.

        A method with other features than the four maps at the final size overrides it.
        """
        dictionary, prepared = self._dictionaries[scale], self._prepare(scale)
        seen = grid.cells.grown(1).scaled(scale)
        (middle,) = imresize_region(planes, scale, seen, border=self._border)
        assert dictionary.projection is not None
        features = project(difference_maps(middle, scale), dictionary.projection, scale)
        rows, columns, length = features.shape
        features = features.reshape(-1, length)
        details = [
            self.detail(prepared, features[first : first + _CHUNK])
            for first in range(0, len(features), _CHUNK)
        ]
        return average(np.concatenate(details).reshape(rows, columns, -1), grid, scale)

    def _prepare(self, scale: int) -> Prepared:
        with self._lock:
            if scale not in self._prepared:
                tune_memory()
                products_alone()
                self._prepared[scale] = self.prepare(self._dictionaries[scale])
            return self._prepared[scale]


def by_scale(dictionaries: Sequence[Dictionary], kind: str) -> dict[int, Dictionary]:
    """Return the dictionaries of a kind by their scale; of several the last."""
    return {found.scale: found for found in dictionaries if found.kind == kind}

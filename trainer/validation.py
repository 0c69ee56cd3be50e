"""How good the weights are: PSNR by the paper's protocol on pictures that are not learnt from."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import torch

from srcnn.colour import luma_bytes
from srcnn.fast_forward import FastForward
from srcnn.geometry import Size
from srcnn.metrics import psnr, to_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor

    from numpy.typing import NDArray

    from srcnn.geometry import Region
    from srcnn.spec import WeightArrays
    from srcnn.types import BytePlane, Planes
    from trainer.pictures import Pair

_TILE = 192
"""Output pixels a side computed at once: intermediates stay in the cache."""

_SET5 = frozenset(("604eedd90c62", "685ca5e022db", "3f7e7a3a724b", "ea23cb6361ef", "f3d3480a05e7"))
"""Hashes of the upper left corners of Set5's lumas."""
_CORNER = 200

_PAPER_DB = {2: 36.34, 3: 32.39, 4: 30.09}
"""What SRCNN 9-1-5 trained on 91 images reaches on Set5 (Table 1 of the paper)."""


class Validation:
    """The pictures to validate on, and what every method makes of them.

    Parameters
    ----------
    pairs : Sequence of Pair
        Pictures that are not learnt from.
    scale : int
        Enlargement factor; as many pixels are shaved from each side.
    device : str
        Where to compute.
    workers : Executor
        Where pictures are computed side by side; each worker computes on one thread.
    at_once : int
        Pictures that are handed to them together.
    """

    def __init__(
        self, pairs: Sequence[Pair], scale: int, device: str, workers: Executor, at_once: int
    ) -> None:
        self._pairs = pairs
        self._scale = scale
        self._device = device
        self._workers = workers
        self._at_once = at_once
        self._truths = [measured(pair.truth) for pair in pairs]

    @property
    def bicubic_db(self) -> float:
        """Mean PSNR in dB of bicubic interpolation."""
        return _mean([self._psnr(k, pair.enlarged) for k, pair in enumerate(self._pairs)])

    @property
    def paper_db(self) -> float | None:
        """What the paper reports, if these are the pictures of Set5, whatever their names."""
        corners = (np.ascontiguousarray(luma[:_CORNER, :_CORNER]) for luma in self._truths)
        found = {hashlib.sha256(corner.tobytes()).hexdigest()[:12] for corner in corners}
        return _PAPER_DB[self._scale] if found == _SET5 else None

    def psnr_of(
        self, arrays: WeightArrays, should_stop: Callable[[], bool] = lambda: False
    ) -> float | None:
        """Return the mean PSNR in dB of a network with these weights.

        ``inf`` only if every picture is reproduced exactly; one that is, among others, is left
        out. None if ``should_stop``, which is asked between pictures, said so.
        """
        forward = FastForward(arrays, self._device)

        def of_picture(index: int) -> float:
            return self._psnr(index, sharpened(forward, self._pairs[index].enlarged))

        values: list[float] = []
        pictures = range(len(self._pairs))
        for first in pictures[:: self._at_once]:
            if should_stop():
                return None
            values += self._workers.map(of_picture, pictures[first : first + self._at_once])
        return _mean(values)

    def _psnr(self, index: int, planes: Planes) -> float:
        return psnr(self._truths[index], measured(to_bytes(planes)), shave=self._scale)


def measured(planes: NDArray[np.uint8]) -> BytePlane:
    """Return the luma (H, W) of luma (1, H, W) or RGB (3, H, W): PSNR is always that of luma."""
    return planes[0] if len(planes) == 1 else luma_bytes(planes.transpose(1, 2, 0))


def sharpened(forward: FastForward, enlarged: Planes) -> Planes:
    """Sharpen interpolated planes (C, H, W), extended by replication at their edges."""
    halo = forward.spec.halo
    extended = np.pad(enlarged, ((0, 0), (halo, halo), (halo, halo)), mode="edge")
    result = np.empty_like(enlarged)
    for tile in _tiles(Size(enlarged.shape[2], enlarged.shape[1])):
        window = extended[:, *tile.moved(halo, halo).grown(halo).slices]
        seen = torch.from_numpy(np.ascontiguousarray(window))
        result[:, *tile.slices] = forward(seen[None])[0].cpu().numpy()
    return result


def _tiles(size: Size) -> Iterator[Region]:
    for top in range(0, size.height, _TILE):
        for left in range(0, size.width, _TILE):
            tile = Size(_TILE, _TILE).region.moved(left, top)
            yield tile.intersected(size.region)


def _mean(values: Sequence[float]) -> float:
    """Return the mean; identical pictures (``inf``) are left out unless all are identical."""
    finite = [value for value in values if np.isfinite(value)]
    return float(np.mean(finite)) if finite else float("inf")

"""How good the weights are: PSNR by the paper's protocol on pictures that are not learnt from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from srcnn.fast_forward import FastForward
from srcnn.geometry import Size
from srcnn.metrics import psnr, to_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from srcnn.geometry import Region
    from srcnn.spec import WeightArrays
    from srcnn.types import Plane
    from trainer.dataset import Pair

_TILE = 192
"""Output pixels a side computed at once: intermediates stay in the cache."""


def bicubic_psnr(pairs: Sequence[Pair], scale: int) -> float:
    """Return the mean PSNR in dB of bicubic interpolation."""
    return _mean([psnr(pair.truth, to_bytes(pair.enlarged), shave=scale) for pair in pairs])


def weights_psnr(
    arrays: WeightArrays, pairs: Sequence[Pair], scale: int, device: str = "cpu"
) -> float:
    """Return the mean PSNR in dB of a network with these weights.

    Parameters
    ----------
    arrays : WeightArrays
        Weights for luma.
    pairs : Sequence of Pair
        Pictures the network has not learnt from.
    scale : int
        Enlargement factor; as many pixels are shaved from each side.
    device : str
        Where to compute.

    Returns
    -------
    float
        Mean over the pictures; ``inf`` if every one is reproduced exactly.
    """
    forward = FastForward(arrays, device)
    return _mean(
        [
            psnr(pair.truth, to_bytes(sharpened(forward, pair.enlarged)), shave=scale)
            for pair in pairs
        ]
    )


def sharpened(forward: FastForward, enlarged: Plane) -> Plane:
    """Sharpen an interpolated plane (H, W), extended by replication at its edges."""
    halo = forward.spec.halo
    extended = np.pad(enlarged, halo, mode="edge")
    result = np.empty_like(enlarged)
    for tile in _tiles(Size(enlarged.shape[1], enlarged.shape[0])):
        window = extended[tile.moved(halo, halo).grown(halo).slices]
        seen = torch.from_numpy(np.ascontiguousarray(window))
        result[tile.slices] = forward(seen[None, None])[0, 0].cpu().numpy()
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

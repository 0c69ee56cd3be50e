"""Bicubic interpolation and the network behind it, in the arrangement that is fastest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import torch

from srcnn.extension import imresize_extended
from srcnn.fast_forward import FastForward
from srcnn.folded_forward import FoldedForward
from srcnn.folding import interpolation_windows
from srcnn.resize import Border
from srcnn.spec import SrcnnSpec

if TYPE_CHECKING:
    from srcnn.geometry import Region
    from srcnn.spec import WeightArrays
    from srcnn.types import Planes


class Forward(Protocol):
    """Enlarges parts of pictures of one size, (N, C, h, w), all by one call."""

    def __call__(self, low: Planes, region: Region) -> torch.Tensor:
        """Return the part ``region`` of each, (N, C, region.height, region.width), float32."""
        ...


def make_forward(
    arrays: WeightArrays, scale: int, border: Border, device_id: str, short_type: str | None = None
) -> Forward:
    """Arrange bicubic interpolation by ``scale`` and the network behind it for speed.

    Folding pays where it leaves no more weights: for 9-1-5 at all scales.

    Parameters
    ----------
    arrays : WeightArrays
        w1, b1, w2, b2, w3, b3.
    scale : int
        Enlargement factor.
    border : Border
        Border rule of the interpolation.
    device_id : str
        ``cpu``, ``cuda:N`` or ``mps``.
    short_type : str or None
        ``bfloat16`` or ``float16`` to be faster and less exact; taken notice of where folding
        leaves fewer weights, not at x2.
    """
    if not is_folded(arrays, scale):
        return UnfoldedForward(arrays, scale, border, device_id)
    short: torch.dtype | None = None
    if short_type is not None and _side(arrays, scale) < arrays[0].shape[-1]:
        short = getattr(torch, short_type)
    return FoldedForward(arrays, scale, border, device_id, short)


def is_folded(arrays: WeightArrays, scale: int) -> bool:
    """Tell whether folding leaves no more weights, and is possible at all."""
    spec = SrcnnSpec.of([array.shape for array in arrays])
    return spec.f2 == 1 and _side(arrays, scale) <= spec.f1


def _side(arrays: WeightArrays, scale: int) -> int:
    """Return the side of the folded filters."""
    windows, _ = interpolation_windows(arrays[0].shape[-1], scale)
    return int(windows.shape[-1])


class UnfoldedForward:
    """Bicubic, then SRCNN, for a second layer of any size."""

    def __init__(self, arrays: WeightArrays, scale: int, border: Border, device_id: str) -> None:
        self._forward = FastForward(arrays, device_id)
        self._scale = scale
        self._border = border

    def __call__(self, low: Planes, region: Region) -> torch.Tensor:
        """Enlarge a part of pictures, (N, C, h, w)."""
        seen = region.grown(self._forward.spec.halo)
        extended = imresize_extended(low, self._scale, seen, border=self._border)
        return self._forward(torch.from_numpy(extended))

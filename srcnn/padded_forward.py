"""SRCNN with another rule than replication for what lies beyond the edges of the picture.

Only what sees beyond an edge is computed here, layer by layer as the rule is written; everything
else is the same whatever the rule, and left to the fast arrangement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn.functional import conv2d, pad

from srcnn.geometry import Size
from srcnn.padding import Padding
from srcnn.resize import imresize_region
from srcnn.spec import SrcnnSpec

if TYPE_CHECKING:
    from srcnn.forward import Forward
    from srcnn.geometry import Region
    from srcnn.resize import Border
    from srcnn.spec import WeightArrays
    from srcnn.types import Planes


class PaddedForward:
    """Bicubic, then SRCNN with a rule for its borders; safe to call from several threads at once.

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
    padding : Padding
        ``ZEROS`` or ``NORMALISED``.
    inside : Forward
        Computes what sees no edge.

    Raises
    ------
    ValueError
        If the rule is replication, which needs no layers one by one.
    """

    def __init__(
        self,
        arrays: WeightArrays,
        scale: int,
        border: Border,
        device_id: str,
        padding: Padding,
        inside: Forward,
    ) -> None:
        if padding is Padding.REPLICATE:
            raise ValueError("replication is what other arrangements compute")
        self.spec = SrcnnSpec.of([array.shape for array in arrays])
        self._scale = scale
        self._border = border
        self._padding = padding
        self._inside = inside
        w1, b1, w2, b2, w3, b3 = (torch.from_numpy(a.copy()).to(device_id) for a in arrays)
        self._layers = ((w1, b1), (w2, b2), (w3, b3))

    @torch.inference_mode()
    def __call__(self, low: Planes, region: Region) -> torch.Tensor:
        """Enlarge a part of pictures.

        Parameters
        ----------
        low : float32, (N, C, h, w)
            Low-resolution planes in [0, 1], each the whole as far as this part depends on it.
        region : Region
            Pixels of the result, of each picture the same.

        Returns
        -------
        (N, C, region.height, region.width), float32
            On the device; not clipped.
        """
        whole = Size(low.shape[3], low.shape[2]).scaled(self._scale).region
        if whole.contains(region.grown(self.spec.halo)):
            return self._inside(low, region)
        return self._at_the_edge(low, region, whole)

    def _at_the_edge(self, low: Planes, region: Region, whole: Region) -> torch.Tensor:
        """Apply layer after layer, each on what the next one sees of the picture."""
        reach = self.spec.halo
        seen = region.grown(reach).intersected(whole)
        plane = imresize_region(low, self._scale, seen, border=self._border)
        x = torch.from_numpy(plane).to(self._layers[0][0].device)
        for weight, bias in self._layers:
            half = weight.shape[-1] // 2
            reach -= half
            wanted = region.grown(reach).intersected(whole)
            outside = wanted.grown(half)
            sides = (
                seen.left - outside.left,
                outside.right - seen.right,
                seen.top - outside.top,
                outside.bottom - seen.bottom,
            )
            x = conv2d(pad(x, sides), weight)
            if self._padding is Padding.NORMALISED:
                x = x / _valid_share(wanted, whole, half).to(x)
            x = x + bias.view(-1, 1, 1)
            if weight is not self._layers[-1][0]:
                x = x.clamp_min_(0)
            seen = wanted
        return x


def _valid_share(region: Region, whole: Region, half: int) -> torch.Tensor:
    """Return which part of a filter's pixels is on the picture, (region.height, region.width)."""

    def valid(start: int, stop: int, length: int) -> torch.Tensor:
        centres = torch.arange(start, stop)
        first, last = (centres - half).clamp_min(0), (centres + half).clamp_max(length - 1)
        return (last - first + 1) / (2 * half + 1)

    rows = valid(region.top, region.bottom, whole.bottom)
    return rows[:, None] * valid(region.left, region.right, whole.right)

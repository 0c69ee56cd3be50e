"""SRCNN straight from the low-resolution picture: bicubic folded into the first layer.

Bicubic interpolation is a weighted sum of low-resolution pixels, and so is each filter of the
first layer over the interpolated plane. Put together they are one convolution of the
low-resolution picture with ``scale`` x ``scale`` times as many filters, one set for each place of
an output pixel between its low-resolution neighbours. For 9-1-5 at x3 these have 7 x 7 weights
instead of 81, and the interpolated plane is never made.

All layers are computed in *blocks*, the ``scale`` x ``scale`` output pixels of a low-resolution
pixel, one row of pixels of all blocks after the other: its features are few enough to stay in the
cache, and its folded filters often see one row less. The last layer spreads that row over the
patch that a block reaches, (scale + f3 - 1) pixels a side, in one matrix product; the patches are
then added up.

Only near the edges of the picture, where the interpolated plane is extended by replication, is the
first layer computed as it is written.

In bfloat16 the folded filters have another merit. Trained filters are large where interpolated
planes have next to nothing, so what rounds such a plane is amplified; the folded filters see
low-resolution pixels and amplify nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.functional import fold

from srcnn.extension import imresize_extended
from srcnn.fast_forward import FastForward, bands, convolution_relu, packed, planes_as_channels
from srcnn.folding import fold_interpolation, spread_row, unused_rows
from srcnn.geometry import Region, Size
from srcnn.resize import Border

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from srcnn.spec import WeightArrays
    from srcnn.types import Planes

_GREY = 0.5
"""Taken from every pixel and given back through the bias: small numbers are rounded less."""


@dataclass(frozen=True, slots=True, eq=False)
class _BlockRow:
    """The folded first layer for one row of pixels of each block.

    ``above`` and ``below`` are how many rows of what all filters see these ones do not.
    """

    weight: torch.Tensor
    bias: torch.Tensor
    above: int
    below: int

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """Return (N, scale * n1, rows, columns), channels last, from what all filters see."""
        seen = x[:, :, self.above : x.shape[2] - self.below]
        return convolution_relu(seen, self.weight, self.bias)


class FoldedForward:
    """Bicubic and SRCNN in one, on one device; safe to call from several threads at once.

    Parameters
    ----------
    arrays : WeightArrays
        w1, b1, w2, b2, w3, b3; the second layer has filters of one pixel.
    scale : int
        Enlargement factor.
    border : Border
        Border rule of the interpolation.
    device_id : str
        ``cpu``, ``cuda:N`` or ``mps``.
    short : torch.dtype or None
        A 16-bit type in which the first two layers are computed: faster, less exact.

    Raises
    ------
    ValueError
        If the second layer's filters are larger than a pixel.
    """

    def __init__(
        self,
        arrays: WeightArrays,
        scale: int,
        border: Border = Border.CLAMP,
        device_id: str = "cpu",
        short: torch.dtype | None = None,
    ) -> None:
        self._plain = FastForward(arrays, device_id)
        self.spec = spec = self._plain.spec
        if spec.f2 != 1:
            raise ValueError("only a second layer of 1 x 1 filters can be folded")
        self._scale = scale
        self._border = border
        self._rim = -(-(spec.f1 // 2) // scale)  # blocks that see beyond the edge
        self._reach = -(-(spec.f3 // 2) // scale)  # blocks around that the last layer needs
        self._type = short or torch.float32

        w1, b1, w2, b2, w3, b3 = arrays
        device = self._plain.device

        def tensor(array: NDArray[np.floating], kind: torch.dtype = torch.float32) -> torch.Tensor:
            # float32 first: what is rounded twice differs from device to device
            return torch.from_numpy(array.astype(np.float32)).to(device, kind)

        folded, self._origin = fold_interpolation(w1.astype(np.float64), scale)
        self._side = folded.shape[-1]
        self._rows = []
        for filters in folded:
            above, below = unused_rows(filters)
            used = filters[:, :, above : self._side - below].transpose(0, 3, 1, 2)
            weight = tensor(used.reshape(*used.shape[:1], -1, used.shape[3], 1), self._type)
            bias = tensor(np.tile(b1, scale) + _GREY * filters.sum(axis=(1, 2, 3)))
            self._rows.append(_BlockRow(packed(weight), bias, above, below))
        self._w2 = packed(tensor(w2, self._type))
        self._b2 = tensor(b2)
        self._w3 = tensor(spread_row(w3, scale))
        self._b3 = tensor(b3[:, np.newaxis, np.newaxis])

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
            On the device; as interpolation followed by ``Srcnn.forward``, within 5e-6. Not
            clipped.
        """
        scale, spec = self._scale, self.spec
        blocks = region.reduced(scale).grown(self._reach)
        patches = self._patches(low, blocks)
        side = scale + spec.f3 - 1
        whole = fold(
            patches.view(len(low), spec.channels * side * side, -1),
            ((blocks.height - 1) * scale + side, (blocks.width - 1) * scale + side),
            side,
            stride=scale,
        )
        half = spec.f3 // 2
        inner = region.moved(half - blocks.left * scale, half - blocks.top * scale)
        return whole[..., *inner.slices] + self._b3

    def _patches(self, low: Planes, blocks: Region) -> torch.Tensor:
        """Return what the last layer makes of each block, (N, C, side * side, H, W)."""
        scale, spec, count = self._scale, self.spec, len(low)
        x = self._as_channels(low, blocks)
        rim = self._rim_of(low, blocks)
        side = scale + spec.f3 - 1
        patches = x.new_zeros(
            (count, spec.channels, side * side, blocks.height, blocks.width), dtype=torch.float32
        )
        row_bytes = count * blocks.width * scale * spec.n1 * x.element_size()
        for top, bottom in bands(blocks.height, row_bytes, self._plain.device):
            band = Region(0, top, blocks.width, bottom)
            for y, row in enumerate(self._rows):
                features = row.features(x[:, :, top : bottom + self._side - 1])
                _put_in(features, rim, band, y)
                mapped = convolution_relu(_as_pixels(features, spec.n1), self._w2, self._b2)
                columns = _as_columns(mapped.to(torch.float32), scale * spec.n2)
                for plane, spread in enumerate(self._w3):
                    reached = patches[:, plane, side * y : side * (y + spec.f3), top:bottom]
                    reached = reached.view(count, len(spread), -1)
                    reached.baddbmm_(spread.expand(count, -1, -1), columns)
        return patches

    def _as_channels(self, low: Planes, blocks: Region) -> torch.Tensor:
        """Return what ``blocks`` depend on, shifted copies as channels, on the device."""
        top, left = blocks.top + self._origin, blocks.left + self._origin
        bottom, right = top + blocks.height + self._side - 1, left + blocks.width + self._side - 1
        rows = self._border.indices(top, bottom - 1, low.shape[2])
        columns = self._border.indices(left, right - 1, low.shape[3])
        seen = low[:, :, rows[:, np.newaxis], columns] - np.float32(_GREY)
        x = torch.from_numpy(seen)
        if self._plain.device.type == "cuda":
            x = x.pin_memory()
        x = x.to(self._plain.device, self._type, non_blocking=True)
        return planes_as_channels(x, self._side)

    def _rim_of(self, low: Planes, blocks: Region) -> list[tuple[Region, torch.Tensor]]:
        """Compute the features that see the plane's extension beyond the picture.

        Returns
        -------
        list of (Region, tensor)
            Parts of ``blocks``, counted from their corner, and the features of each,
            for every row of a block (scale, N, scale * n1, rows, columns).
        """
        scale = self._scale
        inside = Size(low.shape[3], low.shape[2]).region.grown(-self._rim)
        rim = []
        for strip in _outside(blocks, inside):
            seen = strip.scaled(scale).grown(self.spec.f1 // 2)
            extended = imresize_extended(low, scale, seen, border=self._border)
            pixels = self._plain.first_layer(torch.from_numpy(extended))
            pixels = pixels.view(*pixels.shape[:2], strip.height, scale, strip.width, scale)
            pixels = pixels.permute(3, 0, 5, 1, 2, 4).flatten(2, 3)
            rim.append((strip.moved(-blocks.left, -blocks.top), pixels))
        return rim


def _put_in(
    features: torch.Tensor, rim: Sequence[tuple[Region, torch.Tensor]], band: Region, y: int
) -> None:
    """Overwrite the part of ``features`` that is rim.

    Parameters
    ----------
    features : (N, channels, rows, columns)
        Of row ``y`` of each block of a band.
    rim : sequence of (Region, tensor)
        As from ``_rim_of``.
    band : Region
        The blocks, counted as those of the rim.
    """
    for strip, redone in rim:
        part = strip.intersected(band)
        if not part.is_empty:
            target = features[:, :, part.top - band.top : part.bottom - band.top, :]
            source = redone[y, :, :, part.top - strip.top : part.bottom - strip.top]
            target[..., part.left : part.right].copy_(source)


def _as_pixels(features: torch.Tensor, channels: int) -> torch.Tensor:
    """See rows of blocks (N, scale * channels, H, W), channels last, as (N, channels, H, W')."""
    count, many, rows, columns = features.shape
    size = count, channels, rows, columns * many // channels
    line = columns * many
    return features.as_strided(size, (rows * line, 1, line, channels))


def _as_columns(x: torch.Tensor, length: int) -> torch.Tensor:
    """See (N, C, H, W), channels last, as columns (N, length, C * H * W / length)."""
    picture = x[0].numel()
    return x.as_strided((len(x), length, picture // length), (picture, 1, length))


def _outside(region: Region, inside: Region) -> Iterator[Region]:
    """Yield strips that cover what of ``region`` is not ``inside``."""
    if inside.intersected(region).is_empty:
        yield region
        return
    top, bottom = max(region.top, inside.top), min(region.bottom, inside.bottom)
    strips = (
        Region(region.left, region.top, region.right, min(top, region.bottom)),
        Region(region.left, max(bottom, region.top), region.right, region.bottom),
        Region(region.left, top, min(inside.left, region.right), bottom),
        Region(max(inside.right, region.left), top, region.right, bottom),
    )
    for strip in strips:
        if not strip.is_empty:
            yield strip

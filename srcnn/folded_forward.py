"""SRCNN straight from the low-resolution picture: bicubic folded into the first layer.

Bicubic interpolation is a weighted sum of low-resolution pixels, and so is each filter of the
first layer over the interpolated plane. Put together they are one convolution of the
low-resolution picture with ``scale`` x ``scale`` times as many filters, one set for each place of
an output pixel between its low-resolution neighbours. For 9-1-5 at x3 these have 7 x 7 weights
instead of 81, and the interpolated plane is never made.

All layers are computed in *blocks*: the ``scale`` x ``scale`` output pixels of a low-resolution
pixel, side by side as channels. The last layer spreads each block over the patch that it reaches,
(scale + f3 - 1) pixels a side, in one matrix product; the patches are then added up.

Only near the edges of the picture, where the interpolated plane is extended by replication, is the
first layer computed as it is written.

In bfloat16 the folded filters have another merit. Trained filters are large where interpolated
planes have next to nothing, so what rounds such a plane is amplified; the folded filters see
low-resolution pixels and amplify nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.functional import fold

from srcnn.extension import imresize_extended
from srcnn.fast_forward import FastForward, bands, convolution_relu, planes_as_channels
from srcnn.geometry import Region, Size
from srcnn.resize import Border, interpolation_matrix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from srcnn.spec import WeightArrays
    from srcnn.types import Planes

_GREY = 0.5
"""Taken from every pixel and given back through the bias: small numbers are rounded less."""


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
        folded, self._origin = _fold(w1.astype(np.float64), scale)
        self._side = folded.shape[-1]
        bias = np.tile(b1, scale * scale) + _GREY * folded.sum(axis=(1, 2, 3))
        folded = folded.transpose(0, 3, 1, 2).reshape(len(folded), -1, self._side, 1)
        device = self._plain.device

        def tensor(array: NDArray[np.floating], kind: torch.dtype = torch.float32) -> torch.Tensor:
            # float32 first: what is rounded twice differs from device to device
            return torch.from_numpy(array.astype(np.float32)).to(device, kind)

        last = torch.channels_last
        self._w1 = tensor(folded, self._type).contiguous(memory_format=last)
        self._b1 = tensor(bias)
        self._w2 = tensor(w2, self._type).contiguous(memory_format=last)
        self._b2 = tensor(b2)
        self._w3 = tensor(_spread(w3, scale))
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
        scale, spec, count = self._scale, self.spec, len(low)
        blocks = region.reduced(scale).grown(self._reach)
        x = self._as_channels(low, blocks)
        row_bytes = count * blocks.width * len(self._w1) * x.element_size()
        rim = self._rim_of(low, blocks)
        parts = []
        for top, bottom in bands(blocks.height, row_bytes, self._plain.device):
            seen = x[:, :, top : bottom + self._side - 1]
            features = convolution_relu(seen, self._w1, self._b1)
            _put_in(features, rim, Region(0, top, blocks.width, bottom))
            mapped = convolution_relu(_as_pixels(features, spec.n1), self._w2, self._b2)
            columns = _as_columns(mapped, scale * scale * spec.n2)
            if self._type is not torch.float32:
                columns = columns.to(torch.float32)
            parts.append((self._w3 @ columns).view(-1, count, bottom - top, blocks.width))
        patches = torch.cat(parts, dim=2)
        side = scale + spec.f3 - 1
        whole = fold(
            patches.flatten(2).transpose(0, 1),
            ((blocks.height - 1) * scale + side, (blocks.width - 1) * scale + side),
            side,
            stride=scale,
        )
        half = spec.f3 // 2
        inner = region.moved(half - blocks.left * scale, half - blocks.top * scale)
        return whole[..., *inner.slices] + self._b3

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
            (N, rows, columns, scale * scale * n1).
        """
        scale, count, n1 = self._scale, len(low), self.spec.n1
        inside = Size(low.shape[3], low.shape[2]).region.grown(-self._rim)
        rim = []
        for strip in _outside(blocks, inside):
            seen = strip.scaled(scale).grown(self.spec.f1 // 2)
            extended = imresize_extended(low, scale, seen, border=self._border)
            pixels = self._plain.first_layer(torch.from_numpy(extended)).permute(0, 2, 3, 1)
            pixels = pixels.reshape(count, strip.height, scale, strip.width, scale, n1)
            rim.append((strip.moved(-blocks.left, -blocks.top), pixels.transpose(2, 3).flatten(3)))
        return rim


def _put_in(
    features: torch.Tensor, rim: Sequence[tuple[Region, torch.Tensor]], band: Region
) -> None:
    """Overwrite the part of ``features``, (N, channels, rows, columns) of a band, that is rim."""
    for strip, redone in rim:
        part = strip.intersected(band)
        if not part.is_empty:
            target = features[:, :, part.top - band.top : part.bottom - band.top, :]
            source = redone[:, part.top - strip.top : part.bottom - strip.top]
            target[..., part.left : part.right].copy_(source.permute(0, 3, 1, 2))


def _as_pixels(features: torch.Tensor, channels: int) -> torch.Tensor:
    """See blocks (N, places * channels, H, W), channels last, as (N, channels, H, W * places)."""
    count, many, rows, columns = features.shape
    size = count, channels, rows, columns * many // channels
    line = columns * many
    return features.as_strided(size, (rows * line, 1, line, channels))


def _as_columns(x: torch.Tensor, length: int) -> torch.Tensor:
    """See (N, C, H, W), channels last, as columns (length, N * C * H * W / length)."""
    return x.as_strided((length, x.numel() // length), (1, length))


def _fold(w1: NDArray[np.float64], scale: int) -> tuple[NDArray[np.float64], int]:
    """Put bicubic interpolation into filters (n1, C, f1, f1).

    Returns
    -------
    folded : (scale * scale * n1, C, side, side)
        Filters of the low-resolution picture, for every pixel of a block.
    origin : int
        Where they begin, counted from the block.
    """
    windows, origin = interpolation_windows(w1.shape[-1], scale)
    folded = np.einsum("ncij,pia,qjb->pqncab", w1, windows, windows, optimize=True)
    return folded.reshape(-1, *folded.shape[3:]), origin


def interpolation_windows(f1: int, scale: int) -> tuple[NDArray[np.float64], int]:
    """Return the weights of low-resolution pixels in what a filter sees, of a row.

    Returns
    -------
    windows : (scale, f1, side)
        For every place of a pixel in its block.
    origin : int
        Where the low-resolution pixels begin, counted from the block.
    """
    matrix, origin = interpolation_matrix(scale, -(f1 // 2), scale + f1 - 1)
    return np.stack([matrix[place : place + f1] for place in range(scale)]), origin


def _spread(w3: NDArray[np.float32], scale: int) -> NDArray[np.float32]:
    """Write the last layer (C, n2, f3, f3) as a matrix from a block to the patch that it reaches.

    Returns (C * side * side, scale * scale * n2) with ``side`` = scale + f3 - 1.
    """
    channels, n2, f3, _ = w3.shape
    side = scale + f3 - 1
    matrix = np.zeros((channels, side, side, scale, scale, n2), np.float32)
    flipped = w3[:, :, ::-1, ::-1].transpose(0, 2, 3, 1)
    for y in range(scale):
        for x in range(scale):
            matrix[:, y : y + f3, x : x + f3, y, x] = flipped
    return matrix.reshape(channels * side * side, -1)


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

"""The tile: the unit of computation.

The enlarged image is cut into a fixed grid of aligned tiles. A tile is always computed in the
same way from its own low-resolution window, so screen, files, metrics and benchmarks, which all
read tiles, see the same bits whatever else is computed and in whatever order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from srcnn.colour import rgb_to_ycbcr, ycbcr_to_rgb
from srcnn.errors import Cancelled
from srcnn.geometry import Region, Size
from srcnn.metrics import to_bytes
from srcnn.resize import Border, imresize_region

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from srcnn.method import Method
    from srcnn.source import Source
    from srcnn.types import BytePlane, Pixels, Plane, Planes

BICUBIC_CONTEXT = 2
"""Low-resolution pixels around a window that chroma and opacity need."""


@dataclass(frozen=True, slots=True)
class TileGrid:
    """A picture of ``size`` cut into squares of ``tile`` pixels, row by row from 0."""

    size: Size
    tile: int

    @property
    def columns(self) -> int:
        """Tiles in a row."""
        return -(-self.size.width // self.tile)

    @property
    def rows(self) -> int:
        """Rows of tiles."""
        return -(-self.size.height // self.tile)

    def __len__(self) -> int:
        return self.columns * self.rows

    def region(self, index: int) -> Region:
        """Return the pixels of a tile; those at the right and bottom may be smaller."""
        row, column = divmod(index, self.columns)
        left, top = column * self.tile, row * self.tile
        square = Region(left, top, left + self.tile, top + self.tile)
        return square.intersected(self.size.region)

    def covering(self, region: Region) -> list[int]:
        """Return the tiles that have a pixel in ``region``, row by row."""
        inside = region.intersected(self.size.region)
        if inside.is_empty:
            return []
        part = inside.reduced(self.tile)
        return [
            row * self.columns + column
            for row in range(part.top, part.bottom)
            for column in range(part.left, part.right)
        ]


@dataclass(frozen=True, eq=False)
class Enlargement:
    """A source, a method and a scale: everything that a tile depends on.

    Attributes
    ----------
    source : Source
        What is enlarged.
    method : Method
        How; its ``scales`` must hold ``scale``.
    scale : int
        By how much.
    border : Border
        Border rule of the bicubic that enlarges chroma and opacity.
    """

    source: Source
    method: Method
    scale: int
    border: Border = Border.CLAMP

    @property
    def size(self) -> Size:
        """Pixels of the result."""
        return self.source.size.scaled(self.scale)

    @property
    def grid(self) -> TileGrid:
        """The tiles of the result."""
        return TileGrid(self.size, self.method.tile)

    @cached_property
    def key(self) -> str:
        """Everything that the bits of a tile depend on, but for its index."""
        method = f"{self.method.fingerprint} tile {self.method.tile}"
        return "|".join((self.source.key, method, str(self.scale), self.border.value))


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """A finished part of the result.

    Attributes
    ----------
    index : int
        Which tile of the grid.
    region : Region
        Its pixels in the result.
    pixels : uint8 or uint16, (h, w) or (h, w, 3)
        What is shown and saved: rounded once.
    alpha : uint8, (h, w), or None
        Opacity, if the source has any.
    luma : BytePlane, (h, w)
        What the paper's figures are measured on: the luma before it was turned into RGB,
        clipped and rounded once.
    """

    index: int
    region: Region
    pixels: Pixels
    alpha: NDArray[np.uint8] | None
    luma: BytePlane


def render_tile(enlargement: Enlargement, index: int) -> Tile:
    """Compute one tile; safe in any thread."""
    scale, source, method = enlargement.scale, enlargement.source, enlargement.method
    region = enlargement.grid.region(index)
    low = region.reduced(scale)
    window = low.grown(max(method.context, BICUBIC_CONTEXT)).intersected(source.size.region)
    inner = low.moved(-window.left, -window.top).scaled(scale)
    planes = source.window(window)
    alpha = source.alpha_window(window)
    if alpha is not None:
        alpha = imresize_region(alpha, scale, inner, border=enlargement.border)
    result = _enlarge(enlargement, planes, inner)
    return Tile(
        index=index,
        region=region,
        pixels=_to_pixels(result, source.depth),
        alpha=None if alpha is None else to_bytes(alpha),
        luma=to_bytes(result[0]),
    )


def render_tiles(
    enlargement: Enlargement, should_stop: Callable[[], bool] = lambda: False
) -> Iterator[Tile]:
    """Compute all tiles in order.

    Raises
    ------
    Cancelled
        As soon as ``should_stop``, asked before every tile, says so.
    """
    for index in range(len(enlargement.grid)):
        if should_stop():
            raise Cancelled
        yield render_tile(enlargement, index)


def _enlarge(enlargement: Enlargement, planes: Planes, inner: Region) -> Planes:
    """Return the grey or Y, Cb, Cr planes of the part ``inner`` of the enlarged window."""
    scale, method = enlargement.scale, enlargement.method
    if method.channels == 1:
        luma = method.enlarge_region(planes[:1], scale, inner)
        if len(planes) == 1:
            return luma
        chroma = imresize_region(planes[1:], scale, inner, border=enlargement.border)
        return np.concatenate([luma, chroma])
    if len(planes) == 1:  # grey stays grey
        rgb = method.enlarge_region(planes.repeat(3, axis=0), scale, inner)
        grey: Planes = np.mean(rgb, axis=0, keepdims=True, dtype=np.float32)
        return grey
    return rgb_to_ycbcr(method.enlarge_region(ycbcr_to_rgb(planes), scale, inner))


def _to_pixels(planes: Planes, depth: int) -> Pixels:
    """Return grey or RGB pixels of that depth, rounded once."""
    if len(planes) == 1:
        return _quantised(planes[0], depth)
    rgb = _quantised(ycbcr_to_rgb(planes), depth)
    interleaved: NDArray[Any] = np.ascontiguousarray(rgb.transpose(1, 2, 0))
    return interleaved


def _quantised(plane: Plane | Planes, depth: int) -> Pixels:
    if depth == 8:
        return to_bytes(plane)
    full = np.float32(65535)
    clipped: Plane = np.clip(plane * full + np.float32(0.5), 0, full)
    return clipped.astype(np.uint16)

"""The tile: the unit of computation.

The enlarged image is cut into a fixed grid of aligned tiles. A tile is always computed in the
same way from its own low-resolution window, so screen, files, metrics and benchmarks, which all
read tiles, see the same bits whatever else is computed and in whatever order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from srcnn.colour import luma_to_grey, rgb_to_ycbcr, ycbcr_to_rgb
from srcnn.errors import DeviceTooSmall, WeightsError
from srcnn.geometry import Region, Size
from srcnn.metrics import to_bytes
from srcnn.opacity import premultiplied, straight
from srcnn.resize import Border, imresize_region
from srcnn.workers import in_order, usable_cores

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
    alpha : (h, w) of the same dtype, or None
        Opacity, if the source has any.
    luma : BytePlane, (h, w)
        What the paper's figures are measured on: the luma before it was turned into RGB,
        clipped and rounded once.
    """

    index: int
    region: Region
    pixels: Pixels
    alpha: Pixels | None
    luma: BytePlane


def render_tile(enlargement: Enlargement, index: int) -> Tile:
    """Compute one tile; safe in any thread."""
    return render_batch(enlargement, (index,))[0]


def render_batch(enlargement: Enlargement, indices: Sequence[int]) -> list[Tile]:
    """Compute some tiles, the same bits as one by one; safe in any thread.

    Raises
    ------
    WeightsError
        If the method's numbers overflow.
    """
    parts = [_part(enlargement, index) for index in indices]
    results = _enlarge(enlargement, parts)
    if not all(np.isfinite(planes.sum()) for planes in results):
        raise WeightsError(
            f"{enlargement.method.label} gives no finite numbers for this picture",
            hint="Its weights are damaged, or ran away in training: use others.",
        )
    return [_tile(enlargement, *found) for found in zip(parts, results, strict=True)]


def render_tiles(
    enlargement: Enlargement,
    should_stop: Callable[[], bool] = lambda: False,
    threads: int | None = None,
) -> Iterator[Tile]:
    """Compute all tiles, several at a time; yield them in order.

    Parameters
    ----------
    enlargement : Enlargement
        What to compute.
    should_stop : callable
        Asked before every tile, or batch of tiles.
    threads : int or None
        How many are computed at a time; as many as there are cores if None. Changes no bit.

    Raises
    ------
    Cancelled
        As soon as ``should_stop`` says so.
    """
    count, batch = len(enlargement.grid), enlargement.method.batch
    batches = (range(first, min(first + batch, count)) for first in range(0, count, batch))
    compute = partial(render_batch, enlargement)
    for tiles in in_order(compute, batches, threads or usable_cores(), should_stop):
        yield from tiles


Outcome = TypeVar("Outcome")


def stepping_down(
    compute: Callable[[Enlargement], Outcome],
    enlargement: Enlargement,
    note: Callable[[str], object] = lambda _text: None,
) -> Outcome:
    """Compute with an enlargement; where memory does not suffice, all of it anew in smaller steps.

    Parameters
    ----------
    compute : callable
        What to do.
    enlargement : Enlargement
        With what.
    note : callable
        Told in a sentence what had to be changed.

    Raises
    ------
    DeviceTooSmall
        If the smallest steps do not fit either.
    """
    while True:
        try:
            return compute(enlargement)
        except DeviceTooSmall as error:
            smaller = enlargement.method.step_down()
            if smaller is None:
                raise
            note(f"{error}. Going on with {smaller.effort}.")
            enlargement = replace(enlargement, method=smaller)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A tile that is to be computed, and the window of the source that it depends on.

    ``inner`` are its pixels in the enlarged window. Unless all of ``alpha`` is opaque, ``visible``
    are the planes multiplied by it, and the method is given ``planes`` without holes.
    """

    index: int
    region: Region
    window: Region
    inner: Region
    planes: Planes
    alpha: Plane | None
    visible: Planes | None


def _part(enlargement: Enlargement, index: int) -> _Part:
    scale, source = enlargement.scale, enlargement.source
    region = enlargement.grid.region(index)
    low = region.reduced(scale)
    window = low.grown(max(enlargement.method.context, BICUBIC_CONTEXT))
    window = window.intersected(source.size.region)
    inner = low.moved(-window.left, -window.top).scaled(scale)
    planes, alpha, visible = source.window(window), source.alpha_window(window), None
    if alpha is not None and not (alpha == 1).all():
        visible = premultiplied(planes, alpha)
        planes = source.solid_window(window)
    return _Part(index, region, window, inner, planes, alpha, visible)


def _enlarge(enlargement: Enlargement, parts: Sequence[_Part]) -> Sequence[Planes]:
    """Return the grey or Y, Cb, Cr planes of the parts."""
    scale, method = enlargement.scale, enlargement.method
    if method.channels == 1:
        source = enlargement.source
        pairs = [(source.luma_of(part.planes), part.inner) for part in parts]
        lumas = method.enlarge_regions(pairs, scale)
        if source.is_grey:
            return [luma_to_grey(luma) for luma in lumas] if source.grey_as_luma else lumas
        chromas = (_bicubic(enlargement, part, part.planes[1:]) for part in parts)
        return [np.concatenate(planes) for planes in zip(lumas, chromas, strict=True)]
    if enlargement.source.is_grey:  # grey stays grey
        same = [(part.planes.repeat(3, axis=0), part.inner) for part in parts]
        rgbs = method.enlarge_regions(same, scale)
        return [np.mean(rgb, axis=0, keepdims=True, dtype=np.float32) for rgb in rgbs]
    colours = [(ycbcr_to_rgb(part.planes), part.inner) for part in parts]
    return [rgb_to_ycbcr(rgb) for rgb in method.enlarge_regions(colours, scale)]


def _bicubic(enlargement: Enlargement, part: _Part, planes: Planes) -> Planes:
    return imresize_region(planes, enlargement.scale, part.inner, border=enlargement.border)


def _tile(enlargement: Enlargement, part: _Part, planes: Planes) -> Tile:
    """Round what was computed."""
    source, alpha = enlargement.source, part.alpha
    if alpha is not None:
        alpha = _bicubic(enlargement, part, alpha)
        if part.visible is not None:
            added = planes - _bicubic(enlargement, part, part.planes)
            planes = straight(_bicubic(enlargement, part, part.visible), alpha, added)
    luma = to_bytes(planes[0])
    return Tile(
        index=part.index,
        region=part.region,
        pixels=luma if source.is_grey and source.depth == 8 else _to_pixels(planes, source.depth),
        alpha=None if alpha is None else _quantised(alpha, source.depth),
        luma=luma,
    )


def _to_pixels(planes: Planes, depth: int) -> Pixels:
    """Return grey or RGB pixels of that depth, rounded once."""
    if len(planes) == 1:
        return _quantised(planes[0], depth)
    rgb = _quantised(ycbcr_to_rgb(planes), depth)
    return np.stack(list(rgb), axis=-1)  # far faster than a transposed copy


def _quantised(plane: Plane | Planes, depth: int) -> Pixels:
    if depth == 8:
        return to_bytes(plane)
    clipped: Plane = np.clip(plane * np.float32(65535) + np.float32(0.5), 0, 65535)
    return clipped.astype(np.uint16)

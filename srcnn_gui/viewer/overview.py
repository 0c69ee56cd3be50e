"""Small versions of a layer, filled by finished tiles, to be drawn when zoomed out. No Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from srcnn.colour import ycbcr_to_rgb
from srcnn.geometry import Region
from srcnn.metrics import to_bytes
from srcnn_gui.viewer.halves import HALVES
from srcnn_gui.viewer.screen_colours import to_bgra

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from srcnn.colour_profile import ColourTransform
    from srcnn.geometry import Size
    from srcnn.source import Source
    from srcnn_gui.viewer.layer import Drawn

MAX_SIDE = 4096
"""Pixels a side of the largest level: what a screen shows, and bounded memory."""

_STRIP_ROWS = 64

SMALLEST = 2**HALVES
"""The last level is this many times smaller; tiles divide by it."""


class Preview:
    """The low-resolution input at every level: what panes show until tiles arrive.

    Attributes
    ----------
    factors : tuple of int
        How many times smaller than the result each level is, the largest first.
    levels : tuple of uint8 (h, w, 4) BGRA
    """

    def __init__(
        self, source: Source, result: Size, colours: ColourTransform | None = None
    ) -> None:
        first = 2
        while max(result.width, result.height) > MAX_SIDE * first and first < SMALLEST:
            first *= 2
        factors = []
        while first <= SMALLEST:
            factors.append(first)
            first *= 2
        self.factors = tuple(factors)
        longest = -(-max(result.width, result.height) // factors[0])
        small = _reduced(source, longest, colours)
        self.levels = tuple(
            np.array(
                small.resize(
                    (-(-result.width // factor), -(-result.height // factor)),
                    Image.Resampling.BICUBIC,
                    reducing_gap=2.0,
                )
            )
            for factor in self.factors
        )


class Overview:
    """A layer at every level of a preview, and which of its tiles are in.

    Attributes
    ----------
    preview : Preview or None
        What is seen where no tile is in yet; None for nothing.
    factors : tuple of int
        As in ``Preview``.
    levels : tuple of uint8 (h, w, 4) BGRA
        Zeros, which take no memory, until tiles come; changed in the GUI thread only.
    done : bool, (tiles,)
        Which tiles are in.
    """

    def __init__(self, preview: Preview, tiles: int, *, shows_preview: bool = True) -> None:
        self.preview = preview if shows_preview else None
        self.factors = preview.factors
        self.levels = tuple(np.zeros(level.shape, np.uint8) for level in preview.levels)
        self.done = np.zeros(tiles, np.bool_)

    def add(self, drawn: Drawn) -> None:
        """Take in a finished tile."""
        for target, factor in zip(self.levels, self.factors, strict=True):
            part = drawn.halves[factor.bit_length() - 2]  # 2, 4, 8, 16: 0, 1, 2, 3
            top, left = drawn.region.top // factor, drawn.region.left // factor
            target[top : top + part.shape[0], left : left + part.shape[1]] = part
        self.done[drawn.index] = True

    def continue_from(self, before: Overview) -> None:
        """Begin with the pixels of another overview, which is not used any more."""
        if [level.shape for level in before.levels] == [level.shape for level in self.levels]:
            self.levels = before.levels

    def level_for(self, zoom: float) -> int | None:
        """Return the smallest level with enough pixels for ``zoom``, or None if tiles must do."""
        fitting = [k for k, factor in enumerate(self.factors) if zoom * factor <= 1 + 1e-9]
        return fitting[-1] if fitting else None


def _reduced(source: Source, longest: int, colours: ColourTransform | None) -> Image.Image:
    """Return the low-resolution input, reduced by a whole factor to ``longest`` pixels or more.

    Strip by strip, so that a large picture does not stand in memory twice; the channels of the
    RGBA image are blue, green, red and opacity.
    """
    size = source.size
    factor = max(1, max(size.width, size.height) // longest)
    strips = []
    rows = _STRIP_ROWS * factor
    for top in range(0, size.height, rows):
        strip = Region(0, top, size.width, min(top + rows, size.height))
        strips.append(np.asarray(Image.fromarray(_bgra(source, strip, colours)).reduce(factor)))
    return Image.fromarray(np.concatenate(strips))


def _bgra(source: Source, region: Region, colours: ColourTransform | None) -> NDArray[np.uint8]:
    planes = source.window(region)
    is_grey = len(planes) == 1
    pixels = to_bytes(planes[0]) if is_grey else to_bytes(ycbcr_to_rgb(planes)).transpose(1, 2, 0)
    alpha = source.alpha_window(region)
    opacity = None if alpha is None else to_bytes(alpha)
    return to_bgra(pixels, opacity, colours)

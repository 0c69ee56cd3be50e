"""What a pane draws: a method's result, the truth, or the difference of the two. No Qt.

A layer is immutable and can be drawn tile by tile in any thread.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from typing_extensions import override

from srcnn.colour import luma_bytes
from srcnn.decoding import to_eight_bits
from srcnn.metrics import squared_error
from srcnn.tiles import Enlargement, Tile, TileGrid, render_batch
from srcnn_gui.viewer.halves import halves_of
from srcnn_gui.viewer.screen_colours import to_bgra

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from srcnn.colour_profile import ColourTransform
    from srcnn.geometry import Region, Size
    from srcnn.metrics import Protocol
    from srcnn.source import Truth
    from srcnn.types import BytePlane

TRUTH_TILE = 144


class Difference(StrEnum):
    """How the difference to the truth is shown: not at all, its size, or with its sign."""

    OFF = "off"
    ABSOLUTE = "absolute"
    SIGNED = "signed"


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A tile, ready to be shown and counted.

    Attributes
    ----------
    index : int
        Which tile of the layer's grid.
    region : Region
        Its pixels in the result.
    bgra : uint8, (h, w, 4)
        Blue, green, red, opacity: the byte order of a QImage, in the colours of the screen.
    luma : BytePlane, (h, w)
        Luma that is measured, before RGB (the paper's way).
    saved_luma : BytePlane, (h, w)
        Luma of the pixels as they are saved.
    squared, saved_squared : int
        Sums of squared errors of the two to the truth, inside the shave; 0 without a truth.
    seconds : float
        What it took to compute.
    stored : uint8, (h, w) or (h, w, 3), or None
        Grey or RGB as in the file; None if ``bgra`` has the same numbers.
    halves : tuple of uint8, (h, w, 4)
        ``bgra`` 2, 4, 8, 16 times smaller, for overviews.
    """

    index: int
    region: Region
    bgra: NDArray[np.uint8]
    luma: BytePlane
    saved_luma: BytePlane
    squared: int = 0
    saved_squared: int = 0
    seconds: float = 0.0
    stored: NDArray[np.uint8] | None = None
    halves: tuple[NDArray[np.uint8], ...] = field(init=False)

    def __post_init__(self) -> None:
        """Halve the pixels where they are drawn, not in the GUI thread."""
        object.__setattr__(self, "halves", halves_of(self.bgra))

    def rgb_at(self, row: int, column: int) -> tuple[int, int, int]:
        """Return red, green and blue of a pixel, the file's numbers."""
        found = self.bgra[row, column, 2::-1] if self.stored is None else self.stored[row, column]
        red, green, blue = np.broadcast_to(found, 3).tolist()
        return red, green, blue


class Layer(ABC):
    """Something as large as the result that can be drawn tile by tile.

    Attributes
    ----------
    key : str
        Equal keys mean equal bits.
    label : str
        For people.
    grid : TileGrid
        How it is cut.
    batch : int
        How many tiles are best drawn by one call.
    needs_torch : bool
        Whether drawing has to wait for PyTorch's import.
    has_alpha : bool
        Whether its pixels can be transparent.
    is_passing : bool
        Whether another will take its place in a moment: only what is seen of it is computed, and
        it is not remembered.
    """

    key: str
    label: str
    grid: TileGrid
    batch: int = 1
    needs_torch: bool = False
    has_alpha: bool = False
    is_passing: bool = False

    @property
    def size(self) -> Size:
        """Pixels of the whole."""
        return self.grid.size

    @abstractmethod
    def draw(self, index: int) -> Drawn:
        """Compute one tile; may take long, so never in the GUI thread."""

    def draw_all(self, indices: Sequence[int]) -> list[Drawn]:
        """Compute some tiles; faster than one by one where ``batch`` is more than 1."""
        return [self.draw(index) for index in indices]


class TruthLayer(Layer):
    """The ground truth, or an attached reference."""

    label = "Ground truth"

    def __init__(self, truth: Truth, key: str, colours: ColourTransform | None = None) -> None:
        self._truth = truth
        self._colours = colours
        self.key = f"truth {key}{_shown_by(colours)}"
        self.grid = TileGrid(truth.size, TRUTH_TILE)

    @override
    def draw(self, index: int) -> Drawn:
        region = self.grid.region(index)
        luma = self._truth.luma[region.slices]
        pixels = self._truth.pixels[region.slices]
        bgra = to_bgra(pixels, None, self._colours)
        stored = None if self._colours is None else pixels
        return Drawn(index, region, bgra, luma, luma, stored=stored)


class MethodLayer(Layer):
    """The result of a method, measured against the truth of that key if there is one."""

    def __init__(
        self,
        enlargement: Enlargement,
        truth: Truth | None,
        truth_key: str,
        protocol: Protocol,
        colours: ColourTransform | None = None,
    ) -> None:
        self.enlargement = enlargement
        self._colours = colours
        self.truth = truth
        self.protocol = protocol
        self.label = enlargement.method.label
        self.key = f"{enlargement.key} {truth_key}{_shown_by(colours)}"
        self.grid = enlargement.grid
        self.has_alpha = enlargement.source.has_alpha
        self.needs_torch = enlargement.method.needs_torch
        self.batch = enlargement.method.batch

    @override
    def draw(self, index: int) -> Drawn:
        return self.draw_all((index,))[0]

    @override
    def draw_all(self, indices: Sequence[int]) -> list[Drawn]:
        started = time.perf_counter()
        tiles = render_batch(self.enlargement, indices)
        seconds = (time.perf_counter() - started) / len(tiles)
        return [self._drawn(tile, seconds) for tile in tiles]

    def _drawn(self, tile: Tile, seconds: float) -> Drawn:
        """Measure a tile and bring it into byte order and colours of the screen."""
        eight_bit = to_eight_bits(tile.pixels)
        saved = luma_bytes(eight_bit)
        squared = saved_squared = 0
        if self.truth is not None:
            counted = tile.region.intersected(self.size.region.grown(-self.protocol.shave))
            if not counted.is_empty:
                inner = counted.moved(-tile.region.left, -tile.region.top).slices
                truth = self.truth.luma[counted.slices]
                squared = squared_error(truth, tile.luma[inner])
                saved_squared = squared_error(truth, saved[inner])
        alpha = None if tile.alpha is None else to_eight_bits(tile.alpha)
        bgra = to_bgra(eight_bit, alpha, self._colours)
        stored = None if self._colours is None else eight_bit
        figures = squared, saved_squared, seconds
        return Drawn(tile.index, tile.region, bgra, tile.luma, saved, *figures, stored)


class DifferenceLayer(Layer):
    """The error of another layer's luma, amplified and coloured.

    Attributes
    ----------
    base : Layer
        Whose error it is. ``known`` returns luma of its tiles that were computed before, or None.
    """

    def __init__(
        self,
        base: Layer,
        truth: Truth,
        kind: Difference,
        amplification: int,
        known: Callable[[int, Region], BytePlane | None],
    ) -> None:
        self.base = base
        self._truth = truth
        self._known = known
        self._colours = difference_colours(kind, amplification)
        self.label = base.label
        self.key = f"{kind.value} {amplification} of {base.key}"
        self.grid = base.grid
        self.needs_torch = base.needs_torch

    @override
    def draw(self, index: int) -> Drawn:
        region = self.grid.region(index)
        luma = self._known(index, region)
        if luma is None:
            luma = self.base.draw(index).luma
        error = luma.astype(np.int16) - self._truth.luma[region.slices]
        return Drawn(index, region, self._colours[error + 255], luma, luma)


def difference_colours(kind: Difference, amplification: int) -> NDArray[np.uint8]:
    """Return the colour (511, 4), BGRA, of every error from -255 to 255.

    Absolute: black, through violet and orange, to pale yellow; signed: blue where the result is
    too dark, red where it is too bright, white where it is right. Both keep their order for
    colour-blind eyes and in print.
    """
    error = np.arange(-255, 256, dtype=np.float64) * amplification / 255
    absolute = kind is Difference.ABSOLUTE
    position = np.abs(error) if absolute else (np.clip(error, -1, 1) + 1) / 2
    stops = _HEAT if absolute else _BLUE_WHITE_RED
    places = np.linspace(0, 1, len(stops))
    rgb = np.array(stops, np.float64)
    colours = np.full((511, 4), 255, np.uint8)
    for channel in range(3):
        values = np.interp(np.clip(position, 0, 1), places, rgb[:, 2 - channel])
        colours[:, channel] = np.rint(values)
    return colours


_Stops: TypeAlias = tuple[tuple[int, int, int], ...]

_HEAT: _Stops = (
    (0, 0, 0),
    (58, 15, 110),
    (160, 45, 110),
    (235, 110, 50),
    (252, 190, 80),
    (252, 252, 200),
)
_BLUE_WHITE_RED: _Stops = (
    (5, 48, 140),
    (90, 150, 215),
    (247, 247, 247),
    (225, 110, 85),
    (130, 5, 30),
)


def _shown_by(colours: ColourTransform | None) -> str:
    return "" if colours is None else f" shown by {colours.key}"

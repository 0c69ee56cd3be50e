"""PSNR, SSIM and speed of a whole result, growing tile by tile. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from srcnn.metrics import SSIM_RADIUS, psnr_of, ssim_sum

if TYPE_CHECKING:
    from collections.abc import Iterator

    from srcnn.geometry import Region
    from srcnn.types import BytePlane
    from srcnn_gui.viewer.layer import Drawn, MethodLayer


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of a part or the whole.

    Attributes
    ----------
    psnr_db, ssim : float
        By the paper's protocol; NaN where not known yet.
    saved_psnr_db : float
        PSNR of the pixels as they are saved.
    part : float
        Share of the whole that they stand for, 0 to 1.
    """

    psnr_db: float = math.nan
    ssim: float = math.nan
    saved_psnr_db: float = math.nan
    part: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class SsimRequest:
    """SSIM sums of some tiles: a call with everything it needs, safe in any thread."""

    figures: WholeFigures
    truth: BytePlane
    luma: BytePlane
    centres: tuple[Region, ...]

    def __call__(self) -> tuple[float, int]:
        """Return the sum over all windows centred in those regions, and their number."""
        total, count = 0.0, 0
        for centre in self.centres:
            part = centre.grown(SSIM_RADIUS).slices
            total += ssim_sum(self.truth[part], self.luma[part])
            count += centre.size.pixels
        return total, count


class WholeFigures:
    """What is known of a layer's whole result; used in the GUI thread only.

    Tiles are added as they come. The SSIM of a tile needs pixels of its neighbours, so it is
    asked for (``take_ssim_request``) when those are in, computed elsewhere, and handed back.
    """

    def __init__(self, layer: MethodLayer) -> None:
        self._layer = layer
        grid = layer.grid
        self._done = np.zeros((grid.rows, grid.columns), np.bool_)
        self._ready: list[int] = []
        self._pixels = self._counted = 0
        self._squared = self._saved_squared = 0
        self._ssim_sum, self._ssim_count = 0.0, 0
        self._seconds = 0.0
        measured = layer.truth is not None
        self.luma = np.zeros((grid.size.height, grid.size.width) if measured else (0, 0), np.uint8)

    @property
    def is_complete(self) -> bool:
        """Whether every tile is in."""
        return bool(self._done.all())

    @property
    def is_measured(self) -> bool:
        """Whether every tile is in and, if there is a truth, every SSIM window counted."""
        return self.is_complete and (
            self._layer.truth is None or self._ssim_count == self._windows.size.pixels
        )

    @property
    def part(self) -> float:
        """Share of the pixels that are in, 0 to 1."""
        return self._pixels / self._layer.size.pixels

    @property
    def seconds(self) -> float:
        """Time spent computing so far."""
        return self._seconds

    @property
    def megapixels_per_second(self) -> float:
        """Speed of the method alone; NaN before the first tile."""
        return self._pixels / 1e6 / self._seconds if self._seconds else math.nan

    @property
    def figures(self) -> Figures:
        """The figures so far; those of the whole when complete."""
        ssim = self._ssim_sum / self._ssim_count if self._ssim_count else math.nan
        return Figures(
            psnr_db=psnr_of(self._squared, self._counted),
            ssim=ssim,
            saved_psnr_db=psnr_of(self._saved_squared, self._counted),
            part=self.part,
        )

    def has(self, index: int) -> bool:
        """Tell whether a tile is in."""
        return bool(self._done.flat[index])

    def missing(self) -> Iterator[int]:
        """Yield the tiles that are not in, in order."""
        for index in np.flatnonzero(~self._done):
            yield int(index)

    def covers(self, region: Region) -> bool:
        """Tell whether all tiles of a region are in."""
        return all(self.has(index) for index in self._layer.grid.covering(region))

    def add(self, drawn: Drawn) -> None:
        """Count a finished tile; a second time changes nothing."""
        if self.has(drawn.index):
            return
        self._done.flat[drawn.index] = True
        self._pixels += drawn.region.size.pixels
        self._seconds += drawn.seconds
        if self._layer.truth is None:
            return
        inside = self._layer.size.region.grown(-self._layer.protocol.shave)
        self._counted += drawn.region.intersected(inside).size.pixels
        self._squared += drawn.squared
        self._saved_squared += drawn.saved_squared
        self.luma[drawn.region.slices] = drawn.luma
        self._ready += self._newly_surrounded(drawn.index)

    def take_ssim_request(self, most: int = 16) -> SsimRequest | None:
        """Return the next SSIM sums to compute, or None."""
        truth = self._layer.truth
        centres: list[Region] = []
        while self._ready and len(centres) < most:
            region = self._layer.grid.region(self._ready.pop(0)).intersected(self._windows)
            if not region.is_empty:
                centres.append(region)
        if truth is None or not centres:
            return None
        return SsimRequest(self, truth.luma, self.luma, tuple(centres))

    def add_ssim(self, total: float, count: int) -> None:
        """Take in what a request returned."""
        self._ssim_sum += total
        self._ssim_count += count

    @property
    def _windows(self) -> Region:
        """Centres of the SSIM windows."""
        return self._layer.size.region.grown(-self._layer.protocol.shave - SSIM_RADIUS)

    def _newly_surrounded(self, index: int) -> Iterator[int]:
        """Yield the tiles whose last missing neighbour was ``index``: each tile comes but once."""
        rows, columns = self._done.shape
        row, column = divmod(index, columns)
        for r in range(max(0, row - 1), min(rows, row + 2)):
            for c in range(max(0, column - 1), min(columns, column + 2)):
                around = self._done[max(0, r - 1) : r + 2, max(0, c - 1) : c + 2]
                if around.all():
                    yield r * columns + c

"""What is known of a layer so far: its overview, its figures, its fate. GUI thread only."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from srcnn_gui.viewer.layer import DifferenceLayer, Layer, MethodLayer
from srcnn_gui.viewer.overview import Overview, Preview
from srcnn_gui.viewer.whole_figures import Figures, WholeFigures

if TYPE_CHECKING:
    from srcnn.geometry import Region
    from srcnn.types import BytePlane
    from srcnn_gui.viewer.layer import Drawn
    from srcnn_gui.viewer.tile_cache import TileCache


class LayerState:
    """A layer and everything that has come of it.

    Attributes
    ----------
    layer : Layer
        What is drawn.
    overview : Overview
        Its small versions.
    whole : WholeFigures or None
        Figures of the whole, for results of methods.
    crop : Figures
        Figures of the visible crop, as measured last.
    crop_region : Region or None
        The crop that was asked for last.
    error : Exception or None
        Why it cannot be computed, if so.
    before : Layer or None
        Whose tiles are seen where its own are not in yet.
    """

    def __init__(self, layer: Layer, preview: Preview) -> None:
        is_difference = isinstance(layer, DifferenceLayer)
        self.layer = layer
        self.overview = Overview(preview, len(layer.grid), shows_preview=not is_difference)
        self.whole = WholeFigures(layer) if isinstance(layer, MethodLayer) else None
        self.crop = Figures()
        self.crop_region: Region | None = None
        self.error: Exception | None = None
        self.before: Layer | None = None

    @property
    def part(self) -> float:
        """Share of the tiles that are in, 0 to 1."""
        return float(self.overview.done.mean())

    def add(self, drawn: Drawn) -> None:
        """Take in a finished tile."""
        self.overview.add(drawn)
        if self.whole is not None:
            self.whole.add(drawn)

    def continue_from(self, state: LayerState) -> None:
        """Stand on another state of the same pane, which is not used any more."""
        if state.layer.grid == self.layer.grid:
            self.before = state.layer
            self.overview.continue_from(state.overview)

    def tile(self, index: int, cache: TileCache) -> Drawn | None:
        """Return a tile to paint: its own, or that of the layer before."""
        own = cache.get(self.layer, index)
        return own if own is not None or self.before is None else cache.get(self.before, index)

    def is_missing(self, index: int) -> bool:
        """Tell whether the whole still wants a tile."""
        return not self.overview.done[index]

    def is_wanted(self, index: int, zoom: float, cache: TileCache) -> bool:
        """Tell whether a visible tile must be computed to be shown at ``zoom``."""
        if self.overview.level_for(zoom) is not None:
            return self.is_missing(index)
        return cache.get(self.layer, index) is None

    def luma_of_tile(self, index: int, region: Region) -> BytePlane | None:
        """Return the luma of a finished tile if it is kept; safe in any thread."""
        if self.whole is None or not self.whole.luma.size or not self.whole.has(index):
            return None
        return self.whole.luma[region.slices]

    def gain_db(self, over: LayerState | None) -> float:
        """Return the PSNR gain of the whole over another layer's; NaN until both are complete."""
        if self.whole is None or over is None or over.whole is None:
            return math.nan
        if not (self.whole.is_complete and over.whole.is_complete):
            return math.nan
        return self.whole.figures.psnr_db - over.whole.figures.psnr_db

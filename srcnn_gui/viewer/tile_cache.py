"""Finished tiles, the least recently used ones dropped first. No Qt."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from srcnn_gui.viewer.layer import Drawn, Layer

DEFAULT_BYTES = 128 * 2**20


class TileCache:
    """Tiles by layer and index, within a limit of bytes."""

    def __init__(self, max_bytes: int = DEFAULT_BYTES) -> None:
        self._max_bytes = max_bytes
        self._tiles: OrderedDict[tuple[str, int], Drawn] = OrderedDict()
        self._bytes = 0

    @property
    def used_bytes(self) -> int:
        """Memory taken by the tiles."""
        return self._bytes

    def get(self, layer: Layer, index: int) -> Drawn | None:
        """Return a tile if it is still there."""
        key = (layer.key, index)
        tile = self._tiles.get(key)
        if tile is not None:
            self._tiles.move_to_end(key)
        return tile

    def add(self, layer: Layer, tile: Drawn) -> None:
        """Keep a tile, and drop old ones if there are too many."""
        key = (layer.key, tile.index)
        if key not in self._tiles:
            self._bytes += _bytes(tile)
        self._tiles[key] = tile
        while self._bytes > self._max_bytes and len(self._tiles) > 1:
            _, dropped = self._tiles.popitem(last=False)
            self._bytes -= _bytes(dropped)

    def clear(self) -> None:
        """Drop everything."""
        self._tiles.clear()
        self._bytes = 0


def _bytes(tile: Drawn) -> int:
    halves = sum(half.nbytes for half in tile.halves)
    stored = 0 if tile.stored is None else tile.stored.nbytes
    return tile.bgra.nbytes + halves + stored + 2 * tile.luma.nbytes

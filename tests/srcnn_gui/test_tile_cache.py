"""The cache keeps what was used last, within its limit."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from srcnn.geometry import Region
from srcnn_gui.viewer.layer import Drawn
from srcnn_gui.viewer.tile_cache import TileCache

SIDE = 16
BYTES = SIDE * SIDE * 6 + 4 * (64 + 16 + 4 + 1)  # and halved again and again
"""Of a tile: four for BGRA, one for each of the lumas."""


class Named:
    def __init__(self, key: str) -> None:
        self.key = key


LAYER, OTHER = Named("layer"), Named("other")


def tile(index: int) -> Drawn:
    luma = np.zeros((SIDE, SIDE), np.uint8)
    region = Region(index * SIDE, 0, index * SIDE + SIDE, SIDE)
    return Drawn(index, region, np.zeros((SIDE, SIDE, 4), np.uint8), luma, luma)


def test_a_tile_is_found_by_its_layer_and_index():
    cache = TileCache()
    kept = tile(3)
    cache.add(LAYER, kept)
    assert cache.get(LAYER, 3) is kept
    assert cache.get(Named("layer"), 3) is kept
    assert cache.get(LAYER, 4) is None
    assert cache.get(OTHER, 3) is None


def test_the_least_recently_used_goes_first():
    cache = TileCache(max_bytes=3 * BYTES)
    for index in range(3):
        cache.add(LAYER, tile(index))
    assert cache.get(LAYER, 0) is not None
    cache.add(OTHER, tile(0))
    assert cache.get(LAYER, 1) is None
    assert cache.get(LAYER, 0) is not None
    assert cache.get(OTHER, 0) is not None


def test_the_newest_stays_even_if_it_is_too_large():
    cache = TileCache(max_bytes=1)
    cache.add(LAYER, tile(0))
    cache.add(LAYER, tile(1))
    assert cache.get(LAYER, 0) is None
    assert cache.get(LAYER, 1) is not None


def test_cleared_it_is_empty():
    cache = TileCache()
    cache.add(LAYER, tile(0))
    cache.clear()
    assert cache.get(LAYER, 0) is None
    assert cache.used_bytes == 0


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 12)), max_size=60))
def test_its_size_is_what_it_holds_and_within_the_limit(added):
    cache = TileCache(max_bytes=5 * BYTES)
    for is_other, index in added:
        cache.add(OTHER if is_other else LAYER, tile(index))
        held = sum(
            cache.get(layer, index) is not None for layer in (LAYER, OTHER) for index in range(13)
        )
        assert cache.used_bytes == held * BYTES <= 5 * BYTES

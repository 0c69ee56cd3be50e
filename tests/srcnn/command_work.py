"""What the tests of several commands ask of the engine."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from srcnn.tiles import Enlargement, Tile, render_batch, render_tiles

METHODS = ("nearest", "bicubic", "lanczos", "srcnn")


def pixels_of(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as image:
        return np.asarray(image)


def assembled(enlargement: Enlargement) -> NDArray[Any]:
    """Return the pixels of all tiles, put together here."""
    size = enlargement.size
    pixels = np.zeros((size.height, size.width, 3), np.uint8)
    for tile in render_tiles(enlargement):
        pixels[tile.region.slices] = tile.pixels
    return pixels


def interrupt_at(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Ctrl+C be pressed while a tile, counted from 1, is computed."""
    tiles_seen = itertools.count(1)

    def render(enlargement: Enlargement, indices: Sequence[int]) -> list[Tile]:
        if next(tiles_seen) == number:
            raise KeyboardInterrupt
        return render_batch(enlargement, indices)

    monkeypatch.setattr("srcnn.tiles.render_batch", render)

"""A sample of an enlargement saved on trial: how fast that is, and how small it gets."""

from __future__ import annotations

import math
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from PIL import Image

from srcnn.canvas import DeepCanvas, layout_of, new_canvas
from srcnn.encoding import Belongings, encode
from srcnn.final_size import resize_onto
from srcnn.formats import decoders
from srcnn.geometry import Region, Size
from srcnn.picture import load_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from srcnn.canvas import Canvas
    from srcnn.formats import Format
    from srcnn.save_options import SaveOptions
    from srcnn.tiles import Enlargement, Tile


@dataclass(frozen=True, slots=True)
class Trial:
    """What a pixel of the sample took.

    Attributes
    ----------
    seconds_per_pixel : float
        To bring it to its size, encode and verify it.
    bytes_per_pixel : float
        In the file.
    pixels : int
        Of the sample.
    """

    seconds_per_pixel: float
    bytes_per_pixel: float
    pixels: int


def try_saving(
    enlargement: Enlargement,
    sample: Sequence[Tile],
    kept: Format,
    options: SaveOptions,
    final: Size,
    should_stop: Callable[[], bool],
) -> Trial:
    """Do with some tiles of an enlargement what saving does with all.

    Parameters
    ----------
    enlargement : Enlargement
        What is to be saved.
    sample : Sequence of Tile
        Tiles of it, at least one.
    kept : Format
        Of the file, with its ``options``.
    final : Size
        Of the whole.
    should_stop : callable
        Asked while it is encoded.

    Raises
    ------
    OutputError
        If the format cannot hold the picture.
    Cancelled
        If ``should_stop`` said so.
    """
    source, whole = enlargement.source, enlargement.size
    mosaic = _Mosaic.of(sample, enlargement.method.tile)
    channels, depth = layout_of(source, kept)
    if final == whole:
        canvas = new_canvas(mosaic.size, channels, depth)
        mosaic.lay_on(canvas)
        began = perf_counter()
    else:
        across, down = final.width / whole.width, final.height / whole.height
        sides = round(mosaic.size.width * across), round(mosaic.size.height * down)
        canvas = new_canvas(Size(*(max(1, side) for side in sides)), channels, depth)
        between = DeepCanvas(mosaic.size, source.channels)
        mosaic.lay_on(between)
        began = perf_counter()
        resize_onto(between, canvas, should_stop)
    length = _encoded(canvas, kept, options, should_stop)
    seconds = perf_counter() - began
    pixels = canvas.size.pixels
    return Trial(seconds / pixels, length / pixels, pixels)


@dataclass(frozen=True, slots=True)
class _Mosaic:
    """Whole tiles side by side; if there are none, the largest part of one alone."""

    size: Size
    parts: list[tuple[Region, Tile]]

    @classmethod
    def of(cls, sample: Sequence[Tile], tile: int) -> _Mosaic:
        whole = [part for part in sample if part.region.width == part.region.height == tile]
        if not whole:
            part = max(sample, key=lambda part: part.region.width * part.region.height)
            size = Size(part.region.width, part.region.height)
            return cls(size, [(size.region, part)])
        columns = math.isqrt(len(whole))
        rows = len(whole) // columns
        size = Size(columns * tile, rows * tile)
        square = Region(0, 0, tile, tile)
        places = [
            square.moved(column * tile, row * tile)
            for row in range(rows)
            for column in range(columns)
        ]
        return cls(size, list(zip(places, whole, strict=False)))

    def lay_on(self, canvas: Canvas) -> None:
        for place, part in self.parts:
            canvas.paste(place, part.pixels, part.alpha)


def _encoded(
    canvas: Canvas, kept: Format, options: SaveOptions, should_stop: Callable[[], bool]
) -> int:
    """Encode a canvas and read it back, as is done with the whole; return the file's length."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder, "sample")
        with path.open("xb") as file:
            encode(file, canvas, kept, Belongings(), options, should_stop)
        if canvas.depth == 16:
            load_picture(path, max_megapixels=math.inf)
        else:
            with Image.open(path, formats=decoders()) as image:
                image.load()
        if options.is_lossless(kept):
            for _ in range(2):
                canvas.checksum(should_stop)
        return path.stat().st_size

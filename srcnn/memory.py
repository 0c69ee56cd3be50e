"""How much memory saving an enlargement takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srcnn.canvas import layout_of
from srcnn.formats import AVIF, JPEG, PNG, TIFF, WEBP, Format
from srcnn.source import DegradedSource
from srcnn.workers import usable_cores

if TYPE_CHECKING:
    from srcnn.geometry import Size
    from srcnn.save_options import SaveOptions
    from srcnn.source import Source
    from srcnn.tiles import Enlargement

_BYTES_PER_TILE_PIXEL = 600
"""What a network's layers take at most, 64 of them and a copy, and what is around them."""

_ENCODER_BYTES = {PNG: 1, TIFF: 1, JPEG: 1, WEBP: 12, AVIF: 36}
"""What an encoder takes beside the canvas for a pixel: measured on 12 megapixels."""

_WEBP_ALPHA_BYTES, _WEBP_LOSSLESS_BYTES = 10, 14
"""What it takes beyond that."""


def memory_needed(
    enlargement: Enlargement,
    kept: Format,
    options: SaveOptions,
    *,
    size: Size | None = None,
    threads: int | None = None,
) -> int:
    """Return the bytes that saving takes at the most, the enlarged picture included.

    Nothing is computed for it; parameters as of ``srcnn.output.save_enlargement``.
    """
    source, method = enlargement.source, enlargement.method
    final = enlargement.size if size is None else size
    channels, depth = layout_of(source, kept)
    canvas = final.pixels * _canvas_bytes(channels, depth)
    at_once = (threads or usable_cores()) * method.batch * method.tile**2
    computing = canvas + at_once * _BYTES_PER_TILE_PIXEL
    if final != enlargement.size:
        whole = enlargement.size.pixels
        between = whole * 2 * source.channels
        # in float, and what is passing
        planes = whole * 4 * (source.channels + 1 + source.has_alpha)
        computing = max(computing + between, canvas + between + planes)
    encoding = canvas + final.pixels * _encoder_bytes(kept, channels, options)
    # of 16 bits, file and what is decoded lie beside the canvas that their sum is taken of
    verifying = canvas * 5 // 2 if depth == 16 else canvas
    return _source_bytes(source) + max(computing, encoding, verifying)


def _canvas_bytes(channels: int, depth: int) -> int:
    """Return the bytes of a pixel; Pillow takes 4 for all but grey."""
    if depth == 16:
        return 2 * channels
    return 1 if channels == 1 else 4


def _encoder_bytes(kept: Format, channels: int, options: SaveOptions) -> int:
    found = _ENCODER_BYTES[kept]
    if kept is WEBP and options.lossless:
        return found + _WEBP_LOSSLESS_BYTES
    return found + (_WEBP_ALPHA_BYTES if kept is WEBP and channels == 4 else 0)


def _source_bytes(source: Source) -> int:
    per_channel = 4 if isinstance(source, DegradedSource) else source.depth // 8
    return source.size.pixels * source.channels * per_channel

"""PNG files of 16 bits a channel, which Pillow writes for grey only (PNG, third edition)."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from srcnn.canvas import Canvas

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOUR_TYPES = (0, 4, 2, 6)
"""By the number of channels: grey, grey and opacity, RGB, RGB and opacity."""

_INCH = 0.0254
_STRIP_BYTES = 1 << 22


def write_png(
    file: BinaryIO, canvas: Canvas, chunks: Iterable[tuple[bytes, bytes]], level: int
) -> None:
    """Write a picture of 16 bits.

    Parameters
    ----------
    file : BinaryIO
        Where to.
    canvas : Canvas
        The picture.
    chunks : Iterable of (name, data)
        What stands before the pixels.
    level : int
        Of zlib, 0 to 9.
    """
    width, height = canvas.size.width, canvas.size.height
    colours = _COLOUR_TYPES[canvas.channels - 1]
    file.write(_SIGNATURE)
    _write_chunk(file, b"IHDR", struct.pack(">IIBBBBB", width, height, 16, colours, 0, 0, 0))
    for name, data in chunks:
        _write_chunk(file, name, data)
    packer = zlib.compressobj(level)
    for strip in _filtered(canvas):
        data = packer.compress(strip)
        if data:
            _write_chunk(file, b"IDAT", data)
    _write_chunk(file, b"IDAT", packer.flush())
    _write_chunk(file, b"IEND", b"")


def profile_chunk(icc: bytes) -> tuple[bytes, bytes]:
    """Return a colour profile as a chunk."""
    return b"iCCP", b"ICC Profile\0\0" + zlib.compress(icc)


def dpi_chunk(dpi: tuple[float, float]) -> tuple[bytes, bytes]:
    """Return a resolution as a chunk: pixels a metre."""
    return b"pHYs", struct.pack(">IIB", *(round(side / _INCH) for side in dpi), 1)


def text_chunk(key: str, text: str) -> tuple[bytes, bytes]:
    """Return a text as a chunk: of Latin-1, as every reader knows, or else of UTF-8."""
    name = key.encode("latin-1")
    try:
        return b"tEXt", name + b"\0" + text.encode("latin-1")
    except UnicodeError:
        return b"iTXt", name + b"\0\0\0\0\0" + text.encode()


def xmp_chunk(xmp: bytes) -> tuple[bytes, bytes]:
    """Return an XMP packet as a chunk."""
    return b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp


def _filtered(canvas: Canvas) -> Iterator[bytes]:
    """Yield strips of filtered rows; of each row that filter whose sum of absolutes is least."""
    stride = canvas.channels * 2
    above: NDArray[np.uint8] = np.zeros(canvas.size.width * stride, np.uint8)
    step = max(1, _STRIP_BYTES // len(above))
    for top in range(0, canvas.size.height, step):
        strip = canvas.rows(top, min(top + step, canvas.size.height)).astype(">u2")
        rows = strip.view(np.uint8).reshape(len(strip), -1)
        ups = np.concatenate([above[np.newaxis], rows[:-1]])
        lefts = np.zeros_like(rows)
        lefts[:, stride:] = rows[:, :-stride]
        average = ((ups.astype(np.uint16) + lefts) >> 1).astype(np.uint8)
        tried = np.stack([rows - lefts, rows - ups, rows - average])  # filters 1, 2 and 3
        best = np.abs(tried.view(np.int8).astype(np.int16)).sum(axis=2).argmin(axis=0)
        result = np.empty((len(rows), 1 + rows.shape[1]), np.uint8)
        result[:, 0] = best + 1
        result[:, 1:] = tried[best, np.arange(len(rows))]
        above = rows[-1]
        yield result.tobytes()


def _write_chunk(file: BinaryIO, name: bytes, data: bytes) -> None:
    file.write(struct.pack(">I", len(data)) + name)
    file.write(data)
    file.write(struct.pack(">I", zlib.crc32(data, zlib.crc32(name))))

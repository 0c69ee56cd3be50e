"""TIFF files of 8 or 16 bits a channel, with all of the EXIF data (TIFF 6.0).

Pillow writes 16 bits for grey only, and through libtiff, which it needs to compress, it drops
the EXIF folder. So the strips are ours; the directory is written by Pillow.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, BinaryIO

from srcnn.errors import OutputError

if TYPE_CHECKING:
    from PIL import Image

    from srcnn.canvas import Canvas
    from srcnn.types import Pixels

_STRIP_BYTES = 1 << 20
_LIMIT = 2**32 - 2**20
"""Offsets have 32 bits."""

_DEFLATE, _HORIZONTAL = 8, 2
_GREY, _RGB = 1, 2
_STRAIGHT = 2
_EXIF_HEADER = 6 + 8
_STRIP_OFFSETS = 273


def write_tiff(file: BinaryIO, canvas: Canvas, tags: Image.Exif, level: int) -> None:
    """Write a picture, compressed by zlib with horizontal differences.

    Parameters
    ----------
    file : BinaryIO
        Where to; at its beginning.
    canvas : Canvas
        The picture.
    tags : Image.Exif
        What else shall stand in the directory; the layout of the pixels is added.
    level : int
        Of zlib, 0 to 9.

    Raises
    ------
    OutputError
        If the file would be larger than 4 GB.
    """
    little = tags.endian == "<"
    file.write(b"II*\0\0\0\0\0" if little else b"MM\0*\0\0\0\0")
    row_bytes = canvas.size.width * canvas.channels * canvas.depth // 8
    rows = max(1, _STRIP_BYTES // row_bytes)
    offsets, lengths, place = [], [], 8
    for top in range(0, canvas.size.height, rows):
        strip = canvas.rows(top, min(top + rows, canvas.size.height))
        data = zlib.compress(_differences(strip, little=little), level)
        file.write(data)
        offsets.append(place)
        lengths.append(len(data))
        place += len(data)
        if place > _LIMIT:
            raise OutputError("TIFF cannot hold more than 4 GB", hint="Save it as PNG.")
    if place % 2:
        file.write(b"\0")
        place += 1
    _add_layout(tags, canvas, rows, offsets, lengths)
    file.write(_directory(tags, place, offsets, "<" if little else ">"))
    file.seek(4)
    file.write(struct.pack("<I" if little else ">I", place))


def _directory(tags: Image.Exif, place: int, offsets: list[int], order: str) -> bytes:
    """Return the directory as it stands at ``place`` of the file.

    Pillow, which supposes that the strips follow it, moves their offsets; they are put right.
    """
    data = bytearray(tags.tobytes(place)[_EXIF_HEADER:])
    (entries,) = struct.unpack_from(f"{order}H", data)
    for start in range(2, 2 + 12 * entries, 12):
        tag, _, count, value = struct.unpack_from(f"{order}HHII", data, start)
        if tag == _STRIP_OFFSETS:
            found = start + 8 if count == 1 else value - place
            struct.pack_into(f"{order}{count}I", data, found, *offsets)
    return bytes(data)


def _differences(strip: Pixels, *, little: bool) -> bytes:
    """Return the strip as bytes, each pixel as its difference to the one left of it."""
    result = strip.copy()
    result[:, 1:] -= strip[:, :-1]
    order = result.dtype.newbyteorder("<" if little else ">")
    return result.astype(order, copy=False).tobytes()


def _add_layout(
    tags: Image.Exif, canvas: Canvas, rows: int, offsets: list[int], lengths: list[int]
) -> None:
    tags[256], tags[257] = canvas.size.width, canvas.size.height
    tags[258] = (canvas.depth,) * canvas.channels
    tags[259] = _DEFLATE
    tags[262] = _RGB if canvas.channels >= 3 else _GREY
    tags[_STRIP_OFFSETS] = tuple(offsets)
    tags[277] = canvas.channels
    tags[278] = rows
    tags[279] = tuple(lengths)
    tags[284] = 1  # channels lie side by side
    tags[317] = _HORIZONTAL
    if canvas.has_alpha:
        tags[338] = _STRAIGHT

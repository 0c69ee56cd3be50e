"""What Pillow does not tell of a file: bits of AVIF, size and bits of JXL, chunks of PNG."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, BinaryIO

from srcnn.geometry import Size

if TYPE_CHECKING:
    from collections.abc import Iterator

_AVIF_START = 1 << 16
_AV1_CONFIGURATION = b"av1C\x81"
_HIGH_DEPTH, _TWELVE_BITS = 0x40, 0x20

_PNG = b"\x89PNG\r\n\x1a\n"

_JXL_CODE = b"\xff\x0a"
_JXL_BOXES = b"\0\0\0\x0cJXL \r\n\x87\n"
_JXL_HEADER_BYTES = 64
_MOST_BOXES = 1000  # before that of the pixels
_MOST_CHUNKS = 100_000
_JXL_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))


def avif_bits(file: BinaryIO) -> int:
    """Return the bits a channel of an AVIF: 8, 10 or 12; 8 if it does not say."""
    file.seek(0)
    start = file.read(_AVIF_START)
    found = start.find(_AV1_CONFIGURATION)
    flags = start[found + 6] if 0 <= found < len(start) - 6 else 0
    if not flags & _HIGH_DEPTH:
        return 8
    return 12 if flags & _TWELVE_BITS else 10


def png_chunks(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, place and length of the chunks of a PNG; of another file, of none."""
    file.seek(0)
    place = len(_PNG)
    if file.read(place) != _PNG:
        return
    for _ in range(_MOST_CHUNKS):
        file.seek(place)
        header = file.read(8)
        if len(header) < 8 or header[4:] == b"IEND":
            return
        length, name = struct.unpack(">I4s", header)
        yield name, place + 8, length
        place += 12 + length


def jxl_header(file: BinaryIO) -> tuple[Size, int] | None:
    """Return the size and the bits a channel of a JPEG XL; None if it is none.

    Bits are 0 where they come after what is not read here: a preview, or an animation.

    Raises
    ------
    ValueError
        If the file ends in its header.
    """
    file.seek(0)
    start = file.read(len(_JXL_BOXES))
    if start[:2] != _JXL_CODE and start != _JXL_BOXES:
        return None
    bits = _Bits(_jxl_code(file, in_boxes=start == _JXL_BOXES))
    if bits.take(16) != int.from_bytes(_JXL_CODE, "little"):
        raise ValueError("no JPEG XL in its container")
    return _jxl_size(bits), _jxl_depth(bits)


class _Bits:
    """Bits of some bytes, the least significant first."""

    def __init__(self, data: bytes) -> None:
        self._value, self._left = int.from_bytes(data, "little"), 8 * len(data)

    def take(self, count: int) -> int:
        if count > self._left:
            raise ValueError("a header cut short")
        found = self._value & ((1 << count) - 1)
        self._value >>= count
        self._left -= count
        return found


def _jxl_code(file: BinaryIO, *, in_boxes: bool) -> bytes:
    """Return the beginning of the code stream."""
    if not in_boxes:
        file.seek(0)
        return file.read(_JXL_HEADER_BYTES)
    for name, place in _boxes(file):
        if name in (b"jxlc", b"jxlp"):
            file.seek(place + (4 if name == b"jxlp" else 0))
            return file.read(_JXL_HEADER_BYTES)
    return b""


def _boxes(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Yield the name of every box of a file and where its content begins."""
    place = 0
    for _ in range(_MOST_BOXES):
        file.seek(place)
        head = file.read(16)
        if len(head) < 8:
            return
        length, name = struct.unpack_from(">I4s", head)
        is_long = length == 1 and len(head) == 16
        yield name, place + (16 if is_long else 8)
        length = struct.unpack_from(">Q", head, 8)[0] if is_long else length
        if length < 8:  # to the end of the file
            return
        place += length


def _jxl_size(bits: _Bits) -> Size:
    in_eights = bits.take(1)

    def side() -> int:
        if in_eights:
            return 8 * (1 + bits.take(5))
        return 1 + bits.take((9, 13, 18, 30)[bits.take(2)])

    height = side()
    ratio = bits.take(3)
    if ratio == 0:
        return Size(side(), height)
    across, down = _JXL_RATIOS[ratio - 1]
    return Size(height * across // down, height)


def _jxl_depth(bits: _Bits) -> int:
    if bits.take(1):  # all as usual
        return 8
    if bits.take(1):
        bits.take(3)  # orientation
        if bits.take(1):
            _jxl_size(bits)  # the size it is meant to be seen at
        if bits.take(2):
            return 0
    is_float, choice = bits.take(1), bits.take(2)
    if choice == 3:
        return 1 + bits.take(6)
    return ((32, 16, 24) if is_float else (8, 10, 12))[choice]

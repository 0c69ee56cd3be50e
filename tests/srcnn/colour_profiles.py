"""Small sound colour profiles (ICC 2.1), byte by byte."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping

D50 = (0.9642, 1.0, 0.8249)
WIDE = ((0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841))
"""X, Y, Z of the primaries of Display P3, adapted to D50."""


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _xyz(values: Iterable[float]) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(map(_fixed, values))


def _described(text: bytes) -> bytes:
    return b"desc\0\0\0\0" + struct.pack(">I", len(text) + 1) + text + bytes(1 + 12 + 67)


def _gamma(value: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(value * 256))


def profile(space: bytes, tags: Mapping[bytes, bytes]) -> bytes:
    """Return a profile of a monitor."""
    tags = {
        b"desc": _described(b"for tests"),
        b"cprt": b"text\0\0\0\0free\0",
        b"wtpt": _xyz(D50),
    } | dict(tags)
    place, table, body = 128 + 4 + 12 * len(tags), b"", b""
    for name, data in tags.items():
        padded = data + bytes(-len(data) % 4)
        table += struct.pack(">4sII", name, place + len(body), len(data))
        body += padded
    length = place + len(body)
    header = struct.pack(">I4xI4s4s4s12x4s", length, 0x02100000, b"mntr", space, b"XYZ ", b"acsp")
    header += bytes(28) + b"".join(map(_fixed, D50))
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def wide_profile() -> bytes:
    """Return a profile of more colours than sRGB."""
    curves = dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _gamma(2.2))
    columns = dict(zip((b"rXYZ", b"gXYZ", b"bXYZ"), map(_xyz, WIDE), strict=True))
    return profile(b"RGB ", columns | curves)


def grey_profile() -> bytes:
    """Return a profile of grey."""
    return profile(b"GRAY", {b"kTRC": _gamma(1.8)})

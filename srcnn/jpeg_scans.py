"""How often a JPEG goes over its pixels: a small file of many scans would take for ever."""

from __future__ import annotations

import re
from typing import BinaryIO

_MOST_SCANS = 200
"""The usual ones have up to 10; a decoder goes over the whole picture for each."""

_START, _SCAN, _END = b"\xff\xd8\xff", 0xDA, 0xD9
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})
_MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")
"""What ends the pixels of a scan; restarts are part of them, more of 0xFF may be before it."""


def check_scans(file: BinaryIO) -> None:
    """Refuse a JPEG of far too many scans; anything else is left alone.

    Raises
    ------
    ValueError
        If it has them.
    """
    file.seek(0)
    if file.read(3) != _START:
        return
    file.seek(0)
    data = file.read()
    place, scans = 2, 0
    while (found := _MARKER.search(data, place)) is not None:
        kind, place = found[1][0], found.end()
        if kind == _END:
            return
        if kind not in _WITHOUT_LENGTH:
            place += max(2, int.from_bytes(data[place : place + 2], "big"))
        scans += kind == _SCAN
        if scans > _MOST_SCANS:
            raise ValueError(f"more than {_MOST_SCANS} scans")

"""What of a file is not read, in words for people."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL import Image

_SUBFILE_TYPE, _REDUCED = 254, 1
_SRGB_GAMMA, _SRGB_CODES = 1 / 2.2, (1, 13)
_MOST_CHUNKS = 1000  # before the pixels


def frame_remarks(image: Image.Image) -> list[str]:
    """Return sentences on frames of a file that are not read, and on what the first one is."""
    if not getattr(image, "is_animated", False):  # counting them all may take long
        return []
    found = ["It has several frames; only the first was read."]
    subfile = getattr(image, "tag_v2", {}).get(_SUBFILE_TYPE)
    if isinstance(subfile, int) and subfile & _REDUCED:
        found.append("That first one is marked as a small copy of another.")
    return found


def colour_remarks(image: Image.Image, file: BinaryIO | None) -> list[str]:
    """Return sentences on what a PNG says of its colours beside a profile, if that is not sRGB."""
    if image.format != "PNG" or image.info.get("icc_profile"):
        return []
    codes = None if file is None else _codes(file)
    if codes is not None and codes != _SRGB_CODES:
        return ["It states colours of video or HDR (cICP), but is taken for sRGB."]
    gamma = image.info.get("gamma", _SRGB_GAMMA)
    if codes is not None or "srgb" in image.info or abs(gamma - _SRGB_GAMMA) < 0.01:
        return []
    return [f"It states a gamma of {gamma:g}, but is taken for sRGB."]


def _codes(file: BinaryIO) -> tuple[int, int] | None:
    """Return colour primaries and transfer function of a PNG (cICP); None if it has none."""
    for name, place, length in _chunks(file):
        if name == b"cICP":
            file.seek(place)
            data = file.read(min(length, 2))
            return (data[0], data[1]) if len(data) == 2 else None
    return None


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, place and length of the chunks of a PNG before its pixels."""
    place = 8
    for _ in range(_MOST_CHUNKS):
        file.seek(place)
        header = file.read(8)
        if len(header) < 8 or header[4:] == b"IDAT":
            return
        length, name = struct.unpack(">I4s", header)
        yield name, place + 8, length
        place += 12 + length

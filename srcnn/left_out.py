"""What of a file is not read, or not passed on, in words for people."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from PIL import Image

_IPTC_OF_JPEG, _IPTC_OF_TIFF = 0x0404, 33723
_SUBFILE_TYPE, _REDUCED = 254, 1
_SRGB_GAMMA, _SRGB_CODES = 1 / 2.2, (1, 13)
_MOST_CHUNKS = 1000  # before the pixels
_OWN_TEXTS = ("Software", "Description", "XML:com.adobe.xmp", "comment")
_MOST_NAMES = 3


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


def unkept(info: Mapping[Any, Any], tags: Container[int]) -> tuple[str, ...]:
    """Return the names of what is not passed on to any file.

    Parameters
    ----------
    info : Mapping
        What Pillow found in the file.
    tags : Container of int
        Tags of TIFF and EXIF in it.
    """
    blocks = info.get("photoshop")
    has_iptc = _IPTC_OF_TIFF in tags or (isinstance(blocks, dict) and blocks.get(_IPTC_OF_JPEG))
    texts = [key for key, value in info.items() if isinstance(value, str) and _is_text(key)]
    names = ", ".join(texts[:_MOST_NAMES]) + (", \N{HORIZONTAL ELLIPSIS}" * (len(texts) > 3))
    return (
        *(["IPTC data"] if has_iptc else ()),
        *(["comment"] if info.get("comment") else ()),
        *([f"texts ({names})"] if texts else ()),
    )


def _is_text(key: object) -> bool:
    """Tell whether what Pillow calls so is a text of a PNG that people may have written."""
    if not isinstance(key, str) or key in _OWN_TEXTS or key.startswith("Raw profile"):
        return False
    return key[:1].isupper() and key.isprintable()


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

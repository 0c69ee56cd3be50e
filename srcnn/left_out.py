"""What of a file is not read, in words for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from srcnn.headers import png_chunks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PIL import Image

_SUBFILE_TYPE, _REDUCED = 254, 1
_SRGB_GAMMA, _SRGB_CODES = 1 / 2.2, (1, 13)
_MORE_XMP = b"http://ns.adobe.com/xmp/extension/\0"
_SAMPLES = 277


def file_remarks(image: Image.Image, file: BinaryIO | None) -> list[str]:
    """Return all that is to be said of a file that was opened, before its pixels are changed."""
    tags = getattr(image, "tag_v2", {})
    channels = len(image.getbands())
    remarks = frame_remarks(image), colour_remarks(image, file), part_remarks(image)
    return [*(each for some in remarks for each in some), *channel_remarks(tags, channels)]


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


def part_remarks(image: Image.Image) -> list[str]:
    """Return sentences on parts of a JPEG that are not read: Pillow reads one segment of XMP."""
    parts = getattr(image, "applist", ())
    if any(name == "APP1" and data.startswith(_MORE_XMP) for name, data in parts):
        return ["Its XMP data go beyond 64 KB; that part was left out."]
    return []


def channel_remarks(tags: Mapping[int, object], channels: int) -> list[str]:
    """Return sentences on channels of a TIFF that are neither colour nor opacity.

    Parameters
    ----------
    tags : Mapping
        Those of the TIFF.
    channels : int
        How many were read, colour and opacity.
    """
    samples = tags.get(_SAMPLES)
    if not isinstance(samples, int) or samples <= channels:
        return []
    more = samples - channels
    which = "A channel that is" if more == 1 else f"{more} channels that are"
    return [f"{which} neither colour nor opacity {'was' if more == 1 else 'were'} left out."]


def _codes(file: BinaryIO) -> tuple[int, int] | None:
    """Return colour primaries and transfer function of a PNG (cICP); None if it has none."""
    for name, place, length in png_chunks(file):
        if name == b"cICP":
            file.seek(place)
            data = file.read(min(length, 2))
            return (data[0], data[1]) if len(data) == 2 else None
        if name == b"IDAT":
            break
    return None

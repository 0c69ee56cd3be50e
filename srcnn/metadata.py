"""What belongs to a picture beside its pixels: EXIF, XMP and resolution, read and passed on.

A picture is turned upright once, when it is read; so the orientation is not passed on. Nor is
what describes the pixels of one file only (layout, thumbnail); sizes are brought up to date.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PIL import Image
from typing_extensions import override

from srcnn import __version__
from srcnn.decoding_errors import DECODING_ERRORS

if TYPE_CHECKING:
    from srcnn.geometry import Size

ORIENTATION = 0x0112

_DESCRIPTION, _SOFTWARE = 0x010E, 0x0131
_X_RESOLUTION, _Y_RESOLUTION, _RESOLUTION_UNIT = 0x011A, 0x011B, 0x0128
_EXIF_IFD, _GPS_IFD, _WIDTH, _HEIGHT = 0x8769, 0x8825, 0xA002, 0xA003

_KEPT_TAGS = frozenset(
    {0x010E, 0x010F, 0x0110, 0x0131, 0x0132, 0x013B, 0x013C, 0x8298, 0x8769, 0x8825}
    | {0x4746, *range(0x9C9B, 0x9CA0)}
)
"""Description, camera, date, author, copyright, EXIF, GPS, rating and titles.

The others say how the pixels of one file are stored, which would be wrong of any other.
"""

_MADE_BY = re.compile(
    r"SRCNN Studio \S+: (?P<method>.+) x(?P<scale>\d)(?: -> bicubic to \d+x\d+)?(?: \([^()]*\))?"
)

_LONGEST_MADE_BY = 1000

MAX_XMP_BYTES = 1 << 20
"""Larger ones are left out: that much is history of edits, or no XMP."""

_XMP_ORIENTATION = re.compile(rb"(tiff:Orientation(?:>\s*|\s*=\s*[\"']))[2-8]")
_XMP_SIZES = tuple(
    (re.compile(rb"((?:%s)(?:>\s*|\s*=\s*[\"']))\d+" % names), side)
    for names, side in (
        (rb"tiff:ImageWidth|exif:PixelXDimension", "width"),
        (rb"tiff:ImageLength|exif:PixelYDimension", "height"),
    )
)
_XMP_EXTENSION = re.compile(
    rb"\s?xmpNote:HasExtendedXMP\s{0,9}=\s{0,9}(?:\"\w{0,99}\"|'\w{0,99}')"
    rb"|<xmpNote:HasExtendedXMP>\s{0,99}\w{0,99}\s{0,99}</xmpNote:HasExtendedXMP>"
)
_XMP_THUMBNAILS = re.compile(
    rb"<xmp:Thumbnails>(?:(?!<xmp:Thumbnails>).)*?</xmp:Thumbnails>", re.DOTALL
)


class _Text(str):
    """Text of EXIF data that is written as the bytes it was read from.

    WORKAROUND: Pillow reads text as Latin-1, whatever it is, and writes question marks for all
    that is not ASCII.
    """

    __slots__ = ()

    @override
    def encode(self, encoding: str = "latin-1", errors: str = "strict") -> bytes:
        return super().encode("latin-1", errors)


def readable(text: str) -> str:
    """Return a text of EXIF data for people: UTF-8 if it can be that, else Latin-1."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def tags_of(image: Image.Image) -> Image.Exif:
    """Return the EXIF data, without an orientation that has been seen to."""
    tags = image.getexif()
    if image.format == "JXL" and not getattr(image, "jpeg", False):
        tags.pop(ORIENTATION, None)  # only of a JPEG inside does the plugin not turn the pixels
    return tags


def read_exif(exif: Image.Exif) -> tuple[int, bytes | None]:
    """Return the orientation (1 to 8), and what else the EXIF data say, if anything."""
    orientation = exif.get(ORIENTATION, 1)
    for tag in set(exif) - _KEPT_TAGS:
        del exif[tag]
    exif.bigtiff = False  # EXIF data never are
    _keep_texts(exif)
    return orientation, exif.tobytes() if len(exif) else None


def read_dpi(found: object) -> tuple[float, float] | None:
    """Return a resolution (across, down), if it is one that every format can note down."""
    try:
        across, down = map(float, found)  # type: ignore[call-overload]  # what a file says
    except DECODING_ERRORS:
        return None
    return (across, down) if 1 < across < 2**16 and 1 < down < 2**16 else None


def tiff_dpi(tags: Image.Exif) -> tuple[float, float] | None:
    """Return the resolution from the tags of a TIFF, in dots an inch."""
    unit = {2: 1.0, 3: 2.54}.get(tags.get(_RESOLUTION_UNIT, 2))
    try:
        across, down = float(tags[_X_RESOLUTION]), float(tags[_Y_RESOLUTION])
    except DECODING_ERRORS:
        return None
    return None if unit is None else (across * unit, down * unit)


def read_xmp(found: object) -> bytes | None:
    """Return an XMP packet of a picture that is upright now.

    Thumbnails, which would show the picture as it was, are left out, and what points at a part
    beyond the first segment of a JPEG, which is not read.
    """
    if isinstance(found, str):
        found = found.encode()
    if not isinstance(found, bytes) or not 0 < len(found) <= MAX_XMP_BYTES:
        return None
    for pattern in (_XMP_THUMBNAILS, _XMP_EXTENSION):
        found = pattern.sub(b"", found)
    return _XMP_ORIENTATION.sub(rb"\g<1>1", found)


def resized_xmp(xmp: bytes, size: Size) -> bytes:
    """Return the packet with the sizes it mentions brought up to date."""
    for pattern, side in _XMP_SIZES:
        xmp = pattern.sub(rb"\g<1>%d" % getattr(size, side), xmp)
    return xmp


def made_by(method: str, scale: int, chain: str = "", provenance: str = "") -> str:
    """Return what a saved file says of its making; ``recorded_origin`` reads it."""
    text = f"SRCNN Studio {__version__}: {method} x{scale}"
    text += f" -> {chain}" if chain else ""
    return text + (f" ({provenance})" if provenance else "")


def parse_made_by(text: str) -> tuple[str, int] | None:
    """Return the method and the scale from such a text; None from any other."""
    found = _MADE_BY.fullmatch(text) if len(text) <= _LONGEST_MADE_BY else None
    return (found["method"], int(found["scale"])) if found else None


def written_exif(exif: bytes | None, size: Size, made: str, description: str = "") -> Image.Exif:
    """Return EXIF data for a file of ``size``, which say how it was made.

    A description that was there stays; ``description`` is one that stood elsewhere in the file.
    """
    written = Image.Exif()
    if exif is not None:
        written.load(exif)
        _keep_texts(written)
    details = written.get_ifd(_EXIF_IFD) if _EXIF_IFD in written else {}
    for tag, length in ((_WIDTH, size.width), (_HEIGHT, size.height)):
        if tag in details:
            details[tag] = length
    written[_SOFTWARE] = _Text(made.encode(), "latin-1")
    if _DESCRIPTION not in written:
        written[_DESCRIPTION] = _Text((description or f"Enlarged by {made}").encode(), "latin-1")
    return written


def _keep_texts(exif: Image.Exif) -> None:
    """Have all texts written as they were read."""
    folders = [exif.get_ifd(tag) for tag in (_EXIF_IFD, _GPS_IFD) if tag in exif]
    for tags in (exif, *folders):
        for tag, value in list(tags.items()):
            if isinstance(value, str):
                tags[tag] = _Text(value)


def software_of(tags: Image.Exif) -> str:
    """Return what program EXIF data say a file was made by; empty if they do not."""
    return str(tags.get(_SOFTWARE, ""))

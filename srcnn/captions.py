"""What people wrote into a picture beside EXIF and XMP: IPTC data, a comment, texts of a PNG."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, BinaryIO

from srcnn.decoding_errors import DECODING_ERRORS
from srcnn.deep_pixels import first_page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from srcnn.formats import Format

MAX_CAPTION_BYTES = 1 << 20
"""Of one picture; more are left out."""

_IPTC_OF_JPEG, IPTC_OF_TIFF = 0x0404, 33723
_PHOTOSHOP = b"Photoshop 3.0\0"
_SEGMENT = 64_000
"""What fits into one segment of a JPEG."""

_LONG = bytes(_SEGMENT + 1)

_LONGEST_DESCRIPTION = 1000
"""Longer ones might not fit into the EXIF data of a JPEG."""

_OTHERS = ("Software", "XML:com.adobe.xmp")
_RAW, _RAW_IPTC = "Raw profile type ", "Raw profile type iptc"
_OURS = "Enlarged by SRCNN Studio "
_LONGEST_KEY = 79
_MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Captions:
    """Words of people.

    Attributes
    ----------
    iptc : bytes
        Records of IPTC-IIM as they stand in the file; empty if there are none.
    comment : str
        That of a JPEG or GIF, or the text "Comment" of a PNG.
    description : str
        The text "Description" of a PNG.
    texts : tuple of (str, str)
        Keys and values of the other texts of a PNG.
    """

    iptc: bytes = b""
    comment: str = ""
    description: str = ""
    texts: tuple[tuple[str, str], ...] = ()

    def kept_by(self, kept: Format) -> Captions:
        """Return what a format keeps of them; each keeps a description, in the EXIF data."""
        fits_iptc = kept.iptc and (kept.name != "JPEG" or len(self.iptc) <= _SEGMENT)
        fits_comment = kept.comment and (kept.texts or len(self.comment.encode()) <= _SEGMENT)
        return replace(
            self,
            iptc=self.iptc if fits_iptc else b"",
            comment=self.comment if fits_comment else "",
            texts=self.texts if kept.texts else (),
        )

    def lost_in(self, kept: Format) -> tuple[str, ...]:
        """Return the names of what a format does not keep."""
        left = self.kept_by(kept)
        keys = [key for key, _ in self.texts if not left.texts]
        names = ", ".join(keys[:_MOST_NAMES])
        more = ", \N{HORIZONTAL ELLIPSIS}" if len(keys) > _MOST_NAMES else ""
        return (
            *(["IPTC data"] if self.iptc and not left.iptc else ()),
            *(["comment"] if self.comment and not left.comment else ()),
            *([f"texts ({names}{more})"] if keys else ()),
        )

    def outline(self) -> Captions:
        """Return some of which every format keeps as much, but which take no memory."""
        return Captions(
            iptc=_standing_for(self.iptc),
            comment=_standing_for(self.comment.encode()).decode(),
            texts=tuple((key, "") for key, _ in self.texts[: _MOST_NAMES + 1]),
        )


NO_CAPTIONS = Captions()


def read_captions(
    info: Mapping[Any, Any], texts: Mapping[str, str], tiff: BinaryIO | None = None
) -> tuple[Captions, list[str]]:
    """Return them, and sentences on what was left out.

    Parameters
    ----------
    info : Mapping
        What Pillow found in the file.
    texts : Mapping of str to str
        Those of a PNG.
    tiff : BinaryIO or None
        A TIFF that has IPTC data.
    """
    blocks, remarks = info.get("photoshop"), []
    iptc = _bounded(blocks.get(_IPTC_OF_JPEG)) if isinstance(blocks, dict) else b""
    if tiff is not None:
        try:
            iptc = _iptc_of(tiff)
        except DECODING_ERRORS:
            remarks.append("Its IPTC data are damaged and were left out.")
    comment = _decoded(_bounded(info.get("comment")))
    said = {key: text for key, text in texts.items() if _is_sound(key, text)}
    if sum(len(key) + len(text.encode()) for key, text in said.items()) > MAX_CAPTION_BYTES:
        return Captions(iptc, comment), [*remarks, "Its texts are too long and were left out."]
    comment = said.pop("Comment", comment)
    description = said.pop("Description", "")
    if description.startswith(_OURS):
        description = ""
    elif len(description.encode()) > _LONGEST_DESCRIPTION:
        said["Description"], description = description, ""
    return Captions(iptc, comment, description, tuple(said.items())), remarks


def iptc_segment(iptc: bytes) -> bytes:
    """Return IPTC data as a segment of JPEG (APP13), as Photoshop's resource 0x0404."""
    padded = iptc + b"\0" * (len(iptc) % 2)
    resource = b"8BIM" + struct.pack(">HHI", _IPTC_OF_JPEG, 0, len(iptc)) + padded
    length = 2 + len(_PHOTOSHOP) + len(resource)
    return b"\xff\xed" + struct.pack(">H", length) + _PHOTOSHOP + resource


def _iptc_of(tiff: BinaryIO) -> bytes:
    """Return the IPTC data of a TIFF; Pillow reads four bytes where they are called words."""
    with first_page(tiff) as page:
        return _bounded(page.tags[IPTC_OF_TIFF].value)


def _bounded(found: object) -> bytes:
    return found if isinstance(found, bytes) and len(found) <= MAX_CAPTION_BYTES else b""


def _standing_for(data: bytes) -> bytes:
    return _LONG if len(data) > _SEGMENT else data[:1] and b"x"


def _is_sound(key: str, text: str) -> bool:
    """Tell whether a text is to be passed on, and can be: not ours, nor EXIF or XMP in disguise."""
    if key in _OTHERS or (key.startswith(_RAW) and key != _RAW_IPTC):
        return False
    is_name = 0 < len(key) <= _LONGEST_KEY and key == key.strip() and key.isprintable()
    return is_name and max(map(ord, key)) < 256 and "\0" not in text


def _decoded(found: bytes) -> str:
    """Return a comment, whose letters no format says: UTF-8 if it can be that, else Latin-1."""
    try:
        return found.decode().rstrip("\0")
    except UnicodeDecodeError:
        return found.decode("latin-1").rstrip("\0")

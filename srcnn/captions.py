"""What people wrote into a picture beside EXIF and XMP: IPTC data, a comment, texts of a PNG."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO

from PIL import PngImagePlugin

from srcnn.decoding_errors import DECODING_ERRORS
from srcnn.deep_pixels import first_page
from srcnn.headers import png_chunks

if TYPE_CHECKING:
    from collections.abc import Container

    from PIL import Image

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

_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_OTHERS = ("Software", "XML:com.adobe.xmp")
_RAW, _RAW_IPTC = "Raw profile type ", "Raw profile type iptc"
_OURS = "Enlarged by SRCNN Studio "
_LONGEST_KEY = 79
_MOST_NAMES = 3
_ELSEWHERE = ("Comment", "Description")
"""Texts that formats without texts may keep in another way."""

_ENOUGH = _MOST_NAMES + len(_ELSEWHERE) + 1


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
    texts : tuple of (bytes, bytes)
        Names and contents of the chunks of a PNG that hold these and all other texts.
    """

    iptc: bytes = b""
    comment: str = ""
    description: str = ""
    texts: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """What the texts are called, each once."""
        return tuple(dict.fromkeys(map(_key, (data for _, data in self.texts))))

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
        elsewhere = dict(zip(_ELSEWHERE, (left.comment, left.description), strict=True))
        keys = [key for key in self.keys if not (left.texts or elsewhere.get(key))]
        names = ", ".join(keys[:_MOST_NAMES])
        more = ", \N{HORIZONTAL ELLIPSIS}" if len(keys) > _MOST_NAMES else ""
        lost_comment = self.comment and not left.comment and "Comment" not in keys
        return (
            *(["IPTC data"] if self.iptc and not left.iptc else ()),
            *(["comment"] if lost_comment else ()),
            *([f"texts ({names}{more})"] if keys else ()),
        )

    def outline(self) -> Captions:
        """Return some of which every format keeps as much, but which take no memory."""
        keys = dict.fromkeys(self.keys[:_ENOUGH]) | dict.fromkeys({*self.keys} & {*_ELSEWHERE})
        return Captions(
            iptc=_standing_for(self.iptc),
            comment=_standing_for(self.comment.encode()).decode(),
            description=self.description,
            texts=tuple((b"tEXt", key.encode("latin-1") + b"\0") for key in keys),
        )


NO_CAPTIONS = Captions()


def read_captions(
    image: Image.Image | None, file: BinaryIO | None, tags: Container[int]
) -> tuple[Captions, list[str]]:
    """Return them, and sentences on what was left out.

    Parameters
    ----------
    image : Image or None
        Loaded; None for a TIFF that Pillow cannot open.
    file : BinaryIO or None
        What it was opened from.
    tags : Container of int
        Those of a TIFF.
    """
    info = {} if image is None else image.info
    blocks = info.get("photoshop")
    iptc, remarks = b"", []
    if isinstance(blocks, dict):
        iptc = _bounded(blocks.get(_IPTC_OF_JPEG))
    elif file is not None and IPTC_OF_TIFF in tags:
        try:
            iptc = _iptc_of(file)
        except DECODING_ERRORS:
            remarks.append("Its IPTC data are damaged and were left out.")
    parts = [data for name, data in getattr(image, "applist", ()) if name == "COM"]
    comment = _decoded(_bounded(b"\n".join(parts) or info.get("comment")))
    if file is None or not isinstance(image, PngImagePlugin.PngImageFile):
        return Captions(iptc, comment), remarks
    texts = _texts(file)
    if sum(len(data) for _, data in texts) > MAX_CAPTION_BYTES:
        return Captions(), ["Its texts are too long and were left out."]
    description = image.text.get("Description", "")
    if description.startswith(_OURS):
        texts = [text for text in texts if _key(text[1]) != "Description"]
    if description.startswith(_OURS) or len(description.encode()) > _LONGEST_DESCRIPTION:
        description = ""
    return Captions(iptc, image.text.get("Comment", ""), description, tuple(texts)), remarks


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
    if len(data) > _SEGMENT:
        return _LONG
    return b"x" if data else b""


def _texts(file: BinaryIO) -> list[tuple[bytes, bytes]]:
    """Return the chunks with texts, but for ours, and for EXIF and XMP in disguise."""
    found, size = [], 0
    for name, place, length in png_chunks(file):
        if name in _TEXTS and size <= MAX_CAPTION_BYTES:
            file.seek(place)
            data = file.read(min(length, MAX_CAPTION_BYTES + 1))
            if _is_ours_to_pass_on(_key(data)):
                found.append((name, data))
                size += len(data)
    return found


def _key(data: bytes) -> str:
    return data.partition(b"\0")[0].decode("latin-1")


def _is_ours_to_pass_on(key: str) -> bool:
    if key in _OTHERS or (key.startswith(_RAW) and key != _RAW_IPTC):
        return False
    return 0 < len(key) <= _LONGEST_KEY and key.isprintable()


def _decoded(found: bytes) -> str:
    """Return a comment, whose letters no format says: UTF-8 if it can be that, else Latin-1."""
    try:
        return found.decode().rstrip("\0")
    except UnicodeDecodeError:
        return found.decode("latin-1").rstrip("\0")

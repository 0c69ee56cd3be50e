"""Choices of whoever saves a picture, and what a file format cannot keep of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from srcnn.formats import Format
    from srcnn.picture import Picture

MAX_JPEG_BYTES = 64_000
"""EXIF and XMP have to fit into one segment of a JPEG each, with what is added about the making."""


class Compression(StrEnum):
    """How hard PNG and TIFF are packed; the pixels are the same."""

    FAST = "fast"
    NORMAL = "normal"
    SMALL = "small"

    @property
    def level(self) -> int:
        """The level of zlib."""
        return {"fast": 1, "normal": 6, "small": 9}[self.value]


@dataclass(frozen=True, slots=True)
class SaveOptions:
    """Choices for all formats; each takes what concerns it.

    Attributes
    ----------
    quality : int
        1 to 100, of JPEG, WebP and AVIF.
    lossless : bool
        WebP without loss, whatever the quality.
    full_chroma : bool
        JPEG and AVIF with all of the colour (4:4:4), not a quarter of it (4:2:0).
    compression : Compression
        Of PNG and TIFF.
    strip : bool
        Leave out EXIF, XMP, captions, resolution and how it was made; never the colour profile,
        without which colours would be others.
    """

    quality: int = 95
    lossless: bool = False
    full_chroma: bool = True
    compression: Compression = Compression.NORMAL
    strip: bool = False

    def is_lossless(self, kept: Format) -> bool:
        """Tell whether the pixels come back unchanged."""
        return kept.lossless or (kept.lossless_too and self.lossless)


DEFAULT_OPTIONS = SaveOptions()


def concerning(kept: Format) -> frozenset[str]:
    """Return which of the ``SaveOptions`` change what is written in a format, by their names."""
    if kept.lossless:
        return frozenset({"compression", "strip"})
    return frozenset({"quality", "strip", "lossless" if kept.lossless_too else "full_chroma"})


def losses(picture: Picture, kept: Format, options: SaveOptions) -> list[str]:
    """Return sentences on what a format cannot keep of a picture; pixels of lossy ones aside."""
    found = []
    if picture.is_see_through and not kept.alpha:
        found.append(f"{kept.label} has no transparency: the picture is put on white.")
    if picture.depth == 16 and not kept.deep:
        found.append(f"{kept.label} keeps 8 bits a channel: the picture has 16.")
    if picture.is_grey and not kept.grey:
        found.append(f"{kept.label} has no grey: it is stored as colour.")
        if is_grey_profile(picture.icc):
            found.append("Its grey profile does not fit colour and is left out.")
    if not options.strip:
        if picture.dpi is not None and not kept.dpi:
            found.append(f"{kept.label} does not note down the resolution.")
        lost = picture.captions.lost_in(kept)
        if lost:
            found.append(f"Not kept: {', '.join(lost)}.")
        for name, data in (("EXIF", picture.exif), ("XMP", picture.xmp)):
            if kept.name == "JPEG" and data is not None and len(data) > MAX_JPEG_BYTES:
                found.append(f"Its {name} data are too long for JPEG and are left out.")
    return found


def limits(kept: Format) -> str:
    """Return what a format cannot keep of any picture, pixels of lossy ones aside; a sentence."""
    lacking = [
        name
        for name, keeps in {
            "transparency": kept.alpha,
            "16 bits a channel": kept.deep,
            "grey": kept.grey,
            "resolution": kept.dpi,
            "IPTC data": kept.iptc,
            "comments": kept.comment,
            "other texts": kept.texts,
        }.items()
        if not keeps
    ]
    *most, last = lacking
    names = f"{', '.join(most)} or {last}" if most else last
    return f"{kept.label} does not keep {names}."


def is_grey_profile(icc: bytes | None) -> bool:
    """Tell whether a colour profile is for grey only."""
    return icc is not None and icc[16:20] == b"GRAY"

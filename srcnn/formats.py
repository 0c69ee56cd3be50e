"""File formats: what can be read, and what each that is written can keep of a picture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from PIL import features

from srcnn.errors import OutputError

if TYPE_CHECKING:
    from pathlib import Path

    from srcnn.geometry import Size

_MAX_SIDE = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Format:
    """A file format that can be written.

    Attributes
    ----------
    name : str
        As Pillow calls it.
    lossless : bool
        Whether the pixels always come back unchanged.
    lossless_too : bool
        Whether they do if that is asked for.
    alpha, grey, deep, dpi : bool
        Whether it keeps opacity; grey as one channel; 16 bits a channel; the resolution.
    iptc, comment, texts : bool
        Whether it keeps IPTC data; a comment; texts of any name.
    side : int
        Most pixels a side.
    """

    name: str
    lossless: bool
    lossless_too: bool
    alpha: bool
    grey: bool
    deep: bool
    dpi: bool
    side: int
    iptc: bool = False
    comment: bool = False
    texts: bool = False

    @property
    def label(self) -> str:
        """The name for people."""
        return "WebP" if self.name == "WEBP" else self.name


PNG = Format(
    "PNG", True, True, alpha=True, grey=True, deep=True, dpi=True, side=_MAX_SIDE,
    comment=True, texts=True,
)  # fmt: skip
TIFF = Format(
    "TIFF", True, True, alpha=True, grey=True, deep=True, dpi=True, side=_MAX_SIDE, iptc=True
)
JPEG = Format(
    "JPEG", False, False, alpha=False, grey=True, deep=False, dpi=True, side=65500,
    iptc=True, comment=True,
)  # fmt: skip
WEBP = Format("WEBP", False, True, alpha=True, grey=False, deep=False, dpi=False, side=16383)
AVIF = Format("AVIF", False, False, alpha=True, grey=False, deep=False, dpi=False, side=65536)

FORMATS = {
    ".png": PNG,
    ".tif": TIFF,
    ".tiff": TIFF,
    ".jpg": JPEG,
    ".jpeg": JPEG,
    ".webp": WEBP,
} | ({".avif": AVIF} if features.check("avif") else {})
"""What can be written, by the ending of the file's name."""

HAS_HEIF = find_spec("pillow_heif") is not None
HAS_JXL = find_spec("pillow_jxl") is not None

SUFFIXES = (
    *FORMATS,
    ".bmp",
    ".gif",
    *((".heic", ".heif") if HAS_HEIF else ()),
    *((".jxl",) if HAS_JXL else ()),
)
"""What can be read."""

READABLE = ", ".join(
    name
    for suffix, name in {
        ".png": "PNG",
        ".jpg": "JPEG",
        ".tif": "TIFF",
        ".webp": "WebP",
        ".avif": "AVIF",
        ".heic": "HEIC",
        ".jxl": "JPEG XL",
        ".bmp": "BMP",
        ".gif": "GIF",
    }.items()
    if suffix in SUFFIXES
)
"""The formats that can be read, for people."""


@cache
def decoders() -> tuple[str, ...]:
    """Return what Pillow may read, with the plugins that are installed.

    No others: some of Pillow's decoders hand the file to a program, some guess what it is.
    """
    names = ["PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF"]
    if features.check("avif"):
        names.append("AVIF")
    if HAS_HEIF:
        from pillow_heif import register_heif_opener

        register_heif_opener(thumbnails=False)
        names.append("HEIF")
    if HAS_JXL:
        import pillow_jxl  # noqa: F401 - registers itself

        names.append("JXL")
    return tuple(names)


def format_of(path: Path) -> Format:
    """Return the format that the file name asks for.

    Raises
    ------
    OutputError
        If it is none that can be written.
    """
    try:
        return FORMATS[path.suffix.lower()]
    except KeyError:
        raise OutputError(
            f"Pictures cannot be saved as {path.suffix or 'a file without an ending'}",
            hint=f"Use one of {', '.join(FORMATS)}.",
        ) from None


def check_size(size: Size, kept: Format) -> None:
    """Refuse a picture that is too large for a format.

    Raises
    ------
    OutputError
        If it is.
    """
    if max(size.width, size.height) > kept.side:
        raise OutputError(
            f"{kept.label} cannot hold {size} pixels (at most {kept.side:,} a side)",
            hint="Save it as PNG or TIFF.",
        )

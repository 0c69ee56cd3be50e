"""From an opened file to pixels: modes, palettes, profiles and opacity."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import numpy as np
from PIL import Image, ImageCms

from srcnn.decoding_errors import DECODING_ERRORS
from srcnn.deep_pixels import jxl_pixels, png_pixels
from srcnn.geometry import Size
from srcnn.headers import avif_bits, jxl_header

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from srcnn.types import Pixels

_BITS_A_CHANNEL = 0x0102
_TWELVE_BITS = "I;12"

_DEEP = re.compile(r";16[BLN]$")
"""16 bits a channel, as Pillow calls it; ``BGR;16`` are 16 bits a pixel."""


def raw_mode(image: Image.Image) -> str:
    """Return how the file stores a pixel, as Pillow calls it; empty if it does not say."""
    tile = getattr(image, "tile", None)
    arguments = tile[0][3] if tile else ""
    return str(arguments[0] if isinstance(arguments, tuple) and arguments else arguments)


def is_deep(image: Image.Image) -> bool:
    """Tell whether the file has 16 bits a channel that Pillow may read as 8, or upside down."""
    if image.format == "TIFF":  # the raw modes of its planes say nothing
        bits = image.getexif().get(_BITS_A_CHANNEL, 8)
        return bool(max(bits if isinstance(bits, tuple) else (bits,)) == 16)
    return not image.mode.startswith("I;16") and bool(_DEEP.search(raw_mode(image)))


def bits_a_channel(image: Image.Image, file: BinaryIO | None) -> int:
    """Return how many there are in a file that Pillow reads as 8."""
    if file is not None and image.format == "AVIF":
        return avif_bits(file)
    if image.mode.startswith("I;16"):
        return 8
    return 16 if is_deep(image) else int(image.info.get("bit_depth", 8))


def read_deep(image: Image.Image, file: BinaryIO) -> tuple[Pixels, Pixels | None] | None:
    """Return 16-bit pixels and opacity of a PNG or JPEG XL; None of what is none with them."""
    has_transparent_grey = image.mode.startswith("I;16") and "transparency" in image.info
    if image.format == "PNG" and (is_deep(image) or has_transparent_grey):
        return png_pixels(file, Size(*image.size))
    if image.format == "JXL":
        header = jxl_header(file)
        if header is not None and 8 < header[1] <= 16 and image.mode != "F":
            return jxl_pixels(file, Size(*image.size))
    return None


def turned(pixels: Pixels, orientation: int) -> Pixels:
    """Return an (H, W, ...) array upright, from that EXIF orientation."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    upright: Pixels = pixels.copy()
    return upright


def to_rgb(image: Image.Image, icc: object) -> tuple[Image.Image, str]:
    """Convert CMYK or LAB to sRGB, CMYK through its profile if it has a sound one; say how."""
    if image.mode == "LAB":
        found = _to_srgb(image, ImageCms.createProfile("LAB"))
        return found, "Its LAB colours were converted to sRGB."
    if isinstance(icc, bytes):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(icc))
            found = _to_srgb(image, source)
        except (ImageCms.PyCMSError, *DECODING_ERRORS):
            pass  # as if there were none
        else:
            return found, "Its CMYK colours were converted to sRGB through its profile."
    return image.convert("RGB"), (
        "Its CMYK colours were converted to RGB without a profile, so they may be off."
    )


def _to_srgb(image: Image.Image, source: Any) -> Image.Image:
    srgb = ImageCms.createProfile("sRGB")
    converted = ImageCms.profileToProfile(image, source, srgb, outputMode="RGB")
    return cast("Image.Image", converted)  # None only where it is done in place


def arrays(image: Image.Image, raw: str) -> tuple[Pixels, Pixels | None]:
    """Return grey or RGB pixels, and opacity if there is any, of what was stored as ``raw``."""
    if image.mode.startswith("I;16"):
        deep: NDArray[np.uint16] = np.asarray(image).astype(np.uint16)
        if raw == _TWELVE_BITS:
            deep = np.bitwise_or(deep << 4, deep >> 8, dtype=np.uint16)
        return deep, None
    if image.has_transparency_data:
        grey = image.mode in ("LA", "La", "L", "1") or _has_grey_palette(image)
        with_alpha = np.asarray(image.convert("LA" if grey else "RGBA"))
        pixels = with_alpha[..., 0] if grey else with_alpha[..., :3]
        return np.ascontiguousarray(pixels), np.ascontiguousarray(with_alpha[..., -1])
    if image.mode in ("L", "1") or _has_grey_palette(image):
        return np.array(image.convert("L")), None
    return np.array(image if image.mode == "RGB" else image.convert("RGB")), None


def to_eight_bits(pixels: Pixels) -> NDArray[np.uint8]:
    """Return pixels of full range with 8 bits a channel, rounded to the nearest."""
    if pixels.dtype == np.uint8:
        return pixels.view(np.uint8)
    return ((pixels.astype(np.uint32) + 128) // 257).astype(np.uint8)


def _has_grey_palette(image: Image.Image) -> bool:
    icc = image.info.get("icc_profile")
    if image.mode != "P" or (isinstance(icc, bytes) and icc[16:20] == b"RGB "):
        return False  # a file of one channel must not have a profile of three
    colours = np.array(image.getpalette("RGB") or [], np.uint8).reshape(-1, 3)
    return bool((colours == colours[:, :1]).all())

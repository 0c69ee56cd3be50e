"""Pixels of 16 bits a channel, which Pillow would read with 8: PNG, TIFF and JPEG XL."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

import numpy as np

from srcnn.geometry import Size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_MIN_IS_WHITE, _MIN_IS_BLACK, _RGB = 0, 1, 2
_NO_OPACITY, _ASSOCIATED = 0, 1
_SEPARATE = 2
_COMPRESSIONS = frozenset({1, 5, 8, 32773, 32946, 34925, 50000})
"""None, LZW, deflate, PackBits, deflate again, LZMA, Zstandard.

The others put pictures into a TIFF, and those may be of any size, whatever the header announces.
"""
_MAX_SEGMENT = 1 << 28
"""Pixels of a strip or tile of a TIFF; more is an absurd header."""

Deep: TypeAlias = "tuple[NDArray[np.uint16], NDArray[np.uint16] | None]"
"""Grey or RGB pixels, and opacity if there is any."""


def png_pixels(file: BinaryIO, size: Size) -> Deep:
    """Return the pixels of a PNG of 16 bits.

    Raises
    ------
    ValueError
        If they are not of that size and depth; others of ``DECODING_ERRORS`` if it is damaged.
    """
    from imagecodecs import png_decode  # takes its time, and few pictures need it

    file.seek(0)
    return _parted(np.asarray(png_decode(file.read())), size)


def jxl_pixels(file: BinaryIO, size: Size) -> Deep:
    """Return the pixels of a JPEG XL of 9 to 16 bits, upright.

    Raises
    ------
    ValueError
        If they are not of that size and depth; others of ``DECODING_ERRORS`` if it is damaged.
    """
    from imagecodecs import jpegxl_decode  # takes its time, and few pictures need it

    file.seek(0)
    return _parted(np.asarray(jpegxl_decode(file.read())), size)


def tiff_size(file: BinaryIO) -> Size | None:
    """Return the size of a TIFF's first page if it has 16 bits of grey or RGB, else None."""
    file.seek(0)
    if file.read(2) not in (b"II", b"MM"):
        return None
    with first_page(file) as page:
        is_grey = page.photometric in (_MIN_IS_WHITE, _MIN_IS_BLACK)
        fits = page.samplesperpixel in ((1, 2) if is_grey else (3, 4))
        is_known = is_grey or page.photometric == _RGB
        is_known = is_known and page.compression in _COMPRESSIONS
        if not (fits and is_known and page.bitspersample == 16 and page.dtype == np.uint16):
            return None
        if not type(page.imagewidth) is type(page.imagelength) is int:
            raise ValueError("a side that is several numbers")  # a tuple times a number is long
        return Size(page.imagewidth, page.imagelength)


def tiff_pixels(file: BinaryIO) -> Deep:
    """Return the pixels of the first page of a TIFF that ``tiff_size`` knows.

    Raises
    ------
    ValueError
        If the header contradicts itself; others of ``DECODING_ERRORS`` if it is damaged.
    """
    with first_page(file) as page:
        if page.imagedepth != 1 or page.tilewidth * page.tilelength > _MAX_SEGMENT:
            raise ValueError(f"a tile of {page.tilewidth} x {page.tilelength} pixels")
        pixels = page.asarray(maxworkers=1)
        if page.planarconfig == _SEPARATE and page.samplesperpixel > 1:
            pixels = np.moveaxis(pixels, 0, -1)
        found, alpha = _parted(pixels, Size(page.imagewidth, page.imagelength))
        if page.photometric == _MIN_IS_WHITE:
            found = 65535 - found
        kind = next(iter(page.extrasamples), None)
        if alpha is not None and kind == _ASSOCIATED:
            found = _straight(found, alpha)
        if kind == _NO_OPACITY:
            alpha = None
    return found, alpha


@contextlib.contextmanager
def first_page(file: BinaryIO) -> Iterator[Any]:
    """Open a TIFF; the page's attributes are those of tifffile, which has no types for them."""
    from tifffile import TiffFile  # takes its time, and few pictures need it

    file.seek(0)
    with TiffFile(file) as tiff:
        yield tiff.pages.first


def _parted(pixels: NDArray[Any], size: Size) -> Deep:
    """Part the channels; (H, W), (H, W, 1..4) of uint16."""
    if pixels.dtype != np.uint16 or pixels.shape[:2] != (size.height, size.width):
        raise ValueError(f"{pixels.shape} pixels of {pixels.dtype}, not {size} of 16 bits")
    if pixels.ndim == 2:
        return np.ascontiguousarray(pixels), None
    channels = pixels.shape[2]
    if channels not in (1, 2, 3, 4):
        raise ValueError(f"{channels} channels")
    colour = pixels[..., 0] if channels < 3 else pixels[..., :3]
    alpha = np.ascontiguousarray(pixels[..., -1]) if channels in (2, 4) else None
    return np.ascontiguousarray(colour), alpha


def _straight(pixels: NDArray[np.uint16], alpha: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Divide colour by the opacity that it was multiplied by."""
    opacity = np.maximum(alpha, 1).astype(np.float32) / 65535
    opacity = opacity if pixels.ndim == 2 else opacity[..., np.newaxis]
    return np.minimum(np.rint(pixels / opacity), 65535).astype(np.uint16)

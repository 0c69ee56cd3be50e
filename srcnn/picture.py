"""Pictures: pixels and what belongs to them, read with care.

The header is checked before anything is decoded, EXIF orientation is applied once, and whatever
could not be kept is said in ``Picture.notes``.
"""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from PIL import Image, PngImagePlugin, UnidentifiedImageError

from srcnn.captions import NO_CAPTIONS, Captions, read_captions
from srcnn.decoding import (
    arrays,
    bits_a_channel,
    is_deep,
    raw_mode,
    read_deep,
    to_eight_bits,
    to_rgb,
    turned,
)
from srcnn.decoding_errors import DECODING_ERRORS
from srcnn.deep_pixels import tiff_pixels, tiff_size
from srcnn.errors import PictureError, PictureTooLarge
from srcnn.formats import READABLE, decoders
from srcnn.geometry import Size
from srcnn.headers import jxl_header
from srcnn.jpeg_scans import check_scans
from srcnn.left_out import channel_remarks, file_remarks, frame_remarks
from srcnn.metadata import read_dpi, read_exif, read_xmp, tags_of, tiff_dpi
from srcnn.picture_file import opened_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from srcnn.types import Pixels

DEFAULT_MAX_MEGAPIXELS = 500.0

_TIFF_XMP, _TIFF_ICC = 700, 34675
_TIFF_STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_CONVERT = "Convert it to grey or RGB of 8 or 16 bits a channel."

Image.MAX_IMAGE_PIXELS = None  # replaced by our own limit, on the header
PngImagePlugin.MAX_TEXT_CHUNK = 16 << 20  # profiles of scanners and printers are longer than 1 MB
warnings.filterwarnings("ignore", category=UserWarning, module="PIL")  # remarks on odd metadata


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded picture, upright.

    Attributes
    ----------
    pixels : uint8 or uint16, (H, W) grey or (H, W, 3) RGB
        Full range of the dtype, read-only.
    alpha : (H, W) of the same dtype, or None
        Opacity.
    icc, exif, xmp : bytes or None
        Colour profile; EXIF without orientation and layout of the file; XMP likewise.
    dpi : tuple of float or None
        Horizontal and vertical resolution.
    notes : tuple of str
        Sentences about what could not be kept.
    captions : Captions
        What people wrote into it beside EXIF and XMP.
    """

    pixels: Pixels
    alpha: Pixels | None = None
    icc: bytes | None = None
    exif: bytes | None = None
    dpi: tuple[float, float] | None = None
    notes: tuple[str, ...] = ()
    xmp: bytes | None = None
    captions: Captions = NO_CAPTIONS

    def __post_init__(self) -> None:
        self.pixels.flags.writeable = False
        if self.alpha is not None:
            self.alpha.flags.writeable = False

    @property
    def size(self) -> Size:
        """Width and height."""
        return Size(self.pixels.shape[1], self.pixels.shape[0])

    @property
    def is_see_through(self) -> bool:
        """Whether opacity is less than full anywhere; looks at all of it."""
        return self.alpha is not None and int(self.alpha.min()) < np.iinfo(self.alpha.dtype).max

    @property
    def is_grey(self) -> bool:
        """Whether there is one channel only."""
        return self.pixels.ndim == 2

    @property
    def depth(self) -> int:
        """Bits a channel: 8 or 16."""
        return self.pixels.dtype.itemsize * 8

    def to_uint8(self) -> NDArray[np.uint8]:
        """Return the pixels with 8 bits a channel, rounded."""
        return to_eight_bits(self.pixels)


def load_picture(path: Path, *, max_megapixels: float = DEFAULT_MAX_MEGAPIXELS) -> Picture:
    """Read a picture file.

    Parameters
    ----------
    path : Path
        PNG, JPEG, TIFF, WebP, BMP, GIF (its first frame) or AVIF; HEIC and JPEG XL if their
        plugins are installed.
    max_megapixels : float
        More than this is refused before it is decoded.

    Raises
    ------
    PictureTooLarge
        If the header announces more than ``max_megapixels``.
    PictureError
        If the file cannot be opened or decoded.
    """
    # WORKAROUND: given a path, Pillow 13 maps raw TIFFs and mixes up those on their side
    with _explained(path), opened_picture(path) as file:
        return _read(path, file, max_megapixels)


def announced_size(path: Path, *, max_megapixels: float = DEFAULT_MAX_MEGAPIXELS) -> Size:
    """Return the size that the header of a picture announces, not turned; nothing is decoded.

    Parameters and errors are those of ``load_picture``.
    """
    with _explained(path), opened_picture(path) as file:
        header = jxl_header(file)
        if header is not None:  # it would be decoded when it is opened
            size: Size | None = header[0]
        else:
            image = _opened(file)
            size = tiff_size(file) if image is None else Size(*image.size)
        if size is None:
            raise _not_known(path, file)
        _check_size(path, size, max_megapixels)
        return size


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn what decoders raise into sentences."""
    try:
        yield
    except MemoryError as error:
        raise PictureTooLarge(
            f"{path.name} does not fit into memory", hint="Close other programs, or crop it."
        ) from error
    except DECODING_ERRORS as error:
        raise PictureError(
            f"{path.name} is damaged or incomplete and cannot be decoded",
            hint="Open it in the program that made it and save it again.",
        ) from error


def from_pil(image: Image.Image, file: BinaryIO | None = None) -> Picture:
    """Turn an image of Pillow into a picture, upright; errors of decoding are Pillow's.

    Parameters
    ----------
    image : Image
        Opened, perhaps not loaded yet.
    file : BinaryIO or None
        What it was opened from, for what Pillow would not read of it.
    """
    notes = file_remarks(image, file)
    found = None if file is None else read_deep(image, file)
    bits = bits_a_channel(image, file)
    if found is None and bits != 8:
        notes.append(f"Its {bits} bits a channel were read as 8.")
    raw, info = raw_mode(image), image.info
    image.load()  # of 16 bits too: a PNG may have EXIF and XMP after its pixels
    icc = info.get("icc_profile")
    tags = partial(tags_of, image)
    captions, remarks = read_captions(image, file, getattr(image, "tag_v2", ()))
    notes += remarks
    if found is None:
        if image.mode in ("CMYK", "LAB"):
            image, remark = to_rgb(image, icc)
            notes.append(remark)
            icc = None
        found = arrays(image, raw)
    return _picture(found, tags, (icc, info.get("xmp"), info.get("dpi")), notes, captions)


def _picture(
    found: tuple[Pixels, Pixels | None],
    tags: Callable[[], Image.Exif],
    belongings: tuple[object, object, object],
    notes: Sequence[str],
    captions: Captions,
) -> Picture:
    """Put together pixels and opacity as they lie in the file, and its profile, XMP and dpi."""
    icc, xmp, dpi = belongings
    try:
        orientation, exif = read_exif(tags())
    except DECODING_ERRORS:
        orientation, exif = 1, None
        notes = [*notes, "Its EXIF data are damaged and were left out."]
    packet = read_xmp(xmp)
    if packet is None and xmp:
        notes = [*notes, "Its XMP data are too long and were left out."]
    pixels, alpha = found
    return Picture(
        pixels=turned(pixels, orientation),
        alpha=None if alpha is None else turned(alpha, orientation),
        icc=icc if isinstance(icc, bytes) and icc else None,
        exif=exif,
        dpi=read_dpi(dpi),
        notes=tuple(notes),
        xmp=packet,
        captions=captions,
    )


def _read(path: Path, file: BinaryIO, max_megapixels: float) -> Picture:
    header = jxl_header(file)
    if header is not None:  # it is decoded when it is opened
        _check_size(path, header[0], max_megapixels)
    image = _opened(file)
    if image is None:
        found = _deep_tiff(path, file, max_megapixels)
        if found is None:
            raise _not_known(path, file)
        return found
    with image:
        _check_size(path, Size(*image.size), max_megapixels)
        if image.mode in ("I", "F"):
            raise PictureError(
                f"{path.name} stores 32 bits a channel, or signed ones, which cannot be read",
                hint=_CONVERT,
            )
        found = None
        if image.format == "TIFF" and is_deep(image):
            found = _deep_tiff(path, file, max_megapixels, image)
        return from_pil(image, file) if found is None else found


def _opened(file: BinaryIO) -> Image.Image | None:
    """Return what Pillow makes of a header; None if it does not know it, as some TIFFs."""
    check_scans(file)
    file.seek(0)
    try:
        return Image.open(file, formats=decoders())
    except UnidentifiedImageError:
        return None


def _not_known(path: Path, file: BinaryIO) -> PictureError:
    file.seek(0)
    if file.read(4) in _TIFF_STARTS:
        return PictureError(
            f"{path.name} stores its pixels in a way that cannot be read", hint=_CONVERT
        )
    return PictureError(
        f"{path.name} is not a picture that can be read", hint=f"{READABLE} files can be opened."
    )


def _deep_tiff(
    path: Path, file: BinaryIO, max_megapixels: float, image: Image.Image | None = None
) -> Picture | None:
    """Return a TIFF of 16 bits a channel; None if it is none that can be read so."""
    size = tiff_size(file)
    if size is None:
        return None
    _check_size(path, size, max_megapixels)
    found = tiff_pixels(file)
    if image is None:
        tags, notes = Image.Exif(), []
        file.seek(0)
        tags.load_from_fp(file)
    else:
        tags, notes = image.getexif(), frame_remarks(image)
    belongings = tags.get(_TIFF_ICC), tags.get(_TIFF_XMP), tiff_dpi(tags)
    captions, remarks = read_captions(image, file, tags)
    channels = sum(1 if part.ndim == 2 else part.shape[2] for part in found if part is not None)
    notes += [*channel_remarks(tags, channels), *remarks]
    return _picture(found, lambda: tags, belongings, notes, captions)


def _check_size(path: Path, size: Size, max_megapixels: float) -> None:
    if size.megapixels > max_megapixels:
        raise PictureTooLarge(
            f"{path.name} announces {size} pixels ({_rounded(size.megapixels)} megapixels), "
            f"more than the {_rounded(max_megapixels)} allowed",
            hint="If you trust it, allow more (--max-megapixels on the command line).",
        )


def _rounded(megapixels: float) -> str:
    return f"{megapixels:,.0f}" if megapixels >= 10 else f"{megapixels:.2g}"

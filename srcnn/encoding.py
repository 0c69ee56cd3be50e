"""A finished canvas as a file: pixels, profile, EXIF, XMP and resolution, by format."""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from PIL import Image, PngImagePlugin

from srcnn.canvas import PillowCanvas, interruptible
from srcnn.captions import IPTC_OF_TIFF, NO_CAPTIONS, Captions, iptc_segment
from srcnn.errors import OutputError
from srcnn.formats import AVIF, JPEG, PNG, TIFF, WEBP, Format
from srcnn.metadata import readable, resized_xmp, written_exif
from srcnn.png_file import dpi_chunk, profile_chunk, text_chunk, write_png, xmp_chunk
from srcnn.save_options import MAX_JPEG_BYTES, SaveOptions, is_grey_profile
from srcnn.tiff_file import write_tiff

if TYPE_CHECKING:
    from collections.abc import Callable

    from srcnn.canvas import Canvas
    from srcnn.picture import Picture

_SOFTWARE, _DESCRIPTION = 0x0131, 0x010E
_TIFF_XMP, _TIFF_ICC = 700, 34675
_X_RESOLUTION, _Y_RESOLUTION, _RESOLUTION_UNIT, _INCH = 0x011A, 0x011B, 0x0128, 2
_EXIF_PREFIX = len(b"Exif\0\0")


@dataclass(frozen=True, slots=True)
class Belongings:
    """What is written beside the pixels.

    Attributes
    ----------
    exif : Image.Exif or None
        With what says how it was made.
    icc, xmp : bytes or None
        Colour profile and XMP packet.
    dpi : tuple of float or None
        Resolution.
    captions : Captions
        What people wrote beside them.
    """

    exif: Image.Exif | None = None
    icc: bytes | None = None
    xmp: bytes | None = None
    dpi: tuple[float, float] | None = None
    captions: Captions = NO_CAPTIONS


def belongings_of(
    picture: Picture | None, kept: Format, canvas: Canvas, options: SaveOptions, made: str
) -> Belongings:
    """Choose what of a picture's belongings goes into a file.

    Parameters
    ----------
    picture : Picture or None
        Whose they are.
    kept : Format
        Leaves out what it cannot keep (see ``srcnn.save_options.losses``).
    canvas : Canvas
        What is saved: its size goes into the EXIF data and XMP.
    options : SaveOptions
        May leave out all but the profile.
    made : str
        How it was made.
    """
    icc = None if picture is None else picture.icc
    if is_grey_profile(icc) and canvas.channels >= 3:
        icc = None
    if options.strip:
        return Belongings(icc=icc)
    longest = MAX_JPEG_BYTES if kept is JPEG else 2**31
    raw = None if picture is None else _fitting(picture.exif, longest)
    xmp = None if picture is None else _fitting(picture.xmp, longest)
    captions = NO_CAPTIONS if picture is None else picture.captions.kept_by(kept)
    return Belongings(
        exif=written_exif(raw, canvas.size, made, captions.description),
        icc=icc,
        xmp=None if xmp is None else resized_xmp(xmp, canvas.size),
        dpi=picture.dpi if picture is not None and kept.dpi else None,
        captions=captions,
    )


def encode(
    file: BinaryIO,
    canvas: Canvas,
    kept: Format,
    belongings: Belongings,
    options: SaveOptions,
    should_stop: Callable[[], bool],
) -> None:
    """Write a picture and see that it is on the disk.

    Raises
    ------
    OutputError
        If the format cannot hold it.
    Cancelled
        If ``should_stop`` says so.
    """
    guarded = cast("BinaryIO", interruptible(file, should_stop))
    try:
        if kept is TIFF:
            write_tiff(guarded, canvas, _tiff_tags(belongings), options.compression.level)
        elif isinstance(canvas, PillowCanvas):
            canvas.image.save(guarded, **_pillow_options(kept, belongings, options))
        else:
            write_png(guarded, canvas, _chunks(belongings), options.compression.level)
    except (ValueError, ArithmeticError, RuntimeError, struct.error) as error:
        raise OutputError(
            f"{kept.label} cannot hold this picture ({error})", hint="Save it as PNG or TIFF."
        ) from error
    file.flush()
    os.fsync(file.fileno())


def _fitting(data: bytes | None, longest: int) -> bytes | None:
    return data if data is not None and len(data) <= longest else None


def _pillow_options(kept: Format, belongings: Belongings, options: SaveOptions) -> dict[str, Any]:
    """Return the keywords of Pillow's ``save``."""
    chosen: dict[str, Any] = {"format": kept.name}
    if belongings.exif is not None:
        chosen["exif"] = belongings.exif
    if belongings.icc is not None:
        chosen["icc_profile"] = belongings.icc
    if belongings.dpi is not None:
        chosen["dpi"] = belongings.dpi
    if belongings.xmp is not None and kept is not PNG:
        chosen["xmp"] = belongings.xmp
    if kept is PNG:
        return chosen | {
            "pnginfo": _png_info(belongings),
            "compress_level": options.compression.level,
        }
    if belongings.captions.iptc:
        chosen["extra"] = iptc_segment(belongings.captions.iptc)
    if belongings.captions.comment:
        chosen["comment"] = belongings.captions.comment.encode()
    chosen["quality"] = options.quality
    if kept is WEBP:
        return chosen | {"lossless": options.lossless, "exact": options.lossless}
    if kept is AVIF:
        return chosen | {"subsampling": "4:4:4" if options.full_chroma else "4:2:0"}
    return chosen | {"subsampling": 0 if options.full_chroma else 2}


def _texts(belongings: Belongings) -> list[tuple[bytes, bytes]]:
    """Return chunks of a PNG that say how it was made, and what people wrote."""
    if belongings.exif is None:
        return []
    captions = belongings.captions
    texts = {
        "Software": readable(str(belongings.exif[_SOFTWARE])),
        "Description": readable(str(belongings.exif[_DESCRIPTION])),
        "Comment": captions.comment,
    }
    ours = [(key, text) for key, text in texts.items() if text and key not in captions.keys]
    return [*(text_chunk(key, text) for key, text in ours), *captions.texts]


def _png_info(belongings: Belongings) -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    for name, data in _texts(belongings):
        info.add(name, data)
    if belongings.xmp is not None:
        name, data = xmp_chunk(belongings.xmp)
        info.add(name, data)
    return info


def _chunks(belongings: Belongings) -> list[tuple[bytes, bytes]]:
    """Return all that is known as chunks of a PNG, in an order that the format allows."""
    found = []
    if belongings.icc is not None:
        found.append(profile_chunk(belongings.icc))
    if belongings.dpi is not None:
        found.append(dpi_chunk(belongings.dpi))
    found += _texts(belongings)
    if belongings.xmp is not None:
        found.append(xmp_chunk(belongings.xmp))
    if belongings.exif is not None:
        found.append((b"eXIf", belongings.exif.tobytes()[_EXIF_PREFIX:]))
    return found


def _tiff_tags(belongings: Belongings) -> Image.Exif:
    tags = Image.Exif() if belongings.exif is None else belongings.exif
    if belongings.icc is not None:
        tags[_TIFF_ICC] = belongings.icc
    if belongings.xmp is not None:
        tags[_TIFF_XMP] = belongings.xmp
    if belongings.dpi is not None:
        tags[_X_RESOLUTION], tags[_Y_RESOLUTION] = belongings.dpi
        tags[_RESOLUTION_UNIT] = _INCH
    if belongings.captions.iptc:
        tags[IPTC_OF_TIFF] = belongings.captions.iptc
    return tags

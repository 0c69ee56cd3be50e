"""What is to be known of a picture before the work: size, depth, opacity, and a small copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageOps

from srcnn.captions import NO_CAPTIONS, Captions, read_captions
from srcnn.decoding_errors import DECODING_ERRORS
from srcnn.errors import SrcnnError
from srcnn.geometry import Size
from srcnn.left_out import part_remarks
from srcnn.metadata import ORIENTATION
from srcnn.picture import Picture, announced_size, load_picture

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from srcnn.types import Pixels

_ON_ITS_SIDE = 5
"""From this orientation of EXIF on, width and height change places."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides what a picture becomes, and what a format cannot keep of it.

    Attributes
    ----------
    size : Size
        Upright.
    depth : int
        Bits a channel: 8 or 16.
    is_see_through, is_grey : bool
        Whether opacity is less than full anywhere; and whether it has one channel only.
    icc : bytes or None
        The first bytes of the colour profile.
    dpi : tuple of float or None
        Resolution.
    exif_bytes, xmp_bytes : int
        Length of EXIF and XMP; 0 if there are none.
    notes : tuple of str
        Sentences on what reading it changes, such as CMYK to sRGB.
    captions : Captions
        As many, and as long, as people wrote beside EXIF and XMP.
    """

    size: Size
    depth: int = 8
    is_see_through: bool = False
    is_grey: bool = False
    icc: bytes | None = None
    dpi: tuple[float, float] | None = None
    exif_bytes: int = 0
    xmp_bytes: int = 0
    notes: tuple[str, ...] = ()
    captions: Captions = NO_CAPTIONS

    def stand_in(self) -> Picture:
        """Return a picture of one pixel to which all this applies but for the size."""
        shape = (1, 1) if self.is_grey else (1, 1, 3)
        pixels, alpha = _blank(shape, self.depth), _blank((1, 1), self.depth)
        return Picture(
            pixels=pixels,
            alpha=alpha if self.is_see_through else None,
            icc=self.icc,
            exif=bytes(self.exif_bytes) or None,
            dpi=self.dpi,
            xmp=bytes(self.xmp_bytes) or None,
            captions=self.captions,
        )


def _blank(shape: tuple[int, ...], depth: int) -> Pixels:
    return np.zeros(shape, np.uint16) if depth == 16 else np.zeros(shape, np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """Facts, and a small copy: uint8, (H, W), (H, W, 3) or, with opacity, (H, W, 4)."""

    facts: Facts
    thumbnail: NDArray[np.uint8]


def examine(path: Path, most: Size, max_megapixels: float) -> Examined:
    """Read a picture to know it; of a JPEG no more is decoded than the small copy needs.

    Parameters
    ----------
    path : Path
        The picture.
    most : Size
        What the small copy fits into.
    max_megapixels : float
        Larger pictures are refused, by their header.

    Raises
    ------
    PictureError
        If it cannot be read, or is too large.
    """
    quick = _quick(path, most, max_megapixels)
    if quick is not None:
        return quick
    picture = load_picture(path, max_megapixels=max_megapixels)
    facts = Facts(
        size=picture.size,
        depth=picture.depth,
        is_see_through=picture.is_see_through,
        is_grey=picture.is_grey,
        icc=None if picture.icc is None else picture.icc[:128],
        dpi=picture.dpi,
        exif_bytes=len(picture.exif or b""),
        xmp_bytes=len(picture.xmp or b""),
        notes=picture.notes,
        captions=picture.captions.outline(),
    )
    return Examined(facts, _small(picture, most))


def _quick(path: Path, most: Size, max_megapixels: float) -> Examined | None:
    """Read a usual JPEG, decoded at a fraction of its size; None if that is not possible."""
    try:
        size = announced_size(path, max_megapixels=max_megapixels)
        with path.open("rb") as file, Image.open(file, formats=("JPEG",)) as image:
            if image.mode not in ("L", "RGB") or getattr(image, "is_animated", False):
                return None
            info = image.info
            is_grey, icc, dpi = image.mode == "L", info.get("icc_profile"), info.get("dpi")
            exif, xmp = len(info.get("exif") or b""), len(info.get("xmp") or b"")
            image.draft(image.mode, (2 * most.width, 2 * most.height))
            image.load()
            if image.getexif().get(ORIENTATION, 1) >= _ON_ITS_SIDE:
                size = Size(size.height, size.width)
            small = ImageOps.exif_transpose(image)
            small.thumbnail((most.width, most.height))
            icc = icc[:128] if isinstance(icc, bytes) else None
            captions, _ = read_captions(image, None, ())
            facts = Facts(
                size,
                is_grey=is_grey,
                icc=icc,
                dpi=dpi,
                exif_bytes=exif,
                xmp_bytes=xmp,
                notes=tuple(part_remarks(image)),
                captions=captions.outline(),
            )
            return Examined(facts, np.array(small))
    except (SrcnnError, *DECODING_ERRORS):
        return None  # the careful way says what is the matter


def _small(picture: Picture, most: Size) -> NDArray[np.uint8]:
    pixels = picture.to_uint8()
    if picture.alpha is not None:
        alpha = picture.alpha if picture.depth == 8 else picture.alpha >> 8
        colours = pixels[..., np.newaxis].repeat(3, -1) if picture.is_grey else pixels
        pixels = np.dstack([colours, alpha.astype(np.uint8)])
    image = Image.fromarray(pixels)
    image.thumbnail((most.width, most.height), reducing_gap=2.0)
    return np.array(image)

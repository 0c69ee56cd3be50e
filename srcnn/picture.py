"""Pictures: pixels and what belongs to them, read with care.

The header is checked before anything is decoded, EXIF orientation is applied once, and whatever
could not be kept is said in ``Picture.notes``.
"""

from __future__ import annotations

import re
import struct
import warnings
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, UnidentifiedImageError

from srcnn.errors import PictureError, PictureTooLarge
from srcnn.geometry import Size

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from srcnn.types import Pixels

DEFAULT_MAX_MEGAPIXELS = 500.0
SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp", ".gif")

Image.MAX_IMAGE_PIXELS = None  # replaced by our own limit, on the header
warnings.filterwarnings("ignore", category=UserWarning, module="PIL")  # remarks on odd metadata

DECODING_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    AttributeError,
    EOFError,
    LookupError,
    ArithmeticError,
    RuntimeError,
    struct.error,
    zlib.error,
)
"""What Pillow is known to raise on files that are not what they say."""

_DECODERS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF")
"""No others: some of Pillow's hand the file to a program, some guess what it is."""

_DEEP = re.compile(r";16[BLN]$")
"""16 bits a channel, as Pillow calls it; ``BGR;16`` are 16 bits a pixel."""

_ORIENTATION = 0x0112

_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a picture of that EXIF orientation upright."""

_KEPT_TAGS = frozenset(
    {0x010E, 0x010F, 0x0110, 0x0131, 0x0132, 0x013B, 0x013C, 0x8298, 0x8769, 0x8825}
    | {0x4746, *range(0x9C9B, 0x9CA0)}
)
"""Description, camera, date, author, copyright, EXIF, GPS, rating and titles.

The others say how the pixels of one file are stored, which would be wrong of any other.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded picture, upright.

    Attributes
    ----------
    pixels : uint8 or uint16, (H, W) grey or (H, W, 3) RGB
        Full range of the dtype, read-only.
    alpha : uint8, (H, W), or None
        Opacity.
    icc, exif : bytes or None
        Colour profile; EXIF without orientation and layout of the file.
    dpi : tuple of float or None
        Horizontal and vertical resolution.
    notes : tuple of str
        Sentences about what could not be kept.
    """

    pixels: Pixels
    alpha: NDArray[np.uint8] | None = None
    icc: bytes | None = None
    exif: bytes | None = None
    dpi: tuple[float, float] | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.pixels.flags.writeable = False
        if self.alpha is not None:
            self.alpha.flags.writeable = False

    @property
    def size(self) -> Size:
        """Width and height."""
        return Size(self.pixels.shape[1], self.pixels.shape[0])

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


def to_eight_bits(pixels: Pixels) -> NDArray[np.uint8]:
    """Return pixels of full range with 8 bits a channel, rounded to the nearest."""
    if pixels.dtype == np.uint8:
        return pixels.view(np.uint8)
    return ((pixels.astype(np.uint32) + 128) // 257).astype(np.uint8)


def load_picture(path: Path, *, max_megapixels: float = DEFAULT_MAX_MEGAPIXELS) -> Picture:
    """Read a picture file.

    Parameters
    ----------
    path : Path
        PNG, JPEG, TIFF, WebP, BMP or GIF (its first frame).
    max_megapixels : float
        More than this is refused before it is decoded.

    Raises
    ------
    PictureTooLarge
        If the header announces more than ``max_megapixels``.
    PictureError
        If the file cannot be opened or decoded.
    """
    try:
        if path.stat().st_size == 0:
            raise PictureError(f"{path.name} is empty (0 bytes)", hint="Choose another file.")
        # WORKAROUND: given a path, Pillow 13 maps raw TIFFs and mixes up those on their side
        with path.open("rb") as file, Image.open(file, formats=_DECODERS) as image:
            _check_size(path, Size(*image.size), max_megapixels)
            return _decode(path, image)
    except UnidentifiedImageError as error:
        raise PictureError(
            f"{path.name} is not a picture that can be read",
            hint="PNG, JPEG, TIFF, WebP, BMP and GIF files can be opened.",
        ) from error
    except FileNotFoundError as error:
        raise PictureError(f"There is no file {path}", hint="Check the name.") from error
    except IsADirectoryError as error:
        raise PictureError(f"{path} is a folder", hint="Choose a picture in it.") from error
    except PermissionError as error:
        raise PictureError(
            f"{path.name} may not be read", hint="Check the permissions of the file."
        ) from error
    except MemoryError as error:
        raise PictureTooLarge(
            f"{path.name} does not fit into memory", hint="Close other programs, or crop it."
        ) from error
    except DECODING_ERRORS as error:
        raise PictureError(
            f"{path.name} is damaged or incomplete and cannot be decoded",
            hint="Open it in the program that made it and save it again.",
        ) from error


def from_pil(image: Image.Image) -> Picture:
    """Turn an image of Pillow into a picture, upright; errors of decoding are Pillow's."""
    notes = []
    if getattr(image, "n_frames", 1) > 1:
        notes.append("It has several frames; only the first was read.")
    raw = _raw_mode(image)
    if not image.mode.startswith("I;16") and _DEEP.search(raw):
        notes.append("Its 16 bits a channel were read as 8.")
    image.load()
    icc = image.info.get("icc_profile")
    try:
        orientation, exif = _exif(image)
    except DECODING_ERRORS:
        orientation, exif = 1, None
        notes.append("Its EXIF data are damaged and were left out.")
    upright = image.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else image
    if raw.startswith("LA"):
        upright = upright.convert("LA")  # Pillow makes RGBA of 16 bits
    if upright.mode in ("CMYK", "LAB"):
        notes.append(f"Its {upright.mode} colours were converted to RGB.")
        icc = None
    if upright.mode.startswith("I;16") and "transparency" in upright.info:
        notes.append("Its transparent grey is opaque now.")
    pixels, alpha = _arrays(upright)
    return Picture(
        pixels=pixels,
        alpha=alpha,
        icc=icc if isinstance(icc, bytes) and icc else None,
        exif=exif,
        dpi=_dpi(image),
        notes=tuple(notes),
    )


def _exif(image: Image.Image) -> tuple[int, bytes | None]:
    """Return the orientation, and what else the EXIF data say, if anything."""
    exif = image.getexif()
    orientation = exif.get(_ORIENTATION, 1)
    for tag in set(exif) - _KEPT_TAGS:
        del exif[tag]
    return orientation, exif.tobytes() if len(exif) else None


def _dpi(image: Image.Image) -> tuple[float, float] | None:
    """Return the resolution, if it is one that every format can note down."""
    try:
        across, down = map(float, image.info["dpi"])
    except (KeyError, *DECODING_ERRORS):
        return None
    return (across, down) if 1 <= across < 2**16 and 1 <= down < 2**16 else None


def _decode(path: Path, image: Image.Image) -> Picture:
    if image.mode in ("I", "F"):
        raise PictureError(
            f"{path.name} stores 32 bits a channel, which cannot be read",
            hint="Convert it to 8 or 16 bits.",
        )
    return from_pil(image)


def _check_size(path: Path, size: Size, max_megapixels: float) -> None:
    if size.megapixels > max_megapixels:
        raise PictureTooLarge(
            f"{path.name} announces {size} pixels ({size.megapixels:,.0f} megapixels), "
            f"more than the {max_megapixels:,.0f} allowed",
            hint="Allow more with --max-megapixels; the window offers to open it anyway.",
        )


def _raw_mode(image: Image.Image) -> str:
    """Return how the file stores a pixel, as Pillow calls it; empty if it does not say."""
    tile = getattr(image, "tile", None)
    arguments = tile[0][3] if tile else ""
    return str(arguments[0] if isinstance(arguments, tuple) and arguments else arguments)


def _arrays(image: Image.Image) -> tuple[Pixels, NDArray[np.uint8] | None]:
    """Return grey or RGB pixels, and opacity if there is any."""
    if image.mode.startswith("I;16"):
        return np.asarray(image).astype(np.uint16), None
    if image.has_transparency_data:
        grey = image.mode in ("LA", "La", "L", "1") or _has_grey_palette(image)
        with_alpha = np.asarray(image.convert("LA" if grey else "RGBA"))
        pixels = with_alpha[..., 0] if grey else with_alpha[..., :3]
        return np.ascontiguousarray(pixels), np.ascontiguousarray(with_alpha[..., -1])
    if image.mode in ("L", "1") or _has_grey_palette(image):
        return np.array(image.convert("L")), None
    return np.array(image if image.mode == "RGB" else image.convert("RGB")), None


def _has_grey_palette(image: Image.Image) -> bool:
    if image.mode != "P":
        return False
    colours = np.array(image.getpalette("RGB") or [], np.uint8).reshape(-1, 3)
    return bool((colours == colours[:, :1]).all())

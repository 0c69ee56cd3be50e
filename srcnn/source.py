"""What is enlarged: a low-resolution picture, given out in windows of planes."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from typing_extensions import override

from srcnn.colour import grey_to_luma, luma_bytes, rgb_to_ycbcr
from srcnn.degrade import Degradation, degrade, modcrop
from srcnn.geometry import Region, Size
from srcnn.opacity import solid
from srcnn.resize import Border

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from srcnn.picture import Picture
    from srcnn.types import BytePlane, Pixels, Plane, Planes

NOT_TRANSPARENT = (
    "Compare leaves out its transparency: every pixel is shown and measured as if it were opaque."
)
_BAND_ROWS = 128
_BAND_CONTEXT = 4
"""Low-resolution rows around a band; shrinking looks 2 of them far."""


class Source(ABC):
    """A low-resolution picture that methods enlarge.

    Attributes
    ----------
    size : Size
        Low-resolution pixels.
    is_grey : bool
        One plane instead of three.
    depth : int
        Bits a channel that the result shall have: 8 or 16.
    key : str
        Hash of everything the planes depend on.
    has_alpha : bool
        Whether there is opacity.
    grey_as_luma : bool
        Whether methods are given grey as the luma that it has in RGB, 16 to 235, which is what
        networks learn from; otherwise as it is, 0 to 255, as the paper's figures are computed.
    """

    size: Size
    is_grey: bool
    depth: int
    has_alpha: bool
    grey_as_luma: bool

    @property
    def channels(self) -> int:
        """1 grey, 2 grey and opacity, 3 RGB, 4 RGB and opacity."""
        return (1 if self.is_grey else 3) + self.has_alpha

    @property
    @abstractmethod
    def key(self) -> str:
        """Hash of everything the planes depend on."""

    @abstractmethod
    def window(self, region: Region) -> Planes:
        """Return a part as grey (1, h, w) or Y, Cb, Cr (3, h, w) planes in [0, 1]."""

    def luma_of(self, planes: Planes) -> Planes:
        """Return the plane (1, h, w) that methods of one channel are given of a window."""
        return grey_to_luma(planes) if self.grey_as_luma else planes[:1]

    def solid_window(self, region: Region) -> Planes:
        """Return such planes of the picture without holes: see ``srcnn.opacity``."""
        return self.window(region)

    @abstractmethod
    def alpha_window(self, region: Region) -> Plane | None:
        """Return the opacity (h, w) of a part in [0, 1], or None if all is opaque."""


class PictureSource(Source):
    """A picture as it is (Upscale): converted to float luma and chroma without rounding.

    Parameters
    ----------
    picture : Picture
        The low-resolution picture.
    depth : int or None
        Bits a channel of the result; None for as many as the picture has.
    """

    def __init__(self, picture: Picture, depth: int | None = None) -> None:
        self.picture = picture
        self.size = picture.size
        self.is_grey = picture.is_grey
        self.depth = picture.depth if depth is None else depth
        self.has_alpha = picture.alpha is not None
        self.grey_as_luma = picture.is_grey

    @cached_property
    @override
    def key(self) -> str:
        kind = "picture" if self.depth == self.picture.depth else f"picture to {self.depth} bits"
        return _hash(kind, self.picture.pixels, self.picture.alpha)

    @override
    def window(self, region: Region) -> Planes:
        return self._planes(self.picture.pixels[region.slices])

    @override
    def solid_window(self, region: Region) -> Planes:
        return self._planes(self._solid[region.slices])

    @cached_property
    def _solid(self) -> Pixels:
        pixels, alpha = self.picture.pixels, self.picture.alpha
        return pixels if alpha is None else solid(pixels, alpha)

    def _planes(self, pixels: Pixels) -> Planes:
        part = pixels.astype(np.float32) / np.float32(2**self.picture.depth - 1)
        return part[np.newaxis] if self.is_grey else rgb_to_ycbcr(part.transpose(2, 0, 1))

    @override
    def alpha_window(self, region: Region) -> Plane | None:
        if self.picture.alpha is None:
            return None
        full = np.float32(np.iinfo(self.picture.alpha.dtype).max)
        return self.picture.alpha[region.slices].astype(np.float32) / full


class DegradedSource(Source):
    """The low-resolution input made from a ground truth (Compare)."""

    def __init__(self, planes: Planes, key: str) -> None:
        planes.flags.writeable = False  # windows of it are handed to every thread
        self._planes = planes
        self._key = key
        self.size = Size(planes.shape[2], planes.shape[1])
        self.is_grey = len(planes) == 1
        self.depth = 8
        self.has_alpha = False
        self.grey_as_luma = False

    @property
    @override
    def key(self) -> str:
        return self._key

    @override
    def window(self, region: Region) -> Planes:
        return self._planes[(slice(None), *region.slices)]

    @override
    def alpha_window(self, region: Region) -> Plane | None:
        return None


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """The ground truth of a comparison, modcropped.

    Attributes
    ----------
    pixels : uint8, (H, W) or (H, W, 3)
        What is shown.
    luma : BytePlane
        What is measured.
    """

    pixels: NDArray[np.uint8]
    luma: BytePlane

    @property
    def size(self) -> Size:
        """Width and height."""
        return Size(self.luma.shape[1], self.luma.shape[0])


def make_truth(picture: Picture, scale: int) -> Truth:
    """Prepare a picture as ground truth at ``scale``: 8 bits, modcropped, luma rounded.

    Raises
    ------
    PictureTooSmall
        If modcrop leaves nothing.
    """
    pixels = modcrop(picture.to_uint8(), scale)
    return Truth(pixels, luma_bytes(pixels))


def degraded_source(
    truth: Truth,
    scale: int,
    degradation: Degradation = Degradation.BICUBIC,
    border: Border = Border.CLAMP,
) -> DegradedSource:
    """Make the low-resolution input of a ground truth: rounded luma, float chroma.

    Works in bands of rows, so that memory beyond the result is bounded; the bands equal the
    whole, since each is computed with more rows around it than the kernel sees.
    """
    low = Size(truth.size.width // scale, truth.size.height // scale)
    channels = 1 if truth.pixels.ndim == 2 else 3
    planes = np.empty((channels, low.height, low.width), np.float32)
    for top in range(0, low.height, _BAND_ROWS):
        band = Region(0, top, low.width, min(top + _BAND_ROWS, low.height))
        wide = Region(0, band.top - _BAND_CONTEXT, low.width, band.bottom + _BAND_CONTEXT)
        wide = wide.intersected(low.region)
        full = _truth_planes(truth, wide.scaled(scale))
        part = degrade(full, scale, degradation, border)
        first = band.top - wide.top
        planes[:, band.top : band.bottom] = part[:, first : first + band.height]
    key = _hash(f"degraded {scale} {degradation.value} {border.value}", truth.pixels, None)
    return DegradedSource(planes, key)


def _truth_planes(truth: Truth, region: Region) -> Planes:
    """Return rounded luma, and float chroma if there is colour, of a part of the truth."""
    luma = truth.luma[region.slices].astype(np.float32) / np.float32(255)
    if truth.pixels.ndim == 2:
        return luma[np.newaxis]
    rgb = truth.pixels[region.slices].astype(np.float32) / np.float32(255)
    planes = rgb_to_ycbcr(rgb.transpose(2, 0, 1))
    planes[0] = luma
    return planes


def _hash(
    kind: str,
    pixels: Pixels,
    alpha: Pixels | None,
) -> str:
    digest = hashlib.blake2b(f"{kind} {pixels.shape} {pixels.dtype}".encode(), digest_size=16)
    for array in (pixels, alpha):
        if array is not None:
            digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()

"""A picture put together from tiles, and handed out in strips of rows."""

from __future__ import annotations

import io
import os
import zlib
from abc import ABC, abstractmethod
from typing import IO, TYPE_CHECKING, Any, BinaryIO, cast

import numpy as np
from PIL import Image
from typing_extensions import override

from srcnn.decoding import to_eight_bits
from srcnn.errors import Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from srcnn.formats import Format
    from srcnn.geometry import Region, Size
    from srcnn.source import Source
    from srcnn.types import Pixels

STRIP_ROWS = 256


class Canvas(ABC):
    """The picture being put together.

    Attributes
    ----------
    size : Size
        Pixels of the whole.
    channels : int
        1 grey, 2 grey and opacity, 3 RGB, 4 RGB and opacity.
    depth : int
        Bits a channel: 8 or 16.
    """

    size: Size
    channels: int
    depth: int

    @property
    def has_alpha(self) -> bool:
        """Whether there is room for opacity."""
        return self.channels in (2, 4)

    @abstractmethod
    def paste(self, region: Region, pixels: Pixels, alpha: Pixels | None) -> None:
        """Put a finished part in its place, reduced to what there is room for.

        Without room for opacity it is laid on white.
        """

    @abstractmethod
    def rows(self, top: int, bottom: int) -> Pixels:
        """Return a strip, (bottom - top, width, channels)."""

    def checksum(self, should_stop: Callable[[], bool]) -> int:
        """Return the CRC of all pixels.

        Raises
        ------
        Cancelled
            If ``should_stop`` says so.
        """
        check = 0
        for top in range(0, self.size.height, STRIP_ROWS):
            if should_stop():
                raise Cancelled
            strip = self.rows(top, min(top + STRIP_ROWS, self.size.height))
            check = zlib.crc32(np.ascontiguousarray(strip).data, check)
        return check


class PillowCanvas(Canvas):
    """8 bits a channel, in the memory that Pillow's encoders read."""

    _MODES = ("L", "LA", "RGB", "RGBA")
    depth = 8

    def __init__(self, size: Size, channels: int) -> None:
        self.size, self.channels = size, channels
        # None: it is not filled, tiles do that
        self.image = Image.new(self._MODES[channels - 1], (size.width, size.height), None)

    @classmethod
    def of(cls, image: Image.Image, size: Size) -> PillowCanvas:
        """Wrap an image that was read; what has another mode has other pixels."""
        canvas = cls.__new__(cls)
        canvas.size, canvas.channels, canvas.image = size, len(image.getbands()), image
        return canvas

    @override
    def paste(self, region: Region, pixels: Pixels, alpha: Pixels | None) -> None:
        pixels = to_eight_bits(pixels)
        opacity = None if alpha is None else to_eight_bits(alpha)
        if opacity is not None and not self.has_alpha:
            pixels = _on_white(pixels, opacity)
        part = Image.fromarray(pixels)
        if part.mode != self.image.mode:
            part = part.convert(self.image.mode)
        if opacity is not None and self.has_alpha:
            part.putalpha(Image.fromarray(opacity))
        self.image.paste(part, (region.left, region.top))

    @override
    def rows(self, top: int, bottom: int) -> Pixels:
        strip = np.asarray(self.image.crop((0, top, self.size.width, bottom)))
        return strip.reshape(*strip.shape[:2], -1)


class DeepCanvas(Canvas):
    """16 bits a channel, which Pillow has for grey only."""

    depth = 16

    def __init__(self, size: Size, channels: int) -> None:
        self.size, self.channels = size, channels
        self.array = np.empty((size.height, size.width, channels), np.uint16)

    @override
    def paste(self, region: Region, pixels: Pixels, alpha: Pixels | None) -> None:
        pixels = _to_sixteen_bits(pixels)
        part = self.array[region.slices]
        colours = self.channels - self.has_alpha
        part[..., :colours] = pixels[..., np.newaxis] if pixels.ndim == 2 else pixels
        if self.has_alpha:
            part[..., colours] = 65535 if alpha is None else _to_sixteen_bits(alpha)

    @override
    def rows(self, top: int, bottom: int) -> Pixels:
        return self.array[top:bottom]


def layout_of(source: Source, kept: Format) -> tuple[int, int]:
    """Return channels of the file and bits of each, as they are chosen when it is saved."""
    colours = 1 if source.is_grey and kept.grey else 3
    depth = 16 if source.depth == 16 and kept.deep else 8
    return colours + (source.has_alpha and kept.alpha), depth


def new_canvas(size: Size, channels: int, depth: int) -> Canvas:
    """Return a canvas that is not filled yet; what is given as of ``Canvas``."""
    return DeepCanvas(size, channels) if depth == 16 else PillowCanvas(size, channels)


def _to_sixteen_bits(pixels: Pixels) -> NDArray[np.uint16]:
    if pixels.dtype == np.uint16:
        return pixels.view(np.uint16)
    return pixels.astype(np.uint16) * np.uint16(257)


def _on_white(pixels: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    opacity = alpha.astype(np.float32) / 255
    opacity = opacity if pixels.ndim == 2 else opacity[..., np.newaxis]
    return np.rint(pixels * opacity + 255 * (1 - opacity)).astype(np.uint8)


class _Interruptible(io.RawIOBase):
    """A file that refuses to be read or written once the work shall stop.

    It has no file descriptor, so decoders and encoders come for every chunk.
    """

    def __init__(self, file: BinaryIO, should_stop: Callable[[], bool]) -> None:
        super().__init__()
        self._file = file
        self._should_stop = should_stop

    @override
    def read(self, size: int = -1) -> bytes:
        if self._should_stop():
            raise Cancelled
        return self._file.read(size)

    @override
    def write(self, data: Any) -> int:
        if self._should_stop():
            raise Cancelled
        return self._file.write(data)

    @override
    def readable(self) -> bool:
        return True

    @override
    def writable(self) -> bool:
        return True

    @override
    def seekable(self) -> bool:
        return True

    @override
    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    @override
    def tell(self) -> int:
        return self._file.tell()


def interruptible(file: BinaryIO, should_stop: Callable[[], bool]) -> IO[bytes]:
    """Wrap a file so that reading or writing it raises ``Cancelled`` once asked to stop."""
    return cast("IO[bytes]", _Interruptible(file, should_stop))

"""A picture put together from tiles, and written so that it can be interrupted."""

from __future__ import annotations

import io
import os
import struct
import zlib
from typing import IO, TYPE_CHECKING, Any, BinaryIO, cast

import numpy as np
from PIL import Image
from typing_extensions import override

from srcnn.errors import Cancelled, OutputError
from srcnn.picture import to_eight_bits

if TYPE_CHECKING:
    from collections.abc import Callable

    from srcnn.geometry import Size
    from srcnn.tiles import Tile

_STRIP_ROWS = 256


class Canvas:
    """The picture being put together, in Pillow's memory, which the encoders read.

    Parameters
    ----------
    size : Size
        Pixels of the whole.
    mode : str
        As Pillow calls it: ``L``, ``LA``, ``RGB``, ``RGBA`` or ``I;16``. Tiles are reduced to
        what it holds; without room for opacity they are laid on white.
    """

    def __init__(self, size: Size, mode: str) -> None:
        self.image = Image.new(mode, (size.width, size.height), None)  # not filled: tiles do

    def paste(self, tile: Tile) -> None:
        """Put a finished tile in its place."""
        pixels = tile.pixels
        if self.image.mode != "I;16":
            pixels = to_eight_bits(pixels)
        alpha = tile.alpha
        has_room = self.image.mode in ("LA", "RGBA")
        if alpha is not None and not has_room:  # on white
            opacity = alpha.astype(np.float32) / 255
            opacity = opacity if pixels.ndim == 2 else opacity[..., np.newaxis]
            pixels = np.rint(pixels * opacity + 255 * (1 - opacity)).astype(np.uint8)
        part = Image.fromarray(pixels)
        if part.mode != self.image.mode:
            part = part.convert(self.image.mode)
        if alpha is not None and has_room:
            part.putalpha(Image.fromarray(alpha))
        self.image.paste(part, (tile.region.left, tile.region.top))

    def write(
        self, file: BinaryIO, options: dict[str, Any], should_stop: Callable[[], bool]
    ) -> None:
        """Encode to ``file`` and see that it is on the disk."""
        try:
            self.image.save(interruptible(file, should_stop), **options)
        except (ValueError, ArithmeticError, RuntimeError, struct.error) as error:
            raise OutputError(
                f"{options['format']} cannot hold this picture ({error})",
                hint="Save it as PNG or TIFF.",
            ) from error
        file.flush()
        os.fsync(file.fileno())


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


def checksum(image: Image.Image, should_stop: Callable[[], bool]) -> int:
    """Return the CRC of the pixels.

    Raises
    ------
    Cancelled
        If ``should_stop`` says so.
    """
    check = 0
    for top in range(0, image.height, _STRIP_ROWS):
        if should_stop():
            raise Cancelled
        strip = image.crop((0, top, image.width, min(top + _STRIP_ROWS, image.height)))
        check = zlib.crc32(strip.tobytes(), check)
    return check

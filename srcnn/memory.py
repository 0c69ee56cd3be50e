"""Memory: how much is free, and how much saving an enlargement takes."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from srcnn.formats import AVIF, JPEG, PNG, TIFF, WEBP, Format
from srcnn.source import DegradedSource
from srcnn.trial import layout_of
from srcnn.workers import usable_cores

if TYPE_CHECKING:
    from srcnn.geometry import Size
    from srcnn.save_options import SaveOptions
    from srcnn.source import Source
    from srcnn.tiles import Enlargement

_MEMINFO = Path("/proc/meminfo")
_CGROUPS = Path("/sys/fs/cgroup")
_LIMITS = (
    ("memory.max", "memory.current", "memory.stat", "inactive_file"),
    (
        "memory/memory.limit_in_bytes",
        "memory/memory.usage_in_bytes",
        "memory/memory.stat",
        "total_inactive_file",
    ),
)
"""Of both versions of control groups: limit, use, and what of it is only a cache of files."""

_BYTES_PER_TILE_PIXEL = 600
"""What a network's layers take at most, 64 of them and a copy, and what is around them."""

_ENCODER_BYTES = {PNG: 1, TIFF: 1, JPEG: 1, WEBP: 12, AVIF: 36}
"""What an encoder takes beside the canvas for a pixel: measured on 12 megapixels."""

_WEBP_ALPHA_BYTES, _WEBP_LOSSLESS_BYTES = 10, 14
"""What it takes beyond that."""


def free_memory() -> int | None:
    """Return the bytes that this process may still take without others suffering.

    On Linux what the kernel calls available, or what the limit of a container leaves if that is
    less; None elsewhere, where it cannot be told.
    """
    if sys.platform != "linux":
        return None
    try:
        available = _figure(_MEMINFO, "MemAvailable:") * 1024
    except (OSError, ValueError):
        return None
    return min([available, *_left_by_limits(_CGROUPS)])


def _left_by_limits(cgroups: Path) -> list[int]:
    found = []
    for limit, use, stat, cache in _LIMITS:
        with contextlib.suppress(OSError, ValueError):  # there is none, or it is "max"
            most = int((cgroups / limit).read_text(encoding="ascii"))
            used = int((cgroups / use).read_text(encoding="ascii"))
            found.append(max(most - used + _figure(cgroups / stat, cache), 0))
    return found


def _figure(file: Path, name: str) -> int:
    """Return the number behind a name in a table of the kernel.

    Raises
    ------
    ValueError
        If it is not there.
    """
    for line in file.read_text(encoding="ascii").splitlines():
        words = line.split()
        if words and words[0] == name:
            return int(words[1])
    raise ValueError(f"{file} does not say {name}")


def memory_needed(
    enlargement: Enlargement,
    kept: Format,
    options: SaveOptions,
    *,
    size: Size | None = None,
    threads: int | None = None,
) -> int:
    """Return the bytes that saving takes at the most, the enlarged picture included.

    Nothing is computed for it; parameters as of ``srcnn.output.save_enlargement``.
    """
    source, method = enlargement.source, enlargement.method
    final = enlargement.size if size is None else size
    channels, depth = layout_of(source, kept)
    canvas = final.pixels * _canvas_bytes(channels, depth)
    at_once = (threads or usable_cores()) * method.batch * method.tile**2
    computing = canvas + at_once * _BYTES_PER_TILE_PIXEL
    if final != enlargement.size:
        whole = enlargement.size.pixels
        found = (1 if source.is_grey else 3) + source.has_alpha
        between = whole * 2 * found
        planes = whole * 4 * (found + 1 + source.has_alpha)  # in float, and what is passing
        computing = max(computing + between, canvas + between + planes)
    encoding = canvas + final.pixels * _encoder_bytes(kept, channels, options)
    # of 16 bits, file and what is decoded lie beside the canvas that their sum is taken of
    verifying = canvas * 5 // 2 if depth == 16 else canvas
    return _source_bytes(source) + max(computing, encoding, verifying)


def _canvas_bytes(channels: int, depth: int) -> int:
    """Return the bytes of a pixel; Pillow takes 4 for all but grey."""
    if depth == 16:
        return 2 * channels
    return 1 if channels == 1 else 4


def _encoder_bytes(kept: Format, channels: int, options: SaveOptions) -> int:
    found = _ENCODER_BYTES[kept]
    if kept is WEBP and options.lossless:
        return found + _WEBP_LOSSLESS_BYTES
    return found + (_WEBP_ALPHA_BYTES if kept is WEBP and channels == 4 else 0)


def _source_bytes(source: Source) -> int:
    channels = (1 if source.is_grey else 3) + source.has_alpha
    per_channel = 4 if isinstance(source, DegradedSource) else source.depth // 8
    return source.size.pixels * channels * per_channel

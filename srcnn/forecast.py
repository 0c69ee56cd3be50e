"""What saving an enlargement will take: time, memory and room, known before it begins."""

from __future__ import annotations

import contextlib
import math
import shutil
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

from srcnn.bytes_text import bytes_text
from srcnn.formats import WEBP
from srcnn.free_memory import free_memory
from srcnn.memory import memory_needed
from srcnn.tiles import Enlargement, render_batch, stepping_down
from srcnn.trial import try_saving
from srcnn.workers import in_order, usable_cores

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from srcnn.formats import Format
    from srcnn.geometry import Size
    from srcnn.picture import Picture
    from srcnn.save_options import SaveOptions
    from srcnn.tiles import Tile

_SAMPLE_PIXELS = 300_000
"""So much of the result is encoded to see how fast that is and how small it gets."""

_GOLDEN = 0.618
_WEBP_GROWTH, _WEBP_MOST = 0.4, 4.0
"""Lossless WebP looks further back in a larger picture, for up to four times as long a pixel."""


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """What was seen when some tiles were computed.

    Attributes
    ----------
    seconds_per_tile : float
        The pace, with all threads at work.
    tiles : int
        How many the whole picture has.
    sample : Sequence of Tile
        Some of them, spread over the picture.
    """

    seconds_per_tile: float
    tiles: int
    sample: Sequence[Tile]


@dataclass(frozen=True, slots=True)
class Forecast:
    """What saving will take.

    Attributes
    ----------
    seconds : float
        From the start until the file is verified.
    memory_bytes : int
        At the most, the picture that is enlarged included.
    file_bytes : int
        Length of the file.
    size : Size
        Pixels of the file.
    """

    seconds: float
    memory_bytes: int
    file_bytes: int
    size: Size


def calibrate(
    enlargement: Enlargement,
    seconds: float = 1.0,
    should_stop: Callable[[], bool] = lambda: False,
    threads: int | None = None,
) -> Calibration:
    """Compute tiles here and there for a while, to see how fast that is.

    Parameters
    ----------
    enlargement : Enlargement
        What is to be saved.
    seconds : float
        Only the first few tiles are begun later; it ends before if all are computed.
    should_stop : callable
        Asked before every batch of tiles.
    threads : int or None
        Tiles that are computed at a time; None for one a core, as when it is saved.

    Raises
    ------
    Cancelled
        If ``should_stop`` said so.
    """
    compute = partial(
        _calibrated, seconds=seconds, should_stop=should_stop, threads=threads or usable_cores()
    )
    return stepping_down(compute, enlargement)


def forecast(
    enlargement: Enlargement,
    calibration: Calibration,
    kept: Format,
    options: SaveOptions,
    *,
    size: Size | None = None,
    metadata: Picture | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    threads: int | None = None,
) -> Forecast:
    """Tell what saving will take, after encoding and reading back a sample of the tiles.

    Parameters
    ----------
    enlargement : Enlargement
        What is to be saved.
    calibration : Calibration
        Of this enlargement.
    kept, options, size, metadata, threads
        As ``srcnn.output.save_enlargement`` will be given them.
    should_stop : callable
        Asked while the sample is encoded.

    Raises
    ------
    OutputError
        If the format cannot hold the picture.
    Cancelled
        If ``should_stop`` said so.
    """
    final = enlargement.size if size is None else size
    trial = try_saving(enlargement, calibration.sample, kept, options, final, should_stop)
    growth = 1.0
    if kept is WEBP and options.lossless:
        growth = min(max(final.pixels / trial.pixels, 1) ** _WEBP_GROWTH, _WEBP_MOST)
    computing = calibration.tiles * calibration.seconds_per_tile
    return Forecast(
        seconds=computing + final.pixels * trial.seconds_per_pixel * growth,
        memory_bytes=memory_needed(enlargement, kept, options, size=size, threads=threads),
        file_bytes=round(final.pixels * trial.bytes_per_pixel) + _beside(metadata, options),
        size=final,
    )


def warnings(forecast: Forecast, path: Path) -> list[str]:
    """Return sentences on what there is not enough of: memory, or room beside ``path``."""
    found = memory_warnings(forecast.memory_bytes)
    folder = next((folder for folder in path.absolute().parents if folder.is_dir()), None)
    free = None
    if folder is not None:
        with contextlib.suppress(OSError):  # a drive that is gone, or does not tell
            free = shutil.disk_usage(folder).free
    if free is not None and forecast.file_bytes > free:
        found.append(
            f"This needs about {bytes_text(forecast.file_bytes)} on the disk; "
            f"{bytes_text(free)} are free there."
        )
    return found


def memory_warnings(memory_bytes: int) -> list[str]:
    """Return a sentence if there is less memory; none where that cannot be told."""
    free = free_memory()
    if free is None or memory_bytes <= free:
        return []
    return [f"This needs about {bytes_text(memory_bytes)} of memory; {bytes_text(free)} are free."]


def _calibrated(
    enlargement: Enlargement, *, seconds: float, should_stop: Callable[[], bool], threads: int
) -> Calibration:
    began = perf_counter()
    count, size = len(enlargement.grid), enlargement.method.batch
    compute = partial(render_batch, enlargement)
    number = -(-count // size)
    batches = (range(k * size, min(k * size + size, count)) for k in _spread(number))
    most = max(1, _SAMPLE_PIXELS // enlargement.method.tile**2)
    sample = compute(next(batches))  # the first one wakes the device and fills caches
    warm = perf_counter()
    pace, done = (warm - began) / len(sample), 0
    for tiles in in_order(compute, _due(batches, threads, began + seconds), threads, should_stop):
        done += len(tiles)
        sample += tiles[: max(most - len(sample), 0)]
        pace = (perf_counter() - warm) / done
    return Calibration(pace, count, sample[:most])


def _due(batches: Iterator[range], least: int, until_s: float) -> Iterator[range]:
    """Yield batches as long as there is time, but a few at least: one for each thread."""
    for number, batch in enumerate(batches):
        if number >= least and perf_counter() >= until_s:
            return
        yield batch


def _spread(count: int) -> Iterator[int]:
    """Yield 0 to ``count`` - 1, each once, the first few far from one another."""
    step = max(1, round(count * _GOLDEN))
    while math.gcd(step, count) != 1:
        step += 1
    return ((count // 2 + k * step) % count for k in range(count))


def _beside(picture: Picture | None, options: SaveOptions) -> int:
    """Return the length of what is saved beside the pixels."""
    if picture is None:
        return 0
    kept = (picture.icc,) if options.strip else (picture.icc, picture.exif, picture.xmp)
    return sum(len(data) for data in kept if data)

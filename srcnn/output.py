"""Saving an enlargement: tile by tile, beside the target, verified, then renamed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import Image

from srcnn import __version__
from srcnn.canvas import Canvas, checksum, interruptible
from srcnn.errors import OutputError
from srcnn.files import check_target
from srcnn.picture import DECODING_ERRORS
from srcnn.safe_file import written_beside
from srcnn.tiles import Enlargement, render_tiles, stepping_down

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from srcnn.geometry import Size
    from srcnn.picture import Picture
    from srcnn.source import Source

_SOFTWARE = 0x0131
_MADE_BY = re.compile(r"SRCNN Studio \S+: (?P<method>.+) x(?P<scale>\d+)")


@dataclass(frozen=True, slots=True)
class Format:
    """What a file format can keep.

    Attributes
    ----------
    name : str
        As Pillow calls it.
    lossless : bool
        Whether the pixels come back unchanged.
    alpha, grey, deep : bool
        Whether it keeps opacity; grey as one channel; 16 bits of grey.
    side : int
        Most pixels a side.
    """

    name: str
    lossless: bool
    alpha: bool
    grey: bool
    deep: bool
    side: int


_PNG = Format("PNG", lossless=True, alpha=True, grey=True, deep=True, side=2**31 - 1)
_TIFF = Format("TIFF", lossless=True, alpha=True, grey=True, deep=True, side=2**31 - 1)
_JPEG = Format("JPEG", lossless=False, alpha=False, grey=True, deep=False, side=65500)
_WEBP = Format("WEBP", lossless=False, alpha=True, grey=False, deep=False, side=16383)

FORMATS = {
    ".png": _PNG,
    ".tif": _TIFF,
    ".tiff": _TIFF,
    ".jpg": _JPEG,
    ".jpeg": _JPEG,
    ".webp": _WEBP,
}


@dataclass(frozen=True, slots=True)
class SaveOptions:
    """Choices of a lossy format.

    Attributes
    ----------
    quality : int
        1 to 100, for JPEG (stored 4:4:4) and WebP.
    """

    quality: int = 95


def format_of(path: Path) -> Format:
    """Return the format that the file name asks for.

    Raises
    ------
    OutputError
        If it is none that can be written.
    """
    try:
        return FORMATS[path.suffix.lower()]
    except KeyError:
        raise OutputError(
            f"Pictures cannot be saved as {path.suffix or 'a file without an ending'}",
            hint=f"Use one of {', '.join(FORMATS)}.",
        ) from None


def recorded_origin(path: Path) -> tuple[str, int] | None:
    """Return the method and the scale that this program noted in a file it saved, or None."""
    try:
        with Image.open(path) as image:
            made_by = _MADE_BY.fullmatch(str(image.getexif().get(_SOFTWARE, "")))
    except DECODING_ERRORS:
        return None
    return (made_by["method"], int(made_by["scale"])) if made_by else None


def recorded_scale(path: Path) -> int | None:
    """Return the scale alone, or None."""
    origin = recorded_origin(path)
    return origin[1] if origin else None


def save_enlargement(
    enlargement: Enlargement,
    path: Path,
    *,
    metadata: Picture | None = None,
    overwrite: bool = False,
    options: SaveOptions = SaveOptions(),
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    should_stop: Callable[[], bool] = lambda: False,
    threads: int | None = None,
    note: Callable[[str], object] = lambda _text: None,
) -> None:
    """Compute every tile and write the picture.

    Parameters
    ----------
    enlargement : Enlargement
        What to compute.
    path : Path
        Its ending says the format: PNG, TIFF, JPEG or WebP.
    metadata : Picture or None
        Whose profile, EXIF and resolution to pass on.
    overwrite : bool
        Whether an existing file may be replaced.
    options : SaveOptions
        Quality.
    progress : callable
        Told (tiles done, tiles in all).
    should_stop : callable
        Asked before every tile and every write.
    threads : int or None
        Tiles that are computed at a time; None for one a core.
    note : callable
        Told in a sentence if the device's memory did not suffice; then all is computed anew.

    Raises
    ------
    OutputError
        If the file exists and may not be replaced, cannot hold the picture, or cannot be
        written; nothing is left behind and what was there is untouched.
    Cancelled
        If ``should_stop`` said so; nothing is left behind.
    """
    kept = format_of(path)
    with written_beside(path) as beside:
        _check_target(path, enlargement.size, kept, overwrite=overwrite)
        with beside.open("xb") as file:  # before the work: the folder may refuse it
            canvas = _painted(enlargement, kept, progress, should_stop, threads, note)
            canvas.write(file, _pillow_options(enlargement, kept, metadata, options), should_stop)
        check = checksum(canvas.image, should_stop) if kept.lossless else None
        del canvas  # a large picture does not fit twice
        if not _reads_back(beside, enlargement, kept, check, should_stop):
            raise OutputError(
                f"{path.name} did not read back as it was written",
                hint="The disk or its driver may be failing: save it elsewhere.",
            )
        _check_target(path, enlargement.size, kept, overwrite=overwrite)  # time has passed


def _painted(
    enlargement: Enlargement,
    kept: Format,
    progress: Callable[[int, int], None],
    should_stop: Callable[[], bool],
    threads: int | None,
    note: Callable[[str], object],
) -> Canvas:
    """Compute every tile and put it in its place."""
    try:
        canvas = Canvas(enlargement.size, _mode(enlargement.source, kept))
    except MemoryError as error:
        raise OutputError(
            f"A picture of {enlargement.size} pixels does not fit into memory",
            hint="Close other programs, or enlarge a part of it.",
        ) from error

    def paint(chosen: Enlargement) -> Canvas:
        for tile in render_tiles(chosen, should_stop, threads):
            canvas.paste(tile)
            progress(tile.index + 1, len(chosen.grid))
        return canvas

    return stepping_down(paint, enlargement, note)


def _check_target(path: Path, size: Size, kept: Format, *, overwrite: bool) -> None:
    check_target(path)
    if path.exists() and not overwrite:
        raise OutputError(
            f"{path.name} exists already", hint="Choose another name, or allow overwriting."
        )
    if max(size.width, size.height) > kept.side:
        raise OutputError(
            f"{kept.name} cannot hold {size} pixels (at most {kept.side:,} a side)",
            hint="Save it as PNG or TIFF.",
        )


def _mode(source: Source, kept: Format) -> str:
    """Return how Pillow shall hold the picture: as much of it as the format can keep."""
    if source.has_alpha and kept.alpha:
        return "LA" if source.is_grey and kept.grey else "RGBA"
    if not (source.is_grey and kept.grey):
        return "RGB"
    return "I;16" if source.depth == 16 and kept.deep and not source.has_alpha else "L"


def _pillow_options(
    enlargement: Enlargement, kept: Format, metadata: Picture | None, options: SaveOptions
) -> dict[str, Any]:
    """Return the keywords of Pillow's ``save``; TIFF stays uncompressed, which keeps all EXIF."""
    exif = Image.Exif()
    if metadata is not None and metadata.exif is not None:
        exif.load(metadata.exif)
    method = enlargement.method.id
    exif[_SOFTWARE] = f"SRCNN Studio {__version__}: {method} x{enlargement.scale}"
    chosen: dict[str, Any] = {"format": kept.name, "exif": exif}
    in_colour = _mode(enlargement.source, kept).startswith("RGB")
    if (
        metadata is not None
        and metadata.icc is not None
        and not (in_colour and metadata.icc[16:20] == b"GRAY")
    ):
        chosen["icc_profile"] = metadata.icc
    if metadata is not None and metadata.dpi is not None and kept is not _WEBP:
        chosen["dpi"] = metadata.dpi
    if kept is _JPEG:
        chosen |= {"quality": options.quality, "subsampling": 0}
    elif kept is _WEBP:
        chosen |= {"quality": options.quality}
    return chosen


def _reads_back(
    path: Path,
    enlargement: Enlargement,
    kept: Format,
    check: int | None,
    should_stop: Callable[[], bool],
) -> bool:
    """Tell whether every pixel can be decoded again, unchanged if there is a ``check``sum."""
    size, mode = enlargement.size, _mode(enlargement.source, kept)
    try:
        with path.open("rb") as file, Image.open(interruptible(file, should_stop)) as image:
            same = image.size == (size.width, size.height)
            if check is None:
                eighth = -(-size.width // 8), -(-size.height // 8)
                image.draft(mode, eighth)  # reads all, keeps less
            image.load()
            if check is None:
                return same
            return same and image.mode == mode and checksum(image, should_stop) == check
    except DECODING_ERRORS:
        return False

"""Saving an enlargement: tile by tile, beside the target, verified, then renamed."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from PIL import Image, UnidentifiedImageError

from srcnn.canvas import DeepCanvas, PillowCanvas, interruptible, layout_of, new_canvas
from srcnn.decoding_errors import DECODING_ERRORS
from srcnn.encoding import belongings_of, encode
from srcnn.errors import OutputError, PictureError
from srcnn.files import check_target
from srcnn.final_size import resize_onto
from srcnn.formats import FORMATS, Format, check_size, decoders, format_of
from srcnn.metadata import made_by, parse_made_by, software_of
from srcnn.picture import load_picture
from srcnn.safe_file import exists_already, written_beside
from srcnn.save_options import DEFAULT_OPTIONS, SaveOptions
from srcnn.source import PictureSource
from srcnn.tiles import Enlargement, render_tiles, stepping_down

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import BinaryIO

    from srcnn.canvas import Canvas
    from srcnn.geometry import Size
    from srcnn.picture import Picture


_WRITTEN = tuple({kept.name for kept in FORMATS.values()})
"""Pillow's names of what this program writes; it opens all of them without decoding."""


def recorded_origin(path: Path) -> tuple[str, int] | None:
    """Return the method and the scale that this program noted in a file it saved, or None."""
    try:
        with path.open("rb") as file:
            return parse_made_by(software_of(_tags(file)))
    except DECODING_ERRORS:
        return None


def _tags(file: BinaryIO) -> Image.Exif:
    """Return the EXIF data of a file, also of a TIFF that Pillow cannot read."""
    try:
        with Image.open(file, formats=_WRITTEN) as image:
            if image.format == "PNG" and "exif" not in image.info:
                return Image.Exif()  # Pillow would decode all pixels to look behind them
            return image.getexif()
    except UnidentifiedImageError:
        file.seek(0)
        tags = Image.Exif()
        tags.load_from_fp(file)
        return tags


def save_enlargement(
    enlargement: Enlargement,
    path: Path,
    *,
    metadata: Picture | None = None,
    overwrite: bool = False,
    options: SaveOptions = DEFAULT_OPTIONS,
    size: Size | None = None,
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
        Its ending says the format.
    metadata : Picture or None
        Whose profile, EXIF, XMP and resolution to pass on.
    overwrite : bool
        Whether an existing file may be replaced.
    options : SaveOptions
        How to encode it.
    size : Size or None
        What to bring the result to by bicubic (see ``srcnn.final_size``); None to leave it.
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
    final = enlargement.size if size is None else size
    with written_beside(path, overwrite=overwrite) as beside:
        _check_target(path, final, kept, overwrite=overwrite)
        with beside.open("xb") as file:  # before the work: the folder may refuse it
            canvas = _computed(enlargement, kept, final, progress, should_stop, threads, note)
            made = _made(enlargement, final)
            belongings = belongings_of(metadata, kept, canvas, options, made)
            encode(file, canvas, kept, belongings, options, should_stop)
        check = canvas.checksum(should_stop) if options.is_lossless(kept) else None
        layout = canvas.channels, canvas.depth
        del canvas  # a large picture does not fit twice
        if not _reads_back(beside, final, layout, check, should_stop):
            raise OutputError(
                f"{path.name} did not read back as it was written",
                hint="The disk or its driver may be failing: save it elsewhere.",
            )
        _check_target(path, final, kept, overwrite=overwrite)  # time has passed


def _computed(
    enlargement: Enlargement,
    kept: Format,
    final: Size,
    progress: Callable[[int, int], None],
    should_stop: Callable[[], bool],
    threads: int | None,
    note: Callable[[str], object],
) -> Canvas:
    """Compute every tile, put it in its place, and bring the whole to its final size."""
    is_final = final == enlargement.size
    source = enlargement.source
    try:
        canvas = new_canvas(final, *layout_of(source, kept))
        if is_final:
            whole = canvas
        else:
            whole = DeepCanvas(enlargement.size, source.channels)
            if isinstance(source, PictureSource):
                enlargement = replace(enlargement, source=PictureSource(source.picture, 16))
    except MemoryError as error:
        raise OutputError(
            f"A picture of {enlargement.size} pixels does not fit into memory",
            hint="Close other programs, or enlarge a part of it.",
        ) from error

    def paint(chosen: Enlargement) -> None:
        for tile in render_tiles(chosen, should_stop, threads):
            whole.paste(tile.region, tile.pixels, tile.alpha)
            progress(tile.index + 1, len(chosen.grid))

    stepping_down(paint, enlargement, note)
    if isinstance(whole, DeepCanvas) and whole is not canvas:
        resize_onto(whole, canvas, should_stop)
    return canvas


def _made(enlargement: Enlargement, final: Size) -> str:
    """Return what the file says of its making."""
    method, scale = enlargement.method, enlargement.scale
    chain = "" if final == enlargement.size else f"bicubic to {final.width}x{final.height}"
    return made_by(method.id, scale, chain, method.provenance(scale))


def _check_target(path: Path, size: Size, kept: Format, *, overwrite: bool) -> None:
    check_target(path)
    if path.exists() and not overwrite:
        raise exists_already(path)
    check_size(size, kept)


def _reads_back(
    path: Path,
    size: Size,
    layout: tuple[int, int],
    check: int | None,
    should_stop: Callable[[], bool],
) -> bool:
    """Tell whether every pixel can be decoded again, unchanged if there is a ``check``sum.

    ``layout`` are channels and bits a channel.
    """
    channels, depth = layout
    try:
        if depth == 16:
            return _deep_checksum(path, size, channels, should_stop) == check
        with path.open("rb") as file:
            guarded = interruptible(file, should_stop)
            with Image.open(guarded, formats=decoders()) as image:
                same = image.size == (size.width, size.height)
                if check is None:
                    eighth = -(-size.width // 8), -(-size.height // 8)
                    image.draft(image.mode, eighth)  # reads all, keeps less
                image.load()
                if check is None or not same:
                    return same
                return PillowCanvas.of(image, size).checksum(should_stop) == check
    except (PictureError, *DECODING_ERRORS):
        return False


def _deep_checksum(
    path: Path, size: Size, channels: int, should_stop: Callable[[], bool]
) -> int | None:
    """Return the checksum of a file of 16 bits; None if it has another size or other channels."""
    picture = load_picture(path, max_megapixels=math.inf)
    if (picture.size, picture.depth, PictureSource(picture).channels) != (size, 16, channels):
        return None
    canvas = DeepCanvas(size, channels)
    canvas.paste(size.region, picture.pixels, picture.alpha)
    return canvas.checksum(should_stop)

"""What is chosen when a result is saved: name, format, size. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from srcnn.errors import OutputError
from srcnn.final_size import Chain, Target, chain_for
from srcnn.formats import FORMATS, SUFFIXES, format_of
from srcnn.geometry import Size

if TYPE_CHECKING:
    from srcnn.forecast import Forecast
    from srcnn.formats import Format
    from srcnn.picture import Picture
    from srcnn.save_options import SaveOptions
    from srcnn.tiles import Enlargement

FILTERS = {
    ".png": "PNG, lossless (*.png)",
    ".tif": "TIFF, lossless (*.tif *.tiff)",
    ".jpg": "JPEG (*.jpg *.jpeg)",
    ".webp": "WebP (*.webp)",
} | ({".avif": "AVIF (*.avif)"} if ".avif" in FORMATS else {})
"""What file dialogs offer, by the ending they add."""

_NOT_WRITTEN = {*SUFFIXES, ".avif", ".heic", ".heif", ".jxl"} - set(FORMATS)
"""Endings of pictures that cannot be written; any other ending is part of a name."""


class SizeMode(StrEnum):
    """How the size of a saved result is said: the pane's scale, or one of three ways."""

    SCALE = "scale"
    FACTOR = "factor"
    WIDTH = "width"
    LONGEST = "longest"


@dataclass(frozen=True, slots=True)
class SizeChoice:
    """The size that is wanted; each way has its own value.

    Attributes
    ----------
    mode : SizeMode
        Which of the values counts.
    factor : float
        Times as wide and high as the source.
    width, longest : int
        Pixels; the other side follows.
    height : int
        Pixels that belong to ``width``; 0 for what follows from it.
    """

    mode: SizeMode = SizeMode.SCALE
    factor: float = 3.0
    width: int = 3840
    longest: int = 3840
    height: int = 0

    def chain(self, enlargement: Enlargement) -> Chain:
        """Return how the size is reached.

        Raises
        ------
        OutputError
            If it cannot be.
        """
        source = enlargement.source.size
        match self.mode:
            case SizeMode.SCALE:
                return Chain(enlargement.scale, enlargement.size, needs_bicubic=False)
            case SizeMode.FACTOR:
                wanted = Target(factor=self.factor).of(source)
            case SizeMode.WIDTH:
                follows = max(1, round(self.width * source.height / source.width))
                height = self.height or follows
                wanted = Target(size=Size(self.width, height)).of(source)
            case _:
                wanted = Target(longest=self.longest).of(source)
        if wanted == enlargement.size:
            return Chain(enlargement.scale, wanted, needs_bicubic=False)
        return chain_for(source, wanted, enlargement.method.scales)


@dataclass(frozen=True, slots=True, eq=False)
class SaveRequest:
    """A result that is to be saved.

    Attributes
    ----------
    enlargement : Enlargement
        What is computed.
    metadata : Picture or None
        Whose profile, EXIF, XMP and resolution are passed on.
    path : Path
        Where to.
    options : SaveOptions
        How it is encoded.
    size : Size or None
        What it is brought to in the end; None if that is what the method makes.
    overwrite : bool
        Whether the user agreed to replace a file.
    expected : Forecast or None
        What the user was told before.
    """

    enlargement: Enlargement
    metadata: Picture | None
    path: Path
    options: SaveOptions
    size: Size | None = None
    overwrite: bool = False
    expected: Forecast | None = None

    @property
    def kept(self) -> Format:
        """The format.

        Raises
        ------
        OutputError
            If the name asks for none that can be written.
        """
        return format_of(self.path)

    @property
    def final(self) -> Size:
        """Pixels of the file."""
        return self.enlargement.size if self.size is None else self.size


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """What can be saved.

    Attributes
    ----------
    enlargement : Enlargement
        As the pane shows it.
    picture : Picture
        What was opened.
    name : str
        Of the picture.
    is_picture : bool
        Whether the picture itself is enlarged, so that a format may lose something of it.
    """

    enlargement: Enlargement
    picture: Picture
    name: str
    is_picture: bool


def is_open_already(path: Path) -> OutputError:
    """Return the error for a name that is that of the picture that is open."""
    return OutputError(
        f"{path.name} is the picture that is open, so it is not replaced",
        hint="Choose another name.",
    )


@dataclass(frozen=True, slots=True)
class SaveChoices:
    """What the save dialog begins with, and what is remembered of it."""

    folder: Path
    suffix: str
    options: SaveOptions
    size: SizeChoice


def through(enlargement: Enlargement, chain: Chain) -> tuple[Enlargement, Size | None]:
    """Return the enlargement of a chain, and the size that it is brought to if it is another."""
    if chain.scale != enlargement.scale:
        enlargement = replace(enlargement, scale=chain.scale)
    return enlargement, chain.size if chain.needs_bicubic else None


def suggested_name(picture: str, enlargement: Enlargement, chain: Chain, suffix: str) -> str:
    """Return a name that says what was done: ``"photo_x3_srcnn.png"``."""
    size = chain.size
    made = f"{size.width}x{size.height}" if chain.needs_bicubic else f"x{chain.scale}"
    method = enlargement.method.id.replace(":", "-")
    return f"{Path(picture).stem}_{made}_{method}{suffix}"


def described(chain: Chain, enlargement: Enlargement) -> str:
    """Return the chain in words, with an arrow."""
    return chain.describe(enlargement.method).replace("->", "\N{RIGHTWARDS ARROW}")


def with_suffix(path: Path, suffix: str) -> Path:
    """Return the path with an ending that can be written, added if it has none."""
    return path if path.suffix.lower() in FORMATS else path.with_name(path.name + suffix)


def names_a_format(path: Path) -> bool:
    """Tell whether a name ends as a picture does, written or not."""
    ending = path.suffix.lower()
    return ending in FORMATS or ending in _NOT_WRITTEN


def check_ending(path: Path) -> None:
    """See that a name does not ask for a format that cannot be written.

    Raises
    ------
    OutputError
        If it does, such as "photo.gif".
    """
    if names_a_format(path):
        format_of(path)

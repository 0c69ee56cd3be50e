"""Folders of pictures to read, places to write to."""

from __future__ import annotations

import os
import sys
from collections.abc import Container, Iterable, Iterator
from pathlib import Path

from srcnn.errors import DataError, OutputError
from srcnn.formats import SUFFIXES
from srcnn.safe_file import exists_already

_KINDS = (
    "jp2 j2k jpf jxr jxl heic heif avif tga ico icns ppm pgm pbm pnm pfm pcx dds exr hdr psd "
    "psb xcf svg dng raw cr2 cr3 crw nef nrw arw srf sr2 orf raf rw2 pef srw x3f 3fr iiq mrw"
)
_OTHERS = frozenset(f".{kind}" for kind in _KINDS.split(" ")) - frozenset(SUFFIXES)
"""Endings of pictures that are not read, and of those whose plugin is not installed."""


def shown_name(path: Path) -> str:
    """Return a name on one line: what cannot be printed, such as a line break, is replaced."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in path.name)


def identity(path: Path) -> str:
    """Return what is equal for two names of one file, links resolved."""
    text = os.path.realpath(path)
    return text.casefold() if sys.platform in ("win32", "darwin") else text


def list_pictures(folder: Path, *, recursive: bool = True) -> list[Path]:
    """Return every picture file in a folder and in the folders below it, sorted.

    A picture is told by the ending of its name; hidden files and folders are left out.

    Parameters
    ----------
    folder : Path
        Where to look.
    recursive : bool
        Whether to look into the folders below.

    Raises
    ------
    DataError
        If there is no such folder, or no picture in it.
    """
    if folder.is_file():
        raise DataError(f"{folder} is a file", hint="Give the folder that it is in.")
    if not folder.is_dir():
        raise DataError(f"There is no folder {folder}", hint="Check the name.")
    found = sorted(path for path in _ending_in(SUFFIXES, folder, recursive) if path.is_file())
    if not found:
        raise DataError(
            f"There is no picture in {folder}", hint=f"Pictures end in {', '.join(SUFFIXES)}."
        )
    return found


def other_pictures(folders: Iterable[Path], *, recursive: bool = True) -> str:
    """Return a sentence on pictures in folders that ``list_pictures`` passes over, by their ending.

    Empty if there are none: raw files of cameras, say, which are not read.
    """
    others = [path for one in folders for path in _ending_in(_OTHERS, one, recursive)]
    if not others:
        return ""
    endings = ", ".join(sorted({path.suffix.lower() for path in others}))
    if len(others) == 1:
        return f"1 picture of a kind that is not read was left out ({endings})."
    return f"{len(others)} pictures of kinds that are not read were left out ({endings})."


def _ending_in(endings: Container[str], folder: Path, recursive: bool) -> Iterator[Path]:
    """Yield what ends so in a folder, but for what is hidden."""
    for path in folder.rglob("*") if recursive else folder.iterdir():
        if path.suffix.lower() in endings and not any(
            part.startswith(".") for part in path.relative_to(folder).parts
        ):
            yield path


def check_target(path: Path, *, overwrite: bool = True) -> None:
    """Refuse a file that certainly cannot be written, before long work is done for it.

    Raises
    ------
    OutputError
        If its folder does not exist, or it is a folder itself; or if it exists, and may not be
        replaced.
    """
    if not path.parent.is_dir():
        raise OutputError(
            f"There is no folder {path.parent}", hint="Make it first, or choose another."
        )
    if path.is_dir():
        raise OutputError(f"{path} is a folder", hint="Give the name of a file.")
    if not os.access(path.parent, os.W_OK):
        raise OutputError(f"{path.parent} may not be written to", hint="Choose another folder.")
    if path.exists() and not overwrite:
        raise exists_already(path)


def check_targets(paths: Iterable[Path], sources: Iterable[Path], *, overwrite: bool) -> None:
    """Refuse files of which one certainly cannot be written, before long work is done for them.

    Parameters
    ----------
    paths : Iterable of Path
        Files to be written.
    sources : Iterable of Path
        Files that are read: none of them is ever replaced.
    overwrite : bool
        Whether others may be.

    Raises
    ------
    OutputError
        If one cannot be written, is read, or is to be written twice.
    """
    read = {path.resolve() for path in sources}
    written: set[Path] = set()
    for path in paths:
        whole = path.resolve()
        if whole in read:
            raise OutputError(f"{path} is read, so it is not replaced", hint="Choose another name.")
        if whole in written:
            raise OutputError(f"{path} would be written twice", hint="Choose two names.")
        written.add(whole)
        check_target(path, overwrite=overwrite)


def make_folder(path: Path) -> None:
    """Make a folder and those above it, if they are not there.

    Raises
    ------
    OutputError
        If that is not possible.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"The folder {path} cannot be made ({error.strerror or error})",
            hint="Choose another folder.",
        ) from error

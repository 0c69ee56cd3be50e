"""Which pictures files and folders stand for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from srcnn.errors import Cancelled, SrcnnError
from srcnn.files import list_pictures, other_pictures
from srcnn.formats import SUFFIXES
from srcnn_gui.batch.rows import Found
from srcnn_gui.explanation import message_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Scan:
    """The pictures in order, and sentences on what was left out."""

    found: tuple[Found, ...]
    remarks: tuple[str, ...] = ()


def scan(
    paths: Sequence[Path],
    output: Path | None,
    *,
    with_folders: bool,
    should_stop: Callable[[], bool] = lambda: False,
) -> Scan:
    """Look for pictures.

    Parameters
    ----------
    paths : Sequence[Path]
        Files and folders.
    output : Path or None
        Where results go: what lies below is a result, not a picture to be enlarged.
    with_folders : bool
        Whether folders below are looked into.
    should_stop : callable
        Asked before every path.

    Raises
    ------
    Cancelled
        If ``should_stop`` says so.
    """
    found: list[Found] = []
    remarks: list[str] = []
    strangers = 0
    for path in (one.absolute() for one in paths):
        if should_stop():
            raise Cancelled
        if path.is_dir():
            try:
                inside = list_pictures(path, recursive=with_folders)
            except SrcnnError as error:
                remarks.append(message_of(error))
                continue
            others = other_pictures([path], recursive=with_folders)
            remarks += [others] if others else []
            below = [one for one in inside if output is None or not one.is_relative_to(output)]
            found += [Found(one, one.parent.relative_to(path)) for one in below]
            if not below:
                remarks.append(f"All pictures in {path} lie where results go.")
        elif path.suffix.lower() in SUFFIXES:
            found.append(Found(path))
        else:
            strangers += 1
    if strangers == 1:
        remarks.append("1 file is no picture and was left out.")
    elif strangers:
        remarks.append(f"{strangers} files are no pictures and were left out.")
    return Scan(tuple(found), tuple(remarks))

"""Which file each picture of a batch becomes: names by a pattern, folders as they were.

No name can lead out of the output folder: a pattern has no separators. Of a picture its own name
is kept, with what its system takes; only what is reserved on Windows, or too long, is changed.
"""

from __future__ import annotations

import hashlib
import os
import re
import string
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from typing_extensions import override

from srcnn.errors import DataError, OutputError
from srcnn.files import list_pictures
from srcnn.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from srcnn.final_size import Target

FIELDS = ("stem", "suffix", "scale", "method", "number")
"""What a name pattern may hold, in braces: name and ending of the picture, and so on."""

PLAIN_NAME = "{stem}{suffix}"
"""The pattern that keeps names."""

_NUMBERS = frozenset({"scale", "number"})
_FORBIDDEN = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
_RESERVED = re.compile(
    r"(con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])(\..*)?", re.IGNORECASE
)
_LONGEST = 255
"""Bytes of a name that file systems take."""


@dataclass(frozen=True, slots=True)
class Task:
    """A picture to read and the file to write.

    Attributes
    ----------
    picture, target : Path
        The two files.
    number : int
        Place in the whole batch, from 1, before it was shared out.
    root : Path or None
        The folder that ``target`` must not leave, and below which folders are made; None if the
        user named the file.
    """

    picture: Path
    target: Path
    number: int = 1
    root: Path | None = None


@dataclass(frozen=True, slots=True)
class Naming:
    """How results are called.

    Attributes
    ----------
    pattern : str
        A name with ``FIELDS`` in braces; its ending is put after it if ``{suffix}`` is missing.
        Numbers may be filled up: ``{number:04}``.
    scale : int
        For ``{scale}``.
    method : str
        Id of the method, for ``{method}``.
    suffix : str or None
        Ending of every result, as ``.png``; None for that of the picture, where it can be
        written, else ``.png``.
    target : Target or None
        The size that is wanted instead of a scale: then ``{scale}`` is its label, never filled up.

    Raises
    ------
    ValueError
        If it is no pattern for names, or no ending of a file that can be written; a sentence.
    """

    pattern: str = PLAIN_NAME
    scale: int = 3
    method: str = "srcnn"
    suffix: str | None = None
    target: Target | None = None

    def __post_init__(self) -> None:
        if self.suffix is not None and self.suffix not in FORMATS:
            raise ValueError(f"{self.suffix!r} is none of {', '.join(FORMATS)}")
        _check_pattern(self.pattern)

    def name(self, picture: Path, number: int) -> str:
        """Return the name of the result for a picture, which is as good as its own."""
        own = picture.suffix
        suffix = self.suffix or (own if own.lower() in FORMATS else ".png")
        made = self.pattern.removesuffix("{suffix}").format(
            stem=picture.stem,
            scale=self.scale if self.target is None else _Label(self.target.label),
            method=_FORBIDDEN.sub("-", self.method),
            number=number,
        )
        if _RESERVED.fullmatch(made):
            made = f"_{made}"
        return _shortened(made, suffix) + suffix


class _Label(str):
    """Text in the place of a number, which is not filled up."""

    __slots__ = ()

    @override
    def __format__(self, _: str) -> str:
        return str(self)


def plan_batch(
    inputs: Sequence[Path], output: Path, naming: Naming, *, recursive: bool = True
) -> list[Task]:
    """Say which file each picture becomes.

    The order is that of the inputs, that of the names within a folder. All results go below the
    folder ``output``, in the folders they came from. Where ``output`` lies in a folder of
    pictures, those below it are results of an earlier run, not inputs.

    Parameters
    ----------
    inputs : Sequence[Path]
        Pictures, and folders of pictures.
    output : Path
        The folder for results; it need not exist.
    naming : Naming
        How they are called.
    recursive : bool
        Whether folders below are looked into.

    Raises
    ------
    DataError
        If a folder has no picture, or only results.
    OutputError
        If two pictures would become the same file, or a result would take a picture's place.
    """
    taken: dict[str, Path] = {}
    tasks: list[Task] = []
    places = list(_places(inputs, output.resolve(), recursive=recursive))
    pictures = {picture.resolve() for picture, _ in places}
    for picture, place in places:
        number = len(tasks) + 1
        target = output / place / naming.name(picture, number)
        other = taken.setdefault(_identity(target), picture)
        if other != picture:
            raise OutputError(
                f"{other} and {picture} would both become {target}",
                hint="Put {number} into the names, or upscale them into different folders.",
            )
        if target.resolve() in pictures:
            raise OutputError(
                f"The result for {picture} would take the place of {target}, another of them"
                if target.resolve() != picture.resolve()
                else f"The result would take the place of {picture} itself",
                hint="Choose another folder, or other names.",
            )
        tasks.append(Task(picture, target, number, output))
    if not tasks:
        raise DataError(
            f"All these pictures are in {output}, where results go",
            hint="Choose another folder for the results.",
        )
    return tasks


def check_inside(task: Task) -> None:
    """Refuse a task whose folder leads out of the output folder, by a link say.

    Raises
    ------
    OutputError
        If it does.
    """
    if task.root is None:
        return
    if not task.target.parent.resolve().is_relative_to(task.root.resolve()):
        raise OutputError(
            f"{task.target.parent} leads out of {task.root}",
            hint="Remove the link, or choose another folder.",
        )


def _places(inputs: Iterable[Path], below: Path, *, recursive: bool) -> Iterable[tuple[Path, Path]]:
    """Yield every picture once, and the folder below the output folder where it goes."""
    seen = set()
    for given in inputs:
        if given.is_dir():
            holds_results = below.is_relative_to(given.resolve())
            found = [
                (path, path.parent.relative_to(given))
                for path in list_pictures(given, recursive=recursive)
                if not (holds_results and path.resolve().is_relative_to(below))
            ]
        else:
            found = [(given, Path())]
        for path, place in found:
            if path not in seen:
                seen.add(path)
                yield path, place


def _identity(target: Path) -> str:
    """Return what is equal for two names of one file, where systems do not tell letters apart."""
    if sys.platform in ("win32", "darwin"):
        return unicodedata.normalize("NFC", str(target)).casefold()
    return str(target)


def _shortened(stem: str, suffix: str) -> str:
    """Return a stem that is short enough with its ending, and still as good as unique."""
    if len(os.fsencode(stem + suffix)) <= _LONGEST:
        return stem
    mark = "~" + hashlib.sha256(os.fsencode(stem)).hexdigest()[:8]
    room = _LONGEST - len(os.fsencode(mark + suffix))
    while len(os.fsencode(stem)) > room:
        stem = stem[:-1]
    return stem + mark


def _check_pattern(pattern: str) -> None:
    fields = ", ".join(f"{{{field}}}" for field in FIELDS)
    try:
        parts = list(string.Formatter().parse(pattern))
    except ValueError as error:
        raise ValueError(f"{pattern!r} is no pattern: use {fields}") from error
    used = {field: (form, conversion) for _, field, form, conversion in parts if field is not None}
    for field, (form, conversion) in used.items():
        if field not in FIELDS or conversion:
            wrong = f"{field}!{conversion}" if conversion else field
            raise ValueError(f"{{{wrong}}} is no field: use {fields}")
        if form and not (field in _NUMBERS and re.fullmatch(r"0?\d?", form)):
            raise ValueError(f"{{{field}:{form}}} is no field: use {fields}, or {{number:04}}")
    if not {"stem", "number"} & used.keys():
        raise ValueError(
            f"{pattern!r} gives every picture the same name: it needs {{stem}} or {{number}}"
        )
    _check_text(pattern, "".join(literal for literal, *_ in parts))


def _check_text(pattern: str, text: str) -> None:
    """Refuse what cannot stand in a name, or would make it another kind of file."""
    if _FORBIDDEN.search(text):
        raise ValueError(f'{pattern!r} is no name: it holds one of / \\ < > : " | ? *')
    body = pattern.removesuffix("{suffix}")
    if "{suffix}" in body:
        raise ValueError(f"{pattern!r}: {{suffix}} can only be at the end")
    if Path(body).suffix.lower() in FORMATS:
        raise ValueError(f"{pattern!r} ends in a file format: that is chosen apart from the name")
    if body.startswith("."):
        raise ValueError(f"{pattern!r} begins with a dot, which hides files")

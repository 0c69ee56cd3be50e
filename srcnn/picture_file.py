"""Opening the file of a picture: what it is, and what a drive or a network says instead."""

from __future__ import annotations

import errno
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from srcnn.errors import PictureError, name_problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NO_ANSWER = frozenset(
    {errno.EIO, errno.ETIMEDOUT, errno.ESTALE, errno.ENXIO, errno.ENODEV, errno.ENOTCONN}
    | {errno.ENETDOWN, errno.ENETUNREACH, errno.ENETRESET, errno.EHOSTDOWN, errno.EHOSTUNREACH}
    | {errno.ECONNABORTED, errno.ECONNRESET, errno.ECONNREFUSED}
)
"""What systems say of drives and servers that fail or do not answer."""

_NO_ANSWER_ON_WINDOWS = frozenset({21, 23, 31, 53, 55, 59, 64, 67, 121, 1117, 1231, 1232, 1236})


@contextmanager
def opened_picture(path: Path) -> Iterator[BinaryIO]:
    """Open a file to read a picture from it; what is no file is refused before it is opened.

    Yields
    ------
    BinaryIO
        What decoders raise while it is read is passed on.

    Raises
    ------
    PictureError
        If there is no such file, it is a folder, a device or empty, or it cannot be read.
    """
    try:
        _check(path)
        with path.open("rb") as file:
            yield file
    except FileNotFoundError as error:
        raise PictureError(f"There is no file {path}", hint="Check the name.") from error
    except IsADirectoryError as error:
        raise PictureError(f"{path} is a folder", hint="Choose a picture in it.") from error
    except PermissionError as error:
        raise PictureError(
            f"{path.name} may not be read", hint="Check the permissions of the file."
        ) from error
    except OSError as error:
        problem = name_problem(error)
        if problem is not None:
            raise PictureError(str(problem), hint=problem.hint) from error
        if not _is_no_answer(error):
            raise
        raise PictureError(
            f"{path.name} cannot be read: {error.strerror}",
            hint="Check the drive or the network that it is on, and try again.",
        ) from error


def _check(path: Path) -> None:
    """Look at a file from outside: to open a pipe would wait for ever, a device never ends."""
    told = path.stat()
    if stat.S_ISDIR(told.st_mode):
        raise IsADirectoryError
    if not stat.S_ISREG(told.st_mode):
        raise PictureError(
            f"{path.name} is a device, a pipe or a socket, and no file",
            hint="Choose a picture file.",
        )
    if told.st_size == 0:
        raise PictureError(f"{path.name} is empty (0 bytes)", hint="Choose another file.")


def _is_no_answer(error: OSError) -> bool:
    return error.errno in _NO_ANSWER or getattr(error, "winerror", 0) in _NO_ANSWER_ON_WINDOWS

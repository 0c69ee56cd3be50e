"""Writing a file so that it is whole or not there at all."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import sys
from typing import TYPE_CHECKING

from srcnn.bytes_text import bytes_text
from srcnn.errors import OutputError
from srcnn.process_mark import own_mark, parse_mark

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PART = ".srcnn-{}.part"

LEFT_BEHIND_S = 24 * 3600.0
"""A part file untouched for so long is no longer being written, whoever began it."""


@contextlib.contextmanager
def written_beside(
    path: Path, *, overwrite: bool = True, size: int | None = None
) -> Iterator[Path]:
    """Give the name of a file beside ``path``, which takes its place when the block ends well.

    Otherwise nothing is left behind, and what was there before is untouched. Whoever writes the
    file sees to it that it is on the disk, and that it reads back.

    Parameters
    ----------
    path : Path
        The file in the end.
    overwrite : bool
        Whether it may take the place of a file, even of one that was not there at the beginning.
    size : int or None
        Bytes it will have, if that is known: a full disk is told what is missing.

    Raises
    ------
    OutputError
        If the system refuses, in the block or when renaming; or if a file is there and may not
        be replaced.
    """
    beside = path.with_name(_PART.format(f"{own_mark()}-{secrets.token_hex(4)}"))
    try:
        yield beside
        if overwrite:
            beside.replace(path)
        else:
            _move_to_free_name(beside, path)
        _see_names_on_disk(path.parent)
    except OSError as error:
        raise _explained(error, path, _missing(beside, size)) from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def write_safely(path: Path, data: bytes, *, overwrite: bool = True) -> None:
    """Write ``data`` beside ``path``, read it back, compare, and only then rename it.

    Raises
    ------
    OutputError
        If the file cannot be written, or is there and may not be replaced; what was there
        before is untouched.
    """
    with written_beside(path, overwrite=overwrite, size=len(data)) as beside:
        with beside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if beside.read_bytes() != data:
            raise OutputError(
                f"{path.name} was not written correctly",
                hint="The disk may be failing: choose another.",
            )


def write_text_safely(path: Path, text: str, *, overwrite: bool = True) -> None:
    """Write a text as UTF-8, as ``write_safely`` does.

    Names of files may hold bytes that are no letters; JSON has a way to write them, which stands
    for them in other formats too.

    Raises
    ------
    OutputError
        If the file cannot be written, or is there and may not be replaced.
    """
    write_safely(path, text.encode(errors="backslashreplace"), overwrite=overwrite)


def explained(error: OSError, path: Path) -> OutputError:
    """Turn what the system says into a sentence."""
    return _explained(error, path, None)


def exists_already(path: Path) -> OutputError:
    """Return the error for a file that is there and may not be replaced."""
    return OutputError(
        f"{path.name} exists already",
        hint="Choose another name, or allow overwriting (--overwrite on the command line).",
    )


def sweep_parts(folder: Path) -> int:
    """Remove what dead processes left half written in a folder; return how many files.

    Of other computers, only what has been untouched for ``LEFT_BEHIND_S``.
    """
    swept = 0
    with contextlib.suppress(OSError):
        for part in list(folder.glob(_PART.format("*"))):
            with contextlib.suppress(OSError):
                if _is_left_behind(part):
                    part.unlink()
                    swept += 1
    return swept


def server_time(folder: Path) -> float:
    """Return the time by which a folder's files are stamped: a file server has its own clock.

    Raises
    ------
    OSError
        If no file can be made there.
    """
    probe = folder / _PART.format(f"{own_mark()}-{secrets.token_hex(4)}")
    try:
        with probe.open("xb"):
            pass
        return probe.stat().st_mtime
    finally:
        with contextlib.suppress(OSError):
            probe.unlink()


def _is_left_behind(part: Path) -> bool:
    mark = parse_mark(part.name.removeprefix(".srcnn-").removesuffix(".part").rpartition("-")[0])
    if mark is not None and mark.is_here:
        return mark.is_dead
    return server_time(part.parent) - part.stat().st_mtime > LEFT_BEHIND_S


def _move_to_free_name(beside: Path, path: Path) -> None:
    """Give a file a name that nothing has; unlike ``replace``, a second name is refused."""
    try:
        if sys.platform == "win32":
            beside.rename(path)
            return
        path.hardlink_to(beside)
    except FileExistsError:
        raise exists_already(path) from None
    except OSError as error:
        if sys.platform == "win32" or error.errno not in _NO_HARD_LINKS:
            raise
        if os.path.lexists(path):
            raise exists_already(path) from None
        beside.replace(path)


_NO_HARD_LINKS = frozenset(
    {errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
    | {errno.EXDEV, errno.EINVAL}
)
"""What file systems say that cannot give a file two names (FAT, some servers)."""


def _see_names_on_disk(folder: Path) -> None:
    """Have the names in a folder outlive a power failure, where the system can."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _missing(beside: Path, size: int | None) -> str:
    """Say how much room there is in a folder, or how much more a file of ``size`` needs there."""
    try:
        written = beside.stat().st_size if beside.exists() else 0
        room = shutil.disk_usage(beside.parent).free + written
    except OSError:
        return ""
    if size is None:
        return f"{bytes_text(room)} are free there"
    return f"{bytes_text(size - room)} more are needed there" if size > room else ""


def _explained(error: OSError, path: Path, missing: str | None) -> OutputError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return OutputError(
            f"The disk is full: {path.name} was not saved in {path.parent}"
            + (f" ({missing})" if missing else ""),
            hint="Make room, or save it elsewhere.",
        )
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return OutputError(f"{path.parent} cannot be written to", hint="Choose another folder.")
    return OutputError(
        f"{path.name} cannot be written ({error.strerror or error})",
        hint="Choose another folder or name.",
    )

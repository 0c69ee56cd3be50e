"""Writing a file so that it is whole or not there at all."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from typing import TYPE_CHECKING

from srcnn.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def written_beside(path: Path) -> Iterator[Path]:
    """Give the name of a file beside ``path``, which takes its place when the block ends well.

    Otherwise nothing is left behind, and what was there before is untouched. Whoever writes the
    file sees to it that it is on the disk, and that it reads back.

    Raises
    ------
    OutputError
        If the system refuses, in the block or when renaming.
    """
    beside = path.with_name(f".srcnn-{secrets.token_hex(4)}.part")
    try:
        yield beside
        beside.replace(path)
    except OSError as error:
        raise explained(error, path) from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def write_safely(path: Path, data: bytes) -> None:
    """Write ``data`` beside ``path``, read it back, compare, and only then rename it.

    Raises
    ------
    OutputError
        If the file cannot be written; what was there before is untouched.
    """
    with written_beside(path) as beside:
        with beside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if beside.read_bytes() != data:
            raise OutputError(
                f"{path.name} was not written correctly",
                hint="The disk may be failing: choose another.",
            )


def explained(error: OSError, path: Path) -> OutputError:
    """Turn what the system says into a sentence."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return OutputError(
            f"The disk is full: {path.name} was not saved",
            hint="Make room, or save it elsewhere.",
        )
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return OutputError(f"{path.parent} cannot be written to", hint="Choose another folder.")
    return OutputError(
        f"{path.name} cannot be written ({error.strerror or error})",
        hint="Choose another folder or name.",
    )

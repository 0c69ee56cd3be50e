"""Writing a file so that it is whole or not there at all."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from typing import TYPE_CHECKING

from srcnn.errors import OutputError

if TYPE_CHECKING:
    from pathlib import Path


def write_safely(path: Path, data: bytes) -> None:
    """Write ``data`` beside ``path``, read it back, compare, and only then rename it.

    Raises
    ------
    OutputError
        If the file cannot be written; what was there before is untouched.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with beside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if beside.read_bytes() != data:
            raise OutputError(
                f"{path} was not written correctly", hint="The disk may be failing: choose another."
            )
        beside.replace(path)
    except OSError as error:
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise OutputError(
            f"{path} cannot be written: {error.strerror or error}",
            hint="Make room on the disk." if is_full else "Choose another folder or name.",
        ) from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)

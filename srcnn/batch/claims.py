"""Claims: which of several programs, on one computer or many, makes a file.

A claim is a small hidden file beside the target, ``.srcnn-<target>-<generation>.claim``, that is
created exclusively: of two that try, one fails, on every system and file server. It says which
process made it. The rules, on which it rests that a file never has two owners:

1. Who finds no claim creates generation 0. Who finds claims whose owners are all gone creates
   the next generation, and then reads the older ones again: if one of them has changed or is
   missing, someone was faster, and the new claim is given up.
2. Generation 0 is there as long as the target has an owner. So the owner of generation n, to
   release it, first renames it to generation 0 (which replaces that of the dead), then removes
   those between, then generation 0.
3. An owner is gone if its process is dead, which only its own computer can tell, or if the claim
   was not touched for ``STALE_S`` by the clock of the file server.

Should a computer sleep for longer than that and wake up, two make the same file; the exclusive
rename in ``safe_file`` keeps the first. Whoever owns a claim looks whether the target is there.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import sys
from dataclasses import dataclass
from time import time
from typing import TYPE_CHECKING, TypeAlias

from srcnn.errors import OutputError
from srcnn.process_mark import own_mark, parse_mark
from srcnn.safe_file import explained, server_time

if TYPE_CHECKING:
    from pathlib import Path

BEAT_S = 5.0
"""An owner touches its claim so often, or as soon after as it is asked."""

STALE_S = 180.0
"""A claim untouched for so long has no owner, if its process cannot be asked after."""

_Seen: TypeAlias = tuple[bytes, float]
"""What a claim says, and when it was touched."""


@dataclass(slots=True)
class Claim:
    """A target that is ours until ``release``.

    Attributes
    ----------
    path : Path
        The claim file.
    text : bytes
        What it says; no other claim says the same.
    """

    path: Path
    text: bytes
    _generation: int
    _target: Path
    _touched_s: float
    _overslept: bool = False

    def beat(self) -> None:
        """Show that the owner lives; to be called often, it touches the file now and then."""
        silent_s = abs(time() - self._touched_s)  # ``monotonic`` may sleep with the computer
        if silent_s >= BEAT_S:
            self._overslept |= silent_s >= STALE_S
            self._touched_s = time()
            with contextlib.suppress(OSError):
                os.utime(self.path)

    def release(self) -> None:
        """Give up the target: it is in place, or others may try."""
        with contextlib.suppress(OSError):
            seen = _read(self.path)
            if seen is None or seen[0] != self.text or self._is_taken_over():
                return
            if self._generation > 0:
                self.path.replace(_name(self._target, 0))
            for generation in range(self._generation - 1, -1, -1):
                _name(self._target, generation).unlink(missing_ok=True)
            if self._generation == 0:
                self.path.unlink(missing_ok=True)

    def _is_taken_over(self) -> bool:
        """Tell whether another has gone on while this computer slept.

        A next generation alone does not say so: it may be about to be given up (rule 1).
        """
        overslept = self._overslept or abs(time() - self._touched_s) >= STALE_S
        return overslept and _name(self._target, self._generation + 1).exists()


def acquire(target: Path) -> Claim | None:
    """Claim a target, whose folder exists; None if another has it.

    Raises
    ------
    OutputError
        If the folder cannot be written to.
    """
    try:
        older = _chain(target)
        if not all(_owner_is_gone(target.parent, *seen) for seen in older):
            return None
        path = _name(target, len(older))
        text = f"{own_mark()} {secrets.token_hex(8)}\n{target.name}\n".encode(errors="replace")
        if not _create(path, text):
            return None
        if any(_read(_name(target, n)) != seen for n, seen in enumerate(older)):
            path.unlink(missing_ok=True)
            return None
    except OSError as error:
        raise explained(error, target) from error
    return Claim(path, text, len(older), target, time())


def is_claimed(target: Path) -> bool:
    """Tell whether any claim lies beside a target, of the living or of the dead."""
    return _name(target, 0).exists()


def clear_away(target: Path) -> None:
    """Remove the claims of the dead from a target that is in place."""
    if is_claimed(target):
        with contextlib.suppress(OutputError):
            claim = acquire(target)
            if claim is not None:
                claim.release()


def _owner_is_gone(folder: Path, text: bytes, touched: float) -> bool:
    """Tell whether the owner of a claim is gone (rule 3)."""
    mark = parse_mark(text.decode("ascii", "replace").partition(" ")[0])
    if mark is not None and mark.is_here:
        return mark.is_dead
    return server_time(folder) - touched > STALE_S


def _name(target: Path, generation: int) -> Path:
    digest = hashlib.sha256(os.fsencode(target.name)).hexdigest()[:16]
    return target.with_name(f".srcnn-{digest}-{generation}.claim")


def _chain(target: Path) -> list[_Seen]:
    """Return what the claims of a target say, generation by generation."""
    found: list[_Seen] = []
    while seen := _read(_name(target, len(found))):
        found.append(seen)
    return found


def _read(path: Path) -> _Seen | None:
    with contextlib.suppress(FileNotFoundError):
        try:
            with path.open("rb") as file:
                return file.read(), os.fstat(file.fileno()).st_mtime
        except PermissionError:  # another user's, or on Windows one that is just removed
            return b"", path.stat().st_mtime
    return None


def _create(path: Path, text: bytes) -> bool:
    """Make a claim file unless there is one; tell whether it is ours."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
    except FileExistsError:
        return False
    except PermissionError:
        if sys.platform == "win32":
            server_time(path.parent)  # raises if it is the folder; else one is just being removed
            return False
        raise
    try:
        os.write(descriptor, text)
    except OSError:
        os.close(descriptor)
        path.unlink(missing_ok=True)  # nobody could tell whose it is
        raise
    os.close(descriptor)
    return True

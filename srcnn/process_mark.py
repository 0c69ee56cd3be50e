"""Who made a file: a mark of this process for names and contents, and whether that one is dead.

A number of a process is used again, so a mark also says when the process was started, and on
which computer. Only of a process of the same computer, since it was switched on, can it be told
whether it is alive; two containers are two computers.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from typing_extensions import override

_MARK = re.compile(r"(?P<host>[0-9a-f]{8})-(?P<pid>\d{1,10})-(?P<started>[0-9a-z]{1,16})")


@dataclass(frozen=True, slots=True)
class ProcessMark:
    """A process; ``str(mark)`` is fit for the name of a file.

    Attributes
    ----------
    host : str
        Eight hexadecimal digits of the computer.
    pid : int
        Number of the process there.
    started : str
        When it was started, in whatever way the system tells.
    """

    host: str
    pid: int
    started: str

    @override
    def __str__(self) -> str:
        return f"{self.host}-{self.pid}-{self.started}"

    @property
    def is_here(self) -> bool:
        """Whether it is a process of this computer."""
        return self.host == _host()

    @property
    def is_dead(self) -> bool:
        """Whether it certainly is no more; False of other computers, where it cannot be told."""
        if not self.is_here:
            return False
        started = _start_of(self.pid)
        if started is None or _UNKNOWN in (started, self.started):
            return started is None
        return started != self.started


def own_mark() -> ProcessMark:
    """Return the mark of this process."""
    return _mark_of(os.getpid())  # after a fork it is another


def parse_mark(text: str) -> ProcessMark | None:
    """Turn ``str(mark)`` back into a mark; None if it is none."""
    match = _MARK.fullmatch(text)
    return ProcessMark(match["host"], int(match["pid"]), match["started"]) if match else None


_UNKNOWN = "0"
"""Start of a process that is there, but whose start the system does not tell."""


@cache
def _mark_of(pid: int) -> ProcessMark:
    return ProcessMark(_host(), pid, _start_of(pid) or _UNKNOWN)


@cache
def _host() -> str:
    """Tell computers apart; on Linux also containers, and the times that it was switched on."""
    parts = [platform.node()]
    with contextlib.suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii"))
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    return hashlib.sha256("\n".join(parts).encode(errors="replace")).hexdigest()[:8]


if sys.platform == "linux":

    def _start_of(pid: int) -> str | None:
        """Return when a process was started, None if there is none of that number."""
        try:
            text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return _UNKNOWN if _is_there(pid) else None  # of other users it may be hidden
        state, *fields = text.rpartition(")")[2].split()  # the name before may hold anything
        return None if state in "ZX" else fields[18]  # ended, and only not yet asked after

    def _is_there(pid: int) -> bool:
        try:
            os.kill(pid, 0)
        except (ProcessLookupError, OverflowError):
            return False
        except OSError:
            pass
        return True

elif sys.platform == "win32":

    def _start_of(pid: int) -> str | None:
        """Return when a process was started, None if there is none of that number."""
        import ctypes
        from ctypes import wintypes

        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.OpenProcess.restype = wintypes.HANDLE
        kernel.OpenProcess.argtypes = (wintypes.DWORD, wintypes.BOOL, wintypes.DWORD)
        kernel.CloseHandle.argtypes = (wintypes.HANDLE,)
        kernel.GetProcessTimes.argtypes = (
            wintypes.HANDLE, *[ctypes.POINTER(wintypes.FILETIME)] * 4
        )  # fmt: skip
        limited_information, invalid_parameter = 0x1000, 87
        handle = kernel.OpenProcess(limited_information, False, pid)
        if not handle:
            return None if ctypes.get_last_error() == invalid_parameter else _UNKNOWN
        try:
            times = [wintypes.FILETIME() for _ in range(4)]
            if not kernel.GetProcessTimes(handle, *map(ctypes.byref, times)):
                return _UNKNOWN
        finally:
            kernel.CloseHandle(handle)
        started, ended = ((t.dwHighDateTime << 32) + t.dwLowDateTime for t in times[:2])
        return None if ended else f"{started:x}"

else:

    def _start_of(pid: int) -> str | None:
        """Return when a process was started, None if there is none of that number."""
        try:
            told = subprocess.run(
                ["ps", "-p", str(pid), "-o", "lstart="],
                env=os.environ | {"LC_ALL": "C", "TZ": "UTC"},
                capture_output=True,
                text=True,
                check=False,
                timeout=10,
            )
        except (OSError, subprocess.SubprocessError):
            return _UNKNOWN
        started = told.stdout.strip()
        return hashlib.sha256(started.encode()).hexdigest()[:12] if started else None

"""How much memory is free, as the kernel and containers tell."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

_MEMINFO = Path("/proc/meminfo")
_CGROUPS = Path("/sys/fs/cgroup")
_LIMITS = (
    ("memory.max", "memory.current", "memory.stat", "inactive_file"),
    (
        "memory/memory.limit_in_bytes",
        "memory/memory.usage_in_bytes",
        "memory/memory.stat",
        "total_inactive_file",
    ),
)
"""Of both versions of control groups: limit, use, and what of it is only a cache of files."""


def free_memory() -> int | None:
    """Return the bytes that this process may still take without others suffering.

    On Linux what the kernel calls available, or what the limit of a container leaves if that is
    less; None elsewhere, where it cannot be told.
    """
    if sys.platform != "linux":
        return None
    try:
        available = _figure(_MEMINFO, "MemAvailable:") * 1024
    except (OSError, ValueError):
        return None
    return min([available, *_left_by_limits(_CGROUPS)])


def _left_by_limits(cgroups: Path) -> list[int]:
    found = []
    for limit, use, stat, cache in _LIMITS:
        with contextlib.suppress(OSError, ValueError):  # there is none, or it is "max"
            most = int((cgroups / limit).read_text(encoding="ascii"))
            used = int((cgroups / use).read_text(encoding="ascii"))
            found.append(max(most - used + _figure(cgroups / stat, cache), 0))
    return found


def _figure(file: Path, name: str) -> int:
    """Return the number behind a name in a table of the kernel.

    Raises
    ------
    ValueError
        If it is not there.
    """
    for line in file.read_text(encoding="ascii").splitlines():
        words = line.split()
        if words and words[0] == name:
            return int(words[1])
    raise ValueError(f"{file} does not say {name}")

"""What the figures were measured on; goes into every benchmark's JSON."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version

from srcnn.device import cpu_device
from srcnn.workers import usable_cores

_PACKAGES = {"torch": "torch", "pyside6": "PySide6-Essentials"}
"""Names in the description, and those under which the packages are installed."""


def describe_machine() -> dict[str, object]:
    """Return the processor, the cores, the system and the versions of what was used.

    Nothing is imported for it, so that a benchmark of starting or of memory may ask as well.
    """
    return {
        "processor": cpu_device().name,
        "cores": os.cpu_count(),
        "usable_cores": usable_cores(),
        "system": platform.platform(),
        "python": platform.python_version(),
        **{name: _version(package) for name, package in _PACKAGES.items()},
    }


def _version(package: str) -> str | None:
    """Return the version that is installed; None if the package is not."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None

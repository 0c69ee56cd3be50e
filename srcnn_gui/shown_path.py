"""How a folder is named where there is little room."""

from __future__ import annotations

import sys
from pathlib import Path


def shown_path(path: Path) -> str:
    """Return the name of a file or folder, with ``~`` for the home folder where that is usual."""
    if sys.platform == "win32":
        return str(path)
    try:
        below = path.relative_to(Path.home())
    except (ValueError, RuntimeError):  # elsewhere, or nobody is at home
        return str(path)
    return str("~" / below)

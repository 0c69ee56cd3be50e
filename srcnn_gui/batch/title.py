"""The title of the window, which task bars show, says how far a batch is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_PERCENT = re.compile(r"^\d+ % \N{MIDDLE DOT} ")


def show_percent(window: QWidget, fraction: float | None) -> None:
    """Put a percentage in front of the title, or take it away."""
    title = _PERCENT.sub("", window.windowTitle())
    if fraction is not None:
        title = f"{int(fraction * 100)} % \N{MIDDLE DOT} {title}"
    if title != window.windowTitle():
        window.setWindowTitle(title)

"""What is left to the desktop's own programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

if TYPE_CHECKING:
    from pathlib import Path


def show_folder(folder: Path) -> None:
    """Open a folder in the desktop's program for files."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

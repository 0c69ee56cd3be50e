"""What a person is asked about a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srcnn_gui.questions import ask

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget


def ask_to_close(parent: QWidget) -> bool:
    """Ask whether the window may close although a batch is under way."""
    return ask(
        parent,
        "A batch is under way",
        "A batch is under way.",
        "It is stopped; the next start offers to continue with what is left.",
        "Close and keep the queue",
        harms=False,
    )


def ask_to_overwrite(parent: QWidget, output: Path | None) -> bool:
    """Ask whether files may be replaced in a folder; None for those of the pictures."""
    folder = "the folders of the pictures" if output is None else output
    return ask(
        parent,
        "Overwrite files",
        "Files of the same names as the results are replaced.",
        f"Results go to {folder}.",
        "Overwrite",
        harms=True,
    )

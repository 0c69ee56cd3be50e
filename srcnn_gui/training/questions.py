"""What a person is asked before something ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srcnn_gui.questions import ask

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def ask_to_close(parent: QWidget) -> bool:
    """Ask whether the window may close although a run is under way."""
    return ask(
        parent,
        "Training is under way",
        "Training is under way.",
        "It is put aside and can be continued from the list of runs.",
        "Close and keep the run",
        harms=False,
    )


def ask_to_discard(parent: QWidget) -> bool:
    """Ask whether nothing of the run shall be kept."""
    return ask(
        parent,
        "Discard the run",
        "Discard the run with all that it has learnt?",
        "“Stop and keep” ends it and keeps the best weights so far.",
        "Discard",
        harms=True,
    )

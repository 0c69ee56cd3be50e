"""What a person is asked before something ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMessageBox

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def ask_to_close(parent: QWidget) -> bool:
    """Ask whether the window may close although a run is under way."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("Training is under way")
    box.setText("Training is under way.")
    box.setInformativeText("It is put aside and can be continued from the list of runs.")
    close = box.addButton("Close and keep the run", QMessageBox.ButtonRole.AcceptRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(close)
    box.exec()
    return box.clickedButton() is close


def ask_to_discard(parent: QWidget) -> bool:
    """Ask whether nothing of the run shall be kept."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle("Discard the run")
    box.setText("Discard the run with all that it has learnt?")
    box.setInformativeText("“Stop and keep” ends it and keeps the best weights so far.")
    discard = box.addButton("Discard", QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    box.exec()
    return box.clickedButton() is discard

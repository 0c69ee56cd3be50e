"""What a person is asked about a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMessageBox

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget


def ask_to_close(parent: QWidget) -> bool:
    """Ask whether the window may close although a batch is under way."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("A batch is under way")
    box.setText("A batch is under way.")
    box.setInformativeText("It is stopped; the next start offers to go on with what is left.")
    close = box.addButton("Close and keep the queue", QMessageBox.ButtonRole.AcceptRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(close)
    box.exec()
    return box.clickedButton() is close


def ask_to_overwrite(parent: QWidget, output: Path | None) -> bool:
    """Ask whether files may be replaced in a folder; None for those of the pictures."""
    folder = "the folders of the pictures" if output is None else output
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle("Overwrite files")
    box.setText("Files of the same names as the results are replaced.")
    box.setInformativeText(f"Results go to {folder}.")
    overwrite = box.addButton("Overwrite", QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    box.exec()
    return box.clickedButton() is overwrite

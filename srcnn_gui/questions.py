"""Questions that are answered by doing something or leaving it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMessageBox

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def ask(parent: QWidget, title: str, text: str, detail: str, answer: str, *, harms: bool) -> bool:
    """Ask something; tell whether ``answer`` was chosen and not Cancel.

    What ``harms`` is warned of, and Cancel is what Enter does.
    """
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning if harms else QMessageBox.Icon.Question)
    box.setWindowTitle(title)
    box.setText(text)
    box.setInformativeText(detail)
    roles = QMessageBox.ButtonRole
    chosen = box.addButton(answer, roles.DestructiveRole if harms else roles.AcceptRole)
    cancel = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(cancel if harms else chosen)
    box.exec()
    return box.clickedButton() is chosen

"""The list of keys."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from srcnn_gui.actions import ACTIONS, Menu

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QAction


class ShortcutsDialog(QDialog):
    """Every command with its key, menu by menu."""

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.resize(QSize(460, 560))
        text = QTextBrowser()
        text.setHtml("".join(_section(menu, actions) for menu in Menu))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(text)
        layout.addWidget(buttons)


def _section(menu: Menu, actions: Mapping[str, QAction]) -> str:
    rows = []
    for spec in ACTIONS:
        if spec.menu is menu:
            action = actions[spec.id]
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            name = escape(action.text().replace("&", ""))
            rows.append(f"<tr><td width=300>{name}</td><td><b>{escape(keys)}</b></td></tr>")
    return f"<h4>{escape(menu.value.replace('&', ''))}</h4><table>{''.join(rows)}</table>"

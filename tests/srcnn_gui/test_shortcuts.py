"""The list of keys names every command."""

from __future__ import annotations

from PySide6.QtWidgets import QTextBrowser, QWidget

from srcnn_gui.actions import make_actions
from srcnn_gui.shortcuts import ShortcutsDialog


def test_every_command_and_its_key_is_listed(qtbot):
    owner = QWidget()
    qtbot.addWidget(owner)
    actions = make_actions(owner)
    dialog = ShortcutsDialog(actions)
    qtbot.addWidget(dialog)
    text = dialog.findChild(QTextBrowser).toPlainText()
    for action in actions.values():
        assert action.text().replace("&", "") in text
        assert action.shortcut().toString() in text


def test_the_dialog_fits_a_small_screen(qtbot):
    owner = QWidget()
    qtbot.addWidget(owner)
    dialog = ShortcutsDialog(make_actions(owner))
    qtbot.addWidget(dialog)
    assert dialog.height() <= 700

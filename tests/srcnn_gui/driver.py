"""The program as tests use it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QPushButton

from srcnn_gui.app import Program
from srcnn_gui.settings import Settings, SettingsStore

WAIT_MS = 10_000


class Driver:
    """A running program, as a test uses it: opens, waits, triggers, reads what is said."""

    def __init__(self, qtbot: Any, settings: Settings, store: SettingsStore | None) -> None:
        self._qtbot = qtbot
        self.program = Program(settings, store)
        self.window = self.program.window
        self.session = self.program.session
        self.window.resize(900, 600)
        self.window.show()
        self.settle()

    @property
    def settings(self) -> Settings:
        return self.program.commands.settings

    @property
    def message(self) -> str:
        """What the window says: a sentence and a hint."""
        return self.window.messages.text

    def settle(self) -> None:
        """Wait until everything is opened, computed, measured and saved."""
        program, area = self.program, self.window.area
        self._qtbot.waitUntil(
            lambda: (
                not program.opener.is_busy
                and not program.jobs.jobs
                and not area._looking.isActive()
                and program.session.is_finished
            ),
            timeout=WAIT_MS,
        )

    def open(self, path: Path) -> None:
        self.program.files.open_file(path)
        self.settle()

    def trigger(self, action_id: str) -> None:
        """Do what the command does when it is chosen in a menu; it must be enabled."""
        action = self.window.actions_by_id[action_id]
        assert action.isEnabled(), action_id
        action.trigger()
        self.settle()

    def save_result(self) -> None:
        """Save the active pane's result under the name that the file dialog answers."""
        self.trigger("save_result")
        dialog = self.program.saving.dialog
        dialog.findChild(QPushButton, "change").click()
        dialog.accept()
        self.settle()

    def enabled(self, action_id: str) -> bool:
        return self.window.actions_by_id[action_id].isEnabled()

    def checked(self, group: str) -> str:
        """Return which action of a group is on."""
        actions = self.window.actions_by_id.items()
        (name,) = (n for n, a in actions if n.startswith(f"{group}_") and a.isChecked())
        return name.removeprefix(f"{group}_")

    @property
    def shown(self) -> list[str]:
        return [pane.method for pane in self.session.panes]

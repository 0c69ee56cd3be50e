"""The line above everything else: how far the measurement is, and its buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from srcnn_gui.benchmark.step_line import StepLine
from srcnn_gui.theme import Severity
from srcnn_gui.training.notes import Note

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QAction

    from srcnn_gui.benchmark.plan import Step

_START = "measure_start"
_BUTTONS = {_START: "Start", "measure_cancel": "Cancel"}


class BenchmarkStrip(QFrame):
    """Says what is done and how long the rest takes.

    Parameters
    ----------
    actions : Mapping of QAction
        The window's commands, by id: the buttons are theirs.
    """

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = StepLine("Progress of the measurement")
        self._note = Note(Severity.ERROR)
        top = QHBoxLayout()
        top.setSpacing(8)
        buttons = {name: _button(actions[name], text) for name, text in _BUTTONS.items()}
        menu = QMenu(self)
        menu.addAction(actions["measure_anew"])
        buttons[_START].setMenu(menu)
        buttons[_START].setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        for button in buttons.values():
            top.addWidget(button)
        top.addSpacing(4)
        top.addWidget(self._line, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 4, 10, 2)
        column.setSpacing(3)
        column.addLayout(top)
        column.addWidget(self._note)

    @property
    def text(self) -> str:
        """Everything it says, for tests and screen readers."""
        parts = (*self._line.texts, self._note.text)
        return " | ".join(part for part in parts if part)

    def show_step(self, step: Step) -> None:
        """Show how far it is."""
        self._line.show_step(f"{int(step.done)} of {step.total}", step)

    def show_end(self, headline: str, detail: str = "") -> None:
        """Show that it is not measured any more."""
        self._line.set_running(running=False)
        self.say(headline, detail)

    def say(self, headline: str, detail: str = "") -> None:
        """Show a word or two and, dimmer, a sentence."""
        self._line.say(headline, detail)

    def show_problem(self, text: str, severity: Severity = Severity.ERROR) -> None:
        """Show what went wrong, or nothing."""
        self._note.show_text(text, severity)


def _button(action: QAction, text: str) -> QToolButton:
    action.setIconText(text)
    button = QToolButton()
    button.setDefaultAction(action)
    button.setIconSize(QSize(16, 16))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return button

"""The line above everything else: how far the batch is, its buttons, and what is offered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from srcnn_gui.benchmark.plan import Step
from srcnn_gui.benchmark.step_line import StepLine
from srcnn_gui.theme import Severity
from srcnn_gui.training.notes import Note

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QAction

_BUTTONS = {"batch_start": "Start", "batch_pause": "Pause", "batch_cancel": "Cancel"}
_AFTERWARDS = {
    "batch_retry": "Retry failed",
    "batch_output": "Open folder",
    "batch_report": "Report",
}


class BatchStrip(QFrame):
    """Says what is done and how long the rest takes.

    Parameters
    ----------
    actions : Mapping of QAction
        The window's commands, by id: the buttons are theirs.
    """

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = StepLine("Progress of the batch")
        self._note = Note(Severity.ERROR)
        self.offer = Offer()
        top = QHBoxLayout()
        top.setSpacing(8)
        for name, text in _BUTTONS.items():
            top.addWidget(_button(actions[name], text))
        top.addSpacing(4)
        top.addWidget(self._line, 1)
        for name, text in _AFTERWARDS.items():
            top.addWidget(_button(actions[name], text))
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 4, 10, 2)
        column.setSpacing(3)
        column.addLayout(top)
        column.addWidget(self._note)
        column.addWidget(self.offer)

    @property
    def text(self) -> str:
        """Everything it says, for tests and screen readers."""
        parts = (*self._line.texts, self._note.text, self.offer.text)
        return " | ".join(part for part in parts if part)

    def show_step(self, headline: str, step: Step) -> None:
        """Show how far it is."""
        self._line.show_step(headline, step)

    def show_end(self, headline: str, detail: str = "") -> None:
        """Show that nothing is done any more."""
        self._line.set_running(running=False)
        self._line.say(headline, detail)

    def show_problem(self, text: str, severity: Severity = Severity.ERROR) -> None:
        """Show what went wrong, or nothing."""
        self._note.show_text(text, severity)


class Offer(QFrame):
    """Offers to go on with the batch of the last time; takes no room while it offers nothing."""

    accepted = Signal()
    declined = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = QLabel()
        go_on, discard = QPushButton("Continue"), QPushButton("Discard")
        go_on.setToolTip("Do the pictures that are left")
        discard.setToolTip("Empty the queue; results stay")
        go_on.clicked.connect(self._on_accepted)
        discard.clicked.connect(self._on_declined)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(8)
        row.addWidget(self._text)
        row.addWidget(go_on)
        row.addWidget(discard)
        row.addStretch(1)
        self.hide()

    @property
    def text(self) -> str:
        """What it offers; empty if nothing."""
        return self._text.text()

    def show_text(self, text: str) -> None:
        """Offer something, or nothing."""
        self._text.setText(text)
        self.setVisible(bool(text))

    @Slot()
    def _on_accepted(self) -> None:
        self.accepted.emit()

    @Slot()
    def _on_declined(self) -> None:
        self.declined.emit()


def _button(action: QAction, text: str) -> QToolButton:
    action.setIconText(text)
    button = QToolButton()
    button.setDefaultAction(action)
    button.setIconSize(QSize(16, 16))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return button

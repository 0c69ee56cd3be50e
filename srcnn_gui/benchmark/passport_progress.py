"""The line below a metric passport: how many pictures are in it, and its buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from srcnn_gui.benchmark.step_line import StepLine
from srcnn_gui.theme import Severity
from srcnn_gui.training.notes import Note

if TYPE_CHECKING:
    from srcnn_gui.benchmark.plan import Step


class PassportProgress(QWidget):
    """Says of how many pictures the averages are, and how long the rest takes."""

    cancel_requested = Signal()
    close_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._total = 0
        self._line = StepLine("Progress of the passport")
        self._cancel = QPushButton("Cancel")
        self._cancel.setToolTip("Stop measuring; the averages so far stay")
        self._cancel.clicked.connect(self.cancel_requested)
        close = QPushButton("Close")
        close.clicked.connect(self.close_requested)
        for button in (self._cancel, close):
            button.setAutoDefault(False)  # Enter in the table presses neither
        self._note = Note(Severity.ERROR)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._line, 1)
        row.addWidget(self._cancel)
        row.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._note)
        column.addLayout(row)

    @property
    def text(self) -> str:
        """Everything it says, for tests and screen readers."""
        parts = (*self._line.texts, self._note.text)
        return " | ".join(part for part in parts if part)

    def begin(self) -> None:
        """Show that nothing is done yet."""
        self._total = 0
        self._note.show_text("")
        self._line.say("Starting")
        self._show_running(running=True)

    def show_step(self, step: Step, pictures: int) -> None:
        """Show how far it is; ``pictures`` are in the averages."""
        self._total = step.total
        self._line.show_step(self._count(pictures), step)

    def show_end(self, headline: str, pictures: int, problem: str = "") -> None:
        """Show that it is not measured any more."""
        self._line.say(headline, self._count(pictures) if self._total else "")
        self._note.show_text(problem)
        self._show_running(running=False)

    def _count(self, pictures: int) -> str:
        return f"{pictures} of {self._total} picture{'' if self._total == 1 else 's'}"

    def _show_running(self, *, running: bool) -> None:
        self._line.set_running(running=running)
        self._cancel.setVisible(running)

"""The line above everything else: how far the measurement is, and its buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from srcnn_gui.job_bar import duration
from srcnn_gui.theme import Severity
from srcnn_gui.training.notes import Note

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QAction

    from srcnn_gui.benchmark.plan import Step

_STEPS = 1000
_BUTTONS = {"measure_start": "Start", "measure_cancel": "Cancel"}
_DOT = "  \N{MIDDLE DOT}  "


class BenchmarkStrip(QFrame):
    """Says what is done and how long the rest takes.

    Parameters
    ----------
    actions : Mapping of QAction
        The window's commands, by id: the buttons are theirs.
    """

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._headline = QLabel()
        font = self._headline.font()
        font.setBold(True)
        self._headline.setFont(font)
        self._detail = QLabel()
        self._detail.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._detail.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._detail.setTextFormat(Qt.TextFormat.PlainText)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(10)
        self._bar.setRange(0, _STEPS)
        self._bar.setAccessibleName("Progress of the measurement")
        self._bar.hide()
        self._note = Note(Severity.ERROR)
        top = QHBoxLayout()
        top.setSpacing(8)
        for name, text in _BUTTONS.items():
            top.addWidget(_button(actions[name], text))
        top.addSpacing(4)
        top.addWidget(self._headline)
        top.addWidget(self._detail, 3)
        top.addWidget(self._bar, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 4, 10, 2)
        column.setSpacing(3)
        column.addLayout(top)
        column.addWidget(self._note)

    @property
    def text(self) -> str:
        """Everything it says, for tests and screen readers."""
        parts = (self._headline.text(), self._detail.text(), self._note.text)
        return " | ".join(part for part in parts if part)

    def show_step(self, step: Step) -> None:
        """Show how far it is."""
        self._bar.show()
        self._bar.setValue(round(step.fraction * _STEPS))
        left = "" if step.left_s is None else f"{duration(step.left_s)} left"
        self.say(f"{int(step.done)} of {step.total}", _DOT.join(filter(None, (left, step.doing))))

    def show_end(self, headline: str, detail: str = "") -> None:
        """Show that it is not measured any more."""
        self._bar.hide()
        self.say(headline, detail)

    def say(self, headline: str, detail: str = "") -> None:
        """Show a word or two and, dimmer, a sentence."""
        self._headline.setText(headline)
        self._headline.setVisible(bool(headline))
        self._detail.setText(detail)
        self._detail.setToolTip(detail)

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

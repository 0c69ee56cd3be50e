"""The line above everything else: what the run does, how far it is, and its buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Slot
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
from typing_extensions import override

from srcnn_gui.icons import icon_pixmap
from srcnn_gui.theme import Severity, severity_colours
from srcnn_gui.training.notes import Note
from srcnn_gui.training.status import Phase, Progress, RunProgress

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QAction

_REFRESH_MS = 100
"""Figures are written at most this often: numbers that flicker cannot be read."""

_HINT = (
    "Press Start: an open picture of the same scale gets better before your eyes while it learns."
)
_STEPS = 1000
_ICON_SIZE = 16
_BUTTONS = {
    "train_start": "Start",
    "train_pause": "Pause",
    "train_stop": "Stop and keep",
    "train_discard": "Discard",
    "train_resume": "Continue last",
}
_ICONS = {
    Phase.IDLE: "train",
    Phase.READING: "folder",
    Phase.RUNNING: "play",
    Phase.PAUSED: "pause",
    Phase.ENDING: "stop",
    Phase.ENDED: "info",
    Phase.FAILED: "error",
}


class StatusStrip(QFrame):
    """How the run stands, and what can be done with it.

    Parameters
    ----------
    actions : Mapping of QAction
        The window's commands, by id: the buttons are theirs.
    """

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._status: Progress = RunProgress()
        self._icon = QLabel()
        self._headline = QLabel()
        font = self._headline.font()
        font.setBold(True)
        self._headline.setFont(font)
        self._name = QLabel()
        self._name.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(10)
        self._bar.setMinimumWidth(80)
        self._bar.setAccessibleName("Progress of the run")
        self._buttons = {name: _button(actions[name], text) for name, text in _BUTTONS.items()}
        self._figures = [_FigureLabel() for _ in RunProgress().figures()]
        self._problem = Note(Severity.ERROR)
        self._hint = QLabel()
        self._hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._row = QWidget()
        self._lay_out()
        self._refreshing = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._refreshing.timeout.connect(self.refresh)
        self.refresh()

    @property
    def status(self) -> Progress:
        """How the run stands, as shown or about to be."""
        return self._status

    @property
    def text(self) -> str:
        """Everything it says, for tests and screen readers."""
        shown = [label for label in self._figures if not label.isHidden()]
        figures = [f"{label.name} {label.value}" for label in shown]
        return " | ".join([self._headline.text(), self._name.text(), *figures, self._problem.text])

    def show_status(self, status: Progress) -> None:
        """Show how the run stands, a little later if numbers alone have changed."""
        is_other = status.phase is not self._status.phase or status.name != self._status.name
        self._status = status
        if is_other:
            self.refresh()
        elif not self._refreshing.isActive():
            self._refreshing.start()

    def show_hint(self, reason: str) -> None:
        """Say why no run can be started, or what will happen; seen as long as there is none."""
        self._hint.setText(f"{reason}." if reason and not reason.endswith(".") else reason or _HINT)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_refreshing"):
            self._paint_icon()

    @Slot()
    def refresh(self) -> None:
        """Write the newest status."""
        status = self._status
        self._headline.setText(status.headline)
        self._name.setText(status.name)
        self._name.setToolTip(status.name)
        fraction = status.fraction
        self._bar.setRange(0, 0 if fraction is None else _STEPS)
        self._bar.setValue(0 if fraction is None else round(fraction * _STEPS))
        if status.phase is Phase.PAUSED and fraction is None:
            self._bar.setRange(0, _STEPS)  # nothing moves
        figures = status.figures()
        for label, figure in zip(self._figures, figures, strict=False):
            label.show_figure(figure.name, figure.text, figure.tip)
        for place, label in enumerate(self._figures):
            label.setVisible(place < len(figures))
        self._problem.show_text(status.problem)
        self._bar.setVisible(status.phase is not Phase.IDLE)
        self._row.setVisible(status.phase is not Phase.IDLE)
        self._hint.setVisible(status.phase is Phase.IDLE)
        self.setAccessibleName(f"Training: {status.headline}")
        self._paint_icon()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self._icon)
        top.addWidget(self._headline)
        top.addWidget(self._name, 2)
        top.addWidget(self._bar, 3)
        for button in self._buttons.values():
            top.addWidget(button)
        row = QHBoxLayout(self._row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for label in self._figures:
            row.addWidget(label, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 4, 6, 2)
        column.setSpacing(3)
        column.addLayout(top)
        column.addWidget(self._row)
        column.addWidget(self._hint)
        column.addWidget(self._problem)

    def _paint_icon(self) -> None:
        phase, palette = self._status.phase, self.palette()
        colour = palette.color(QPalette.ColorRole.WindowText)
        if phase in (Phase.FAILED, Phase.RUNNING):
            severity = Severity.ERROR if phase is Phase.FAILED else Severity.INFO
            colour = severity_colours(severity, palette)[1]
        ratio = self.devicePixelRatio()
        self._icon.setPixmap(icon_pixmap(_ICONS[phase], colour, _ICON_SIZE, ratio))


class _FigureLabel(QWidget):
    """A number under its name."""

    def __init__(self) -> None:
        super().__init__()
        self._name = QLabel()
        self._name.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        font = self._name.font()
        font.setPointSizeF(font.pointSizeF() * 0.85)
        self._name.setFont(font)
        self._value = QLabel()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._name)
        column.addWidget(self._value)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def name(self) -> str:
        return self._name.text()

    @property
    def value(self) -> str:
        return self._value.text()

    def show_figure(self, name: str, text: str, tip: str) -> None:
        """Show a number."""
        self._name.setText(name)
        self._value.setText(text)
        self.setToolTip(tip)


def _button(action: QAction, text: str) -> QToolButton:
    action.setIconText(text)
    button = QToolButton()
    button.setDefaultAction(action)
    button.setIconSize(QSize(16, 16))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return button

"""A line that says how far something is: a word or two, a sentence, a bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QWidget

from srcnn_gui.job_bar import duration

if TYPE_CHECKING:
    from srcnn_gui.benchmark.plan import Step

_STEPS = 1000
_DOT = "  \N{MIDDLE DOT}  "


class StepLine(QWidget):
    """Headline, detail and bar, side by side.

    Parameters
    ----------
    name : str
        What the bar is called for screen readers.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
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
        self._bar.setAccessibleName(name)
        self._bar.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._headline)
        row.addWidget(self._detail, 3)
        row.addWidget(self._bar, 2)

    @property
    def texts(self) -> tuple[str, str]:
        """What it says."""
        return self._headline.text(), self._detail.text()

    def show_step(self, headline: str, step: Step) -> None:
        """Show how far it is, what is done and how long the rest takes."""
        self.set_running(running=True)
        self._bar.setValue(round(step.fraction * _STEPS))
        left = "" if step.left_s is None else f"{duration(step.left_s)} left"
        self.say(headline, _DOT.join(filter(None, (left, step.doing))))

    def set_running(self, *, running: bool) -> None:
        """Show the bar, or do not; it begins anew."""
        if self._bar.isHidden() == running:
            self._bar.setValue(0)
            self._bar.setVisible(running)

    def say(self, headline: str, detail: str = "") -> None:
        """Show a word or two and, dimmer, a sentence."""
        self._headline.setText(headline)
        self._headline.setVisible(bool(headline))
        self._detail.setText(detail)
        self._detail.setToolTip(detail)

"""A short message beside what it is about."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget
from typing_extensions import override

from srcnn_gui.icons import icon_pixmap
from srcnn_gui.theme import Severity, severity_colours

_ICON_SIZE = 14


class Note(QWidget):
    """An icon and a sentence in the colour of its severity; takes no room while it is empty."""

    def __init__(self, severity: Severity = Severity.ERROR, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._severity = severity
        self._icon = QLabel()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self._text.setSizePolicy(policy)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5)
        row.addWidget(self._icon, alignment=Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)
        self._paint()
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()

    def show_text(self, text: str, severity: Severity | None = None) -> None:
        """Say something, or nothing."""
        if severity is not None and severity is not self._severity:
            self._severity = severity
            self._paint()
        if text != self._text.text():
            self._text.setText(text)
        self.setVisible(bool(text))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_text"):
            self._paint()

    def _paint(self) -> None:
        _, accent = severity_colours(self._severity, self.palette())
        name = self._severity.value
        self._icon.setPixmap(icon_pixmap(name, accent, _ICON_SIZE, self.devicePixelRatio()))
        palette = QPalette()
        if self._severity is not Severity.INFO:
            palette.setColor(QPalette.ColorRole.WindowText, accent)
        self._text.setPalette(palette)

"""Where results go: a folder, or beside the originals."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QToolButton, QWidget
from typing_extensions import override

from srcnn_gui.icons import icon
from srcnn_gui.shown_path import shown_path

_BESIDE = "Beside the originals"


class PlaceRow(QWidget):
    """Shows the folder, and asks for another."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder: Path | None = None
        self._shown = QLineEdit()
        self._shown.setReadOnly(True)
        self._shown.setAcceptDrops(False)
        self._shown.setPlaceholderText(_BESIDE)
        self._shown.setAccessibleName("Folder for the results")
        self._choose = _button("Choose a folder for the results")
        self._choose.clicked.connect(self.choose)
        self._beside = _button("Put every result beside its original")
        self._beside.clicked.connect(self._on_beside)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self._shown, 1)
        row.addWidget(self._choose)
        row.addWidget(self._beside)
        self.setFocusProxy(self._choose)
        self._paint()
        self.show_folder(None)

    @property
    def folder(self) -> Path | None:
        """The folder; None for beside the originals."""
        return self._folder

    def show_folder(self, folder: Path | None) -> None:
        """Show a folder; ``changed`` is not emitted."""
        self._folder = folder
        text = "" if folder is None else shown_path(folder)
        self._shown.setText(text)
        self._shown.setToolTip(_BESIDE if folder is None else str(folder))
        self._shown.setCursorPosition(len(text))  # the end tells folders apart
        self._beside.setEnabled(folder is not None)

    @Slot()
    def choose(self) -> None:
        """Ask for a folder."""
        start = "" if self._folder is None else str(self._folder)
        name = QFileDialog.getExistingDirectory(self, "Folder for the results", start)
        if name:
            self.take(Path(name))

    def take(self, folder: Path | None) -> None:
        """Put results into a folder, or beside the originals."""
        self.show_folder(folder)
        self.changed.emit()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_beside"):
            self._paint()

    def _paint(self) -> None:
        self._choose.setIcon(icon("folder", self.palette()))
        self._beside.setIcon(icon("close", self.palette()))

    @Slot()
    def _on_beside(self) -> None:
        self.take(None)


def _button(tip: str) -> QToolButton:
    button = QToolButton()
    button.setAutoRaise(True)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    return button

"""The reports that were written, to be read, copied and attached."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from srcnn.crash_report import list_reports
from srcnn_gui.desktop import show_folder

_PRIVACY = (
    "Reports are kept on this computer and sent nowhere. They hold no pictures, and of the names "
    "of your files only the endings. To report a problem, attach one, and add what you did."
)
_NONE = "There are no reports: nothing has gone wrong so far."


class ReportDialog(QDialog):
    """Shows a report, and lets the older ones be chosen.

    Parameters
    ----------
    folder : Path
        Where reports are.
    parent : QWidget or None
        The window it belongs to.
    """

    def __init__(self, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Problem reports")
        self._folder = folder
        self._choice = QComboBox()
        self._choice.setAccessibleName("Report")
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setTabChangesFocus(True)
        self._text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._text.setAccessibleName("Text of the report")
        self._text.setMinimumSize(640, 360)
        privacy = QLabel(_PRIVACY)
        privacy.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self._copy = buttons.addButton("&Copy", QDialogButtonBox.ButtonRole.ActionRole)
        self._copy.clicked.connect(self._on_copy_clicked)
        opens = buttons.addButton("Open &folder", QDialogButtonBox.ButtonRole.ActionRole)
        opens.clicked.connect(self._on_open_clicked)
        column = QVBoxLayout(self)
        column.addWidget(privacy)
        column.addWidget(self._choice)
        column.addWidget(self._text, 1)
        column.addWidget(buttons)
        for report in list_reports(folder):
            self._choice.addItem(report.name, str(report))
        self._choice.currentIndexChanged.connect(self._on_chosen)
        self._on_chosen(self._choice.currentIndex())
        buttons.button(QDialogButtonBox.StandardButton.Close).setFocus(
            Qt.FocusReason.OtherFocusReason
        )

    @property
    def text(self) -> str:
        """What it shows."""
        return self._text.toPlainText()

    def choose(self, report: Path) -> None:
        """Show a report, wherever it is."""
        index = self._choice.findData(str(report))
        if index < 0:
            self._choice.insertItem(0, report.name, str(report))
            index = 0
        self._choice.setCurrentIndex(index)
        self._on_chosen(index)

    @Slot(int)
    def _on_chosen(self, index: int) -> None:
        self._choice.setEnabled(index >= 0)
        self._copy.setEnabled(index >= 0)
        self._copy.setText("&Copy")
        self._text.setPlainText(_NONE if index < 0 else _read(self._choice.itemData(index)))

    @Slot()
    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.text)
        self._copy.setText("Copied")

    @Slot()
    def _on_open_clicked(self) -> None:
        show_folder(self._folder)


def _read(name: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        return f"It cannot be read any more ({error.strerror or error})."

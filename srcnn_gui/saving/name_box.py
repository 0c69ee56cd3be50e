"""Where a result is saved: rows of a form for its name, its folder and its format."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
)

from srcnn.errors import OutputError
from srcnn.formats import FORMATS
from srcnn_gui.saving.choices import FILTERS, check_ending, names_a_format, with_suffix
from srcnn_gui.shown_path import shown_path

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from srcnn.formats import Format

_WIDTH = 400
_MOST_BYTES = 255  # of a name, on all usual drives


class NameRows(QObject):
    """A name that can be typed, a folder that can be changed, and a format that follows the name.

    Parameters
    ----------
    form : QFormLayout
        Gets the rows.
    dialog : QWidget
        Owner.
    folder, suffix
        To begin with.
    """

    changed = Signal()

    def __init__(self, form: QFormLayout, dialog: QWidget, folder: Path, suffix: str) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        self._agreed: Path | None = None
        self._is_named = False
        self._name = QLineEdit()
        self._place = QLabel()
        self._change = QPushButton("Chan&ge\N{HORIZONTAL ELLIPSIS}")
        self._format = QComboBox()
        for end, text in FILTERS.items():
            self._format.addItem(text.partition(" (")[0], end)
        self._lay_out(form)
        self._show_folder(folder)
        self._show_format(suffix)
        self._name.textEdited.connect(self._on_name_edited)
        self._format.activated.connect(self._on_format_activated)
        self._change.clicked.connect(self._on_change)

    @property
    def path(self) -> Path:
        """Where to, with the ending of the format if none was typed."""
        return with_suffix(self.folder / self._name.text().strip(), self.suffix)

    @property
    def suffix(self) -> str:
        """The ending that the format adds."""
        return str(self._format.currentData())

    @property
    def kept(self) -> Format:
        """The format."""
        return FORMATS[self.path.suffix.lower()]

    @property
    def is_agreed(self) -> bool:
        """Whether the file dialog has asked about replacing what has this name."""
        return self.path == self._agreed

    def suggest(self, name: str) -> None:
        """Show a name, unless the user named the file."""
        if not self._is_named:
            self._name.setText(name)
            self._name.setSelection(0, len(Path(name).stem))

    def check(self) -> None:
        """See that there is a name for a file that can be written.

        Raises
        ------
        OutputError
            If there is none, it leads elsewhere, or it asks for a format that is only read.
        """
        name = self._name.text().strip()
        if not name:
            raise OutputError("The file has no name", hint="Type one.")
        if Path(name).name != name:
            raise OutputError("A name has no folders in it", hint="Choose the folder with Change.")
        if len(os.fsencode(name)) > _MOST_BYTES:
            raise OutputError("The name is too long", hint="Use fewer letters.")
        check_ending(Path(name))

    def _lay_out(self, form: QFormLayout) -> None:
        place = QHBoxLayout()
        place.addWidget(self._place, 1)
        place.addWidget(self._change)
        form.addRow("&Name", self._name)
        form.addRow("Folder", place)
        form.addRow("&Format", self._format)
        self._name.setMinimumWidth(_WIDTH)
        label = form.labelForField(self._name)  # as wide as the longest, which comes and goes
        label.setMinimumWidth(label.fontMetrics().horizontalAdvance("Compression:"))
        self._place.setTextFormat(Qt.TextFormat.PlainText)
        self._change.setObjectName("change")
        self._change.setAutoDefault(False)
        self._change.setToolTip("Choose another folder and name")

    def _show_folder(self, folder: Path) -> None:
        self.folder = folder
        room = _WIDTH - self._change.sizeHint().width() - 10
        middle = Qt.TextElideMode.ElideMiddle
        self._place.setText(self._place.fontMetrics().elidedText(shown_path(folder), middle, room))
        self._place.setToolTip(str(folder))

    def _show_format(self, suffix: str) -> None:
        """Show the format of an ending; of several endings one stands in the list."""
        known = [FORMATS[self._format.itemData(k)] for k in range(self._format.count())]
        self._format.setCurrentIndex(known.index(FORMATS.get(suffix, FORMATS[".png"])))

    @Slot(str)
    def _on_name_edited(self, name: str) -> None:
        self._is_named = True
        suffix = Path(name.strip()).suffix.lower()
        if suffix in FORMATS:
            self._show_format(suffix)
        self.changed.emit()

    @Slot()
    def _on_format_activated(self) -> None:
        name = Path(self._name.text().strip())
        if names_a_format(name):
            self._name.setText(name.stem + self.suffix)
        self.changed.emit()

    @Slot()
    def _on_change(self) -> None:
        name, chosen = QFileDialog.getSaveFileName(
            self._dialog,
            "Save result",
            str(self.path),
            ";;".join(FILTERS.values()),
            FILTERS[self.suffix],
        )
        if not name:
            return
        suffix = next((end for end, text in FILTERS.items() if text == chosen), ".png")
        path = Path(name) if names_a_format(Path(name)) else with_suffix(Path(name), suffix)
        has_asked = path == Path(name) and path.exists()  # it saw no ending that was added
        self._agreed = path if has_asked else None
        self._is_named = True
        self._name.setText(path.name)
        self._show_folder(path.parent)
        self._show_format(path.suffix.lower() if path.suffix.lower() in FORMATS else suffix)
        self.changed.emit()

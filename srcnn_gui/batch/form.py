"""One setting for all pictures of the batch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from srcnn.batch.plan import FIELDS
from srcnn.files import shown_name
from srcnn.formats import FORMATS, JPEG
from srcnn.save_options import limits
from srcnn_gui.batch.becoming import target_of
from srcnn_gui.batch.choices import Choices
from srcnn_gui.batch.place_row import PlaceRow
from srcnn_gui.batch.rows import Found
from srcnn_gui.batch.size_row import SizeRow
from srcnn_gui.saving.options_box import FormatOptions
from srcnn_gui.training.editors import CalmComboBox, form_layout
from srcnn_gui.training.notes import Note
from srcnn_gui.viewer.method_library import AUTO

if TYPE_CHECKING:
    from collections.abc import Sequence

    from srcnn.device import Device
    from srcnn.method import Method

_FORMATS = {
    "": "As the picture",
    ".png": "PNG",
    ".jpg": "JPEG",
    ".tif": "TIFF",
    ".webp": "WebP",
    ".avif": "AVIF",
}
_NAMES_TIP = (
    "What results are called. In braces: {stem}, the picture's name; {scale}; {method}; "
    "{number}, its place in the queue, also as {number:04}; {suffix}, the ending."
)
_EXAMPLE = Found(Path("/", "photo.jpg"))
_EXISTING = {
    False: ("Skip the picture", "What is there stays; so a batch continues where it was"),
    True: ("Overwrite the file", "What is there is replaced when the new file is ready"),
}


class BatchForm(QWidget):
    """Chooses method, size, device, place, names, format and what happens to files there."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices = Choices()
        self._example_of = _EXAMPLE
        self._example_number = 1
        self._method = CalmComboBox()
        self._device = CalmComboBox()
        self._size = SizeRow()
        self.place = PlaceRow()
        self._keeps_folders = QCheckBox("&Keep the folders below")
        self._keeps_folders.setToolTip(
            "Results go into folders of the same names as those their pictures come from"
        )
        self._pattern = QLineEdit()
        self._pattern.setToolTip(_NAMES_TIP)
        self._example = QLabel()
        self._fields = QLabel(" ".join(f"{{{name}}}" for name in FIELDS))
        self._problem = Note()
        self._format = CalmComboBox()
        self._limits = QLabel()
        self._existing = CalmComboBox()
        self._rows = form_layout()
        self._lay_out()
        self._options = FormatOptions(self._rows, self)
        self._rows.addRow("&If it exists", self._existing)
        self._fill()
        self.set_choices(self._choices)
        self._connect()

    @property
    def choices(self) -> Choices:
        """What is chosen."""
        return self._choices

    def set_choices(self, choices: Choices) -> None:
        """Show these choices; ``changed`` is not emitted."""
        self._choices = choices
        with QSignalBlocker(self):
            self._show_entry(self._method, choices.method)
            self._show_entry(self._device, choices.device)
            self._size.show_choices(choices)
            self.place.show_folder(choices.output)
            self._keeps_folders.setChecked(choices.keeps_folders)
            self._pattern.setText(choices.pattern)
            self._format.setCurrentIndex(max(0, self._format.findData(choices.suffix)))
            self._options.show_options(choices.options)
            self._existing.setCurrentIndex(self._existing.findData(choices.overwrites))
        self._choices = choices  # signals of the editors may have read half of it
        self._show_consequences()

    def offer_methods(self, methods: Sequence[Method]) -> None:
        """List the methods there are; a chosen one stays chosen, also when it is not there."""
        with QSignalBlocker(self._method):
            self._method.clear()
            for method in methods:
                self._method.addItem(method.label, method.id)
            self._show_entry(self._method, self._choices.method)

    def offer_devices(self, devices: Sequence[Device]) -> None:
        """List the devices there are, if there are several."""
        with QSignalBlocker(self._device):
            self._device.clear()
            self._device.addItem("As the window", AUTO)
            for device in devices:
                self._device.addItem(device.label, device.id)
            self._show_entry(self._device, self._choices.device)
        self._rows.setRowVisible(self._device, len(devices) > 1)

    def show_example(self, found: Found | None, number: int = 1) -> None:
        """Show what a picture will be called, or one that is made up."""
        self._example_of, self._example_number = found or _EXAMPLE, number
        self._show_consequences()

    @Slot(bool)
    def set_with_folders(self, with_folders: bool) -> None:
        """Take in whether folders below are looked into: that is chosen above the queue."""
        self._choices = replace(self._choices, with_folders=with_folders)
        self.changed.emit()

    def _lay_out(self) -> None:
        dim = QPalette.ColorRole.PlaceholderText
        for label in (self._example, self._fields, self._limits):
            label.setForegroundRole(dim)
            label.setWordWrap(label is not self._fields)
        self._rows.addRow("&Method", self._method)
        self._rows.addRow("Si&ze", self._size)
        self._rows.addRow("De&vice", self._device)
        self._rows.addRow("Fo&lder", self.place)
        self._rows.addRow("", self._keeps_folders)
        self._rows.addRow("&Names", self._pattern)
        self._rows.addRow("", self._example)
        self._rows.addRow("", self._fields)
        self._rows.addRow(self._problem)
        self._rows.addRow("F&ormat", self._format)
        self._rows.addRow("", self._limits)
        self._rows.setRowVisible(self._device, False)
        self._rows.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 10, 8)
        column.addLayout(self._rows)
        column.addStretch(1)
        for widget, name in {
            self._method: "Method",
            self._device: "Device",
            self._pattern: "Names of the results",
            self._format: "Format of the results",
            self._existing: "If a result exists already",
        }.items():
            widget.setAccessibleName(name)

    def _fill(self) -> None:
        for suffix, text in _FORMATS.items():
            if not suffix or suffix in FORMATS:
                self._format.addItem(text, suffix)
        for place, (overwrites, (text, tip)) in enumerate(_EXISTING.items()):
            self._existing.addItem(text, overwrites)
            self._existing.setItemData(place, tip, Qt.ItemDataRole.ToolTipRole)

    def _connect(self) -> None:
        for box in (self._method, self._device, self._format, self._existing):
            box.currentIndexChanged.connect(self._on_changed)
        self._size.changed.connect(self._on_changed)
        self.place.changed.connect(self._on_changed)
        self._keeps_folders.toggled.connect(self._on_changed)
        self._pattern.textEdited.connect(self._on_changed)
        self._options.changed.connect(self._on_changed)

    def _show_entry(self, box: CalmComboBox, id_: str) -> None:
        """Show an entry; one that is not there (yet) by its id."""
        place = box.findData(id_)
        if place < 0 and id_:
            box.addItem(id_, id_)
            place = box.count() - 1
        box.setCurrentIndex(place)

    def _show_consequences(self) -> None:
        """Show an example of the names, and the options that the format has."""
        choices = self._choices
        problem = choices.naming_problem
        self._problem.show_text(problem)
        self._rows.setRowVisible(self._problem, bool(problem))
        self._rows.setRowVisible(self._example, not problem)
        if not problem:
            found, number = self._example_of, self._example_number
            name = target_of(found, number, choices, choices.naming()).name
            self._example.setText(f"{shown_name(found.path)} \N{RIGHTWARDS ARROW} {name}")
        self._keeps_folders.setEnabled(choices.output is not None)
        self._options.show_format(FORMATS[choices.suffix] if choices.suffix else JPEG)
        self._limits.setText(limits(FORMATS[choices.suffix]) if choices.suffix else "")
        self._rows.setRowVisible(self._limits, bool(choices.suffix))
        self._existing.setToolTip(_EXISTING[choices.overwrites][1])

    @Slot()
    def _on_changed(self) -> None:
        self._choices = replace(
            self._size.taken(self._choices),
            method=str(self._method.currentData() or self._choices.method),
            device=str(self._device.currentData() or self._choices.device),
            output=self.place.folder,
            keeps_folders=self._keeps_folders.isChecked(),
            pattern=self._pattern.text(),
            suffix=str(self._format.currentData() or ""),
            overwrites=bool(self._existing.currentData()),
            options=self._options.options,
        )
        self._show_consequences()
        if not self.signalsBlocked():
            self.changed.emit()

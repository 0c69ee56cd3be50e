"""What to measure: pictures, methods, scales."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from srcnn.method import ALL_SCALES
from srcnn.samples import SAMPLES
from srcnn_gui.benchmark.boxes import toggle
from srcnn_gui.benchmark.choices import Choices
from srcnn_gui.benchmark.columns import short_names
from srcnn_gui.framed_boxes import FramedBoxes
from srcnn_gui.icons import icon
from srcnn_gui.shown_path import shown_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from srcnn.device import Device
    from srcnn.method import Method

_DEVICES_TIP = (
    "What networks are measured on; if none is down, on what the tool bar says. "
    "The other methods run on the processor alone."
)
_TIMES = "\N{MULTIPLICATION SIGN}"
_ID = Qt.ItemDataRole.UserRole
_ICON = QSize(16, 16)


class BenchmarkForm(QWidget):
    """Chooses pictures, methods, scales and, where there are several, devices."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices = Choices()
        self._methods_known: tuple[str, ...] = ()
        self._shown = QLineEdit()
        self._shown.setReadOnly(True)
        self._shown.setAcceptDrops(False)  # the panel takes them
        self._shown.setPlaceholderText("Choose or drop a folder")
        self._shown.setAccessibleName("Pictures")
        self._choose = _button("Choose the folder of pictures to measure")
        self._choose.clicked.connect(self.choose)
        self._samples = _button(f"Measure the {len(SAMPLES)} samples that come with the program")
        self._samples.clicked.connect(self._on_samples)
        self._methods = QListWidget()
        self._methods.setAccessibleName("Methods")
        self._methods.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self._methods.itemChanged.connect(self._on_ticked)
        self._methods.setItemDelegate(FramedBoxes(self._methods))
        self._methods.setSpacing(1)
        self._scales = {
            scale: toggle(f"{_TIMES}{scale}", f"Measure enlarging by {scale}")
            for scale in sorted(ALL_SCALES)
        }
        for box in self._scales.values():
            box.toggled.connect(self._on_ticked)
        self._devices: dict[str, QToolButton] = {}
        self._devices_part = QWidget()
        self._lay_out()
        self._paint()
        self.set_choices(self._choices)

    @property
    def choices(self) -> Choices:
        """What is chosen; methods in the order of the list."""
        return self._choices

    @property
    def can_take(self) -> bool:
        """Whether another folder can be chosen now."""
        return self._choose.isEnabled()

    def set_choices(self, choices: Choices) -> None:
        """Show these choices; ``changed`` is not emitted."""
        self._choices = choices
        self._show_pictures()
        for scale, box in self._scales.items():
            box.blockSignals(True)
            box.setChecked(scale in choices.scales)
            box.blockSignals(False)
        for id_, box in self._devices.items():
            box.blockSignals(True)
            box.setChecked(id_ in choices.devices)
            box.blockSignals(False)
        self._methods.blockSignals(True)
        for item in self._items():
            is_chosen = item.data(_ID) in choices.methods
            item.setCheckState(Qt.CheckState.Checked if is_chosen else Qt.CheckState.Unchecked)
        self._methods.blockSignals(False)

    def offer_methods(self, methods: Sequence[Method]) -> None:
        """List the methods there are; those that are chosen stay so, also out of the list."""
        self._methods.blockSignals(True)
        self._methods.clear()
        for method in methods:
            item = QListWidgetItem(method.label)
            item.setData(_ID, method.id)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable)
            scales = ", ".join(f"{_TIMES}{scale}" for scale in sorted(method.scales))
            item.setToolTip(f"{method.id}: {scales}")
            self._methods.addItem(item)
        self._methods_known = tuple(method.id for method in methods)
        self._methods.blockSignals(False)
        self.set_choices(self._choices)

    def offer_devices(self, devices: Sequence[Device]) -> None:
        """Offer the devices there are, if there are several; what is chosen stays so."""
        if tuple(self._devices) == tuple(device.id for device in devices):
            return
        for box in self._devices.values():
            self._devices_row.removeWidget(box)
            box.deleteLater()
        names = short_names(devices)
        self._devices = {d.id: toggle(names[d.id], f"{d.label}\n{_DEVICES_TIP}") for d in devices}
        for place, box in enumerate(self._devices.values()):
            box.toggled.connect(self._on_ticked)
            self._devices_row.insertWidget(place, box)
        self._devices_part.setVisible(len(devices) > 1)
        self.set_choices(self._choices)

    def set_busy(self, busy: bool) -> None:
        """Let nothing be changed while it is measured."""
        for widget in (self._choose, self._samples, self._methods, *self._scales.values()):
            widget.setEnabled(not busy)
        self._devices_part.setEnabled(not busy)

    @Slot()
    def choose(self) -> None:
        """Ask for a folder."""
        start = "" if self._choices.folder is None else str(self._choices.folder)
        name = QFileDialog.getExistingDirectory(self, "Pictures to measure", start)
        if name:
            self.take(Path(name))

    def take(self, folder: Path | None) -> None:
        """Measure the pictures of a folder, or the samples."""
        self._choices = replace(self._choices, folder=folder, samples=folder is None)
        self._show_pictures()
        self.changed.emit()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_samples"):
            self._paint()

    def _lay_out(self) -> None:
        pictures = QHBoxLayout()
        pictures.setSpacing(2)
        pictures.addWidget(self._shown, 1)
        pictures.addWidget(self._choose)
        pictures.addWidget(self._samples)
        scales = QHBoxLayout()
        scales.setSpacing(4)
        for box in self._scales.values():
            scales.addWidget(box)
        scales.addStretch()
        self._devices_row = QHBoxLayout()
        self._devices_row.setSpacing(4)
        self._devices_row.addStretch()
        devices = QVBoxLayout(self._devices_part)
        devices.setContentsMargins(0, 0, 0, 4)
        devices.setSpacing(4)
        devices.addWidget(_heading("Devices"))
        devices.addLayout(self._devices_row)
        self._devices_part.setToolTip(_DEVICES_TIP)
        self._devices_part.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 4, 6, 8)
        column.setSpacing(4)
        column.addWidget(_heading("Pictures"))
        column.addLayout(pictures)
        column.addSpacing(4)
        column.addWidget(_heading("Scales"))
        column.addLayout(scales)
        column.addSpacing(4)
        column.addWidget(self._devices_part)
        column.addWidget(_heading("Methods"))
        column.addWidget(self._methods, 1)

    def _paint(self) -> None:
        self._choose.setIcon(icon("folder", self.palette()))
        self._samples.setIcon(icon("sample", self.palette()))

    def _show_pictures(self) -> None:
        folder, samples = self._choices.folder, self._choices.samples
        place = "" if folder is None else shown_path(folder)
        text = f"{len(SAMPLES)} samples" if samples else place
        self._shown.setText(text)
        self._shown.setToolTip("" if folder is None else str(folder))
        self._shown.setCursorPosition(len(text))  # the end tells folders apart

    def _items(self) -> list[QListWidgetItem]:
        return [self._methods.item(row) for row in range(self._methods.count())]

    @Slot()
    def _on_samples(self) -> None:
        self.take(None)

    @Slot()
    def _on_ticked(self) -> None:
        ticked = [i.data(_ID) for i in self._items() if i.checkState() is Qt.CheckState.Checked]
        absent = [id_ for id_ in self._choices.methods if id_ not in self._methods_known]
        gone = [id_ for id_ in self._choices.devices if id_ not in self._devices]
        down = [id_ for id_, box in self._devices.items() if box.isChecked()]
        self._choices = replace(
            self._choices,
            methods=(*ticked, *absent),
            scales=tuple(scale for scale, box in self._scales.items() if box.isChecked()),
            devices=(*down, *gone),
        )
        self.changed.emit()


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    return label


def _button(tip: str) -> QToolButton:
    button = QToolButton()
    button.setAutoRaise(True)
    button.setIconSize(_ICON)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    return button

"""How large a saved result is: the pane's scale, a factor, width and height, or a longest side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout, QLabel, QSpinBox, QWidget

from srcnn.final_size import MAX_FACTOR
from srcnn_gui.saving.choices import SizeChoice, SizeMode

if TYPE_CHECKING:
    from srcnn.tiles import Enlargement

_TIMES = "\N{MULTIPLICATION SIGN}"


class SizeRow(QWidget):
    """A way to say the size, and its value; width and height follow one another."""

    changed = Signal()

    def __init__(self, enlargement: Enlargement, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source = enlargement.source.size
        self._shown = SizeChoice()
        self._mode = QComboBox()
        size, dash = enlargement.size, "\N{EN DASH}"
        for mode, text in {
            SizeMode.SCALE: f"{_TIMES}{enlargement.scale} {dash} {size}",
            SizeMode.FACTOR: "Factor",
            SizeMode.WIDTH: f"Width {_TIMES} height",
            SizeMode.LONGEST: "Longest side",
        }.items():
            self._mode.addItem(text, mode)
        self._factor = QDoubleSpinBox(minimum=1, maximum=MAX_FACTOR, decimals=2, singleStep=0.5)
        self._factor.setPrefix(_TIMES)
        width, height = self._source.width, self._source.height
        self._width, self._height = _pixels(width), _pixels(height)
        self._longest = _pixels(max(width, height))
        self._times = QLabel(_TIMES)
        self._unit = QLabel("pixels")
        for editor, name in {
            self._mode: "Size",
            self._factor: "Factor",
            self._width: "Width",
            self._height: "Height",
            self._longest: "Longest side",
        }.items():
            editor.setAccessibleName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (self._mode, self._factor, self._width, self._times, self._height):
            row.addWidget(widget)
        row.addWidget(self._longest)
        row.addWidget(self._unit)
        row.addStretch(1)
        self.setFocusProxy(self._mode)
        self._mode.currentIndexChanged.connect(self._on_mode)
        self._width.valueChanged.connect(self._on_width)
        self._height.valueChanged.connect(self._on_height)
        self._factor.valueChanged.connect(self._on_changed)
        self._longest.valueChanged.connect(self._on_changed)
        self._show_editors()

    @property
    def choice(self) -> SizeChoice:
        """What is chosen; values of other ways than that stay what they were."""
        shown = replace(self._shown, mode=SizeMode(self._mode.currentData()))
        match shown.mode:
            case SizeMode.SCALE:
                return shown
            case SizeMode.FACTOR:
                return replace(shown, factor=self._factor.value())
            case SizeMode.WIDTH:
                return replace(shown, width=self._width.value(), height=self._height.value())
            case SizeMode.LONGEST:
                return replace(shown, longest=self._longest.value())

    def show_choice(self, choice: SizeChoice) -> None:
        """Set every control, within what can be made of the picture."""
        self._shown = choice
        self._factor.setValue(choice.factor)
        self._longest.setValue(choice.longest)
        self._width.setValue(choice.width)
        self._set(self._height, self._width.value() * self._source.height / self._source.width)
        self._mode.setCurrentIndex(self._mode.findData(choice.mode))

    def _set(self, side: QSpinBox, value: float) -> None:
        """Have a side follow the other."""
        with QSignalBlocker(side):
            side.setValue(round(value))

    def _show_editors(self) -> None:
        mode = SizeMode(self._mode.currentData())
        self._factor.setVisible(mode is SizeMode.FACTOR)
        for widget in (self._width, self._times, self._height):
            widget.setVisible(mode is SizeMode.WIDTH)
        self._longest.setVisible(mode is SizeMode.LONGEST)
        self._unit.setVisible(mode in (SizeMode.WIDTH, SizeMode.LONGEST))

    @Slot()
    def _on_mode(self) -> None:
        self._show_editors()
        self.changed.emit()

    @Slot(int)
    def _on_width(self, width: int) -> None:
        self._set(self._height, width * self._source.height / self._source.width)
        self.changed.emit()

    @Slot(int)
    def _on_height(self, height: int) -> None:
        self._set(self._width, height * self._source.width / self._source.height)
        self.changed.emit()

    @Slot()
    def _on_changed(self) -> None:
        self.changed.emit()


def _pixels(side: int) -> QSpinBox:
    """Return an editor for a side: from the picture's own to the most that can be made of it."""
    editor = QSpinBox(minimum=side, maximum=int(side * MAX_FACTOR), singleStep=100)
    editor.setGroupSeparatorShown(False)
    return editor

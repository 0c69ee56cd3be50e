"""How large results are: a scale, a factor, a longest side, or exact pixels."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QSpinBox, QWidget

from srcnn.final_size import MAX_FACTOR
from srcnn.method import ALL_SCALES
from srcnn_gui.batch.choices import MOST_PIXELS, Choices, SizeWay
from srcnn_gui.training.editors import CalmComboBox

_TIMES = "\N{MULTIPLICATION SIGN}"
_WAYS = {
    SizeWay.FACTOR: "By a factor",
    SizeWay.LONGEST: "Longest side",
    SizeWay.EXACT: f"Width {_TIMES} height",
}


class SizeRow(QWidget):
    """A way to say the size, and its value."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._way = CalmComboBox()
        self._way.setAccessibleName("Size")
        self._way.setToolTip(
            "Sizes that are no scale are made by the method, then brought there by bicubic"
        )
        for scale in sorted(ALL_SCALES):
            self._way.addItem(f"{_TIMES}{scale}", (SizeWay.SCALE, scale))
        for way, text in _WAYS.items():
            self._way.addItem(text, (way, 0))
        self._factor = QDoubleSpinBox(minimum=1, maximum=MAX_FACTOR, decimals=2, singleStep=0.5)
        self._factor.setPrefix(_TIMES)
        self._longest, self._width, self._height = _pixels(), _pixels(), _pixels()
        self._between = QLabel(_TIMES)
        self._editors: dict[SizeWay, tuple[QWidget, ...]] = {
            SizeWay.SCALE: (),
            SizeWay.FACTOR: (self._factor,),
            SizeWay.LONGEST: (self._longest,),
            SizeWay.EXACT: (self._width, self._between, self._height),
        }
        for editor, name in {
            self._factor: "Factor",
            self._longest: "Longest side in pixels",
            self._width: "Width in pixels",
            self._height: "Height in pixels",
        }.items():
            editor.setAccessibleName(name)
            editor.setToolTip(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._way, 1)
        for editors in self._editors.values():
            for widget in editors:
                row.addWidget(widget)
        self.setFocusProxy(self._way)
        self._way.currentIndexChanged.connect(self._on_changed)
        self._factor.valueChanged.connect(self._on_changed)
        for side in (self._longest, self._width, self._height):
            side.valueChanged.connect(self._on_changed)
        self.show_choices(Choices())

    def taken(self, choices: Choices) -> Choices:
        """Return choices with what is chosen here."""
        way, scale = self._way.currentData()
        return replace(
            choices,
            way=SizeWay(way),
            scale=scale or choices.scale,
            factor=self._factor.value(),
            longest=self._longest.value(),
            width=self._width.value(),
            height=self._height.value(),
        )

    def show_choices(self, choices: Choices) -> None:
        """Set every control; ``changed`` is not emitted."""
        with QSignalBlocker(self):
            self._factor.setValue(choices.factor)
            self._longest.setValue(choices.longest)
            self._width.setValue(choices.width)
            self._height.setValue(choices.height)
            wanted = (choices.way, choices.scale if choices.way is SizeWay.SCALE else 0)
            entries = [self._way.itemData(place) for place in range(self._way.count())]
            places = [place for place, entry in enumerate(entries) if tuple(entry) == wanted]
            self._way.setCurrentIndex(places[0])
            self._show_editors()

    def _show_editors(self) -> None:
        shown = SizeWay(self._way.currentData()[0])
        for way, editors in self._editors.items():
            for widget in editors:
                widget.setVisible(way is shown)

    @Slot()
    def _on_changed(self) -> None:
        self._show_editors()
        self.changed.emit()


def _pixels() -> QSpinBox:
    editor = QSpinBox(minimum=1, maximum=MOST_PIXELS, singleStep=100)
    editor.setGroupSeparatorShown(False)
    return editor

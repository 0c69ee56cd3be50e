"""Editors of the form's fields: a line, a choice, a tick."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPalette, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from srcnn_gui.theme import Severity
from srcnn_gui.training.fields import FieldSpec, parsed, text_of
from srcnn_gui.training.notes import Note

if TYPE_CHECKING:
    from collections.abc import Sequence

_LABEL_WIDTH = 96


class Editor(QWidget):
    """Edits one field; a message about it stands below."""

    changed = Signal()

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__()
        self.spec = spec
        self._note = Note()
        self._problem = self._info = ""
        self._line = QHBoxLayout()
        self._line.setSpacing(6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(self._line)
        column.addWidget(self._note)
        self.setToolTip(spec.tip)

    @property
    def problem(self) -> str:
        """The message beside it; empty if all is well."""
        return self._problem

    def show_problem(self, text: str) -> None:
        """Say what is wrong, or that nothing is."""
        self._problem = text
        self._say()

    def show_info(self, text: str) -> None:
        """Say what is good to know, as long as nothing is wrong."""
        self._info = text
        self._say()

    def value(self) -> object:
        """Return the value that stands there.

        Raises
        ------
        ValueError
            If it is none of this field.
        """
        raise NotImplementedError

    def show_value(self, value: object) -> None:
        """Put a value there; ``changed`` is not emitted."""
        raise NotImplementedError

    def _say(self) -> None:
        severity = Severity.ERROR if self._problem else Severity.INFO
        self._note.show_text(self._problem or self._info, severity)

    def _adopt(self, widget: QWidget, stretch: int = 0) -> None:
        widget.setToolTip(self.spec.tip)
        widget.setAccessibleName(self.spec.label)
        widget.setAccessibleDescription(self.spec.tip)
        self._line.addWidget(widget, stretch)


class LineEditor(Editor):
    """A number, numbers or a text; whatever is typed stays, and is said to be wrong."""

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(spec)
        self._edit = QLineEdit()
        self._edit.setPlaceholderText(spec.placeholder)
        self._edit.textEdited.connect(self.changed)
        self._adopt(self._edit, 1)
        if spec.unit:
            unit = QLabel(spec.unit)
            unit.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            unit.setToolTip(spec.tip)
            self._line.addWidget(unit, 1)
        self.setFocusProxy(self._edit)

    def set_placeholder(self, text: str) -> None:
        """Say what an empty line means."""
        self._edit.setPlaceholderText(text)

    @override
    def value(self) -> object:
        return parsed(self.spec, self._edit.text())

    @override
    def show_value(self, value: object) -> None:
        text = text_of(self.spec, value)
        if text != self._edit.text():
            self._edit.setText(text)
            self._edit.setCursorPosition(0)


class ChoiceEditor(Editor):
    """One of several values."""

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(spec)
        self._box = CalmComboBox()
        self._values: list[object] = []  # a box turns an enumeration into a text
        self.offer(spec.choices)
        self._box.activated.connect(self._on_activated)
        self._adopt(self._box, 1)
        self.setFocusProxy(self._box)

    def offer(self, choices: Sequence[tuple[object, str]]) -> None:
        """Replace the choices, and keep the present one if it is among them."""
        kept = self.value()
        self._values = [value for value, _ in choices]
        self._box.clear()
        self._box.addItems([text for _, text in choices])
        self.show_value(kept)

    @override
    def value(self) -> object:
        index = self._box.currentIndex()
        return self._values[index] if index >= 0 else None

    @override
    def show_value(self, value: object) -> None:
        if value in self._values:
            self._box.setCurrentIndex(self._values.index(value))

    @Slot(int)
    def _on_activated(self, _index: int) -> None:
        self.changed.emit()


class FlagEditor(Editor):
    """Yes or no."""

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(spec)
        self._box = QCheckBox("at random")
        self._box.clicked.connect(self._on_clicked)
        self._adopt(self._box, 1)
        self.setFocusProxy(self._box)

    @override
    def value(self) -> object:
        return self._box.isChecked()

    @override
    def show_value(self, value: object) -> None:
        self._box.setChecked(bool(value))

    @Slot(bool)
    def _on_clicked(self, _checked: bool) -> None:
        self.changed.emit()


class CalmComboBox(QComboBox):
    """Does not change when the page under it is scrolled."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


def form_layout() -> QFormLayout:
    """Return an empty layout for labels and editors."""
    layout = QFormLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setHorizontalSpacing(8)
    layout.setVerticalSpacing(5)
    layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    layout.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
    return layout


def field_label(spec: FieldSpec) -> QLabel:
    """Return the label of a field."""
    label = QLabel(spec.label)
    label.setToolTip(spec.tip)
    label.setFixedWidth(_LABEL_WIDTH)
    label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
    return label

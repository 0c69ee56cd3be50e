"""What the next run is to learn, a network or a dictionary, and the form of its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from srcnn_gui.training.dictionary_form import DictionaryForm
from srcnn_gui.training.dictionary_values import USERS
from srcnn_gui.training.editors import ChoiceEditor, field_label, form_layout
from srcnn_gui.training.fields import SRCNN, FieldSpec, Kind
from srcnn_gui.training.form import TrainingForm

if TYPE_CHECKING:
    from pathlib import Path

    from trainer.config import TrainConfig

_METHOD = FieldSpec(
    "method",
    "Method",
    "What learns: the network, or a dictionary for the classical methods.",
    Kind.CHOICE,
    choices=(
        (SRCNN, "SRCNN"),
        ("ksvd", "K-SVD dictionary"),
        ("sc", "Sparse coding (SC) dictionary"),
    ),
)


class SetupPage(QWidget):
    """The form of the method that is chosen.

    Attributes
    ----------
    form : TrainingForm
        That of SRCNN.

    Parameters
    ----------
    runs : Path
        Folder that the folders of new runs are made in.
    """

    changed = Signal()

    def __init__(self, runs: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form = TrainingForm(runs)
        self._forms: dict[str, TrainingForm | DictionaryForm] = {
            SRCNN: self.form,
            "ksvd": DictionaryForm("ksvd", runs),
            "sc": DictionaryForm("sc", runs),
        }
        self._choice = ChoiceEditor(_METHOD)
        self._choice.changed.connect(self._on_chosen)
        self._stack = QStackedWidget()
        top = form_layout()
        top.setContentsMargins(12, 10, 12, 0)
        top.addRow(field_label(_METHOD), self._choice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._stack, 1)
        for form in self._forms.values():
            self._stack.addWidget(form)
            form.changed.connect(self._on_changed)

    @property
    def method(self) -> str:
        """``srcnn``, ``ksvd`` or ``sc``."""
        return str(self._choice.value())

    @property
    def current(self) -> TrainingForm | DictionaryForm:
        """The form that is shown."""
        return self._forms[self.method]

    @property
    def question(self) -> TrainConfig | None:
        """What the pictures are looked through for; None if some settings are wrong."""
        form = self.current
        return form.question if isinstance(form, DictionaryForm) else form.current

    @property
    def hint(self) -> str:
        """What will come of a dictionary; empty for SRCNN."""
        return "" if self.method == SRCNN else f"Press Start. It is for: {USERS[self.method]}"

    def dictionary_form(self, method: str) -> DictionaryForm:
        """Return the form of ``ksvd`` or ``sc``."""
        form = self._forms[method]
        assert isinstance(form, DictionaryForm)
        return form

    def choose(self, method: str) -> None:
        """Choose what learns, as if it had been chosen by hand."""
        self._choice.show_value(method)
        self._on_chosen()

    def refresh(self) -> None:
        """Look again whether all is well: the name of a run may be taken by now."""
        for form in self._forms.values():
            form.refresh()

    @Slot()
    def _on_chosen(self) -> None:
        self._stack.setCurrentWidget(self.current)
        self.changed.emit()

    @Slot()
    def _on_changed(self) -> None:
        if self.sender() is self.current:
            self.changed.emit()

"""The window that is shown before a result is saved: where, how, how large, and at what cost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLayout,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from srcnn.errors import OutputError
from srcnn.formats import check_size
from srcnn.save_options import losses
from srcnn_gui.explanation import message_of
from srcnn_gui.saving.choices import (
    SaveChoices,
    SaveRequest,
    described,
    is_open_already,
    suggested_name,
    through,
)
from srcnn_gui.saving.cost_box import Cost
from srcnn_gui.saving.name_box import NameRows
from srcnn_gui.saving.options_box import FormatOptions
from srcnn_gui.saving.size_box import SizeRow
from srcnn_gui.theme import Severity
from srcnn_gui.training.notes import Note

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from srcnn.final_size import Chain
    from srcnn_gui.saving.choices import Result
    from srcnn_gui.saving.forecast import SaveForecaster


class SaveDialog(QDialog):
    """Asks for name, format and size; Enter saves.

    An existing file is replaced, and what will not fit is begun, only if the user says so.
    """

    def __init__(
        self,
        result: Result,
        choices: SaveChoices,
        forecaster: SaveForecaster,
        is_open: Callable[[Path], bool],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Save result")
        self._result = result
        self._forecaster = forecaster
        self._is_open = is_open
        self._request: SaveRequest | None = None
        self._may_replace = False
        form = QFormLayout()
        self.names = NameRows(form, self, choices.folder, choices.suffix)
        self.options = FormatOptions(form, self)
        self.size_row = SizeRow(result.enlargement)
        self.cost = Cost(forecaster)
        self._chain = QLabel()
        self._lost = Note(Severity.WARNING)
        self._problem = Note(Severity.ERROR)
        self._buttons = QDialogButtonBox()
        self._lay_out(form)
        self.options.show_options(choices.options)
        self.size_row.show_choice(choices.size)
        self.names.changed.connect(self._on_changed)
        self.options.changed.connect(self._on_changed)
        self.size_row.changed.connect(self._on_changed)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self._refresh()

    @property
    def request(self) -> SaveRequest | None:
        """What is to be saved; None while it cannot be."""
        if self._request is None:
            return None
        return replace(self._request, expected=self.cost.expected, overwrite=self._may_replace)

    @property
    def choices(self) -> SaveChoices:
        """What to begin with the next time."""
        suffix = self.names.path.suffix.lower()
        return SaveChoices(self.names.folder, suffix, self.options.options, self.size_row.choice)

    @property
    def text(self) -> str:
        """What is said of the choices, for tests and screen readers, each on a line."""
        parts = (self._chain.text(), self._lost.text, self._problem.text, self.cost.text)
        return "\n".join((*parts, *self.cost.warnings))

    @Slot()
    @override
    def accept(self) -> None:
        if self._request is None:
            return
        doubts = list(self.cost.warnings)
        path = self.names.path
        if self._is_open(path):
            self._problem.show_text(message_of(is_open_already(path)))
            return
        exists = path.exists()
        if exists and not self.names.is_agreed:
            doubts.insert(0, f"{path.name} is in {path.parent} already and would be replaced.")
        if not doubts or self._is_sure(doubts):
            self._may_replace = exists  # what comes there later is not replaced
            self._forecaster.stop()
            super().accept()

    @Slot()
    @override
    def reject(self) -> None:
        self._forecaster.stop()
        super().reject()

    def _lay_out(self, form: QFormLayout) -> None:
        form.addRow("Si&ze", self.size_row)
        form.addRow("", self._chain)
        self._chain.setTextFormat(Qt.TextFormat.PlainText)
        cancel = self._buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self._save = self._buttons.addButton(QDialogButtonBox.StandardButton.Save)
        column = QVBoxLayout(self)
        column.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        column.setSpacing(10)
        column.addLayout(form)
        for widget in (self._lost, self._problem, self.cost, self._buttons):
            column.addWidget(widget)
        cancel.setAutoDefault(False)
        self._save.setDefault(True)  # known to the dialog only now

    def _refresh(self) -> None:
        """Say what the choices lead to."""
        problem = ""
        self._request = None
        try:
            chain = self.size_row.choice.chain(self._result.enlargement)
            self._chain.setText(described(chain, self._result.enlargement))
            self.names.suggest(
                suggested_name(
                    self._result.name, self._result.enlargement, chain, self.names.suffix
                )
            )
            self._request = self._requested(chain)
        except OutputError as error:
            problem = message_of(error)
        kept, options = self.names.kept, self.options.options
        self.options.show_format(kept)
        says_losses = self._result.is_picture and not problem
        lost = losses(self._result.picture, kept, options) if says_losses else []
        self._lost.show_text(" ".join(lost))
        self._problem.show_text(problem)
        self._save.setEnabled(self._request is not None)
        self.cost.show_request(self._request)

    def _requested(self, chain: Chain) -> SaveRequest:
        """Return what is to be done.

        Raises
        ------
        OutputError
            If it cannot be.
        """
        self.names.check()
        kept = self.names.kept
        check_size(chain.size, kept)
        enlargement, size = through(self._result.enlargement, chain)
        return SaveRequest(
            enlargement, self._result.picture, self.names.path, self.options.options, size
        )

    def _is_sure(self, doubts: list[str]) -> bool:
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self,
            "Save result",
            "\n\n".join((*doubts, "Save it all the same?")),
            buttons.Save | buttons.Cancel,
            buttons.Cancel,
        )
        return answer == buttons.Save

    @Slot()
    def _on_changed(self) -> None:
        self._refresh()

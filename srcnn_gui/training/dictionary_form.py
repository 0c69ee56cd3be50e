"""The form of a dictionary's training; each mistake is told beside its field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from srcnn_gui.training.dictionary_values import (
    EXPLANATIONS,
    as_question,
    config_of,
    free_name,
    problem_of,
    sections,
)
from srcnn_gui.training.editors import Editor, LineEditor, field_label, form_layout
from srcnn_gui.training.path_editors import FoldersEditor, make_editor
from trainer.dictionary_state import USUAL, DictionaryConfig

if TYPE_CHECKING:
    from pathlib import Path

    from trainer.config import TrainConfig


class DictionaryForm(QScrollArea):
    """Every setting of a dictionary's training.

    Parameters
    ----------
    method : str
        ``ksvd`` or ``sc``.
    runs : Path
        Folder that the folders of new runs are made in.
    """

    changed = Signal()

    def __init__(self, method: str, runs: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._method, self._runs = method, runs
        self._sections = sections(method)
        self._specs = {spec.name: spec for section in self._sections for spec in section.fields}
        self._problem = self._data_problem = ""
        self._config: DictionaryConfig | None = None
        self._editors = {name: make_editor(spec) for name, spec in self._specs.items()}
        for editor in self._editors.values():
            editor.changed.connect(self._on_edited)
        self._lay_out()
        self.set_config(DictionaryConfig((), runs, method=method, **USUAL[method]))

    @property
    def problem(self) -> str:
        """Why there is nothing to start yet; empty if all is well."""
        return self._problem

    @property
    def question(self) -> TrainConfig | None:
        """What its pictures are looked through for; None if some settings are wrong."""
        return None if self._config is None else as_question(self._config)

    @property
    def data(self) -> FoldersEditor:
        """The editor of the folder that is learnt from."""
        editor = self._editors["data"]
        assert isinstance(editor, FoldersEditor)
        return editor

    def editor(self, name: str) -> Editor:
        """Return the editor of a field."""
        return self._editors[name]

    def config(self) -> DictionaryConfig:
        """Return the settings as they stand there.

        Raises
        ------
        ValueError
            If something is wrong, as ``problem`` says.
        """
        self.refresh()  # a name that was free may be taken by now
        if self._config is None or self._problem:
            raise ValueError(self._problem)
        return self._config

    def set_config(self, config: DictionaryConfig) -> None:
        """Show some settings; the run gets a new name."""
        for name, editor in self._editors.items():
            editor.show_value(None if name == "name" else getattr(config, name))
        self.refresh()

    def show_data_problem(self, problem: str) -> None:
        """Say what is wrong with the folder that is learnt from, or that nothing is."""
        if problem != self._data_problem:
            self._data_problem = problem
            self.refresh()

    def refresh(self) -> None:
        """Make the settings of what stands there, or say beside each field what is wrong."""
        values: dict[str, Any] = {}
        problems: dict[str, str] = {}
        for name, editor in self._editors.items():
            try:
                values[name] = editor.value()
            except ValueError as error:
                problems[name] = str(error)
        self._config = None
        if not problems:
            try:
                self._config = config_of(values, self._method, self._runs)
            except ValueError as error:
                name, text = problem_of(error)
                problems[name] = text
        if self._data_problem:
            problems.setdefault("data", self._data_problem)
        for name, editor in self._editors.items():
            editor.show_problem(problems.get(name, ""))
        first = next((name for name in self._specs if name in problems), None)
        self._problem = "" if first is None else f"{self._specs[first].label}: {problems[first]}"
        self._name_run(values["scale"])
        self.changed.emit()

    @override
    def sizeHint(self) -> QSize:
        return QSize(360, 420)

    def _lay_out(self) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(6)
        explanation = QLabel(EXPLANATIONS[self._method])
        explanation.setWordWrap(True)
        column.addWidget(explanation)
        for section in self._sections:
            title = QLabel(section.title)
            font = title.font()
            font.setBold(True)
            title.setFont(font)
            title.setContentsMargins(0, 8, 0, 0)
            column.addWidget(title)
            layout = form_layout()
            for spec in section.fields:
                layout.addRow(field_label(spec), self._editors[spec.name])
            column.addLayout(layout)
        column.addStretch()
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)

    def _name_run(self, scale: int) -> None:
        """Show what a run without a name will be called."""
        editor = self._editors["name"]
        if isinstance(editor, LineEditor):
            editor.set_placeholder(free_name(self._method, scale, self._runs))

    @Slot()
    def _on_edited(self) -> None:
        self.refresh()

"""The form that says what a run is to do; each mistake is told beside its field."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFormLayout,
    QLabel,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from srcnn_gui.training.editors import (
    ChoiceEditor,
    Editor,
    LineEditor,
    field_label,
    form_layout,
)
from srcnn_gui.training.fields import (
    FROM_WEIGHTS,
    NETWORKS,
    SECTIONS,
    SPECS,
    FieldSpec,
    Kind,
    Section,
)
from srcnn_gui.training.form_values import (
    PARTS,
    bundled_file,
    config_of,
    free_name,
    is_shown,
    problem_of,
    values_of,
)
from srcnn_gui.training.path_editors import FoldersEditor, WeightsEditor, make_editor
from trainer.config import TrainConfig, usual_threads
from trainer.presets import PRESETS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from srcnn.device import Device

FIRST_PRESET = "demo"
"""What the form begins with: done in two minutes, with pictures that are there."""

_PRESET = FieldSpec(
    "preset",
    "Preset",
    "Settings to start from; everything can be changed.",
    Kind.CHOICE,
    choices=tuple((name, preset.label) for name, preset in PRESETS.items()),
)
_KEPT = ("data", "validation", "held_out", "scale", "seed", "name", "device")
"""Fields that another preset leaves alone."""


class TrainingForm(QScrollArea):
    """Every setting of a run, the usual ones first.

    Parameters
    ----------
    runs : Path
        Folder that the folders of new runs are made in.
    """

    changed = Signal()

    def __init__(self, runs: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self._problem = self._data_problem = ""
        self._config: TrainConfig | None = None
        self._scale = 3
        self._preset = ChoiceEditor(_PRESET)
        self._preset.changed.connect(self._on_preset_changed)
        self._explanation = QLabel()
        self._explanation.setWordWrap(True)
        self._editors = {name: make_editor(spec) for name, spec in SPECS.items()}
        for editor in self._editors.values():
            editor.changed.connect(self._on_edited)
        self._layouts: dict[str, QFormLayout] = {}
        self._advanced = QWidget()
        self._unfold = QToolButton()
        self._lay_out()
        self.offer_devices(())
        first = PRESETS[FIRST_PRESET].config
        self.set_config(replace(first, threads=usual_threads(first.batch)))

    @property
    def problem(self) -> str:
        """Why there is nothing to start yet; empty if all is well."""
        return self._problem

    @property
    def current(self) -> TrainConfig | None:
        """The settings as they stand there, whatever is in the folder; None if some are wrong."""
        return self._config

    @property
    def data(self) -> FoldersEditor:
        """The editor of the folder that is learnt from."""
        editor = self._editors["data"]
        assert isinstance(editor, FoldersEditor)
        return editor

    def editor(self, name: str) -> Editor:
        """Return the editor of a field."""
        return self._editors[name]

    def config(self) -> TrainConfig:
        """Return the settings as they stand there.

        Raises
        ------
        ValueError
            If something is wrong, as ``problem`` says.
        """
        self._evaluate()  # a name that was free may be taken by now
        if self._config is None or self._problem:
            raise ValueError(self._problem)
        return self._config

    def set_config(self, config: TrainConfig) -> None:
        """Show some settings; the run gets a new name."""
        self._preset.show_value(config.preset)
        self._explanation.setText(PRESETS[self._chosen_preset()].explanation)
        self._show(values_of(config))
        self._scale = config.scale
        self._evaluate()

    def refresh(self) -> None:
        """Look again whether all is well: the name of a run may be taken by now."""
        self._evaluate()

    def show_data_problem(self, problem: str) -> None:
        """Say what is wrong with the folder that is learnt from, or that nothing is."""
        if problem != self._data_problem:
            self._data_problem = problem
            self._evaluate()

    def offer_devices(self, devices: Sequence[Device]) -> None:
        """Offer what can compute a run."""
        editor = self._editors["device"]
        assert isinstance(editor, ChoiceEditor)
        known = [(device.id, device.label) for device in devices]
        editor.offer(known or [("cpu", "CPU")])

    def offer_weights(self, known: Sequence[tuple[str, Path]]) -> None:
        """Offer weights to begin with, by name."""
        editor = self._editors["initial"]
        assert isinstance(editor, WeightsEditor)
        editor.offer(known)
        self._evaluate()

    @override
    def sizeHint(self) -> QSize:
        return QSize(360, 420)

    def _chosen_preset(self) -> str:
        return str(self._preset.value())

    def _lay_out(self) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(6)
        top = form_layout()
        top.addRow(field_label(_PRESET), self._preset)
        column.addLayout(top)
        column.addWidget(self._explanation)
        folded = QVBoxLayout(self._advanced)
        folded.setContentsMargins(0, 0, 0, 0)
        for section in SECTIONS:
            self._add_section(folded if section.is_advanced else column, section)
        self._unfold.setText("Advanced")
        self._unfold.setToolTip("Show or hide the settings of learning and of its pictures")
        self._unfold.setCheckable(True)
        self._unfold.setAutoRaise(True)
        self._unfold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._unfold.toggled.connect(self._on_unfolded)
        self._on_unfolded(False)
        column.addWidget(self._unfold)
        column.addWidget(self._advanced)
        column.addStretch()
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _add_section(self, column: QVBoxLayout, section: Section) -> None:
        title = QLabel(section.title)
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        title.setContentsMargins(0, 8, 0, 0)
        column.addWidget(title)
        layout = form_layout()
        for spec in section.fields:
            layout.addRow(field_label(spec), self._editors[spec.name])
            self._layouts[spec.name] = layout
        column.addLayout(layout)

    def _show(self, values: dict[str, Any]) -> None:
        for name, value in values.items():
            self._editors[name].show_value(value)

    def _values(self) -> tuple[dict[str, Any], dict[str, str]]:
        """Return what stands in the fields, and what is wrong with those that are shown."""
        usual = values_of(PRESETS[self._chosen_preset()].config)
        values, problems = dict(usual), {}
        for name, editor in self._editors.items():
            try:
                values[name] = editor.value()
            except ValueError as error:
                problems[name] = str(error)
        shown = {name: text for name, text in problems.items() if is_shown(name, values)}
        return values, shown

    def _evaluate(self) -> None:
        """Make the settings of what stands there, or say beside each field what is wrong."""
        values, problems = self._values()
        config = None
        try:
            config = config_of(values, self._chosen_preset(), self._runs)
        except ValueError as error:
            name, text = problem_of(error)
            problems.setdefault(name, text)
        self._config = None if problems else config
        if self._data_problem:
            problems.setdefault("data", self._data_problem)
        for name, editor in self._editors.items():
            editor.show_problem(problems.get(name, ""))
            self._layouts[name].setRowVisible(editor, is_shown(name, values))
        first = next((name for name in SPECS if name in problems), None)
        self._problem = "" if first is None else f"{SPECS[first].label}: {problems[first]}"
        self._name_run(config)
        if any(spec.name in problems for s in SECTIONS if s.is_advanced for spec in s.fields):
            self._unfold.setChecked(True)
        self.changed.emit()

    def _name_run(self, config: TrainConfig | None) -> None:
        """Show what a run without a name will be called."""
        editor = self._editors["name"]
        if config is not None and isinstance(editor, LineEditor):
            name = free_name(config.preset, config.spec, config.scale, self._runs)
            editor.set_placeholder(name)

    @Slot()
    def _on_preset_changed(self) -> None:
        """Take over the preset, but for what is not its business."""
        name, (values, _) = self._chosen_preset(), self._values()
        preset = PRESETS[name]
        config = preset.for_scale(values["scale"])
        shown = values_of(config) | {kept: values[kept] for kept in _KEPT}
        shown["threads"] = usual_threads(config.batch)
        if preset.needs_initial:
            shown |= {"start": FROM_WEIGHTS, "initial": bundled_file(values["scale"])}
        self._explanation.setText(preset.explanation)
        self._show(shown)
        self._evaluate()

    @Slot()
    def _on_edited(self) -> None:
        """Let what depends on the edited field follow it."""
        values, _ = self._values()
        if values["network"] in NETWORKS:
            self._show(dict(zip(PARTS, NETWORKS[values["network"]], strict=True)))
        self._follow_scale(values)
        self._evaluate()

    def _follow_scale(self, values: dict[str, Any]) -> None:
        """Change what a preset has another value of for each scale, if it was the preset's."""
        before, self._scale = self._scale, values["scale"]
        preset = PRESETS[self._chosen_preset()]
        if values["crop"] == preset.for_scale(before).crop:
            self._editors["crop"].show_value(preset.for_scale(self._scale).crop)
        if values["initial"] == bundled_file(before):
            self._editors["initial"].show_value(bundled_file(self._scale))

    @Slot(bool)
    def _on_unfolded(self, unfolded: bool) -> None:
        arrow = Qt.ArrowType.DownArrow if unfolded else Qt.ArrowType.RightArrow
        self._unfold.setArrowType(arrow)
        self._advanced.setVisible(unfolded)

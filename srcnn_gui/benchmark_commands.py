"""Commands of measuring: the panel, what starts and ends it, and what opens its pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from srcnn_gui.action_tips import enable_all_unless, enable_unless
from srcnn_gui.benchmark.choices import choices_of_text
from srcnn_gui.benchmark.columns import columns_of, devices_of
from srcnn_gui.benchmark.passport_commands import PassportCommands, passport_scale
from srcnn_gui.benchmark.plan import Measured, Plan
from srcnn_gui.benchmark.results import BASELINE, Results
from srcnn_gui.benchmark.runner import BenchmarkRunner
from srcnn_gui.benchmark.wording import computed_by, place_text, protocol_text, summary
from srcnn_gui.dock_toggle import DockToggle
from srcnn_gui.message import Topic
from srcnn_gui.table_commands import TableCommands
from srcnn_gui.viewer.choice import PaneChoice
from srcnn_gui.viewer.method_library import AUTO, IN_TRAINING
from srcnn_gui.viewer.scene import TRUTH, Mode

if TYPE_CHECKING:
    from srcnn.method import Method
    from srcnn_gui.benchmark.panel import BenchmarkPanel
    from srcnn_gui.benchmark.plan import Column, Finding
    from srcnn_gui.commands import Commands
    from srcnn_gui.file_commands import FileCommands
    from srcnn_gui.jobs import JobService
    from srcnn_gui.main_window import MainWindow
    from srcnn_gui.viewer.session import Session

_RUNNING = "A measurement is under way"
_PASSPORT = "The passport is being measured"
_READY = "Press Start to measure."


class BenchmarkCommands(QObject):
    """The Measure panel, built when it is first asked for, and the commands of its menu.

    Attributes
    ----------
    runner : BenchmarkRunner
        The job that measures.
    panel : BenchmarkPanel or None
        None until it was asked for.
    tables : TableCommands
        What copies and saves the table.
    passport : PassportCommands
        What measures by other protocols.
    """

    def __init__(
        self,
        window: MainWindow,
        session: Session,
        jobs: JobService,
        commands: Commands,
        files: FileCommands,
    ) -> None:
        super().__init__(window)
        self.runner = BenchmarkRunner(jobs, self)
        self.panel: BenchmarkPanel | None = None
        self.tables = TableCommands(window, commands)
        self.passport = PassportCommands(window, session.library, jobs, commands)
        self._window = window
        self._session = session
        self._commands = commands
        self._files = files
        self._actions = window.actions_by_id
        self._offered: tuple[str, ...] = ()
        self._columns: dict[str, Column] = {}
        for action_id, slot in {
            "measure_folder": self._on_choose_folder,
            "measure_start": self._on_start,
            "measure_anew": self._on_anew,
            "measure_cancel": self.runner.cancel,
            "measure_passport": self._on_passport,
        }.items():
            self._actions[action_id].triggered.connect(slot)
        DockToggle(self._actions["show_measure"], window.measure_dock, self.show_panel, self)
        session.views_changed.connect(self._on_state_changed)
        for runner in (self.runner, self.passport.runner):
            runner.state_changed.connect(self._on_state_changed)
        self.runner.found.connect(self._on_found)
        self.runner.succeeded.connect(self._on_succeeded)
        self.runner.cancelled.connect(self._on_cancelled)
        self.runner.failed.connect(self._on_failed)
        self._on_state_changed()

    def shutdown(self) -> None:
        """Measure no more, and say nothing of it."""
        self.runner.cancel()
        self.runner.blockSignals(True)
        self.passport.shutdown()

    def offer_devices(self) -> None:
        """Take in that the devices, and so perhaps the methods, are others."""
        self._on_state_changed()
        if self.panel is not None and not self.panel.results.rows:
            self._say_what_is_missing()

    def show_panel(self) -> BenchmarkPanel:
        """Bring the panel to the front; the first time it is built."""
        if self.panel is None:
            from srcnn_gui.benchmark.panel import BenchmarkPanel

            panel = self.panel = BenchmarkPanel(self._actions)
            panel.form.set_choices(choices_of_text(self._commands.settings.measure))
            panel.form.changed.connect(self._on_form_changed)
            panel.figures.copy_requested.connect(self.tables.copy)
            panel.figures.open_requested.connect(self._on_open_requested)
            self.tables.asked.connect(panel.refresh)
            panel.scatter.method_clicked.connect(self._on_method_clicked)
            self._on_form_changed()
        self._window.show_panel(self._window.measure_dock, self.panel)
        return self.panel

    def start(self, *, anew: bool = False) -> None:
        """Measure what the form says, or say why not; ``anew`` also what was measured before."""
        panel = self.show_panel()
        reason = self._objection()
        if reason:
            panel.strip.show_problem(f"{reason}.")
            return
        choices, library = panel.form.choices, self._session.library
        self._commands.change(measure=choices.to_text())
        border = self._commands.settings.border
        columns = columns_of(library, choices.methods, choices.devices, border)
        self._columns = {column.id: column for column in columns}
        plan = Plan(
            folder=None if choices.samples else choices.folder,
            columns=columns,
            scales=choices.scales,
            border=border,
            max_megapixels=self._commands.settings.max_megapixels,
            padding=library.padding,
            anew=anew,
        )
        device = devices_of(library, choices.devices)[0].id
        results = Results(plan.scales, [(column.id, column.label) for column in columns])
        self.tables.begin(plan, results, computed_by(plan, device, fast=library.fast))
        panel.begin(results, f"{place_text(plan)}{protocol_text(plan)}")
        self.runner.start(plan)
        self._window.messages.clear(Topic.MEASURE)

    def _methods(self) -> tuple[Method, ...]:
        registry = self._session.library.registry(AUTO, self._commands.settings.border)
        return tuple(method for id_, method in registry.items() if id_ != IN_TRAINING)

    def _chosen_methods(self) -> tuple[Method, ...]:
        chosen = () if self.panel is None else self.panel.form.choices.methods
        return tuple(method for method in self._methods() if method.id in chosen)

    def _objection(self) -> str:
        """Say why nothing can be measured now, without a full stop; empty if all is well."""
        if self.runner.is_running:
            return _RUNNING
        return _PASSPORT if self.passport.runner.is_running else self._missing()

    def _missing(self) -> str:
        """Say what the form lacks, likewise."""
        if self.panel is None:
            return ""
        choices, methods = self.panel.form.choices, self._chosen_methods()
        if choices.problem:
            return choices.problem
        if not methods:
            return "Tick at least one method"
        if not any(method.scales.intersection(choices.scales) for method in methods):
            return "None of the ticked methods can enlarge by a ticked scale"
        if any(method.needs_torch for method in methods) and not self._session.torch_is_ready:
            problem = self._session.torch_problem
            return "PyTorch is still being loaded" if problem is None else str(problem)
        return ""

    @Slot()
    def _on_state_changed(self) -> None:
        """Offer the methods there are; enable what can be done, and say why the rest cannot."""
        panel, runner = self.panel, self.runner
        if panel is not None and not runner.is_running:
            panel.form.offer_devices(self._session.library.devices)
            methods = self._methods()
            offered = tuple(method.fingerprint for method in methods)
            if offered != self._offered:
                self._offered = offered
                panel.form.offer_methods(methods)
        reason = self._objection()
        reasons = dict.fromkeys(("measure_start", "measure_anew", "measure_passport"), reason)
        can_cancel = runner.is_running and not runner.is_stopping
        reasons["measure_cancel"] = "" if can_cancel else "Nothing is being measured"
        has_rows = panel is not None and bool(panel.results.rows)
        reasons["measure_save"] = "" if has_rows else "There is no table yet"
        enable_all_unless(self._actions, reasons)
        if panel is not None:
            panel.form.set_busy(runner.is_running)

    @Slot()
    def _on_form_changed(self) -> None:
        self._on_state_changed()
        if self.panel is not None:
            self.panel.strip.show_problem("")
            self._say_what_is_missing()

    def _say_what_is_missing(self) -> None:
        if self.panel is not None and not self.runner.is_running:
            reason = self._missing()
            self.panel.strip.show_end("", f"{reason}." if reason else _READY)

    @Slot(object)
    def _on_found(self, finding: Finding) -> None:
        if self.panel is not None:
            self.panel.take(finding)
            if isinstance(finding, Measured) and not self._actions["measure_save"].isEnabled():
                enable_unless(self._actions["measure_save"], "")

    @Slot()
    def _on_succeeded(self) -> None:
        if self.panel is not None:
            self.panel.refresh()
            self.panel.strip.show_end("Done", summary(self.panel.results))

    @Slot()
    def _on_cancelled(self) -> None:
        if self.panel is not None:
            self.panel.refresh()
            detail = "Start continues where it stopped."
            self.panel.strip.show_end("Cancelled", f"{summary(self.panel.results)} {detail}")

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        if self.panel is not None:
            self.panel.refresh()
            self.panel.strip.show_end("Failed", summary(self.panel.results))
        self._window.messages.show_error(error, topic=Topic.MEASURE)

    @Slot()
    def _on_choose_folder(self) -> None:
        if not self.runner.is_running:
            self.show_panel().form.choose()

    @Slot()
    def _on_start(self) -> None:
        self.start()

    @Slot()
    def _on_anew(self) -> None:
        self.start(anew=True)

    @Slot()
    def _on_passport(self) -> None:
        """Measure the ticked methods by all protocols, or say why that is not possible."""
        panel = self.show_panel()
        reason, choices = self._objection(), panel.form.choices
        if not reason:
            scale = passport_scale(choices, panel.scatter.scale)
            methods = [method for method in self._chosen_methods() if scale in method.scales]
            if methods:
                self.passport.show(choices, methods, scale)
                return
            reason = f"None of the ticked methods can enlarge by {scale}"
        panel.strip.show_problem(f"{reason}.")

    @Slot(str, int)
    def _on_open_requested(self, image: str, scale: int) -> None:
        """Open a picture of the table in Compare, at the scale of its line."""
        if self.panel is None:
            return
        for action_id in ("mode_compare", f"scale_{scale}"):
            if not self._actions[action_id].isChecked():
                self._actions[action_id].trigger()
        self._files.open_file(self.panel.results.paths[image])

    @Slot(str, int)
    def _on_method_clicked(self, column_id: str, scale: int) -> None:
        """Open the chosen picture, the method between bicubic and the truth."""
        image = "" if self.panel is None else self.panel.figures.chosen_image(scale)
        if not image:
            return
        column = self._columns[column_id]
        method = column.method.id
        device = column.device if column.device and column.method.needs_torch else AUTO
        panes = tuple(dict.fromkeys((BASELINE, method, TRUTH)))
        self._commands.change(panes=panes)  # for a window that is empty or in Upscale
        if self._session.scene is not None and self._session.scene.setup.mode is Mode.COMPARE:
            self._session.set_panes(
                [PaneChoice(pane, device if pane == method else AUTO) for pane in panes]
            )
        self._on_open_requested(image, scale)

"""Commands of training: the panel, and what starts, holds and ends a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from srcnn.errors import SrcnnError
from srcnn_gui.action_tips import enable_all_unless, show_pause
from srcnn_gui.dock_toggle import DockToggle
from srcnn_gui.message import Topic
from srcnn_gui.training.dictionary_values import configs_of_text, text_with
from srcnn_gui.training.fields import SRCNN
from srcnn_gui.training.form_values import config_of_text, known_weights
from srcnn_gui.training.live import LiveMethod
from srcnn_gui.training.questions import ask_to_close, ask_to_discard
from srcnn_gui.training.runner import TrainingRunner
from trainer.config import TrainConfig
from trainer.control import Command

if TYPE_CHECKING:
    from srcnn_gui.commands import Commands
    from srcnn_gui.dictionary_commands import DictionaryCommands
    from srcnn_gui.jobs import JobService
    from srcnn_gui.main_window import MainWindow
    from srcnn_gui.run_commands import RunCommands
    from srcnn_gui.training.curve import RunCurve
    from srcnn_gui.training.panel import TrainingPanel
    from srcnn_gui.training.run_summary import RunSummary
    from srcnn_gui.training_cycles import TrainingCycles
    from srcnn_gui.viewer.session import Session
    from srcnn_gui.weights_commands import WeightsCommands
    from trainer.dictionary_state import DictionaryConfig

_NONE_TO_CONTINUE = "There is no run to continue"


class TrainingCommands(QObject):
    """The training panel, built when it is first asked for, and the commands of its menu.

    Attributes
    ----------
    runner : TrainingRunner
        The thread that trains.
    panel : TrainingPanel or None
        None until it was asked for.
    """

    def __init__(
        self,
        window: MainWindow,
        session: Session,
        jobs: JobService,
        commands: Commands,
        weights: WeightsCommands,
        dictionaries: DictionaryCommands,
    ) -> None:
        super().__init__(window)
        self.panel: TrainingPanel | None = None
        self.runner = TrainingRunner(session.quiet, self)
        self._window = window
        self._session = session
        self._jobs = jobs
        self._commands = commands
        self._weights = weights
        self._dictionaries = dictionaries
        self._live = LiveMethod(session, jobs, self)
        self._cycle: TrainingCycles | None = None
        self._runs: RunCommands | None = None
        self._resumable: Path | None = None
        self._wants_resume = False
        self._actions = window.actions_by_id
        window.checks_before_closing.append(self.may_close)
        for action_id, slot in {
            "train_data": self._on_choose_data,
            "train_start": self._on_start,
            "train_pause": self._on_pause,
            "train_stop": self.runner.stop,
            "train_discard": self._on_discard,
            "train_resume": self._on_resume,
        }.items():
            self._actions[action_id].triggered.connect(slot)
        DockToggle(self._actions["show_training"], window.training_dock, self.show_panel, self)
        session.views_changed.connect(self._on_state_changed)
        self.runner.state_changed.connect(self._on_state_changed)
        self._on_state_changed()

    @property
    def runs_folder(self) -> Path:
        """Where runs are kept."""
        chosen = self._commands.settings.runs_folder
        if chosen:
            return Path(chosen)
        from platformdirs import user_data_path

        return user_data_path("srcnn-studio", appauthor=False) / "runs"

    def offer_devices(self) -> None:
        """Offer the devices that are known by now."""
        if self.panel is not None:
            self.panel.form.offer_devices(self._session.library.devices)
        self._on_state_changed()

    def may_close(self) -> bool:
        """Tell whether the window may close; during a run the person is asked."""
        return not self.runner.is_running or ask_to_close(self._window)

    def shutdown(self) -> None:
        """Put the run aside and wait until it is; nothing is said of it any more."""
        self.runner.shutdown()
        self.runner.blockSignals(True)
        self._live.shutdown()
        if self.panel is not None:
            self.panel.dataset.shutdown()

    def show_panel(self) -> tuple[TrainingPanel, TrainingCycles]:
        """Bring the panel to the front; the first time it is built."""
        if self.panel is None or self._cycle is None:
            self.panel, self._cycle = self._build()
            self._on_state_changed()
        self._window.show_panel(self._window.training_dock, self.panel)
        return self.panel, self._cycle

    def start(self) -> None:
        """Start a run as the form says, or say why that is not possible."""
        panel, cycle = self.show_panel()
        reason = self._objection(panel.setup.method)
        if not reason:
            try:
                config = panel.setup.current.config()
            except ValueError as error:  # a name that was free is taken by now
                reason = str(error)
            else:
                self._remember(config)
                cycle.start(config)
                return
        self._window.messages.show_warning(f"No run can be started. {reason}", topic=Topic.TRAINING)

    def _remember(self, config: TrainConfig | DictionaryConfig) -> None:
        """Keep the settings of a run: the form begins with them next time."""
        if isinstance(config, TrainConfig):
            self._commands.change(training=json.dumps(config.as_dict()))
        else:
            text = text_with(self._commands.settings.dictionaries, config)
            self._commands.change(dictionaries=text)

    def resume(self, folder: Path) -> None:
        """Go on with the run in a folder."""
        _, cycle = self.show_panel()
        try:
            cycle.resume(folder)
        except SrcnnError as error:
            self._window.messages.show_error(error, topic=Topic.TRAINING)

    def _build(self) -> tuple[TrainingPanel, TrainingCycles]:
        from srcnn_gui.run_commands import RunCommands
        from srcnn_gui.training.panel import TrainingPanel
        from srcnn_gui.training_cycles import TrainingCycles

        window, runs_folder = self._window, self.runs_folder
        panel = TrainingPanel(self._actions, self._jobs, runs_folder)
        panel.form.offer_devices(self._session.library.devices)
        panel.form.offer_weights(known_weights(self._commands.settings.weights_files))
        before = config_of_text(self._commands.settings.training)
        if before is not None:
            panel.form.set_config(before)
        for method, known in configs_of_text(self._commands.settings.dictionaries).items():
            panel.setup.dictionary_form(method).set_config(known)
        panel.ready_changed.connect(self._on_state_changed)
        panel.run_list.continue_requested.connect(self._on_continue_requested)
        panel.curves.failed.connect(self._on_failed)
        opened = self._weights, self._dictionaries
        cycle = TrainingCycles(window, panel, self.runner, self._live, *opened)
        cycle.changed.connect(self._on_cycle_changed)
        runs = RunCommands(window, panel, self._jobs, self._commands, *opened, runs_folder)
        runs.listed.connect(self._on_listed)
        runs.overlays_read.connect(self._on_overlays_read)
        runs.moved.connect(cycle.follow)
        runs.moved.connect(self._dictionaries.follow)
        runs.refresh()
        self._runs = runs
        return panel, cycle

    def _objection(self, method: str = SRCNN) -> str:
        """Say why no run can be started now, as a sentence; empty if one can."""
        if self.runner.is_running:
            return "A run is under way: stop it first"
        if method != SRCNN:
            return ""  # dictionaries do without PyTorch
        if self._session.torch_problem is not None:
            return str(self._session.torch_problem)
        if not self._session.torch_is_ready:
            return "PyTorch is still being loaded"
        return ""

    @Slot()
    def _on_state_changed(self) -> None:
        """Enable what can be done now, and say why the rest cannot."""
        actions, runner = self._actions, self.runner
        method = SRCNN if self.panel is None else self.panel.setup.method
        reason, busy = self._objection(method), self._objection()
        wrong = self.panel.problem if self.panel is not None else ""
        none = "" if self.panel is None or self._resumable else _NONE_TO_CONTINUE
        can_end = runner.is_running and runner.wish is Command.GO_ON
        idle = "" if can_end else "No run is under way"
        reasons = {"train_start": reason or wrong, "train_resume": busy or none}
        reasons |= dict.fromkeys(("train_pause", "train_stop", "train_discard"), idle)
        enable_all_unless(actions, reasons)
        show_pause(actions["train_pause"], is_paused=runner.is_paused)
        if self.panel is not None:
            self.panel.run_list.set_busy(busy)
            self.panel.strip.show_hint(reason or wrong or self.panel.setup.hint)

    @Slot()
    def _on_choose_data(self) -> None:
        panel, _ = self.show_panel()
        panel.form.data.choose()

    @Slot()
    def _on_start(self) -> None:
        self.start()

    @Slot()
    def _on_pause(self) -> None:
        if self.runner.is_paused:
            self.runner.go_on()
        else:
            self.runner.pause()

    @Slot()
    def _on_discard(self) -> None:
        if ask_to_discard(self._window):
            self.runner.discard()

    @Slot()
    def _on_resume(self) -> None:
        self._wants_resume = self.panel is None  # then the runs are not listed yet
        self.show_panel()
        if self._resumable is not None:
            self.resume(self._resumable)

    @Slot(object)
    def _on_continue_requested(self, run: RunSummary) -> None:
        self.resume(run.path)

    @Slot()
    def _on_cycle_changed(self) -> None:
        if self._runs is not None and self._cycle is not None:
            self._runs.set_running(self._cycle.running)
        if self.panel is not None:
            self.panel.setup.refresh()
            self.panel.form.offer_weights(known_weights(self._commands.settings.weights_files))

    @Slot(object)
    def _on_listed(self, summaries: tuple[RunSummary, ...]) -> None:
        from srcnn_gui.training.run_summary import RunStatus

        waiting = [run.path for run in summaries if run.status is RunStatus.CONTINUABLE]
        self._resumable = waiting[0] if waiting else None
        self._on_state_changed()
        if self._wants_resume:
            self._wants_resume = False
            if self._resumable is None:
                self._window.messages.show_info(_NONE_TO_CONTINUE, topic=Topic.TRAINING)
            elif not self._objection():
                self.resume(self._resumable)

    @Slot(object)
    def _on_overlays_read(self, curves: tuple[RunCurve, ...]) -> None:
        if self._cycle is not None:
            self._cycle.front.show_others(curves)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._window.messages.show_error(error)

"""A run from its start to what comes of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from srcnn_gui.message import Topic
from srcnn_gui.training.run_in_front import RunInFront
from srcnn_gui.training.status import Phase, outcome, with_phase, with_problem
from srcnn_gui.viewer.method_library import IN_TRAINING
from trainer.control import Command
from trainer.events import RunStarted, StopReason
from trainer.run_claim import FolderClaimed
from trainer.run_folder import RunFolder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from srcnn_gui.main_window import MainWindow
    from srcnn_gui.training.live import LiveMethod
    from srcnn_gui.training.panel import TrainingPanel
    from srcnn_gui.training.runner import Job, TrainingRunner
    from srcnn_gui.weights_commands import OpenedWeights, WeightsCommands
    from trainer.config import TrainConfig
    from trainer.control import Control
    from trainer.events import TrainEvent


class RunCycle(QObject):
    """Starts and resumes runs, shows what they report and says what came of them.

    Attributes
    ----------
    front : RunInFront
        The run that the panel shows.
    """

    changed = Signal()  # it begins or ends

    def __init__(
        self,
        window: MainWindow,
        panel: TrainingPanel,
        runner: TrainingRunner,
        live: LiveMethod,
        weights: WeightsCommands,
    ) -> None:
        super().__init__(panel)
        self.front = RunInFront(panel, live)
        self._window = window
        self._runner = runner
        self._weights = weights
        self._is_ours = False  # the runner's run is one of a network
        self._is_new = False
        self._error: Exception | None = None
        self._result: Path | None = None
        runner.event_received.connect(self._on_event)
        runner.failed.connect(self._on_failed)
        runner.finished.connect(self._on_finished)
        runner.state_changed.connect(self._on_state_changed)
        weights.opened.connect(self._on_weights_opened)

    def start(self, config: TrainConfig) -> None:
        """Start a new run."""
        self._begin(partial(begin_run, config), config, is_new=True)

    def resume(self, folder: Path) -> None:
        """Go on with the run in a folder.

        Raises
        ------
        TrainingError
            If there is none.
        """
        config = RunFolder(folder).read_config()
        self._begin(partial(resume_run, folder), config, is_new=False)

    def _begin(self, job: Job, config: TrainConfig, *, is_new: bool) -> None:
        self._is_ours = True
        self._is_new, self._error, self._result = is_new, None, None
        self._window.messages.clear(Topic.TRAINING)
        self.front.begin(RunFolder(config.out), config.patience)
        self._runner.start(job)
        self.changed.emit()

    @Slot(object)
    def _on_event(self, event: TrainEvent) -> None:
        if not self._is_ours:
            return
        self.front.add(event)
        if isinstance(event, RunStarted) and event.note:
            self._window.messages.show_info(event.note, topic=Topic.TRAINING)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._error = error

    @Slot()
    def _on_state_changed(self) -> None:
        """Show that it is paused, going on or ending; what it came to is shown at its end."""
        progress = self.front.progress
        if self._is_ours and self._runner.is_running:
            phase = phase_of(self._runner, has_begun=progress.started is not None)
            self.front.show_progress(with_phase(progress, phase))

    @Slot()
    def _on_finished(self) -> None:
        """Say what came of the run, and make a method of its weights."""
        if not self._is_ours:
            return
        self._is_ours = False
        progress = self.front.progress
        if self._error is not None:
            self._window.messages.show_error(self._error, topic=Topic.TRAINING)
            self.front.show_progress(with_problem(progress, self._error))
        else:
            self.front.show_progress(with_phase(progress, Phase.ENDED))
            sentence, hint = outcome(progress)
            reason = None if progress.finished is None else progress.finished.reason
            says = self._window.messages
            show = says.show_warning if reason is StopReason.DIVERGED else says.show_info
            show(sentence, hint)
        if progress.finished is not None and progress.finished.weights is not None:
            self._result = progress.finished.weights
            self._weights.open_instead(self._result, IN_TRAINING)
        else:
            self.front.end()
            self._clean_up()
        self.changed.emit()

    def _clean_up(self) -> None:
        """Remove a discarded run, and a new one that has nothing to be gone on with."""
        folder = self.front.folder
        if folder is None or isinstance(self._error, FolderClaimed):
            return
        is_empty = self._is_new and not folder.has_checkpoint
        if is_empty or self._runner.wish is Command.DISCARD:
            folder.discard()
            if self._error is None:
                self.front.follow(folder.path, None)

    @Slot(object)
    def _on_weights_opened(self, opened: OpenedWeights) -> None:
        if opened.path == self._result:
            self.front.end()
            self.front.show_weights(opened.weights, "best weights")


def phase_of(runner: TrainingRunner, *, has_begun: bool) -> Phase:
    """Return what the run of a runner is doing; ``has_begun``: its pictures are read."""
    if runner.wish is not Command.GO_ON:
        return Phase.ENDING
    if runner.is_paused:
        return Phase.PAUSED
    return Phase.RUNNING if has_begun else Phase.READING


def begin_run(config: TrainConfig, control: Control) -> Iterator[TrainEvent]:
    """Start a run; in the training thread, since it imports PyTorch."""
    from trainer.loop import train

    return train(config, control)


def resume_run(folder: Path, control: Control) -> Iterator[TrainEvent]:
    """Go on with a run; in the training thread."""
    from trainer.loop import resume

    return resume(folder, control)

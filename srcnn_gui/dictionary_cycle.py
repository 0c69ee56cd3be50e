"""The training of a dictionary, from its start to what comes of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from srcnn_gui.message import Topic
from srcnn_gui.run_cycle import phase_of
from srcnn_gui.training.dictionary_status import DictionaryProgress, outcome
from srcnn_gui.training.rmse_curve import RmseCurve
from srcnn_gui.training.status import Phase, RunProgress
from trainer.control import Command
from trainer.dictionary_events import DictionaryStarted, IterationDone
from trainer.dictionary_state import discard_training, state_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from srcnn_gui.dictionary_commands import DictionaryCommands
    from srcnn_gui.main_window import MainWindow
    from srcnn_gui.training.panel import TrainingPanel
    from srcnn_gui.training.runner import Job, TrainingRunner
    from trainer.control import Control
    from trainer.dictionary_events import DictionaryEvent
    from trainer.dictionary_state import DictionaryConfig


class DictionaryCycle(QObject):
    """Starts and resumes trainings, shows what they report and says what came of them.

    Attributes
    ----------
    progress : DictionaryProgress
        How the training in front stands.
    folder : Path or None
        Its folder.
    """

    changed = Signal()  # it begins or ends

    def __init__(
        self,
        window: MainWindow,
        panel: TrainingPanel,
        runner: TrainingRunner,
        dictionaries: DictionaryCommands,
    ) -> None:
        super().__init__(panel)
        self.progress = DictionaryProgress()
        self.folder: Path | None = None
        self._window = window
        self._panel = panel
        self._runner = runner
        self._dictionaries = dictionaries
        self._is_ours = False  # the runner's run is one of a dictionary
        self._is_new = False
        self._has_begun = False  # something was told: the folder was claimed
        self._error: Exception | None = None
        self._curve: RmseCurve | None = None
        runner.event_received.connect(self._on_event)
        runner.failed.connect(self._on_failed)
        runner.finished.connect(self._on_finished)
        runner.state_changed.connect(self._on_state_changed)

    def start(self, config: DictionaryConfig) -> None:
        """Start a new training."""
        self._begin(partial(_begin_training, config), config.out, is_new=True)

    def resume(self, folder: Path) -> None:
        """Go on with the training in a folder."""
        self._begin(partial(_resume_training, folder), folder, is_new=False)

    def leave(self) -> None:
        """Show another run: this one is not in front any more."""
        self.folder = self._curve = None
        self._draw()

    @Slot(object, object)
    def follow(self, old: Path, new: Path | None) -> None:
        """Take note that a run's folder has another name, or is gone."""
        if self.folder != old:
            return
        if new is None:
            self.leave()
            self._panel.strip.show_status(RunProgress())
        else:
            self.folder = new
            if self._curve is not None:
                self._curve = self._curve.named(new.name)
            self._draw()
        self._panel.run_list.set_active(new)

    def _begin(self, job: Job, folder: Path, *, is_new: bool) -> None:
        self._is_ours, self._is_new, self._error = True, is_new, None
        self._has_begun = False
        self._window.messages.clear(Topic.TRAINING)
        self.folder, self._curve = folder, RmseCurve(folder.name, (), 0, 0)
        self._panel.run_list.set_active(folder)
        self._draw()
        self._panel.show_plots(dictionaries=True)
        self._show(DictionaryProgress(name=folder.name))
        self._runner.start(job)
        self.changed.emit()

    def _show(self, progress: DictionaryProgress) -> None:
        self.progress = progress
        self._panel.strip.show_status(progress)

    def _draw(self) -> None:
        self._panel.show_rmse(self._curve)

    @Slot(object)
    def _on_event(self, event: DictionaryEvent) -> None:
        if not self._is_ours:
            return
        self._has_begun = True
        self._show(self.progress.after(event))
        match event:
            case DictionaryStarted():
                self._curve = RmseCurve(self.progress.name, event.curve, event.iteration, event.of)
                self._draw()
            case IterationDone() if self._curve is not None:
                self._curve = self._curve.after(event.iteration, event.rmse)
                self._draw()
            case _:
                pass

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._error = error

    @Slot()
    def _on_state_changed(self) -> None:
        """Show that it is paused, going on or ending; what it came to is shown at its end."""
        if self._is_ours and self._runner.is_running:
            has_begun = self.progress.started is not None
            self._show(self.progress.in_phase(phase_of(self._runner, has_begun=has_begun)))

    @Slot()
    def _on_finished(self) -> None:
        """Say what came of it, and have the methods use the dictionary."""
        if not self._is_ours:
            return
        self._is_ours = False
        finished = self.progress.finished
        if self._error is not None:
            self._window.messages.show_error(self._error, topic=Topic.TRAINING)
            self._show(self.progress.failed(self._error))
        else:
            self._show(self.progress.in_phase(Phase.ENDED))
            self._window.messages.show_info(*outcome(self.progress), topic=Topic.TRAINING)
        if finished is not None and finished.path is not None:
            self._dictionaries.use_result(finished.path)
        self._clean_up()
        self.changed.emit()

    def _clean_up(self) -> None:
        """Remove a discarded training, and a new one that has nothing to be gone on with."""
        folder = self.folder
        if folder is None or not self._has_begun:  # then nothing in the folder is ours
            return
        is_empty = self._is_new and not state_file(folder).exists()
        if self._runner.wish is Command.DISCARD:
            discard_training(folder)
            self._dictionaries.release(folder)
        elif is_empty:
            discard_training(folder)
        else:
            return
        if self._error is None:
            self.leave()
            self._panel.run_list.set_active(None)


def _begin_training(config: DictionaryConfig, control: Control) -> Iterator[DictionaryEvent]:
    """Start a training; in its thread, since the import of what it needs takes a while."""
    from trainer.dictionary import train_dictionary

    return train_dictionary(config, control)


def _resume_training(folder: Path, control: Control) -> Iterator[DictionaryEvent]:
    """Go on with a training; in its thread."""
    from trainer.dictionary import resume_dictionary

    return resume_dictionary(folder, control)

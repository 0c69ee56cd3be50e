"""The runs of networks and of dictionaries: one of them is in front, or in progress."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from srcnn_gui.dictionary_cycle import DictionaryCycle
from srcnn_gui.run_cycle import RunCycle
from trainer.config import TrainConfig
from trainer.dictionary_state import state_file

if TYPE_CHECKING:
    from pathlib import Path

    from srcnn_gui.dictionary_commands import DictionaryCommands
    from srcnn_gui.main_window import MainWindow
    from srcnn_gui.training.live import LiveMethod
    from srcnn_gui.training.panel import TrainingPanel
    from srcnn_gui.training.run_in_front import RunInFront
    from srcnn_gui.training.runner import TrainingRunner
    from srcnn_gui.weights_commands import WeightsCommands
    from trainer.dictionary_state import DictionaryConfig


class TrainingCycles(QObject):
    """Starts and resumes runs of either kind; the other one makes room.

    Attributes
    ----------
    networks : RunCycle
        Runs of networks.
    dictionaries : DictionaryCycle
        Trainings of dictionaries.
    """

    changed = Signal()  # a run begins or ends

    def __init__(
        self,
        window: MainWindow,
        panel: TrainingPanel,
        runner: TrainingRunner,
        live: LiveMethod,
        weights: WeightsCommands,
        dictionaries: DictionaryCommands,
    ) -> None:
        super().__init__(panel)
        self._panel = panel
        self._runner = runner
        self.networks = RunCycle(window, panel, runner, live, weights)
        self.dictionaries = DictionaryCycle(window, panel, runner, dictionaries)
        self.networks.changed.connect(self.changed)
        self.dictionaries.changed.connect(self.changed)

    @property
    def front(self) -> RunInFront:
        """The run of a network that the panel shows."""
        return self.networks.front

    @property
    def running(self) -> Path | None:
        """The folder of the run in progress."""
        if not self._runner.is_running:
            return None
        if self.dictionaries.folder is not None:
            return self.dictionaries.folder
        return None if self.front.folder is None else self.front.folder.path

    def start(self, config: TrainConfig | DictionaryConfig) -> None:
        """Start a new run."""
        if isinstance(config, TrainConfig):
            self._bring_forward(dictionaries=False)
            self.networks.start(config)
        else:
            self._bring_forward(dictionaries=True)
            self.dictionaries.start(config)

    def resume(self, folder: Path) -> None:
        """Go on with the run in a folder.

        Raises
        ------
        TrainingError
            If there is none.
        """
        is_dictionary = state_file(folder).exists()
        self._bring_forward(dictionaries=is_dictionary)
        if is_dictionary:
            self.dictionaries.resume(folder)
        else:
            self.networks.resume(folder)

    @Slot(object, object)
    def follow(self, old: Path, new: Path | None) -> None:
        """Take note that a run's folder has another name, or is gone."""
        self.front.follow(old, new)
        self.dictionaries.follow(old, new)

    def _bring_forward(self, *, dictionaries: bool) -> None:
        self._panel.show_plots(dictionaries=dictionaries)
        if dictionaries:
            self.front.leave()
        else:
            self.dictionaries.leave()

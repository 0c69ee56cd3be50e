"""The run whose curves, filters and snapshots the panel shows: the one in progress, or the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from srcnn_gui.training.curve import RunCurve
from srcnn_gui.training.scrub_bar import backprops_of
from srcnn_gui.training.status import Phase, RunProgress
from trainer.events import (
    CheckpointSaved,
    DataRead,
    RunFinished,
    RunStarted,
    StepDone,
    Validated,
    WeightsSnapshot,
)
from trainer.run_folder import RunFolder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from srcnn.weights import Weights
    from srcnn_gui.training.live import LiveMethod
    from srcnn_gui.training.panel import TrainingPanel
    from trainer.events import TrainEvent


class RunInFront(QObject):
    """Feeds what a run reports to the parts of the panel, and to the live method.

    Attributes
    ----------
    progress : RunProgress
        How the run stands.
    """

    def __init__(self, panel: TrainingPanel, live: LiveMethod) -> None:
        super().__init__(panel)
        self.progress = RunProgress()
        self._panel = panel
        self._live = live
        self._folder: RunFolder | None = None
        self._curve: RunCurve | None = None
        self._others: tuple[RunCurve, ...] = ()
        self._validations: list[Validated] = []
        self._is_live = False
        panel.scrub.snapshot_chosen.connect(live.show_snapshot)
        panel.scrub.newest_chosen.connect(self._on_newest_chosen)
        live.shown.connect(self._on_weights_shown)

    @property
    def folder(self) -> RunFolder | None:
        """Its folder."""
        return self._folder

    def begin(self, folder: RunFolder, patience: int | None) -> None:
        """Show a run that is about to start."""
        name = folder.path.name
        self._folder, self._curve, self._validations = folder, None, []
        self._is_live = True
        self._live.begin()
        self._panel.run_list.set_active(folder.path)
        self._panel.filters.clear()
        self._panel.scrub.clear()
        self._draw()
        self.show_progress(RunProgress(Phase.READING, name, patience))

    def end(self) -> None:
        """Let the run rest: its snapshots can still be looked at."""
        self._is_live = False
        self._live.end()
        self._list_snapshots()

    def add(self, event: TrainEvent) -> None:
        """Show what the run has reported."""
        self.show_progress(self.progress.after(event))
        match event:
            case RunStarted():
                self._curve = RunCurve.started(self.progress.name, event)
                self._validations = [e for e in event.curve if isinstance(e, Validated)]
                self._draw()
                self._list_snapshots()
            case StepDone() | Validated():
                self._panel.curves.add(event)
            case WeightsSnapshot():
                self._panel.curves.add(event)
                self._live.offer(event.path)
                self._list_snapshots()
            case DataRead() | CheckpointSaved() | RunFinished():
                pass
        if isinstance(event, Validated):
            self._validations.append(event)
            self._panel.scrub.show_validations(self._validations)

    def show_progress(self, progress: RunProgress) -> None:
        """Show how the run stands."""
        self.progress = progress
        self._panel.strip.show_status(progress)

    def show_weights(self, weights: Weights, caption: str) -> None:
        """Show the filters of some weights."""
        self._panel.filters.show_weights(weights.arrays, caption)

    def show_others(self, curves: Sequence[RunCurve]) -> None:
        """Draw other runs beside it."""
        self._others = tuple(curves)
        self._draw()

    def follow(self, old: Path, new: Path | None) -> None:
        """Take note that a run's folder has another name, or is gone."""
        if self._folder is None or self._folder.path != old:
            return
        if new is None:
            self._folder = self._curve = None
            self._panel.scrub.clear()
            self._panel.filters.clear()
            self.end()
            self.show_progress(RunProgress())
        else:
            self._folder = RunFolder(new)
            if self._curve is not None:
                self._curve.name = new.name
            self._list_snapshots()
        self._panel.run_list.set_active(new)
        self._draw()

    def leave(self) -> None:
        """Show another run: this one is not in front any more."""
        if self._folder is not None:
            self.follow(self._folder.path, None)

    def _draw(self) -> None:
        self._panel.show_curves(self._curve, self._others)

    def _list_snapshots(self) -> None:
        if self._folder is not None:
            self._panel.scrub.show_snapshots(self._folder.list_snapshots())
            self._panel.scrub.show_validations(self._validations)

    @Slot()
    def _on_newest_chosen(self) -> None:
        if self._is_live:
            self._live.follow()
        else:
            self._live.end()

    @Slot(object, object)
    def _on_weights_shown(self, weights: Weights, path: Path) -> None:
        self.show_weights(weights, f"after {backprops_of(path):,} backprops")

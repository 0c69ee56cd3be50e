"""The run in progress as a method in the panes: other weights every few seconds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from srcnn.weights import load_weights
from srcnn_gui.training.scrub_bar import backprops_of
from srcnn_gui.viewer.choice import PaneChoice
from srcnn_gui.viewer.method_library import IN_TRAINING
from srcnn_gui.viewer.session import MAX_PANES

if TYPE_CHECKING:
    from pathlib import Path

    from srcnn.weights import Weights
    from srcnn_gui.jobs import Job, JobControl, JobService
    from srcnn_gui.viewer.session import Session

REFRESH_MS = 2000
"""At most this often does a run in progress change what the panes show."""

_PATIENCE_MS = 100


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Weights of a run on its way, and what they are called in a pane."""

    path: Path
    label: str


class LiveMethod(QObject):
    """Hands the weights of a run to the panes, no faster than they can be shown.

    A snapshot that is chosen by hand is shown at once and stays, until ``follow`` is called. One
    that cannot be read, since the run has thinned its snapshots out, is passed over.
    """

    shown = Signal(object, object)  # Weights, Path: what the panes show now

    def __init__(self, session: Session, jobs: JobService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self._job: Job | None = None
        self._loading: Snapshot | None = None
        self._wanted: Snapshot | None = None
        self._newest: Path | None = None
        self._follows = True
        self._scale: int | None = None  # of what is shown; None: nothing is
        self._has_pane = False
        self._is_closed = False
        self._resting = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._resting.timeout.connect(self._on_rested)
        session.scene_changed.connect(self._on_scene_changed)

    def begin(self) -> None:
        """Get ready for another run: its first weights get a pane."""
        self.end()
        self._follows = True

    def offer(self, path: Path) -> None:
        """Take the newest weights of the run; shown in a moment if the newest are followed."""
        self._newest = path
        if self._follows:
            self._want(Snapshot(path, "SRCNN in training"))

    @Slot()
    def follow(self) -> None:
        """Show the newest weights again, and those to come."""
        self._follows = True
        if self._newest is not None:
            self._want(Snapshot(self._newest, "SRCNN in training"), at_once=True)

    @Slot(object)
    def show_snapshot(self, path: Path) -> None:
        """Show these weights at once, and let newer ones wait."""
        self._follows = False
        label = f"SRCNN after {backprops_of(path):,} backprops"
        self._want(Snapshot(path, label), at_once=True)

    def end(self) -> None:
        """Take the method away; its pane goes, or shows SRCNN if it is the last one."""
        self._resting.stop()
        self._has_pane = False
        self._wanted = self._newest = None
        if self._job is not None:
            self._job.cancel()
        if self._scale is not None:
            self._scale = None
            self._session.library.set_training(None)
            panes = [pane for pane in self._session.panes if pane.method != IN_TRAINING]
            self._session.set_panes(panes or [PaneChoice("srcnn")])

    def shutdown(self) -> None:
        """Ask for nothing any more: the program ends."""
        self._is_closed = True
        self._resting.stop()

    def _want(self, snapshot: Snapshot, *, at_once: bool = False) -> None:
        self._wanted = snapshot
        if at_once or not self._resting.isActive():
            self._load()

    def _load(self) -> None:
        """Read the wanted weights, unless others are being read or shown."""
        if self._wanted is None or self._job is not None or self._is_closed:
            return
        if self._follows and not self._session.quiet.is_set():
            self._resting.start(_PATIENCE_MS)  # what was shown before is not there yet
            return
        self._loading, self._wanted = self._wanted, None
        job = self._jobs.submit("Read weights", partial(_load, self._loading.path), may_hang=True)
        self._job = job
        job.succeeded.connect(self._on_loaded)
        job.ended.connect(self._on_ended)

    def _show(self, weights: Weights, snapshot: Snapshot) -> None:
        is_new = self._scale is None
        self._session.library.set_training(weights, snapshot.label)
        self._scale = weights.scale
        is_seen = IN_TRAINING in {pane.method for pane in self._session.panes}
        if not self._add_pane() and (is_new or is_seen):
            self._session.rebuild()
        self.shown.emit(weights, snapshot.path)

    def _add_pane(self) -> bool:
        """Show it in a pane the first time that there is a picture it can enlarge."""
        session = self._session
        scene, panes = session.scene, list(session.panes)
        if scene is None or scene.setup.scale != self._scale or self._has_pane:
            return False
        self._has_pane = True
        if IN_TRAINING in {pane.method for pane in panes}:
            return False
        if len(panes) < MAX_PANES:
            panes.append(PaneChoice(IN_TRAINING))
        else:
            panes[-1] = PaneChoice(IN_TRAINING)
        session.set_panes(panes)
        return True

    @Slot(object)
    def _on_loaded(self, weights: Weights) -> None:
        if self._loading is not None:
            self._show(weights, self._loading)
            self._resting.start(REFRESH_MS)

    @Slot()
    def _on_ended(self) -> None:
        self._job = self._loading = None
        if self._wanted is not None and not (self._follows and self._resting.isActive()):
            self._load()

    @Slot()
    def _on_rested(self) -> None:
        self._load()

    @Slot()
    def _on_scene_changed(self) -> None:
        if self._scale is not None:
            self._add_pane()


def _load(path: Path, _control: JobControl) -> Weights:
    return load_weights(path)

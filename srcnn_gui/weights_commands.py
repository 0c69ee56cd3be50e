"""Opening weights: they become a method like any other."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtWidgets import QFileDialog

from srcnn.errors import MissingWeights, SrcnnError
from srcnn.weight_files import WEIGHT_SUFFIXES
from srcnn.weights import Weights, load_weights
from srcnn_gui.message import Topic
from srcnn_gui.viewer.choice import PaneChoice
from srcnn_gui.viewer.session import MAX_PANES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from srcnn_gui.commands import Commands
    from srcnn_gui.jobs import JobControl, JobService
    from srcnn_gui.main_window import MainWindow
    from srcnn_gui.viewer.session import Session

log = logging.getLogger(__name__)

_FILTER = f"SRCNN weights ({' '.join(f'*{suffix}' for suffix in WEIGHT_SUFFIXES)});;All files (*)"
_SCALE = re.compile(r"[\W_]*x[234][\W_]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OpenedWeights:
    """A weights file and what was in it.

    Attributes
    ----------
    path : Path
        The file.
    weights : Weights
        What was in it.
    instead_of : str
        Id of the method whose panes are to show them; empty: they get a pane anyway.
    """

    path: Path
    weights: Weights
    instead_of: str = ""


class WeightsCommands(QObject):
    """Opens weights files and those of the last time, and shows what was opened in a pane."""

    opened = Signal(object)  # OpenedWeights; the panes show them by now

    def __init__(
        self, window: MainWindow, session: Session, jobs: JobService, commands: Commands
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._jobs = jobs
        self._commands = commands
        window.actions_by_id["open_weights"].triggered.connect(self._on_open_weights)
        window.urls_dropped.connect(self._on_urls_dropped)

    def open_file(self, path: Path) -> None:
        """Open a weights file; a pane shows its method when it is ready."""
        self._window.messages.clear(Topic.WEIGHTS)
        self._open(path, "")

    def open_instead(self, path: Path, method: str) -> None:
        """Open a weights file and show it in those panes, if any, that show ``method``."""
        self._open(path, method)

    def _open(self, path: Path, instead_of: str) -> None:
        scale = self._commands.settings.scale
        work = partial(_open, path, scale, instead_of)
        job = self._jobs.submit(f"Open {path.name}", work, may_hang=True)
        job.succeeded.connect(self._on_opened)
        job.failed.connect(self._on_failed)

    def reopen(self) -> None:
        """Open the weights of the last time; those that are gone are left out."""
        paths = tuple(Path(name) for name in self._commands.settings.weights_files)
        if paths:
            scale = self._commands.settings.scale
            job = self._jobs.submit("Open weights", partial(_open_all, paths, scale), may_hang=True)
            job.succeeded.connect(self._on_reopened)

    @Slot()
    def _on_open_weights(self) -> None:
        folder = self._commands.settings.open_folder
        name, _ = QFileDialog.getOpenFileName(self._window, "Open weights", folder, _FILTER)
        if name:
            self.open_file(Path(name))

    @Slot(object)
    def _on_urls_dropped(self, urls: Sequence[QUrl]) -> None:
        for path in (Path(url.toLocalFile()) for url in urls if url.isLocalFile()):
            if path.suffix.lower() in WEIGHT_SUFFIXES:
                self.open_file(path)

    @Slot(object)
    def _on_opened(self, opened: OpenedWeights) -> None:
        method = self._session.library.add_weights(opened.weights)
        panes = list(self._session.panes)
        if opened.instead_of:
            old = opened.instead_of
            panes = [replace(pane, method=method) if pane.method == old else pane for pane in panes]
        elif method not in {pane.method for pane in panes}:
            if len(panes) < MAX_PANES:
                panes.append(PaneChoice(method))
            else:
                panes[-1] = PaneChoice(method)
        self._session.set_panes(panes)
        name = str(opened.path)
        others = [known for known in self._commands.settings.weights_files if known != name]
        self._commands.change(weights_files=(*others, name))
        self.opened.emit(opened)

    @Slot(object)
    def _on_reopened(self, opened: tuple[OpenedWeights, ...]) -> None:
        for each in opened:
            self._session.library.add_weights(each.weights)
        self._session.rebuild()
        self._commands.change(weights_files=tuple(str(each.path) for each in opened))

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._window.messages.show_error(error, topic=Topic.WEIGHTS)


def _open(path: Path, scale: int, instead_of: str, _control: JobControl) -> OpenedWeights:
    """Load weights; those that do not say for which scale they are get the one in use."""
    try:
        weights = load_weights(path)
    except MissingWeights:
        weights = load_weights(path, scale=scale)
    if not weights.card.name:
        name = _SCALE.sub(" ", path.stem).strip() or path.parent.name
        weights = weights.renamed(name.replace(",", " "))
    return OpenedWeights(path, weights, instead_of)


def _open_all(paths: Sequence[Path], scale: int, control: JobControl) -> tuple[OpenedWeights, ...]:
    opened = []
    for path in paths:
        try:
            opened.append(_open(path, scale, "", control))
        except SrcnnError as error:
            log.warning("weights left out: %s", error)
    return tuple(opened)

"""Dictionaries that were trained here: the methods use them, or those of the program again."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from srcnn.dictionary import Dictionary, load_dictionary
from srcnn.errors import SrcnnError
from srcnn_gui.message import Topic
from srcnn_gui.training.dictionary_values import USERS
from srcnn_gui.training.fields import TIMES
from srcnn_gui.viewer.choice import PaneChoice
from srcnn_gui.viewer.session import MAX_PANES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from srcnn_gui.commands import Commands
    from srcnn_gui.jobs import Job, JobControl, JobService
    from srcnn_gui.main_window import MainWindow
    from srcnn_gui.viewer.session import Session

log = logging.getLogger(__name__)

Read = tuple[Path, Dictionary]


class DictionaryCommands(QObject):
    """Hands trained dictionaries to the methods, one for each kind and scale."""

    changed = Signal()  # which are in use

    def __init__(
        self, window: MainWindow, session: Session, jobs: JobService, commands: Commands
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._jobs = jobs
        self._commands = commands
        self._used: dict[tuple[str, int], Path] = {}

    @property
    def folders(self) -> frozenset[Path]:
        """Folders of the runs whose dictionaries are in use."""
        return frozenset(path.parent for path in self._used.values())

    def use(self, path: Path) -> None:
        """Have the methods use a dictionary, and show one of them in a pane."""
        self._read(f"Open {path.parent.name}", (path,)).succeeded.connect(self._on_asked_for)

    def use_result(self, path: Path) -> None:
        """Have the methods use the dictionary of a run that has just ended."""
        self._read(f"Open {path.parent.name}", (path,)).succeeded.connect(self._on_read)

    def reopen(self) -> None:
        """Use the dictionaries of the last time; those that are gone are left out."""
        paths = tuple(map(Path, self._commands.settings.dictionary_files))
        if paths:
            job = self._jobs.submit("Open dictionaries", partial(_read_known, paths), may_hang=True)
            job.succeeded.connect(self._on_read)

    def release(self, folder: Path) -> None:
        """Have the methods use the program's dictionary instead of that of a run."""
        for key, path in list(self._used.items()):
            if path.parent == folder:
                del self._used[key]
                self._session.library.remove_dictionary(*key)
        self._tell()

    @Slot(object, object)
    def follow(self, old: Path, new: Path | None) -> None:
        """Take note that a run's folder has another name, or is gone."""
        if new is None:
            self.release(old)
            return
        for key, path in list(self._used.items()):
            if path.parent == old:
                self._used[key] = new / path.name
        self._tell()

    def _read(self, title: str, paths: Sequence[Path]) -> Job:
        job = self._jobs.submit(title, partial(_read, paths), may_hang=True)
        job.failed.connect(self._on_failed)
        return job

    def _tell(self) -> None:
        """Show results of the dictionaries in use, and remember them."""
        self._session.rebuild()
        self._commands.change(dictionary_files=tuple(map(str, self._used.values())))
        self.changed.emit()

    def _take(self, found: Sequence[Read]) -> None:
        for path, dictionary in found:
            self._session.library.add_dictionary(dictionary)
            self._used[dictionary.kind, dictionary.scale] = path
        self._tell()

    @Slot(object)
    def _on_read(self, found: tuple[Read, ...]) -> None:
        self._take(found)

    @Slot(object)
    def _on_asked_for(self, found: tuple[Read, ...]) -> None:
        self._take(found)
        for path, dictionary in found:
            panes = list(self._session.panes)
            if dictionary.kind not in {pane.method for pane in panes}:
                panes[MAX_PANES - 1 :] = [PaneChoice(dictionary.kind)]
                self._session.set_panes(panes)
            says = f"{path.parent.name} is in use at {TIMES}{dictionary.scale}"
            self._window.messages.show_info(
                f"{says} by: {USERS[dictionary.kind]}", topic=Topic.WEIGHTS
            )

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._window.messages.show_error(error, topic=Topic.WEIGHTS)


def _read(paths: Sequence[Path], _control: JobControl) -> tuple[Read, ...]:
    return tuple((path, load_dictionary(path)) for path in paths)


def _read_known(paths: Sequence[Path], control: JobControl) -> tuple[Read, ...]:
    found: list[Read] = []
    for path in paths:
        try:
            found += _read((path,), control)
        except SrcnnError as error:
            log.warning("dictionary left out: %s", error)
    return tuple(found)

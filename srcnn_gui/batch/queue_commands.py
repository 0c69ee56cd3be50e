"""Commands that put pictures into the queue and take them out."""

from __future__ import annotations

from collections import deque
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtWidgets import QFileDialog

from srcnn.formats import SUFFIXES
from srcnn_gui.batch.rows import State
from srcnn_gui.batch.scan import scan
from srcnn_gui.batch.wording import pictures

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from srcnn_gui.batch.choices import Choices
    from srcnn_gui.batch.model import QueueModel
    from srcnn_gui.batch.scan import Scan
    from srcnn_gui.commands import Commands
    from srcnn_gui.jobs import JobControl, JobService
    from srcnn_gui.main_window import MainWindow

_PICTURES = f"Pictures ({' '.join(f'*{suffix}' for suffix in SUFFIXES)})"
_ENDED = (State.DONE, State.SKIPPED, State.FAILED)


class QueueCommands(QObject):
    """Adds, removes, clears.

    What is added comes into the queue in the order in which it was added: it is looked for one
    after the other.

    Parameters
    ----------
    chosen, choices : callable
        Return the pictures of the chosen rows, and the setting for all.
    """

    remarked = Signal(str)  # sentences on what was left out; may be empty
    folder_dropped = Signal()  # on the window: it is being looked into

    def __init__(
        self,
        window: MainWindow,
        model: QueueModel,
        jobs: JobService,
        commands: Commands,
        chosen: Callable[[], list[Path]],
        choices: Callable[[], Choices],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._model = model
        self._jobs = jobs
        self._commands = commands
        self._chosen = chosen
        self._choices = choices
        self._waiting: deque[Callable[[JobControl], Scan]] = deque()
        self._is_looking = False
        for action_id, slot in {
            "batch_add_pictures": self._on_add_pictures,
            "batch_add_folder": self._on_add_folder,
            "batch_remove": self._on_remove,
            "batch_clear": self._on_clear,
        }.items():
            window.actions_by_id[action_id].triggered.connect(slot)
        window.urls_dropped.connect(self._on_urls_dropped)

    def reasons(self, *, is_running: bool) -> dict[str, str]:
        """Return why commands cannot be given now, by their ids; empty if they can."""
        remove = "A batch is under way" if is_running else ""
        return {
            "batch_remove": remove or ("" if self._chosen() else "Choose pictures first"),
            "batch_clear": "" if self._model.tally.ended else "No picture is finished",
        }

    @Slot(object)
    def add(self, paths: Sequence[Path]) -> None:
        """Put pictures, and those in folders, at the end of the queue."""
        choices = self._choices()
        work = partial(_scan, tuple(paths), choices.output, choices.with_folders)
        self._waiting.append(work)
        self._look()

    def _look(self) -> None:
        """Begin to look for what was added next, unless something is being looked for."""
        if self._is_looking or not self._waiting:
            return
        self._is_looking = True
        job = self._jobs.submit("Look for pictures", self._waiting.popleft(), may_hang=True)
        job.succeeded.connect(self._on_scanned)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_cancelled)
        job.ended.connect(self._on_ended)

    @Slot()
    def empty(self) -> None:
        """Take everything out."""
        self._model.keep_only([])

    @Slot()
    def _on_add_pictures(self) -> None:
        folder = self._commands.settings.open_folder
        names, _ = QFileDialog.getOpenFileNames(self._window, "Add pictures", folder, _PICTURES)
        if names:
            self._commands.change(open_folder=str(Path(names[0]).parent))
            self.add([Path(name) for name in names])

    @Slot()
    def _on_add_folder(self) -> None:
        folder = self._commands.settings.open_folder
        name = QFileDialog.getExistingDirectory(self._window, "Add a folder", folder)
        if name:
            self._commands.change(open_folder=name)
            self.add([Path(name)])

    @Slot(object)
    def _on_urls_dropped(self, urls: Sequence[QUrl]) -> None:
        """Take a folder that was dropped on the window; a picture there is opened."""
        paths = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
        if paths and paths[0].is_dir():
            self.folder_dropped.emit()
            self.add(paths)

    @Slot(object)
    def _on_scanned(self, found: Scan) -> None:
        new = self._model.add(found.found)
        known = len(found.found) - new
        remarks = list(found.remarks)
        if known:
            verb = "was" if known == 1 else "were"
            remarks.append(f"{pictures(known)} {verb} in the queue already.")
        self.remarked.emit(" ".join(remarks))

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._window.messages.show_error(error)

    @Slot()
    def _on_cancelled(self) -> None:
        """Look for nothing more: the program ends."""
        self._waiting.clear()

    @Slot()
    def _on_ended(self) -> None:
        self._is_looking = False
        self._look()

    @Slot()
    def _on_remove(self) -> None:
        gone = set(self._chosen())
        self._model.keep_only([row for row in self._model.rows if row.path not in gone])

    @Slot()
    def _on_clear(self) -> None:
        self._model.keep_only([row for row in self._model.rows if row.state not in _ENDED])


def _scan(
    paths: Sequence[Path], output: Path | None, with_folders: bool, control: JobControl
) -> Scan:
    return scan(paths, output, with_folders=with_folders, should_stop=control.should_stop)

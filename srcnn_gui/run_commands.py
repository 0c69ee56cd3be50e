"""What can be done with the runs of the list: use, compare, rename, delete, export."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication

from srcnn.dictionary import load_dictionary, save_dictionary
from srcnn.errors import SrcnnError
from srcnn.onnx_export import save_onnx
from srcnn.safe_file import explained
from srcnn.weights import load_weights, save_weights
from srcnn_gui.desktop import show_folder
from srcnn_gui.training.curve import RunCurve
from srcnn_gui.training.dictionary_summary import summarise_dictionary
from srcnn_gui.training.rmse_curve import RmseCurve
from srcnn_gui.training.run_summary import RunSummary, summarise
from trainer.card import command_line
from trainer.dictionary_state import discard_training, list_trainings, read_state
from trainer.run_folder import RunFolder, list_runs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from srcnn_gui.commands import Commands
    from srcnn_gui.dictionary_commands import DictionaryCommands
    from srcnn_gui.jobs import Job, JobControl, JobService
    from srcnn_gui.main_window import MainWindow
    from srcnn_gui.training.panel import TrainingPanel
    from srcnn_gui.weights_commands import WeightsCommands

_NOTICE_MS = 4000


class RunCommands(QObject):
    """Acts on the runs of a folder.

    Parameters
    ----------
    runs : Path
        The folder.
    """

    listed = Signal(object)  # tuple[RunSummary, ...], the newest first
    overlays_read = Signal(object)  # tuple[RunCurve, ...]
    moved = Signal(object, object)  # Path, Path or None: a run has another folder, or none

    def __init__(
        self,
        window: MainWindow,
        panel: TrainingPanel,
        jobs: JobService,
        commands: Commands,
        weights: WeightsCommands,
        dictionaries: DictionaryCommands,
        runs: Path,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._panel = panel
        self._jobs = jobs
        self._commands = commands
        self._weights = weights
        self._dictionaries = dictionaries
        self._overlays: set[Path] = set()
        self._runs = runs
        self._running: Path | None = None
        self._listing: Job | None = None
        self._reading: Job | None = None
        shown = panel.run_list
        shown.use_requested.connect(self._on_use_requested)
        shown.rename_requested.connect(self._on_rename_requested)
        shown.delete_requested.connect(self._on_delete_requested)
        shown.export_requested.connect(self._on_export_requested)
        shown.command_line_requested.connect(self._on_command_line_requested)
        shown.open_folder_requested.connect(self._on_open_folder_requested)
        shown.overlay_changed.connect(self._on_overlay_changed)
        shown.release_requested.connect(self._on_release_requested)
        shown.failed.connect(self._on_failed)
        dictionaries.changed.connect(self.refresh)

    def set_running(self, folder: Path | None) -> None:
        """Say which run is in progress, and list the runs anew."""
        self._running = folder
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """List the runs as they are now."""
        if self._listing is not None:
            self._listing.cancel()
        in_use = self._dictionaries.folders
        work = partial(_list, self._runs, self._running, in_use)
        job = self._jobs.submit("List runs", work, may_hang=True)
        self._listing = job
        job.succeeded.connect(self._on_listed)
        job.failed.connect(self._on_failed)

    def _act(self, title: str, work: Callable[[JobControl], object]) -> None:
        """Change something on the disk, then list the runs anew."""
        job = self._jobs.submit(title, work)
        job.succeeded.connect(self._on_done)
        job.failed.connect(self._on_failed)

    def _say(self, text: str) -> None:
        self._window.statusBar().showMessage(text, _NOTICE_MS)

    @Slot(object)
    def _on_listed(self, summaries: tuple[RunSummary, ...]) -> None:
        self._panel.show_runs(summaries)
        self.listed.emit(summaries)

    @Slot(object)
    def _on_use_requested(self, run: RunSummary) -> None:
        if run.weights is not None and run.is_dictionary:
            self._dictionaries.use(run.weights)
        elif run.weights is not None:
            self._weights.open_file(run.weights)

    @Slot(object)
    def _on_release_requested(self, run: RunSummary) -> None:
        self._dictionaries.release(run.path)

    @Slot(object, str)
    def _on_rename_requested(self, run: RunSummary, name: str) -> None:
        self._act(f"Rename {run.name}", partial(_rename, run.path, run.path.with_name(name)))

    @Slot(object)
    def _on_delete_requested(self, run: RunSummary) -> None:
        self._act(f"Delete {run.name}", partial(_delete, run.path))

    @Slot(object, object)
    def _on_export_requested(self, run: RunSummary, path: Path) -> None:
        work = _export_dictionary if run.is_dictionary else _export
        if run.weights is not None:
            self._act(f"Export {path.name}", partial(work, run.weights, path))

    @Slot(object)
    def _on_command_line_requested(self, run: RunSummary) -> None:
        try:
            if run.is_dictionary:
                text = read_state(run.path)[0].full_command_line
            else:
                text = command_line(RunFolder(run.path).read_config(), full_paths=True)
        except SrcnnError as error:
            self._on_failed(error)
            return
        QGuiApplication.clipboard().setText(text)
        self._say(f"Copied: {text}")

    @Slot(object)
    def _on_open_folder_requested(self, run: RunSummary) -> None:
        show_folder(run.path)

    @Slot(object)
    def _on_overlay_changed(self, chosen: tuple[RunSummary, ...]) -> None:
        if self._reading is not None:
            self._reading.cancel()
        self._show_dictionaries([run for run in chosen if run.is_dictionary])
        newest = [run for run in chosen if run.path not in self._overlays]
        if newest:
            self._panel.show_plots(dictionaries=newest[-1].is_dictionary)
        self._overlays = {run.path for run in chosen}
        chosen = tuple(run for run in chosen if not run.is_dictionary)
        colours = [self._panel.run_list.colour_of(run) for run in chosen]
        work = partial(_read_curves, [run.path for run in chosen], colours)
        job = self._jobs.submit("Read curves", work, may_hang=True)
        self._reading = job
        job.succeeded.connect(self.overlays_read)
        job.failed.connect(self._on_failed)

    def _show_dictionaries(self, chosen: Sequence[RunSummary]) -> None:
        """Draw the curves of these dictionaries, which their summaries hold."""
        colour = self._panel.run_list.colour_of
        self._panel.show_other_rmse(
            [RmseCurve(r.name, r.rmse_curve, r.iteration, r.of, colour(r)) for r in chosen]
        )

    @Slot(object)
    def _on_done(self, done: tuple[str, Path, Path | None] | None) -> None:
        if done is not None:
            text, old, new = done
            self._say(text)
            if new != old:
                self._follow(old, new)
        self.refresh()

    def _follow(self, old: Path, new: Path | None) -> None:
        """Let what remembers a run's folder know that it has moved, or is gone."""
        known = [Path(name) for name in self._commands.settings.weights_files]
        if new is None:
            kept = [path for path in known if path.parent != old]
        else:
            kept = [new / path.name if path.parent == old else path for path in known]
        self._commands.change(weights_files=tuple(map(str, kept)))
        self.moved.emit(old, new)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._window.messages.show_error(error)


def _list(
    runs: Path, running: Path | None, in_use: frozenset[Path], control: JobControl
) -> tuple[RunSummary, ...]:
    found = []
    for folder in list_runs(runs):
        if control.should_stop():
            break
        found.append(summarise(folder, is_running=folder.path == running))
    trainings = [
        summarise_dictionary(path, is_running=path == running, is_in_use=path in in_use)
        for path in list_trainings(runs)
    ]
    if trainings:
        found = sorted([*found, *trainings], key=lambda run: run.modified, reverse=True)
    return tuple(found)


def _read_curves(
    paths: Sequence[Path], colours: Sequence[int | None], _control: JobControl
) -> tuple[RunCurve, ...]:
    curves = []
    for path, colour in zip(paths, colours, strict=True):
        curve = RunCurve.from_events(path.name, RunFolder(path).read_events())
        curve.colour = colour
        curves.append(curve)
    return tuple(curves)


def _rename(old: Path, new: Path, _control: JobControl) -> tuple[str, Path, Path]:
    """Rename a run's folder, and its weights, which are known by the name on their card."""
    try:
        old.rename(new)
    except OSError as error:
        raise explained(error, new) from error
    folder = RunFolder(new)
    for file in (folder.weights, folder.best):
        if file.is_file():
            save_weights(load_weights(file).renamed(new.name.replace(",", "")), file)
    return f"{old.name} is called {new.name} now", old, new


def _delete(path: Path, _control: JobControl) -> tuple[str, Path, None]:
    discard_training(path)
    RunFolder(path).discard()
    return f"{path.name} is deleted", path, None


def _export(weights: Path, path: Path, _control: JobControl) -> tuple[str, Path, Path]:
    loaded = load_weights(weights)
    if path.suffix.lower() == ".onnx":
        save_onnx(loaded, path)
    else:
        save_weights(loaded, path)
    return f"Saved {path.name}", weights.parent, weights.parent


def _export_dictionary(file: Path, path: Path, _control: JobControl) -> tuple[str, Path, Path]:
    save_dictionary(load_dictionary(file), path)
    return f"Saved {path.name}", file.parent, file.parent

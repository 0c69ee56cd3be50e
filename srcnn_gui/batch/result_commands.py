"""Commands on what has become of pictures: open, show, do again, report."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog

from srcnn_gui.batch.choices import SizeWay
from srcnn_gui.batch.report import write_report
from srcnn_gui.batch.rows import Outcome, Row, State
from srcnn_gui.desktop import show_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from srcnn_gui.batch.choices import Choices
    from srcnn_gui.batch.model import QueueModel
    from srcnn_gui.commands import Commands
    from srcnn_gui.file_commands import FileCommands
    from srcnn_gui.jobs import JobControl, JobService
    from srcnn_gui.main_window import MainWindow

_FILTER = "CSV table (*.csv)"


class ResultCommands(QObject):
    """Does something with the chosen rows, or with all that have ended.

    Parameters
    ----------
    chosen, choices : callable
        Return the pictures of the chosen rows, and the setting for all.
    """

    def __init__(
        self,
        window: MainWindow,
        model: QueueModel,
        jobs: JobService,
        commands: Commands,
        files: FileCommands,
        chosen: Callable[[], list[Path]],
        choices: Callable[[], Choices],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._model = model
        self._jobs = jobs
        self._commands = commands
        self._files = files
        self._chosen = chosen
        self._choices = choices
        for action_id, slot in {
            "batch_open": self.open_chosen,
            "batch_show_result": self._on_show_result,
            "batch_again": self._on_again,
            "batch_retry": self._on_retry,
            "batch_output": self._on_output,
            "batch_report": self._on_report,
        }.items():
            window.actions_by_id[action_id].triggered.connect(slot)

    def reasons(self) -> dict[str, str]:
        """Return why commands cannot be given now, by their ids; empty if they can."""
        rows = self._rows()
        none = "" if rows else "Choose a picture of the queue first"
        has_result = any(_result(row) for row in rows)
        has_ended = any(row.outcome is not None for row in rows)
        counts = self._model.tally
        return {
            "batch_open": none,
            "batch_show_result": none or ("" if has_result else "It has no result yet"),
            "batch_again": none or ("" if has_ended else "It has not been done yet"),
            "batch_retry": "" if counts.failed else "No picture has failed",
            "batch_output": "" if self._folder() else "There is no result yet",
            "batch_report": "" if counts.ended else "Nothing has been done yet",
        }

    def save_report(self, path: Path) -> None:
        """Write the report in the background, and say so."""
        ended = [(row.path, row.outcome) for row in self._model.rows if row.outcome is not None]
        work = partial(_write_report, path, ended)
        job = self._jobs.submit(f"Save {path.name}", work)
        job.succeeded.connect(self._on_saved)
        job.failed.connect(self._on_failed)

    def _rows(self) -> list[Row]:
        found = (self._model.row_of(path) for path in self._chosen())
        return [row for row in found if row is not None]

    def _folder(self) -> Path | None:
        """Return where results are: the chosen folder, or that of the last result."""
        output = self._choices().output
        if output is not None:
            return output
        ended = (row.outcome for row in reversed(self._model.rows) if row.outcome is not None)
        return next((outcome.target.parent for outcome in ended), None)

    @Slot()
    def open_chosen(self) -> None:
        """Open the first chosen picture in Upscale, at the scale of the batch."""
        rows = self._rows()
        if not rows:
            return
        choices = self._choices()
        wanted = ["mode_upscale"]
        wanted += [f"scale_{choices.scale}"] if choices.way is SizeWay.SCALE else []
        for action_id in wanted:
            action = self._window.actions_by_id[action_id]
            if not action.isChecked():
                action.trigger()
        self._files.open_file(rows[0].path)

    @Slot()
    def _on_show_result(self) -> None:
        results = [target for row in self._rows() if (target := _result(row)) is not None]
        if results:
            show_folder(results[0].parent)

    @Slot()
    def _on_again(self) -> None:
        self._model.let_wait(self._rows())

    @Slot()
    def _on_retry(self) -> None:
        """Let what failed wait again."""
        failed = [row for row in self._model.rows if row.state is State.FAILED]
        self._model.let_wait(failed)
        start = self._window.actions_by_id["batch_start"]
        if failed and start.isEnabled():
            start.trigger()

    @Slot()
    def _on_output(self) -> None:
        folder = self._folder()
        if folder is not None:
            show_folder(folder)

    @Slot()
    def _on_report(self) -> None:
        folder = self._folder() or self._commands.settings.save_folder or Path.home()
        suggested = str(Path(folder) / "batch.csv")
        name, _ = QFileDialog.getSaveFileName(self._window, "Save report", suggested, _FILTER)
        if name:
            path = Path(name)
            self.save_report(path if path.suffix else path.with_name(f"{path.name}.csv"))

    @Slot(object)
    def _on_saved(self, path: Path) -> None:
        self._window.messages.show_info(f"Saved {path.name}", str(path.parent))

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._window.messages.show_error(error)


def _result(row: Row) -> Path | None:
    """Return the file that was made, or was there already."""
    outcome = row.outcome
    is_there = outcome is not None and outcome.state in (State.DONE, State.SKIPPED)
    return outcome.target if outcome is not None and is_there else None


def _write_report(path: Path, ended: Sequence[tuple[Path, Outcome]], _control: JobControl) -> Path:
    write_report(path, ended)
    return path

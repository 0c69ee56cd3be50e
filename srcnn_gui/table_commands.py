"""Where tables of measurements go: the clipboard and files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from srcnn.benchmark import Choice
from srcnn.errors import OutputError, SrcnnError
from srcnn.safe_file import write_text_safely
from srcnn_gui.benchmark.formats import FORMATS, format_of
from srcnn_gui.benchmark.results import Results
from srcnn_gui.saving.choices import with_suffix

if TYPE_CHECKING:
    from collections.abc import Mapping

    from srcnn.report import Report
    from srcnn_gui.benchmark.plan import Plan
    from srcnn_gui.commands import Commands
    from srcnn_gui.main_window import MainWindow

_NOTICE_MS = 4000


class TableCommands(QObject):
    """Copies and saves the table of a measurement, with what it takes to repeat it."""

    asked = Signal()  # for the table: what has come is to be written into the results first

    def __init__(self, window: MainWindow, commands: Commands) -> None:
        super().__init__(window)
        self._window = window
        self._commands = commands
        self._plan: Plan | None = None
        self._results = Results()
        self._computed: Mapping[str, object] = {}
        window.actions_by_id["measure_save"].triggered.connect(self._on_save)

    def begin(self, plan: Plan, results: Results, computed: Mapping[str, object]) -> None:
        """Copy and save these results from now on; they may still grow."""
        self._plan, self._results, self._computed = plan, results, computed

    def report(self) -> Report:
        """Return what the panel shows, with its protocol and how it was computed.

        Raises
        ------
        OutputError
            If there is nothing yet.
        """
        plan, results = self._plan, self._results
        self.asked.emit()
        if plan is None or not results.rows:
            raise OutputError("There is no table yet", hint="Measure something first.")
        scales = [scale for scale in plan.scales if results.images(scale)]
        protocols = Choice((), scales, plan.border, padding=plan.padding).protocols
        computed = {**self._computed, "pictures": dict(results.contents)}
        if results.remembered:
            computed["remembered"] = len(results.remembered)
        return results.report(protocols, computed)

    def save_to(self, path: Path) -> None:
        """Save the table; the ending of the name says in which format."""
        try:
            chosen = format_of(path.suffix)
            if chosen is None:
                endings = ", ".join(one.suffix for one in FORMATS)
                raise OutputError(f"{path.name} names no format", hint=f"Names end in {endings}.")
            write_text_safely(path, chosen.write(self.report()))
        except SrcnnError as error:
            self._window.messages.show_error(error)
        else:
            self._commands.change(save_folder=str(path.parent))
            self._window.messages.show_info(f"Saved {path.name}", str(path.parent))

    @Slot()
    def _on_save(self) -> None:
        plan = self._plan
        stem = "samples" if plan is None or plan.folder is None else plan.folder.name
        suggested = Path(self._commands.settings.save_folder or Path.home()) / f"{stem}.csv"
        filters = {f"{one.label} (*{one.suffix})": one.suffix for one in FORMATS}
        name, chosen = QFileDialog.getSaveFileName(
            self._window, "Save table", str(suggested), ";;".join(filters)
        )
        if name:
            path = Path(name)
            known = format_of(path.suffix) is not None
            self.save_to(path if known else with_suffix(path, filters.get(chosen, ".csv")))

    @Slot(str)
    def copy(self, suffix: str) -> None:
        """Copy the table in the format of that ending."""
        chosen = format_of(suffix)
        if chosen is not None:
            QGuiApplication.clipboard().setText(chosen.write(self.report()))
            notice = f"The table was copied as {chosen.label}."
            self._window.statusBar().showMessage(notice, _NOTICE_MS)

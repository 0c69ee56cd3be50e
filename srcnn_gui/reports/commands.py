"""Commands on reports: what the message bar offers after a fault, and the list in Help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from srcnn.crash_report import reports_folder
from srcnn_gui.desktop import show_folder
from srcnn_gui.explanation import REPORT_WRITTEN
from srcnn_gui.reports.dialog import ReportDialog
from srcnn_gui.theme import Severity

if TYPE_CHECKING:
    from pathlib import Path

    from srcnn_gui.main_window import MainWindow
    from srcnn_gui.reports.crash_report import CrashReports


class ReportCommands(QObject):
    """Says what went wrong, shows reports and their folder."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._folder: Path | None = None
        self.dialog: ReportDialog | None = None
        window.actions_by_id["reports"].triggered.connect(self._on_reports)
        window.messages.report_wanted.connect(self._on_report_wanted)
        window.messages.folder_wanted.connect(self._on_folder_wanted)

    def watch(self, reports: CrashReports) -> None:
        """Say what these reports are about, from now on."""
        self._folder = reports.reporter.folder
        reports.reported.connect(self._on_reported)
        reports.ended_badly.connect(self._on_ended_badly)
        if reports.is_installed:
            reports.look_back()

    @property
    def folder(self) -> Path:
        """Where reports are."""
        return reports_folder() if self._folder is None else self._folder

    @Slot(object)
    def _on_reported(self, error: BaseException) -> None:
        self._window.messages.show_error(error)

    @Slot(object)
    def _on_ended_badly(self, report: Path) -> None:
        self._window.messages.show_message(
            Severity.WARNING,
            "SRCNN Studio did not end properly the last time",
            REPORT_WRITTEN,
            report=report,
        )

    @Slot()
    def _on_reports(self) -> None:
        self._open().show()

    @Slot(object)
    def _on_report_wanted(self, report: Path) -> None:
        dialog = self._open()
        dialog.choose(report)
        dialog.show()

    @Slot(object)
    def _on_folder_wanted(self, report: Path) -> None:
        show_folder(report.parent)

    def _open(self) -> ReportDialog:
        """Make the dialog anew: there may be more reports."""
        if self.dialog is not None:
            self.dialog.close()
            self.dialog.deleteLater()
        self.dialog = ReportDialog(self.folder, self._window)
        return self.dialog

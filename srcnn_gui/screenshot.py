"""A picture of the window that needs nobody to look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from srcnn.errors import MissingWeights, OutputError, UnknownMethod

if TYPE_CHECKING:
    from pathlib import Path

    from srcnn_gui.app import Program


class Screenshot(QObject):
    """Waits for the finished state of the window, saves it and ends the program."""

    def __init__(self, program: Program, path: Path) -> None:
        super().__init__(program)
        self._program = program
        self._path = path
        program.window.is_attended = False
        self.error: Exception | None = None
        program.opener.failed.connect(self._on_failed)
        program.session.failed.connect(self._on_failed)
        self._looking = QTimer(self, interval=50)
        self._looking.timeout.connect(self._on_looking)
        self._looking.start()
        self._quiet = 0

    @Slot()
    def _on_looking(self) -> None:
        program = self._program
        is_still = program.session.is_finished and not program.jobs.jobs
        self._quiet = self._quiet + 1 if is_still else 0
        if self._quiet < 5:  # tables are written a little later
            return
        self._looking.stop()
        for view in program.session.views:
            if isinstance(view.problem, UnknownMethod | MissingWeights):  # wrong words
                self._on_failed(view.problem)
                return
        program.window.figures.refresh()
        if not program.window.grab().save(str(self._path)):
            self.error = OutputError(
                f"{self._path} cannot be written", hint="Choose another folder, and end in .png."
            )
        program.window.close()
        QApplication.exit(1 if self.error else 0)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._looking.stop()
        self.error = error
        self._program.window.close()
        QApplication.exit(1)

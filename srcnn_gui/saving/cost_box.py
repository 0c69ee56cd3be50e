"""What saving will take, as soon as it is known, and what there is not enough of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from srcnn.bytes_text import bytes_text
from srcnn.forecast import memory_warnings
from srcnn.memory import memory_needed
from srcnn_gui.explanation import explain
from srcnn_gui.job_bar import duration
from srcnn_gui.theme import Severity
from srcnn_gui.training.notes import Note

if TYPE_CHECKING:
    from pathlib import Path

    from srcnn.forecast import Forecast
    from srcnn_gui.saving.choices import SaveRequest
    from srcnn_gui.saving.forecast import SaveForecaster

MEASURING = "Measuring what it takes\N{HORIZONTAL ELLIPSIS}"


class Cost(QWidget):
    """A line for time, file and memory; warnings below it.

    Attributes
    ----------
    expected : Forecast or None
        What was measured for the present request.
    warnings : list of str
        Sentences on memory, at once, and on the disk a little after the file's length is known.
    """

    def __init__(self, forecaster: SaveForecaster, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.expected: Forecast | None = None
        self.warnings: list[str] = []
        self._forecaster = forecaster
        self._request: SaveRequest | None = None
        self._folder: Path | None = None  # whose room was asked for
        self._line = QLabel()
        self._note = Note(Severity.ERROR)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._line)
        column.addWidget(self._note)
        forecaster.measured.connect(self._on_measured)
        forecaster.failed.connect(self._on_failed)
        forecaster.warned.connect(self._show_warnings)

    @property
    def text(self) -> str:
        """What the line says."""
        return self._line.text()

    def show_request(self, request: SaveRequest | None) -> None:
        """Tell what a request takes; None for nothing. Measures only what may be another."""
        before, self._request = self._request, request
        if request is None:
            self.expected = None
            self._forecaster.stop()
            self._line.clear()
            self._show_warnings([])
        elif before is None or _essence(before) != _essence(request):
            self.expected = None
            self._line.setText(MEASURING)
            self._forecaster.ask(request)
            needed = memory_needed(
                request.enlargement, request.kept, request.options, size=request.size
            )
            self._show_warnings(memory_warnings(needed))
        elif self.expected is not None and request.path.parent != self._folder:
            self._look_for_room(self.expected, request.path)

    def _look_for_room(self, expected: Forecast, path: Path) -> None:
        self._folder = path.parent
        self._forecaster.look_for_room(expected, path)

    @Slot(object)
    def _show_warnings(self, sentences: list[str]) -> None:
        self.warnings = sentences
        self._note.show_text(" ".join(sentences))

    @Slot(object)
    def _on_measured(self, expected: Forecast) -> None:
        self.expected = expected
        self._line.setText(
            f"Takes about {duration(expected.seconds)}, {bytes_text(expected.file_bytes)} on disk, "
            f"{bytes_text(expected.memory_bytes)} of memory"
        )
        if self._request is not None:
            self._look_for_room(expected, self._request.path)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._line.setText(f"What it takes is not known: {explain(error)[0]}")


def _essence(request: SaveRequest) -> object:
    """Return all that the cost depends on: not the name."""
    return request.enlargement.scale, request.kept, request.options, request.size

"""Tells what saving will take, measured in the background while one still chooses."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from srcnn.forecast import Calibration, Forecast, calibrate, forecast, warnings

if TYPE_CHECKING:
    from pathlib import Path

    from srcnn_gui.jobs import Job, JobControl, JobService
    from srcnn_gui.saving.choices import SaveRequest

CALIBRATE_S = 1.0
_WAIT_MS = 150
"""A choice must stand for so long: a slider that is dragged asks for nothing."""


class SaveForecaster(QObject):
    """Answers the latest request only; tiles of an enlargement are timed once."""

    measured = Signal(object)  # Forecast
    failed = Signal(object)  # Exception
    warned = Signal(object)  # list of str: what there is not enough of; may be empty

    def __init__(self, jobs: JobService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: Job | None = None
        self._look: Job | None = None
        self._request: SaveRequest | None = None
        self._known: dict[int, Calibration] = {}
        self._due = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self._due.timeout.connect(self._on_due)

    def ask(self, request: SaveRequest) -> None:
        """Measure what a request takes; ``measured`` or ``failed`` follows, unless stopped."""
        self.stop()
        self._request = request
        self._due.start()

    def look_for_room(self, expected: Forecast, path: Path) -> None:
        """Look whether there is room for a file; ``warned`` follows, unless stopped.

        In the background: a drive may not answer.
        """
        if self._look is not None:
            self._look.cancel()
        work = partial(_look_for_room, expected, path)
        self._look = self._jobs.submit("Look for room", work, may_hang=True)
        self._look.succeeded.connect(self.warned)

    @Slot()
    def stop(self) -> None:
        """Answer nothing more of what was asked before."""
        self._due.stop()
        for job in (self._job, self._look):
            if job is not None:
                job.cancel()
        self._job = self._look = self._request = None

    @Slot()
    def _on_due(self) -> None:
        assert self._request is not None
        known = self._known.get(self._request.enlargement.scale)
        self._job = self._jobs.submit("Forecast", partial(_measure, self._request, known))
        self._job.succeeded.connect(self._on_measured)
        self._job.failed.connect(self._on_failed)

    @Slot(object)
    def _on_measured(self, found: tuple[Calibration, Forecast]) -> None:
        assert self._request is not None
        self._known[self._request.enlargement.scale], expected = found
        self._job = self._request = None
        self.measured.emit(expected)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._job = self._request = None
        self.failed.emit(error)


def _look_for_room(expected: Forecast, path: Path, _control: JobControl) -> list[str]:
    return warnings(expected, path)


def _measure(
    request: SaveRequest, known: Calibration | None, control: JobControl
) -> tuple[Calibration, Forecast]:
    calibration = known or calibrate(request.enlargement, CALIBRATE_S, control.should_stop)
    expected = forecast(
        request.enlargement,
        calibration,
        request.kept,
        request.options,
        size=request.size,
        metadata=request.metadata,
        should_stop=control.should_stop,
    )
    return calibration, expected

"""Times a start of the program, from the command to SRCNN's first tile; prints JSON.

    python -m benchmarks.window_start SPAWNED PICTURE

Used by ``benchmarks.application``. ``SPAWNED`` is what ``time.monotonic()`` said when the command
was given. The program is begun as ``srcnn-gui PICTURE`` begins it, and only looked at.
"""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QLabel
from typing_extensions import override

from srcnn_gui.app import Program, main
from srcnn_gui.viewer.figure_text import decibels

if TYPE_CHECKING:
    from collections.abc import Callable

LOOK_MS = 2


class Onlooker(QObject):
    """Notes when what people wait for is there, and closes the window at the end."""

    def __init__(self, program: Program, spawned: float) -> None:
        super().__init__(program)
        self._program = program
        self._spawned = spawned
        self._is_painted = False
        self.seconds: dict[str, float] = {}
        program.window.installEventFilter(self)
        self._awaited: dict[str, Callable[[], bool]] = {
            "window_s": lambda: self._is_painted,
            "first_picture_s": self._has_figures,
            "first_srcnn_tile_s": self._has_network,
        }
        timer = QTimer(self, interval=LOOK_MS, timerType=Qt.TimerType.PreciseTimer)
        timer.timeout.connect(self._on_timeout)
        timer.start()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self._is_painted = self._is_painted or event.type() == QEvent.Type.Paint
        return False

    @Slot()
    def _on_timeout(self) -> None:
        now = time.monotonic() - self._spawned
        for name, is_there in self._awaited.items():
            if name not in self.seconds and is_there():
                self.seconds[name] = now
        if len(self.seconds) == len(self._awaited):
            self._program.window.close()

    def _has_figures(self) -> bool:
        """Tell whether bicubic is drawn and the PSNR of all of it written above."""
        baseline = self._program.session.baseline
        if baseline is None or baseline.whole is None or not baseline.whole.is_complete:
            return False
        written = decibels(baseline.whole.figures.psnr_db)
        return any(written in label.text() for label in self._program.window.findChildren(QLabel))

    def _has_network(self) -> bool:
        views = self._program.session.views
        return any(v.result and v.result.layer.needs_torch and v.result.part > 0 for v in views)


def measure(spawned: float, picture: str) -> dict[str, float]:
    """Run the program on a picture until SRCNN's first tile is in."""
    looking: list[Onlooker] = []
    code = main([picture], lambda program: looking.append(Onlooker(program, spawned)))
    if code != 0:
        raise RuntimeError(f"the program ended with {code}")
    return looking[0].seconds


if __name__ == "__main__":
    print(json.dumps(measure(float(sys.argv[1]), sys.argv[2])))

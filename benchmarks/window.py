"""What looks on at a real window and moves it: clocks, a hand, a timer that is late.

The parts of ``benchmarks.application`` and ``benchmarks.training`` are made of it.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QEventLoop, QObject, QPoint, QPointF, Qt, QTimer, Slot
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable

    from srcnn_gui.app import Program

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # no window is in anybody's way

TICK_MS = 5
EVENT_MS = 16
WAIT_MS = 600_000


class Ticker(QObject):
    """By how much a timer of 5 ms comes late: what an event would have to wait."""

    def __init__(self) -> None:
        super().__init__()
        self.late_ms: list[float] = []
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timeout)
        self._last = time.perf_counter()
        self._timer.start()

    @Slot()
    def _on_timeout(self) -> None:
        now = time.perf_counter()
        self.late_ms.append(max(0.0, (now - self._last) * 1000 - TICK_MS))
        self._last = now

    def take(self) -> list[float]:
        """Return what was seen so far and begin anew."""
        seen, self.late_ms = self.late_ms, []
        return seen


class Hand(QObject):
    """Turns the wheel and drags the picture, sixty times a second."""

    def __init__(self, program: Program) -> None:
        super().__init__()
        self._canvas = program.window.area.canvases[0]
        self._step = 0
        self._timer = QTimer(self, interval=EVENT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timeout)
        self._timer.start()

    def stop(self) -> None:
        """Let go."""
        self._timer.stop()

    @Slot()
    def _on_timeout(self) -> None:
        self._step += 1
        canvas, step = self._canvas, self._step
        place = QPointF(canvas.width() / 2 + step % 120, canvas.height() / 2 + step % 70)
        if step % 180 < 60:
            turn = 120 if step // 180 % 2 == 0 else -120
            notch = QWheelEvent(
                place, canvas.mapToGlobal(place), QPoint(), QPoint(0, turn // 8),
                Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
                Qt.ScrollPhase.NoScrollPhase, False,
            )  # fmt: skip
            QApplication.postEvent(canvas, notch)
            return
        kind = QMouseEvent.Type.MouseMove
        if step % 180 == 60:
            kind = QMouseEvent.Type.MouseButtonPress
        elif step % 180 == 179:
            kind = QMouseEvent.Type.MouseButtonRelease
        button = Qt.MouseButton.LeftButton
        event = QMouseEvent(
            kind, place, canvas.mapToGlobal(place), button, button, Qt.KeyboardModifier.NoModifier
        )
        QApplication.postEvent(canvas, event)


class Drag(QObject):
    """Drags all canvases sixty times a second, and notes how long they take to be painted anew.

    A step is what it is in the program: the shared view moves, every canvas asks to be painted,
    and Qt does so in one go. Here that is not left for the next turn of the event loop, so that
    nothing else is counted.
    """

    def __init__(self, program: Program) -> None:
        super().__init__()
        self._window, self._view = program.window, program.window.view
        self._canvases = program.window.area.canvases
        for canvas in self._canvases:
            canvas.installEventFilter(self)
        self._painted = 0
        self._step = 0
        self.seconds: list[float] = []
        self._timer = QTimer(self, interval=EVENT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timeout)
        self._timer.start()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self._painted += event.type() == QEvent.Type.Paint
        return False

    def stop(self) -> None:
        """Let go."""
        self._timer.stop()

    @Slot()
    def _on_timeout(self) -> None:
        self._step += 1
        back = -1 if self._step // 100 % 2 else 1
        self._painted = 0
        started = time.perf_counter()
        self._view.move_to(self._view.viewport.panned(13.0 * back, 7.0 * back))
        QApplication.sendPostedEvents(self._window, QEvent.Type.UpdateRequest)
        self.seconds.append(time.perf_counter() - started)
        if self._painted != len(self._canvases):
            raise RuntimeError(f"{self._painted} of {len(self._canvases)} canvases were painted")


def wait_until(reached: Callable[[], bool], limit_ms: int = WAIT_MS) -> float:
    """Turn the event loop until ``reached``; return the seconds it took."""
    started = time.perf_counter()
    loop = QEventLoop()
    timer = QTimer(interval=1)
    timer.timeout.connect(lambda: loop.quit() if reached() else None)
    timer.start()
    QTimer.singleShot(limit_ms, loop.quit)
    if not reached():
        loop.exec()
    return time.perf_counter() - started


def pause(milliseconds: int) -> None:
    """Let the event loop turn that long."""
    wait_until(lambda: False, milliseconds)


def peak_mb() -> float:
    """Return the largest resident memory of this process so far, in MB.

    Linux counts that of the process which started this one in ``ru_maxrss``, so it is asked
    elsewhere there.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        fields = (line.partition(":") for line in status.read_text("ascii").splitlines())
        return next(int(value.split()[0]) for name, _, value in fields if name == "VmHWM") / 1024
    import resource

    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def percentile(values: list[float], share: float) -> float:
    """Return the value that ``share`` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def first_is_drawn(program: Program, method: str) -> bool:
    """Tell whether a pane's first tile is in."""
    for view in program.session.views:
        if view.choice.method == method and view.result is not None:
            return view.result.part > 0
    return False

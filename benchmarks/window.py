"""Measures one thing about a real window, in a process of its own; prints JSON.

    python -m benchmarks.window start|gaps|viewport|save PICTURE

Used by ``benchmarks.application``.
"""

from __future__ import annotations

import json
import os
import random
import resource
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

STARTED = time.perf_counter()
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QObject, QPoint, QPointF, Qt, QTimer  # noqa: E402
from PySide6.QtGui import QMouseEvent, QWheelEvent  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from srcnn_gui.app import Program  # noqa: E402
from srcnn_gui.settings import Settings  # noqa: E402
from srcnn_gui.theme import apply_theme  # noqa: E402
from srcnn_gui.viewer.layer import MethodLayer  # noqa: E402
from srcnn_gui.viewer.scene import Mode  # noqa: E402
from srcnn_gui.viewer.viewport import Viewport  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

TICK_MS = 5
EVENT_MS = 16
PANNING_MS = 8000
VIEWPORTS = 50
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

    def _on_timeout(self) -> None:
        self._step += 1
        canvas, step = self._canvas, self._step
        place = QPointF(canvas.width() / 2 + step % 120, canvas.height() / 2 + step % 70)
        if step % 180 < 60:
            turn = 120 if step // 180 % 2 == 0 else -120
            event = QWheelEvent(
                place, canvas.mapToGlobal(place), QPoint(), QPoint(0, turn // 8),
                Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
                Qt.ScrollPhase.NoScrollPhase, False,
            )  # fmt: skip
            QApplication.postEvent(canvas, event)
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


def peak_mb() -> float:
    """Return the largest resident memory so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


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


def start(program: Program, picture: Path) -> dict[str, float]:
    """Time from the process's start to window, first picture and first SRCNN tile."""
    window_s = time.perf_counter() - STARTED
    program.load_torch()
    program.files.open_file(picture)
    session = program.session

    def has_figures() -> bool:
        baseline = session.baseline
        return baseline is not None and baseline.whole is not None and baseline.whole.is_complete

    wait_until(has_figures)
    first_picture_s = time.perf_counter() - STARTED
    wait_until(partial(first_is_drawn, program, "srcnn"))
    return {
        "window_s": window_s,
        "first_picture_s": first_picture_s,
        "first_srcnn_tile_s": time.perf_counter() - STARTED,
        "rss_mb": peak_mb(),
    }


def gaps(program: Program, picture: Path) -> dict[str, float]:
    """Lateness of a 5 ms timer while PyTorch loads, and while a hand never rests."""
    ticker = Ticker()
    program.load_torch()
    wait_until(lambda: program.session.torch_is_ready)
    loading = ticker.take()
    program.files.open_file(picture)
    wait_until(partial(first_is_drawn, program, "bicubic"))
    opening = ticker.take()
    hand = Hand(program)
    wait_until(lambda: False, PANNING_MS)
    hand.stop()
    busy = ticker.take()
    return {
        "gap_max_loading_ms": max(loading),
        "gap_max_opening_ms": max(opening),
        "gap_p99_ms": percentile(busy, 0.99),
        "gap_max_ms": max(busy),
        "ticks": float(len(busy)),
    }


def viewport(program: Program, picture: Path) -> dict[str, float]:
    """Time from letting go to 800 x 600 exact pixels of SRCNN, nothing cached."""
    program.load_torch()
    program.session.set_computes_whole(False)
    program.files.open_file(picture)
    wait_until(partial(first_is_drawn, program, "srcnn"))
    wait_until(lambda: program.session.is_finished)
    places = random.Random(0)
    seconds, repaints = [], []
    view, canvas = program.window.view, program.window.area.canvases[0]
    for _ in range(VIEWPORTS):
        x = places.uniform(500, view.image.width - 500)
        y = places.uniform(400, view.image.height - 400)
        program.session.cache.clear()
        started = time.perf_counter()
        view.move_to(Viewport(x, y, 1.0))
        wait_until(lambda: not program.session.is_finished)
        wait_until(lambda: program.session.is_finished)
        seconds.append(time.perf_counter() - started)
        painted = time.perf_counter()
        canvas.repaint()
        repaints.append(time.perf_counter() - painted)
    return {
        "viewport_ms": 1000 * percentile(seconds, 0.5),
        "repaint_p95_ms": 1000 * percentile(repaints, 0.95),
        "pane_megapixels": canvas.screen_size().megapixels,
    }


def save(program: Program, picture: Path) -> dict[str, float]:
    """Open, pan and save twice as large: memory and time; and how fast cancel acts."""
    program.load_torch()
    wait_until(lambda: program.session.torch_is_ready)
    bare = peak_mb()
    program.files.open_file(picture)
    wait_until(partial(first_is_drawn, program, "srcnn"))
    hand = Hand(program)
    wait_until(lambda: False, 3000)
    hand.stop()
    panned = peak_mb()
    target = picture.with_name("saved.png")
    layer = program.window.area.active_layer()
    if not isinstance(layer, MethodLayer):
        raise TypeError("the active pane shows no method")
    job = program.saver.save(layer.enlargement, None, target, 95)
    wait_until(lambda: False, 500)
    started = time.perf_counter()
    job.cancel()
    wait_until(lambda: not job.is_running)
    cancel_s = time.perf_counter() - started
    program.session.set_computes_whole(False)
    job = program.saver.save(layer.enlargement, None, target, 95)
    save_s = wait_until(lambda: not job.is_running)
    if not target.is_file():
        raise RuntimeError("the picture was not saved")
    return {
        "rss_bare_mb": bare,
        "rss_panned_mb": panned,
        "rss_saved_mb": peak_mb(),
        "rss_over_bare_mb": peak_mb() - bare,
        "cancel_s": cancel_s,
        "save_s": save_s,
    }


def main() -> None:
    """Measure what the command line names and print it."""
    what, picture = sys.argv[1], Path(sys.argv[2])
    app = QApplication(sys.argv[:1])
    settings = Settings(
        mode=Mode.UPSCALE if what == "save" else Mode.COMPARE,
        scale=2 if what == "save" else 3,
        panes=("srcnn",) if what == "viewport" else ("bicubic", "srcnn"),
    )
    apply_theme(app, settings.theme)
    program = Program(settings)
    program.window.resize(1920, 1080)
    program.window.show()
    wait_until(program.window.isVisible)
    result = {"start": start, "gaps": gaps, "viewport": viewport, "save": save}[what](
        program, picture
    )
    program.window.close()
    print(json.dumps(result))


if __name__ == "__main__":
    main()

"""The window answers while tens of megapixels are computed and saved.

The bounds are wide, so that a slow machine passes and a frozen window does not; how fast it
really is, the benchmarks say.
"""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QTimer, Slot
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from srcnn_gui.settings import Settings

pytestmark = pytest.mark.slow
WAIT_MS = 60_000
DURATION_S = 2.0
MOST_LATE_S = 0.5
MOST_UNTIL_CANCELLED_S = 1.0


class Hand(QObject):
    """Turns the wheel and drags, sixty times a second."""

    def __init__(self, canvas) -> None:
        super().__init__()
        self._canvas = canvas
        self.moves = 0
        timer = QTimer(self, interval=16, timerType=Qt.TimerType.PreciseTimer)
        timer.timeout.connect(self._on_moved)
        timer.start()

    @Slot()
    def _on_moved(self) -> None:
        self.moves += 1
        place = QPointF(100 + self.moves * 7 % 150, 100 + self.moves * 3 % 90)
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        if self.moves % 40 < 10:
            notch = QPoint(0, 120 if self.moves % 80 < 40 else -120)
            phase = Qt.ScrollPhase.NoScrollPhase
            nothing = Qt.MouseButton.NoButton
            event = QWheelEvent(place, place, QPoint(), notch, nothing, none, phase, False)
        else:
            kind = QEvent.Type.MouseButtonPress if self.moves % 40 == 10 else QEvent.Type.MouseMove
            event = QMouseEvent(kind, place, place, left, left, none)
        QApplication.sendEvent(self._canvas, event)


class Watch(QObject):
    """Notes how late a timer of 5 ms is at worst."""

    def __init__(self) -> None:
        super().__init__()
        self.latest_s = 0.0
        self._expected_s = perf_counter()
        timer = QTimer(self, interval=5, timerType=Qt.TimerType.PreciseTimer)
        timer.timeout.connect(self._on_timeout)
        timer.start()

    @Slot()
    def _on_timeout(self) -> None:
        now = perf_counter()
        self.latest_s = max(self.latest_s, now - self._expected_s)
        self._expected_s = now + 0.005


@pytest.fixture
def large(tmp_path):
    """Return a picture of 24 megapixels."""
    y, x = np.mgrid[:4000, :6000].astype(np.uint16)
    pixels = np.stack([x // 24, y // 16, (x ^ y) & 255], axis=-1).astype(np.uint8)
    path = tmp_path / "large.bmp"
    Image.fromarray(pixels).save(path)
    return path


def test_the_window_answers_while_much_is_computed(start, large, tmp_path, qtbot):
    driver = start(settings=replace(Settings(), scale=2, panes=("bicubic", "lanczos")))
    with qtbot.waitSignal(driver.program.opener.opened, timeout=WAIT_MS):
        driver.program.files.open_file(large)
    qtbot.waitUntil(lambda: driver.session.views[0].result is not None, timeout=WAIT_MS)
    assert not driver.session.is_finished
    canvas = driver.window.area.canvases[0]
    hand, watch = Hand(canvas), Watch()
    end = perf_counter() + DURATION_S
    qtbot.waitUntil(lambda: perf_counter() > end, timeout=WAIT_MS)
    hand.deleteLater()
    assert hand.moves > 20
    assert watch.latest_s < MOST_LATE_S
    driver.program.saving.save_to(tmp_path / "large.png")
    (row,) = driver.window.job_bar.rows
    qtbot.waitUntil(lambda: "computing" in row.text, timeout=WAIT_MS)
    began = perf_counter()
    with qtbot.waitSignal(driver.program.saving.saver.cancelled, timeout=WAIT_MS):
        row._cancel.click()
    assert perf_counter() - began < MOST_UNTIL_CANCELLED_S
    assert not (tmp_path / "large.png").exists()
    assert watch.latest_s < MOST_LATE_S
    began = perf_counter()
    driver.window.close()
    assert perf_counter() - began < MOST_UNTIL_CANCELLED_S

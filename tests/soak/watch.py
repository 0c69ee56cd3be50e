"""Notes what must not happen in a window: exceptions, remarks of Qt, a loop that stands still."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter, process_time, thread_time

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    Qt,
    QTimer,
    QtMsgType,
    Slot,
    qInstallMessageHandler,
)

_TICK_S = 0.005
_NO_SCREEN = "This plugin does not support"
"""So the offscreen platform begins to say what it lacks."""

LONGEST_S = 0.25
"""The event loop may stand still for so long, where people wait for it."""


@dataclass(frozen=True)
class Gap:
    """A time in which the event loop did not turn.

    Attributes
    ----------
    seconds, own_s, process_s, limit_s : float
        How late it was; the processor time of the thread of the window in it, and of all threads;
        and how late it may be.
    index, action : int, str
        What was done last.
    stack : str
        Where the thread of the window was.
    """

    seconds: float
    own_s: float
    process_s: float
    limit_s: float
    index: int
    action: str
    stack: str

    @property
    def is_ours(self) -> bool:
        """Whether the window was at work for so long: else the machine had no time for it."""
        return self.own_s > self.limit_s

    def __str__(self) -> str:
        return (
            f"{self.seconds * 1000:.0f} ms (window {self.own_s * 1000:.0f} ms, all threads "
            f"{self.process_s * 1000:.0f} ms of processor time) after {self.index}: {self.action}"
        )


class Watch(QObject):
    """Listens while its block runs.

    Parameters
    ----------
    limit_s : float
        The event loop may stand still for so long.

    Attributes
    ----------
    problems : list of str
        What was raised in any thread and what Qt said.
    gaps : list of Gap
        Times of more than that.
    longest_s : float
        The longest time that the window itself took.
    index, action : int, str
        What is being done, for the gaps.
    """

    def __init__(self, limit_s: float = LONGEST_S) -> None:
        super().__init__()
        self._limit_s = limit_s
        self.problems: list[str] = []
        self.gaps: list[Gap] = []
        self.longest_s = 0.0
        self.index, self.action = 0, "start"
        self._window_thread = threading.get_ident()
        self._stack = ""
        self._has_ended = threading.Event()
        self._looker = ThreadPoolExecutor(1, thread_name_prefix="watch")
        self._handler = _Handler(self.problems)
        self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer)
        self._timer.setInterval(round(_TICK_S * 1000))
        self._timer.timeout.connect(self._on_tick)
        self._last = self._now()

    def __enter__(self) -> Watch:
        """Listen, and measure how late a timer is."""
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        sys.unraisablehook = self._on_unraisable
        qInstallMessageHandler(self._on_qt_message)
        logging.getLogger().addHandler(self._handler)
        self.rest()
        self._timer.start()
        self._looker.submit(self._look)
        return self

    def rest(self) -> None:
        """Begin to measure anew: nobody looked on until now."""
        self._stack, self._last = "", self._now()

    def __exit__(self, *_: object) -> None:
        """Listen no more."""
        self._timer.stop()
        self._has_ended.set()
        self._looker.shutdown()
        logging.getLogger().removeHandler(self._handler)
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        sys.unraisablehook = sys.__unraisablehook__
        qInstallMessageHandler(None)

    def _now(self) -> tuple[float, float, float]:
        return perf_counter(), thread_time(), process_time()

    @Slot()
    def _on_tick(self) -> None:
        now = self._now()
        late_s, own_s, process_s = (a - b for a, b in zip(now, self._last, strict=True))
        late_s -= _TICK_S
        self.longest_s = max(self.longest_s, min(late_s, own_s))
        if late_s > self._limit_s:
            times = late_s, own_s, process_s, self._limit_s
            self.gaps.append(Gap(*times, self.index, self.action, self._stack))
        self.rest()

    def _look(self) -> None:
        """See, from another thread, where the window is when it does not come back."""
        while not self._has_ended.wait(self._limit_s / 5):
            if perf_counter() - self._last[0] > self._limit_s * 0.6 and not self._stack:
                self._stack = _stack_of(self._window_thread)

    def _on_exception(self, kind, error, trace) -> None:
        self.problems.append("".join(traceback.format_exception(kind, error, trace)))

    def _on_thread_exception(self, told: threading.ExceptHookArgs) -> None:
        self._on_exception(told.exc_type, told.exc_value, told.exc_traceback)

    def _on_unraisable(self, told) -> None:
        self._on_exception(told.exc_type, told.exc_value, told.exc_traceback)
        self.problems[-1] += f"in {told.object!r}"

    def _on_qt_message(self, kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        if not text.startswith(_NO_SCREEN):
            self.problems.append(f"Qt says: {text}\n{''.join(traceback.format_stack(limit=8))}")


class _Handler(logging.Handler):
    """Takes faults of ours out of the log: what is said to the user is a warning."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._problems = problems

    def emit(self, record: logging.LogRecord) -> None:
        trace = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
        self._problems.append(f"{record.name}: {record.getMessage()}\n{trace}")


def _stack_of(thread: int) -> str:
    """Return where a thread is; its frame, which holds all that it uses, is let go of."""
    return "".join(traceback.format_stack(sys._current_frames().get(thread), limit=8))

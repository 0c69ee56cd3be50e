"""What fails unexpectedly, in any thread, leaves a report, and the window is told.

Whoever catches such an exception logs it with its traceback, as everywhere in the program; what
nobody caught is logged here. From the log it goes into a report. What Python itself does not
survive is written by ``faulthandler`` into the mark of this process, a file that is there while
the program runs: where the next start finds one of a process that is no more, it ended badly.
"""

from __future__ import annotations

import contextlib
import faulthandler
import hashlib
import logging
import math
import os
import platform
import sys
import threading
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, NoReturn

from PySide6.QtCore import QMessageLogContext, QObject, Qt, QtMsgType, Signal, Slot, qVersion
from PySide6.QtGui import QGuiApplication
from typing_extensions import override

from srcnn.crash_report import Reporter, is_unexpected
from srcnn.hidden_names import without_names
from srcnn.process_mark import own_mark, parse_mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from io import TextIOWrapper
    from types import TracebackType

log = logging.getLogger(__name__)

_AGAIN_AFTER_S = 10.0


def log_qt_message(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    """Hand what Qt says to the log; the offscreen platform's remark on size hints says nothing."""
    if "propagateSizeHints" in text:
        return
    if kind is QtMsgType.QtFatalMsg:  # Qt ends the program when this returns
        logging.getLogger("qt").critical("%s", text)
    else:
        logging.getLogger("qt").warning("%s", text)


class CrashReports(QObject):
    """Writes reports from ``install`` to ``remove``.

    Parameters
    ----------
    folder : Path or None
        Where reports go; None for the program's own.
    parent : QObject or None
        Owner.

    Attributes
    ----------
    reporter : Reporter
        What writes them.
    """

    reported = Signal(object)  # Exception, with its report; in the GUI thread
    ended_badly = Signal(object)  # Path of a report: the last time, the program did not end well

    _told = Signal(object)  # emitted in any thread

    def __init__(self, folder: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        facts = f"Qt {qVersion()}, {QGuiApplication.platformName()}"
        self.reporter = Reporter("SRCNN Studio", folder, (facts,))
        self._handler = _Handler(self)
        self._hooks: tuple[Callable[..., object], ...] = ()
        self._mark: TextIOWrapper | None = None
        self._told_s: dict[Path, float] = {}
        self._had_faulthandler = False
        self._told.connect(self._on_told, Qt.ConnectionType.QueuedConnection)

    @property
    def is_installed(self) -> bool:
        """Whether reports are written."""
        return bool(self._hooks)

    def install(self) -> None:
        """Begin: listen to the log, catch what nobody catches, leave a mark of this process."""
        root = logging.getLogger()
        root.addHandler(self.reporter.records)
        root.addHandler(self._handler)
        self._hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
        sys.excepthook = _on_exception
        threading.excepthook = _on_thread_exception
        sys.unraisablehook = _on_unraisable
        self._leave_mark()

    def look_back(self) -> None:
        """See whether the program ended badly before, and say so."""
        for mark in self.reporter.folder.glob("running-*.txt"):
            if not _is_of_the_dead(mark):
                continue
            with contextlib.suppress(OSError):
                said = mark.read_text(encoding="utf-8", errors="replace").partition("\n")[2]
                mark.unlink()
                what = "The program did not end properly.\n\n" + (
                    said.strip() or "It was killed, or the computer was switched off."
                )
                report = self.reporter.report_text(what)
                if report is not None:
                    self.ended_badly.emit(report)

    def remove(self) -> None:
        """End, as the program ends well: the mark goes."""
        root = logging.getLogger()
        root.removeHandler(self.reporter.records)
        root.removeHandler(self._handler)
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._hooks
        self._hooks = ()
        if self._mark is None:
            return
        faulthandler.disable()
        if self._had_faulthandler and sys.__stderr__ is not None:
            faulthandler.enable(sys.__stderr__)
        self._mark.close()
        with contextlib.suppress(OSError):
            Path(self._mark.name).unlink()
        self._mark = None

    def take(self, error: BaseException) -> None:
        """Write a report on an exception, and tell the window; in any thread.

        What fails again and again, such as painting, is told now and then.
        """
        path, now_s = self.reporter.report(error), monotonic()
        if path is not None and now_s - self._told_s.get(path, -math.inf) > _AGAIN_AFTER_S:
            self._told_s[path] = now_s
            self._told.emit(error)

    def take_words(self, words: str) -> None:
        """Write a report on what Qt cannot survive, which it says in words."""
        self.reporter.report_text(without_names(words))

    def _leave_mark(self) -> None:
        folder = self.reporter.folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._mark = (folder / f"running-{own_mark()}.txt").open("w", encoding="utf-8")
            self._mark.write(f"{_computer()}\n")
            self._mark.flush()
            self._had_faulthandler = faulthandler.is_enabled()
            faulthandler.enable(self._mark)
        except OSError as error:
            log.warning("no mark of this process is left: %s", error)

    @Slot(object)
    def _on_told(self, error: BaseException) -> None:
        self.reported.emit(error)


@contextlib.contextmanager
def crash_reports(*, is_quiet: bool = False) -> Iterator[CrashReports]:
    """Give what writes reports while the block runs; nothing is written if it is to be quiet.

    What the block itself raises has a report, too.
    """
    reports = CrashReports()
    if is_quiet:
        yield reports
        return
    reports.install()
    try:
        yield reports
    except Exception:
        log.exception("the program cannot go on")
        raise
    finally:
        reports.remove()


def end_at_once(code: int) -> NoReturn:
    """End the process without waiting for threads that hang."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # as in a program without a console
            with contextlib.suppress(OSError):
                stream.flush()
    os._exit(code)


class _Handler(logging.Handler):
    """Takes the exceptions out of the log that are faults of ours."""

    def __init__(self, reports: CrashReports) -> None:
        super().__init__(logging.ERROR)
        self._reports = reports

    @override
    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and is_unexpected(error):
            self._reports.take(error)
        elif error is None and record.levelno >= logging.CRITICAL:
            self._reports.take_words(record.getMessage())


def _on_exception(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        log.critical("nobody caught %s", kind.__name__, exc_info=error)


def _on_thread_exception(told: threading.ExceptHookArgs) -> None:
    if told.exc_value is not None and not isinstance(told.exc_value, SystemExit):
        log.critical("nobody caught %s", told.exc_type.__name__, exc_info=told.exc_value)


def _on_unraisable(told: sys.UnraisableHookArgs) -> None:
    if told.exc_value is not None:
        log.critical("nobody can catch %s", told.exc_type.__name__, exc_info=told.exc_value)


def _is_of_the_dead(file: Path) -> bool:
    """Tell whether the process is no more that a mark speaks of."""
    mark = parse_mark(file.stem.removeprefix("running-"))
    if mark is None or mark.is_here:
        return mark is None or mark.is_dead
    try:
        with file.open(encoding="utf-8", errors="replace") as lines:
            node, _, start = lines.readline().strip().partition(" ")
    except OSError:
        return False
    own_node, _, own_start = _computer().partition(" ")
    return node == own_node and start != own_start  # this computer was switched on since


def _computer() -> str:
    """Return this computer, and when it was switched on, in letters that tell neither."""
    start = ""
    with contextlib.suppress(OSError):
        start = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
    return " ".join(
        hashlib.sha256(text.encode(errors="replace")).hexdigest()[:8]
        for text in (platform.node(), start)
    )

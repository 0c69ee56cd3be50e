"""The window in a process of its own, away from the user's files; for long runs."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from PySide6.QtCore import QEvent, QEventLoop, QObject, QSettings, QTimer
from PySide6.QtGui import QPixmapCache
from PySide6.QtWidgets import QApplication

from srcnn.workers import tune_memory
from srcnn_gui import app as app_module
from srcnn_gui.app import Program
from srcnn_gui.command_line import parse
from srcnn_gui.icons import application_icon
from srcnn_gui.settings import SettingsStore

_LOOK_MS = 5
_M_TRIM_THRESHOLD = -1  # of malloc.h
_HANDLES = Path("/proc/self/fd")


def make_application(folder: Path) -> QApplication:
    """Make the application as the program does; what it keeps goes into ``folder``."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    live_in(folder)
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)  # the next one follows
    app.setApplicationName("SRCNN Studio")
    app.setWindowIcon(application_icon())
    return app


def live_in(folder: Path) -> None:
    """Keep settings and data in a folder from now on."""
    for kind in ("CONFIG", "DATA", "CACHE", "STATE"):
        os.environ[f"XDG_{kind}_HOME"] = str(folder / kind.lower())
    os.environ["HOME"] = str(folder)
    os.chdir(folder)  # for a name that is typed without a folder


def begin(app: QApplication, folder: Path, *words: str) -> Program:
    """Open a window as the command line does that says ``words``."""
    file = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
    options = parse(list(words))
    return app_module._begin(app, options, SettingsStore(file))


def end(program: Program) -> bool:
    """Close the window and dispose of everything; tell whether it closed."""
    program.window.is_attended = False
    closed = program.window.close()
    program.window.deleteLater()
    program.deleteLater()
    return closed


def sweep() -> None:
    """Let go of what nobody holds any more, and of the icons that Qt keeps, of 10 MB at most."""
    QPixmapCache.clear()
    for _ in range(2):  # what is collected may leave something to be deleted
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()


def wait_until(condition: Callable[[], bool], longest_s: float = 60) -> None:
    """Turn the event loop until a condition holds.

    Raises
    ------
    TimeoutError
        If it does not for so long.
    """
    loop, until_s = QEventLoop(), monotonic() + longest_s

    def look() -> None:
        if condition() or monotonic() > until_s:
            loop.quit()

    timer = QTimer(interval=_LOOK_MS)
    timer.timeout.connect(look)
    timer.start()
    loop.exec()
    timer.stop()
    if not condition():
        raise TimeoutError(f"it did not come within {longest_s:.0f} s")


def is_settled(program: Program) -> bool:
    """Tell whether everything is opened, computed, measured and saved."""
    return (
        not program.opener.is_busy
        and not program.jobs.jobs
        and not program.window.area._looking.isActive()
        and program.session.is_finished
    )


@dataclass(frozen=True)
class Census:
    """What a process has of each kind, by name.

    Attributes
    ----------
    threads, handles, widgets, objects : Counter of str
        Threads, open files, widgets of Qt, and its objects that Python holds, dead or alive.
    """

    threads: Counter[str]
    handles: Counter[str]
    widgets: Counter[str]
    objects: Counter[str]

    def more_than(self, before: Census) -> list[str]:
        """Say what there is that was not there before."""
        found = []
        for kind in ("threads", "handles", "widgets", "objects"):
            more = getattr(self, kind) - getattr(before, kind)
            found += [f"{kind}: {count} {name}" for name, count in sorted(more.items())]
        return found


def take_census() -> Census:
    """Count what there is now."""
    handles: Counter[str] = Counter()
    for handle in list(_HANDLES.iterdir()) if _HANDLES.is_dir() else ():
        with contextlib.suppress(OSError):  # that of the listing is closed
            handles[_kind(str(handle.readlink()))] += 1
    return Census(
        Counter(thread.name.rstrip("0123456789") for thread in threading.enumerate()),
        handles,
        Counter(widget.metaObject().className() for widget in QApplication.allWidgets()),
        Counter(type(one).__name__ for one in gc.get_objects() if issubclass(type(one), QObject)),
    )


def _kind(target: str) -> str:
    """Return the name of a file, or what a pipe is without its number."""
    return target.partition(":[")[0]


def keep_no_freed_memory() -> None:
    """Have freed memory go back to the system: how much is kept depends on chance.

    The program has the C library keep up to 64 MB at the end of each of its heaps, which
    ``malloc_trim`` does not touch.
    """
    tune_memory()  # it does that once
    if sys.platform == "linux":
        ctypes.CDLL(None).mallopt(_M_TRIM_THRESHOLD, 0)


def resident_mb() -> float:
    """Return the memory that the process has in use, in MB, without what it has freed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

"""Reports of what should never happen: readable, kept on this computer, sent nowhere.

A report says what failed and on what it ran. It holds nothing of a picture, and no name of the
user's: the home folder is ``~``, and of other files only the ending is told. Whoever attaches a
report adds what matters.
"""

from __future__ import annotations

import contextlib
import logging
import os
import platform
import sys
import tempfile
import threading
import traceback
from collections import deque
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from typing_extensions import override

from srcnn import __version__
from srcnn.bytes_text import bytes_text
from srcnn.device import available_devices, cpu_device
from srcnn.errors import Cancelled, SrcnnError, name_problem
from srcnn.free_memory import free_memory
from srcnn.hidden_names import without_names
from srcnn.safe_file import write_safely

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MOST_REPORTS = 20
"""Reports that are kept, the newest."""

MOST_RECORDS = 200
"""Lines of the log that a report ends with."""

_MOST_NAMES = 1000  # of a list of files
_PACKAGES = "numpy", "pillow", "torch", "PySide6-Essentials"

_HEADINGS = "Traceback (", "During handling of", "The above exception"


def reports_folder() -> Path:
    """Return the folder of reports, among the program's data."""
    from platformdirs import user_data_path

    return user_data_path("srcnn-studio", appauthor=False) / "reports"


def list_reports(folder: Path) -> list[Path]:
    """Return the reports in a folder, the newest first."""
    return sorted(folder.glob("report-*.txt"), reverse=True)


def is_unexpected(error: BaseException) -> bool:
    """Tell whether an exception is a fault of ours, and no sentence for the user."""
    return not isinstance(
        error, (SrcnnError, Cancelled, MemoryError, KeyboardInterrupt, SystemExit)
    )


class LastRecords(logging.Handler):
    """Remembers the last lines of the log."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: deque[str] = deque(maxlen=MOST_RECORDS)
        form = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"
        self.setFormatter(logging.Formatter(form))

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines, the oldest first; none of a traceback."""
        with self.lock or contextlib.nullcontext():
            return tuple(self._lines)

    @override
    def emit(self, record: logging.LogRecord) -> None:
        bare = logging.makeLogRecord({**record.__dict__, "exc_info": None, "exc_text": None})
        self._lines.append(without_names(self.format(bare)))


class Reporter:
    """Writes reports, one for each fault: the same one again is told by the first.

    Safe to use in any thread.

    Parameters
    ----------
    program : str
        What is running, such as ``srcnn upscale``.
    folder : Path or None
        Where reports go; None for the program's own.
    facts : sequence of str
        Further lines on what it runs on.

    Attributes
    ----------
    records : LastRecords
        The lines of the log that reports end with; the caller adds it to a logger.
    """

    def __init__(self, program: str, folder: Path | None = None, facts: Sequence[str] = ()) -> None:
        self.folder = reports_folder() if folder is None else folder
        self.records = LastRecords()
        self._program = program
        self._facts = facts
        self._lock = threading.RLock()  # what fails while a report is written comes in again
        self._is_writing = False
        self._written: dict[tuple[object, ...], Path] = {}

    def report(self, error: BaseException) -> Path | None:
        """Write a report on an exception; None if that is not possible, which the log says."""
        with self._lock:
            fault = _fault(error)
            if fault not in self._written and len(self._written) < MOST_REPORTS:
                path = self._write(traceback_text(error))
                if path is not None:
                    self._written[fault] = path
            path = self._written.get(fault)
        if path is not None:
            with contextlib.suppress(AttributeError, TypeError):
                error.srcnn_report = path  # type: ignore[attr-defined]  # see report_of
        return path

    def report_text(self, what: str) -> Path | None:
        """Write a report on something that is known by its text alone."""
        with self._lock:
            return self._write(what)

    def _write(self, what: str) -> Path | None:
        if self._is_writing:  # of what goes wrong in the midst of this there is none
            return None
        self._is_writing = True
        try:
            return self._write_new(what)
        finally:
            self._is_writing = False

    def _write_new(self, what: str) -> Path | None:
        lines = self.records.lines or ("(nothing)",)
        text = "\n".join(
            [
                *(f"{self._program}: report of a problem", ""),
                "Nothing of this was sent anywhere. It holds no picture, and of the names of your",
                "files only the endings; add to it what you think matters.",
                *("", "What happened", what.rstrip(), ""),
                *("Where", *(f"  {line}" for line in (*_surroundings(), *self._facts)), ""),
                *("The last lines of the log", *(f"  {line}" for line in lines), ""),
            ]
        )
        for folder in (self.folder, Path(tempfile.gettempdir())):
            path = folder / f"report-{datetime.now():%Y%m%d-%H%M%S-%f}-{os.getpid()}.txt"
            try:
                folder.mkdir(parents=True, exist_ok=True)
                write_safely(path, text.encode(errors="replace"))
            except (OSError, SrcnnError) as problem:
                logging.getLogger(__name__).warning("no report in %s: %s", folder, problem)
                continue
            for old in list_reports(folder)[MOST_REPORTS:]:
                with contextlib.suppress(OSError):
                    old.unlink()
            return path
        return None


def report_of(error: BaseException) -> Path | None:
    """Return the report that was written on this exception, if there is one."""
    path = getattr(error, "srcnn_report", None)
    return path if isinstance(path, Path) else None


@contextlib.contextmanager
def unexpected_reported(program: str) -> Iterator[None]:
    """Turn what a command did not expect into a report, a sentence on stderr and exit code 1.

    Errors that are sentences already are passed on; so are names that no file can have.

    Raises
    ------
    DataError
        If a name is too long, or its folder may not be looked into.
    """
    reporter, root = Reporter(program), logging.getLogger()
    added: list[logging.Handler] = [reporter.records]
    if not root.handlers and logging.lastResort is not None:
        added.append(logging.lastResort)  # with a handler, it would say nothing
    for handler in added:
        root.addHandler(handler)
    try:
        yield
    except Exception as error:
        if not is_unexpected(error):
            raise
        problem = name_problem(error)
        if problem is not None:
            raise problem from error
        path = reporter.report(error)
        where = "no report could be written" if path is None else f"the report is {path}"
        kind = type(error).__name__
        sys.stderr.write(f"error: Something unexpected happened ({kind}); {where}\n")
        sys.exit(1)
    finally:
        for handler in added:
            root.removeHandler(handler)


def traceback_text(error: BaseException) -> str:
    """Return the traceback of an exception, and of what led to it, without names of the user."""
    names = _names_in(error)
    lines = []
    for line in traceback.TracebackException.from_exception(error).format():
        if line.startswith('  File "'):
            lines.append(_at_home(line))
        elif line.startswith(_HEADINGS):
            lines.append(line)
        else:
            for name in names:
                line = line.replace(name, f"*{Path(name).suffix}")
            lines.append(without_names(line))
    return "".join(lines)


def _at_home(text: str) -> str:
    home = str(Path.home())
    return text.replace(home, "~") if len(home) > 1 else text


def _names_in(error: BaseException) -> list[str]:
    """Return names of files that an exception or its functions knew of, the longest first."""
    found: set[str] = set()
    chain: list[BaseException | None] = [error]
    seen: set[int] = set()
    while chain:
        one = chain.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        chain += [one.__cause__, one.__context__]
        if isinstance(one, OSError):
            found.update(n for n in (one.filename, one.filename2) if isinstance(n, str))
        for frame, _ in traceback.walk_tb(one.__traceback__):
            for value in frame.f_locals.values():
                some = value[:_MOST_NAMES] if isinstance(value, tuple | list) else (value,)
                for path in (path for path in some if isinstance(path, Path)):
                    found.update((str(path), path.name))
    return sorted((name for name in found if len(name) > 1), key=len, reverse=True)


def _fault(error: BaseException) -> tuple[object, ...]:
    """Return what makes two exceptions the same fault: their kind, and where they come from."""
    frames = traceback.walk_tb(error.__traceback__)
    return type(error), *((frame.f_code, line) for frame, line in frames)


def _surroundings() -> Iterable[str]:
    """Describe what the program runs on; what cannot be told is left out."""
    yield f"SRCNN Studio {__version__}"
    yield f"{platform.system()} {platform.release()} ({platform.machine()})"
    yield f"Python {platform.python_version()}"
    for package in _PACKAGES:
        with contextlib.suppress(PackageNotFoundError):
            loaded = package != "torch" or _torch_is_loaded()
            yield f"{package} {version(package)}{'' if loaded else ' (not loaded)'}"
    with contextlib.suppress(Exception):  # a report is written whatever else is broken
        devices = available_devices() if _torch_is_loaded() else (cpu_device(),)
        for device in devices:
            yield f"{device.id}: {device.label}"
    with contextlib.suppress(Exception):
        yield _memory()


def _torch_is_loaded() -> bool:
    """Tell whether PyTorch can be asked at once: to wait for its import takes seconds."""
    module = sys.modules.get("torch")
    return module is not None and not getattr(module.__spec__, "_initializing", False)


def _memory() -> str:
    fields = dict.fromkeys(("VmRSS", "VmHWM"), "unknown")
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name in fields:
                fields[name] = " ".join(value.split())
    left = free_memory()
    free = "unknown" if left is None else bytes_text(left)
    return f"Memory: used {fields['VmRSS']}, at most {fields['VmHWM']}; free {free}"

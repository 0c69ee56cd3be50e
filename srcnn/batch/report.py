"""The report of a batch: one line of CSV a picture, on the disk as soon as it is known.

A line is appended in a single write, so several programs may share a report; a kill loses the
line of the present picture at the most.
"""

from __future__ import annotations

import csv
import errno
import io
import os
import re
from typing import TYPE_CHECKING

from srcnn.batch.events import TaskDone, TaskFailed, TaskNoted, TaskSkipped, TaskStarted
from srcnn.errors import OutputError
from srcnn.final_size import chain_for
from srcnn.safe_file import explained, written_beside

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from srcnn.batch.events import BatchEvent
    from srcnn.geometry import Size

COLUMNS = (
    "input", "output", "status", "method", "scale", "input_size", "output_size", "megapixels",
    "seconds", "bytes", "error", "hint", "remarks",
)  # fmt: skip

_END = b"\r\n"
_UNWRITABLE = re.compile("[\ud800-\udc7f\udd00-\udfff]")
"""Half characters, as names on Windows may hold them, that stand for no byte."""


class BatchReport:
    """Appends what becomes of every task to a file.

    Parameters
    ----------
    path : Path
        A new or empty file, or one of an earlier run; a line that was cut off is repaired.
    method : str
        Id of the method.
    scale : int
        Enlargement factor.
    scales : collection of int
        What the method can enlarge by, if another size than by ``scale`` is wanted: then the
        scale of a picture is that of its chain, and there is none before it is done.
    shared : bool
        Whether others may append at this moment: then nothing is cut off, but a line that is not
        whole is ended.

    Raises
    ------
    OutputError
        If it cannot be written to, or is another file than a report: that is left as it is.
    """

    def __init__(
        self,
        path: Path,
        method: str,
        scale: int,
        *,
        scales: Collection[int] = (),
        shared: bool = False,
    ) -> None:
        self._path, self._method, self._scale, self._scales = path, method, scale, scales
        self._fault: OutputError | None = None
        self._remarks: list[str] = []
        self._before = b""
        try:
            if not path.exists():
                self._begin()
            self._repair(shared=shared)
        except OSError as error:
            raise explained(error, path) from error

    @property
    def fault(self) -> OutputError | None:
        """Why lines are missing; None if none are."""
        return self._fault

    def take(self, event: BatchEvent) -> None:
        """Write a line if a task has come to its end; what cannot be written is a ``fault``."""
        if isinstance(event, TaskStarted):
            self._remarks.clear()
        if isinstance(event, TaskNoted):
            self._remarks.append(event.text)
        line = self._line(event)
        if line is None:
            return
        try:
            _append(self._path, self._before + line)
            self._before = b""
        except OSError as error:
            self._before = _END  # part of the line may be there
            self._fault = self._fault or explained(error, self._path)

    def _begin(self) -> None:
        try:
            with written_beside(self._path, overwrite=False) as beside:
                beside.write_bytes(_encoded(COLUMNS))
        except OutputError:
            if not self._path.exists():  # else another was faster
                raise

    def _repair(self, *, shared: bool) -> None:
        """See to it that the next line begins a line, in a file that is a report."""
        if not self._path.is_file():
            raise _no_report(self._path)  # to read a device or a pipe may take for ever
        with self._path.open("r+b") as file:
            header = _encoded(COLUMNS)
            data = file.read(len(header))
            if not data:
                _append(self._path, header)
                return
            if data != header:
                raise _no_report(self._path)
            data += file.read()
            whole = data.rfind(b"\n") + 1
            rest = data[whole:]
            if not rest:
                return
            if not shared:
                file.truncate(whole)
                return
        _append(self._path, b'"' + _END if rest.count(b'"') % 2 else _END)

    def _line(self, event: BatchEvent) -> bytes | None:
        scale: object = "" if self._scales else self._scale
        match event:
            case TaskDone(task, before, after, length, seconds):
                if self._scales:
                    scale = chain_for(before, after, self._scales).scale
                area = f"{after.width * after.height / 1e6:.6f}"
                sizes = (_text(before), _text(after), area)
                rest: tuple[object, ...] = ("done", *sizes, f"{seconds:.3f}", length, "", "")
            case TaskSkipped(task, by_other):
                reason = "made by another program" if by_other else "exists already"
                rest = ("skipped", "", "", "", "", "", reason, "")
            case TaskFailed(task, error, hint, seconds):
                rest = ("failed", "", "", "", f"{seconds:.3f}", "", error, hint)
            case _:
                return None
        status, *others = rest
        remarks = " ".join(self._remarks)
        self._remarks.clear()
        return _encoded((task.picture, task.target, status, self._method, scale, *others, remarks))


def _text(size: Size) -> str:
    return f"{size.width}x{size.height}"


def _encoded(fields: Sequence[object]) -> bytes:
    """Return a line; a field has no line breaks, so that a line is a row."""
    text = io.StringIO(newline="")
    csv.writer(text).writerow([" ".join(str(field).splitlines()) for field in fields])
    whole = _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text.getvalue())
    return whole.encode("utf-8", "surrogateescape")


def _no_report(path: Path) -> OutputError:
    return OutputError(
        f"{path} is no report of a batch",
        hint="Give the report another name: this file is left as it is.",
    )


def _append(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0))
    try:
        written = os.write(descriptor, data)
    finally:
        os.close(descriptor)
    if written < len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

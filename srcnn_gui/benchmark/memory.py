"""What was measured before, kept in a file: so a measurement goes on where it stopped."""

from __future__ import annotations

import hashlib
import json
import logging
import math
from typing import TYPE_CHECKING

from srcnn import __version__
from srcnn.errors import SrcnnError
from srcnn.metrics import Protocol
from srcnn.report import BenchmarkRow
from srcnn.safe_file import explained, write_safely

if TYPE_CHECKING:
    from pathlib import Path

    from srcnn_gui.benchmark.plan import Column, Plan

log = logging.getLogger(__name__)

MOST_ROWS = 20_000
"""Rows that are kept, the newest: some megabytes."""


class Memory:
    """Rows by all that they depend on; used by one thread at a time.

    Each row is a line of JSON, added when it is measured: whatever ends the program, it is there
    at the next start. What cannot be read or written is logged, and nothing else happens.

    Parameters
    ----------
    file : Path or None
        Read when it is first needed; None to remember as long as this object lives.
    most : int
        Rows that are kept, the newest.
    """

    def __init__(self, file: Path | None = None, *, most: int = MOST_ROWS) -> None:
        self._file = file
        self._most = most
        self._rows: dict[str, BenchmarkRow] = {}
        self._is_read = False

    def find(self, plan: Plan, column: Column, scale: int, content: str) -> BenchmarkRow | None:
        """Return what was measured before, under the name it had then, for no device."""
        self._read()
        return self._rows.get(_key(plan, column, scale, content))

    def keep(self, plan: Plan, column: Column, content: str, row: BenchmarkRow) -> None:
        """Remember a row."""
        if row.scale is None:
            return
        self._read()
        key = _key(plan, column, row.scale, content)
        self._rows.pop(key, None)  # it is the newest now
        self._rows[key] = row
        if len(self._rows) > self._most:
            del self._rows[next(iter(self._rows))]
        if self._file is not None:
            _append(self._file, _line(key, row))

    def _read(self) -> None:
        """Read the file, the first time; write it anew if it has more than it should."""
        if self._is_read or self._file is None:
            return
        self._is_read = True
        try:
            text = self._file.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return
        except OSError as error:
            log.warning("remembered figures not read: %s", error)
            return
        lines, damaged = text.splitlines(), 0
        for line in lines:
            try:
                key, row = _of_line(line)
            except (ValueError, TypeError, ArithmeticError, RecursionError):
                damaged += 1
                continue
            self._rows.pop(key, None)
            self._rows[key] = row
        if damaged:
            log.warning("%s: %d of %d lines ignored: damaged", self._file, damaged, len(lines))
        self._rows = dict(list(self._rows.items())[-self._most :])
        if len(lines) > len(self._rows) or not text.endswith("\n"):
            _write(self._file, "".join(_line(*entry) for entry in self._rows.items()))


def memory_file() -> Path:
    """Return the file in the folder of the program's data."""
    from platformdirs import user_data_path

    return user_data_path("srcnn-studio", appauthor=False) / "measured.jsonl"


def _write(file: Path, text: str) -> None:
    try:
        write_safely(file, text.encode())
    except SrcnnError as error:
        log.warning("remembered figures not written: %s", error)


def _append(file: Path, line: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8", newline="\n") as lines:
            lines.write(line)
    except OSError as error:
        log.warning("remembered figures not written: %s", explained(error, file))


def _key(plan: Plan, column: Column, scale: int, content: str) -> str:
    """Return a hash of all that figures depend on; a fingerprint tells device and precision."""
    protocol = Protocol(shave=scale, border=plan.border, padding=plan.padding).as_dict()
    parts = [__version__, column.method.fingerprint, column.place, scale, content, protocol]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _line(key: str, row: BenchmarkRow) -> str:
    values = [key, row.image, row.scale, row.method, str(row.psnr_db), row.ssim, row.seconds]
    return json.dumps(values) + "\n"


def _of_line(line: str) -> tuple[str, BenchmarkRow]:
    """Return key and row of a line; ``ValueError`` or ``TypeError`` if it has none."""
    key, image, scale, method, psnr_db, ssim, seconds = json.loads(line)
    if not all(isinstance(text, str) for text in (key, image, method)) or type(scale) is not int:
        raise TypeError(line)
    row = BenchmarkRow(image, scale, method, float(psnr_db), float(ssim), float(seconds))
    if math.isnan(row.psnr_db) or not math.isfinite(row.ssim + float(seconds)):
        raise ValueError(line)
    return key, row

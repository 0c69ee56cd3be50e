"""A child process that reads hostile files, watched from outside: it may hang, eat or die."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[2]

MOST_SECONDS = 2.0
"""Of computing for one file."""

MOST_BYTES = 500 << 20
"""Of memory for one file, above what the process had at first."""

_MOST_WAITING = 30.0
"""Seconds by the clock, for what waits and does not compute; others may be busy too."""

_STARTING = 120.0


@dataclass(frozen=True)
class Outcome:
    """How the reading of one file went.

    Attributes
    ----------
    index : int
        Which file it was.
    file, result : str
        Its name; ``accepted`` or the class of the error.
    seconds : float
        Of computing.
    megabytes : float
        Of memory above what the process had at first.
    fault : str
        What must not be; empty if all is well.
    """

    index: int
    file: str
    result: str
    seconds: float
    megabytes: float
    fault: str


class Watched:
    """The child process; it is started when it is needed, and anew when it had to be ended.

    Parameters
    ----------
    seed : int
        Which files.
    module : str
        What the process runs.
    """

    def __init__(self, seed: int, module: str = "tests.fuzz.child") -> None:
        self._command = [sys.executable, "-m", module, str(seed)]
        self._child: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._bases: dict[str, int] = {}
        self._base = 0

    def read(self, reader: str, index: int) -> Outcome:
        """Let the child read a file; whatever becomes of it is in the outcome."""
        child = self._started(reader)
        self._base = self._bases[reader]
        answer = self._answer(child, f"{reader} {index}", MOST_SECONDS, _MOST_WAITING)
        if isinstance(answer, str):
            self.close()
            return Outcome(index, "", "fault", MOST_SECONDS, 0.0, answer)
        megabytes = (answer["peak"] - self._base) / 2**20
        fault = answer["fault"]
        if answer["cpu"] > MOST_SECONDS:
            fault += f"it took {answer['cpu']:.1f} s"
        if answer["peak"] - self._base > MOST_BYTES:
            fault += f"it took {megabytes:.0f} MB"
        return Outcome(index, answer["file"], answer["result"], answer["cpu"], megabytes, fault)

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child, self._bases, self._base = None, {}, 0
        if self._errors is not None:
            self._errors.close()
            self._errors = None

    def _started(self, reader: str) -> subprocess.Popen[bytes]:
        """Return the child, which has read the sound files of the reader."""
        if self._child is None:
            self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the child
            self._child = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONFAULTHANDLER": "1"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
            )
        if reader not in self._bases:
            self._base = 0
            answer = self._answer(self._child, reader, _STARTING, _STARTING)
            if isinstance(answer, str):
                self.close()
                raise RuntimeError(answer)
            self._bases[reader] = answer["base"]
        return self._child

    def _answer(
        self, child: subprocess.Popen[bytes], question: str, computing: float, waiting: float
    ) -> dict[str, Any] | str:
        """Ask, and return the answer, or why there is none."""
        assert child.stdin is not None
        assert child.stdout is not None
        with suppress(BrokenPipeError):
            child.stdin.write(f"{question}\n".encode())
            child.stdin.flush()
        began, used = time.monotonic(), _computed(child.pid)
        with selectors.DefaultSelector() as selector:
            selector.register(child.stdout, selectors.EVENT_READ)
            while not selector.select(0.05):
                if _computed(child.pid) - used > computing + 0.5:
                    return f"it hung: more than {computing} s of computing"
                if time.monotonic() - began > waiting:
                    return f"it hung: more than {waiting} s"
                if self._base and _resident(child.pid) - self._base > 3 * MOST_BYTES:
                    return f"it took more than {3 * MOST_BYTES >> 20} MB"
        line = child.stdout.readline()
        if line:
            answer: dict[str, Any] = json.loads(line)
            return answer
        code = child.wait()
        assert self._errors is not None
        self._errors.seek(0)
        return f"it died with {code}:\n{self._errors.read()[-4000:].decode(errors='replace')}"


def _computed(pid: int) -> float:
    """Return the seconds that a process has computed, where the system tells it."""
    with suppress(OSError, IndexError):
        parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _resident(pid: int) -> int:
    with suppress(OSError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
    return 0

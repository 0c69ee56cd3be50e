"""The process that reads hostile files, one after the other, and tells how each went.

It is started with a seed; every line it is sent is a reader, or a reader and an index.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
import traceback
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.fuzz.files import hostile_file
from tests.fuzz.readers import READERS, Reader, is_ours, written


def main(seed: int) -> None:
    """Read what is asked for: all sound files of a reader, or a hostile one."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print must not come between the answers
    remarks: list[str] = []
    warnings.showwarning = lambda message, *_, **__: remarks.append(repr(message))
    warnings.simplefilter("always")
    with tempfile.TemporaryDirectory() as place:
        os.chdir(place)
        folder = Path(place)
        for line in sys.stdin:
            name, *index = line.split()
            if index:
                file, content = hostile_file(name, seed, int(index[0]))
                answer = _outcome(READERS[name], folder, file, content, remarks)
            else:
                answer = _begun(READERS[name], folder)
                if remarks:
                    raise SystemExit(f"sound files make warnings: {remarks}")
            answers.write(json.dumps(answer) + "\n")
            answers.flush()
        os.chdir("/")


def _begun(reader: Reader, folder: Path) -> dict[str, Any]:
    """Read every sound file, so that everything is loaded before memory is measured."""
    for file, content in reader.sound().items():
        path = written(folder, file, content)
        reader.read(path)
        path.unlink()
    reader.attacks()
    return {"base": _resident()}


def _outcome(
    reader: Reader, folder: Path, file: str, content: bytes, remarks: list[str]
) -> dict[str, Any]:
    """Read one file."""
    path = written(folder, file, content)
    _forget_peak()
    cpu, wall = time.process_time(), time.monotonic()
    result, fault = "accepted", ""
    try:
        reader.read(path)
    except BaseException as error:  # noqa: BLE001 - to be judged
        if is_ours(error):
            result = type(error).__name__
        else:
            result, fault = "fault", traceback.format_exc()
    seconds = {"cpu": time.process_time() - cpu, "wall": time.monotonic() - wall}
    peak = _peak()
    if remarks:
        fault += f"warnings: {remarks[:5]}"
        remarks.clear()
    path.unlink(missing_ok=True)
    for kept in folder.glob(f"{path.stem}-damaged-*"):  # set aside, as it should be
        kept.unlink()
    if left := [entry.name for entry in folder.iterdir()]:
        fault += f"files were made: {left}"
        for name in left:
            (folder / name).unlink()
    return {"file": file, "result": result, "fault": fault, "peak": peak, **seconds}


def _resident() -> int:
    """Return the resident memory in bytes, where the system tells it."""
    with suppress(OSError):
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    return _peak()


def _forget_peak() -> None:
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak() -> int:
    """Return the highest resident memory since it was forgotten, in bytes."""
    with suppress(OSError, StopIteration):
        lines = Path("/proc/self/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) * 1024
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used if sys.platform == "darwin" else used * 1024


if __name__ == "__main__":
    main(int(sys.argv[1]))

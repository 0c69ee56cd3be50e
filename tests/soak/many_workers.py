"""Several processes on the same pictures, with claims and one report; one may be killed.

``python -m tests.soak.many_workers --workers 4 --files 2000`` prints its figures; the suite calls
``soak`` with one in a hundred of them.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic

from tests.soak.pictures import draw_pictures, enlarged, finished, hidden, pause, start


@dataclass(frozen=True)
class Figures:
    """What came out.

    Attributes
    ----------
    files, workers, killed : int
        Pictures, processes, and how many of these were killed.
    done : tuple of int
        What each process that ended says it has done.
    rows : int
        Lines of the report that say ``done``.
    twice : int
        Pictures with more than one such line; must be 0.
    wrong : int
        Results that are not as they should be; must be 0.
    left_over : int
        Hidden files in the end; must be 0.
    seconds : float
        What it took.
    """

    files: int
    workers: int
    killed: int
    done: tuple[int, ...]
    rows: int
    twice: int
    wrong: int
    left_over: int
    seconds: float


def soak(folder: Path, *, files: int = 20, workers: int = 4, killed: int = 0) -> Figures:
    """Let processes share pictures; kill some when they have made their first result."""
    pictures, output, report = folder / "pictures", folder / "large", folder / "report.csv"
    draw_pictures(pictures, files, 9, 7)
    expected = enlarged(pictures, folder / "expected")
    began_s = monotonic()
    options = ("--claim", "--report", report)
    logs = [folder / f"log{number}.txt" for number in range(workers)]
    processes = [start(pictures, output, log, *options) for log in logs]
    for process, log in zip(processes[:killed], logs, strict=False):
        while process.poll() is None and "\n" not in log.read_text():
            pause(process, 0.005)
        process.kill()
        process.wait()
    done = []
    for process, log in zip(processes[killed:], logs[killed:], strict=True):
        assert process.wait(3600) == 0, log.read_text()
        done.append(_done(log.read_text()))
    seconds = monotonic() - began_s
    results = finished(output)
    with report.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert all(None not in row and None not in row.values() for row in rows)
    lines = Counter(row["input"] for row in rows if row["status"] == "done")
    return Figures(
        files=files,
        workers=workers,
        killed=killed,
        done=tuple(done),
        rows=len(lines),
        twice=sum(count > 1 for count in lines.values()),
        wrong=sum(results.get(name) != data for name, data in expected.items())
        + len(results.keys() - expected.keys()),
        left_over=len(hidden(output)),
        seconds=round(seconds, 1),
    )


def _done(printed: str) -> int:
    match = re.search(r"^(\d+) done, ", printed, re.MULTILINE)
    assert match is not None, printed
    return int(match[1])


def main() -> None:
    """Run for long, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--killed", type=int, default=0)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = soak(Path(folder), **vars(chosen))
    for name, value in asdict(figures).items():
        sys.stdout.write(f"{name:12} {value}\n")
    sys.exit(1 if figures.twice or figures.wrong or figures.left_over else 0)


if __name__ == "__main__":
    main()

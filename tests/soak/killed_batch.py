"""A batch that is killed again and again, and begun again each time.

``python -m tests.soak.killed_batch --kills 100 --seed 0`` prints its figures; the suite calls
``soak`` with a few kills. What must hold, after every kill: what has its final name is whole and
was not made again. In the end: all is there, and nothing else.
"""

from __future__ import annotations

import argparse
import csv
import random
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic

from srcnn.process_mark import parse_mark
from tests.soak.pictures import draw_pictures, enlarged, finished, hidden, pause, start


@dataclass(frozen=True)
class Figures:
    """What came out.

    Attributes
    ----------
    files, kills : int
        Pictures, and processes that were killed (and had not ended before).
    ended_early : int
        Processes that were to be killed, but had ended.
    with_parts, with_claims : int
        Kills that left half files, and claims.
    half, repeated : int
        Final files that were not whole, or were made again; must be 0.
    left_over : int
        Hidden files in the end; must be 0.
    rows : int
        Lines of the report that say ``done``.
    seconds : float
        What it took.
    """

    files: int
    kills: int
    ended_early: int
    with_parts: int
    with_claims: int
    half: int
    repeated: int
    left_over: int
    rows: int
    seconds: float


def soak(folder: Path, *, files: int = 50, kills: int = 3, seed: int = 0) -> Figures:
    """Kill a batch so often, at moments that the dice say, then let it end."""
    rng = random.Random(seed)
    began_s = monotonic()
    pictures, output, report = folder / "pictures", folder / "large", folder / "report.csv"
    log = folder / "log.txt"
    names = draw_pictures(pictures, files, 90, 60, seed)
    expected = enlarged(pictures, folder / "expected")
    longest_s = 0.7 * (monotonic() - began_s) / max(kills, files / 10)
    seen: dict[str, tuple[int, int]] = {}
    counts: Counter[str] = Counter()
    for _ in range(kills):
        mode = rng.choice(["--claim", "--skip-existing"])
        process = start(pictures, output, log, mode, "--report", report)
        _kill(process, output, rng, longest_s, counts)
        _look(output, expected, seen, counts)
        left = hidden(output)
        counts["parts"] += any(name.endswith(".part") for name in left)
        counts["claims"] += any(name.endswith(".claim") for name in left)
    process = start(pictures, output, log, "--claim", "--report", report)
    assert process.wait(600) == 0, log.read_text()
    _look(output, expected, seen, counts)
    assert sorted(seen) == names, log.read_text()
    return Figures(
        files=files,
        kills=counts["killed"],
        ended_early=counts["ended"],
        with_parts=counts["parts"],
        with_claims=counts["claims"],
        half=counts["half"],
        repeated=counts["repeated"],
        left_over=len(hidden(output)),
        rows=_done_rows(report, counts["killed"]),
        seconds=round(monotonic() - began_s, 1),
    )


def _kill(
    process: subprocess.Popen[bytes],
    output: Path,
    rng: random.Random,
    longest_s: float,
    counts: Counter[str],
) -> None:
    """Kill a process: now and then while it starts, mostly at work on its first pictures."""
    if rng.random() < 0.1:
        delay_s = rng.uniform(0, 1)
    else:
        while process.poll() is None and not _is_at_work(process.pid, output):
            pause(process, 0.001)
        delay_s = rng.uniform(0, longest_s)
    pause(process, delay_s)
    process.kill()
    code = process.wait()
    counts["ended" if code == 0 else "killed"] += 1
    assert code in (0, -signal.SIGKILL)


def _is_at_work(pid: int, output: Path) -> bool:
    """Tell whether a process has begun to write a picture."""
    for part in output.rglob(".srcnn-*.part"):
        mark = parse_mark(part.name.removeprefix(".srcnn-").rpartition("-")[0])
        if mark is not None and mark.pid == pid:
            return True
    return False


def _look(
    output: Path, expected: dict[str, bytes], seen: dict[str, tuple[int, int]], counts: Counter[str]
) -> None:
    """Count what should not be, and remember what is there."""
    for name, data in finished(output).items():
        status = (output / name).stat()
        identity = status.st_ino, status.st_mtime_ns
        counts["half"] += data != expected[name]
        counts["repeated"] += seen.setdefault(name, identity) != identity


def _done_rows(report: Path, kills: int) -> int:
    """Count pictures that are reported done: each once, and a kill loses one line at the most."""
    with report.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert all(None not in row and None not in row.values() for row in rows)
    done = Counter(row["input"] for row in rows if row["status"] == "done")
    every = {row["input"] for row in rows}
    assert set(done.values()) <= {1}
    assert len(every) - len(done) <= kills
    return len(done)


def main() -> None:
    """Run for long, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=50)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = soak(Path(folder), **vars(chosen))
    for name, value in asdict(figures).items():
        sys.stdout.write(f"{name:12} {value}\n")
    sys.exit(1 if figures.half or figures.repeated or figures.left_over else 0)


if __name__ == "__main__":
    main()

"""A window that is played with at random, in ways that are all allowed.

``python -m tests.soak.monkey --actions 20000 --seed 0`` prints its figures; the suite lets a
process do one in a hundred. What must hold: no exception in any thread, no remark of Qt, the
event loop never stands still for 250 ms (unless the machine has no time for the window), and the
window closes. After a thousand actions there is a new window, in a new folder. A failure tells
the last actions, and how to come there again.
"""

from __future__ import annotations

import argparse
import faulthandler
import logging
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import TextIO

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from tests.soak.files import make_corpus
from tests.soak.pictures import ROOT
from tests.soak.player import TOLD, Monkey
from tests.soak.watch import Watch
from tests.soak.window import begin, end, live_in, make_application, sweep, wait_until

_ROUND = 1000
_STALLS = 5
_END = "end"
"""The last line of the log of a process that came to its end."""


@dataclass
class Figures:
    """What came out.

    Attributes
    ----------
    actions, seed : int
        What was done, and what the dice began with.
    failure : str
        What should not have been, and how it came to be; must be empty.
    gaps : list of str
        Times of more than 250 ms in which the window was busy; must be empty.
    stalls : list of str
        Such times in which it was not: the machine was, or another thread. The longest ones.
    longest_ms : int
        The longest time that the window took.
    seconds : float
        What it took.
    """

    actions: int
    seed: int
    failure: str = ""
    gaps: list[str] = field(default_factory=list)
    stalls: list[str] = field(default_factory=list)
    longest_ms: int = 0
    seconds: float = 0.0


class Desktop(QObject):
    """Stands for the desktop, which opens folders and pages."""

    @Slot(QUrl)
    def show_url(self, url: QUrl) -> None:
        """Show nothing."""


def soak(
    log: TextIO, *, actions: int = 20_000, seed: int = 0, first: int = 0, longest_ms: int = 250
) -> Figures:
    """Play, window by window."""
    began_s = monotonic()
    figures, watch, desktop = Figures(0, seed), Watch(longest_ms / 1000), Desktop()
    with tempfile.TemporaryDirectory() as folder:
        app = make_application(Path(folder))
        for scheme in ("file", "https"):
            QDesktopServices.setUrlHandler(scheme, desktop, "show_url")
        with watch:
            for start in range(first, first + actions, _ROUND):
                indices = range(start, min(start + _ROUND, first + actions))
                figures.failure = _round(app, Path(folder, str(start)), watch, seed, indices, log)
                figures.actions += len(indices)
                if figures.failure:
                    break
        for scheme in ("file", "https"):
            QDesktopServices.unsetUrlHandler(scheme)
        QApplication.clipboard().clear()  # Qt does not survive its end with data of Python's
    gaps = [(gap, f"{gap}\n{gap.stack}") for gap in watch.gaps]
    figures.gaps = [text for gap, text in gaps if gap.is_ours]
    stalls = sorted((gap for gap in watch.gaps if not gap.is_ours), key=lambda gap: -gap.seconds)
    figures.stalls = [f"{len(stalls)} in all", *(f"{gap}\n{gap.stack}" for gap in stalls[:_STALLS])]
    figures.longest_ms = round(watch.longest_s * 1000)
    figures.seconds = round(monotonic() - began_s, 1)
    return figures


def _round(
    app: QApplication, folder: Path, watch: Watch, seed: int, indices: range, log: TextIO
) -> str:
    """Play with one window; return what failed, and how to see it again."""
    folder.mkdir()
    live_in(folder)
    watch.index, watch.action = indices.start, "start"
    corpus = make_corpus(folder, seed)
    watch.rest()
    program = begin(app, folder, str(corpus.pictures[0]))
    wait_until(lambda: program.session.scene is not None and program.session.torch_is_ready)
    monkey = Monkey(program, corpus, watch, seed, indices, log)
    monkey.play()
    closed = end(program)
    sweep()
    watch.rest()
    found = [*watch.problems, *([] if closed else ["the window did not close"])]
    if not found:
        return ""
    return "\n".join((*found, _story(seed, indices.start, watch.index, monkey.done)))


def _story(seed: int, first: int, index: int, done: Iterable[str]) -> str:
    """Say what came before a failure, and how to see it again."""
    count = index - first + 1
    again = f"python -m tests.soak.monkey --seed {seed} --first {first} --actions {count}"
    return "\n".join(("The last actions:", *done, "Again:", again))


def _run_child(chosen: argparse.Namespace) -> int:
    """Play in a process of its own; if it does not survive that, tell its last actions."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "actions.txt")
        command = [sys.executable, "-X", "faulthandler", "-m", "tests.soak.monkey", "--log", log]
        for name, value in vars(chosen).items():
            command += [] if name == "log" else [f"--{name.replace('_', '-')}", str(value)]
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
        done = log.read_text(encoding="utf-8").splitlines()[-TOLD:]
        if done and done[-1] != _END:
            index = int(done[-1].partition(":")[0])
            first = max(chosen.first, index // _ROUND * _ROUND)
            story = _story(chosen.seed, first, index, done)
            sys.stdout.write(f"The process ended with {code}\n{story}\n")
            code = code or 1
    return code


def main() -> None:
    """Run for long, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--actions", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="index to begin with, of a thousand")
    parser.add_argument("--longest-ms", type=int, default=250, help="that the loop stands still")
    parser.add_argument("--log", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.log is None:
        sys.exit(_run_child(chosen))
    logging.getLogger().addHandler(logging.NullHandler())  # what users are told is no news here
    with chosen.log.open("w", encoding="utf-8", buffering=1) as log:
        del chosen.log
        figures = soak(log, **vars(chosen))
        faulthandler.cancel_dump_traceback_later()
        log.write(f"{_END}\n")
    for name, value in vars(figures).items():
        shown = "\n  ".join([str(len(value)), *value]) if isinstance(value, list) else value
        sys.stdout.write(f"{name:12} {shown}\n")
    sys.exit(1 if figures.failure or figures.gaps else 0)


if __name__ == "__main__":
    main()

"""A window that is played with at random, in ways that are all allowed.

``python -m tests.soak.monkey --actions 20000 --seed 0`` prints its figures; the suite lets a
process do one in a hundred. What must hold: no exception in any thread, no remark of Qt, the
event loop never stands still for 250 ms (unless the machine has no time for the window), and the
window closes. After a thousand actions there is a new window, in a new folder. A failure tells
the last actions, and how to come there again.
"""

from __future__ import annotations

import argparse
import logging
import random
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TextIO

from PySide6.QtCore import QEventLoop, QMimeData, QObject, QTimer, QUrl, Slot
from PySide6.QtGui import QAction, QDesktopServices, QImage
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMenu, QWidget

from srcnn_gui.app import Program
from tests.soak.files import Corpus, make_corpus
from tests.soak.hands import Step, choose_in_menu, choose_key, click_button, drop, play, press_keys
from tests.soak.pictures import ROOT
from tests.soak.watch import Watch
from tests.soak.window import begin, end, live_in, make_application, sweep, wait_until

_ROUND = 1000
_TOLD = 50
_STALLS = 5
_PACE_MS = 1
_BARRED = {"quit"}


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


class Monkey(QObject):
    """Plays with one window.

    Parameters
    ----------
    program : Program
        It has a picture, and PyTorch.
    corpus : Corpus
        Files that it may open.
    watch : Watch
        Looks on.
    seed : int
        The dice of an action depend on this and on its index.
    indices : range
        Actions to do.
    log : file
        Each action is written to it before it is done: the process may not survive it.
    """

    def __init__(
        self,
        program: Program,
        corpus: Corpus,
        watch: Watch,
        seed: int,
        indices: range,
        log: TextIO,
    ) -> None:
        super().__init__()
        self._log = log
        self.done: deque[str] = deque(maxlen=_TOLD)
        self._program, self._window = program, program.window
        self._corpus, self._watch = corpus, watch
        self._seed, self._indices = seed, iter(indices)
        self._rng = random.Random(seed)
        self._depth = 0
        self._loop = QEventLoop()
        actions = [a for name, a in self._window.actions_by_id.items() if name not in _BARRED]
        self._shortcuts = [a.shortcut().toString() for a in actions if not a.shortcut().isEmpty()]
        self._ways = {
            self._trigger: 30, self._handle: 45, self._press: 12, self._open: 3, self._drop: 4,
            self._resize: 3, self._fill_clipboard: 2,
        }  # fmt: skip

    def play(self) -> None:
        """Do everything; end early at a failure."""
        file_dialogs(self)
        QTimer.singleShot(0, self._turn)
        self._watch.rest()
        self._loop.exec()

    @Slot()
    def _turn(self) -> None:
        """Do one thing. Whichever event loop turns then, that of a dialog perhaps, has the next."""
        index = None if self._watch.problems else next(self._indices, None)
        if index is None:
            self._leave()
            return
        rng = self._rng = random.Random(f"{self._seed} {index}")
        step = self._choose(rng)
        self.done.append(f"{index}: {step.text}")
        self._log.write(f"{self.done[-1]}\n")
        self._watch.index, self._watch.action = index, step.text
        QTimer.singleShot(
            rng.choice((50, 100, 150)) if rng.random() < 0.02 else _PACE_MS, self._turn
        )
        self._depth += 1
        step.do()
        self._depth -= 1

    def _leave(self) -> None:
        """Close what is open above the window, then end."""
        above = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if above is not None:
            above.close()
        if above is not None or self._depth:
            QTimer.singleShot(_PACE_MS, self._turn)
        else:
            self._loop.quit()

    def _choose(self, rng: random.Random) -> Step:
        popup, modal = QApplication.activePopupWidget(), QApplication.activeModalWidget()
        if isinstance(popup, QMenu):
            return choose_in_menu(rng, popup, _BARRED)
        if popup is not None:
            keys = rng.choice(("Esc", "Return", "Down"))
            return Step(f"press {keys} in a list", partial(press_keys, popup, keys))
        if modal is not None:
            return self._answer(rng, modal)
        ways = list(self._ways)
        step = rng.choices(ways, [self._ways[way] for way in ways])[0](rng)
        return step or self._press(rng)

    def _answer(self, rng: random.Random, modal: QWidget) -> Step:
        """Play with a dialog, or close it."""
        if rng.random() < 0.6:
            step = play(rng, modal)
            if step is not None:
                return Step(f"{step.text} in {modal.windowTitle()!r}", step.do)
        if rng.random() < 0.5:
            return click_button(rng, modal)
        return Step(f"close {modal.windowTitle()!r}", partial(press_keys, modal, "Esc"))

    def _trigger(self, rng: random.Random) -> Step | None:
        """Choose a command, or any other entry of the menus."""
        known = self._window.actions_by_id.values()
        actions = known if rng.random() < 0.8 else self._window.findChildren(QAction)
        can = [a for a in actions if a.isEnabled() and a.objectName() not in _BARRED]
        action = rng.choice(can)
        return Step(f"trigger {action.objectName() or action.text()}", action.trigger)

    def _handle(self, rng: random.Random) -> Step | None:
        """Play with the window, or with another that is open beside it."""
        others = [
            widget
            for widget in QApplication.topLevelWidgets()
            if widget.isVisible() and widget.isWindow() and widget is not self._window
        ]
        root = rng.choice(others) if others and rng.random() < 0.3 else self._window
        if isinstance(root, QDialog) and rng.random() < 0.2:
            return Step(f"close {root.windowTitle()!r}", partial(press_keys, root, "Esc"))
        return play(rng, root)

    def _press(self, rng: random.Random) -> Step:
        keys = choose_key(rng, self._shortcuts)
        widget = QApplication.focusWidget() or self._window
        return Step(f"press {keys} in {type(widget).__name__}", partial(press_keys, widget, keys))

    def _open(self, rng: random.Random) -> Step:
        path = rng.choice(self._corpus.pictures)
        return Step(f"open {path.name}", partial(self._program.files.open_file, path))

    def _drop(self, rng: random.Random) -> Step:
        corpus = self._corpus
        paths = rng.sample(rng.choice((corpus.pictures, corpus.weights, corpus.folders)), 2)
        takers = [w for w in self._window.findChildren(QWidget) if w.acceptDrops()]
        takers = [w for w in takers if w.isVisible() and w.isEnabled()]
        widget = rng.choice([self._window, *takers])
        dropped = paths[: rng.randint(1, 2)]
        names = ", ".join(path.name for path in dropped)
        return Step(f"drop {names} on {type(widget).__name__}", partial(drop, widget, dropped))

    def _resize(self, rng: random.Random) -> Step:
        width, height = rng.randint(300, 1600), rng.randint(250, 1000)
        return Step(f"resize to {width} x {height}", partial(self._window.resize, width, height))

    def _fill_clipboard(self, rng: random.Random) -> Step:
        data = QMimeData()
        kind = rng.choice(("picture", "file", "text"))
        if kind == "picture":
            data.setImageData(QImage(str(self._corpus.pictures[0])))
        elif kind == "file":
            data.setUrls([QUrl.fromLocalFile(str(rng.choice(self._corpus.pictures)))])
        else:
            data.setText("7")
        return Step(f"copy a {kind}", partial(QApplication.clipboard().setMimeData, data))

    def open_name(self, _parent: object, title: str, *_: object) -> tuple[str, str]:
        """Answer a dialog that asks for a file."""
        return self._corpus.choose(self._rng, title), ""

    def save_name(
        self, _parent: object, _title: str, suggested: str = "", kinds: str = "", *_: object
    ) -> tuple[str, str]:
        """Answer a dialog that asks for a name to save by."""
        kind = self._rng.choice(kinds.split(";;"))
        return self._corpus.name_to_save(self._rng, suggested), kind

    def folder_name(self, *_: object) -> str:
        """Answer a dialog that asks for a folder."""
        return self._corpus.choose_folder(self._rng)


def file_dialogs(monkey: Monkey) -> None:
    """Have the file dialogs of the system answered."""
    dialogs = {
        "getOpenFileName": monkey.open_name,
        "getSaveFileName": monkey.save_name,
        "getExistingDirectory": monkey.folder_name,
    }
    for name, answer in dialogs.items():
        setattr(QFileDialog, name, staticmethod(answer))


class Desktop(QObject):
    """Stands for the desktop, which opens folders and pages."""

    @Slot(QUrl)
    def show_url(self, url: QUrl) -> None:
        """Show nothing."""


def soak(log: TextIO, *, actions: int = 20_000, seed: int = 0, first: int = 0) -> Figures:
    """Play, window by window."""
    began_s = monotonic()
    figures, watch, desktop = Figures(0, seed), Watch(), Desktop()
    with tempfile.TemporaryDirectory() as folder:
        app = make_application(Path(folder))
        for scheme in ("file", "https"):
            QDesktopServices.setUrlHandler(scheme, desktop, "show_url")
        watch.begin()
        for start in range(first, first + actions, _ROUND):
            indices = range(start, min(start + _ROUND, first + actions))
            figures.failure = _round(app, Path(folder, str(start)), watch, seed, indices, log)
            figures.actions += len(indices)
            if figures.failure:
                break
        watch.end()
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
    corpus = make_corpus(folder, seed)
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
        for name in ("actions", "seed", "first"):
            command += [f"--{name}", str(getattr(chosen, name))]
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
        if code not in (0, 1, 2):
            done = log.read_text(encoding="utf-8").splitlines()[-_TOLD:]
            index = int(done[-1].partition(":")[0])
            first = max(chosen.first, index // _ROUND * _ROUND)
            story = _story(chosen.seed, first, index, done)
            sys.stdout.write(f"The process ended with {code}\n{story}\n")
    return code


def main() -> None:
    """Run for long, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--actions", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="index to begin with, of a thousand")
    parser.add_argument("--log", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.log is None:
        sys.exit(_run_child(chosen))
    logging.getLogger().addHandler(logging.NullHandler())  # what users are told is no news here
    with chosen.log.open("w", encoding="utf-8", buffering=1) as log:
        figures = soak(log, actions=chosen.actions, seed=chosen.seed, first=chosen.first)
    for name, value in vars(figures).items():
        shown = "\n  ".join([str(len(value)), *value]) if isinstance(value, list) else value
        sys.stdout.write(f"{name:12} {shown}\n")
    sys.exit(1 if figures.failure or figures.gaps else 0)


if __name__ == "__main__":
    main()

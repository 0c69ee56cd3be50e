"""Plays with a window that is open: whatever a person may do to it, at random."""

from __future__ import annotations

import faulthandler
import random
from collections import deque
from functools import partial
from typing import TextIO

from PySide6.QtCore import QEventLoop, QMimeData, QObject, QTimer, QUrl, Slot
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMenu, QMenuBar, QWidget

from srcnn_gui.app import Program
from tests.soak.files import Corpus
from tests.soak.hands import Step, choose_in_menu, choose_key, click_button, drop, play, press_keys
from tests.soak.watch import Watch

TOLD = 50
"""So many actions are remembered."""

_PACE_MS = 1
_HUNG_S = 60
"""A process that has not come back for so long tells where its threads are, and ends."""
_BARRED = {"quit"}


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
        self.done: deque[str] = deque(maxlen=TOLD)
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
        faulthandler.dump_traceback_later(_HUNG_S, exit=True)
        rng = self._rng = random.Random(f"{self._seed} {index}")
        pause_ms = rng.choice((50, 100, 150)) if rng.random() < 0.02 else _PACE_MS
        QTimer.singleShot(pause_ms, self._turn)
        step = self._choose(rng)
        self.done.append(f"{index}: {step.text}")
        self._log.write(f"{self.done[-1]}\n")
        self._watch.index, self._watch.action = index, step.text
        self._depth += 1
        try:
            step.do()
        finally:
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
        """Play with a dialog, or close it; one that could delete files is only closed."""
        if isinstance(modal, QFileDialog):
            return Step(f"reject {modal.windowTitle()!r}", modal.reject)
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
        actions = known if rng.random() < 0.8 else _entries(self._window.menuBar())
        can = [
            a
            for a in actions
            if a.isEnabled() and not a.isSeparator() and a.objectName() not in _BARRED
        ]
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

    def open_names(self, _parent: object, title: str, *_: object) -> tuple[list[str], str]:
        """Answer a dialog that asks for files."""
        names = {self._corpus.choose(self._rng, title) for _ in range(self._rng.randint(1, 4))}
        return sorted(names - {""}), ""

    def save_name(
        self, _parent: object, _title: str, suggested: str = "", kinds: str = "", *_: object
    ) -> tuple[str, str]:
        """Answer a dialog that asks for a name to save by."""
        kind = self._rng.choice(kinds.split(";;"))
        return self._corpus.name_to_save(self._rng, suggested), kind

    def folder_name(self, *_: object) -> str:
        """Answer a dialog that asks for a folder."""
        return self._corpus.choose_folder(self._rng)


def _entries(menu: QMenuBar | QMenu) -> list[QAction]:
    """Return the entries of a menu and of the menus in it."""
    found = []
    for action in menu.actions():
        below = action.menu()
        found += [action] if below is None else _entries(below) if action.isEnabled() else []
    return found


def file_dialogs(monkey: Monkey) -> None:
    """Have the file dialogs of the system answered."""
    dialogs = {
        "getOpenFileName": monkey.open_name,
        "getOpenFileNames": monkey.open_names,
        "getSaveFileName": monkey.save_name,
        "getExistingDirectory": monkey.folder_name,
    }
    for name, answer in dialogs.items():
        setattr(QFileDialog, name, staticmethod(answer))

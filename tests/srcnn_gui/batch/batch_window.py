"""The Batch panel as a person with many pictures uses it, and work that is done at once."""

from __future__ import annotations

import threading

from PySide6.QtCore import Qt

from srcnn.batch.run import Result
from srcnn.errors import Cancelled, PictureError
from srcnn.geometry import Size
from srcnn_gui.batch.rows import State

WAIT_MS = 10_000
SIZES = Size(10, 8), Size(20, 16)


class FakeWork:
    """Writes a byte for a picture, fails for those called bad, waits where it is told to."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.tile = threading.Event()  # one tile is done, and the gate is looked at
        self.written = threading.Event()
        self.seen: list[str] = []
        self.bad = {"bad.png"}

    def __call__(self, plan):
        return self._do

    def _do(self, task, attempt):
        self.seen.append(task.picture.name)
        attempt.progress(1, 2)
        self.tile.set()
        while not self.gate.wait(0.01):
            if attempt.should_stop():
                raise Cancelled
        if attempt.should_stop():
            raise Cancelled
        if task.picture.name in self.bad:
            raise PictureError("It is damaged", hint="Mend it.")
        attempt.note("A note.")
        task.target.write_bytes(b"!")
        self.written.set()
        return Result(*SIZES)


class Window:
    """The program, as a person with many pictures uses it."""

    def __init__(self, driver, qtbot, choices) -> None:
        self.driver = driver
        self.qtbot = qtbot
        self.batch = driver.program.batch
        driver.window.is_attended = False
        self.panel = self.batch.show_panel()
        self.work = self.batch.runner.doer = FakeWork()
        self.batch.set_choices(choices)

    @property
    def states(self) -> dict[str, State]:
        return {row.path.name: row.state for row in self.batch.model.rows}

    @property
    def said(self) -> str:
        return self.panel.strip.text

    def wait(self, condition) -> None:
        self.qtbot.waitUntil(condition, timeout=WAIT_MS)

    def add(self, *paths) -> None:
        with self.qtbot.waitSignal(self.batch.queue.remarked, timeout=WAIT_MS):
            self.batch.queue.add(paths)

    def trigger(self, action_id) -> None:
        action = self.driver.window.actions_by_id[action_id]
        assert action.isEnabled(), action.toolTip()
        action.trigger()

    def enabled(self, action_id) -> bool:
        return self.driver.window.actions_by_id[action_id].isEnabled()

    def do(self) -> None:
        self.trigger("batch_start")
        self.wait(lambda: not self.batch.runner.is_running)

    def choose(self, name) -> None:
        table = self.panel.queue.table
        for row in range(table.model().rowCount()):
            if table.model().index(row, 0).data() == name:
                table.selectRow(row)

    def cell(self, row, column, role=Qt.ItemDataRole.DisplayRole):
        """Return what a cell of the table says."""
        return self.batch.model.index(row, column).data(role)

    def hold_at_first_tile(self) -> None:
        self.work.gate.clear()
        self.work.tile.clear()
        self.trigger("batch_start")
        assert self.work.tile.wait(10)

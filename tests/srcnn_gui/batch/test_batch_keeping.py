"""The queue of a batch outlives the window, whatever happens to its file."""

from __future__ import annotations

import json
from dataclasses import replace
from time import monotonic

from srcnn.errors import OutputError
from srcnn_gui import batch_commands
from srcnn_gui.batch import keeper
from srcnn_gui.batch.choices import Choices
from srcnn_gui.batch.rows import Row, State
from srcnn_gui.batch.store import snapshot, write
from tests.srcnn_gui.batch.batch_window import WAIT_MS, Window


def test_closing_asks_stops_at_once_and_keeps_the_queue(start, qtbot, choices, folder, monkeypatch):
    file = folder.parent / "batch.json"
    window = Window(start(), qtbot, choices)
    with qtbot.waitSignal(window.batch.keeper.restored, timeout=WAIT_MS):
        window.batch.keeper.open(file)
    window.batch.set_choices(choices)
    window.add(folder)
    window.hold_at_first_tile()
    window.driver.window.is_attended = True
    monkeypatch.setattr(batch_commands, "ask_to_close", lambda _: False)
    assert not window.driver.window.close()
    assert window.batch.runner.is_running
    monkeypatch.setattr(batch_commands, "ask_to_close", lambda _: True)
    began_s = monotonic()
    assert window.driver.window.close()
    assert monotonic() - began_s < 1.5
    assert len(json.loads(file.read_text())["rows"]) == 3

    later = Window(start(), qtbot, Choices())
    with qtbot.waitSignal(later.batch.keeper.restored, timeout=WAIT_MS):
        later.batch.keeper.open(file)
    assert "3 of 3 pictures of the last batch are left" in later.said
    assert not later.batch.runner.is_running
    assert later.batch._choices == choices
    later.panel.strip.offer.accepted.emit()
    later.wait(lambda: later.batch.model.tally.left == 0 and not later.batch.runner.is_running)
    assert later.batch.model.tally.done == 2
    assert later.panel.strip.offer.text == ""


def test_what_is_left_is_discarded_and_damage_is_said(start, qtbot, choices, folder):
    file = folder.parent / "batch.json"
    file.write_text("{")
    window = Window(start(), qtbot, choices)
    with qtbot.waitSignal(window.batch.keeper.failed, timeout=WAIT_MS):
        window.batch.keeper.open(file)
    assert "set aside" in window.driver.message
    window.add(folder)
    window.panel.strip.offer.show_text("left")
    window.panel.strip.offer.declined.emit()
    assert window.states == {}
    assert window.panel.strip.offer.text == ""


def test_the_queue_is_kept_while_it_changes(filled, tmp_path):
    file = tmp_path / "batch.json"
    filled.batch.keeper._timer.setInterval(1)
    filled.batch.keeper.open(file)
    filled.do()

    def kept():
        rows = json.loads(file.read_text())["rows"] if file.exists() else []
        return [row["outcome"]["state"] for row in rows if "outcome" in row]

    filled.wait(lambda: kept() == ["done", "failed", "done"])


def test_a_queue_that_was_not_read_yet_is_not_replaced(start, qtbot, choices, folder):
    file = folder.parent / "batch.json"
    write(file, snapshot(choices, [Row(folder / "precious.png")]))
    before = file.read_bytes()
    window = Window(start(), qtbot, choices)
    window.add(folder)
    window.batch.keeper.open(file)
    window.batch.keeper.note_change()
    assert window.driver.window.close()
    assert file.read_bytes() == before


def test_what_is_done_while_the_window_closes_is_kept(window, folder, tmp_path):
    window.batch.keeper.open(tmp_path / "batch.json")
    window.add(folder / "a.png")
    window.hold_at_first_tile()
    window.work.gate.set()
    assert window.work.written.wait(10)
    window.batch.shutdown()
    assert [row.state for row in window.batch.model.rows] == [State.DONE]


def test_a_queue_that_cannot_be_kept_is_said_once_and_tried_again(filled, tmp_path, monkeypatch):
    write, tries, said = keeper.write, [], []

    def write_at_last(file, values):
        tries.append(file)
        if len(tries) < 3:
            raise OutputError("The disk is full", hint="Make room.")
        write(file, values)

    monkeypatch.setattr(keeper, "write", write_at_last)
    file = tmp_path / "batch.json"
    filled.batch.keeper.failed.connect(said.append)
    filled.batch.keeper._timer.setInterval(1)
    filled.batch.keeper.open(file)
    filled.wait(file.exists)
    assert [str(error) for error in said] == ["The disk is full"]
    assert "The disk is full" in filled.driver.message
    assert len(tries) == 3


def test_a_queue_that_comes_late_changes_and_begins_nothing(filled, choices, folder):
    file = folder.parent / "batch.json"
    old = replace(choices, scale=4)
    write(file, snapshot(old, [Row(folder / "precious.png")]))
    filled.hold_at_first_tile()
    with filled.qtbot.waitSignal(filled.batch.keeper.restored, timeout=WAIT_MS):
        filled.batch.keeper.open(file)
    assert filled.batch._choices == choices
    filled.work.gate.set()
    filled.wait(lambda: not filled.batch.runner.is_running)
    assert filled.states["precious.png"] is State.WAITING
    assert "1 of 1 picture of the last batch is left" in filled.said
    filled.panel.strip.offer.accepted.emit()
    filled.wait(lambda: filled.batch.model.tally.left == 0)
    assert filled.panel.strip.offer.text == ""

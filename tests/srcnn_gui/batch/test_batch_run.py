"""A batch goes to its end: what fails, what is held, stopped, skipped or added meanwhile."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from PIL import Image
from PySide6.QtCore import Qt

from srcnn.cli import main
from srcnn_gui import batch_commands
from srcnn_gui.batch.choices import SizeWay
from srcnn_gui.batch.columns import MARK, Column
from srcnn_gui.batch.rows import Found, State
from tests.srcnn_gui.batch.batch_window import Window


def test_a_batch_goes_to_its_end_whatever_fails(filled, folder, tmp_path):
    filled.do()
    assert filled.states == {"a.png": State.DONE, "bad.png": State.FAILED, "c.png": State.DONE}
    assert filled.said == "Done | 2 done, 1 failed."
    out = tmp_path / "out"
    made = sorted(str(path.relative_to(out)) for path in out.rglob("*.png"))
    assert made == ["a_x2_bicubic.png", "sub/c_x2_bicubic.png"]
    assert filled.cell(1, Column.STATUS) == "failed: It is damaged"
    assert [filled.cell(row, Column.BECOMES, MARK) for row in range(3)] == [True, False, True]
    assert "Mend it." in filled.cell(1, Column.STATUS, Qt.ItemDataRole.ToolTipRole)
    assert "A note." in filled.cell(0, Column.STATUS, Qt.ItemDataRole.ToolTipRole)
    assert filled.driver.window.windowTitle() == "SRCNN Studio"


def test_a_batch_of_which_nothing_came_has_failed(filled):
    filled.work.bad = {"a.png", "bad.png", "c.png"}
    filled.do()
    assert filled.said == "Failed | 0 done, 3 failed."


def test_what_failed_is_tried_again(filled):
    filled.do()
    filled.work.bad.clear()
    filled.trigger("batch_retry")
    filled.wait(lambda: not filled.batch.runner.is_running)
    assert set(filled.states.values()) == {State.DONE}
    assert Counter(filled.work.seen) == {"a.png": 1, "bad.png": 2, "c.png": 1}


def test_what_is_there_is_skipped_or_replaced(filled, choices, monkeypatch):
    filled.do()
    target = filled.batch.model.rows[0].outcome.target
    target.write_bytes(b"older")
    for name in ("a.png", "c.png"):
        filled.choose(name)
        filled.trigger("batch_again")
    filled.do()
    assert filled.states["a.png"] is State.SKIPPED
    assert target.read_bytes() == b"older"
    asked = []
    monkeypatch.setattr(
        batch_commands, "ask_to_overwrite", lambda _, folder: asked.append(folder) or len(asked) > 1
    )
    filled.driver.window.is_attended = True
    filled.batch.set_choices(replace(choices, overwrites=True))
    filled.choose("a.png")
    filled.trigger("batch_again")
    filled.do()
    assert filled.states["a.png"] is State.WAITING
    filled.do()
    filled.driver.window.is_attended = False
    assert filled.states["a.png"] is State.DONE
    assert target.read_bytes() == b"!"
    assert asked == [choices.output] * 2


def test_a_batch_is_held_and_goes_on(filled):
    filled.hold_at_first_tile()
    filled.wait(lambda: filled.driver.window.windowTitle().startswith("16 % \N{MIDDLE DOT} SRCNN"))
    assert filled.said.startswith("0 of 3")
    assert filled.cell(0, Column.STATUS) == "50 %"
    assert not filled.panel.form.isEnabled()
    filled.trigger("batch_pause")
    assert filled.said.startswith("Paused at 0 of 3")
    filled.work.gate.set()
    filled.trigger("batch_pause")
    filled.wait(lambda: not filled.batch.runner.is_running)
    assert filled.panel.form.isEnabled()
    assert filled.batch.model.tally.ended == 3


def test_a_batch_is_stopped_and_leaves_nothing_half_done(filled, tmp_path):
    filled.hold_at_first_tile()
    filled.trigger("batch_cancel")
    filled.wait(lambda: not filled.batch.runner.is_running)
    assert set(filled.states.values()) == {State.WAITING}
    assert filled.said == "Stopped | 3 pictures waiting: press Start."
    assert not list((tmp_path / "out").rglob("*.png"))
    filled.work.gate.set()
    filled.do()
    assert filled.batch.model.tally.left == 0


def test_a_held_batch_is_stopped_too(filled):
    filled.hold_at_first_tile()
    filled.trigger("batch_pause")
    filled.work.gate.set()
    filled.trigger("batch_cancel")
    filled.wait(lambda: not filled.batch.runner.is_running)
    assert filled.batch.model.tally.left == 3


def test_pictures_that_are_added_meanwhile_are_done_as_well(filled, folder, pixels):
    filled.hold_at_first_tile()
    late = folder.parent / "late.png"
    Image.fromarray(pixels(8, 8)).save(late)
    filled.add(late)
    filled.work.gate.set()
    filled.wait(lambda: not filled.batch.runner.is_running)
    assert filled.states["late.png"] is State.DONE
    assert filled.work.seen[-1] == "late.png"


def test_a_batch_waits_while_somebody_looks(filled):
    filled.driver.session.quiet.clear()
    filled.trigger("batch_start")
    assert filled.work.tile.wait(10)
    assert filled.batch.runner.is_running
    filled.trigger("batch_cancel")
    filled.wait(lambda: not filled.batch.runner.is_running)
    filled.driver.session.quiet.set()
    assert filled.batch.model.tally.left == 3


def test_names_that_do_not_go_together_are_said_before_anything_is_done(filled, choices, folder):
    flat = replace(choices, pattern="same{suffix}{number}")
    filled.batch.set_choices(flat)
    assert not filled.enabled("batch_start")
    twin = folder / "sub" / "a.png"
    twin.write_bytes((folder / "a.png").read_bytes())
    filled.add(twin)
    filled.batch.set_choices(replace(choices, keeps_folders=False))
    filled.do()
    assert "would both become" in filled.said
    assert filled.said.startswith("Failed")
    assert filled.work.seen == []


def test_sorting_does_not_change_the_order_of_the_work(filled):
    table, down = filled.panel.queue.table, Qt.SortOrder.DescendingOrder

    def shown():
        return [table.model().index(row, 0).data() for row in range(3)]

    filled.choose("a.png")
    table.sortByColumn(Column.PICTURE, down)
    assert shown() == ["c.png", "bad.png", "a.png"]
    assert [path.name for path in filled.panel.queue.chosen] == ["a.png"]
    filled.do()
    assert filled.work.seen == ["a.png", "bad.png", "c.png"]
    table.sortByColumn(Column.STATUS, down)
    assert shown()[0] == "bad.png"
    table.sortByColumn(Column.BECOMES, down)
    table.sortByColumn(-1, down)
    assert shown() == ["a.png", "bad.png", "c.png"]


@pytest.mark.parametrize("way", [SizeWay.SCALE, SizeWay.LONGEST])
def test_batch_window_and_command_line_make_the_same_file(
    start, qtbot, choices, photo, tmp_path, way
):
    driver = start()
    window = Window(driver, qtbot, replace(choices, way=way, longest=2 * 215))
    window.batch.runner.doer = batch_commands.BatchRunner(
        window.batch.jobs, driver.session.quiet
    ).doer
    window.add(photo)
    window.do()
    made = window.batch.model.rows[0].outcome.target.read_bytes()
    command = tmp_path / "command.png"
    arguments = ["--output", str(command), "--scale", "2", "--method", "bicubic"]
    with pytest.raises(SystemExit) as ended:
        main(["upscale", str(photo), *arguments])
    assert ended.value.code == 0
    assert made == command.read_bytes()
    window.choose(photo.name)
    window.trigger("batch_open")
    driver.settle()
    saved = tmp_path / "saved.png"
    driver.session.set_panes([replace(driver.session.panes[0], method="bicubic")])
    driver.program.saving.save_to(saved)
    driver.settle()
    assert made == saved.read_bytes()


def test_any_size_is_made(start, qtbot, choices, photo):
    driver = start()
    window = Window(driver, qtbot, replace(choices, way=SizeWay.FACTOR, factor=2.5))
    runner = batch_commands.BatchRunner(window.batch.jobs, driver.session.quiet)
    window.batch.runner.doer = runner.doer
    window.add(photo)
    window.do()
    outcome = window.batch.model.rows[0].outcome
    assert outcome.target.name == "photo_x2.5_bicubic.png"
    assert outcome.scale == 3
    with Image.open(outcome.target) as image:
        assert image.size == (round(215 * 2.5), round(157 * 2.5))


def test_of_many_outcomes_it_is_told_once(window, folder, choices):
    choices.output.mkdir()
    for number in range(200):
        (choices.output / f"{number}_x2_bicubic.png").touch()
    model = window.batch.model
    model.add(Found(folder / f"{name}.png") for name in (*range(200), "a"))
    window.hold_at_first_tile()  # the loop of the window does not turn meanwhile
    tallies, shown, steps = [], [], []
    model.changed.connect(lambda: tallies.append(model.tally))
    model.dataChanged.connect(lambda first, last, _roles: shown.append((first, last)))
    window.batch.cycle.stepped.connect(lambda: steps.append(window.batch.cycle.step.doing))
    window.wait(lambda: bool(steps))
    status = [pair for pair in shown if pair[1].column() == Column.STATUS]
    assert [(first.row(), last.row()) for first, last in status] == [(0, 200)]
    assert [counts.skipped for counts in tallies] == [200]
    assert steps == ["a.png"]
    window.work.gate.set()
    window.wait(lambda: not window.batch.runner.is_running)
    assert window.states["a.png"] is State.DONE

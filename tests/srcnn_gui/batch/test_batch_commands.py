"""The Batch panel: fill the queue, start, hold, stop, close, go on, and what becomes of files."""

from __future__ import annotations

import csv
import json
import threading
from collections import Counter
from dataclasses import replace
from time import monotonic

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDropEvent
from PySide6.QtWidgets import QFileDialog

from srcnn.batch.run import Result
from srcnn.cli import main
from srcnn.errors import Cancelled, OutputError, PictureError
from srcnn.geometry import Size
from srcnn_gui import batch_commands
from srcnn_gui.batch import keeper, queue_commands
from srcnn_gui.batch.choices import Choices, SizeWay
from srcnn_gui.batch.columns import DETAIL, MARK, Column
from srcnn_gui.batch.rows import Found, Row, State
from srcnn_gui.batch.store import snapshot, write
from srcnn_gui.viewer.scene import Mode

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


@pytest.fixture
def folder(tmp_path, pixels):
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    for name in ("a.png", "bad.png", "sub/c.png"):
        Image.fromarray(pixels(30, 20)).save(folder / name)
    return folder


@pytest.fixture
def choices(tmp_path):
    return Choices(method="bicubic", scale=2, output=tmp_path / "out")


@pytest.fixture
def window(start, qtbot, choices):
    return Window(start(), qtbot, choices)


@pytest.fixture
def filled(window, folder):
    window.add(folder)
    return window


def test_an_empty_queue_says_what_to_do(window):
    assert not window.enabled("batch_start")
    tip = window.driver.window.actions_by_id["batch_start"].statusTip()
    assert tip == "Add pictures first"
    assert window.said == ""


def test_a_batch_goes_to_its_end_whatever_fails(filled, folder, tmp_path):
    filled.do()
    assert filled.states == {"a.png": State.DONE, "bad.png": State.FAILED, "c.png": State.DONE}
    assert filled.said == "Done | 2 done, 1 failed."
    out = tmp_path / "out"
    made = sorted(str(path.relative_to(out)) for path in out.rglob("*.png"))
    assert made == ["a_x2_bicubic.png", "sub/c_x2_bicubic.png"]
    assert filled.cell(1, Column.STATUS) == "failed: It is damaged"
    assert "Mend it." in filled.cell(1, Column.STATUS, Qt.ItemDataRole.ToolTipRole)
    assert "A note." in filled.cell(0, Column.STATUS, Qt.ItemDataRole.ToolTipRole)
    assert filled.driver.window.windowTitle() == "SRCNN Studio"


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


def test_rows_are_taken_out_and_numbers_stay(filled, choices, folder):
    filled.choose("a.png")
    filled.trigger("batch_remove")
    assert list(filled.states) == ["bad.png", "c.png"]
    filled.batch.set_choices(replace(choices, pattern="{number:03}"))
    filled.do()
    assert filled.batch.model.rows[1].outcome.target.name == "003.png"
    filled.trigger("batch_clear")
    assert filled.states == {}
    filled.add(folder / "a.png")
    filled.add(folder / "a.png", folder / "notes.txt")
    assert list(filled.states) == ["a.png"]
    assert "in the queue already" in filled.said
    assert "no picture" in filled.said


def drop(widget, *paths):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, keys)
    widget.dropEvent(event)
    assert event.isAccepted()


def test_files_and_folders_are_dropped_on_the_panel(window, folder):
    with window.qtbot.waitSignal(window.batch.queue.remarked, timeout=WAIT_MS):
        drop(window.panel, folder / "bad.png", folder)
    assert list(window.states) == ["bad.png", "a.png", "c.png"]


def test_what_was_added_first_comes_first_however_long_it_takes(window, folder, monkeypatch):
    gate, real = threading.Event(), queue_commands.scan

    def held(paths, *args, **options):
        assert gate.wait(10)
        return real(paths, *args, **options)

    monkeypatch.setattr(queue_commands, "scan", held)
    window.batch.queue.add([folder / "sub"])
    window.batch.queue.add([folder / "bad.png"])
    assert [job.title for job in window.batch.jobs.jobs] == ["Look for pictures"]
    gate.set()
    window.wait(lambda: len(window.batch.model.rows) == 2)
    assert list(window.states) == ["c.png", "bad.png"]


def test_a_folder_that_is_dropped_on_the_window_goes_to_the_batch(start, qtbot, folder):
    driver = start()
    batch = driver.program.batch
    with qtbot.waitSignal(batch.queue.remarked, timeout=WAIT_MS):
        drop(driver.window, folder)
    assert len(batch.model.rows) == 3
    assert driver.window.batch_dock.isVisible()
    assert driver.session.scene is None


def test_pictures_and_folders_are_chosen(window, folder, monkeypatch):
    names = [str(folder / "bad.png")]
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: (names, ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    window.panel.queue._with_folders.click()
    for action in ("batch_add_pictures", "batch_add_folder"):
        with window.qtbot.waitSignal(window.batch.queue.remarked, timeout=WAIT_MS):
            window.trigger(action)
    assert list(window.states) == ["bad.png", "a.png"]


def test_rows_show_copies_and_losses(filled, choices):
    filled.driver.window.resize(1000, 800)
    filled.wait(lambda: all(row.facts is not None for row in filled.batch.model.rows))
    assert filled.cell(0, Column.PICTURE, Qt.ItemDataRole.DecorationRole).width() == 30
    assert filled.cell(0, Column.BECOMES, DETAIL).startswith("PNG, Bicubic")
    assert not filled.cell(0, Column.BECOMES, MARK)
    filled.batch.set_choices(replace(choices, scale=4))
    assert filled.cell(0, Column.BECOMES).endswith("120 \N{MULTIPLICATION SIGN} 80")
    small = replace(choices, way=SizeWay.LONGEST, longest=10)
    filled.batch.set_choices(small)
    assert filled.cell(0, Column.BECOMES, MARK)


def test_the_form_says_what_is_chosen_and_what_is_wrong(filled):
    form = filled.panel.form
    assert "a_x2_bicubic.png" in form._example.text()
    form._pattern.selectAll()
    filled.qtbot.keyClicks(form._pattern, "{{name}")
    assert "no pattern" in form._problem.text or "no field" in form._problem.text
    assert not filled.enabled("batch_start")
    form._pattern.selectAll()
    filled.qtbot.keyClicks(form._pattern, "{stem}-{number}")
    assert filled.batch._choices.pattern == "{stem}-{number}"
    assert "a-1.png" in form._example.text()
    form._format.setCurrentIndex(form._format.findData(".webp"))
    assert "a-1.webp" in form._example.text()
    assert filled.enabled("batch_start")


def test_a_method_that_is_not_there_is_said(filled, choices):
    filled.batch.set_choices(replace(choices, method="srcnn:gone"))
    assert "There is no method srcnn:gone" in filled.said
    assert not filled.enabled("batch_start")


def test_the_picture_of_a_row_is_opened_in_upscale(filled):
    filled.choose("a.png")
    filled.trigger("batch_open")
    filled.driver.settle()
    scene = filled.driver.session.scene
    assert (scene.name, scene.setup.mode, scene.setup.scale) == ("a.png", Mode.UPSCALE, 2)


def test_folders_of_results_are_shown(filled, choices, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    filled.choose("c.png")
    assert not filled.enabled("batch_show_result")
    filled.do()
    filled.trigger("batch_show_result")
    filled.trigger("batch_output")
    folders = [choices.output / "sub", choices.output]
    assert opened == [QUrl.fromLocalFile(str(folder)) for folder in folders]


def test_the_report_is_saved(filled, tmp_path, monkeypatch):
    assert not filled.enabled("batch_report")
    filled.do()
    name = str(tmp_path / "report")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (name, ""))
    filled.trigger("batch_report")
    filled.wait(lambda: "Saved report.csv" in filled.driver.message)
    with (tmp_path / "report.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["status"] for line in lines] == ["done", "failed", "done"]
    assert {line["scale"] for line in lines} == {"2"}
    assert lines[0]["output_size"] == "20x16"


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


def test_a_picture_that_comes_back_is_known_and_what_failed_is_looked_at_again(filled, folder):
    filled.driver.window.resize(1000, 800)
    rows = filled.batch.model.rows
    filled.wait(lambda: all(row.facts is not None for row in filled.batch.model.rows))
    facts = rows[0].facts
    filled.choose("a.png")
    filled.trigger("batch_remove")
    filled.add(folder / "a.png")
    assert filled.batch.model.rows[-1].facts == facts
    broken = folder / "broken.png"
    broken.write_bytes(b"no picture")
    filled.work.bad.add("broken.png")
    filled.add(broken)
    row = filled.batch.model.rows[-1]
    filled.panel.queue.table.scrollToBottom()
    filled.wait(lambda: bool(row.problem))
    filled.do()
    broken.write_bytes((folder / "a.png").read_bytes())
    filled.choose("broken.png")
    filled.trigger("batch_again")
    filled.wait(lambda: row.facts is not None)
    assert row.problem == ""


def test_pictures_larger_than_the_setting_allows_are_not_looked_at(
    start, plain, qtbot, choices, folder
):
    window = Window(start(settings=replace(plain, max_megapixels=0.0001)), qtbot, choices)
    window.driver.window.resize(1000, 800)
    window.add(folder / "a.png")
    window.wait(lambda: bool(window.batch.model.rows[0].problem))


def test_a_finished_row_says_what_was_made_whatever_is_chosen_then(filled, choices):
    filled.do()
    done = filled.cell(0, Column.BECOMES), filled.cell(0, Column.BECOMES, DETAIL)
    assert done == ("10 \u00d7 8 \u2192 20 \u00d7 16", "a_x2_bicubic.png")
    filled.batch.set_choices(replace(choices, scale=4, suffix=".jpg"))
    assert (filled.cell(0, Column.BECOMES), filled.cell(0, Column.BECOMES, DETAIL)) == done
    failed = [row.state for row in filled.batch.model.rows].index(State.FAILED)
    assert "JPEG" in filled.cell(failed, Column.BECOMES, DETAIL)


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


def test_each_way_with_files_that_exist_has_its_own_tip(window):
    box = window.panel.form._existing
    tips = [box.itemData(place, Qt.ItemDataRole.ToolTipRole) for place in range(box.count())]
    assert len(set(tips)) == 2
    assert all(tips)

"""The Batch panel: what fills the queue, and what is chosen, shown and done with its rows."""

from __future__ import annotations

import csv
import threading
from dataclasses import replace

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDropEvent
from PySide6.QtWidgets import QFileDialog

from srcnn_gui.batch import queue_commands
from srcnn_gui.batch.choices import SizeWay
from srcnn_gui.batch.columns import DETAIL, MARK, Column
from srcnn_gui.batch.rows import State
from srcnn_gui.viewer.scene import Mode
from tests.srcnn_gui.batch.batch_window import WAIT_MS, Window


def test_an_empty_queue_says_what_to_do(window):
    assert not window.enabled("batch_start")
    tip = window.driver.window.actions_by_id["batch_start"].statusTip()
    assert tip == "Add pictures first"
    assert window.said == ""


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
    assert not form._limits.isVisibleTo(form)  # that of each picture
    form._format.setCurrentIndex(form._format.findData(".webp"))
    assert form._limits.text().startswith("WebP does not keep 16 bits")
    assert form._limits.isVisibleTo(form)
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


def test_each_way_with_files_that_exist_has_its_own_tip(window):
    box = window.panel.form._existing
    tips = [box.itemData(place, Qt.ItemDataRole.ToolTipRole) for place in range(box.count())]
    assert len(set(tips)) == 2
    assert all(tips)

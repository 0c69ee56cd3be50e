"""The list shows what runs came to, and says what is wished of them; it does nothing itself."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMessageBox

from srcnn.errors import OutputError
from srcnn.spec import SrcnnSpec
from srcnn_gui.theme import theme_palette
from srcnn_gui.training.run_colours import COLOURS, run_colour
from srcnn_gui.training.run_list import RunList
from srcnn_gui.training.run_summary import (
    RunCommand,
    RunStatus,
    RunSummary,
    name_objection,
    objection,
    summarise,
)
from srcnn_gui.training.run_table import SORT, Column, cell, described
from trainer.config import TrainConfig
from trainer.events import RunFinished, RunStarted, StepDone, StopReason, Validated
from trainer.run_folder import RunFolder

CHECK = Qt.ItemDataRole.CheckStateRole
TIMES = "\N{MULTIPLICATION SIGN}"


@pytest.fixture
def folder(tmp_path):
    """Return a function that makes the folder of a run that reported some events."""

    def make(*events, name: str = "my run", checkpoint: bool = True, best: bool = True):
        folder = RunFolder(tmp_path / name)
        folder.create(TrainConfig(out=folder.path, scale=3, spec=SrcnnSpec(f2=5)))
        for event in events:
            folder.append(event)
        if checkpoint:
            folder.checkpoint.touch()
        if best:
            folder.best.touch()
        return folder

    return make


STARTED = RunStarted(
    Path("my run"), 3, "9-5-5", "cpu", 2, 82, 9, "Set5 (validation)", (), 30.39, 32.39
)
STEP = StepDone(1600, 0.1, 4.5, 0.001, 0.003, 400.0, 60.0, 500.0)
VALIDATED = Validated(1600, 5.0, 31.5, True, 0)
WORSE = Validated(3200, 10.0, 31.4, False, 1)


def finished(reason: StopReason) -> RunFinished:
    return RunFinished(3200, 10.5, reason, Path("weights"), 31.5, 1600)


def test_a_run_is_summed_up(folder):
    run = summarise(folder(STARTED, STEP, VALIDATED, WORSE, finished(StopReason.COMPLETED)))
    assert (run.name, run.network, run.scale, run.preset) == ("my run", "9-5-5", 3, "fast")
    assert (run.backprops, run.seconds) == (3200, 10.5)
    assert (run.best_db, run.bicubic_db) == (31.5, 30.39)
    assert run.gain_db == pytest.approx(1.11)
    assert run.validation_name == "Set5 (validation)"
    assert run.status is RunStatus.FINISHED
    assert run.modified > 0
    assert run.problem == ""


@pytest.mark.parametrize(
    ("events", "checkpoint", "status"),
    [
        ([finished(StopReason.COMPLETED)], True, RunStatus.FINISHED),
        ([finished(StopReason.NO_GAIN)], True, RunStatus.FINISHED),
        ([finished(StopReason.STOPPED)], True, RunStatus.STOPPED),
        ([finished(StopReason.DIVERGED)], True, RunStatus.DIVERGED),
        ([finished(StopReason.SUSPENDED)], True, RunStatus.CONTINUABLE),
        ([STEP], True, RunStatus.CONTINUABLE),
        ([STEP], False, RunStatus.BROKEN_OFF),
        ([finished(StopReason.SUSPENDED), STARTED, STEP], True, RunStatus.CONTINUABLE),
        ([finished(StopReason.STOPPED), STARTED], True, RunStatus.CONTINUABLE),
    ],
)
def test_how_a_run_stands_is_read_from_its_files(folder, events, checkpoint, status):
    run = folder(STARTED, *events, checkpoint=checkpoint)
    assert summarise(run).status is status
    assert summarise(run, is_running=True).status is RunStatus.RUNNING


def test_the_final_weights_come_before_the_best_so_far(folder):
    run = folder(STARTED)
    assert summarise(run).weights == run.best
    run.weights.touch()
    assert summarise(run).weights == run.weights
    assert summarise(folder(name="none", best=False)).weights is None


def test_a_run_that_reported_nothing_has_no_figures(folder):
    run = summarise(folder(checkpoint=False))
    assert (run.backprops, run.best_db, run.gain_db) == (0, None, None)
    assert run.status is RunStatus.BROKEN_OFF


def test_figures_that_are_no_numbers_are_not_known(folder):
    diverged = Validated(1600, 5.0, math.nan, False, 1)
    run = summarise(folder(replace(STARTED, bicubic_db=math.inf), diverged))
    assert run.best_db is None
    assert run.bicubic_db is None


def test_damaged_settings_are_said(folder):
    run = folder(STARTED)
    run.config.write_text("{")
    summary = summarise(run)
    assert summary.status is RunStatus.DAMAGED
    assert "config.json" in summary.problem


def test_damaged_reports_are_read_as_far_as_they_go(folder):
    run = folder(STARTED, VALIDATED)
    with run.events.open("a") as file:
        file.write('{"event": "Validated", "backp\nrubbish\n[]\n')
    assert summarise(run).best_db == 31.5
    with run.events.open("a") as file:
        file.write(
            '{"event": "Validated", "backprops": [], "seconds": {}, "psnr_db": [], '
            '"is_best": 1, "waited": 0}\n'
        )
    assert summarise(run).best_db == 31.5
    assert summarise(run).status is RunStatus.CONTINUABLE


def summary(name: str = "good", status=RunStatus.CONTINUABLE, **values) -> RunSummary:
    usual = {
        "network": "9-1-5", "scale": 3, "preset": "fast", "backprops": 120_000, "seconds": 83.0,
        "best_db": 31.5, "bicubic_db": 30.39, "validation_name": "Set5 (validation)",
        "weights": Path("weights"), "modified": 1.7e9,
    }  # fmt: skip
    return RunSummary(Path("/runs") / name, status, **(usual | values))


ALL = set(RunCommand) - {RunCommand.RELEASE}  # that is for dictionaries


@pytest.mark.parametrize(
    ("run", "possible"),
    [
        (None, set()),
        (summary(), ALL),
        (summary(status=RunStatus.STOPPED), ALL),
        (summary(status=RunStatus.FINISHED), ALL - {RunCommand.CONTINUE}),
        (summary(status=RunStatus.DIVERGED), ALL - {RunCommand.CONTINUE}),
        (
            summary(status=RunStatus.RUNNING),
            ALL - {RunCommand.CONTINUE, RunCommand.RENAME, RunCommand.DELETE},
        ),
        (
            summary(status=RunStatus.BROKEN_OFF, weights=None),
            ALL - {RunCommand.USE, RunCommand.EXPORT},
        ),
        (
            RunSummary(Path("old"), RunStatus.DAMAGED),
            {RunCommand.RENAME, RunCommand.DELETE, RunCommand.OPEN_FOLDER},
        ),
    ],
)
def test_what_can_be_done_depends_on_the_run(run, possible):
    assert {command for command in RunCommand if not objection(command, run)} == possible


def test_only_continuing_has_to_wait_for_another_run():
    busy = "Another run is in progress"
    assert objection(RunCommand.CONTINUE, summary(), busy) == busy
    assert objection(RunCommand.USE, summary(), busy) == ""


@pytest.mark.parametrize(
    "name", ["", "a/b", "a\\b", "a:b", ".hidden", "dots.", "x" * 81, "a\nb", "TAKEN"]
)
def test_a_name_must_be_one_for_a_folder(name):
    assert name_objection(name, ["taken"])


@pytest.mark.parametrize("name", ["x3 again", "M\u00fcnchen 2", "v1.5"])
def test_a_good_name_is_taken(name):
    assert name_objection(name, ["taken"]) == ""


def test_cells_are_for_people():
    texts = [cell(summary(), column) for column in Column]
    assert texts == [
        "", "good", "can be continued", "9-1-5", "fast", f"{TIMES}3", "120,000", "31.50", "+1.11",
        "\N{EN DASH}", "1:23 min",
    ]  # fmt: skip
    unknown = [cell(RunSummary(Path("old"), RunStatus.DAMAGED), column) for column in Column]
    assert set(unknown[3:]) == {"\N{EN DASH}"}
    assert "over bicubic" in described(summary())
    assert "broken file" in described(
        RunSummary(Path("old"), RunStatus.DAMAGED, problem="a broken file")
    )


RUNS = (
    summary("now", RunStatus.RUNNING, best_db=31.0),
    summary("good", best_db=32.4, seconds=7200.0),
    summary("new", RunStatus.BROKEN_OFF, best_db=None, weights=None),
    RunSummary(Path("/runs/old"), RunStatus.DAMAGED),
)


@pytest.fixture
def runs(qtbot):
    runs = RunList()
    qtbot.addWidget(runs)
    runs.setPalette(theme_palette(dark=False))
    runs.resize(900, 280)
    with qtbot.waitExposed(runs):
        runs.show()
    runs.set_runs(RUNS)
    return runs


def check(runs, place, state=Qt.CheckState.Checked):
    return runs._table.setData(runs._table.index(place, Column.SHOW), state, CHECK)


def names(runs):
    model = runs._sorted
    return [model.index(row, Column.NAME).data() for row in range(model.rowCount())]


def test_without_runs_it_says_what_they_are(runs):
    runs.set_runs(())
    assert runs._pages.currentWidget().text().startswith("Runs appear here.")
    runs.set_runs(RUNS)
    assert names(runs) == ["now", "good", "new", "old"]


def test_rows_are_sorted_by_their_values(runs):
    runs._view.sortByColumn(Column.PSNR, Qt.SortOrder.DescendingOrder)
    assert names(runs)[:2] == ["good", "now"]
    runs._view.sortByColumn(Column.TIME, Qt.SortOrder.AscendingOrder)
    assert names(runs)[-1] == "good"
    for column in Column:
        assert runs._table.index(3, column).data(SORT) is not None


SIGNALS = {
    RunCommand.USE: "use_requested",
    RunCommand.CONTINUE: "continue_requested",
    RunCommand.COMMAND_LINE: "command_line_requested",
    RunCommand.OPEN_FOLDER: "open_folder_requested",
}


@pytest.mark.parametrize("command", SIGNALS)
def test_a_command_says_what_is_wished(runs, qtbot, command):
    runs.select(RUNS[1].path)
    with qtbot.waitSignal(getattr(runs, SIGNALS[command]), timeout=1000) as wished:
        runs.action(command).trigger()
    assert wished.args == [RUNS[1]]


def test_commands_that_cannot_be_say_why(runs):
    for command in RunCommand:
        assert not runs.action(command).isEnabled()
        assert runs.action(command).statusTip() == "Choose a run first"
    runs.select(RUNS[2].path)
    assert not runs.action(RunCommand.USE).isEnabled()
    assert "no weights" in runs.action(RunCommand.USE).statusTip()
    assert runs.action(RunCommand.DELETE).isEnabled()
    runs.select(RUNS[1].path)
    assert runs.action(RunCommand.CONTINUE).isEnabled()
    runs.set_busy("Another run is in progress")
    assert runs.action(RunCommand.CONTINUE).statusTip() == "Another run is in progress"


def test_a_run_is_renamed_in_its_cell(runs, qtbot):
    runs.select(RUNS[1].path)
    runs.action(RunCommand.RENAME).trigger()
    editor = runs._view.findChild(QLineEdit)
    editor.setText("better")
    with qtbot.waitSignal(runs.rename_requested, timeout=1000) as wished:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert wished.args == [RUNS[1], "better"]
    assert names(runs) == ["now", "good", "new", "old"]  # until it was done


@pytest.mark.parametrize(("name", "is_refused"), [("a/b", True), ("now", True), ("good", False)])
def test_a_name_that_cannot_be_is_refused(runs, name, is_refused):
    wished, failed = [], []
    runs.rename_requested.connect(lambda *args: wished.append(args))
    runs.failed.connect(failed.append)
    runs._table.setData(runs._table.index(1, Column.NAME), name, Qt.ItemDataRole.EditRole)
    assert wished == []
    assert [type(error) for error in failed] == [OutputError] * is_refused


def test_a_running_one_keeps_its_name(runs):
    flags = [runs._table.flags(runs._table.index(row, Column.NAME)) for row in (0, 1)]
    assert [bool(flag & Qt.ItemFlag.ItemIsEditable) for flag in flags] == [False, True]


@pytest.mark.parametrize("answer", ["Yes", "No"])
def test_deleting_is_confirmed(runs, monkeypatch, answer):
    asked, wished = [], []
    button = QMessageBox.StandardButton[answer]

    def question(parent, title, text, buttons, default):
        asked.append((text, default))
        return button

    monkeypatch.setattr(QMessageBox, "question", question)
    runs.delete_requested.connect(wished.append)
    runs.select(RUNS[1].path)
    runs.action(RunCommand.DELETE).trigger()
    ((text, default),) = asked
    assert "good" in text
    assert default is QMessageBox.StandardButton.No
    assert wished == ([RUNS[1]] if answer == "Yes" else [])


def test_weights_are_exported_to_a_file_that_is_asked_for(runs, qtbot, monkeypatch, tmp_path):
    answers = [("", 0), ("mine", 0), ("my.safetensors", 0), ("mine", 1)]
    offered, chosen = [], iter(answers)

    def save_name(parent, title, suggested, kinds):
        offered.append(suggested)
        name, kind = next(chosen)
        return str(tmp_path / name) if name else "", kinds.split(";;")[kind]

    monkeypatch.setattr(QFileDialog, "getSaveFileName", save_name)
    wished = []
    runs.export_requested.connect(lambda run, path: wished.append((run.name, path.name)))
    runs.select(RUNS[1].path)
    for _ in answers:
        runs.action(RunCommand.EXPORT).trigger()
    assert offered[0] == "good_x3.safetensors"
    assert wished == [
        ("good", name) for name in ("mine.safetensors", "my.safetensors", "mine.onnx")
    ]


def test_checked_runs_are_overlays(runs, qtbot):
    shown = []
    runs.overlay_changed.connect(shown.append)
    assert check(runs, 1)
    assert check(runs, 0)
    assert shown == [(RUNS[1],), (RUNS[1], RUNS[0])]
    assert [runs.colour_of(run) for run in RUNS] == [2, 1, None, None]
    assert check(runs, 1, Qt.CheckState.Unchecked)
    assert check(runs, 2)
    assert [runs.colour_of(run) for run in RUNS] == [2, None, 1, None]  # colours stay


def test_a_swatch_has_the_colour_of_the_curves(runs):
    check(runs, 1)
    pixmap = runs._table.index(1, Column.SHOW).data(Qt.ItemDataRole.DecorationRole)
    colour = pixmap.toImage().pixelColor(pixmap.width() // 2, pixmap.height() // 2)
    assert colour.name() == run_colour(1, runs.palette()).name()
    runs.setPalette(theme_palette(dark=True))
    pixmap = runs._table.index(1, Column.SHOW).data(Qt.ItemDataRole.DecorationRole)
    colour = pixmap.toImage().pixelColor(pixmap.width() // 2, pixmap.height() // 2)
    assert colour.name() == run_colour(1, theme_palette(dark=True)).name()


def test_the_run_in_front_is_no_overlay(runs):
    check(runs, 0)
    check(runs, 1)
    shown = []
    runs.overlay_changed.connect(shown.append)
    runs.set_active(RUNS[0].path)
    assert shown == [(RUNS[1],)]
    assert runs.colour_of(RUNS[0]) == 0
    assert runs._table.index(0, Column.SHOW).data(CHECK) is Qt.CheckState.Checked
    assert not check(runs, 0, Qt.CheckState.Unchecked)
    runs.set_active(None)
    assert runs.colour_of(RUNS[0]) is None


def test_more_overlays_than_colours_share_the_last(runs):
    many = [summary(f"run {number}") for number in range(COLOURS + 2)]
    runs.set_runs(many)
    for place in range(len(many)):
        check(runs, place)
    assert [runs.colour_of(run) for run in many][-3:] == [COLOURS - 1] * 3


def test_what_was_chosen_stays_when_runs_are_read_again(runs):
    runs.select(RUNS[1].path)
    check(runs, 1)
    shown = []
    runs.overlay_changed.connect(shown.append)
    again = replace(RUNS[1], backprops=200_000)
    runs.set_runs([summary("newer"), RUNS[0], again])
    assert runs.selected == again
    assert runs.overlays == (again,)
    assert shown == []
    runs.set_runs([RUNS[0]])
    assert runs.selected is None
    assert shown == [()]
    assert not runs.action(RunCommand.USE).isEnabled()


def test_a_narrow_list_leaves_columns_out(runs):
    def hidden():
        return [column.name for column in Column if runs._view.isColumnHidden(column)]

    assert hidden() == ["RMSE"]  # there is no dictionary
    runs.resize(360, 280)
    assert "TIME" in hidden()
    assert not {"SHOW", "NAME", "STATUS", "PSNR", "GAIN"} & set(hidden())
    assert runs._view.horizontalHeader().length() <= runs._view.viewport().width()
    runs.resize(900, 280)
    assert hidden() == ["RMSE"]


def test_columns_that_say_nothing_of_dictionaries_are_left_out(runs):
    made = summary("ksvd x3", RunStatus.FINISHED, best_db=None, is_dictionary=True, rmse=0.05)

    def hidden():
        return [column.name for column in Column if runs._view.isColumnHidden(column)]

    runs.resize(1000, 280)
    runs.set_runs([*runs.runs, made])
    assert hidden() == []
    runs.set_runs([made])
    assert hidden() == ["BACKPROPS", "PSNR", "GAIN"]
    assert cell(made, Column.RMSE) == "0.05000"

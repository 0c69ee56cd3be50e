"""Dictionaries are trained in the window: a tiny one, on drawn pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox

from srcnn.dictionary import load_dictionary
from srcnn.process_mark import own_mark
from srcnn.resize import Border
from srcnn_gui.training.dictionary_values import configs_of_text, text_with
from srcnn_gui.training.run_summary import RunCommand, RunStatus
from srcnn_gui.training.run_table import Column, cell, described
from srcnn_gui.training.setup_page import SetupPage
from srcnn_gui.training.status import Phase
from trainer.control import Command, go_on
from trainer.dictionary import resume_dictionary, train_dictionary
from trainer.dictionary_events import DictionaryFinished, IterationDone
from trainer.dictionary_state import (
    FILE_NAME,
    DictionaryConfig,
    dictionary_file,
    discard_training,
    state_file,
)
from trainer.run_claim import claimed

WAIT_MS = 20_000
TIMES = "\N{MULTIPLICATION SIGN}"


@pytest.fixture
def pictures(tmp_path, pixels):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(2):
        Image.fromarray(pixels(90, 80, seed=number)).save(folder / f"{number}.png")
    return folder


@pytest.fixture
def config(pictures, tmp_path):
    """Return a function that makes settings of two iterations."""

    def make(method: str = "ksvd", name: str = "made", **changes) -> DictionaryConfig:
        out = tmp_path / "runs" / name
        usual = {"atoms": 16, "iterations": 2, "threads": 1}
        return DictionaryConfig((pictures,), out, 2, method=method, **{**usual, **changes})

    return make


class Window:
    """The program, as a person who trains dictionaries uses it."""

    def __init__(self, driver, qtbot) -> None:
        self.driver = driver
        self.qtbot = qtbot
        self.training = driver.program.training
        self.runner = self.training.runner
        self.panel, self.cycles = self.training.show_panel()
        self.actions = driver.window.actions_by_id

    @property
    def progress(self):
        return self.cycles.dictionaries.progress

    def wait(self, condition) -> None:
        self.qtbot.waitUntil(condition, timeout=WAIT_MS)

    def settle(self) -> None:
        self.wait(lambda: not self.runner.is_running and not self.is_busy)
        self.driver.settle()

    @property
    def is_busy(self) -> bool:
        return bool(self.driver.program.jobs.jobs) or self.panel.dataset._waiting.isActive()

    def start(self, config: DictionaryConfig) -> None:
        """Choose the method, fill in the form and press Start."""
        self.panel.setup.choose(config.method)
        self.panel.setup.dictionary_form(config.method).set_config(config)
        self.wait(lambda: self.actions["train_start"].isEnabled() and not self.is_busy)
        self.actions["train_start"].trigger()

    def do(self, command: RunCommand, name: str) -> None:
        """Choose a run and a command of the list."""
        self.panel.run_list.select(self.run(name).path)
        action = self.panel.run_list.action(command)
        assert action.isEnabled(), action.toolTip()
        action.trigger()

    def run(self, name: str):
        (found,) = [run for run in self.panel.run_list.runs if run.name == name]
        return found

    def label(self, method: str) -> str:
        registry = self.driver.session.library.registry("auto", Border.CLAMP)
        return registry[method].label


@pytest.fixture
def window(start, plain, qtbot, tmp_path):
    made = Window(start(settings=replace(plain, runs_folder=str(tmp_path / "runs"))), qtbot)
    made.settle()
    return made


def test_the_form_shows_the_settings_of_the_method(qtbot, tmp_path):
    page = SetupPage(tmp_path)
    qtbot.addWidget(page)
    assert page.current is page.form
    changes = []
    page.changed.connect(lambda: changes.append(page.method))
    page.choose("ksvd")
    made = page.current.config()
    assert (made.method, made.atoms, made.sparsity, made.iterations) == ("ksvd", 1024, 3, 20)
    assert made.out == tmp_path / "ksvd x3"
    page.choose("sc")
    assert page.current.config().iterations == 6
    assert changes == ["ksvd", "ksvd", "sc", "sc"]  # chosen, and looked at once more
    with pytest.raises(KeyError):
        page.current.editor("sparsity")


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("atoms", 0, "Atoms: Must be a whole number from 1 to 8192"),
        ("sparsity", 17, "Sparsity: Must be a whole number from 1 to 16"),
        ("name", "taken", "Name: There is a run taken already"),
        ("name", "a/b", "Name: A name may have none of"),
    ],
)
def test_a_mistake_is_said_beside_its_field(qtbot, tmp_path, name, value, problem):
    (tmp_path / "taken").mkdir()
    page = SetupPage(tmp_path)
    qtbot.addWidget(page)
    page.choose("ksvd")
    form = page.current
    form.editor(name).show_value(value)
    form.refresh()
    assert form.problem.startswith(problem)
    assert form.editor(name).problem
    assert page.question is None
    with pytest.raises(ValueError, match=problem[:10]):
        form.config()


def test_a_folder_without_pictures_is_said(window, tmp_path):
    (tmp_path / "empty").mkdir()
    window.panel.setup.choose("ksvd")
    window.panel.setup.current.data.take((tmp_path / "empty",))
    window.wait(lambda: window.panel.problem.startswith("Learn from"))
    assert not window.actions["train_start"].isEnabled()
    window.panel.setup.choose("srcnn")
    window.wait(lambda: window.panel.problem == "")
    window.settle()


def test_what_is_empty_speaks_of_what_is_chosen(window):
    panel = window.panel
    for method in ("ksvd", "srcnn", "sc"):
        panel.setup.choose(method)
        assert panel.rmse.isVisibleTo(panel) is (method != "srcnn")
        assert panel.filters.isVisibleTo(panel) is (method == "srcnn")


@pytest.mark.parametrize("method", ["ksvd", "sc"])
def test_from_start_to_method(window, config, photo, method, tmp_path):
    window.driver.open(photo)
    before = window.label(method)
    window.start(config(method))
    window.settle()
    name = f"{method} x2"
    assert f"The run {name} is finished: RMSE 0." in window.driver.message
    run = window.run(name)
    assert (run.status, run.iteration, run.is_in_use) == (RunStatus.FINISHED, 2, True)
    assert cell(run, Column.STATUS) == "in use"
    assert cell(run, Column.NETWORK) == {"ksvd": "K-SVD", "sc": "SC"}[method]
    assert f"{TIMES}2, 16 atoms: finished, in use" in described(run)
    assert window.label(method) == f"{before} (own {TIMES}2)"
    path = tmp_path / "runs" / name / "dictionary.safetensors"
    assert window.driver.settings.dictionary_files == (str(path),)

    # the numbers and the dictionary are those of the generator
    *_, first, second, end = train_dictionary(config(method, "again"))
    (curve,) = window.panel.rmse.curves
    assert curve.values == (first.rmse, second.rmse)
    assert cell(run, Column.RMSE) == f"{second.rmse:.5f}"
    assert load_dictionary(path).digest == load_dictionary(end.path).digest
    assert "RMSE " + f"{second.rmse:.6f}" in window.panel.strip.text
    assert "Backprops" not in window.panel.strip.text


def test_it_is_used_shown_and_let_go(window, config, photo):
    window.driver.open(photo)
    window.start(config())
    window.settle()
    window.do(RunCommand.RELEASE, "ksvd x2")
    window.settle()
    assert "own" not in window.label("anr")
    assert window.driver.settings.dictionary_files == ()
    assert not window.panel.run_list.action(RunCommand.RELEASE).isEnabled()
    window.do(RunCommand.USE, "ksvd x2")
    window.settle()
    assert window.driver.shown[-1] == "ksvd"
    assert window.driver.session.views[-1].result.part == 1
    for method in ("ksvd", "anr", "ne-nnls", "ne-lle"):
        assert window.label(method).endswith(f"(own {TIMES}2)")
    assert "own" not in window.label("sc")


def test_a_run_that_is_put_aside_goes_on_from_the_list(window, config):
    window.start(config(iterations=400, atoms=64))
    window.wait(lambda: window.progress.iteration >= 2)
    window.actions["train_pause"].trigger()
    assert window.progress.phase is Phase.PAUSED
    window.runner.suspend()
    window.settle()
    done = window.progress.iteration
    assert "put aside" in window.driver.message
    run = window.run("ksvd x2")
    assert (run.status, run.iteration) == (RunStatus.CONTINUABLE, done)
    assert len(run.rmse_curve) == done
    window.driver.session.set_torch_ready()
    window.do(RunCommand.CONTINUE, "ksvd x2")
    window.wait(lambda: window.progress.iteration > done)
    assert window.panel.rmse.curves[0].values[:done] == run.rmse_curve
    window.actions["train_stop"].trigger()
    window.settle()
    run = window.run("ksvd x2")
    assert run.status is RunStatus.STOPPED
    assert run.iteration > done
    assert run.is_in_use


def test_discarded_nothing_is_left(window, config, tmp_path):
    window.start(config(iterations=400))
    window.wait(lambda: window.progress.iteration >= 1)
    window.runner.discard()
    window.settle()
    assert not (tmp_path / "runs" / "ksvd x2").exists()
    assert window.panel.run_list.runs == ()
    assert window.panel.rmse.curves == ()
    assert "discarded" in window.driver.message


@pytest.mark.parametrize("discard", [False, True], ids=["failed", "discarded"])
@pytest.mark.parametrize("name", [".srcnn-x.part", FILE_NAME, state_file(Path()).name])
def test_what_another_program_trains_is_left_alone(window, config, discard, name):
    wanted = config()
    with claimed(wanted.out, go_on):
        (wanted.out / name).write_bytes(b"theirs")
        window.cycles.dictionaries.start(wanted)
        if discard:
            window.runner.discard()
        window.settle()
        assert ("another program" in window.driver.message) == name.endswith(".part")
        assert window.progress.phase is Phase.FAILED
        assert (wanted.out / name).read_bytes() == b"theirs"


def test_of_a_discarded_training_only_what_the_dead_left_is_swept(config):
    out = config().out
    out.mkdir(parents=True)
    for file in (state_file(out), out / f".srcnn-{own_mark()}-1.part"):
        file.write_bytes(b"!")
    discard_training(out)
    assert [file.name for file in out.iterdir()] == [f".srcnn-{own_mark()}-1.part"]


def test_pictures_that_hold_too_few_patches_are_said(window, config, tmp_path):
    window.start(config(atoms=8192))
    window.settle()
    assert "too few for 8192 atoms" in window.driver.message
    assert window.progress.phase is Phase.FAILED
    assert not (tmp_path / "runs" / "ksvd x2").exists()


def test_runs_of_earlier_days_are_listed_compared_and_deleted(window, config, monkeypatch):
    list(train_dictionary(config(name="whole")))
    for event in train_dictionary(config(name="killed")):
        if isinstance(event, IterationDone):
            break
    (config().out.parent / "bad").mkdir()
    state_file(config().out.parent / "bad").write_bytes(b"nothing")
    window.training._runs.refresh()
    window.settle()
    shown = {run.name: run.status for run in window.panel.run_list.runs}
    assert shown == {
        "whole": RunStatus.FINISHED,
        "killed": RunStatus.CONTINUABLE,
        "bad": RunStatus.DAMAGED,
    }
    table = window.panel.run_list._table
    for name in ("whole", "killed"):
        row = [run.name for run in table.runs].index(name)
        table.setData(table.index(row, Column.SHOW), 2, 10)  # Checked, CheckStateRole
    assert {curve.name for curve in window.panel.rmse.curves} == {"whole", "killed"}
    assert window.panel._plots.currentWidget() is window.panel.rmse
    window.do(RunCommand.COMMAND_LINE, "whole")
    assert QGuiApplication.clipboard().text().startswith("srcnn-train --method ksvd --data")
    answer = QMessageBox.StandardButton.Yes
    monkeypatch.setattr(QMessageBox, "question", lambda *_: answer)
    window.do(RunCommand.DELETE, "whole")
    window.settle()
    assert not config(name="whole").out.exists()


def test_renamed_and_exported(window, config, monkeypatch, tmp_path):
    window.start(config())
    window.settle()
    run = window.run("ksvd x2")
    window.panel.run_list.rename_requested.emit(run, "mine")
    window.settle()
    moved = dictionary_file(tmp_path / "runs" / "mine")
    assert window.driver.settings.dictionary_files == (str(moved),)
    assert window.run("mine").is_in_use
    assert [curve.name for curve in window.panel.rmse.curves] == ["mine"]
    target = tmp_path / "copy.safetensors"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    window.do(RunCommand.EXPORT, "mine")
    window.settle()
    assert load_dictionary(target).digest == load_dictionary(moved).digest


def test_the_dictionary_in_use_is_used_again_at_the_next_start(start, plain, config):
    *_, end = train_dictionary(config())
    files = (str(end.path), "/nowhere/dictionary.safetensors")
    driver = start(settings=replace(plain, dictionary_files=files))
    driver.program.dictionaries.reopen()
    driver.settle()
    registry = driver.session.library.registry("auto", Border.CLAMP)
    assert registry["ksvd"].label.endswith(f"(own {TIMES}2)")
    assert driver.settings.dictionary_files == (str(end.path),)


def test_an_iteration_can_be_broken_off_and_the_result_is_the_same(config, monkeypatch):
    monkeypatch.setattr("trainer.ksvd._BLOCK", 64)
    *_, whole = train_dictionary(config(name="whole"))
    asked = 0

    def control() -> Command:
        nonlocal asked
        asked += 1
        return Command.SUSPEND if asked == 8 else Command.GO_ON

    *_, aside = train_dictionary(config(name="parts"), control)
    assert isinstance(aside, DictionaryFinished)
    assert (aside.reason.value, aside.path) == ("suspended", None)
    *_, end = resume_dictionary(config(name="parts").out)
    assert load_dictionary(end.path).digest == load_dictionary(whole.path).digest


def test_the_last_settings_of_each_kind_are_there_after_a_restart(start, qtbot, config, plain):
    driver = start(settings=plain)
    window = Window(driver, qtbot)
    for method in ("ksvd", "sc"):
        window.panel.setup.choose(method)
        window.panel.setup.dictionary_form(method).set_config(config(method, seed=len(method)))
        window.actions["train_start"].trigger()
        window.wait(lambda: window.runner.is_running)
        window.runner.discard()
        window.settle()
    again = Window(start(settings=driver.settings), qtbot)
    for method in ("ksvd", "sc"):
        found = again.panel.setup.dictionary_form(method).config()
        assert replace(found, out=Path()) == replace(config(method, seed=len(method)), out=Path())


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "7", '{"ksvd": {}}', '{"ksvd": {"data": 7}}', '{"a": {"data": []}}',
             '{"ksvd": {"data": [], "method": "nothing"}}', '{"ksvd": {"data": [], "atoms": 0}}']
)  # fmt: skip
def test_damaged_settings_are_passed_over(text):
    found = configs_of_text(text)
    assert all(known.method in ("ksvd", "sc") for known in found.values())
    assert '"sc"' in text_with(text, DictionaryConfig((), Path(), method="sc"))

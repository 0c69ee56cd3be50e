"""Training in the window, with a loop by hand: start, hold, end, resume, and what comes of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox

from srcnn.device import cpu_device
from srcnn.errors import DeviceError, TrainingError
from srcnn.weights import load_weights
from srcnn_gui import run_cycle, training_commands
from srcnn_gui.training import live as live_module
from srcnn_gui.training.questions import ask_to_close, ask_to_discard
from srcnn_gui.training.run_summary import RunStatus
from srcnn_gui.training.status import Phase
from srcnn_gui.viewer.method_library import IN_TRAINING
from trainer.control import Command
from trainer.run_claim import FolderClaimed
from trainer.run_folder import RunFolder

WAIT_MS = 10_000


class Window:
    """The program, as a person who trains uses it."""

    def __init__(self, driver, qtbot, runs: Path) -> None:
        self.driver = driver
        self.qtbot = qtbot
        self.runs = runs
        self.program = driver.program
        self.training = driver.program.training
        driver.session.set_torch_ready()

    @property
    def panel(self):
        return self.training.panel

    @property
    def progress(self):
        return self.training._cycle.front.progress

    def enabled(self, action: str) -> bool:
        return self.driver.enabled(action)

    def trigger(self, action: str) -> None:
        assert self.enabled(action), action
        self.driver.window.actions_by_id[action].trigger()

    def wait(self, condition) -> None:
        self.qtbot.waitUntil(condition, timeout=WAIT_MS)

    def start(self) -> None:
        """Open the panel, start a run and wait for its first step."""
        self.open_panel()
        self.trigger("train_start")
        self.wait(lambda: self.progress.step is not None)

    def open_panel(self) -> None:
        self.training.show_panel()
        self.wait(lambda: self.enabled("train_start") and not self.is_busy)

    @property
    def is_busy(self) -> bool:
        return bool(self.program.jobs.jobs) or self.panel.dataset._waiting.isActive()

    def wait_for_the_end(self) -> None:
        self.wait(lambda: not self.training.runner.is_running and not self.is_busy)

    def shown(self) -> list[str]:
        return self.driver.shown

    def names(self) -> list[str]:
        return [run.name for run in self.panel.run_list.runs]

    def run(self, name: str):
        (found,) = [run for run in self.panel.run_list.runs if run.name == name]
        return found


@pytest.fixture
def window(start, plain, loop, monkeypatch, qtbot, tmp_path):
    monkeypatch.setattr(run_cycle, "begin_run", loop.train)
    monkeypatch.setattr(run_cycle, "resume_run", loop.resume)
    monkeypatch.setattr(live_module, "REFRESH_MS", 20)
    runs = tmp_path / "runs"
    made = Window(start(settings=replace(plain, runs_folder=str(runs))), qtbot, runs)
    yield made
    loop.gate.set()
    loop.reading.set()


@pytest.fixture
def opened(window, photo):
    """Open the panel with a picture of the run's scale in the panes."""
    window.driver.open(photo)
    window.training.show_panel()
    window.panel.form.editor("scale").show_value(2)
    window.panel.form.refresh()
    return window


def test_the_panel_is_built_when_it_is_asked_for(window):
    dock = window.driver.window.training_dock
    assert window.panel is None
    assert dock.isHidden()
    window.trigger("show_training")
    assert window.panel is not None
    assert dock.isVisible()
    assert window.driver.window.actions_by_id["show_training"].isChecked()
    window.trigger("show_training")
    assert dock.isHidden()
    assert not window.driver.window.actions_by_id["show_training"].isChecked()
    window.wait(lambda: not window.is_busy)


def test_behind_the_figures_the_panel_comes_to_the_front(opened):
    figures = opened.driver.window._docks[0]
    figures.raise_()
    opened.wait(lambda: opened.driver.window.training_dock.visibleRegion().isEmpty())
    opened.trigger("show_training")
    opened.wait(lambda: not opened.driver.window.training_dock.visibleRegion().isEmpty())
    opened.wait(lambda: not opened.is_busy)


def test_start_pause_go_on_stop(window, loop):
    window.start()
    assert window.progress.phase is Phase.RUNNING
    assert not window.enabled("train_start")
    window.trigger("train_pause")
    assert window.progress.phase is Phase.PAUSED
    assert window.driver.window.actions_by_id["train_pause"].text() == "Resu&me"
    window.trigger("train_pause")
    assert window.progress.phase is Phase.RUNNING
    window.trigger("train_stop")
    assert window.progress.phase is Phase.ENDING
    assert not window.enabled("train_pause")
    window.wait_for_the_end()
    assert window.progress.headline == "Stopped and kept"
    assert "The run demo x3 is stopped and kept" in window.driver.message
    assert window.names() == ["demo x3"]
    assert window.run("demo x3").status is RunStatus.STOPPED
    assert window.enabled("train_start")
    (config,) = loop.configs
    assert json.loads(window.driver.settings.training) == json.loads(json.dumps(config.as_dict()))


def test_the_result_becomes_a_method(opened, loop):
    loop.steps = 2
    opened.start()
    opened.wait_for_the_end()
    opened.wait(lambda: "srcnn:demo x2" in opened.shown())
    assert IN_TRAINING not in opened.shown()
    files = opened.driver.settings.weights_files
    assert files == (str(opened.runs / "demo x2" / "weights.safetensors"),)
    assert "finished" in opened.driver.message
    assert "best weights" in opened.panel.filters.caption


def test_the_run_in_progress_is_a_method_in_the_panes(opened, loop):
    opened.start()
    opened.wait(lambda: IN_TRAINING in opened.shown())
    assert opened.shown()[-1] == IN_TRAINING
    position = opened.shown().index(IN_TRAINING)
    session = opened.driver.session
    opened.wait(lambda: session.views[position].result is not None)
    first = session.views[position].result
    others = [view.result for view in session.views[:position]]
    opened.wait(lambda: session.views[position].result is not first)
    assert [view.result for view in session.views[:position]] == others
    assert IN_TRAINING not in opened.driver.settings.panes
    opened.training.runner.discard()
    opened.wait_for_the_end()
    assert IN_TRAINING not in opened.shown()
    assert len(opened.shown()) == 3


def test_a_pane_that_is_closed_stays_closed(opened, loop):
    opened.start()
    opened.wait(lambda: IN_TRAINING in opened.shown())
    opened.trigger("remove_pane")
    done = loop.done
    opened.wait(lambda: loop.done > done + 5)
    assert IN_TRAINING not in opened.shown()
    opened.training.runner.stop()
    opened.wait_for_the_end()
    assert not any(method.startswith("srcnn") for method in opened.shown())


def test_a_picture_of_another_scale_is_left_alone(window, photo, loop):
    window.driver.open(photo)  # enlarged by 2, and the run is for 3
    shown = window.shown()
    window.start()
    done = loop.done
    window.wait(lambda: loop.done > done + 5)
    assert window.shown() == shown


def test_an_earlier_snapshot_can_be_looked_at(opened, loop):
    opened.start()
    opened.wait(lambda: IN_TRAINING in opened.shown() and loop.done > 3)
    opened.training.runner.pause()
    scrub = opened.panel.scrub
    opened.wait(lambda: scrub._slider.maximum() > 1)
    scrub._slider.setValue(0)

    def label():
        position = opened.shown().index(IN_TRAINING)
        result = opened.driver.session.views[position].result
        return "" if result is None else result.layer.label

    opened.wait(lambda: label() == "SRCNN after 100 backprops")
    assert "after 100 backprops" in opened.panel.filters.caption
    opened.training.runner.go_on()
    done = loop.done
    opened.wait(lambda: loop.done > done + 5)
    assert label() == "SRCNN after 100 backprops"  # newer ones wait
    scrub._newest.click()
    opened.wait(lambda: label() == "SRCNN in training")


def test_a_discarded_run_leaves_nothing(opened, loop, monkeypatch):
    monkeypatch.setattr(training_commands, "ask_to_discard", lambda parent: False)
    opened.start()
    opened.trigger("train_discard")
    assert opened.training.runner.wish is Command.GO_ON
    monkeypatch.setattr(training_commands, "ask_to_discard", lambda parent: True)
    opened.trigger("train_discard")
    opened.wait_for_the_end()
    assert "nothing of it was kept" in opened.driver.message
    assert list(opened.runs.iterdir()) == []
    assert opened.names() == []
    assert opened.panel.scrub.text == "no snapshots yet"


def test_a_run_that_is_stopped_while_it_reads_leaves_nothing(window, loop):
    loop.reading.clear()
    window.open_panel()
    window.trigger("train_start")
    window.wait(lambda: window.progress.read is not None)
    assert window.progress.headline == "Reading pictures 1/2"
    window.trigger("train_stop")
    loop.reading.set()
    window.wait_for_the_end()
    assert "before it began" in window.driver.message
    assert window.names() == []


def test_a_failure_is_one_sentence_with_a_hint(window, loop):
    loop.error = TrainingError("The memory is not enough", hint="Lower the batch.")
    window.open_panel()
    window.trigger("train_start")
    window.wait_for_the_end()
    assert window.driver.message == "The memory is not enough\nLower the batch."
    assert window.progress.phase is Phase.FAILED
    assert "Lower the batch" in window.panel.strip.text
    assert window.names() == []
    loop.error = None
    window.start()  # and again


def test_what_another_program_trains_is_left_alone(window, loop):
    loop.error = FolderClaimed("It is being trained by another program")
    window.open_panel()
    window.trigger("train_start")
    window.wait_for_the_end()
    assert "another program" in window.driver.message
    (folder,) = window.runs.iterdir()
    assert RunFolder(folder).config.exists()


def test_closing_the_window_puts_the_run_aside(window, loop, monkeypatch):
    asked = []

    def ask(parent):
        asked.append(parent)
        return len(asked) > 1

    monkeypatch.setattr(training_commands, "ask_to_close", ask)
    window.start()
    window.driver.window.close()
    assert window.driver.window.isVisible()
    assert window.training.runner.is_running
    window.driver.window.close()
    assert not window.driver.window.isVisible()
    assert len(asked) == 2
    assert RunFolder(window.runs / "demo x3").has_checkpoint


def test_without_a_run_nobody_is_asked_when_the_window_closes(window, monkeypatch):
    monkeypatch.setattr(training_commands, "ask_to_close", lambda parent: 1 / 0)
    window.driver.window.close()
    assert not window.driver.window.isVisible()


def test_a_run_that_was_put_aside_is_resumed(window, loop):
    window.start()
    window.training.runner.suspend()
    window.wait_for_the_end()
    assert "put aside" in window.driver.message
    run = window.run("demo x3")
    assert run.status is RunStatus.CONTINUABLE
    window.wait(lambda: window.enabled("train_resume"))
    before = len(RunFolder(run.path).read_curve())
    loop.gate.clear()
    window.trigger("train_resume")
    window.wait(lambda: window.progress.started is not None)
    assert loop.resumed == [run.path]
    assert window.progress.step is not None  # what it had reported before
    assert len(window.panel.curves.runs[0].loss_points.loss) > 0
    assert before > 0
    assert window.names() == ["demo x3"]


def test_a_run_of_the_last_start_is_resumed_without_opening_the_panel_first(window, loop, start):
    loop.gate.clear()
    window.open_panel()
    window.trigger("train_start")
    window.wait(lambda: window.progress.started is not None)
    loop.gate.set()
    window.driver.window.is_attended = False
    window.driver.window.close()
    again = Window(start(settings=window.driver.settings), window.qtbot, window.runs)
    again.trigger("train_resume")
    again.wait(lambda: loop.resumed == [again.runs / "demo x3"])
    again.wait(lambda: again.progress.started is not None)
    again.training.runner.suspend()
    again.wait_for_the_end()
    assert again.run("demo x3").status is RunStatus.CONTINUABLE


def test_that_there_is_nothing_to_resume_is_said(window):
    window.trigger("train_resume")
    window.wait(lambda: "no run to continue" in window.driver.message)
    assert not window.enabled("train_resume")
    window.wait(lambda: not window.is_busy)


def test_why_nothing_can_be_started_is_said(window, qtbot):
    window.open_panel()
    window.panel.form.editor("rate").show_value("fast")
    window.panel.form.refresh()
    start = window.driver.window.actions_by_id["train_start"]
    assert not start.isEnabled()
    assert start.statusTip().startswith("Rate: A number is needed")
    assert not window.enabled("train_stop")


def test_without_pytorch_nothing_can_be_trained(window):
    window.open_panel()
    problem = DeviceError("PyTorch cannot be loaded", hint="Install it.")
    window.driver.session.set_torch_missing(problem)
    start = window.driver.window.actions_by_id["train_start"]
    assert not start.isEnabled()
    assert start.statusTip() == "PyTorch cannot be loaded"
    window.training.start()
    assert "No run can be started" in window.driver.message


def test_devices_are_offered_when_they_are_known(window):
    window.open_panel()
    window.program.library.set_devices([replace(cpu_device(), id="cuda:0", name="Card")])
    window.training.offer_devices()
    assert window.panel.form.editor("device").value() == "cuda:0"


def test_the_settings_of_the_last_run_come_back(window, loop, start, tmp_path):
    loop.steps = 1
    window.open_panel()
    window.panel.form.editor("seed").show_value(42)
    window.trigger("train_start")
    window.wait_for_the_end()
    again = start(settings=window.driver.settings)
    panel, _ = again.program.training.show_panel()
    assert panel.form.config().seed == 42
    assert panel.form.config().out.name == "demo x3 2"
    again.settle()


def make_run(window, loop, name="demo x3"):
    loop.steps = 2
    window.start()
    window.wait_for_the_end()
    return window.run(name)


def test_runs_are_used_renamed_exported_and_deleted(window, loop, tmp_path):
    run, runs = make_run(window, loop), window.panel.run_list
    runs.use_requested.emit(run)
    window.wait(lambda: "srcnn:demo x3" in window.shown())
    target = tmp_path / "exported.safetensors"
    runs.export_requested.emit(run, target)
    window.wait(lambda: not window.is_busy)
    assert load_weights(target).digest == load_weights(run.weights).digest
    runs.rename_requested.emit(run, "mine")
    window.wait(lambda: window.names() == ["mine"])
    renamed = window.run("mine")
    assert load_weights(renamed.weights).name == "mine"
    assert window.driver.settings.weights_files == (str(renamed.weights),)
    assert window.panel.curves.runs[0].name == "mine"
    runs.command_line_requested.emit(renamed)
    assert QGuiApplication.clipboard().text().startswith("srcnn-train --scale 3")
    runs.delete_requested.emit(renamed)
    window.wait(lambda: window.names() == [])
    assert list(window.runs.iterdir()) == []
    assert window.panel.curves.runs == ()
    assert window.driver.settings.weights_files == ()


def test_onnx_is_exported_too(window, loop, tmp_path):
    pytest.importorskip("onnx")
    run = make_run(window, loop)
    target = tmp_path / "exported.onnx"
    window.panel.run_list.export_requested.emit(run, target)
    window.wait(target.exists)
    window.wait(lambda: not window.is_busy)


def test_what_cannot_be_written_is_said(window, loop, tmp_path):
    run = make_run(window, loop)
    window.panel.run_list.export_requested.emit(run, tmp_path / "no" / "x.safetensors")
    window.wait(lambda: "x.safetensors" in window.driver.message.replace("\u200b", ""))
    window.wait(lambda: not window.is_busy)


def test_other_runs_are_drawn_beside_it(window, loop):
    first = make_run(window, loop)
    second = make_run(window, loop, "demo x3 2")
    window.panel.run_list.overlay_changed.emit((first,))
    window.wait(lambda: len(window.panel.curves.runs) == 2)
    assert [curve.name for curve in window.panel.curves.runs] == [second.name, first.name]


def test_a_run_is_continued_from_the_list(window, loop):
    run = make_run(window, loop)
    loop.gate.clear()
    window.panel.run_list.continue_requested.emit(run)
    window.wait(lambda: window.progress.started is not None)
    assert loop.resumed == [run.path]
    window.wait(lambda: window.run(run.name).status is RunStatus.RUNNING)


def test_pictures_are_chosen_from_the_menu(window, monkeypatch, tmp_path, pixels):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in ("a", "b"):
        Image.fromarray(pixels(60, 50)).save(folder / f"{name}.png")
    asked = "PySide6.QtWidgets.QFileDialog.getExistingDirectory"
    monkeypatch.setattr(asked, lambda *_: str(folder))
    window.trigger("train_data")
    window.wait(lambda: "2" in window.panel.dataset.brief)
    assert window.panel.form.config().data == (folder,)


@pytest.mark.parametrize("ask", [ask_to_close, ask_to_discard])
@pytest.mark.parametrize("accepted", [True, False])
def test_a_person_is_asked_before_something_ends(qtbot, monkeypatch, ask, accepted):
    def answer(box):
        roles = QMessageBox.ButtonRole
        wanted = (roles.AcceptRole, roles.DestructiveRole) if accepted else (roles.RejectRole,)
        (button,) = [b for b in box.buttons() if box.buttonRole(b) in wanted]
        button.click()

    monkeypatch.setattr(QMessageBox, "exec", answer)
    assert ask(None) is accepted

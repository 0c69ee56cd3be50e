"""The window trains for real: a tiny network, drawn pictures, a second or two."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image

from scripts.draw_text_pages import draw_pages
from srcnn.resources import resource_path
from srcnn.spec import SrcnnSpec
from srcnn.weights import load_weights
from srcnn_gui.training.run_summary import RunStatus
from srcnn_gui.viewer.method_library import IN_TRAINING
from trainer.config import TrainConfig
from trainer.events import StepDone, Validated
from trainer.loop import train
from trainer.presets import PRESETS

pytestmark = pytest.mark.slow
WAIT_MS = 60_000


@pytest.fixture
def window(start, plain, qtbot, tmp_path, pixels, photo):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(4):
        Image.fromarray(pixels(48, 40, seed=number)).save(folder / f"{number}.png")
    driver = start(settings=replace(plain, runs_folder=str(tmp_path / "runs")))
    driver.open(photo)
    driver.session.set_torch_ready()
    panel, _ = driver.program.training.show_panel()
    panel.form.set_config(
        TrainConfig(
            data=(folder,),
            scale=2,
            spec=SrcnnSpec(4, 3, 5, 1, 3),
            crop=20,
            rescales=(1.0,),
            batch=4,
            backprops=6000,
            threads=1,
        )
    )
    trigger = driver.window.actions_by_id
    qtbot.waitUntil(lambda: trigger["train_start"].isEnabled(), timeout=WAIT_MS)
    return driver


def test_a_run_from_start_to_method(window, qtbot):
    training = window.program.training
    session, panel = window.session, training.panel
    window.window.actions_by_id["train_start"].trigger()
    qtbot.waitUntil(lambda: IN_TRAINING in window.shown, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not training.runner.is_running, timeout=WAIT_MS)
    name = "srcnn:fast 5-1-3-4-3 x2"
    qtbot.waitUntil(lambda: name in window.shown, timeout=WAIT_MS)
    window.settle()
    assert "is finished" in window.message
    assert IN_TRAINING not in window.shown
    assert session.views[window.shown.index(name)].result.part == 1
    (run,) = panel.run_list.runs
    assert run.status is RunStatus.FINISHED
    assert run.backprops == 6000
    assert load_weights(run.weights).scale == 2
    (curve,) = panel.curves.runs
    assert curve.last_backprops == 6000
    assert panel.scrub._slider.maximum() > 0


def test_the_panel_shows_the_numbers_of_the_generator(window, qtbot, tmp_path):
    panel = window.program.training.panel
    config = panel.form.config()
    with qtbot.waitSignal(window.program.training.runner.finished, timeout=WAIT_MS):
        window.window.actions_by_id["train_start"].trigger()
    window.settle()
    events = list(train(replace(config, out=tmp_path / "again")))
    (curve,) = panel.curves.runs
    losses = [event.loss for event in events if isinstance(event, StepDone)]
    psnrs = [event.psnr_db for event in events if isinstance(event, Validated)]
    assert curve.loss_points.loss.tolist() == losses
    assert curve.validation_points.psnr_db.tolist() == psnrs


def test_a_run_is_put_aside_and_goes_on_to_its_end(window, qtbot):
    training = window.program.training
    runner, panel = training.runner, training.panel
    window.window.actions_by_id["train_start"].trigger()
    with qtbot.waitSignal(runner.finished, timeout=WAIT_MS):
        front = training._cycle.front
        qtbot.waitUntil(lambda: front.progress.started is not None, timeout=WAIT_MS)
        runner.suspend()
    window.settle()
    (run,) = panel.run_list.runs
    assert run.status is RunStatus.CONTINUABLE
    assert run.backprops < 6000
    with qtbot.waitSignal(runner.finished, timeout=WAIT_MS):
        window.window.actions_by_id["train_resume"].trigger()
    window.settle()
    (run,) = panel.run_list.runs
    assert (run.status, run.backprops) == (RunStatus.FINISHED, 6000)


def test_fine_tuning_is_started_plotted_and_used_in_a_pane(window, qtbot, tmp_path):
    """Text gains on its own validation pages, and the line of the start weights is drawn."""
    draw_pages(tmp_path / "pages", 20)
    panel, _ = window.program.training.show_panel()
    panel.form.set_config(
        replace(
            PRESETS["finetune"].for_scale(2),
            data=(tmp_path / "pages",),
            initial=resource_path("weights") / "9-1-5_x2.safetensors",
            rescales=(1.0,),
            minutes=None,
            backprops=6400,
        )
    )
    action = window.window.actions_by_id["train_start"]
    qtbot.waitUntil(lambda: action.isEnabled(), timeout=WAIT_MS)
    with qtbot.waitSignal(window.program.training.runner.finished, timeout=WAIT_MS):
        action.trigger()
    qtbot.waitUntil(lambda: window.shown[-1] == "srcnn:finetune x2", timeout=WAIT_MS)
    window.settle()
    (curve,) = panel.curves.runs
    assert curve.best is not None
    assert curve.best[1] > curve.start_db > curve.bicubic_db
    assert window.session.views[-1].result.part == 1

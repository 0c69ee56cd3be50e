"""How a run stands and what came of it, as people read it."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from srcnn.errors import DataError
from srcnn_gui.training.status import (
    Phase,
    RunProgress,
    gain_text,
    outcome,
    with_phase,
    with_problem,
)
from trainer.events import DataRead, RunFinished, StopReason, Validated, WeightsSnapshot

NAME = "demo x2"


@pytest.fixture
def begun():
    return RunProgress(Phase.READING, NAME, patience=5)


@pytest.fixture
def running(begun, run_started):
    return begun.after(run_started(Path("run")))


def figures(progress):
    return {figure.name: figure.text for figure in progress.figures()}


def finished(reason, psnr_db=31.5, note=""):
    weights = None if reason in (StopReason.DISCARDED, StopReason.SUSPENDED) else Path("w")
    return RunFinished(4000, 9.0, reason, weights, psnr_db, 3000, note)


def test_before_the_first_run_nothing_is_known():
    progress = RunProgress()
    assert progress.headline == "No run"
    assert set(figures(progress).values()) == {"\N{EN DASH}"}
    assert progress.fraction == 0


def test_reading_is_counted(begun):
    assert begun.headline == "Reading pictures"
    assert begun.fraction is None
    progress = begun.after(DataRead(12, 91))
    assert progress.headline == "Reading pictures 12/91"
    assert progress.fraction == pytest.approx(12 / 91)


def test_steps_and_validations_become_figures(running, step_done):
    progress = running.after(step_done(3)).after(Validated(300, 3.0, 31.25, True, 0))
    progress = progress.after(Validated(600, 6.0, 31.0, False, 2))
    assert progress.headline == "Running"
    assert progress.fraction == 0.5
    assert figures(progress) == {
        "Backprops": "300",
        "Speed": "100/s",
        "Time": "0:03 min",
        "Left": "0:09 min",
        "Loss": "0.00333",
        "Best PSNR": "31.25 dB",
        "Gain": "+1.25 dB",
        "Patience": "3 of 5 left",
        "Memory": "500 MB",
    }
    assert progress.after(WeightsSnapshot(300, 1.0, Path("s"))) == progress


def test_a_run_that_is_resumed_stands_where_it_stood(begun, run_started, step_done):
    curve = (step_done(7), Validated(700, 7.0, 32.0, True, 0))
    progress = begun.after(run_started(Path("run"), curve=curve))
    assert figures(progress)["Backprops"] == "700"
    assert figures(progress)["Best PSNR"] == "32.00 dB"
    assert figures(progress.after(finished(StopReason.COMPLETED)))["Backprops"] == "4,000"


def test_without_a_budget_nothing_is_promised(running, step_done):
    progress = running.after(replace(step_done(3), eta_seconds=None))
    assert progress.fraction is None
    assert figures(progress)["Left"] == "\N{EN DASH}"


@pytest.mark.parametrize("phase", [Phase.PAUSED, Phase.ENDING])
def test_what_is_asked_of_it_is_said(running, phase):
    assert with_phase(running, phase).headline.startswith(phase.value)


@pytest.mark.parametrize(
    ("reason", "headline", "words"),
    [
        (StopReason.COMPLETED, "Finished", "is finished: 31.50 dB, 1.20 dB above bicubic"),
        (StopReason.NO_GAIN, "Finished: no more gain", "did not improve any more: 31.50 dB"),
        (StopReason.STOPPED, "Stopped and kept", "is stopped and kept: 31.50 dB"),
        (StopReason.DISCARDED, "Discarded", "nothing of it was kept"),
        (StopReason.SUSPENDED, "Put aside", "is put aside"),
        (StopReason.DIVERGED, "Diverged", "ran away and was stopped"),
    ],
)
def test_what_came_of_it_is_one_sentence(running, reason, headline, words):
    progress = running.after(Validated(300, 3.0, 31.2, True, 0)).after(finished(reason))
    assert progress.headline == headline
    sentence, _ = outcome(progress)
    assert words in sentence
    assert NAME in sentence


def test_a_loss_against_bicubic_is_said_as_such(running):
    progress = running.after(Validated(0, 0.0, 29.0, True, 0))
    sentence, hint = outcome(progress.after(finished(StopReason.STOPPED, 29.0, "Train longer.")))
    assert "1.00 dB below bicubic" in sentence
    assert hint == "Train longer."


def test_a_run_may_end_before_it_began(begun):
    assert "before it began" in outcome(begun)[0]
    assert with_phase(begun, Phase.ENDED).headline == "Ended"


def test_a_failure_says_why(running):
    progress = with_problem(running, DataError("The disk is gone", hint="Plug it in."))
    assert (progress.headline, progress.problem) == ("Failed", "The disk is gone. Plug it in.")


def test_gains_have_a_sign():
    assert gain_text(0.5) == "+0.50 dB"
    assert gain_text(-0.5) == "\N{MINUS SIGN}0.50 dB"
    assert gain_text(math.nan) == "\N{EN DASH}"

"""How a run ends: done, stopped, given up, out of patience, out of time, or run away."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from srcnn.weights import load_weights
from trainer.config import OptimiserKind, Schedule, Start, TrainConfig
from trainer.control import Command
from trainer.events import RunFinished, StepDone, StopReason, TrainEvent, Validated
from trainer.loop import resume, train
from trainer.presets import PRESETS
from trainer.run_folder import RunFolder


def finished(events: Iterable[TrainEvent]) -> RunFinished:
    *_, last = events
    assert isinstance(last, RunFinished)
    return last


class After:
    """Lets a run go on for so many steps, told by its last report, then says something else."""

    def __init__(self, steps: int, command: Command) -> None:
        self._steps, self._command = steps, command

    def __call__(self) -> Command:
        self._steps -= 1
        return self._command if self._steps < 0 else Command.GO_ON


@pytest.fixture
def between_steps(tiny: TrainConfig) -> TrainConfig:
    """Return a run that validates its first weights only, so that control is asked for steps."""
    return replace(tiny, validate_every=1000, start=Start.HE, rate=5e-3, warmup=0)


ASKED_IN_VALIDATION = 2  # pictures, one at a time


def test_stop_takes_effect_between_steps_and_keeps_what_was_learnt(
    between_steps: TrainConfig,
) -> None:
    events = list(train(between_steps, After(ASKED_IN_VALIDATION + 5, Command.STOP)))
    last = finished(events)
    assert (last.reason, last.backprops) == (StopReason.STOPPED, 20)
    validated = [event.backprops for event in events if isinstance(event, Validated)]
    assert validated == [0, 20]  # what was learnt since counts too
    assert last.weights is not None
    assert load_weights(last.weights).card.backprops == last.best_backprops == 20
    rest = finished(resume(between_steps.out))
    assert (rest.reason, rest.backprops) == (StopReason.COMPLETED, 96)


def test_stop_before_the_first_step_keeps_the_first_weights(tiny: TrainConfig) -> None:
    last = finished(train(tiny, lambda: Command.STOP))
    assert (last.reason, last.backprops, last.best_backprops) == (StopReason.STOPPED, 0, 0)
    assert last.weights is not None
    assert last.note == ""
    assert load_weights(last.weights).spec == tiny.spec


def test_stop_takes_effect_between_pictures_of_a_validation(tiny: TrainConfig) -> None:
    asked = 0

    def stop_in_the_second_validation() -> Command:
        nonlocal asked
        asked += 1
        return Command.GO_ON if asked < ASKED_IN_VALIDATION + 8 + 2 else Command.STOP

    events = list(train(tiny, stop_in_the_second_validation))
    assert (finished(events).reason, finished(events).backprops) == (StopReason.STOPPED, 32)
    # it is measured once, when it is over
    assert [event.backprops for event in events if isinstance(event, Validated)] == [0, 32]


def test_discard_leaves_nothing_behind(tiny: TrainConfig) -> None:
    last = finished(train(tiny, After(14, Command.DISCARD)))
    assert (last.reason, last.weights, last.psnr_db) == (StopReason.DISCARDED, None, None)
    assert last.backprops > 32
    assert not tiny.out.exists()


def test_discard_spares_other_files_in_the_folder(tiny: TrainConfig) -> None:
    tiny.out.mkdir()
    (tiny.out / "notes.txt").write_text("mine")
    list(train(tiny, After(14, Command.DISCARD)))
    assert [path.name for path in tiny.out.iterdir()] == ["notes.txt"]


def test_suspend_ends_at_once_and_keeps_no_weights_yet(between_steps: TrainConfig) -> None:
    events = list(train(between_steps, After(ASKED_IN_VALIDATION + 5, Command.SUSPEND)))
    last = finished(events)
    assert (last.reason, last.backprops) == (StopReason.SUSPENDED, 20)
    assert (last.weights, last.note) == (None, "")
    assert [event.backprops for event in events if isinstance(event, Validated)] == [0]
    assert not RunFolder(between_steps.out).weights.exists()


def test_a_control_that_waits_holds_the_run_between_steps(between_steps: TrainConfig) -> None:
    """Whoever pauses answers later; until then no step is made, and then it goes on."""
    asked, answer = threading.Event(), threading.Event()
    seen: list[TrainEvent] = []
    calls = 0

    def control() -> Command:
        nonlocal calls
        calls += 1
        if calls == ASKED_IN_VALIDATION + 9:  # eight steps are done
            asked.set()
            assert answer.wait(60)
        return Command.GO_ON

    def drive() -> None:
        for event in train(between_steps, control):
            seen.append(event)  # noqa: PERF402 - one by one

    with ThreadPoolExecutor(1) as thread:
        run = thread.submit(drive)
        assert asked.wait(60)
        steps = [event.backprops for event in seen if isinstance(event, StepDone)]
        assert not run.done()
        answer.set()
        run.result(60)
    assert steps == [16, 32]
    assert finished(seen).reason is StopReason.COMPLETED


def test_a_budget_in_minutes_ends_the_run(
    tiny: TrainConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a clock of our own: each step takes a second."""
    ticks = iter(range(10**6))
    clock = SimpleNamespace(perf_counter=lambda: float(next(ticks)))
    monkeypatch.setattr("trainer.loop.time", clock)
    monkeypatch.setattr("trainer.run.time", SimpleNamespace(perf_counter=lambda: 0.0))
    events = list(train(replace(tiny, backprops=None, minutes=0.5)))
    last = finished(events)
    assert (last.reason, last.seconds) == (StopReason.COMPLETED, 30)
    assert last.backprops == 4 * 30
    steps = [event for event in events if isinstance(event, StepDone)]
    assert [step.progress for step in steps] == pytest.approx([n * 4 / 30 for n in range(1, 8)])
    assert [step.eta_seconds for step in steps] == pytest.approx([30 - n * 4 for n in range(1, 8)])
    assert [step.per_second for step in steps] == pytest.approx([4] * 7)
    # whatever comes first
    both = finished(train(replace(tiny, minutes=0.5, backprops=40, out=tiny.out / "both")))
    assert both.backprops == 40


def test_patience_ends_a_run_that_stopped_improving(tiny: TrainConfig) -> None:
    config = replace(
        tiny, backprops=None, patience=2, schedule=Schedule.CONSTANT, rate=0.5, warmup=0,
        optimiser=OptimiserKind.SGD, momentum=0.0, bias_rates=(0.0, 0.0, 0.0),
        layer_rates=(0.0, 0.0, 0.0), validate_every=2,
    )  # fmt: skip
    events = list(train(config))
    last = finished(events)
    assert (last.reason, last.backprops) == (StopReason.NO_GAIN, 16)
    waited = [event.waited for event in events if isinstance(event, Validated)]
    assert waited == [0, 1, 2]
    assert all(event.eta_seconds is None for event in events if isinstance(event, StepDone))
    assert "Nothing was better" in last.note


def test_a_gain_renews_the_patience(tiny: TrainConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    figures = iter([30.0, 29.0, 31.0, 31.0, 31.5, 31.4, 31.5, 99.0])
    monkeypatch.setattr("trainer.run.Validation.psnr_of", lambda *_: next(figures))
    config = replace(tiny, patience=2, validate_every=2)
    events = list(train(config))
    assert [event.waited for event in events if isinstance(event, Validated)] == [
        0, 1, 0, 1, 0, 1, 2
    ]  # fmt: skip
    last = finished(events)
    assert (last.reason, last.psnr_db, last.best_backprops) == (StopReason.NO_GAIN, 31.5, 32)
    assert last.note == ""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, pictures: Path) -> Path:
    """Return weights that have learnt something."""
    from srcnn.spec import SrcnnSpec

    config = TrainConfig(
        data=(pictures,), out=tmp_path_factory.mktemp("trained") / "run", scale=2, crop=17,
        spec=SrcnnSpec(n1=8, n2=4), batch=4, backprops=600, validate_every=50,
    )  # fmt: skip
    last = finished(train(config))
    assert last.weights is not None
    assert last.best_backprops > 0
    return last.weights


@pytest.mark.parametrize("rate", [1e-3, 0.3, 30.0])
def test_fine_tuning_never_ends_below_its_start(
    tiny: TrainConfig, trained: Path, rate: float
) -> None:
    config = replace(
        PRESETS["finetune"].for_scale(2), data=tiny.data, out=tiny.out, crop=17, batch=4,
        spec=tiny.spec, initial=trained, rate=rate, minutes=None, backprops=96, validate_every=8,
        warmup=0.0,
    )  # fmt: skip
    events = list(train(config))
    first = next(event for event in events if isinstance(event, Validated))
    last = finished(events)
    assert first.backprops == 0
    assert last.psnr_db is not None
    assert last.psnr_db >= first.psnr_db
    assert last.weights is not None
    if rate > 0.1:
        assert last.best_backprops == 0
        assert load_weights(last.weights).digest == load_weights(trained).digest
        if last.reason is StopReason.COMPLETED:
            assert "what it began with" in last.note


def test_a_fine_tuning_with_a_silly_rate_says_what_it_kept(
    tiny: TrainConfig, trained: Path
) -> None:
    config = replace(tiny, initial=trained, rate=0.1, warmup=0, report_every=1000)
    last = finished(train(config))
    assert (last.reason, last.best_backprops) == (StopReason.COMPLETED, 0)
    assert "Nothing was better on the validation pictures than what it began with" in last.note
    assert "lower rate" in last.note
    assert last.weights is not None
    for kept, begin in zip(
        load_weights(last.weights).arrays, load_weights(trained).arrays, strict=True
    ):
        np.testing.assert_array_equal(kept, begin)

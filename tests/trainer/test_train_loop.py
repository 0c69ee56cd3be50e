"""Training: the stream of events, what it promises, and what decides it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from srcnn.errors import DataError, DeviceError, WeightsError
from srcnn.spec import SrcnnSpec
from srcnn.weights import Weights, load_weights, save_weights
from trainer.config import Start, TrainConfig
from trainer.control import Command
from trainer.events import (
    CheckpointSaved,
    DataRead,
    RunFinished,
    RunStarted,
    StepDone,
    StopReason,
    TrainEvent,
    Validated,
    WeightsSnapshot,
)
from trainer.initial import he_arrays
from trainer.loop import train
from trainer.run_folder import RunFolder

Timeless = Callable[[Iterable[TrainEvent]], list[TrainEvent]]


def finished(events: Iterable[TrainEvent]) -> RunFinished:
    *_, last = events
    assert isinstance(last, RunFinished)
    return last


def test_a_run_reports_in_order_and_leaves_weights(tiny: TrainConfig) -> None:
    events = list(train(tiny))
    kinds = [type(event) for event in events]
    begin = kinds.index(RunStarted)
    assert set(kinds[:begin]) == {DataRead}
    assert kinds[begin : begin + 3] == [RunStarted, Validated, CheckpointSaved]
    assert kinds[-1] is RunFinished
    for kind, at in (
        (StepDone, [16, 32, 48, 64, 80, 96]),
        (Validated, [0, 32, 64, 96]),
        (WeightsSnapshot, [48, 96]),
    ):
        assert [event.backprops for event in events if isinstance(event, kind)] == at
    last = finished(events)
    assert (last.reason, last.backprops) == (StopReason.COMPLETED, 96)
    assert last.weights == tiny.out / "weights.safetensors"
    weights = load_weights(last.weights)
    assert (weights.scale, weights.spec) == (2, tiny.spec)
    assert weights.card.backprops == last.best_backprops
    assert weights.card.trained_on == f"{tiny.data[0].name}: 4 pictures"


def test_the_folder_keeps_every_event_but_the_reading(tiny: TrainConfig) -> None:
    events = [event for event in train(tiny) if not isinstance(event, DataRead)]
    assert RunFolder(tiny.out).read_events() == events


def test_the_start_says_what_there_is(tiny: TrainConfig) -> None:
    started = next(event for event in train(tiny) if isinstance(event, RunStarted))
    assert (started.training_pictures, started.validation_pictures) == (4, 2)
    assert (started.scale, started.network, started.device) == (2, "9-1-5-8-4", "cpu")
    assert (started.folder, started.threads, started.paper_db) == (tiny.out, 1, None)
    assert (started.curve, started.note, started.skipped) == ((), "", ())
    assert 15 < started.bicubic_db < 35


def test_the_first_weights_are_measured_and_are_the_bicubic_picture(tiny: TrainConfig) -> None:
    events = list(train(tiny))
    started = next(event for event in events if isinstance(event, RunStarted))
    first = next(event for event in events if isinstance(event, Validated))
    assert first.backprops == 0
    assert first.psnr_db == pytest.approx(started.bicubic_db, abs=0.02)


def test_steps_tell_rate_progress_and_pace(tiny: TrainConfig) -> None:
    steps = [event for event in train(tiny) if isinstance(event, StepDone)]
    assert [step.progress for step in steps] == pytest.approx([n / 6 for n in range(1, 7)])
    assert steps[0].rate > steps[-1].rate > 0
    for before, step in pairwise(steps):
        assert step.seconds > before.seconds
        assert step.per_second > 0
        assert step.eta_seconds == pytest.approx(step.seconds * (1 - step.progress) / step.progress)
    if sys.platform == "linux":
        assert 50 < steps[0].memory_mb < 50_000


def test_memory_is_told_on_linux_only(monkeypatch: pytest.MonkeyPatch) -> None:
    from trainer.memory import memory_mb

    monkeypatch.setattr("trainer.memory.sys", SimpleNamespace(platform="darwin"))
    assert memory_mb() == 0


def test_the_loss_falls_and_the_result_beats_the_start(tiny: TrainConfig) -> None:
    config = replace(tiny, start=Start.HE, rate=5e-3, backprops=1600, validate_every=100)
    events = list(train(config))
    losses = [event.loss for event in events if isinstance(event, StepDone)]
    assert np.mean(losses[-5:]) < 0.3 * np.mean(losses[:5])
    validated = [event.psnr_db for event in events if isinstance(event, Validated)]
    assert validated[-1] > validated[0] + 1


def test_the_weights_kept_are_those_of_the_best_validation(tiny: TrainConfig) -> None:
    events = list(train(replace(tiny, rate=0.05, warmup=0, backprops=160)))
    validated = [event for event in events if isinstance(event, Validated)]
    best = max(validated, key=lambda event: event.psnr_db)
    last = finished(events)
    assert (last.psnr_db, last.best_backprops) == (best.psnr_db, best.backprops)
    values = [event.psnr_db for event in validated]
    assert [event.is_best for event in validated] == [
        value > max(values[:i], default=-np.inf) for i, value in enumerate(values)
    ]
    waited = 0
    for event in validated:
        waited = 0 if event.is_best else waited + 1
        assert event.waited == waited


def test_averaged_weights_are_what_is_kept(tiny: TrainConfig) -> None:
    """Two steps: past weights count (1 + step) / (10 + step), as long as that is little."""
    config = replace(tiny, backprops=8, rate=1e-2, warmup=0, start=Start.HE)
    list(train(config))
    kept = load_weights(RunFolder(config.out).checkpoint.with_name("weights.safetensors"))
    from trainer.checkpoint import load_checkpoint

    state, _ = load_checkpoint(RunFolder(config.out), config, "cpu")
    first = he_arrays(config.spec, np.random.default_rng((0, 0)))
    assert finished(RunFolder(config.out).read_events()).best_backprops == 8
    # SOAP makes no step on its first gradient: after it the weights are the first ones
    for begin, average, last in zip(first, kept.arrays, state.network.parameters(), strict=True):
        expected = begin * 3 / 12 + last.detach().numpy() * 9 / 12
        np.testing.assert_allclose(average, expected, atol=1e-6)


def test_without_averaging_the_last_weights_are_kept(tiny: TrainConfig) -> None:
    from trainer.checkpoint import load_checkpoint

    config = replace(tiny, average=0.0, backprops=32)
    list(train(config))
    state, _ = load_checkpoint(RunFolder(config.out), config, "cpu")
    for average, last in zip(state.average.parameters(), state.network.parameters(), strict=True):
        np.testing.assert_array_equal(average.detach(), last.detach())


def test_training_begins_with_given_weights(tiny: TrainConfig, tmp_path: Path) -> None:
    arrays = he_arrays(tiny.spec, np.random.default_rng(1))
    save_weights(Weights(tiny.spec, 2, arrays), tmp_path / "mine.safetensors")
    config = replace(tiny, initial=tmp_path / "mine.safetensors", rate=1e-12)
    last = finished(train(config))
    assert last.weights is not None
    for old, new in zip(arrays, load_weights(last.weights).arrays, strict=True):
        np.testing.assert_allclose(new, old, atol=1e-6)


def test_weights_that_cannot_be_used_leave_no_folder_behind(
    tiny: TrainConfig, tmp_path: Path
) -> None:
    arrays = he_arrays(SrcnnSpec(), np.random.default_rng(1))
    save_weights(Weights(SrcnnSpec(), 2, arrays), tmp_path / "other.safetensors")
    for name in ("other.safetensors", "gone.safetensors"):
        with pytest.raises(WeightsError, match=name):
            list(train(replace(tiny, initial=tmp_path / name)))
    assert not tiny.out.exists()


def test_a_folder_to_validate_on_leaves_all_of_data_to_learn_from(tiny: TrainConfig) -> None:
    events = train(replace(tiny, validation=tiny.data[0] / "more"))
    started = next(event for event in events if isinstance(event, RunStarted))
    assert (started.training_pictures, started.validation_pictures) == (4, 2)  # not from those
    assert [one.reason for one in started.skipped] == ["it is validated on"] * 2
    assert started.validation_name == "more (validation)"


def test_files_that_are_no_use_are_listed_at_the_start(
    tiny: TrainConfig, tmp_path: Path, draw_picture: Callable[..., None]
) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "learnt.png").write_bytes(b"bad")
    (tmp_path / "check").mkdir()
    (tmp_path / "check" / "measured.png").write_bytes(b"bad as well")
    draw_picture(tmp_path / "check" / "0.png", 10)
    config = replace(
        tiny, data=(*tiny.data, tmp_path / "bad"), validation=tmp_path / "check", backprops=4
    )
    started = next(event for event in train(config) if isinstance(event, RunStarted))
    names = {skipped.name for skipped in started.skipped}
    assert names == {"bad/learnt.png", "measured.png"}
    assert started.training_pictures == 6


def test_the_pictures_that_come_along_are_learnt_from(tiny: TrainConfig) -> None:
    config = replace(tiny, data=(), validation=tiny.data[0] / "more", backprops=8)
    last = finished(train(config))
    assert last.weights is not None
    assert load_weights(last.weights).card.trained_on.startswith("samples: ")
    assert json.loads((tiny.out / "config.json").read_text())["data"] == []


def test_an_absent_device_is_named(tiny: TrainConfig) -> None:
    with pytest.raises(DeviceError, match="cuda:77"):
        next(train(replace(tiny, device="cuda:77")))
    assert not tiny.out.exists()


def test_an_absent_folder_is_named(tiny: TrainConfig, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"There is no folder .*gone"):
        next(train(replace(tiny, data=(tmp_path / "gone",))))
    assert not tiny.out.exists()


def test_an_abandoned_run_lets_go_of_its_threads(tiny: TrainConfig) -> None:
    import threading

    before = set(threading.enumerate())
    events = train(replace(tiny, threads=2))
    next(event for event in events if isinstance(event, StepDone))
    assert set(threading.enumerate()) > before
    events.close()
    assert set(threading.enumerate()) == before


def test_a_run_goes_on_after_a_pause_and_the_pause_takes_no_time(
    tiny: TrainConfig, monkeypatch: pytest.MonkeyPatch, timeless: Timeless, tmp_path: Path
) -> None:
    """By a clock of our own: each look at it takes a second, a pause an hour."""
    now = 0.0

    def clock() -> float:
        nonlocal now
        now += 1
        return now

    def paused_in_between() -> Command:
        nonlocal now
        now += 3600
        return Command.GO_ON

    usual = list(train(tiny))
    for module in ("trainer.loop.time", "trainer.run.time"):
        monkeypatch.setattr(module, SimpleNamespace(perf_counter=clock))
    events = list(train(replace(tiny, out=tmp_path / "paused"), paused_in_between))
    assert timeless(events) == timeless(usual)
    assert finished(events).seconds < 100


@pytest.mark.gpu
def test_a_gpu_learns_the_same_to_rounding(tiny: TrainConfig, tmp_path: Path) -> None:
    list(train(tiny))
    list(train(replace(tiny, device="cuda", out=tmp_path / "gpu")))
    ours = load_weights(tiny.out / "weights.safetensors")
    theirs = load_weights(tmp_path / "gpu" / "weights.safetensors")
    for one, other in zip(ours.arrays, theirs.arrays, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-3)

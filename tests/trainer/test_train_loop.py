"""Training: the stream of events, what it promises and how it ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from srcnn.errors import DeviceError, OutputError, TrainingError
from srcnn.weights import load_weights
from trainer.checkpoint import load_checkpoint
from trainer.config import Start, TrainConfig
from trainer.events import (
    CheckpointSaved,
    RunFinished,
    RunStarted,
    StepDone,
    StopReason,
    TrainEvent,
    Validated,
)
from trainer.loop import Command, rate_at, train
from trainer.run_folder import RunFolder


def timeless(events: Iterable[TrainEvent]) -> list[TrainEvent]:
    """Return the events with the clock and the place taken out."""
    plain: list[TrainEvent] = []
    for event in events:
        match event:
            case RunStarted():
                plain.append(replace(event, folder=Path(), curve=tuple(timeless(event.curve))))
            case StepDone() | Validated():
                plain.append(replace(event, seconds=0.0))
            case CheckpointSaved():
                plain.append(replace(event, path=Path()))
            case RunFinished():
                plain.append(replace(event, seconds=0.0, weights=None))
    return plain


def digest(run: Path) -> str:
    return load_weights(RunFolder(run).weights).digest


def test_a_run_reports_in_order_and_leaves_weights(tiny: TrainConfig) -> None:
    events = list(train(tiny))
    assert isinstance(events[0], RunStarted)
    assert isinstance(events[-1], RunFinished)
    steps = [event for event in events if isinstance(event, StepDone)]
    assert [event.backprops for event in steps] == [16, 32, 48, 64, 80, 96]
    assert [event.backprops for event in events if isinstance(event, Validated)] == [32, 64, 96]
    assert events[-1].reason is StopReason.COMPLETED
    weights = load_weights(tiny.out / "weights.safetensors")
    assert (weights.scale, weights.spec) == (2, tiny.spec)
    assert weights.card.backprops == 96
    assert weights.card.trained_on == f"{tiny.data.name}: 5 pictures"


def test_the_same_seed_gives_the_same_events_and_another_seed_others(
    tiny: TrainConfig, tmp_path: Path
) -> None:
    first = list(train(tiny))
    again = list(train(replace(tiny, out=tmp_path / "again")))
    other = list(train(replace(tiny, out=tmp_path / "other", seed=1)))
    assert timeless(first) == timeless(again)
    assert digest(tiny.out) == digest(tmp_path / "again")
    assert timeless(first) != timeless(other)


def test_the_loss_falls_and_the_result_beats_the_start(tiny: TrainConfig) -> None:
    config = replace(tiny, start=Start.HE, rate=5e-3, backprops=800, validate_every=50)
    events = list(train(config))
    losses = [event.loss for event in events if isinstance(event, StepDone)]
    assert np.mean(losses[-5:]) < 0.3 * np.mean(losses[:5])
    validated = [event.psnr_db for event in events if isinstance(event, Validated)]
    assert validated[-1] > validated[0] + 1


@pytest.mark.parametrize("events_seen", [5, 9, 14])
def test_a_killed_run_ends_in_the_very_same_weights(
    tiny: TrainConfig, tmp_path: Path, events_seen: int
) -> None:
    whole = list(train(tiny))
    killed = replace(tiny, out=tmp_path / "killed")
    seen = list(islice(train(killed), events_seen))
    assert any(isinstance(event, CheckpointSaved) for event in seen)
    config, state = load_checkpoint(RunFolder(killed.out).checkpoint)
    resumed = list(train(config, state=state))
    assert digest(killed.out) == digest(tiny.out)
    started = resumed[0]
    assert isinstance(started, RunStarted)
    curve = [event for event in whole if isinstance(event, StepDone | Validated)]
    rest = [event for event in resumed if isinstance(event, StepDone | Validated)]
    assert timeless([*started.curve, *rest]) == timeless(curve)
    assert timeless([resumed[-1]]) == timeless([whole[-1]])


def test_a_finished_run_can_be_resumed_and_changes_nothing(tiny: TrainConfig) -> None:
    list(train(tiny))
    before = digest(tiny.out)
    config, state = load_checkpoint(RunFolder(tiny.out).checkpoint)
    events = list(train(config, state=state))
    assert [type(event) for event in events] == [RunStarted, RunFinished]
    assert digest(tiny.out) == before


def test_the_weights_kept_are_those_of_the_best_validation(tiny: TrainConfig) -> None:
    events = list(train(replace(tiny, rate=0.05, backprops=160)))
    validated = [event.psnr_db for event in events if isinstance(event, Validated)]
    assert isinstance(events[-1], RunFinished)
    assert events[-1].psnr_db == max(validated)
    best = [event.is_best for event in events if isinstance(event, Validated)]
    assert best == [v > max(validated[:i], default=-np.inf) for i, v in enumerate(validated)]


def test_stop_takes_effect_between_steps_and_keeps_what_was_learnt(tiny: TrainConfig) -> None:
    commands = iter([Command.GO_ON] * 5 + [Command.STOP])
    events = list(train(tiny, lambda: next(commands)))
    finished = events[-1]
    assert isinstance(finished, RunFinished)
    assert (finished.reason, finished.backprops) == (StopReason.STOPPED, 20)
    assert finished.weights is not None
    assert load_weights(finished.weights).card.backprops == 20
    config, state = load_checkpoint(RunFolder(tiny.out).checkpoint)
    rest = list(train(config, state=state))
    assert isinstance(rest[-1], RunFinished)
    assert (rest[-1].reason, rest[-1].backprops) == (StopReason.COMPLETED, 96)


def test_discard_leaves_nothing_behind(tiny: TrainConfig) -> None:
    commands = iter([Command.GO_ON] * 10 + [Command.DISCARD])
    finished = list(train(tiny, lambda: next(commands)))[-1]
    assert isinstance(finished, RunFinished)
    assert (finished.reason, finished.weights) == (StopReason.DISCARDED, None)
    assert not tiny.out.exists()


def test_discard_spares_other_files_in_the_folder(tiny: TrainConfig) -> None:
    tiny.out.mkdir()
    (tiny.out / "notes.txt").write_text("mine")
    list(train(tiny, lambda: Command.DISCARD))
    assert [path.name for path in tiny.out.iterdir()] == ["notes.txt"]


def test_a_budget_in_minutes_ends_the_run(tiny: TrainConfig) -> None:
    finished = list(train(replace(tiny, minutes=0.005)))[-1]
    assert isinstance(finished, RunFinished)
    assert finished.seconds >= 0.3
    assert finished.reason is StopReason.COMPLETED


def test_training_goes_on_from_given_weights(tiny: TrainConfig, tmp_path: Path) -> None:
    list(train(tiny))
    more = replace(
        tiny, out=tmp_path / "more", initial=tiny.out / "weights.safetensors", rate=1e-12
    )
    list(train(more))
    before = load_weights(tiny.out / "weights.safetensors")
    after = load_weights(tmp_path / "more" / "weights.safetensors")
    for old, new in zip(before.arrays, after.arrays, strict=True):
        np.testing.assert_allclose(new, old, atol=1e-6)


def test_the_rate_rises_and_then_falls_to_nothing() -> None:
    config = TrainConfig(rate=1e-3, warmup=0.1)
    rates = [rate_at(config, progress / 100) for progress in range(101)]
    assert rates[0] == 0
    assert 0.95e-3 < max(rates) < 1e-3
    assert rates.index(max(rates)) == 10
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[-1] == 0
    assert rate_at(TrainConfig(rate=1e-3, warmup=0), 0) == 1e-3


def test_a_diverging_run_says_so_and_what_to_do(tiny: TrainConfig) -> None:
    with pytest.raises(TrainingError, match="diverged after") as caught:
        list(train(replace(tiny, rate=1e30, warmup=0)))
    assert "rate below" in caught.value.hint


def test_divergence_before_the_first_report_is_noticed_too(tiny: TrainConfig) -> None:
    with pytest.raises(TrainingError, match="diverged after 32 backprops"):
        list(train(replace(tiny, rate=1e30, warmup=0, report_every=1000)))


def test_a_folder_with_a_run_is_not_overwritten(tiny: TrainConfig) -> None:
    list(train(tiny))
    with pytest.raises(OutputError, match="holds a run already") as caught:
        next(train(tiny))
    assert "--resume" in caught.value.hint


def test_a_run_is_not_resumed_on_other_pictures(tiny: TrainConfig) -> None:
    list(train(tiny))
    config, state = load_checkpoint(RunFolder(tiny.out).checkpoint)
    with pytest.raises(TrainingError, match="not those that the run began with"):
        next(train(replace(config, data=tiny.data / "more"), state=state))


def test_an_absent_device_is_named(tiny: TrainConfig) -> None:
    with pytest.raises(DeviceError, match="cuda:77"):
        next(train(replace(tiny, device="cuda:77")))
    assert not tiny.out.exists()


@pytest.mark.gpu
def test_a_gpu_learns_the_same_to_rounding(tiny: TrainConfig, tmp_path: Path) -> None:
    list(train(tiny))
    list(train(replace(tiny, device="cuda", out=tmp_path / "gpu")))
    ours = load_weights(tiny.out / "weights.safetensors")
    theirs = load_weights(tmp_path / "gpu" / "weights.safetensors")
    for one, other in zip(ours.arrays, theirs.arrays, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-3)

"""A run that ended early goes on as if nothing had happened."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from srcnn.errors import TrainingError, WeightsError
from srcnn.weights import Weights, save_weights
from trainer.config import OptimiserKind, Sampling, TrainConfig
from trainer.control import Command
from trainer.events import (
    CheckpointSaved,
    RunFinished,
    RunStarted,
    StopReason,
    TrainEvent,
    Validated,
)
from trainer.initial import he_arrays
from trainer.loop import resume, train
from trainer.run_folder import RunFolder

CurveOf = Callable[[Iterable[TrainEvent]], list[TrainEvent]]
Digest = Callable[[Path], str]


def started(events: Iterable[TrainEvent]) -> RunStarted:
    return next(event for event in events if isinstance(event, RunStarted))


def assert_is_whole(
    whole: list[TrainEvent], resumed: list[TrainEvent], out: Path, curve_of: CurveOf
) -> None:
    """Make sure that the curves have no gap and no doubling, whoever reads them."""
    assert curve_of([*started(resumed).curve, *resumed]) == curve_of(whole)
    assert curve_of(RunFolder(out).read_events()) == curve_of(whole)
    last, expected = resumed[-1], whole[-1]
    assert isinstance(last, RunFinished)
    assert isinstance(expected, RunFinished)
    assert (last.reason, last.psnr_db, last.best_backprops) == (
        expected.reason, expected.psnr_db, expected.best_backprops,
    )  # fmt: skip


@pytest.mark.parametrize("events_seen", [0, 1, 2, 3, 4, 5, 7, 9, 11, 14, 17, 19])
def test_a_run_abandoned_at_any_event_ends_in_the_very_same_weights(
    tiny: TrainConfig, tmp_path: Path, events_seen: int, curve_of: CurveOf, digest: Digest
) -> None:
    whole = list(train(tiny))
    out = tmp_path / "killed"
    events = train(replace(tiny, out=out))
    seen = list(islice(events, max(1, events_seen)))
    events.close()
    assert len(seen) < len(whole)
    resumed = list(resume(out))
    assert_is_whole(whole, resumed, out, curve_of)
    assert digest(out) == digest(tiny.out)


@pytest.mark.parametrize(
    "change",
    [
        {"optimiser": OptimiserKind.SGD, "rate": 1e-2},
        {"optimiser": OptimiserKind.ADAM, "rate": 1e-3},
        {"sampling": Sampling.GRID, "stride": 7, "average": 0.0},
        {"threads": 2, "batch": 20, "backprops": 480},
        {"validation": "more", "patience": 3},
    ],
    ids=lambda change: "-".join(change),
)
def test_so_it_is_with_other_settings(
    tiny: TrainConfig, tmp_path: Path, change: dict[str, object], curve_of: CurveOf, digest: Digest
) -> None:
    if "validation" in change:
        change = change | {"validation": tiny.data[0] / str(change["validation"])}
    config = replace(tiny, **change)
    whole = list(train(config))
    out = tmp_path / "killed"
    events = train(replace(config, out=out))
    list(islice(events, 10))
    events.close()
    assert_is_whole(whole, list(resume(out)), out, curve_of)
    assert digest(out) == digest(config.out)


def test_a_run_killed_again_and_again_gets_there(
    tiny: TrainConfig, tmp_path: Path, curve_of: CurveOf, digest: Digest
) -> None:
    whole = list(train(tiny))
    out = tmp_path / "killed"
    events: Iterator[TrainEvent] = train(replace(tiny, out=out))
    for _ in range(4):
        list(islice(events, 8))
        events.close()
        events = resume(out)
    assert_is_whole(whole, list(events), out, curve_of)
    assert digest(out) == digest(tiny.out)


def test_a_run_killed_while_it_read_its_pictures_begins_anew(
    tiny: TrainConfig, tmp_path: Path, curve_of: CurveOf, digest: Digest
) -> None:
    """Nothing but its settings is there then."""
    whole = list(train(tiny))
    out = tmp_path / "killed"
    events = train(replace(tiny, out=out))
    next(events)
    events.close()
    assert [path.name for path in out.iterdir() if path.is_file()] == ["config.json"]
    assert_is_whole(whole, list(resume(out)), out, curve_of)
    assert digest(out) == digest(tiny.out)


@pytest.mark.parametrize("asked", [0, 1, 3, 12, 13, 25])
def test_a_suspended_run_goes_on_where_it_was(
    tiny: TrainConfig, tmp_path: Path, asked: int, curve_of: CurveOf, digest: Digest
) -> None:
    whole = list(train(tiny))
    answers = iter([Command.GO_ON] * asked)
    out = tmp_path / "suspended"
    first = list(train(replace(tiny, out=out), lambda: next(answers, Command.SUSPEND)))
    assert isinstance(first[-1], RunFinished)
    assert first[-1].reason is StopReason.SUSPENDED
    resumed = list(resume(out))
    # not a step is made again
    assert curve_of(first) + curve_of(resumed) == curve_of(whole)
    assert_is_whole(whole, resumed, out, curve_of)
    assert digest(out) == digest(tiny.out)


@pytest.mark.parametrize("backprops", [96, 100])
def test_a_finished_run_can_be_resumed_and_changes_nothing(
    tiny: TrainConfig, backprops: int, curve_of: CurveOf, digest: Digest
) -> None:
    """With 100 the last validation is one out of turn."""
    whole = list(train(replace(tiny, backprops=backprops)))
    before = digest(tiny.out)
    events = list(resume(tiny.out))
    assert_is_whole(whole, events, tiny.out, curve_of)
    kinds = (Validated, RunStarted, RunFinished)
    assert [type(event) for event in events if isinstance(event, kinds)] == [
        RunStarted, RunFinished
    ]  # fmt: skip
    assert digest(tiny.out) == before


def test_a_stopped_run_goes_on_to_its_end(tiny: TrainConfig, curve_of: CurveOf) -> None:
    answers = iter([Command.GO_ON] * 8)
    list(train(tiny, lambda: next(answers, Command.STOP)))
    resumed = list(resume(tiny.out))
    validated = [
        event.backprops
        for event in curve_of(RunFolder(tiny.out).read_events())
        if isinstance(event, Validated)
    ]
    assert validated == [0, 24, 32, 64, 96]
    assert isinstance(resumed[-1], RunFinished)
    assert resumed[-1].reason is StopReason.COMPLETED


def test_time_goes_on_where_it_was(tiny: TrainConfig) -> None:
    events = train(tiny)
    saved = [event for event in islice(events, 14) if isinstance(event, Validated)]
    events.close()
    rest = [event for event in resume(tiny.out) if isinstance(event, Validated | RunFinished)]
    assert [e.seconds for e in rest] == sorted(e.seconds for e in rest)
    assert rest[0].seconds > saved[0].seconds


def test_a_run_that_was_moved_goes_on(tiny: TrainConfig, tmp_path: Path, digest: Digest) -> None:
    list(train(tiny))
    events = train(replace(tiny, out=tmp_path / "first"))
    list(islice(events, 10))
    events.close()
    moved = (tmp_path / "first").rename(tmp_path / "second")
    resumed = list(resume(moved))
    assert started(resumed).folder == moved
    assert digest(moved) == digest(tiny.out)


def test_the_weights_a_run_began_with_are_not_needed_again(
    tiny: TrainConfig, tmp_path: Path
) -> None:
    first = tmp_path / "first.safetensors"
    save_weights(Weights(tiny.spec, 2, he_arrays(tiny.spec, np.random.default_rng(0))), first)
    for seen in (10, 1):  # after the first checkpoint, and before
        out = tmp_path / str(seen)
        events = train(replace(tiny, initial=first, out=out))
        list(islice(events, seen))
        events.close()
    first.unlink()
    assert isinstance(list(resume(tmp_path / "10"))[-1], RunFinished)
    with pytest.raises(WeightsError, match=r"first\.safetensors"):
        list(resume(tmp_path / "1"))


@pytest.mark.parametrize("change", ["one more", "one less", "another size", "validation"])
def test_a_run_is_not_resumed_on_other_pictures(
    tiny: TrainConfig, tmp_path: Path, change: str
) -> None:
    data, check = tmp_path / "data", tmp_path / "check"
    shutil.copytree(tiny.data[0], data)
    shutil.copytree(tiny.data[0] / "more", check)
    list(train(replace(tiny, data=(data,), validation=check)))
    match change:
        case "one more":
            shutil.copy(data / "0.png", data / "9.png")
        case "one less":
            (data / "0.png").unlink()
        case "another size":
            shutil.copy(data / "more" / "4.bmp", data / "0.png")
        case "validation":
            shutil.copy(check / "4.bmp", check / "5.bmp")
    with pytest.raises(TrainingError, match="not those that the run began with") as caught:
        list(resume(tiny.out))
    assert "--initial" in caught.value.hint


def test_no_run_is_a_sentence(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "gone"):
        with pytest.raises(TrainingError, match="holds no run that can be read"):
            next(resume(folder))


def test_checkpoints_tell_where_they_are(tiny: TrainConfig) -> None:
    saved = [event for event in train(tiny) if isinstance(event, CheckpointSaved)]
    assert [event.backprops for event in saved][:4] == [0, 32, 64, 96]
    assert {event.path for event in saved} == {RunFolder(tiny.out).checkpoint}

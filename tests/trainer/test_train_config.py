"""Configurations: checks, the way through JSON, and settings as text."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

from srcnn.degrade import Degradation
from srcnn.resize import Border
from srcnn.spec import SrcnnSpec
from trainer.config import (
    LossKind,
    OptimiserKind,
    Precision,
    Sampling,
    Schedule,
    Start,
    TrainConfig,
    usual_threads,
)
from trainer.presets import PRESETS
from trainer.setting import parsed_setting

UNUSUAL = TrainConfig(
    preset="demo",
    out=Path("o"),
    data=(Path("a"), Path("b")),
    validation=Path("c"),
    held_out=0.25,
    scale=4,
    degradation=Degradation.GAUSSIAN,
    border=Border.MIRROR,
    crop=40,
    sampling=Sampling.GRID,
    stride=7,
    turns=False,
    rescales=(1.0, 0.5),
    memory_mb=10,
    spec=SrcnnSpec(8, 4, 9, 3, 5, 3),
    initial=Path("i.safetensors"),
    start=Start.HE,
    optimiser=OptimiserKind.SGD,
    momentum=0.8,
    loss=LossKind.CHARBONNIER,
    batch=5,
    rate=1 / 3,
    layer_rates=(1.0, 2.0, 3.0),
    bias_rates=(0.1, 0.2, 0.3),
    schedule=Schedule.STEP,
    warmup=0.2,
    average=0.5,
    precision=Precision.BFLOAT16,
    seed=9,
    backprops=None,
    minutes=2.5,
    patience=3,
    device="cuda:1",
    threads=2,
    report_every=1,
    validate_every=2,
    snapshot_every=3,
)


def through_json(config: TrainConfig) -> TrainConfig:
    return TrainConfig.from_dict(json.loads(json.dumps(config.as_dict(), allow_nan=False)))


def test_every_field_goes_through_json() -> None:
    usual = TrainConfig()
    same = [f.name for f in fields(usual) if getattr(usual, f.name) == getattr(UNUSUAL, f.name)]
    assert same == []  # a field added later belongs in here, too
    back = through_json(UNUSUAL)
    assert back == UNUSUAL
    for field in fields(back):
        assert type(getattr(back, field.name)) is type(getattr(UNUSUAL, field.name))


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_goes_through_json(name: str) -> None:
    for scale in (2, 3, 4):
        config = PRESETS[name].for_scale(scale)
        assert through_json(config) == config
        assert (config.preset, config.scale) == (name, scale)


def test_unknown_settings_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown settings: colour, shape"):
        TrainConfig.from_dict({**TrainConfig().as_dict(), "shape": 1, "colour": 1})


NAN = float("nan")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"batch": 0}, "batch must be above 0, not 0"),
        ({"rate": -1.0}, "rate must be above 0"),
        ({"rate": NAN}, "rate must be above 0"),
        ({"rate": float("inf")}, "rate must be"),
        ({"minutes": 0.0}, "minutes must be above 0"),
        ({"patience": 0}, "patience must be above 0"),
        ({"held_out": 1.0}, r"held_out must be in \[0, 1\)"),
        ({"average": -0.1}, r"average must be in \[0, 1\)"),
        ({"average": NAN}, r"average must be in \[0, 1\)"),
        ({"scale": 5}, "scale must be 2, 3 or 4, not 5"),
        ({"crop": 12}, "crop must be above 12"),
        ({"rescales": ()}, "rescales must lie"),
        ({"rescales": (1.5,)}, "rescales must lie"),
        ({"rescales": (NAN,)}, "rescales must lie"),
        ({"layer_rates": (1.0, 1.0)}, "layer_rates must be three numbers"),
        ({"bias_rates": (1.0, -1.0, 1.0)}, "bias_rates must be three numbers"),
        ({"bias_rates": (1.0, NAN, 1.0)}, "bias_rates must be three numbers"),
        ({"spec": SrcnnSpec(channels=2)}, r"channels must be 1 \(luma\) or 3 \(RGB\), not 2"),
        ({"backprops": None}, "backprops, minutes or patience must be given"),
        ({"backprops": None, "patience": 5}, "schedule must be constant .*, not cosine"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(TrainConfig(), **change)


def test_patience_alone_is_a_budget_for_a_constant_rate() -> None:
    config = TrainConfig(backprops=None, patience=5, schedule=Schedule.CONSTANT)
    assert not config.has_budget
    assert config.progress(10**9, 1e9) == 0


def test_progress_counts_sub_images_or_the_clock_whatever_is_further() -> None:
    config = TrainConfig(backprops=100, batch=16)
    assert config.progress(0, 0.0) == 0
    assert config.progress(6, 0.0) == pytest.approx(6 / 7)
    assert config.progress(7, 0.0) == 1
    assert config.progress(8, 0.0) == 1
    both = replace(config, minutes=2)
    assert both.progress(0, 30.0) == 0.25
    assert both.progress(6, 30.0) == pytest.approx(6 / 7)
    assert both.progress(0, 121.0) == 1
    by_clock = replace(both, backprops=None)
    assert by_clock.progress(1000, 30.0) == 0.25


@pytest.mark.parametrize(
    ("sampling", "length", "count"),
    [
        (Sampling.GRID, 32, 0),
        (Sampling.GRID, 33, 1),
        (Sampling.GRID, 46, 1),
        (Sampling.GRID, 47, 2),
        (Sampling.RANDOM, 20, 0),
        (Sampling.RANDOM, 33, 1),
        (Sampling.RANDOM, 47, 15),
    ],
)
def test_positions_are_counted(sampling: Sampling, length: int, count: int) -> None:
    assert TrainConfig(sampling=sampling).positions(length) == count


@pytest.mark.parametrize(("batch", "threads"), [(1, 1), (16, 1), (32, 2), (64, 4), (1000, 6)])
def test_threads_are_cores_that_have_enough_to_do(
    batch: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(6)), raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    assert usual_threads(batch) == threads
    monkeypatch.setattr(sys, "platform", "win32")
    assert usual_threads(batch) == threads
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert usual_threads(batch) == 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("rate=1e-3", 1e-3),
        ("crop=41", 41),
        ("turns=false", False),
        ("turns=True", True),
        ("rescales=1,0.5", (1.0, 0.5)),
        ("rescales=0.5", (0.5,)),
        ("loss=sum of squares", LossKind.SUM_OF_SQUARES),
        ("degradation=gaussian", Degradation.GAUSSIAN),
        ("border=mirror", Border.MIRROR),
    ],
)
def test_a_setting_is_read_from_text(text: str, value: object) -> None:
    name, _, part = text.partition("=")
    parsed = parsed_setting(name, part)
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("colour=1", "there is no setting 'colour'"),
        ("spec=9-1-5", "there is no setting 'spec'"),
        ("data=here", "there is no setting 'data'"),
        ("crop=33.5", "crop must be a whole number, not '33.5'"),
        ("rate=fast", "rate must be a number, not 'fast'"),
        ("rescales=1,,2", "rescales must be a number, not ''"),
        ("turns=perhaps", "turns must be true or false, not perhaps"),
        ("optimiser=adagrad", "optimiser must be one of: soap, adam, sgd"),
        ("minutes=5", "minutes has an option of its own"),
        ("out=there", "out has an option of its own"),
        ("preset=fast", "preset has an option of its own"),
    ],
)
def test_a_setting_that_is_none_is_refused(text: str, message: str) -> None:
    name, _, part = text.partition("=")
    with pytest.raises(ValueError, match=f"^{message}$"):
        parsed_setting(name, part)

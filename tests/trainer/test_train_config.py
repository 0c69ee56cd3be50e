"""Configurations: presets, checks, and the way through a checkpoint."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from srcnn.degrade import Degradation
from srcnn.resize import Border
from srcnn.spec import SrcnnSpec
from trainer.config import PRESETS, Start, TrainConfig


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_knows_its_name_and_goes_through_json(name: str) -> None:
    config = PRESETS[name]
    assert config.preset == name
    assert TrainConfig.from_dict(json.loads(json.dumps(config.as_dict()))) == config


def test_every_field_goes_through_json() -> None:
    config = TrainConfig(
        data=Path("a"),
        validation=Path("b"),
        initial=Path("c.safetensors"),
        degradation=Degradation.GAUSSIAN,
        border=Border.MIRROR,
        spec=SrcnnSpec(8, 4, 9, 3, 5),
        start=Start.HE,
        rescales=(1.0, 0.5),
        minutes=2.5,
    )
    back = TrainConfig.from_dict(json.loads(json.dumps(config.as_dict())))
    assert back == config
    assert isinstance(back.border, Border)
    assert isinstance(back.spec, SrcnnSpec)


def test_unknown_settings_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown settings: colour"):
        TrainConfig.from_dict({**TrainConfig().as_dict(), "colour": 1})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"batch": 0}, "batch must be above 0"),
        ({"rate": -1.0}, "rate must be above 0"),
        ({"minutes": 0.0}, "minutes must be above 0"),
        ({"held_out": 1.0}, r"held_out must be in \[0, 1\)"),
        ({"average": -0.1}, r"average must be in \[0, 1\)"),
        ({"crop": 12}, "crop must be above 12"),
        ({"rescales": ()}, "rescales must lie"),
        ({"rescales": (1.5,)}, "rescales must lie"),
        ({"spec": SrcnnSpec(channels=3)}, "only luma is trained"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(TrainConfig(), **change)


def test_progress_counts_sub_images_or_the_clock() -> None:
    config = TrainConfig(backprops=100, batch=16)
    assert config.steps == 7
    assert config.progress(0, 0.0) == 0
    assert config.progress(7, 0.0) == 1
    assert config.progress(8, 0.0) == 1
    by_clock = replace(config, minutes=2)
    assert by_clock.progress(1000, 30.0) == 0.25
    assert by_clock.progress(0, 121.0) == 1

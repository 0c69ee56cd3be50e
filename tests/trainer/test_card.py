"""The card of weights, and the command that repeats a run."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.main import get_command

from srcnn.degrade import Degradation
from srcnn.resize import Border
from srcnn.spec import SrcnnSpec
from srcnn.weights import ModelCard
from trainer.card import card_of, command_line, recipe
from trainer.cli import _chosen, app
from trainer.config import (
    LossKind,
    OptimiserKind,
    Precision,
    Sampling,
    Schedule,
    Start,
    TrainConfig,
)
from trainer.presets import PRESETS


def card(config: TrainConfig, name: str = "mine", best_db: float = 31.23456) -> ModelCard:
    return card_of(config, name=name, pictures=5, backprops=96, seconds=90.0, best_db=best_db)


def test_the_card_says_where_weights_come_from(tiny: TrainConfig) -> None:
    made = card(tiny, name="my, run\n")
    assert made.name == "my run"
    assert made.trained_on == f"{tiny.data[0].name}: 5 pictures"
    assert (made.preset, made.seed, made.backprops, made.minutes) == ("fast", 0, 96, 1.5)
    assert made.psnr == {f"10% of {tiny.data[0].name} (validation)": 31.2346}
    assert command_line(tiny) in made.notes
    assert recipe(tiny) in made.notes


def test_the_card_names_no_folder_of_this_machine(tiny: TrainConfig) -> None:
    folder = tiny.data[0]
    config = replace(
        tiny,
        data=(folder, folder / "more"),
        validation=folder / "more",
        initial=folder / "first.safetensors",
    )
    made = card(config)
    assert str(folder.parent) not in repr(made)
    assert list(made.psnr) == ["more (validation)"]
    assert made.trained_on == f"{folder.name} + more: 5 pictures"
    assert str(folder) in command_line(config, full_paths=True)


def test_the_pictures_that_come_along_have_a_name() -> None:
    assert card(TrainConfig()).trained_on == "samples: 5 pictures"


def test_an_infinite_figure_stays_off_the_card(tiny: TrainConfig) -> None:
    assert card(tiny, best_db=np.inf).psnr == {}


def test_a_long_name_is_cut(tiny: TrainConfig) -> None:
    assert len(card(tiny, name="n" * 300).name) == 80


def test_the_recipe_says_how_it_was_learnt() -> None:
    words = recipe(replace(PRESETS["paper"].config, initial=Path("a/b.mat")))
    for word in ("SGD", "every 14 pixels", "b.mat", "not averaged", "sum of squares", "of 33"):
        assert word in words
    assert "turned" not in words
    words = recipe(TrainConfig(optimiser=OptimiserKind.ADAM))
    for word in ("Adam", "anywhere", "turned and mirrored", "0.9, 0.8", "averaged (0.999)"):
        assert word in words


def test_the_command_line_starts_the_run_again() -> None:
    config = replace(TrainConfig(), data=(Path("my pictures"), Path("b")), seed=7, scale=2)
    assert command_line(config, full_paths=True) == (
        "srcnn-train --data 'my pictures' --data b --scale 2 --preset fast --backprops 1000000 "
        "--seed 7 --threads 1"
    )
    by_clock = replace(
        config, data=(), validation=Path("v"), initial=Path("w.mat"), backprops=None, minutes=2.5,
        crop=41, spec=SrcnnSpec(n1=128),
    )  # fmt: skip
    assert command_line(by_clock, full_paths=True) == (
        "srcnn-train --scale 2 --validation v --preset fast --minutes 2.5 "
        "--initial w.mat --seed 7 --threads 1 --set crop=41 --set n1=128"
    )


def parsed(words: str) -> TrainConfig:
    """Return what the program makes of a command line, without running anything."""
    program, *arguments = shlex.split(words)
    assert program == "srcnn-train"
    command = get_command(app)
    values: dict[str, Any] = command.make_context(program, arguments).params
    assert values.pop("method") == "srcnn"
    preset, settings = values.pop("preset"), values.pop("setting")
    given_values = {name: value for name, value in values.items() if value not in (None, False)}
    if "data" in given_values:
        given_values["data"] = tuple(given_values["data"])
    return _chosen(preset, given_values, settings or [])


def assert_is_repeated(config: TrainConfig) -> None:
    """Compare with what changes no weights left out: the place, the device and the reports."""
    same = {"out": Path(), "device": "cpu", "report_every": 1, "snapshot_every": 1}
    again = parsed(command_line(config, full_paths=True))
    assert replace(again, **same) == replace(config, **same)


@pytest.mark.parametrize("scale", [2, 3, 4])
@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_repeated(name: str, scale: int) -> None:
    config = PRESETS[name].for_scale(scale)
    assert_is_repeated(replace(config, initial=Path("w") if name == "finetune" else None))


factors = st.tuples(*[st.floats(0, 10)] * 3)
configs = st.builds(
    replace,
    st.sampled_from([PRESETS[name].for_scale(scale) for name in PRESETS for scale in (2, 3, 4)]),
    data=st.sampled_from([(), (Path("a b"),), (Path("a"), Path("--b"))]),
    validation=st.none() | st.just(Path("v 'x'")),
    held_out=st.floats(0, 0.99),
    degradation=st.sampled_from(Degradation),
    border=st.sampled_from(Border),
    crop=st.integers(40, 100),
    sampling=st.sampled_from(Sampling),
    stride=st.integers(1, 50),
    turns=st.booleans(),
    rescales=st.lists(st.floats(0.01, 1), min_size=1, max_size=4).map(tuple),
    memory_mb=st.integers(1, 10**6),
    spec=st.builds(SrcnnSpec, st.integers(1, 200), f2=st.just(3), channels=st.sampled_from((1, 3))),
    initial=st.just(Path("w.mat")),
    start=st.sampled_from(Start),
    optimiser=st.sampled_from(OptimiserKind),
    momentum=st.floats(0, 0.999),
    loss=st.sampled_from(LossKind),
    batch=st.integers(1, 10**6),
    rate=st.floats(1e-12, 1e6),
    layer_rates=factors,
    bias_rates=factors,
    schedule=st.just(Schedule.CONSTANT),
    warmup=st.floats(0, 0.99),
    average=st.floats(0, 0.9999999),
    precision=st.sampled_from(Precision),
    seed=st.integers(0, 2**60),
    threads=st.integers(1, 100),
    validate_every=st.integers(1, 10**7),
)
budgets = st.one_of(
    st.fixed_dictionaries({"backprops": st.integers(1, 10**13), "minutes": st.none()}),
    st.fixed_dictionaries({"minutes": st.floats(0.01, 1e6), "backprops": st.none()}),
    st.just({"backprops": None, "minutes": None, "patience": 3}),
)


@given(configs, budgets, st.none() | st.integers(1, 10**6))
def test_any_run_is_repeated_by_its_command(
    config: TrainConfig, budget: dict[str, Any], patience: int | None
) -> None:
    assert_is_repeated(replace(config, **{"patience": patience, **budget}))

"""The files of a run, and the card of its weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from srcnn.errors import OutputError
from srcnn.weights import load_weights
from trainer.checkpoint import TrainState, fresh_state
from trainer.config import TrainConfig
from trainer.run_folder import RunFolder, card_of, command_line, recipe


@pytest.fixture
def state(tiny: TrainConfig) -> TrainState:
    """Return a run that has come to 31 dB in 90 seconds."""
    state = fresh_state(tiny, "digest", "cpu")
    state.step, state.seconds, state.best_db = 24, 90.0, 31.23456
    return state


def test_the_card_says_where_weights_come_from(tiny: TrainConfig, state: TrainState) -> None:
    card = card_of(tiny, state, 5, name="my, run\n")
    assert card.name == "my run"
    assert card.trained_on == f"{tiny.data.name}: 5 pictures"
    assert (card.preset, card.seed, card.backprops, card.minutes) == ("fast", 0, 96, 1.5)
    assert card.psnr == {f"10% of {tiny.data.name} (validation)": 31.2346}
    assert command_line(tiny) in card.notes
    assert recipe(tiny) in card.notes


def test_the_card_names_no_folder_of_this_machine(tiny: TrainConfig, state: TrainState) -> None:
    config = replace(tiny, validation=tiny.data / "more", initial=tiny.data / "first.safetensors")
    card = card_of(config, state, 5, name="x")
    assert str(tiny.data.parent) not in repr(card)
    assert list(card.psnr) == ["more (validation)"]


def test_an_infinite_figure_stays_off_the_card(tiny: TrainConfig, state: TrainState) -> None:
    state.best_db = np.inf
    assert card_of(tiny, state, 5, name="x").psnr == {}


def test_weights_are_named_after_their_folder(tiny: TrainConfig, state: TrainState) -> None:
    folder = RunFolder(tiny.out)
    folder.create()
    path = folder.save_weights(tiny, state, 5)
    weights = load_weights(path)
    assert (path, weights.name) == (folder.weights, "run")
    for one, other in zip(weights.arrays, state.best, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_command_line_starts_the_run_again(tiny: TrainConfig) -> None:
    config = replace(tiny, data=Path("my pictures"), seed=7)
    assert command_line(config) == (
        "srcnn-train --data 'my pictures' --scale 2 --preset fast --backprops 96 "
        "--seed 7 --threads 1"
    )
    by_clock = replace(config, validation=Path("v"), initial=Path("w.mat"), minutes=2.5)
    assert command_line(by_clock) == (
        "srcnn-train --data 'my pictures' --scale 2 --validation v --preset fast --minutes 2.5 "
        "--initial w.mat --seed 7 --threads 1"
    )


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot be made") as caught:
        RunFolder(tmp_path / "file" / "run").create()
    assert "--out" in caught.value.hint


def test_an_empty_folder_may_be_used(tmp_path: Path) -> None:
    RunFolder(tmp_path).create()
    assert tmp_path.is_dir()

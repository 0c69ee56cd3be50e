"""Checkpoints: whole or not at all."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from srcnn.errors import OutputError, TrainingError
from srcnn.network import arrays_of
from trainer.checkpoint import TrainState, load_checkpoint, save_checkpoint
from trainer.config import TrainConfig
from trainer.events import CheckpointSaved
from trainer.loop import train
from trainer.run_folder import RunFolder


@pytest.fixture
def checkpoint(tiny: TrainConfig) -> Path:
    """Return the first checkpoint of a run that was then abandoned."""
    events = train(tiny)
    saved = next(event for event in events if isinstance(event, CheckpointSaved))
    return saved.path


def contents(state: TrainState) -> dict[str, object]:
    """Return everything a state holds, comparable."""
    moments = {
        (index, name): value.tolist()
        for index, entry in state.optimiser.state_dict()["state"].items()
        for name, value in entry.items()
    }
    nets = {
        name: [array.tolist() for array in arrays]
        for name, arrays in (
            ("network", arrays_of(state.network)),
            ("average", arrays_of(state.average)),
            ("best", state.best),
        )
    }
    return {
        "moments": moments,
        **nets,
        "rng": state.rng.bit_generator.state,
        "loss": state.loss_sum.item(),
        "numbers": (state.step, state.seconds, state.best_db, state.data_digest),
        "curve": state.curve,
    }


def test_what_is_read_is_what_was_written(
    checkpoint: Path, tiny: TrainConfig, tmp_path: Path
) -> None:
    config, state = load_checkpoint(checkpoint)
    assert config == tiny
    assert (state.step, len(state.curve)) == (8, 3)
    state.loss_sum += 0.25
    save_checkpoint(state, config, tmp_path / "again.safetensors")
    again_config, again = load_checkpoint(tmp_path / "again.safetensors")
    assert again_config == config
    assert contents(again) == contents(state)
    assert all(not parameter.requires_grad for parameter in again.average.parameters())
    assert all(parameter.requires_grad for parameter in again.network.parameters())


def test_the_file_holds_tensors_and_text_only(checkpoint: Path) -> None:
    with safe_open(checkpoint, framework="pt") as file:
        assert "optimiser.0.exp_avg" in file.keys()  # noqa: SIM118 - a file is no mapping
        assert file.get_tensor("network.0").shape == (8, 1, 9, 9)


def test_an_absent_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no run to resume in") as caught:
        load_checkpoint(tmp_path / "checkpoint.safetensors")
    assert "checkpoint.safetensors" in caught.value.hint


@pytest.mark.parametrize("damage", ["cut", "noise", "of another program", "of another version"])
def test_a_damaged_checkpoint_is_refused(checkpoint: Path, damage: str) -> None:
    data = checkpoint.read_bytes()
    if damage == "cut":
        checkpoint.write_bytes(data[: len(data) // 2])
    elif damage == "noise":
        checkpoint.write_bytes(np.random.default_rng(0).bytes(1000))
    elif damage == "of another program":
        save_file({"weight": torch.zeros(3)}, checkpoint)
    else:
        checkpoint.write_bytes(data.replace(b'\\"rescales\\"', b'\\"rescaler\\"'))
    with pytest.raises(TrainingError, match="damaged or of another version"):
        load_checkpoint(checkpoint)


def test_a_failed_write_leaves_the_old_checkpoint(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, state = load_checkpoint(checkpoint)
    before = checkpoint.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OutputError, match="disk is full"):
        save_checkpoint(state, config, checkpoint)
    assert checkpoint.read_bytes() == before
    assert [path.name for path in checkpoint.parent.iterdir()] == [checkpoint.name]


def test_a_folder_that_went_away_is_said(checkpoint: Path, tmp_path: Path) -> None:
    config, state = load_checkpoint(checkpoint)
    with pytest.raises(OutputError, match="cannot be written"):
        save_checkpoint(state, config, tmp_path / "gone" / "checkpoint.safetensors")


def test_a_run_killed_while_writing_goes_on_from_the_checkpoint_before(
    tiny: TrainConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes = itertools.count()

    def killed_at_the_second(_descriptor: int) -> None:
        if next(writes) == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", killed_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        list(train(tiny))
    _, state = load_checkpoint(RunFolder(tiny.out).checkpoint)
    assert state.step == 8

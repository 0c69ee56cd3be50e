"""Checkpoints: whole or not at all, and one behind the last."""

from __future__ import annotations

import errno
import itertools
import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from srcnn.errors import OutputError, TrainingError
from srcnn.network import arrays_of
from trainer.checkpoint import TrainState, load_checkpoint, save_checkpoint
from trainer.config import OptimiserKind, TrainConfig
from trainer.events import CheckpointSaved, RunStarted, TrainEvent
from trainer.loop import resume, train
from trainer.report import describe
from trainer.run_folder import RunFolder


@pytest.fixture
def run(tiny: TrainConfig) -> RunFolder:
    """Return a run that was abandoned at its third checkpoint, after 16 steps."""
    return abandoned(tiny, 3)


def abandoned(config: TrainConfig, checkpoints: int) -> RunFolder:
    events = train(config)
    saved = (event for event in events if isinstance(event, CheckpointSaved))
    for _ in range(checkpoints):
        next(saved)
    events.close()
    return RunFolder(config.out)


def contents(state: TrainState) -> dict[str, object]:
    """Return everything a state holds, comparable."""
    moments = {
        (index, name): value.tolist()
        for index, entry in state.optimiser.state_dict()["state"].items()
        for name, value in entry.items()
    }
    nets = {"network": arrays_of(state.network), "average": arrays_of(state.average)}
    named = {name: getattr(state, name) for name in TrainState.__slots__}
    return named | {
        "optimiser": moments,
        "loss_sum": state.loss_sum.item(),
        "best": [array.tolist() for array in state.best],
        **{name: [array.tolist() for array in arrays] for name, arrays in nets.items()},
    }


@pytest.mark.parametrize("kind", OptimiserKind)
def test_what_is_read_is_what_was_written(tiny: TrainConfig, kind: OptimiserKind) -> None:
    config = replace(tiny, optimiser=kind, rate=1e-3)
    folder = abandoned(config, 3)
    state, note = load_checkpoint(folder, config, "cpu")
    assert (state.step, note) == (16, "")
    state.loss_sum += 0.25
    save_checkpoint(state, folder)
    again, _ = load_checkpoint(folder, config, "cpu")
    assert contents(again) == contents(state)
    assert type(again.optimiser) is type(state.optimiser)
    assert all(not parameter.requires_grad for parameter in again.average.parameters())
    assert all(parameter.requires_grad for parameter in again.network.parameters())


def test_the_file_holds_tensors_and_text_only(run: RunFolder) -> None:
    with safe_open(run.checkpoint, framework="pt") as file:
        assert "optimiser.0.first" in file.keys()  # noqa: SIM118 - a file is no mapping
        assert file.get_tensor("network.0").shape == (8, 1, 9, 9)


def test_an_absent_run_is_named(tiny: TrainConfig) -> None:
    with pytest.raises(TrainingError, match="no run to resume in") as caught:
        load_checkpoint(RunFolder(tiny.out), tiny, "cpu")
    assert "checkpoint.safetensors" in caught.value.hint


def damage(path: Path, how: str) -> None:
    data = path.read_bytes()
    match how:
        case "cut":
            path.write_bytes(data[: len(data) // 2])
        case "empty":
            path.write_bytes(b"")
        case "noise":
            path.write_bytes(np.random.default_rng(0).bytes(1000))
        case "of another program":
            save_file({"weight": torch.zeros(3)}, path)
        case "of another version":
            path.write_bytes(data.replace(b'\\"waited\\"', b'\\"wanted\\"'))
        case "of another network":
            path.write_bytes(data.replace(b"[8,1,9,9]", b"[8,9,1,9]"))
        case "gone":
            path.unlink()


DAMAGES = [
    "cut", "empty", "noise", "of another program", "of another version", "of another network"
]  # fmt: skip


@pytest.mark.parametrize("how", [*DAMAGES, "gone"])
def test_after_a_damaged_checkpoint_the_one_before_leads_to_the_same_end(
    tiny: TrainConfig,
    tmp_path: Path,
    how: str,
    digest: Callable[[Path], str],
    curve_of: Callable[[Iterable[TrainEvent]], list[TrainEvent]],
) -> None:
    whole = list(train(tiny))
    folder = abandoned(replace(tiny, out=tmp_path / "damaged"), 3)
    damage(folder.checkpoint, how)
    events = list(resume(folder.path))
    started = next(event for event in events if isinstance(event, RunStarted))
    assert "damaged or missing" in started.note
    assert "after 32 backprops" in started.note
    assert started.note in describe(started)
    assert digest(folder.path) == digest(tiny.out)
    assert curve_of(folder.read_events()) == curve_of(whole)


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("before", ["cut", "gone"])
def test_two_damaged_checkpoints_are_one_sentence(run: RunFolder, how: str, before: str) -> None:
    damage(run.checkpoint, how)
    damage(run.checkpoint_before, before)
    with pytest.raises(TrainingError, match="damaged or of another version") as caught:
        list(resume(run.path))
    assert "--initial" in caught.value.hint


def test_a_full_disk_leaves_both_checkpoints(
    run: RunFolder, tiny: TrainConfig, full_disk: Callable[[int], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    state, _ = load_checkpoint(run, tiny, "cpu")
    before = {path: path.read_bytes() for path in run.path.iterdir() if path.is_file()}
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full_disk)
        with pytest.raises(OutputError, match="disk is full"):
            save_checkpoint(state, run)
    assert {path: path.read_bytes() for path in run.path.iterdir() if path.is_file()} == before


def test_checkpoints_that_cannot_be_exchanged_are_a_sentence(
    run: RunFolder, tiny: TrainConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, _ = load_checkpoint(run, tiny, "cpu")
    replace_file = Path.replace

    def refused(path: Path, target: Path) -> Path:
        if target == run.checkpoint:
            raise OSError(errno.EIO, "Input/output error")
        return replace_file(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refused)
        with pytest.raises(OutputError, match=r"checkpoint\.safetensors cannot be written"):
            save_checkpoint(state, run)
    assert load_checkpoint(run, tiny, "cpu")[0].step == 16  # from the one before


def test_a_folder_that_went_away_is_said(run: RunFolder, tiny: TrainConfig) -> None:
    state, _ = load_checkpoint(run, tiny, "cpu")
    with pytest.raises(OutputError, match="cannot be written"):
        save_checkpoint(state, RunFolder(run.path / "gone"))


@pytest.mark.parametrize("write", range(3, 12))
def test_a_run_killed_at_any_write_ends_in_the_very_same_weights(
    tiny: TrainConfig, tmp_path: Path, write: int, monkeypatch: pytest.MonkeyPatch,
    digest: Callable[[Path], str],
) -> None:  # fmt: skip
    """Each file is seen to be on the disk by one ``fsync``: the run dies in one of them."""
    list(train(tiny))
    writes = itertools.count()
    fsync = os.fsync

    def killed(descriptor: int) -> None:
        if next(writes) == write:
            raise KeyboardInterrupt
        fsync(descriptor)

    out = tmp_path / "killed"
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", killed)
        with pytest.raises(KeyboardInterrupt):
            list(train(replace(tiny, out=out)))
    list(resume(out))
    assert digest(out) == digest(tiny.out)

"""The files of a run."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from srcnn.errors import OutputError, TrainingError
from srcnn.weights import ModelCard, load_weights
from trainer import run_folder as module
from trainer.checkpoint import fresh_state
from trainer.config import TrainConfig
from trainer.events import StepDone, Validated, WeightsSnapshot
from trainer.loop import train
from trainer.run_folder import RunFolder, list_runs

STEP = StepDone(3200, 0.25, 61.0, 0.001234, 5e-4, 640.0, 180.0, 300.0)
CHECK = Validated(3200, 62.0, 31.2345, is_best=True, waited=0)


@pytest.fixture
def folder(tiny: TrainConfig) -> RunFolder:
    """Return the folder of a new run."""
    folder = RunFolder(tiny.out)
    folder.create(tiny)
    return folder


def test_settings_are_read_as_they_were_written(folder: RunFolder, tiny: TrainConfig) -> None:
    assert folder.read_config() == tiny


def test_a_folder_that_was_moved_is_where_the_run_is_now(folder: RunFolder, tmp_path: Path) -> None:
    moved = RunFolder(folder.path.rename(tmp_path / "moved"))
    assert moved.read_config().out == moved.path


@pytest.mark.parametrize(
    "content",
    [None, b"", b"no json", b"[]", b'"text"', b'{"rate": "fast"}', b'{"colour": 1}', b"\xff\xfe",
     b"[" * 100_000, b'{"scale": 7}', b'{"border": "none"}', b'{"spec": {"n1": 0}}'],
)  # fmt: skip
def test_settings_that_cannot_be_read_are_a_sentence(
    folder: RunFolder, content: bytes | None
) -> None:
    if content is None:
        folder.config.unlink()
    else:
        folder.config.write_bytes(content)
    with pytest.raises(TrainingError, match="holds no run that can be read") as caught:
        folder.read_config()
    assert caught.value.hint


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, tiny: TrainConfig) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot be made") as caught:
        RunFolder(tmp_path / "file" / "run").create(tiny)
    assert "--out" in caught.value.hint


def test_a_folder_that_cannot_be_written_to_is_said(
    tmp_path: Path, tiny: TrainConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_descriptor: int) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "fsync", refused)
    with pytest.raises(OutputError, match="run cannot be written to"):
        next(train(tiny))
    assert not RunFolder(tiny.out).is_run


@pytest.mark.parametrize("name", ["config", "checkpoint", "weights"])
def test_a_folder_with_a_run_is_not_overwritten(
    tmp_path: Path, tiny: TrainConfig, name: str
) -> None:
    folder = RunFolder(tmp_path)
    getattr(folder, name).write_bytes(b"kept")
    with pytest.raises(OutputError, match="holds a run already") as caught:
        folder.create(tiny)
    assert "--resume" in caught.value.hint
    assert getattr(folder, name).read_bytes() == b"kept"


def test_a_folder_with_other_files_may_be_used(tmp_path: Path, tiny: TrainConfig) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    RunFolder(tmp_path).create(tiny)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_events_are_kept_in_order(folder: RunFolder) -> None:
    snapshot = WeightsSnapshot(3200, 62.0, folder.path / "a.safetensors")
    for event in (STEP, CHECK, snapshot):
        folder.append(event)
    assert folder.read_events() == [STEP, CHECK, snapshot]
    assert folder.read_curve() == (STEP, CHECK, snapshot)
    assert folder.events_length() == folder.events.stat().st_size


def test_a_line_that_was_cut_short_or_damaged_is_left_out(folder: RunFolder) -> None:
    folder.append(STEP)
    with folder.events.open("ab") as file:
        file.write(b"\xff\xfe\n{}\n[1]\n\n")
    folder.append(CHECK)
    data = folder.events.read_bytes()
    folder.events.write_bytes(data + data[:30])
    assert folder.read_events() == [STEP, CHECK]


def test_events_are_cut_where_a_checkpoint_says(folder: RunFolder) -> None:
    folder.append(STEP)
    length = folder.events_length()
    folder.append(CHECK)
    folder.cut_events(length)
    assert folder.read_events() == [STEP]
    folder.cut_events(10 * length)  # never made longer
    assert folder.events_length() == length


def test_without_events_there_is_nothing_to_cut_or_read(folder: RunFolder) -> None:
    folder.cut_events(0)
    assert folder.read_events() == []


def test_events_that_cannot_be_written_are_a_sentence(
    folder: RunFolder, full_disk: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.append(STEP)
    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OutputError, match=r"disk is full: events\.jsonl"):
        folder.events_length()
    folder.events.unlink()
    folder.events.mkdir()
    for use in (lambda: folder.append(STEP), folder.events_length, lambda: folder.cut_events(0)):
        with pytest.raises(OutputError, match=r"events\.jsonl cannot be written"):
            use()


def test_weights_carry_their_card(folder: RunFolder, tiny: TrainConfig) -> None:
    arrays = fresh_state(tiny, "", "cpu").best
    for save in (folder.save_best, folder.save_weights):
        weights = load_weights(save(tiny, arrays, ModelCard(name="mine", backprops=96)))
        assert (weights.name, weights.scale, weights.card.backprops) == ("mine", 2, 96)
        for one, other in zip(weights.arrays, arrays, strict=True):
            np.testing.assert_array_equal(one, other)
    assert folder.best.exists()
    assert folder.weights.exists()


def test_snapshots_are_thinned_out_when_they_are_many(
    folder: RunFolder, tiny: TrainConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_SNAPSHOTS", 8)
    arrays = fresh_state(tiny, "", "cpu").best
    for number in range(1, 60):
        path = folder.save_snapshot(tiny, arrays, 100 * number)
        kept = [int(file.stem) for file in folder.list_snapshots()]
        assert path.exists()
        assert len(kept) == min(number, 8)
        assert (kept[0], kept[-1]) == (100, 100 * number)  # the first and the newest stay
        if number > 1:  # the others lie evenly between them
            assert np.diff(kept).max() <= 3 * number * 100 / 8 + 100


def test_a_snapshot_can_be_used_as_weights(folder: RunFolder, tiny: TrainConfig) -> None:
    arrays = fresh_state(tiny, "", "cpu").best
    weights = load_weights(folder.save_snapshot(tiny, arrays, 4000))
    assert (weights.spec, weights.scale) == (tiny.spec, 2)


def test_discard_removes_all_of_a_run_and_nothing_else(tiny: TrainConfig) -> None:
    list(train(tiny))
    folder = RunFolder(tiny.out)
    assert len(list(folder.path.rglob("*"))) > 6
    mine = [folder.path / "notes.txt", folder.snapshots / "mine.safetensors"]
    for path in mine:
        path.write_text("mine")
    folder.discard()
    assert sorted(path for path in folder.path.rglob("*") if path.is_file()) == mine
    for path in mine:
        path.unlink()
    folder.discard()
    assert not folder.path.exists()


def test_runs_are_listed_the_newest_first(tmp_path: Path, tiny: TrainConfig) -> None:
    assert list_runs(tmp_path / "gone") == []
    for age, name in enumerate(("old", "older", "oldest")):
        folder = RunFolder(tmp_path / name)
        folder.create(replace(tiny, out=folder.path))
        os.utime(folder.config, (10_000 - age, 10_000 - age))
    (tmp_path / "no run").mkdir()
    (tmp_path / "file").write_text("")
    assert [run.path.name for run in list_runs(tmp_path)] == ["old", "older", "oldest"]

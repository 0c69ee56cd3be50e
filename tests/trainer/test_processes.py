"""Several processes that learn together."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import distributed

from srcnn.errors import TrainingError
from srcnn.weights import load_weights
from trainer.config import OptimiserKind, Precision, Start, TrainConfig
from trainer.events import DataRead, RunStarted, StepDone, StopReason, TrainEvent, Validated
from trainer.gradients import DistributedGradients
from trainer.loop import train
from trainer.processes import (
    decided_by_first,
    device_of_process,
    process_group,
    share_of_process,
)
from trainer.report import from_json
from trainer.run import Run
from trainer.run_folder import RunFolder
from trainer.workers import workers_of_one_thread


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@pytest.fixture
def started_by_torchrun(monkeypatch: pytest.MonkeyPatch) -> None:
    """Say what ``torchrun`` says to the only process it starts."""
    values = {
        "TORCHELASTIC_RUN_ID": "test", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": free_port(),
        "RANK": "0", "WORLD_SIZE": "1", "LOCAL_RANK": "0",
    }  # fmt: skip
    for name, value in values.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def in_a_group(started_by_torchrun: None, tiny: TrainConfig) -> Iterator[int]:
    """Be the first process of one."""
    with process_group(tiny) as rank:
        yield rank


def test_a_process_of_its_own_decides_alone(tiny: TrainConfig) -> None:
    batch = np.arange(8, dtype=np.float32)
    with process_group(tiny) as rank:
        assert rank == 0
        assert not distributed.is_initialized()
        assert decided_by_first(0.25, "cpu") == 0.25
        assert device_of_process("cuda") == "cuda"
        assert share_of_process(batch).tolist() == batch.tolist()


def test_a_group_of_one_decides_for_itself(in_a_group: int, tiny: TrainConfig) -> None:
    assert in_a_group == 0
    assert decided_by_first(0.1, "cpu") == 0.1  # not rounded on the way
    with process_group(tiny) as rank:  # whoever is in a group already stays in it
        assert rank == 0
    assert distributed.is_initialized()


def test_each_process_has_a_gpu_of_its_own(
    in_a_group: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCAL_RANK", "3")
    assert device_of_process("cuda") == "cuda:3"
    assert device_of_process("cuda:1") == "cuda:1"
    assert device_of_process("cpu") == "cpu"


def test_the_group_is_left_in_the_end(started_by_torchrun: None, tiny: TrainConfig) -> None:
    with pytest.raises(ZeroDivisionError), process_group(tiny):
        raise ZeroDivisionError
    assert not distributed.is_initialized()


def test_a_batch_that_cannot_be_shared_evenly_is_a_sentence(
    started_by_torchrun: None, tiny: TrainConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distributed, "get_world_size", lambda: 3)
    with pytest.raises(TrainingError, match="3 processes cannot share a batch of 4") as caught:
        next(train(tiny))
    assert "divides" in caught.value.hint
    assert not distributed.is_initialized()


def test_shares_are_all_of_a_batch(in_a_group: int, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = np.arange(12, dtype=np.float32).reshape(6, 2)
    monkeypatch.setattr(distributed, "get_world_size", lambda: 3)
    parts = []
    for rank in range(3):
        monkeypatch.setattr(distributed, "get_rank", lambda rank=rank: rank)
        parts.append(share_of_process(batch).numpy())
    assert [part.shape for part in parts] == [(2, 2)] * 3
    np.testing.assert_array_equal(np.concatenate(parts), batch)


@pytest.mark.parametrize("precision", Precision)
def test_a_group_of_one_learns_what_one_alone_learns(
    started_by_torchrun: None,
    tiny: TrainConfig,
    tmp_path: Path,
    precision: Precision,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config = replace(tiny, precision=precision)
    list(train(config))
    assert not distributed.is_initialized()
    with monkeypatch.context() as patch:
        patch.delenv("TORCHELASTIC_RUN_ID")
        list(train(replace(config, out=tmp_path / "alone")))
    ours = load_weights(tiny.out / "weights.safetensors")
    alone = load_weights(tmp_path / "alone" / "weights.safetensors")
    for one, other in zip(ours.arrays, alone.arrays, strict=True):
        np.testing.assert_allclose(one, other, atol=2e-4)


def test_the_others_report_and_write_nothing(in_a_group: int, tiny: TrainConfig) -> None:
    """A process of another rank learns the same steps in silence."""
    folder = RunFolder(tiny.out)
    with workers_of_one_thread(1) as workers:
        run = Run(tiny, folder, "cpu", workers, rank=1)
        list(run.begin(anew=True))
        assert isinstance(run.gradients, DistributedGradients)
        silence = [run.started(), run.validate(lambda: pytest.fail("asked"))]  # type: ignore[arg-type]
        for _ in range(2):
            low, truth = map(torch.from_numpy, run.sub_images.sample(run.state.step))
            run.state.loss_sum += run.gradients(low, truth)
            run.step()
        silence += [run.report(0.5, 1e-3), run.snapshot(), run.save()]
        silence.append(run.finish(StopReason.COMPLETED))
    assert silence == [[]] * len(silence)
    assert run.state.reported_step == 2
    assert not tiny.out.exists()


@pytest.mark.slow
def test_two_processes_learn_what_one_learns(
    tiny: TrainConfig,
    tmp_path: Path,
    curve_of: Callable[[Iterable[TrainEvent]], list[TrainEvent]],
) -> None:
    """Each has half of every batch; more than last bits would differ if one were left out.

    By SGD: SOAP begins with the eigenvectors of a single gradient, and blows up last bits.
    """
    config = replace(tiny, optimiser=OptimiserKind.SGD, rate=0.02, start=Start.HE)
    alone = list(train(config))
    settings = [
        "n1=8", "n2=4", "crop=17", "rescales=1,0.7", "batch=4", "report_every=4", "rate=0.02",
        "optimiser=sgd", "start=he", "validate_every=8", "snapshot_every=12",
    ]  # fmt: skip
    out = tmp_path / "two"
    done = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2",
         "-m", "trainer.cli", "--data", str(tiny.data[0]), "--scale", "2", "--backprops", "96",
         "--threads", "1", "--jsonl", "--out", str(out),
         *[word for setting in settings for word in ("--set", setting)]],
        capture_output=True, text=True, timeout=120, check=False,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    events = [from_json(line) for line in done.stdout.splitlines()]
    assert sum(isinstance(event, RunStarted) for event in events) == 1
    assert RunFolder(out).read_events() == [e for e in events if not isinstance(e, DataRead)]
    assert [(type(event), event.backprops) for event in curve_of(events)] == [
        (type(event), event.backprops) for event in curve_of(alone)
    ]
    for two, one in zip(curve_of(events), curve_of(alone), strict=True):
        if isinstance(two, StepDone):
            assert isinstance(one, StepDone)
            assert two.loss == pytest.approx(one.loss, rel=1e-5)
            assert two.rate == one.rate
        if isinstance(two, Validated):
            assert isinstance(one, Validated)
            assert two.psnr_db == pytest.approx(one.psnr_db, abs=1e-3)
    losses = [event.loss for event in events if isinstance(event, StepDone)]
    assert losses[-1] < 0.8 * losses[0]
    theirs = load_weights(out / "weights.safetensors")
    ours = load_weights(tiny.out / "weights.safetensors")
    assert theirs.spec == ours.spec
    for two_array, one_array in zip(theirs.arrays, ours.arrays, strict=True):
        np.testing.assert_allclose(two_array, one_array, atol=1e-6)

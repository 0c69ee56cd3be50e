"""Full disks, little memory, pictures that cannot be used: a sentence, and nothing is lost."""

from __future__ import annotations

import builtins
import errno
import io
import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from srcnn.errors import DataError, OutputError, TrainingError
from trainer.config import TrainConfig
from trainer.events import StepDone, TrainEvent, Validated
from trainer.loop import resume, train
from trainer.memory import memory_explained
from trainer.run_folder import RunFolder

CurveOf = Callable[[Iterable[TrainEvent]], list[TrainEvent]]


def run_until(config: TrainConfig, backprops: int, then: Callable[[], None]) -> None:
    """Iterate, and let something happen after a step."""
    for event in train(config):
        if isinstance(event, StepDone) and event.backprops == backprops:
            then()


@pytest.mark.parametrize("backprops", [16, 32, 64])
def test_a_full_disk_while_saving_is_a_sentence_and_the_run_can_be_resumed(
    tiny: TrainConfig,
    tmp_path: Path,
    backprops: int,
    full_disk: Callable[[int], None],
    monkeypatch: pytest.MonkeyPatch,
    digest: Callable[[Path], str],
    curve_of: CurveOf,
) -> None:
    whole = list(train(tiny))
    out = tmp_path / "full"
    config = replace(tiny, out=out)
    with (
        monkeypatch.context() as patch,
        pytest.raises(OutputError, match="disk is full") as caught,
    ):
        run_until(config, backprops, lambda: patch.setattr(os, "fsync", full_disk))
    assert "Make room" in caught.value.hint
    assert not list(out.rglob("*.part"))
    resumed = list(resume(out))
    assert digest(out) == digest(tiny.out)
    assert curve_of(RunFolder(out).read_events()) == curve_of(whole)
    assert curve_of(resumed)


class FullFile(io.TextIOWrapper):
    """A file that takes half of what is written, and then there is no room."""

    def write(self, text: str) -> int:
        super().write(text[: len(text) // 2])
        self.flush()
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("backprops", [16, 32, 48])
def test_a_full_disk_while_reporting_is_a_sentence_and_the_run_can_be_resumed(
    tiny: TrainConfig,
    tmp_path: Path,
    backprops: int,
    monkeypatch: pytest.MonkeyPatch,
    digest: Callable[[Path], str],
    curve_of: CurveOf,
) -> None:
    whole = list(train(tiny))
    out = tmp_path / "full"
    opened = io.open

    def open_file(path: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        if Path(path).name == "events.jsonl" and mode == "a":
            return FullFile(opened(path, "ab"), encoding="utf-8")
        return opened(path, mode, *args, **kwargs)

    with monkeypatch.context() as patch:

        def fill() -> None:
            patch.setattr(io, "open", open_file)
            patch.setattr(builtins, "open", open_file)

        with pytest.raises(OutputError, match=r"disk is full: events\.jsonl"):
            run_until(replace(tiny, out=out), backprops, fill)
    assert not RunFolder(out).events.read_bytes().endswith(b"\n")  # half a line is there
    list(resume(out))
    assert digest(out) == digest(tiny.out)
    assert curve_of(RunFolder(out).read_events()) == curve_of(whole)


EXHAUSTED = [
    MemoryError(),
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
    RuntimeError("[enforce fail at alloc_cpu.cpp:114] DefaultCPUAllocator: can't allocate memory"),
]


@pytest.mark.parametrize("error", EXHAUSTED, ids=lambda error: type(error).__name__)
def test_too_little_memory_is_a_sentence_that_names_what_to_lower(
    tiny: TrainConfig,
    tmp_path: Path,
    error: Exception,
    monkeypatch: pytest.MonkeyPatch,
    digest: Callable[[Path], str],
) -> None:
    """It happens in a worker, at the tenth part of a batch."""
    from trainer import gradients

    list(train(tiny))
    calls = 0
    arranged = gradients.arranged

    def exhausted(*args: Any) -> torch.Tensor:
        nonlocal calls
        calls += 1
        if calls == 10:
            raise error
        return arranged(*args)

    out = tmp_path / "exhausted"
    with monkeypatch.context() as patch:
        patch.setattr(gradients, "arranged", exhausted)
        with pytest.raises(TrainingError, match="memory of cpu is not enough") as caught:
            list(train(replace(tiny, out=out)))
    assert caught.value.__cause__ is error
    for word in ("batch (4)", "sub-image (17)", "memory for pictures (1024 MB)"):
        assert word in caught.value.hint
    list(resume(out))
    assert digest(out) == digest(tiny.out)


def test_other_errors_pass_through(tiny: TrainConfig) -> None:
    with pytest.raises(RuntimeError, match=r"^mat1 and mat2"), memory_explained(tiny):
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")
    with pytest.raises(KeyError), memory_explained(tiny):
        raise KeyError("memory")
    with pytest.raises(DataError, match="memory"), memory_explained(tiny):
        raise DataError("There is no picture in memory")


def test_nothing_usable_to_learn_from_leaves_a_sentence(tiny: TrainConfig, tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "bad.png").write_bytes(b"bad")
    config = replace(tiny, data=(tmp_path / "bad",), validation=tiny.data[0])
    with pytest.raises(DataError, match="no usable picture to learn from"):
        list(train(config))
    config = replace(tiny, validation=tmp_path / "bad")
    with pytest.raises(DataError, match="no usable picture to validate on"):
        list(train(config))


def test_an_event_is_in_the_file_before_it_is_told(tiny: TrainConfig) -> None:
    """Whoever sees an event finds it on disk, whatever comes next."""
    for event in train(tiny):
        if isinstance(event, StepDone | Validated):
            assert RunFolder(tiny.out).read_events()[-1] == event

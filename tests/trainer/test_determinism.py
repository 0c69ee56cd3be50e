"""The same settings give the same numbers, however and on however many threads they are run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from trainer.config import TrainConfig
from trainer.events import TrainEvent
from trainer.loop import train
from trainer.report import from_json

Timeless = Callable[[Iterable[TrainEvent]], list[TrainEvent]]


@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_seed_gives_the_same_events_and_another_seed_others(
    tiny: TrainConfig, tmp_path: Path, threads: int, timeless: Timeless,
    digest: Callable[[Path], str],
) -> None:  # fmt: skip
    config = replace(tiny, threads=threads, batch=20, backprops=480)
    first = list(train(config))
    again = list(train(replace(config, out=tmp_path / "again")))
    other = list(train(replace(config, out=tmp_path / "other", seed=1)))
    assert timeless(first) == timeless(again)
    assert digest(config.out) == digest(tmp_path / "again")
    assert timeless(first) != timeless(other)
    assert digest(config.out) != digest(tmp_path / "other")


def test_the_number_of_threads_changes_no_bit(
    tiny: TrainConfig, tmp_path: Path, digest: Callable[[Path], str]
) -> None:
    for threads in (1, 2, 3):
        out = tmp_path / str(threads)
        list(train(replace(tiny, threads=threads, batch=20, backprops=480, out=out)))
    assert digest(tmp_path / "1") == digest(tmp_path / "2") == digest(tmp_path / "3")


def test_the_command_line_gives_the_same_numbers(
    tiny: TrainConfig, tmp_path: Path, timeless: Timeless, digest: Callable[[Path], str]
) -> None:
    ours = list(train(tiny))
    settings = [
        "n1=8", "n2=4", "crop=17", "rescales=1,0.7", "batch=4", "report_every=4",
        "validate_every=8", "snapshot_every=12",
    ]  # fmt: skip
    out = tmp_path / "theirs"
    printed = subprocess.run(
        [sys.executable, "-m", "trainer.cli", "--data", str(tiny.data[0]), "--scale", "2",
         "--backprops", "96", "--threads", "1", "--out", str(out), "--jsonl",
         *[word for setting in settings for word in ("--set", setting)]],
        check=True, capture_output=True, text=True, timeout=120, env=os.environ | {"LC_ALL": "C"},
    )  # fmt: skip
    assert printed.stderr == ""
    theirs = [from_json(line) for line in printed.stdout.splitlines()]
    assert timeless(theirs) == timeless(ours)
    assert digest(out) == digest(tiny.out)

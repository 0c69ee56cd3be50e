"""A real process, killed in earnest, resumed, and the same weights in the end."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest

from trainer.events import DataRead, RunStarted, StepDone, TrainEvent, Validated
from trainer.report import from_json
from trainer.run_folder import RunFolder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")

STEPS = 100


def command(out: Path, data: Path) -> list[str]:
    settings = [
        "n1=8", "n2=4", "crop=17", "batch=16", "report_every=2", "validate_every=10",
        "snapshot_every=5", "memory_mb=1",
    ]  # fmt: skip
    return [
        sys.executable, "-m", "trainer.cli", "--data", str(data), "--scale", "2", "--backprops",
        str(16 * STEPS), "--threads", "2", "--jsonl", "--out", str(out),
        *[word for setting in settings for word in ("--set", setting)],
    ]  # fmt: skip


def killed_at(words: list[str], last: int | None) -> list[TrainEvent]:
    """Start the program and kill it as soon as it has printed so many events; None: let it end."""
    events: list[TrainEvent] = []
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            try:
                events.append(from_json(line))
            except ValueError:
                assert last is not None  # cut short by the kill
            if last is not None and len(events) >= last:
                process.send_signal(signal.SIGKILL)
                last = 10**9
    # on a busy machine it may have come to its end before the signal did
    assert process.returncode in ((0,) if last is None else (0, -signal.SIGKILL))
    return events


@pytest.mark.slow
def test_a_killed_process_ends_in_the_very_same_weights(
    large_pictures: Path,
    tmp_path: Path,
    digest: Callable[[Path], str],
    curve_of: Callable[[Iterable[TrainEvent]], list[TrainEvent]],
) -> None:
    """Pictures come and go, two threads learn, and the killing is where the dice say."""
    whole = killed_at(command(tmp_path / "whole", large_pictures), None)
    rng = np.random.default_rng()
    moments = [int(rng.integers(1, 4)), int(rng.integers(20, 60))]
    print(f"killed after {moments} events")  # noqa: T201 - shown if it fails

    out = tmp_path / "killed"
    words = command(out, large_pictures)
    for moment in moments:
        seen = killed_at(words, moment)
        assert isinstance(seen[0], DataRead)
        assert not RunFolder(out).weights.exists() or len(seen) > moment
        words = [sys.executable, "-m", "trainer.cli", "--resume", str(out), "--jsonl"]
    resumed = killed_at(words, None)

    assert digest(out) == digest(tmp_path / "whole")
    assert curve_of(RunFolder(out).read_events()) == curve_of(whole)
    steps = [event.backprops for event in curve_of(whole) if isinstance(event, StepDone)]
    assert steps == list(range(32, 16 * STEPS + 1, 32))
    validated = [event.backprops for event in curve_of(whole) if isinstance(event, Validated)]
    assert validated == list(range(0, 16 * STEPS + 1, 160))
    assert any(isinstance(event, RunStarted) for event in resumed)

"""Two programs never train the same run; what a dead one left behind is taken over."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from srcnn.batch.claims import Claim
from srcnn.errors import OutputError, SrcnnError, TrainingError
from trainer.config import TrainConfig
from trainer.control import Command, go_on
from trainer.events import RunFinished
from trainer.loop import resume, train
from trainer.run_claim import claimed

CLAIM = """
import sys
from pathlib import Path
from trainer.control import go_on
from trainer.run_claim import claimed
with claimed(Path(sys.argv[1]), go_on):
    print("claimed", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def other(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Return another process that has claimed ``tmp_path / "run"``."""
    words = [sys.executable, "-c", CLAIM, str(tmp_path / "run")]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "claimed\n"
        yield process
        process.kill()


def test_a_second_program_is_told_which_process_trains_the_run(
    other: subprocess.Popen[str], tmp_path: Path
) -> None:
    with pytest.raises(TrainingError, match=rf"another program \(process {other.pid}\)") as told:
        claimed(tmp_path / "run", go_on).__enter__()
    assert "Wait until it ends" in told.value.hint


def test_the_run_of_a_killed_program_is_taken_over(
    other: subprocess.Popen[str], tmp_path: Path
) -> None:
    other.kill()
    other.wait()
    with claimed(tmp_path / "run", go_on):
        pass
    assert not (tmp_path / "run").exists()  # nothing was in it


def test_two_programs_cannot_begin_or_resume_the_same_run(tiny: TrainConfig) -> None:
    first = train(tiny)
    next(first)
    before = {path: path.read_bytes() for path in tiny.out.rglob("*") if path.is_file()}
    for second in (train(tiny), resume(tiny.out)):
        with pytest.raises(TrainingError, match="is being trained by another program"):
            next(second)
    assert {path: path.read_bytes() for path in tiny.out.rglob("*") if path.is_file()} == before
    assert isinstance([*first][-1], RunFinished)
    assert list(tiny.out.glob(".srcnn-*")) == []


def test_a_run_that_is_broken_off_lets_others_go_on(tiny: TrainConfig) -> None:
    first = train(tiny)
    next(first)
    first.close()  # type: ignore[attr-defined]  # it is a generator
    assert isinstance([*resume(tiny.out)][-1], RunFinished)


def test_nothing_is_left_of_a_run_that_could_not_begin(tiny: TrainConfig, tmp_path: Path) -> None:
    from dataclasses import replace

    with pytest.raises(SrcnnError):
        next(train(replace(tiny, initial=tmp_path / "none.safetensors")))
    assert not tiny.out.exists()


def test_the_control_is_still_asked(tmp_path: Path) -> None:
    with claimed(tmp_path, lambda: Command.STOP) as control:
        assert control() is Command.STOP


def test_a_run_that_is_paused_shows_that_it_lives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beats: list[Claim] = []
    monkeypatch.setattr(Claim, "beat", lambda claim: beats.append(claim))
    answers = [Command.PAUSE, Command.PAUSE, Command.GO_ON]
    with claimed(tmp_path, lambda: answers.pop(0)) as control:
        assert control() is Command.GO_ON
    assert len(beats) == 3


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(OutputError, match="cannot be made"), claimed(tmp_path / "file", go_on):
        pass

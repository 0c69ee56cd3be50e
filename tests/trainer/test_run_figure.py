"""``srcnn-train --figure``: the curve of a run with the lines that it has to beat."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from srcnn.errors import TrainingError
from trainer.events import RunStarted, Validated
from trainer.report import to_json
from trainer.run_figure import convergence_of


@pytest.fixture
def started(tmp_path: Path) -> RunStarted:
    return RunStarted(
        folder=tmp_path, scale=3, network="9-1-5", device="cpu", threads=1,
        training_pictures=82, validation_pictures=5, validation_name="Set5", skipped=(),
        bicubic_db=30.39, paper_db=32.39,
    )  # fmt: skip


def write(started: RunStarted, *figures: float) -> Path:
    events = [started, *(Validated(1000 * k, k, db, True, 0) for k, db in enumerate(figures))]
    lines = [to_json(event) for event in events]
    (started.folder / "events.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return started.folder


def test_on_set5_the_paper_is_beside_the_curve(started: RunStarted):
    content = convergence_of(write(started, 30.39, 32.0, 32.5))
    (curve,) = content.curves
    assert list(curve.points) == [(0, 30.39), (1000, 32.0), (2000, 32.5)]
    bicubic, sc, paper = content.levels
    assert (bicubic.db, paper.db) == (30.39, 32.39)
    assert sc.db == pytest.approx(31.42, abs=0.01)
    assert content.quantity == "PSNR in dB on Set5"


def test_on_other_pictures_there_is_bicubic_alone(started: RunStarted):
    content = convergence_of(write(replace(started, paper_db=None), 30.0))
    assert [level.label for level in content.levels] == ["bicubic"]


def test_a_folder_without_a_validation_is_said(started: RunStarted):
    with pytest.raises(TrainingError, match="no run that was validated"):
        convergence_of(write(started))


def test_the_command_draws_or_says_why_not(started: RunStarted, run, tmp_path: Path, capsys):
    folder, target = write(started, 30.39, 32.0), tmp_path / "run.png"
    assert run("--figure", folder, target) == 0
    assert target.read_bytes().startswith(b"\x89PNG")
    assert run("--figure", folder, tmp_path / "run.jpg") == 2
    for more in (("--data", tmp_path), ("--method", "ksvd"), ("--jsonl",), ("--set", "n1=8")):
        assert run("--figure", folder, tmp_path / "other.png", *more) == 2
    target.write_text("older")
    assert run("--figure", folder, target) == 1
    assert target.read_text() == "older"
    assert run("--figure", folder, target, "--overwrite") == 0
    assert target.read_bytes() != b"older"
    assert run("--overwrite") == 2
    assert run("--figure", tmp_path / "gone", tmp_path / "other.png") == 1
    assert "error: " in capsys.readouterr().err

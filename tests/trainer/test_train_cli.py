"""srcnn-train: what it prints, and every way it refuses."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import pytest

from srcnn.weights import load_weights
from trainer.cli import main


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> int:
    """Call the program; return its exit code."""
    monkeypatch.setattr(sys, "argv", ["srcnn-train", *map(str, arguments)])
    try:
        main()
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    return 0


def test_a_run_prints_its_events_and_leaves_weights(
    pictures: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "run"
    code = run(
        monkeypatch, "--data", pictures, "--validation", pictures / "more", "--scale", 4,
        "--backprops", 1600, "--seed", 3, "--out", out,
    )  # fmt: skip
    assert code == 0
    lines = capsys.readouterr().out.splitlines()
    assert "6 pictures to learn from, 2 to validate on" in lines[0]
    assert "loss" in lines[1]
    assert lines[-1].startswith("completed after 1,600 backprops")
    weights = load_weights(out / "weights.safetensors")
    assert (weights.scale, weights.card.seed, weights.card.preset) == (4, 3, "fast")


def test_jsonl_is_a_line_of_json_an_event(
    pictures: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert (
        run(monkeypatch, "--data", pictures, "--backprops", 32, "--preset", "demo", "--jsonl") == 0
    )
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["event"] for event in events] == [
        "RunStarted", "Validated", "CheckpointSaved", "RunFinished"
    ]  # fmt: skip
    (folder,) = (tmp_path / "runs").iterdir()
    assert folder.name.startswith("9-1-5-x3-")
    assert Path(events[-1]["weights"]).name == "weights.safetensors"


def test_an_interrupted_run_keeps_what_was_learnt_and_can_be_resumed(
    pictures: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from trainer import loop

    steps = 0
    rate_at = loop.rate_at

    def interrupted_at_the_third_step(config: loop.TrainConfig, progress: float) -> float:
        nonlocal steps
        steps += 1
        if steps == 3:
            signal.raise_signal(signal.SIGINT)
        return rate_at(config, progress)

    monkeypatch.setattr(loop, "rate_at", interrupted_at_the_third_step)
    before = signal.getsignal(signal.SIGINT)
    out = tmp_path / "run"
    assert run(monkeypatch, "--data", pictures, "--backprops", 96, "--out", out) == 0
    printed = capsys.readouterr()
    assert "what was learnt is kept" in printed.err
    assert printed.out.splitlines()[-1].startswith("stopped after 48 backprops")
    assert signal.getsignal(signal.SIGINT) is before

    moved = out.rename(tmp_path / "moved")
    assert run(monkeypatch, "--resume", moved) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "going on after 48 backprops" in lines[0]
    assert lines[-1].startswith("completed after 96 backprops")
    assert load_weights(moved / "weights.safetensors").card.backprops == 96


def test_a_second_interrupt_ends_the_run_at_once(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trainer import loop

    def interrupted_twice(_config: loop.TrainConfig, _progress: float) -> float:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        raise AssertionError("went on after the second Ctrl-C")

    monkeypatch.setattr(loop, "rate_at", interrupted_twice)
    code = run(monkeypatch, "--data", pictures, "--backprops", 96, "--out", tmp_path / "run")
    assert code != 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--scale", "3"], "--data"),
        (["--data", ".", "--scale", "5"], "--scale"),
        (["--data", ".", "--scale", "many"], "--scale"),
        (["--data", ".", "--preset", "slow"], "--preset"),
        (["--data", ".", "--minutes", "1", "--backprops", "9"], "not both"),
        (["--data", ".", "--minutes", "0"], "--minutes"),
        (["--data", ".", "--backprops", "0"], "--backprops"),
        (["--data", ".", "--threads", "0"], "--threads"),
        (["--data", ".", "--colour"], "--colour"),
        (["--resume", ".", "--seed", "1"], "--resume"),
        (["--resume", ".", "--preset", "fast"], "--resume"),
    ],
)
def test_wrong_usage_exits_2_and_names_the_option(
    arguments: list[str],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert run(monkeypatch, *arguments) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--data", "nowhere"], "There is no folder nowhere"),
        (["--data", "empty"], "There is no usable picture in empty"),
        (["--data", "{pictures}", "--validation", "empty"], "no usable picture in empty"),
        (["--data", "{pictures}", "--initial", "no.safetensors"], "no.safetensors"),
        (["--data", "{pictures}", "--device", "cuda:77"], "no device 'cuda:77'"),
        (["--data", "{pictures}", "--out", "file"], "cannot be made"),
        (["--resume", "empty"], "no run to resume in empty"),
    ],
)
def test_a_wrong_world_exits_1_with_a_sentence_and_a_hint(
    arguments: list[str],
    words: str,
    pictures: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("in the way")
    code = run(monkeypatch, *[argument.format(pictures=pictures) for argument in arguments])
    printed = capsys.readouterr()
    assert code == 1
    error, hint = printed.err.splitlines()
    assert error.startswith("error: ")
    assert words in error
    assert hint.startswith("hint: ")
    assert "Traceback" not in printed.err


def test_without_arguments_the_help_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "--help") == 0
    text = capsys.readouterr().out
    options = "data scale validation preset minutes backprops initial out device threads seed"
    for option in f"{options} jsonl resume".split():
        assert f"--{option}" in text
    assert run(monkeypatch) == 2

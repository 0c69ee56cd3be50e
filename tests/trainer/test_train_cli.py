"""srcnn-train: what it prints, and every way it refuses."""

from __future__ import annotations

import json
import runpy
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from srcnn.weights import load_weights
from trainer.run_folder import RunFolder

Run = Callable[..., int]


SMALL = ["--set", "batch=16", "--set", "n1=8", "--set", "n2=4", "--set", "crop=17"]


def test_a_run_prints_its_events_and_leaves_weights(
    run: Run, pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    code = run(
        "--data", pictures, "--validation", pictures / "more", "--scale", 4, *SMALL,
        "--backprops", 1600, "--seed", 3, "--out", out,
    )  # fmt: skip
    assert code == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    lines = printed.out.splitlines()
    assert lines[0].startswith("reading pictures")
    (started,) = (line for line in lines if "to learn from" in line)
    assert "4 pictures to learn from, 2 to validate on" in started
    assert any("loss" in line for line in lines)
    assert lines[-1].startswith("completed after 1,600 backprops")
    weights = load_weights(out / "weights.safetensors")
    assert (weights.scale, weights.card.seed, weights.card.preset) == (4, 3, "fast")


def test_jsonl_is_a_line_of_json_an_event(
    run: Run,
    pictures: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    code = run("--data", pictures, "--backprops", 32, "--preset", "demo", *SMALL, "--jsonl")
    assert code == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["event"] for event in events if event["event"] != "DataRead"] == [
        "RunStarted", "Validated", "CheckpointSaved", "Validated", "CheckpointSaved", "RunFinished"
    ]  # fmt: skip
    (folder,) = (tmp_path / "runs").iterdir()
    assert folder.name.startswith("9-1-5-8-4-x3-")
    assert Path(events[-1]["weights"]).name == "weights.safetensors"


def interrupted(monkeypatch: pytest.MonkeyPatch, step: int, times: int) -> None:
    """Press Ctrl-C in a step."""
    from trainer import loop

    steps = 0
    set_rate = loop.set_rate

    def pressed(*arguments: object) -> None:
        nonlocal steps
        steps += 1
        if steps == step:
            for _ in range(times):
                signal.raise_signal(signal.SIGINT)
        set_rate(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(loop, "set_rate", pressed)


def test_an_interrupted_run_keeps_what_was_learnt_and_can_be_resumed(
    run: Run,
    pictures: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = signal.getsignal(signal.SIGINT)
    out = tmp_path / "run"
    with monkeypatch.context() as patch:
        interrupted(patch, 3, 1)
        assert run("--data", pictures, "--backprops", 96, *SMALL, "--out", out) == 0
    printed = capsys.readouterr()
    assert "what was learnt is kept" in printed.err
    assert printed.out.splitlines()[-1].startswith("stopped after 48 backprops")
    assert signal.getsignal(signal.SIGINT) is before

    moved = out.rename(tmp_path / "moved")
    assert run("--resume", moved) == 0
    text = capsys.readouterr().out
    assert "going on after 48 backprops" in text
    assert text.splitlines()[-1].startswith("completed after 96 backprops")


def test_a_second_interrupt_ends_the_run_at_once_and_it_can_be_resumed(
    run: Run, pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "run"
    with monkeypatch.context() as patch:
        interrupted(patch, 3, 2)
        assert run("--data", pictures, "--backprops", 96, *SMALL, "--out", out) not in (0, 2)
    assert not RunFolder(out).weights.exists()
    assert run("--resume", out, "--jsonl") == 0
    assert RunFolder(out).weights.exists()


def test_a_diverged_run_exits_1_and_says_what_it_kept(
    run: Run, pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--data", pictures, "--backprops", 96, *SMALL, "--set", "rate=1e30", "--set",
             "warmup=0", "--set", "report_every=1"]  # fmt: skip
    assert run(*words, "--out", tmp_path / "a") == 1
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("diverged after ")
    assert "rate below 1e+30" in last
    assert run(*words, "--out", tmp_path / "b", "--jsonl") == 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["reason"] == "diverged"
    assert load_weights(tmp_path / "b" / "weights.safetensors").card.backprops == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--scale", "5"], "--scale"),
        (["--scale", "many"], "--scale"),
        (["--preset", "slow"], "--preset"),
        (["--preset", "finetune"], "begins with weights"),
        (["--minutes", "1", "--backprops", "9"], "not both"),
        (["--minutes", "0"], "--minutes"),
        (["--backprops", "0"], "--backprops"),
        (["--patience", "0"], "--patience"),
        (["--threads", "0"], "--threads"),
        (["--seed", "-1"], "--seed"),
        (["--colour"], "--colour"),
        (["--set", "rate"], "'rate' is not NAME=VALUE"),
        (["--set", "colour=red"], "there is no setting 'colour'"),
        (["--set", "n1=many"], "n1 must be a whole number, not 'many'"),
        (["--set", "n1=0"], "n1 must be a positive integer"),
        (["--set", "f1=8"], "f1 must be odd"),
        (["--set", "channels=2"], "channels must be 1"),
        (["--set", "rate=-1"], "rate must be above 0"),
        (["--set", "rate=nan"], "rate must be above 0"),
        (["--set", "crop=9"], "crop must be above 12"),
        (["--set", "loss=love"], "loss must be one of"),
        (["--patience", "3", "--set", "schedule=cosine"], "schedule must be constant"),
        (["--resume", ".", "--seed", "1"], "--resume"),
        (["--resume", ".", "--preset", "fast"], "--resume"),
        (["--resume", ".", "--set", "rate=1"], "--resume"),
    ],
)
def test_wrong_usage_exits_2_and_names_the_option(
    run: Run,
    arguments: list[str],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert run("--data", ".", *arguments) == 2 or arguments[0] == "--resume"
    if arguments[0] == "--resume":
        assert run(*arguments) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--data", "nowhere"], "nowhere"),
        (["--data", "empty"], "There is no picture in"),
        (["--data", "{pictures}", "--data", "nowhere"], "nowhere"),
        (["--data", "{pictures}", "--validation", "empty"], "There is no picture in"),
        (["--data", "{pictures}", "--initial", "no.safetensors"], "no.safetensors"),
        (["--data", "{pictures}", "--device", "cuda:77"], "no device 'cuda:77'"),
        (["--data", "{pictures}", "--out", "file"], "cannot be made"),
        (["--data", "{pictures}", "--set", "crop=500"], "no usable picture"),
        (["--resume", "empty"], "empty holds no run that can be read"),
    ],
)
def test_a_wrong_world_exits_1_with_a_sentence_and_a_hint(
    run: Run,
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
    code = run(*[argument.format(pictures=pictures) for argument in arguments])
    printed = capsys.readouterr()
    assert code == 1
    error, hint = printed.err.splitlines()
    assert error.startswith("error: ")
    assert words in error
    assert hint.startswith("hint: ")


def test_an_error_without_a_hint_has_none(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from srcnn.errors import SrcnnError

    def failing(*_: object) -> None:
        raise SrcnnError("It did not work")

    monkeypatch.setattr("trainer.loop.train", failing)
    assert run("--data", ".") == 1
    assert capsys.readouterr().err == "error: It did not work\n"


def test_without_arguments_the_help_is_shown(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == 0
    text = capsys.readouterr().out
    options = "data scale validation preset minutes backprops patience initial out device threads"
    for option in f"{options} seed set jsonl resume".split():
        assert f"--{option}" in text
    assert run() == 2


def test_it_is_a_module_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["trainer.cli", "--help"])
    monkeypatch.delitem(sys.modules, "trainer.cli")
    with pytest.raises(SystemExit) as ending:
        runpy.run_module("trainer.cli", run_name="__main__")
    assert ending.value.code == 0
    assert "--preset" in capsys.readouterr().out

"""Dictionaries from folders of pictures: training vectors, events, stopping and going on."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from scipy.signal import convolve2d

from srcnn.colour import luma_bytes
from srcnn.dictionary import load_dictionary
from srcnn.errors import DataError, OutputError, TrainingError
from srcnn.methods.ksvd import KsvdMethod
from srcnn.resize import Border, imresize
from trainer import patch_vectors
from trainer import survey as survey_module
from trainer.control import Command
from trainer.dictionary import FILE_NAME, resume_dictionary, train_dictionary
from trainer.dictionary_events import (
    DictionaryEvent,
    DictionaryFinished,
    DictionaryStarted,
    IterationDone,
)
from trainer.dictionary_state import DictionaryConfig, read_state, state_file
from trainer.events import DataRead, StopReason
from trainer.patch_vectors import LumaSurveyor, read_vectors
from trainer.pictures import list_folders
from trainer.survey import Survey

Run = Callable[..., int]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, draw_picture: Callable[..., None]) -> Path:
    """Return a folder of two pictures."""
    folder = tmp_path_factory.mktemp("two")
    draw_picture(folder / "a.png", 1, (75, 62))
    draw_picture(folder / "b.png", 2, (58, 67))
    return folder


@pytest.fixture
def small(two: Path, tmp_path: Path) -> DictionaryConfig:
    """Return a training of four iterations."""
    return DictionaryConfig((two,), tmp_path / "out", 2, atoms=48, iterations=4, threads=2)


def survey(folder: Path, scale: int) -> Survey:
    surveyor = LumaSurveyor(scale)
    for file in list_folders((folder,)):
        surveyor.look(file)
    return surveyor.survey()


def finished(events: Iterator[DictionaryEvent]) -> DictionaryFinished:
    *_, last = events
    assert isinstance(last, DictionaryFinished)
    return last


def until(events: Iterator[DictionaryEvent], iteration: int) -> None:
    """Let a training come to an iteration, and there kill it."""
    for event in events:
        if isinstance(event, IterationDone) and event.iteration == iteration:
            return
    pytest.fail("it ended before")


def stopping(command: Command, after: int) -> Callable[[], Command]:
    """Return a control that gives a command when two pictures and some iterations are done."""
    asked = 0

    def control() -> Command:
        nonlocal asked
        asked += 1
        return command if asked > 2 + after else Command.GO_ON

    return control


def written_out(path: Path, scale: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return raw features and details of a picture, as the recipe says them, patch by patch."""
    luma = luma_bytes(np.asarray(Image.open(path).convert("RGB")))
    height, width = (length // scale * scale for length in luma.shape)
    truth = luma[:height, :width].astype(np.float32) / np.float32(255)
    middle = imresize(imresize(truth, Fraction(1, scale)), scale)
    gap = [0.0] * (scale - 1)
    kernels = [np.array([[1.0, *gap, -1.0]]), np.array([[1.0, *gap, -2.0, *gap, 1.0]]) / 2]
    maps = []
    for kernel in (kernels[0], kernels[0].T, kernels[1], kernels[1].T):
        top, left = (length // 2 for length in kernel.shape)  # MATLAB's 'same'
        full = convolve2d(middle.astype(np.float64), kernel)
        maps.append(full[top : top + height, left : left + width])
    side = 3 * scale
    features, details = [], []
    for y in range(scale, height - side - scale + 1, 2 * scale):
        for x in range(scale, width - side - scale + 1, 2 * scale):
            part = np.s_[y : y + side, x : x + side]
            features.append(np.concatenate([plane[part].ravel("F") for plane in maps]))
            details.append((truth - middle)[part].ravel("F"))
    return np.array(features), np.array(details)


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_vectors_are_those_of_the_recipe(two: Path, scale: int):
    found = survey(two, scale)
    vectors = read_vectors(found, scale, 0)
    parts = [written_out(two / name, scale) for name in ("a.png", "b.png")]
    features = np.concatenate([part[0] for part in parts])
    details = np.concatenate([part[1] for part in parts])
    assert found.patches == len(features)
    np.testing.assert_allclose(vectors.features, features @ found.projection, atol=1e-10)
    np.testing.assert_array_equal(vectors.details, details)


def test_the_projection_keeps_all_but_a_thousandth_of_the_energy(two: Path):
    found = survey(two, 2)
    features = np.concatenate([written_out(two / name, 2)[0] for name in ("a.png", "b.png")])
    projected = features @ found.projection
    energy, kept = np.sum(features**2), np.sum(projected**2)
    assert 0.999 <= kept / energy < 1
    weakest = np.sum(projected**2, axis=0).min()
    assert (kept - weakest) / energy < 0.999
    size = found.projection.shape[1]
    np.testing.assert_allclose(found.projection.T @ found.projection, np.eye(size), atol=1e-12)


@pytest.mark.parametrize(
    ("scale", "vectors", "features"), [(2, 315_210, 28), (3, 135_581, 30), (4, 73_643, 31)]
)
def test_t91_has_the_vectors_of_the_recipe(shared: Path, scale: int, vectors: int, features: int):
    found = survey(shared / "data" / "T91", scale)
    assert (found.patches, found.projection.shape[1]) == (vectors, features)
    assert found.skipped == ()


def test_of_too_many_patches_some_are_drawn(two: Path, monkeypatch: pytest.MonkeyPatch):
    found = survey(two, 2)
    all_vectors = read_vectors(found, 2, 0)
    monkeypatch.setattr(patch_vectors, "MOST", 100)
    some, others = (read_vectors(found, 2, seed) for seed in (0, 1))
    assert some.features.shape == (100, found.projection.shape[1])
    rows = [np.flatnonzero((all_vectors.features == row).all(axis=1)) for row in some.features]
    for at, row in zip(rows, some.details, strict=True):
        assert any((all_vectors.details[i] == row).all() for i in at)
    assert not np.array_equal(some.features, others.features)


def test_of_a_large_picture_the_central_piece_is_taken(
    two: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with Image.open(two / "a.png") as picture:
        picture.crop((12, 6, 62, 56)).save(tmp_path / "piece.png")
    piece = survey(tmp_path, 2)
    monkeypatch.setattr(survey_module, "LARGEST_SIDE", 50)
    (tmp_path / "piece.png").unlink()
    (tmp_path / "a.png").write_bytes((two / "a.png").read_bytes())
    assert survey(tmp_path, 2).digest == piece.digest


def test_a_training_reports_and_leaves_a_dictionary(small: DictionaryConfig):
    events = list(train_dictionary(small))
    assert events[:3] == [DataRead(0, 2), DataRead(1, 2), DataRead(2, 2)]
    started, *iterations, last = events[3:]
    assert isinstance(started, DictionaryStarted)
    assert (started.pictures, started.atoms, started.iteration) == (2, 48, 0)
    assert all(isinstance(event, IterationDone) and event.of == 4 for event in iterations)
    curve = [event.rmse for event in iterations if isinstance(event, IterationDone)]
    assert len(curve) == 4
    assert curve[-1] < curve[0]
    assert isinstance(last, DictionaryFinished)
    assert (last.iteration, last.rmse, last.reason) == (4, curve[-1], StopReason.COMPLETED)

    assert last.path == small.out / FILE_NAME
    dictionary = load_dictionary(last.path)
    assert (dictionary.kind, dictionary.scale) == ("ksvd", 2)
    assert dictionary.low.shape == (started.features, 48)
    np.testing.assert_allclose(np.linalg.norm(dictionary.low, axis=0), 1, atol=1e-6)
    card = dict(dictionary.card)
    assert card.pop("minutes") == pytest.approx(last.seconds / 60, abs=0.05)
    assert card == {
        "trained_on": f"{small.data[0].name}: 2 pictures",
        "vectors": started.vectors,
        "features": started.features,
        "atoms": 48,
        "sparsity": 3,
        "iterations": 4,
        "seed": 0,
        "rmse": round(curve[-1], 6),
        "licence": "MIT",
        "notes": f"srcnn-train --method ksvd --data {small.data[0].name} --scale 2 --seed 0 "
        "--set atoms=48 --set iterations=4",
    }


def test_a_dictionary_brings_pictures_closer_to_the_original(small: DictionaryConfig):
    path = finished(train_dictionary(small)).path
    assert path is not None
    luma = luma_bytes(np.asarray(Image.open(small.data[0] / "a.png").convert("RGB")))[:62, :74]
    truth = luma.astype(np.float32)[np.newaxis] / 255
    low = imresize(truth, Fraction(1, 2))
    better = KsvdMethod({2: load_dictionary(path)}, Border.CLAMP).enlarge(low, 2)
    assert np.mean((better - truth) ** 2) < 0.8 * np.mean((imresize(low, 2) - truth) ** 2)


@pytest.mark.parametrize("killed_after", [1, 3, 4])
def test_a_killed_training_goes_on_and_ends_in_the_same_bits(
    small: DictionaryConfig, tmp_path: Path, killed_after: int
):
    whole = finished(train_dictionary(replace(small, out=tmp_path / "whole")))
    until(train_dictionary(small), killed_after)
    assert not (small.out / FILE_NAME).exists()
    moved = small.out.rename(tmp_path / "moved")
    events = list(resume_dictionary(moved))
    (started,) = (event for event in events if isinstance(event, DictionaryStarted))
    assert started.iteration == killed_after
    last = events[-1]
    assert isinstance(last, DictionaryFinished)
    assert whole.path is not None
    assert last.path == moved / FILE_NAME
    assert last.rmse == whole.rmse
    ours, theirs = load_dictionary(last.path).arrays, load_dictionary(whole.path).arrays
    for name, array in theirs.items():
        np.testing.assert_array_equal(ours[name], array)
    np.testing.assert_array_equal(
        read_state(moved)[1].atoms, read_state(whole.path.parent)[1].atoms
    )


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_a_killed_process_ends_in_the_same_bits(small: DictionaryConfig, tmp_path: Path):
    patient = replace(small, iterations=60)
    whole = finished(train_dictionary(replace(patient, out=tmp_path / "whole")))
    program = [sys.executable, "-m", "trainer.cli"]
    words = ["--method", "ksvd", "--data", str(small.data[0]), "--scale", "2", "--threads", "2"]
    words += ["--set", "atoms=48", "--set", "iterations=60", "--out", str(small.out)]
    with subprocess.Popen([*program, *words], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("iteration 7 "):
                process.kill()
    # on a busy machine it may have come to its end before the signal did
    assert process.returncode in (0, -signal.SIGKILL)
    subprocess.run([*program, "--resume", str(small.out)], check=True, capture_output=True)
    assert whole.path is not None
    ours, theirs = (load_dictionary(path) for path in (small.out / FILE_NAME, whole.path))
    assert ours.digest == theirs.digest


def test_another_seed_gives_another_dictionary(small: DictionaryConfig, tmp_path: Path):
    paths = [
        finished(train_dictionary(replace(small, seed=seed, out=tmp_path / str(seed)))).path
        for seed in (0, 1)
    ]
    first, second = (load_dictionary(path) for path in paths if path is not None)
    assert first.digest != second.digest


def test_stopped_it_keeps_what_was_learnt_and_can_be_gone_on_with(small: DictionaryConfig):
    last = finished(train_dictionary(small, stopping(Command.STOP, 2)))
    assert (last.reason, last.iteration) == (StopReason.STOPPED, 2)
    assert last.path is not None
    assert load_dictionary(last.path).card["iterations"] == 2
    assert finished(resume_dictionary(small.out)).iteration == 4
    assert load_dictionary(last.path).card["iterations"] == 4


def test_suspended_it_leaves_its_state_only(small: DictionaryConfig):
    last = finished(train_dictionary(small, stopping(Command.SUSPEND, 1)))
    assert (last.reason, last.iteration, last.path) == (StopReason.SUSPENDED, 1, None)
    assert [path.name for path in small.out.iterdir()] == [state_file(small.out).name]


def test_discarded_it_leaves_nothing(small: DictionaryConfig):
    last = finished(train_dictionary(small, stopping(Command.DISCARD, 1)))
    assert (last.reason, last.path) == (StopReason.DISCARDED, None)
    assert not small.out.exists()


@pytest.mark.parametrize("command", [Command.STOP, Command.SUSPEND, Command.DISCARD])
def test_it_can_be_ended_while_it_reads(small: DictionaryConfig, command: Command):
    *reading, last = train_dictionary(small, stopping(command, -1))
    assert reading == [DataRead(0, 2)]
    assert last == DictionaryFinished(0, 0.0, 0.0, StopReason(command.value), None)


def test_a_folder_that_holds_something_is_refused(small: DictionaryConfig):
    until(train_dictionary(small), 1)
    with pytest.raises(OutputError, match="already") as caught:
        next(train_dictionary(small))
    assert "--resume" in caught.value.hint


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def _text(path: Path) -> None:
    path.write_bytes(b"no state")


def _pickled(path: Path) -> None:
    np.savez(path, about=np.array([{}], object), projection=np.eye(2), atoms=np.eye(2))


def _other_shape(path: Path) -> None:
    with np.load(path) as found:
        np.savez(path, about=found["about"], projection=found["projection"], atoms=np.eye(3))


def _other_settings(path: Path) -> None:
    with np.load(path) as found:
        arrays = dict(found)
    about = json.loads(str(arrays.pop("about")))
    about["settings"]["iterations"] = "many"
    np.savez(path, about=np.array(json.dumps(about)), **arrays)


def _no_object(path: Path) -> None:
    with np.load(path) as found:
        arrays = dict(found)
    np.savez(path, **{**arrays, "about": np.array("[]")})


@pytest.mark.parametrize(
    "damage", [Path.unlink, _cut, _text, _pickled, _other_shape, _other_settings, _no_object]
)
def test_a_state_that_is_missing_or_damaged_is_said(
    small: DictionaryConfig, damage: Callable[[Path], None]
):
    until(train_dictionary(small), 1)
    damage(state_file(small.out))
    with pytest.raises(TrainingError, match="missing or damaged") as caught:
        next(resume_dictionary(small.out))
    assert caught.value.hint


def test_other_pictures_than_before_are_refused(
    small: DictionaryConfig, tmp_path: Path, draw_picture: Callable[..., None]
):
    folder = tmp_path / "pictures"
    draw_picture(folder / "a.png", 1, (75, 62))
    until(train_dictionary(replace(small, data=(folder,))), 1)
    draw_picture(folder / "a.png", 3, (75, 62))
    with pytest.raises(DataError, match="not those") as caught:
        finished(resume_dictionary(small.out))
    assert caught.value.hint


def test_too_few_patches_are_said(small: DictionaryConfig):
    with pytest.raises(DataError, match="too few for 1024 atoms") as caught:
        finished(train_dictionary(replace(small, atoms=1024)))
    assert "--set atoms" in caught.value.hint


def test_files_that_are_no_use_are_skipped_and_none_of_use_is_an_error(
    small: DictionaryConfig, tmp_path: Path, draw_picture: Callable[..., None]
):
    folder = tmp_path / "mixed"
    draw_picture(folder / "a.png", 1, (75, 62))
    draw_picture(folder / "narrow.png", 1, (9, 40))
    (folder / "broken.png").write_bytes(b"no picture")
    events = list(train_dictionary(replace(small, data=(folder,))))
    (started,) = (event for event in events if isinstance(event, DictionaryStarted))
    assert [skipped.name for skipped in started.skipped] == ["broken.png", "narrow.png"]
    assert "less than 10" in started.skipped[1].reason
    (folder / "a.png").unlink()
    with pytest.raises(DataError, match="no usable picture") as caught:
        finished(train_dictionary(replace(small, data=(folder,), out=tmp_path / "none")))
    assert "broken.png" in caught.value.hint


def test_a_picture_of_one_colour_is_no_use_alone(small: DictionaryConfig, tmp_path: Path):
    folder = tmp_path / "flat"
    folder.mkdir()
    Image.new("RGB", (60, 60), "teal").save(folder / "flat.png")
    with pytest.raises(DataError, match="no usable picture"):
        finished(train_dictionary(replace(small, data=(folder,))))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("scale", 5),
        ("atoms", 0),
        ("sparsity", 49),
        ("iterations", 0),
        ("seed", -1),
        ("threads", -1),
    ],
)
def test_numbers_that_make_no_sense_are_refused(small: DictionaryConfig, name: str, value: int):
    with pytest.raises(ValueError, match=name):
        replace(small, **{name: value})  # type: ignore[arg-type]


SMALL = ["--set", "atoms=48", "--set", "iterations=2"]


def test_the_command_trains_and_goes_on(
    run: Run, two: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    out = tmp_path / "out"
    words = ["--method", "ksvd", "--data", two, "--scale", 2, "--seed", 5, "--out", out, *SMALL]
    assert run(*words) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any("48 atoms from" in line for line in lines)
    assert lines[-2].startswith("iteration 2 of 2: RMSE 0.")
    assert lines[-1].startswith("completed after 2 iterations")
    assert load_dictionary(out / FILE_NAME).card["seed"] == 5

    assert run(*words) == 1
    assert "--resume" in capsys.readouterr().err
    assert run("--resume", out, "--jsonl") == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["event"] for event in events] == [
        "DataRead", "DataRead", "DataRead", "DictionaryStarted", "DictionaryFinished"
    ]  # fmt: skip
    assert events[-1]["path"] == (out / FILE_NAME).as_posix()
    assert events[-1]["reason"] == "completed"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--method", "magic"], "srcnn, ksvd, sc"),
        (["--method", "ksvd", "--minutes", "1"], "--method srcnn"),
        (["--method", "ksvd", "--preset", "fast"], "--method srcnn"),
        (["--method", "ksvd", "--set", "rate=1"], "no setting"),
        (["--method", "ksvd", "--set", "atoms"], "NAME=VALUE"),
        (["--method", "ksvd", "--set", "atoms=many"], "whole number"),
        (["--method", "ksvd", "--set", "sparsity=99"], "sparsity"),
        (["--method", "ksvd", "--resume", "folder"], "--jsonl alone"),
    ],
)
def test_wrong_use_exits_2(
    run: Run, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
):
    assert run(*words) == 2
    assert said in capsys.readouterr().err

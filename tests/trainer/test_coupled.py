"""Coupled dictionaries for SC: training columns, learning, and the training as a whole."""

from __future__ import annotations

from collections.abc import Callable
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
from srcnn.errors import DataError, TrainingError
from srcnn.methods.sc import ScMethod
from srcnn.resize import Border, imresize
from trainer import coupled, gray_patches
from trainer.coupled import encode, improve, split
from trainer.dictionary import FILE_NAME, resume_dictionary, train_dictionary
from trainer.dictionary_events import DictionaryFinished, DictionaryStarted, IterationDone
from trainer.dictionary_state import DictionaryConfig, read_state, state_file
from trainer.gray_patches import GraySurveyor, read_columns
from trainer.pictures import list_folders
from trainer.survey import Survey

Run = Callable[..., int]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, draw_picture: Callable[..., None]) -> Path:
    """Return a folder of two pictures."""
    folder = tmp_path_factory.mktemp("two")
    draw_picture(folder / "a.png", 1, (55, 42))
    draw_picture(folder / "b.png", 2, (38, 47))
    return folder


@pytest.fixture
def small(two: Path, tmp_path: Path) -> DictionaryConfig:
    """Return a training of three iterations."""
    out = tmp_path / "out"
    return DictionaryConfig((two,), out, 2, atoms=96, iterations=3, threads=2, method="sc")


def survey(folder: Path, scale: int) -> Survey:
    surveyor = GraySurveyor(scale)
    for file in list_folders((folder,)):
        surveyor.look(file)
    return surveyor.survey()


def to_bytes(plane: NDArray[np.floating]) -> NDArray[np.float32]:
    return np.floor(np.clip(plane, 0, 1) * 255 + 0.5).astype(np.float32)


def written_out(path: Path, scale: int) -> NDArray[np.float64]:
    """Return all columns of a picture, as the recipe says them, patch by patch."""
    pixels = np.asarray(Image.open(path).convert("RGB")).astype(np.float64)
    height, width = (length // scale * scale for length in pixels.shape[:2])
    grey = np.floor(pixels[:height, :width] @ [0.2989, 0.5870, 0.1140] + 0.5)
    low = to_bytes(imresize(grey.astype(np.float32) / np.float32(255), Fraction(1, scale)))
    middle = to_bytes(imresize(low / np.float32(255), 2))
    places = [(y, x) for y in range(1, low.shape[0] - 3) for x in range(1, low.shape[1] - 3)]
    turned = [(x, y) for y, x in places]
    return np.concatenate(
        [_columns(grey, middle, places, scale), _columns(grey.T, middle.T, turned, scale)]
    )


def _columns(
    grey: NDArray[np.float64],
    middle: NDArray[np.float32],
    places: list[tuple[int, int]],
    scale: int,
) -> NDArray[np.float64]:
    first, second = np.array([[-1.0, 0, 1]]), np.array([[1.0, 0, -2, 0, 1]])
    maps = [
        convolve2d(middle.astype(np.float64), kernel, "same")
        for kernel in (first, first.T, second, second.T)
    ]
    found = []
    for y, x in places:
        part = np.s_[scale * y : scale * (y + 3), scale * x : scale * (x + 3)]
        original = grey[part].ravel("F")
        seen = np.s_[2 * y : 2 * y + 6, 2 * x : 2 * x + 6]
        features = np.concatenate([plane[seen].ravel("F") for plane in maps])
        column = [(original - original.mean()) / (3 * scale), features / 12]
        found.append(np.concatenate(column))
    columns = np.array(found)
    norms = np.linalg.norm(columns, axis=1, keepdims=True)
    kept = norms[:, 0] > 1e-5
    return columns[kept] / norms[kept]


def signals(count: int = 600, values: int = 30) -> NDArray[np.float64]:
    """Return signals of norm 1, each of a few of 25 atoms."""
    rng = np.random.default_rng(3)
    amounts = rng.normal(size=(count, 25)) * (rng.random((count, 25)) < 0.1)
    found = amounts @ rng.normal(size=(25, values)) + 0.05 * rng.normal(size=(count, values))
    unit: NDArray[np.float64] = found / np.linalg.norm(found, axis=1, keepdims=True)
    return unit


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_columns_are_those_of_the_recipe(two: Path, scale: int):
    columns = read_columns(survey(two, scale), scale, 0)
    expected = np.concatenate([written_out(two / name, scale) for name in ("a.png", "b.png")])
    assert columns.shape == expected.shape
    np.testing.assert_allclose(columns, expected, atol=1e-6)


def test_of_too_many_positions_some_are_drawn(two: Path, monkeypatch: pytest.MonkeyPatch):
    found = survey(two, 2)
    every = read_columns(found, 2, 0)
    monkeypatch.setattr(gray_patches, "MOST", 100)
    some, others = (read_columns(found, 2, seed) for seed in (0, 1))
    assert len(some) <= 200
    assert len(some) > 150
    nearest = (some @ every.T).max(axis=1)
    np.testing.assert_allclose(nearest, 1, atol=1e-12)
    assert some.shape != others.shape or not np.array_equal(some, others)


def test_pictures_of_one_colour_are_no_use(small: DictionaryConfig, tmp_path: Path):
    folder = tmp_path / "flat"
    folder.mkdir()
    Image.new("RGB", (60, 60), "teal").save(folder / "flat.png")
    with pytest.raises(DataError, match="no usable picture") as caught:
        list(train_dictionary(replace(small, data=(folder,))))
    assert caught.value.hint


def test_without_a_picture_the_first_reason_is_said(small: DictionaryConfig, tmp_path: Path):
    folder = tmp_path / "tiny"
    folder.mkdir()
    Image.new("RGB", (9, 60), "teal").save(folder / "narrow.png")
    with pytest.raises(DataError, match="no usable picture") as caught:
        list(train_dictionary(replace(small, data=(folder,))))
    assert "less than 10 px" in caught.value.hint


def test_coefficients_are_those_of_the_lasso():
    x = signals(40)
    atoms = x[:20]
    codes = encode(x, atoms, 0.1, 1)
    assert (codes.data < 0).any()
    left = (x - codes @ atoms) @ atoms.T
    penalties = np.abs(left).max(axis=1)  # the one that each was stopped at
    assert (penalties < 0.1 + 1e-9).all()
    dense = codes.toarray()
    rows, columns = np.nonzero(dense)
    expected = penalties[rows] * np.sign(dense[rows, columns])
    np.testing.assert_allclose(left[rows, columns], expected, atol=1e-9)


def objective(signals, atoms, coefficients, penalty):
    """Return what is minimised, as the mean of all signals."""
    residual = signals - coefficients @ atoms
    total = np.sum(np.square(residual)) / 2 + penalty * abs(coefficients).sum()
    return float(total) / len(signals)


def test_the_objective_falls(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(coupled, "_BATCH", 200)
    x = signals()
    atoms = x[:40]
    curve = [objective(x, atoms, encode(x, atoms, 0.1, 1), 0.1)]
    for iteration in range(4):
        atoms, rmse, _ = improve(x, atoms, np.random.default_rng(iteration), 1)
        assert np.linalg.norm(atoms, axis=1).max() <= 1 + 1e-12
        assert 0 < rmse < 1
        curve.append(objective(x, atoms, encode(x, atoms, 0.1, 1), 0.1))
    assert curve[1] < 0.9 * curve[0]
    assert curve[4] < curve[1]


def test_the_number_of_threads_does_not_matter():
    x = signals()
    one, two = (improve(x, x[:40], np.random.default_rng(0), threads) for threads in (1, 2))
    np.testing.assert_array_equal(one[0], two[0])
    assert one[1:] == two[1:]


def test_an_atom_that_nothing_uses_is_replaced():
    x = signals()
    x[:, -1] = 0
    atoms = x[:40].copy()
    atoms[7] = 0
    atoms[7, -1] = 1
    better, _, replaced = improve(x, atoms, np.random.default_rng(0), 1)
    assert replaced >= 1
    assert (x == better[7]).all(axis=1).any()


def test_atoms_are_parted_into_halves_of_one_norm():
    atoms = np.random.default_rng(0).normal(size=(5, 10))
    atoms[1, :4] = 0
    high, low = split(atoms, 4, 1.5)
    assert (high.shape, low.shape) == ((4, 4), (4, 6))
    np.testing.assert_allclose(np.linalg.norm(high, axis=1), 1.5)
    np.testing.assert_allclose(np.linalg.norm(low, axis=1), 1)
    np.testing.assert_allclose(high[1], 1.5 * atoms[2, :4] / np.linalg.norm(atoms[2, :4]))


def test_a_training_leaves_a_dictionary_that_brings_pictures_closer(small: DictionaryConfig):
    *events, last = train_dictionary(small)
    (started,) = (event for event in events if isinstance(event, DictionaryStarted))
    assert (started.method, started.features) == ("sc", 144)
    curve = [event.rmse for event in events if isinstance(event, IterationDone)]
    assert len(curve) == 3
    assert curve[-1] < curve[0]
    assert isinstance(last, DictionaryFinished)
    assert last.path is not None
    dictionary = load_dictionary(last.path)
    assert (dictionary.kind, dictionary.scale, dictionary.projection) == ("sc", 2, None)
    assert dictionary.card["penalty"] == 0.1
    assert "sparsity" not in dictionary.card
    assert dictionary.card["notes"] == (
        f"srcnn-train --method sc --data {small.data[0].name} --scale 2 --seed 0 "
        "--set atoms=96 --set iterations=3"
    )

    luma = luma_bytes(np.asarray(Image.open(small.data[0] / "a.png").convert("RGB")))[:42, :54]
    truth = luma.astype(np.float32)[np.newaxis] / 255
    low = imresize(truth, Fraction(1, 2))
    better = ScMethod({2: dictionary}, Border.CLAMP).enlarge(low, 2)
    assert np.mean((better - truth) ** 2) < 0.8 * np.mean((imresize(low, 2) - truth) ** 2)


@pytest.mark.parametrize("killed_after", [1, 3])
def test_a_killed_training_goes_on_and_ends_in_the_same_bits(
    small: DictionaryConfig, tmp_path: Path, killed_after: int
):
    *_, whole = train_dictionary(replace(small, out=tmp_path / "whole"))
    for event in train_dictionary(small):
        if isinstance(event, IterationDone) and event.iteration == killed_after:
            break
    assert not (small.out / FILE_NAME).exists()
    *_, last = resume_dictionary(small.out)
    assert isinstance(whole, DictionaryFinished)
    assert isinstance(last, DictionaryFinished)
    assert last.rmse == whole.rmse
    ours, theirs = (load_dictionary(out / FILE_NAME) for out in (small.out, tmp_path / "whole"))
    assert ours.digest == theirs.digest


def test_a_state_of_another_shape_is_said(small: DictionaryConfig):
    for event in train_dictionary(small):
        if isinstance(event, IterationDone):
            break
    path = state_file(small.out)
    assert read_state(small.out)[0].method == "sc"
    with np.load(path) as found:
        arrays = dict(found)
    np.savez(path, **{**arrays, "atoms": arrays["atoms"][:, 1:]})
    with pytest.raises(TrainingError, match="missing or damaged"):
        read_state(small.out)


def test_the_command_trains_and_goes_on(
    run: Run, two: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    out = tmp_path / "out"
    words = ["--method", "sc", "--data", two, "--scale", 2, "--seed", 5, "--out", out]
    assert run(*words, "--set", "atoms=96", "--set", "iterations=2") == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("SC \N{MULTIPLICATION SIGN}2: 96 atoms from") for line in lines)
    assert lines[-1].startswith("completed after 2 iterations")
    assert load_dictionary(out / FILE_NAME).card["seed"] == 5
    assert run("--resume", out) == 0
    assert "going on after 2 iterations" in capsys.readouterr().out


def test_sc_has_no_sparsity(run: Run, capsys: pytest.CaptureFixture[str]):
    assert run("--method", "sc", "--set", "sparsity=3") == 2
    assert "no setting" in capsys.readouterr().err


def test_an_unknown_method_is_refused(small: DictionaryConfig):
    with pytest.raises(ValueError, match="method"):
        replace(small, method="magic")

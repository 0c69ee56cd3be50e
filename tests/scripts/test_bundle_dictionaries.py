"""The bundled dictionaries: what their cards say is what they do, and what the paper has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scripts import bundle_dictionaries
from scripts.bundle_dictionaries import METHODS, bundle, measured, train
from srcnn.dictionary import Dictionary, bundled_dictionaries, load_dictionary
from trainer.dictionary import train_dictionary
from trainer.dictionary_events import IterationDone
from trainer.dictionary_state import DictionaryConfig

DICTIONARIES = [found for found in bundled_dictionaries() if found.kind == "ksvd"]
COUPLED = [found for found in bundled_dictionaries() if found.kind == "sc"]
PAPER = {
    "Set5": {
        2: {"ksvd": 35.78, "anr": 35.83, "ne-nnls": 35.43, "ne-lle": 35.77},
        3: {"ksvd": 31.90, "anr": 31.92, "ne-nnls": 31.60, "ne-lle": 31.84},
        4: {"ksvd": 29.69, "anr": 29.69, "ne-nnls": 29.47, "ne-lle": 29.61},
    },
    "Set14": {3: {"ksvd": 28.67, "anr": 28.65, "ne-nnls": 28.44, "ne-lle": 28.60}},
}
"""Averages of Tables 1 and 2 in dB."""


def name_of(dictionary: Dictionary) -> str:
    return f"x{dictionary.scale}"


def figures(dictionary: Dictionary, name: str) -> dict[str, float]:
    """Return the figures on the card for a set, by method."""
    psnr = dictionary.card["psnr"]
    assert isinstance(psnr, dict)
    return psnr[name]


def test_there_is_one_for_each_scale():
    assert [found.scale for found in DICTIONARIES] == [2, 3, 4]
    assert [found.scale for found in COUPLED] == [2, 3, 4]


@pytest.mark.parametrize("dictionary", DICTIONARIES, ids=name_of)
def test_a_card_says_how_its_dictionary_was_made(dictionary: Dictionary):
    card = dictionary.card
    assert card["trained_on"] == "T91: 91 pictures"
    assert card["licence"] == "MIT"
    assert str(card["notes"]).startswith("srcnn-train --method ksvd --data T91")
    assert (card["atoms"], card["sparsity"], card["iterations"]) == (1024, 3, 20)
    assert dictionary.low.shape == (card["features"], 1024)
    np.testing.assert_allclose(np.linalg.norm(dictionary.low, axis=0), 1, atol=1e-6)


@pytest.mark.parametrize("dictionary", DICTIONARIES, ids=name_of)
def test_the_figures_are_those_of_the_paper(dictionary: Dictionary):
    for name, by_scale in PAPER.items():
        for method, db in by_scale.get(dictionary.scale, {}).items():
            near = 0.10 if method == "ne-nnls" else 0.06
            assert figures(dictionary, name)[method] == pytest.approx(db, abs=near), method


@pytest.mark.parametrize("dictionary", DICTIONARIES, ids=name_of)
def test_set5_is_as_good_as_the_card_says(
    dictionary: Dictionary, shared: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(bundle_dictionaries.METHODS, "ksvd", ("ksvd", "anr"))  # the fast ones
    for method, db in measured(dictionary, shared / "data" / "Set5").items():
        assert db == pytest.approx(figures(dictionary, "Set5")[method], abs=0.002)


@pytest.mark.parametrize("dictionary", COUPLED, ids=name_of)
def test_a_card_says_how_a_dictionary_for_sc_was_made(dictionary: Dictionary):
    card = dictionary.card
    assert card["trained_on"] == "T91: 91 pictures"
    assert card["licence"] == "MIT"
    assert str(card["notes"]).startswith("srcnn-train --method sc --data T91")
    assert (card["atoms"], card["penalty"], card["iterations"]) == (1024, 0.1, 6)
    assert dictionary.projection is None
    assert 1000 < dictionary.low.shape[1] <= 1024
    contrast = dictionary.scale / 3
    np.testing.assert_allclose(np.linalg.norm(dictionary.low, axis=0), 1, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(dictionary.high, axis=0), contrast, atol=1e-6)


def test_the_figures_of_sc_are_those_of_the_paper():
    (dictionary,) = (found for found in COUPLED if found.scale == 3)
    assert figures(dictionary, "Set5")["sc"] == pytest.approx(31.42, abs=0.10)
    assert figures(dictionary, "Set14")["sc"] == pytest.approx(28.31, abs=0.10)


@pytest.mark.parametrize("dictionary", COUPLED, ids=name_of)
def test_sc_comes_after_the_other_methods(dictionary: Dictionary):
    (other,) = (found for found in DICTIONARIES if found.scale == dictionary.scale)
    ours = figures(dictionary, "Set5")["sc"]
    assert ours < min(figures(other, "Set5").values())


@pytest.mark.slow
def test_set5_is_as_good_as_the_card_of_sc_says(shared: Path):
    (dictionary,) = (found for found in COUPLED if found.scale == 3)
    found = measured(dictionary, shared / "data" / "Set5")
    assert found["sc"] == pytest.approx(figures(dictionary, "Set5")["sc"], abs=0.002)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a folder with a set to learn from and one to measure on."""
    y, x = np.mgrid[:60, :70]
    for name, period in (("T91", 5), ("Set5", 6)):
        rings = 127 + 100 * np.sin(np.hypot(x - 30, y - 20) * 2 * np.pi / period)
        (tmp_path / name).mkdir()
        Image.fromarray(rings.astype(np.uint8)).save(tmp_path / name / "rings.png")
    return tmp_path


@pytest.mark.parametrize("method", ["ksvd", "sc"])
def test_a_dictionary_is_trained_and_bundled_with_its_figures(
    method: str, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(bundle_dictionaries, "ROOT", tmp_path)
    config = DictionaryConfig(
        (data / "T91",), tmp_path / "run", 2, atoms=96, iterations=2, method=method
    )
    trained = train(config)
    bundled = bundle(trained, data)
    assert bundled == tmp_path / "resources" / "dictionaries" / f"{method}_x2.safetensors"
    found, before = load_dictionary(bundled), load_dictionary(trained)
    assert found.digest == before.digest
    assert found.card == {**before.card, "psnr": {"Set5": measured(before, data / "Set5")}}
    assert set(figures(found, "Set5")) == set(METHODS[method])


def test_a_training_that_was_killed_goes_on(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    config = DictionaryConfig((data / "T91",), tmp_path / "run", 2, atoms=96, iterations=2)
    next(event for event in train_dictionary(config) if isinstance(event, IterationDone))
    trained = train(config)
    assert "going on after 1 iterations" in capsys.readouterr().out
    whole = train(replace(config, out=tmp_path / "whole"))
    assert load_dictionary(trained).digest == load_dictionary(whole).digest

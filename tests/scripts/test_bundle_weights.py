"""The bundled weights: what their cards and the document say is what they do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scripts import bundle_weights
from scripts.bundle_weights import BEGIN, DOCUMENT, END, bundle, measured, table, write_table
from srcnn.weights import Weights, bundled_weights, load_weights, save_weights

WEIGHTS = bundled_weights()
NEEDED = {
    ("9-1-5", 2): 36.50,
    ("9-1-5", 3): 32.52,
    ("9-1-5", 4): 30.20,
    ("9-1-5-32-16", 3): 32.26,
    ("9-1-5-128-64", 3): 32.60,
    ("11-1-7", 3): 32.57,
}
"""dB on Set5: at x3 what the paper reaches with ImageNet (Table 3, section 5.4)."""


def test_every_network_of_the_paper_is_there() -> None:
    assert {(weights.name, weights.scale) for weights in WEIGHTS} == set(NEEDED)


@pytest.mark.parametrize("weights", WEIGHTS, ids=lambda w: f"{w.name} x{w.scale}")
def test_set5_is_as_good_as_the_card_says_and_as_the_paper(weights: Weights, shared: Path) -> None:
    found = measured(weights, shared / "data" / "Set5")
    assert found == pytest.approx(weights.card.psnr["Set5"], abs=0.002)
    assert found >= NEEDED[weights.name, weights.scale]


@pytest.mark.parametrize("weights", WEIGHTS, ids=lambda w: f"{w.name} x{w.scale}")
def test_a_card_says_how_its_weights_were_made(weights: Weights) -> None:
    card = weights.card
    assert card.trained_on
    assert card.licence == "MIT"
    assert card.notes.startswith("srcnn-train --data ")
    assert card.seed is not None
    assert card.backprops
    assert any(name.endswith("(validation)") for name in card.psnr)
    assert "Set5" in card.psnr


def test_the_document_has_the_table_of_the_cards() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text.split(BEGIN)[1].split(END)[0] == table()


def test_a_run_is_bundled_with_its_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shared: Path
) -> None:
    (tmp_path / "resources" / "weights").mkdir(parents=True)
    monkeypatch.setattr(bundle_weights, "ROOT", tmp_path)
    monkeypatch.setattr(bundle_weights, "SETS", ("Set5",))
    (weights,) = (w for w in WEIGHTS if (w.name, w.scale) == ("9-1-5-32-16", 3))
    (tmp_path / "run").mkdir()
    card = replace(weights.card, name="run", psnr={"x (validation)": 30.0}, licence="")
    save_weights(replace(weights, card=card), tmp_path / "run" / "weights.safetensors")
    path = bundle(tmp_path / "run", shared / "data")
    assert path.name == "9-1-5-32-16_x3.safetensors"
    bundled = load_weights(path)
    assert bundled.digest == weights.digest
    assert (bundled.card.name, bundled.card.licence) == ("9-1-5-32-16", "MIT")
    assert bundled.card.psnr["Set5"] == pytest.approx(weights.card.psnr["Set5"], abs=0.002)
    assert bundled.card.psnr["x (validation)"] == 30.0


def test_the_table_is_written_between_its_marks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = tmp_path / "weights.md"
    document.write_text(f"before\n{BEGIN}old\n{END}after\n", encoding="utf-8")
    monkeypatch.setattr(bundle_weights, "DOCUMENT", document)
    write_table()
    assert document.read_text(encoding="utf-8") == f"before\n{BEGIN}{table()}{END}after\n"

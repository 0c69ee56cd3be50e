"""Fine-tuning the bundled weights pays, and never costs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scripts.draw_text_pages import draw_pages
from srcnn.resources import resource_path
from srcnn.weights import load_weights
from trainer.config import TrainConfig, usual_threads
from trainer.events import RunFinished, Validated
from trainer.loop import train
from trainer.presets import PRESETS

START = resource_path("weights") / "9-1-5_x3.safetensors"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with text to learn from, and other text to validate on."""
    folder = tmp_path_factory.mktemp("pages")
    draw_pages(folder / "training", 20, seed=0)
    draw_pages(folder / "validation", 3, seed=1)
    return folder


@pytest.fixture
def config(pages: Path, tmp_path: Path) -> TrainConfig:
    preset = PRESETS["finetune"].for_scale(3)
    return replace(
        preset,
        data=(pages / "training",),
        validation=pages / "validation",
        initial=START,
        out=tmp_path / "run",
        minutes=None,
        backprops=32_000,
        rescales=(1.0, 0.8),
        threads=usual_threads(preset.batch),
    )


def test_text_gains_half_a_decibel_on_pages_not_seen(config: TrainConfig) -> None:
    events = list(train(config))
    start, *_, best = [event.psnr_db for event in events if isinstance(event, Validated)]
    assert best > start + 0.5
    finished = events[-1]
    assert isinstance(finished, RunFinished)
    assert finished.psnr_db == best
    assert finished.note == ""


def test_weights_that_were_not_bettered_are_kept(config: TrainConfig) -> None:
    ruinous = replace(config, rate=0.3, warmup=0.0, average=0.0, backprops=640, validate_every=5)
    finished = list(train(ruinous))[-1]
    assert isinstance(finished, RunFinished)
    assert finished.weights is not None
    assert load_weights(finished.weights).digest == load_weights(START).digest
    assert finished.best_backprops == 0
    assert finished.note

"""Training on RGB, end to end: the weights become a method."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from srcnn.device import cpu_device
from srcnn.method import MethodEnvironment
from srcnn.methods.srcnn import build
from srcnn.spec import SrcnnSpec
from srcnn.weights import load_weights
from trainer.config import Start, TrainConfig
from trainer.events import RunFinished, RunStarted, StepDone, Validated
from trainer.loop import train


@pytest.mark.parametrize("channels", [1, 3])
def test_trained_weights_run_as_a_method(tiny: TrainConfig, channels: int) -> None:
    spec = SrcnnSpec(8, 6, 5, 1, 3, channels)
    config = replace(
        tiny, spec=spec, start=Start.HE, rate=5e-3, backprops=800, validate_every=50, threads=2
    )
    events = list(train(config))
    losses = [event.loss for event in events if isinstance(event, StepDone)]
    assert np.mean(losses[-5:]) < 0.3 * np.mean(losses[:5])
    last = events[-1]
    assert isinstance(last, RunFinished)
    assert last.weights is not None
    weights = load_weights(last.weights)
    assert weights.spec == spec

    methods = list(build(MethodEnvironment(cpu_device(), [weights])))
    (method,) = [method for method in methods if "run" in method.id]
    assert method.channels == channels
    planes = np.random.default_rng(0).random((channels, 20, 24), np.float32)
    result = method.enlarge(planes, 2)
    assert result.shape == (channels, 40, 48)
    assert np.isfinite(result).all()


def test_colour_is_measured_on_luma(tiny: TrainConfig, tmp_path: Path) -> None:
    """Bicubic planes give about the luma of the bicubic luma: the figures are comparable."""
    figures = []
    for channels in (1, 3):
        config = replace(
            tiny, spec=SrcnnSpec(8, 6, channels=channels), out=tmp_path / str(channels),
            backprops=4,
        )  # fmt: skip
        events = list(train(config))
        started = next(event for event in events if isinstance(event, RunStarted))
        first = next(event for event in events if isinstance(event, Validated))
        assert first.psnr_db == pytest.approx(started.bicubic_db, abs=0.05)
        figures.append(started.bicubic_db)
    assert figures[0] == pytest.approx(figures[1], abs=0.5)

"""For tests of the engine: a drawn picture, weights that change nothing, the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from srcnn.spec import SrcnnSpec
from srcnn.weights import Weights, save_weights


def draw(width: int, height: int, *, seed: int = 0) -> NDArray[np.uint8]:
    """Return RGB pixels with smooth parts, edges, stripes and a little noise."""
    y, x = np.mgrid[:height, :width].astype(np.float64)
    disc = (x - width / 2) ** 2 + (y - height / 2) ** 2 < (min(width, height) / 3) ** 2
    channels = [
        120 + 90 * np.sin(x / 9) * np.cos(y / 13),
        np.where(disc, 210.0, 60 + 100 * x / width),
        128 + 100 * np.sign(np.sin((x + 2 * y) / 7)),
    ]
    noise = np.random.default_rng(seed).normal(0, 4, (height, width, 3))
    return np.clip(np.stack(channels, axis=-1) + noise, 0, 255).astype(np.uint8)


@pytest.fixture
def rng() -> np.random.Generator:
    """Return random numbers, the same ones in every run."""
    return np.random.default_rng(0)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """Return a picture in colour whose sides divide by none of the scales."""
    path = tmp_path / "photo.png"
    Image.fromarray(draw(215, 157)).save(path)
    return path


def unchanging_weights(scale: int) -> Weights:
    """Return a network that hands on what it is given: SRCNN by it is bicubic."""
    spec = SrcnnSpec(2, 2, 3, 1, 3)
    w1, b1, w2, b2, w3, b3 = (np.zeros(shape, np.float32) for shape in spec.shapes)
    w1[0, 0, 1, 1] = w2[0, 0, 0, 0] = w3[0, 0, 1, 1] = 1
    b1[0], b3[0] = 1, -1  # overshoots below 0 survive the ReLU
    return Weights(spec, scale, (w1, b1, w2, b2, w3, b3))


@pytest.fixture
def unchanging(tmp_path: Path) -> Path:
    """Return a folder of weights for every scale that make SRCNN equal to bicubic."""
    folder = tmp_path / "unchanging"
    folder.mkdir()
    for scale in (2, 3, 4):
        save_weights(unchanging_weights(scale), folder / f"any_x{scale}.safetensors")
    return folder


class Printed(NamedTuple):
    """What a command printed."""

    out: str
    err: str


@pytest.fixture
def srcnn(capfd: pytest.CaptureFixture[str]) -> Callable[..., Printed]:
    """Return the command line as a function; ``code`` is the exit code that is expected."""
    from srcnn import cli

    def call(*args: object, code: int = 0) -> Printed:
        with pytest.raises(SystemExit) as stopped:
            cli.main([str(arg) for arg in args])
        printed = Printed(*capfd.readouterr())
        assert (stopped.value.code or 0) == code, printed
        assert "Traceback" not in printed.err
        if code == 1:
            assert "error: " in printed.err or "skipped: " in printed.err
        return printed

    return call


@pytest.fixture(params=[True, False], ids=["fused", "plain"])
def both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run with oneDNN's fused ReLU, and as where there is none."""
    if not request.param:
        monkeypatch.setattr("srcnn.fast_forward._has_fused_relu", lambda: False)

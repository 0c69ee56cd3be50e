"""A folder of small pictures, and a run small enough for a test."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from srcnn.spec import SrcnnSpec
from trainer.config import TrainConfig


def draw(path: Path, seed: int, size: tuple[int, int] = (48, 40)) -> None:
    """Save a picture of coloured stripes and discs, (width, height) pixels."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[: size[1], : size[0]]
    angle, period = rng.uniform(0, np.pi), rng.uniform(4, 9)
    stripes = np.sin((x * np.cos(angle) + y * np.sin(angle)) * 2 * np.pi / period) > 0
    disc = np.hypot(x - size[0] / 2, y - size[1] / 2) < rng.uniform(8, 16)
    colours = rng.integers(20, 236, (3, 3), np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(colours[stripes.astype(int) + disc]).save(path)


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of six pictures, two of them in a sub-folder."""
    folder = tmp_path_factory.mktemp("pictures")
    for seed in range(4):
        draw(folder / f"{seed}.png", seed)
    for seed in (4, 5):
        draw(folder / "more" / f"{seed}.bmp", seed)
    return folder


@pytest.fixture
def tiny(pictures: Path, tmp_path: Path) -> TrainConfig:
    """Return a run of 24 steps: reported every 4, validated every 8."""
    return replace(
        TrainConfig(),
        data=pictures,
        out=tmp_path / "run",
        scale=2,
        spec=SrcnnSpec(n1=8, n2=4),
        crop=17,
        rescales=(1.0, 0.7),
        batch=4,
        backprops=96,
        report_every=4,
        validate_every=8,
    )

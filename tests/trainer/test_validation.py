"""Validation by the paper's protocol."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from skimage.metrics import peak_signal_noise_ratio

from srcnn.fast_forward import FastForward
from srcnn.network import network_from
from srcnn.spec import SrcnnSpec
from srcnn.weights import load_weights
from trainer.config import TrainConfig
from trainer.dataset import Pair, load_folder
from trainer.initial import he_arrays, passing_on
from trainer.validation import bicubic_psnr, sharpened, weights_psnr


def test_the_authors_weights_reach_the_papers_figure_on_set5(shared: Path) -> None:
    pairs, _ = load_folder(shared / "data" / "Set5", TrainConfig(scale=3))
    weights = load_weights(shared / "weights" / "9-1-5" / "x3.mat")
    assert weights_psnr(weights.arrays, pairs, 3) == pytest.approx(32.39, abs=0.006)
    assert bicubic_psnr(pairs, 3) == pytest.approx(30.39, abs=0.006)


@pytest.mark.parametrize("shape", [(7, 9), (200, 30), (193, 390)])
def test_tiles_leave_no_trace(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    spec = SrcnnSpec(4, 3)
    arrays = he_arrays(spec, rng)
    plane = rng.random(shape, np.float32)
    extended = torch.from_numpy(np.pad(plane, spec.halo, mode="edge"))
    with torch.no_grad():
        whole = network_from(arrays)(extended[None, None])[0, 0].numpy()
    np.testing.assert_allclose(sharpened(FastForward(arrays), plane), whole, atol=2e-6)


def test_psnr_is_that_of_scikit_image(tiny: TrainConfig) -> None:
    pairs, _ = load_folder(tiny.data, tiny)
    arrays = passing_on(he_arrays(tiny.spec, np.random.default_rng(1)))
    forward = FastForward(arrays)
    expected = []
    for pair in pairs:
        rounded = np.floor(np.clip(sharpened(forward, pair.enlarged) * 255.0, 0, 255) + 0.5)
        inside = np.s_[2:-2, 2:-2]
        expected.append(
            peak_signal_noise_ratio(pair.truth[inside], rounded[inside].astype(np.uint8))
        )
    assert weights_psnr(arrays, pairs, 2) == pytest.approx(np.mean(expected), abs=1e-3)


def test_pictures_that_come_out_exactly_do_not_hide_the_others() -> None:
    flat = np.full((20, 20), 100, np.uint8)
    exact = Pair("exact", flat, (flat / 255).astype(np.float32))
    off_by_one = Pair("off", flat, ((flat + 1) / 255).astype(np.float32))
    assert bicubic_psnr([exact], 3) == float("inf")
    assert bicubic_psnr([exact, off_by_one], 3) == pytest.approx(20 * np.log10(255))

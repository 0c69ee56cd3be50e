"""Validation by the paper's protocol."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from skimage.color import rgb2ycbcr
from skimage.metrics import peak_signal_noise_ratio

from srcnn.fast_forward import FastForward
from srcnn.network import network_from
from srcnn.spec import SrcnnSpec
from srcnn.weights import load_weights
from trainer.config import TrainConfig
from trainer.initial import he_arrays, passing_on
from trainer.pictures import Pair, list_folders, read_validation
from trainer.validation import Validation, sharpened
from trainer.workers import workers_of_one_thread


@pytest.fixture
def workers() -> Iterator[ThreadPoolExecutor]:
    with workers_of_one_thread(2) as workers:
        yield workers


def validation_of(config: TrainConfig, folder: Path, workers: ThreadPoolExecutor) -> Validation:
    pairs, _ = read_validation(list_folders([folder]), config)
    return Validation(pairs, config.scale, "cpu", workers, 2)


def test_the_authors_weights_reach_the_papers_figure_on_set5(
    shared: Path, workers: ThreadPoolExecutor
) -> None:
    validation = validation_of(TrainConfig(scale=3), shared / "data" / "Set5", workers)
    weights = load_weights(shared / "weights" / "9-1-5" / "x3.mat")
    assert validation.psnr_of(weights.arrays) == pytest.approx(32.39, abs=0.006)
    assert validation.bicubic_db == pytest.approx(30.39, abs=0.006)


@pytest.mark.parametrize(("scale", "paper_db"), [(2, 36.34), (3, 32.39), (4, 30.09)])
@pytest.mark.parametrize("channels", [1, 3])
def test_set5_is_recognised_whatever_its_files_are_called(
    shared: Path,
    tmp_path: Path,
    workers: ThreadPoolExecutor,
    scale: int,
    paper_db: float,
    channels: int,
) -> None:
    for number, path in enumerate(sorted((shared / "data" / "Set5").iterdir(), reverse=True)):
        shutil.copy(path, tmp_path / f"{number}{path.suffix}")
    config = TrainConfig(scale=scale, spec=SrcnnSpec(channels=channels))
    assert validation_of(config, tmp_path, workers).paper_db == paper_db
    next(tmp_path.iterdir()).unlink()  # four of them are another set
    assert validation_of(config, tmp_path, workers).paper_db is None


def test_other_pictures_have_no_figure_in_the_paper(
    tiny: TrainConfig, workers: ThreadPoolExecutor
) -> None:
    assert validation_of(tiny, tiny.data[0], workers).paper_db is None


@pytest.mark.parametrize("shape", [(1, 7, 9), (1, 200, 30), (3, 193, 390)])
def test_tiles_leave_no_trace(shape: tuple[int, int, int]) -> None:
    rng = np.random.default_rng(0)
    spec = SrcnnSpec(4, 3, channels=shape[0])
    arrays = he_arrays(spec, rng)
    planes = rng.random(shape, np.float32)
    halo = spec.halo
    extended = np.pad(planes, ((0, 0), (halo, halo), (halo, halo)), mode="edge")
    with torch.no_grad():
        whole = network_from(arrays)(torch.from_numpy(extended)[None])[0].numpy()
    np.testing.assert_allclose(sharpened(FastForward(arrays), planes), whole, atol=2e-6)


@pytest.mark.parametrize("channels", [1, 3])
def test_psnr_is_that_of_scikit_image_on_luma(
    tiny: TrainConfig, workers: ThreadPoolExecutor, channels: int
) -> None:
    config = replace(tiny, spec=SrcnnSpec(8, 4, channels=channels))
    pairs, _ = read_validation(list_folders(tiny.data), config)
    rng = np.random.default_rng(1)
    arrays = passing_on(he_arrays(config.spec, rng))
    arrays[5][:] = 0.02
    forward = FastForward(arrays)

    def luma(planes: np.ndarray) -> np.ndarray:
        if channels == 1:
            return planes[0]
        return np.rint(rgb2ycbcr(planes.transpose(1, 2, 0))[:, :, 0]).astype(np.uint8)

    expected = []
    for pair in pairs:
        result = np.floor(np.clip(sharpened(forward, pair.enlarged) * 255.0, 0, 255) + 0.5)
        inside = np.s_[2:-2, 2:-2]
        ours, truth = luma(result.astype(np.uint8)), luma(pair.truth)
        expected.append(peak_signal_noise_ratio(truth[inside], ours[inside]))
    validation = Validation(pairs, 2, "cpu", workers, 2)
    assert validation.psnr_of(arrays) == pytest.approx(np.mean(expected), abs=2e-3)


def test_pictures_that_come_out_exactly_do_not_hide_the_others(
    workers: ThreadPoolExecutor,
) -> None:
    flat = np.full((1, 20, 20), 100, np.uint8)
    exact = Pair("exact", flat, (flat / 255).astype(np.float32))
    off_by_one = Pair("off", flat, ((flat + 1) / 255).astype(np.float32))
    arrays = passing_on(he_arrays(SrcnnSpec(2, 2), np.random.default_rng(0)))
    both = Validation([exact, off_by_one], 3, "cpu", workers, 2)
    assert both.bicubic_db == pytest.approx(20 * np.log10(255))
    assert both.psnr_of(arrays) == pytest.approx(20 * np.log10(255))
    assert Validation([exact], 3, "cpu", workers, 2).psnr_of(arrays) == float("inf")


def test_it_can_be_stopped_between_pictures(tiny: TrainConfig, workers: ThreadPoolExecutor) -> None:
    validation = validation_of(tiny, tiny.data[0], workers)
    arrays = passing_on(he_arrays(tiny.spec, np.random.default_rng(0)))
    answers = iter([False, False, True])
    assert validation.psnr_of(arrays, lambda: next(answers)) is None
    assert list(answers) == []

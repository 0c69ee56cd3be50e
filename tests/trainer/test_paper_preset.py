"""The paper's preset, setting by setting, as the paper and the authors' release have it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from srcnn.network import network_from
from srcnn.spec import SrcnnSpec
from srcnn.weights import load_weights
from trainer.checkpoint import fresh_state
from trainer.config import TrainConfig
from trainer.events import RunFinished, StepDone
from trainer.folder_check import check_folder
from trainer.loop import train
from trainer.loss import LOSSES
from trainer.optimiser import rate_at, set_rate
from trainer.pictures import list_folders, split
from trainer.presets import PRESETS
from trainer.sub_images import SubImages

PAPER = PRESETS["paper"].for_scale(3)


def test_the_network_is_9_1_5_on_luma() -> None:
    assert PAPER.spec == SrcnnSpec(n1=64, n2=32, f1=9, f2=1, f3=5, channels=1)
    assert PAPER.spec.weights_count == 8032


def test_it_begins_with_small_normal_filters_and_no_bias() -> None:
    arrays = fresh_state(PAPER, "", "cpu").best
    filters = np.concatenate([array.ravel() for array in arrays[::2]])
    assert filters.mean() == pytest.approx(0, abs=4e-5)  # 8,032 numbers: 3.6 deviations
    assert filters.std() == pytest.approx(0.001, rel=0.03)
    assert not any(bias.any() for bias in arrays[1::2])


def test_it_learns_by_sgd_with_momentum_and_the_rates_of_the_release() -> None:
    state = fresh_state(PAPER, "", "cpu")
    optimiser = state.optimiser
    assert type(optimiser) is torch.optim.SGD
    for progress in (0.0, 0.5, 1.0):  # the rate is constant
        set_rate(optimiser, PAPER, rate_at(PAPER, progress))
        rates = [group["lr"] for group in optimiser.param_groups]
        assert rates == pytest.approx([1e-4, 1e-5, 1e-4, 1e-5, 1e-5, 1e-5])
    shapes = [tuple(group["params"][0].shape) for group in optimiser.param_groups]
    assert shapes == list(PAPER.spec.shapes)
    for group in optimiser.param_groups:
        assert (group["momentum"], group["weight_decay"]) == (0.9, 0)
        assert not group["nesterov"]
        assert group["dampening"] == 0


def test_its_loss_is_that_of_caffe() -> None:
    rng = np.random.default_rng(0)
    result, truth = rng.random((2, 128, 1, 21, 21))
    expected = ((result - truth) ** 2).sum() / (2 * 128)
    loss = LOSSES[PAPER.loss](torch.from_numpy(result), torch.from_numpy(truth))
    assert loss.item() == pytest.approx(expected)
    assert PAPER.batch == 128


def test_two_steps_are_those_of_the_formula(tiny: TrainConfig) -> None:
    """Momentum and rates, on the gradients of Caffe's loss, in plain autograd."""
    config = replace(
        PAPER, data=tiny.data, out=tiny.out, scale=2, crop=32, batch=4, backprops=8,
        report_every=1, rate=1e-2,
    )  # fmt: skip
    state = fresh_state(config, "", "cpu")
    network = network_from(state.best)
    velocity = [torch.zeros_like(each) for each in network.parameters()]
    learnt_from, _ = split(list_folders(tiny.data), config.held_out, config.seed)
    source = SubImages(learnt_from, config)
    list(source.load())
    for step in range(2):
        low, truth = map(torch.from_numpy, source.sample(step))
        loss = (network(low) - truth).square().sum() / 8
        gradients = torch.autograd.grad(loss, list(network.parameters()))
        with torch.no_grad():
            for speed, parameter, gradient, factor in zip(
                velocity, network.parameters(), gradients, (1, 0.1, 1, 0.1, 0.1, 0.1), strict=True
            ):
                speed.mul_(0.9).add_(gradient)
                parameter.sub_(speed, alpha=1e-2 * factor)
    finished = list(train(config))[-1]
    assert isinstance(finished, RunFinished)
    assert finished.best_backprops == 8
    assert finished.weights is not None
    for ours, theirs in zip(
        load_weights(finished.weights).arrays, network.parameters(), strict=True
    ):
        np.testing.assert_allclose(ours, theirs.detach(), atol=5e-6)


@pytest.mark.parametrize(("scale", "side", "truth_side"), [(2, 32, 20), (3, 33, 21), (4, 32, 20)])
def test_sub_images_and_what_valid_convolutions_leave_of_them(
    scale: int, side: int, truth_side: int, tiny: TrainConfig
) -> None:
    config = replace(PRESETS["paper"].for_scale(scale), data=tiny.data)
    assert (config.crop, config.stride) == (side, 14)
    source = SubImages(list_folders(tiny.data), config)
    list(source.load())
    low, truth = source.sample(0)
    assert low.shape == (128, 1, side, side)
    assert truth.shape == (128, 1, truth_side, truth_side)
    assert network_from(fresh_state(config, "", "cpu").best)(torch.from_numpy(low)).shape[2:] == (
        truth_side, truth_side,
    )  # fmt: skip


def test_every_sub_image_of_the_grid_comes_once_an_epoch_and_is_not_turned(
    draw_picture: Callable[..., None], tmp_path: Path
) -> None:
    """Two pictures by hand: 62 x 48 at x3 is 60 x 48: 2 x 2 sub-images; 75 x 61: 4 x 2."""
    draw_picture(tmp_path / "a.png", 0, (62, 48))
    draw_picture(tmp_path / "b.png", 1, (75, 61))
    config = replace(PAPER, data=(tmp_path,), batch=5)
    assert check_folder(config.data, config).sub_images == 2 * 2 + 4 * 2
    source = SubImages(list_folders(config.data), config)
    list(source.load())
    assert source.positions == 12
    expected = sorted(
        pair.enlarged[0, top : top + 33, left : left + 33].tobytes()
        for pair, rows, columns in zip(source._pairs, (2, 2), (2, 4), strict=True)
        for top in range(0, rows * 14, 14)
        for left in range(0, columns * 14, 14)
    )
    drawn = [low.tobytes() for step in range(12) for low in source.sample(step)[0]]
    epochs = [drawn[i : i + 12] for i in range(0, 60, 12)]
    assert [sorted(epoch) for epoch in epochs] == [expected] * 5
    assert epochs[0] != epochs[1]  # in another order each time


def test_the_91_images_give_the_21_884_sub_images_of_the_release(shared: Path) -> None:
    config = replace(PAPER, data=(shared / "data" / "T91",))
    report = check_folder(config.data, config)
    assert len(report.usable) == 91
    assert report.skipped == ()
    assert report.sub_images == 21_884
    source = SubImages(list_folders(config.data), config)
    list(source.load())
    assert (source.positions, source.slots) == (21_884, 0)


def test_nothing_of_it_is_averaged_rescaled_or_warmed_up(tiny: TrainConfig) -> None:
    assert (PAPER.average, PAPER.rescales, PAPER.warmup) == (0, (1.0,), 0)
    assert not PAPER.turns
    config = replace(
        PAPER, data=tiny.data, out=tiny.out, scale=2, crop=32, batch=4, backprops=40,
        report_every=2, validate_every=10,
    )  # fmt: skip
    steps = [event for event in train(config) if isinstance(event, StepDone)]
    assert {event.rate for event in steps} == {1e-4}
    assert steps[-1].loss < steps[0].loss

"""First weights: their spread, the bicubic start, and given ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from srcnn.errors import WeightsError
from srcnn.network import network_from
from srcnn.spec import SrcnnSpec
from srcnn.weights import Weights, save_weights
from trainer.config import Start, TrainConfig
from trainer.initial import he_arrays, initial_arrays


def test_he_filters_keep_the_spread_of_what_goes_through() -> None:
    spec = SrcnnSpec()
    w1, b1, w2, b2, w3, b3 = he_arrays(spec, np.random.default_rng(0))
    assert w1.std() == pytest.approx((1 / 81) ** 0.5, rel=0.05)
    assert w2.std() == pytest.approx((2 / 64) ** 0.5, rel=0.05)
    assert w3.std() == pytest.approx((2 / 800) ** 0.5, rel=0.1)
    assert not any(bias.any() for bias in (b1, b2, b3))


@pytest.mark.parametrize("spec", [SrcnnSpec(), SrcnnSpec(8, 4, 9, 3, 5)], ids=lambda s: s.name)
def test_the_bicubic_start_hands_the_picture_on(spec: SrcnnSpec) -> None:
    config = TrainConfig(spec=spec, start=Start.BICUBIC)
    arrays = initial_arrays(config, np.random.default_rng(0))
    planes = torch.rand(1, 1, 30, 30)
    halo = spec.halo
    with torch.no_grad():
        result = network_from(arrays)(planes)
    np.testing.assert_allclose(result, planes[..., halo:-halo, halo:-halo], atol=1e-6)
    assert arrays[0][1:].std() > 0.05  # the other filters are there to learn from
    assert arrays[2][1:].std() > 0.05


def test_a_he_start_is_what_he_draws() -> None:
    drawn = initial_arrays(TrainConfig(start=Start.HE), np.random.default_rng(4))
    for one, other in zip(drawn, he_arrays(SrcnnSpec(), np.random.default_rng(4)), strict=True):
        np.testing.assert_array_equal(one, other)


def test_given_weights_are_taken_as_they_are(tmp_path: Path) -> None:
    spec = SrcnnSpec(8, 4)
    arrays = he_arrays(spec, np.random.default_rng(5))
    save_weights(Weights(spec, 3, arrays), tmp_path / "mine.safetensors")
    config = TrainConfig(spec=spec, initial=tmp_path / "mine.safetensors")
    loaded = initial_arrays(config, np.random.default_rng(0))
    for one, other in zip(loaded, arrays, strict=True):
        np.testing.assert_array_equal(one, other)
    with pytest.raises(WeightsError, match=r"9-1-5-8-4, not 9-1-5$"):
        initial_arrays(replace(config, spec=SrcnnSpec()), np.random.default_rng(0))

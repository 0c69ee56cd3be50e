"""First weights: their spread, the bicubic start, and given ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import stats

from srcnn.errors import WeightsError
from srcnn.network import network_from
from srcnn.spec import SrcnnSpec
from srcnn.weights import Weights, save_weights
from trainer.config import Start, TrainConfig
from trainer.initial import he_arrays, initial_arrays, initial_note, paper_arrays


def test_he_filters_keep_the_spread_of_what_goes_through() -> None:
    w1, b1, w2, b2, w3, b3 = he_arrays(SrcnnSpec(), np.random.default_rng(0))
    assert w1.std() == pytest.approx((1 / 81) ** 0.5, rel=0.05)
    assert w2.std() == pytest.approx((2 / 64) ** 0.5, rel=0.05)
    assert w3.std() == pytest.approx((2 / 800) ** 0.5, rel=0.1)
    assert not any(bias.any() for bias in (b1, b2, b3))


def test_the_papers_filters_are_normal_with_a_deviation_of_a_thousandth() -> None:
    arrays = paper_arrays(SrcnnSpec(), np.random.default_rng(0))
    for filters in arrays[::2]:
        assert filters.dtype == np.float32
        assert filters.std() == pytest.approx(0.001, rel=0.08)
        assert stats.kstest(filters.ravel(), stats.norm(0, 0.001).cdf).pvalue > 0.01
    assert not any(bias.any() for bias in arrays[1::2])


@pytest.mark.parametrize(
    "spec",
    [SrcnnSpec(), SrcnnSpec(8, 4, 9, 3, 5), SrcnnSpec(8, 4, channels=3)],
    ids=lambda spec: spec.name,
)
def test_the_bicubic_start_hands_the_picture_on(spec: SrcnnSpec) -> None:
    config = TrainConfig(spec=spec, start=Start.BICUBIC)
    arrays = initial_arrays(config, np.random.default_rng(0))
    planes = torch.rand(1, spec.channels, 30, 30, generator=torch.Generator().manual_seed(0))
    halo = spec.halo
    with torch.no_grad():
        result = network_from(arrays)(planes)
    np.testing.assert_allclose(result, planes[..., halo:-halo, halo:-halo], atol=1e-6)
    assert arrays[0][spec.channels :].std() > 0.05  # the other filters are there to learn from
    assert arrays[2][spec.channels :].std() > 0.05


def test_a_network_with_one_filter_hands_on_what_it_can() -> None:
    config = TrainConfig(spec=SrcnnSpec(1, 1, channels=3), start=Start.BICUBIC)
    arrays = initial_arrays(config, np.random.default_rng(0))
    assert [np.count_nonzero(filters) for filters in arrays[::2]] == [1, 1, 1]


@pytest.mark.parametrize(("start", "draw"), [(Start.HE, he_arrays), (Start.PAPER, paper_arrays)])
def test_a_start_is_what_is_drawn(start: Start, draw: type) -> None:
    drawn = initial_arrays(TrainConfig(start=start), np.random.default_rng(4))
    for one, other in zip(drawn, draw(SrcnnSpec(), np.random.default_rng(4)), strict=True):
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


def test_weights_for_another_scale_are_told(tiny: TrainConfig, tmp_path: Path) -> None:
    spec = SrcnnSpec()
    arrays = he_arrays(spec, np.random.default_rng(0))
    path = tmp_path / "mine_x3.safetensors"
    save_weights(Weights(spec, 3, arrays), path)
    config = replace(tiny, spec=spec, initial=path)
    assert initial_note(replace(config, scale=3)) == ""
    assert "is for \u00d73, and \u00d72 is learnt" in initial_note(replace(config, scale=2))
    assert initial_note(replace(config, initial=None)) == ""

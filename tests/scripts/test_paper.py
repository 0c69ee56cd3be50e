"""The document of the paper's tables: what is printed beside what, and the border rules."""

import numpy as np
import pytest
import torch

from scripts import paper
from srcnn.network import Srcnn
from srcnn.paper import PaperPicture
from srcnn.report import BenchmarkRow
from srcnn.spec import SrcnnSpec
from srcnn.weights import Weights

PICTURES = {
    "baby": PaperPicture("Set5", "baby", {(3, "srcnn"): 35.01, (3, "anr"): 35.06}),
    "head": PaperPicture("Set5", "head", {(3, "srcnn"): 33.55}),
}


def result(name: str, method: str, psnr_db: float, seconds: float = 1.0) -> paper.Measured:
    row = BenchmarkRow(f"{name}.png", 3, method, psnr_db, 0.9, seconds)
    return paper.Measured(PICTURES[name], row)


RESULTS = [
    result("baby", "anr", 35.10, seconds=3),
    result("head", "anr", 33.40, seconds=5),
    result("baby", "srcnn", 35.02, seconds=2),
    result("head", "srcnn", 33.552, seconds=2),
]


def test_a_table_says_how_far_figures_are_from_print():
    head, _, baby, face, average = paper.table_of(RESULTS)
    assert head == "| picture | anr | srcnn |"
    assert baby == "| baby | 35.10 (+0.04) | 35.02 (+0.01) |"
    assert face == "| head | 33.40 | 33.55 (+0.00) |"
    assert average == "| **average** | **34.25** | **34.29 (+0.01)** |"  # one of anr is not printed


def test_times_are_told_beside_that_of_srcnn():
    *_, anr, srcnn = paper.averages(RESULTS)
    assert anr.endswith("| 0.9000 | 4.000 | 2.00 |")
    assert srcnn.endswith("| 0.9000 | 2.000 | 1.00 |")


def test_who_wins_is_said_with_the_exceptions():
    text = paper.winners(RESULTS, "srcnn")
    assert text == "srcnn is best on 1 of 2 pictures; not on *baby* (anr, by 0.08 dB)."
    assert paper.winners(RESULTS[1::2], "srcnn") == "srcnn is best on 1 of 1 pictures."


@pytest.fixture
def weights() -> Weights:
    torch.manual_seed(0)
    spec = SrcnnSpec(4, 3)
    arrays = tuple(p.detach().numpy().copy() for p in Srcnn(spec).parameters())
    for bias in arrays[1::2]:
        bias[:] = 0
    return Weights(spec, 3, arrays)


@pytest.mark.parametrize(("mode", "is_even"), [("replicate", True), ("zeros", False)])
def test_only_zeros_show_at_the_border_of_a_flat_plane(weights: Weights, mode: str, is_even: bool):
    out = paper.layer_by_layer(weights, torch.full((1, 1, 20, 24), 0.5), mode)[0, 0].numpy()
    assert out.shape == (20, 24)
    assert np.allclose(out, out[10, 12], atol=1e-6) == is_even


def test_dividing_by_the_valid_share_makes_up_for_zeros_in_a_mean(weights: Weights):
    flat = [
        np.full_like(each, 0 if each.ndim == 1 else 1 / each[0].size) for each in weights.arrays
    ]
    mean = Weights(weights.spec, 3, tuple(flat))
    plane = torch.full((1, 1, 20, 24), 0.5)
    np.testing.assert_allclose(
        paper.layer_by_layer(mean, plane, "normalised")[0, 0], 0.5, atol=1e-6
    )
    assert paper.layer_by_layer(mean, plane, "zeros")[0, 0, 0, 0] < 0.2

from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.io import loadmat
from scipy.signal import correlate2d

from srcnn.network import Srcnn, arrays_of, network_from
from srcnn.spec import SrcnnSpec, WeightArrays


def reference(arrays: WeightArrays, planes: np.ndarray) -> np.ndarray:
    """The equations of the paper in float64, by scipy."""
    planes = planes.astype(np.float64)
    for layer, (weights, biases) in enumerate(zip(arrays[::2], arrays[1::2], strict=True)):
        planes = np.stack(
            [
                bias + sum(correlate2d(p, k, "valid") for p, k in zip(planes, kernels, strict=True))
                for kernels, bias in zip(weights, biases, strict=True)
            ]
        )
        if layer < 2:
            planes = planes.clip(0)
    return planes


@pytest.mark.parametrize(
    "spec", [SrcnnSpec(8, 4), SrcnnSpec(5, 6, 3, 5, 7), SrcnnSpec(6, 4, 5, 3, 3, channels=3)]
)
def test_it_computes_the_papers_equations(spec: SrcnnSpec):
    torch.manual_seed(1)
    network = Srcnn(spec)
    planes = np.random.default_rng(2).random((spec.channels, 24, 29), dtype=np.float32)
    with torch.inference_mode():
        result = network(torch.from_numpy(planes)[None])[0].numpy()
    assert result.shape == (spec.channels, 24 - 2 * spec.halo, 29 - 2 * spec.halo)
    np.testing.assert_allclose(result, reference(arrays_of(network), planes), atol=2e-6)


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_the_authors_weights_agree_with_float64(shared: Path, scale: int):
    """Their files are read here by hand, as SRCNN.m of their release reads them."""
    file = loadmat(shared / "weights" / "9-1-5" / f"x{scale}.mat")
    w1 = np.stack([kernel.reshape(9, 9, order="F")[None] for kernel in file["weights_conv1"].T])
    w2 = file["weights_conv2"].reshape(64, 32).T[..., None, None]
    w3 = np.stack([kernel.reshape(5, 5, order="F") for kernel in file["weights_conv3"]])[None]
    biases = [file[f"biases_conv{layer}"].ravel() for layer in (1, 2, 3)]
    w1, w2, w3, b1, b2, b3 = (a.astype(np.float32) for a in (w1, w2, w3, *biases))
    arrays = (w1, b1, w2, b2, w3, b3)
    planes = np.random.default_rng(3).random((1, 40, 40), dtype=np.float32)
    with torch.inference_mode():
        result = network_from(arrays)(torch.from_numpy(planes)[None])[0].numpy()
    np.testing.assert_allclose(result, reference(arrays, planes), atol=3e-6)


def test_weights_survive_the_round_trip():
    network = Srcnn(SrcnnSpec(8, 4, channels=3))
    arrays = arrays_of(network)
    again = network_from(arrays)
    assert again.spec == network.spec
    for mine, theirs in zip(arrays, arrays_of(again), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_arrays_are_copies_and_read_only_ones_are_welcome():
    network = Srcnn(SrcnnSpec(4, 2))
    arrays = arrays_of(network)
    for array in arrays:
        array.flags.writeable = False
    network_from(arrays).conv1.weight.data.zero_()
    assert arrays[0].any()
    network.conv1.weight.data.zero_()
    assert arrays[0].any()


def test_arrays_that_do_not_fit_are_refused():
    w1, b1, *rest = arrays_of(Srcnn(SrcnnSpec(4, 2)))
    with pytest.raises(ValueError, match="fit together"):
        network_from((w1, b1[:-1], *rest))

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from srcnn.folded_forward import FoldedForward
from srcnn.forward import UnfoldedForward, is_folded, make_forward
from srcnn.geometry import Region, Size
from srcnn.network import Srcnn, arrays_of, network_from
from srcnn.resize import Border, imresize
from srcnn.spec import SrcnnSpec, WeightArrays
from srcnn.weights import bundled_weights

SPECS = [
    SrcnnSpec(8, 4),
    SrcnnSpec(8, 4, f1=11, f3=7),
    SrcnnSpec(5, 3, f1=3, f3=1),
    SrcnnSpec(1, 1, f1=1, f3=3),
    SrcnnSpec(6, 4, f1=13, f3=9),
    SrcnnSpec(8, 4, channels=3),
]
SIZES = [(1, 1), (1, 7), (3, 2), (23, 29)]

each_spec = pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
each_scale = pytest.mark.parametrize("scale", [2, 3, 4])


def random_arrays(spec: SrcnnSpec) -> WeightArrays:
    torch.manual_seed(0)
    return arrays_of(Srcnn(spec))


def noise(channels: int, height: int, width: int, count: int = 1) -> np.ndarray:
    shape = (count, channels, height, width)
    return np.random.default_rng(2).random(shape, dtype=np.float32)


def whole(low: np.ndarray, scale: int) -> Region:
    return Size(low.shape[3], low.shape[2]).scaled(scale).region


def step_by_step(arrays: WeightArrays, low: np.ndarray, scale: int, border: Border) -> torch.Tensor:
    """Interpolate, repeat the edge, apply the network: as the paper has it, in float64."""
    halo = SrcnnSpec.of([array.shape for array in arrays]).halo
    plane = torch.from_numpy(imresize(low, scale, border=border))
    extended = torch.nn.functional.pad(plane, (halo, halo, halo, halo), mode="replicate")
    with torch.inference_mode():
        return network_from(arrays).double()(extended.double())


@pytest.mark.usefixtures("both_ways")
@pytest.mark.parametrize("border", Border)
@each_scale
@each_spec
def test_it_equals_interpolation_and_network(spec: SrcnnSpec, scale: int, border: Border):
    arrays = random_arrays(spec)
    forward = FoldedForward(arrays, scale, border)
    for height, width in SIZES:
        low = noise(spec.channels, height, width)
        result = forward(low, whole(low, scale))
        assert result.dtype == torch.float32
        expected = step_by_step(arrays, low, scale, border)
        torch.testing.assert_close(result.double(), expected, rtol=0, atol=5e-6)


@pytest.mark.parametrize(
    "weights", bundled_weights(), ids=lambda weights: f"{weights.name} x{weights.scale}"
)
def test_trained_networks_stay_within_the_promise(weights):
    low = noise(1, 30, 34)
    forward = make_forward(weights.arrays, weights.scale, Border.CLAMP, "cpu")
    result = forward(low, whole(low, weights.scale))
    expected = step_by_step(weights.arrays, low, weights.scale, Border.CLAMP)
    torch.testing.assert_close(result.double(), expected, rtol=0, atol=5e-6)


@each_scale
@pytest.mark.parametrize(
    "region", [Region(0, 0, 5, 4), Region(9, 13, 30, 22), Region(31, 20, 46, 38)]
)
def test_a_region_is_a_part_of_the_whole(scale: int, region: Region):
    forward = FoldedForward(random_arrays(SrcnnSpec(8, 4)), scale)
    low = noise(1, 23, 29)
    part = forward(low, region)
    expected = forward(low, whole(low, scale))[..., *region.slices]
    torch.testing.assert_close(part, expected, rtol=0, atol=5e-6)


def test_pictures_of_a_batch_do_not_mix():
    forward = FoldedForward(random_arrays(SrcnnSpec(8, 4)), 3)
    low = noise(1, 12, 14, count=3)
    together = forward(low, whole(low, 3))
    for number in range(3):
        alone = forward(low[number : number + 1], whole(low, 3))
        torch.testing.assert_close(together[number : number + 1], alone, rtol=0, atol=5e-6)


def test_threads_get_the_same_bits():
    forward, low = FoldedForward(random_arrays(SrcnnSpec()), 3), noise(1, 20, 20)
    alone = forward(low, whole(low, 3))
    with ThreadPoolExecutor(4) as pool:
        for result in pool.map(lambda _: forward(low, whole(low, 3)), range(12)):
            assert torch.equal(result, alone)


def test_sixteen_bits_are_close(monkeypatch: pytest.MonkeyPatch):
    arrays, low = random_arrays(SrcnnSpec()), noise(1, 30, 30)
    exact = make_forward(arrays, 3, Border.CLAMP, "cpu")(low, whole(low, 3))
    monkeypatch.setattr("srcnn.fast_forward._has_fused_relu", lambda: False)  # on every processor
    short = make_forward(arrays, 3, Border.CLAMP, "cpu", "bfloat16")(low, whole(low, 3))
    assert short.dtype == torch.float32
    assert 0 < (short - exact).abs().max() < 0.004


@pytest.mark.parametrize(
    ("spec", "scale", "folded"),
    [
        (SrcnnSpec(8, 4), 3, True),
        (SrcnnSpec(8, 4), 4, True),
        (SrcnnSpec(8, 4), 2, True),
        (SrcnnSpec(8, 4, f1=5), 2, False),  # more weights than before
        (SrcnnSpec(8, 4, f1=11), 2, True),
        (SrcnnSpec(8, 4, f1=3), 4, False),
        (SrcnnSpec(8, 4, f2=3), 3, False),  # neighbours would have to mix twice
    ],
)
def test_it_is_folded_where_that_pays(spec: SrcnnSpec, scale: int, folded: bool):
    arrays, low = random_arrays(spec), noise(1, 9, 10)
    assert is_folded(arrays, scale) == folded
    forward = make_forward(arrays, scale, Border.CLAMP, "cpu")
    assert isinstance(forward, FoldedForward if folded else UnfoldedForward)
    expected = step_by_step(arrays, low, scale, Border.CLAMP)
    result = forward(low, whole(low, scale)).double()
    torch.testing.assert_close(result, expected, rtol=0, atol=5e-6)


def test_a_larger_second_layer_cannot_be_folded():
    with pytest.raises(ValueError, match="1 x 1"):
        FoldedForward(random_arrays(SrcnnSpec(8, 4, f2=3)), 3)


@pytest.mark.gpu
@each_scale
def test_cuda_keeps_full_precision(scale: int):
    arrays, low = random_arrays(SrcnnSpec()), noise(1, 23, 29, count=4)
    result = make_forward(arrays, scale, Border.CLAMP, "cuda:0")(low, whole(low, scale))
    expected = step_by_step(arrays, low, scale, Border.CLAMP)
    torch.testing.assert_close(result.cpu().double(), expected, rtol=0, atol=1e-5)


@pytest.mark.gpu
def test_cuda_in_sixteen_bits_is_close():
    arrays, low = random_arrays(SrcnnSpec()), noise(1, 30, 30)
    exact = make_forward(arrays, 3, Border.CLAMP, "cuda:0")(low, whole(low, 3))
    short = make_forward(arrays, 3, Border.CLAMP, "cuda:0", "float16")(low, whole(low, 3))
    assert 0 < (short - exact).abs().max() < 0.004

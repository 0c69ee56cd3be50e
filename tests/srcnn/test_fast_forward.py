from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch

from srcnn.fast_forward import FastForward, _keep_full_precision
from srcnn.network import Srcnn, arrays_of, network_from
from srcnn.spec import SrcnnSpec, WeightArrays
from srcnn.weights import load_weights

SPECS = [
    SrcnnSpec(),
    SrcnnSpec(f2=3),
    SrcnnSpec(f2=5),
    SrcnnSpec(16, 8, f1=11, f3=7),
    SrcnnSpec(7, 5, f1=3, f2=3, f3=1),
    SrcnnSpec(1, 1, f1=1, f2=1, f3=3),
    SrcnnSpec(16, 8, channels=3),
]


def random_arrays(spec: SrcnnSpec) -> WeightArrays:
    torch.manual_seed(0)
    return arrays_of(Srcnn(spec))


def planes(spec: SrcnnSpec, count: int = 1, height: int = 47, width: int = 38) -> torch.Tensor:
    shape = (count, spec.channels, height, width)
    return torch.from_numpy(np.random.default_rng(1).random(shape, dtype=np.float32))


def in_float64(arrays: WeightArrays, x: torch.Tensor) -> torch.Tensor:
    with torch.inference_mode():
        return network_from(arrays).double()(x.double())


@pytest.mark.usefixtures("both_ways")
@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_it_is_the_same_function_as_the_network(spec: SrcnnSpec, count: int):
    arrays, x = random_arrays(spec), planes(spec, count)
    result = FastForward(arrays)(x)
    assert result.dtype == torch.float32
    assert result.shape == (count, spec.channels, 47 - 2 * spec.halo, 38 - 2 * spec.halo)
    with torch.inference_mode():
        plain = network_from(arrays)(x)
    torch.testing.assert_close(result, plain, rtol=0, atol=5e-6)
    torch.testing.assert_close(result.double(), in_float64(arrays, x), rtol=0, atol=5e-6)


@pytest.mark.usefixtures("both_ways")
@pytest.mark.parametrize("scale", [2, 3, 4])
def test_the_authors_weights_stay_within_the_promise(shared: Path, scale: int):
    arrays = load_weights(shared / "weights" / "9-1-5" / f"x{scale}.mat").arrays
    x = planes(SrcnnSpec(), height=156, width=156)
    result = FastForward(arrays)(x)
    with torch.inference_mode():
        plain = network_from(arrays)(x)
    torch.testing.assert_close(result, plain, rtol=0, atol=5e-6)
    torch.testing.assert_close(result.double(), in_float64(arrays, x), rtol=0, atol=5e-6)


def test_a_part_equals_the_part_of_the_whole():
    forward, x = FastForward(random_arrays(SrcnnSpec())), planes(SrcnnSpec(), 1, 90, 80)
    part = forward(x[..., 20:70, 13:60])
    torch.testing.assert_close(part, forward(x)[..., 20:58, 13:48], rtol=0, atol=5e-6)


def test_threads_get_the_same_bits():
    forward, x = FastForward(random_arrays(SrcnnSpec())), planes(SrcnnSpec(), 1, 60, 60)
    alone = forward(x)
    with ThreadPoolExecutor(4) as pool:
        for result in pool.map(forward, [x] * 12):
            assert torch.equal(result, alone)


def test_neither_input_nor_arrays_are_touched_or_kept():
    arrays, x = random_arrays(SrcnnSpec(8, 4)), planes(SrcnnSpec(8, 4))
    forward, before = FastForward(arrays), x.clone()
    first = forward(x)
    assert torch.equal(x, before)
    for array in arrays:
        array[:] = 0
    assert torch.equal(forward(x), first)


def test_arrays_that_do_not_fit_are_refused():
    w1, b1, *rest = random_arrays(SrcnnSpec(8, 4))
    with pytest.raises(ValueError, match="fit together"):
        FastForward((w1[:-1], b1, *rest))


@pytest.fixture
def _switches() -> Iterator[None]:
    """Set the switches of CUDA the wrong way, and afterwards as they were."""
    cudnn, matmul = torch.backends.cudnn, torch.backends.cuda.matmul
    before = cudnn.allow_tf32, matmul.allow_tf32, cudnn.deterministic
    cudnn.allow_tf32, matmul.allow_tf32, cudnn.deterministic = True, True, False
    yield
    cudnn.allow_tf32, matmul.allow_tf32, cudnn.deterministic = before


@pytest.mark.usefixtures("_switches")
def test_tf32_is_switched_off():
    _keep_full_precision()
    assert not torch.backends.cudnn.allow_tf32
    assert not torch.backends.cuda.matmul.allow_tf32
    assert torch.backends.cudnn.deterministic


@pytest.mark.gpu
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_cuda_keeps_full_precision(spec: SrcnnSpec):
    """TF32 has 10 bits: it would be wrong by more than 1e-4."""
    arrays, x = random_arrays(spec), planes(spec)
    result = FastForward(arrays, "cuda:0")(x)
    assert result.is_cuda
    torch.testing.assert_close(result.cpu().double(), in_float64(arrays, x), rtol=0, atol=5e-6)

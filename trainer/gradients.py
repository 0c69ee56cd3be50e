"""The gradient of a batch: on several cores, on a GPU, or on several machines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol

import torch
from torch import distributed, nn
from torch.nn.functional import mse_loss
from torch.nn.parallel import DistributedDataParallel
from typing_extensions import override

from trainer.arrangement import arranged
from trainer.config import Precision
from trainer.loss import LOSSES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from srcnn.network import Srcnn
    from trainer.config import TrainConfig

PART = 16
"""Sub-images that are computed together on the processor."""

_DTYPES = {Precision.FLOAT32: torch.float32, Precision.BFLOAT16: torch.bfloat16}


class Gradients(Protocol):
    """Computes gradients of the loss of a batch and leaves them in the parameters' ``grad``."""

    def __call__(self, low: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
        """Return the batch's mean squared error, a tensor of no dimension without a gradient."""
        ...


def make_gradients(network: Srcnn, config: TrainConfig, workers: ThreadPoolExecutor) -> Gradients:
    """Return how gradients are computed: by ``torchrun``'s processes if there are several."""
    if distributed.is_initialized():
        return DistributedGradients(network, config)
    return LocalGradients(network, config, workers)


class LocalGradients:
    """Cuts the batch into parts that fit the cache, and averages what comes back in their order.

    On the processor two workers of one thread each are faster than two threads in one
    computation: they wait for one another once a step, not at every product. How many workers
    there are changes no bit of the result.
    """

    def __init__(self, network: Srcnn, config: TrainConfig, workers: ThreadPoolExecutor) -> None:
        self._network = network
        self._parameters = list(network.parameters())
        self._loss = LOSSES[config.loss]
        self._products = _DTYPES[config.precision]
        self._workers = workers
        on_cpu = self._parameters[0].device.type == "cpu"
        self._part = PART if on_cpu else config.batch

    def __call__(self, low: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
        """Compute every part, then average."""
        parts = -(-len(low) // self._part)
        lows, truths = low.chunk(parts), truth.chunk(parts)
        results = list(self._workers.map(self._of_part, lows, truths))
        shares = [len(part) / len(low) for part in lows]
        for index, parameter in enumerate(self._parameters):
            parameter.grad = _weighted([result[1][index] for result in results], shares)
        return _weighted([result[0] for result in results], shares)

    def _of_part(
        self, low: torch.Tensor, truth: torch.Tensor
    ) -> tuple[torch.Tensor, Sequence[torch.Tensor]]:
        result = arranged(self._network, low, self._products)
        gradients = torch.autograd.grad(self._loss(result, truth), self._parameters)
        return mse_loss(result.detach(), truth), gradients


class DistributedGradients:
    """Every process has its share of the batch; DistributedDataParallel averages the gradients."""

    def __init__(self, network: Srcnn, config: TrainConfig) -> None:
        self._network = network
        self._parallel = DistributedDataParallel(_Arrangement(network, config))
        self._loss = LOSSES[config.loss]

    def __call__(self, low: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
        """Compute this process's share; the gradients of all are averaged on the way back."""
        self._network.zero_grad()
        result = self._parallel(low)
        self._loss(result, truth).backward()  # type: ignore[no-untyped-call]  # so in torch's stubs
        error = mse_loss(result.detach(), truth)
        distributed.all_reduce(error)
        return error / distributed.get_world_size()


class _Arrangement(nn.Module):
    """The network in its fast arrangement, as the module that DistributedDataParallel wants."""

    def __init__(self, network: Srcnn, config: TrainConfig) -> None:
        super().__init__()
        self.network = network
        self._products = _DTYPES[config.precision]

    @override
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return arranged(self.network, x, self._products)


def _weighted(tensors: Sequence[torch.Tensor], shares: Sequence[float]) -> torch.Tensor:
    if len(tensors) == 1:
        return tensors[0]
    total = tensors[0] * shares[0]
    for tensor, share in zip(tensors[1:], shares[1:], strict=True):
        total.add_(tensor, alpha=share)
    return total

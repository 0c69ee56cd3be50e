"""Several processes that learn together, started by ``torchrun``: who is who, and who decides."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch
from torch import distributed

from srcnn.errors import TrainingError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from trainer.config import TrainConfig


@contextmanager
def process_group(config: TrainConfig) -> Iterator[int]:
    """Join the processes that ``torchrun`` started, if it did; give this one's rank.

    The first process (rank 0) validates, reports and writes; the others only learn. All draw the
    same batches and compute a part of each, so that two do what one does, but for last bits. SOAP,
    whose first bases come from one gradient, soon makes those larger.

    Raises
    ------
    TrainingError
        If a batch cannot be shared evenly.
    """
    if "TORCHELASTIC_RUN_ID" not in os.environ or distributed.is_initialized():
        yield distributed.get_rank() if distributed.is_initialized() else 0
        return
    distributed.init_process_group("nccl" if config.device.startswith("cuda") else "gloo")
    try:
        if config.batch % distributed.get_world_size():
            raise TrainingError(
                f"{distributed.get_world_size()} processes cannot share a batch of "
                f"{config.batch} evenly",
                hint="Choose a batch that divides by the number of processes.",
            )
        yield distributed.get_rank()
    finally:
        distributed.destroy_process_group()


def share_of_process(batch: NDArray[np.float32]) -> torch.Tensor:
    """Return the part of a batch (N, ...) that is this process's: all of it if there is one."""
    whole = torch.from_numpy(batch)
    if not distributed.is_initialized():
        return whole
    return whole.chunk(distributed.get_world_size())[distributed.get_rank()]


def device_of_process(device: str) -> str:
    """Return the device of this process: with several, each has a GPU of its own."""
    if device == "cuda" and distributed.is_initialized():
        return f"cuda:{os.environ.get('LOCAL_RANK', '0')}"
    return device


def decided_by_first(value: float, device: str) -> float:
    """Return the value that the first process has."""
    if not distributed.is_initialized():
        return value
    box = torch.tensor(value, dtype=torch.float64, device=device if "cuda" in device else "cpu")
    distributed.broadcast(box, 0)
    return float(box)

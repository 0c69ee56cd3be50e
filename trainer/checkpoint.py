"""The state of a run, and its file: everything needed to go on as if nothing had happened."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from srcnn.device import resolve_device
from srcnn.errors import TrainingError
from srcnn.network import Srcnn, arrays_of, network_from
from srcnn.safe_file import write_safely
from trainer.config import TrainConfig
from trainer.events import StepDone, Validated
from trainer.initial import initial_arrays

if TYPE_CHECKING:
    from pathlib import Path

    from srcnn.spec import WeightArrays

_KEY = "srcnn_run"
_ARRAYS = 6


@dataclass(slots=True)
class TrainState:
    """Where a run stands; the loop changes it step by step.

    Attributes
    ----------
    network, optimiser
        What learns, and how.
    average : Srcnn
        Moving average of the weights: what is validated and kept.
    rng : numpy Generator
        Draws first weights and sub-images.
    best : WeightArrays
        Averaged weights of the best validation so far.
    step : int
        Steps done.
    seconds : float
        Time spent training.
    data_digest : str
        Hash of the pictures that are learnt from.
    loss_sum : tensor of no dimension
        Losses since the last report; on the device, so that no step waits for it.
    best_db : float
        PSNR of ``best``.
    curve : list of StepDone and Validated
        All that was reported.
    """

    network: Srcnn
    optimiser: torch.optim.Optimizer
    average: Srcnn
    rng: np.random.Generator
    best: WeightArrays
    loss_sum: torch.Tensor
    data_digest: str
    step: int = 0
    seconds: float = 0.0
    best_db: float = -math.inf
    curve: list[StepDone | Validated] = field(default_factory=list)

    def check_data(self, digest: str) -> None:
        """Make sure that the pictures are still the same.

        Raises
        ------
        TrainingError
            If they are not.
        """
        if digest != self.data_digest:
            raise TrainingError(
                "The pictures are not those that the run began with",
                hint="Put them back, or start a new run with its weights as --initial.",
            )


def fresh_state(config: TrainConfig, data_digest: str, device: str) -> TrainState:
    """Return the state before the first step.

    Raises
    ------
    WeightsError
        If ``config.initial`` cannot be used.
    """
    rng = np.random.default_rng(config.seed)
    return _state(config, initial_arrays(config, rng), rng, data_digest, device)


def save_checkpoint(state: TrainState, config: TrainConfig, path: Path) -> None:
    """Write the state beside ``path`` and rename it; what was there before is replaced whole.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    tensors = dict(_named("network", arrays_of(state.network)))
    tensors |= _named("average", arrays_of(state.average)) | _named("best", state.best)
    tensors["loss_sum"] = state.loss_sum
    for index, moments in state.optimiser.state_dict()["state"].items():
        tensors |= {f"optimiser.{index}.{name}": value for name, value in moments.items()}
    about = {
        "config": config.as_dict(),
        "rng": state.rng.bit_generator.state,
        "data_digest": state.data_digest,
        "step": state.step,
        "seconds": state.seconds,
        "best_db": state.best_db,
        "curve": [{"kind": type(event).__name__, **asdict(event)} for event in state.curve],
    }
    data = save(
        {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()},
        metadata={_KEY: json.dumps(about)},
    )
    write_safely(path, data)


def load_checkpoint(path: Path) -> tuple[TrainConfig, TrainState]:
    """Read what ``save_checkpoint`` wrote.

    Parameters
    ----------
    path : Path
        A checkpoint.

    Raises
    ------
    TrainingError
        If there is none, or it cannot be used.
    DeviceError
        If the device of the run is not there any more.
    """
    if not path.is_file():
        raise TrainingError(
            f"There is no run to resume in {path.parent}", hint=f"A run has a file {path.name}."
        )
    try:
        with safe_open(path, framework="pt") as file:
            about = json.loads(file.metadata()[_KEY])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        config = TrainConfig.from_dict(about["config"])
        device = resolve_device(config.device).device.id
        return config, _restored(config, about, tensors, device)
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise TrainingError(
            f"{path} cannot be resumed: it is damaged or of another version",
            hint="Start a new run; its weights so far may serve as --initial.",
        ) from error


def _state(
    config: TrainConfig,
    arrays: WeightArrays,
    rng: np.random.Generator,
    data_digest: str,
    device: str,
) -> TrainState:
    network = network_from(arrays).to(device)
    return TrainState(
        network=network,
        optimiser=torch.optim.Adam(network.parameters(), lr=config.rate),
        average=network_from(arrays).to(device).requires_grad_(requires_grad=False),
        rng=rng,
        best=arrays,
        loss_sum=torch.zeros((), device=device),
        data_digest=data_digest,
    )


def _restored(
    config: TrainConfig, about: dict[str, Any], tensors: dict[str, torch.Tensor], device: str
) -> TrainState:
    rng = np.random.default_rng()
    rng.bit_generator.state = about["rng"]
    digest = str(about["data_digest"])
    state = _state(config, _arrays("network", tensors), rng, digest, device)
    state.average = network_from(_arrays("average", tensors)).to(device)
    state.average.requires_grad_(requires_grad=False)
    moments: dict[int, dict[str, torch.Tensor]] = {}
    for name, tensor in tensors.items():
        kind, _, rest = name.partition(".")
        if kind == "optimiser":
            index, _, moment = rest.partition(".")
            moments.setdefault(int(index), {})[moment] = tensor
    groups = state.optimiser.state_dict()["param_groups"]
    state.optimiser.load_state_dict({"state": moments, "param_groups": groups})
    kinds: dict[str, type[StepDone | Validated]] = {"StepDone": StepDone, "Validated": Validated}
    state.best = _arrays("best", tensors)
    state.loss_sum = tensors["loss_sum"].to(device)
    state.step, state.seconds = int(about["step"]), float(about["seconds"])
    state.best_db = float(about["best_db"])
    state.curve = [kinds[event.pop("kind")](**event) for event in about["curve"]]
    return state


def _named(what: str, arrays: WeightArrays) -> dict[str, torch.Tensor]:
    return {f"{what}.{i}": torch.from_numpy(array.copy()) for i, array in enumerate(arrays)}


def _arrays(what: str, tensors: dict[str, torch.Tensor]) -> WeightArrays:
    arrays = tuple(tensors[f"{what}.{i}"].numpy() for i in range(_ARRAYS))
    return cast("WeightArrays", arrays)

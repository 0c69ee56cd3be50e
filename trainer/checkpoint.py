"""The state of a run, and its file: everything needed to go on as if nothing had happened."""

from __future__ import annotations

import copy
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from srcnn.errors import TrainingError
from srcnn.network import Srcnn, arrays_of, network_from
from srcnn.safe_file import explained, write_safely
from srcnn.untrusted import first_bytes, safetensors_metadata
from trainer.initial import initial_arrays
from trainer.optimiser import make_optimiser

if TYPE_CHECKING:
    from pathlib import Path

    from srcnn.spec import WeightArrays
    from trainer.config import TrainConfig
    from trainer.run_folder import RunFolder

_KEY = "srcnn_run"
_ARRAYS = 6
_NUMBERS = ("step", "seconds", "validated_step", "best_db", "best_step", "waited", "lowest_loss",
            "reported_step", "reported_seconds", "slots", "events_length")  # fmt: skip


@dataclass(slots=True)
class TrainState:
    """Where a run stands; the loop changes it step by step.

    Attributes
    ----------
    network, optimiser
        What learns, and how.
    average : Srcnn
        Moving average of the weights: what is validated and kept.
    best : WeightArrays
        Averaged weights of the best validation so far.
    loss_sum : tensor of no dimension
        Losses since the last report; on the device, so that no step waits for it.
    data_digest : str
        Hash that tells the pictures from others.
    step, seconds : int, float
        Steps done; time spent training.
    validated_step : int
        Steps after which it was validated last; -1: not yet.
    best_db, best_step : float, int
        PSNR of ``best``, and the steps after which it was found.
    waited : int
        Validations since then.
    lowest_loss : float
        Smallest loss reported so far.
    reported_step, reported_seconds : int, float
        Where the last report was made.
    slots : int
        As ``SubImages.slots``.
    events_length : int
        Bytes of the reported events that belong to this state.
    """

    network: Srcnn
    optimiser: torch.optim.Optimizer
    average: Srcnn
    best: WeightArrays
    loss_sum: torch.Tensor
    data_digest: str
    step: int = 0
    seconds: float = 0.0
    validated_step: int = -1
    best_db: float = -math.inf
    best_step: int = 0
    waited: int = 0
    lowest_loss: float = math.inf
    reported_step: int = 0
    reported_seconds: float = 0.0
    slots: int = 0
    events_length: int = 0

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
    rng = np.random.default_rng((config.seed, 0))
    return _state(config, initial_arrays(config, rng), data_digest, device)


def save_checkpoint(state: TrainState, folder: RunFolder) -> None:
    """Write the state beside its place and rename it; the one before is kept.

    Raises
    ------
    OutputError
        If it cannot be written; the checkpoints of before are untouched.
    """
    tensors = dict(_named("network", arrays_of(state.network)))
    tensors |= _named("average", arrays_of(state.average)) | _named("best", state.best)
    tensors["loss_sum"] = state.loss_sum
    for index, moments in state.optimiser.state_dict()["state"].items():
        tensors |= {
            f"optimiser.{index}.{name}": value
            for name, value in moments.items()
            if value is not None  # SGD before its first step
        }
    about = {name: getattr(state, name) for name in _NUMBERS}
    about["data_digest"] = state.data_digest
    data = save(
        {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()},
        metadata={_KEY: json.dumps(about)},
    )
    new = folder.checkpoint_new
    write_safely(new, data)
    try:
        if folder.checkpoint.exists():
            folder.checkpoint.replace(folder.checkpoint_before)
        new.replace(folder.checkpoint)
    except OSError as error:
        raise explained(error, folder.checkpoint) from error


def load_checkpoint(folder: RunFolder, config: TrainConfig, device: str) -> tuple[TrainState, str]:
    """Read what ``save_checkpoint`` wrote; if the last one is damaged, the one before.

    Returns
    -------
    state : TrainState
        Where the run goes on.
    note : str
        A sentence if that is not where it was saved last, else empty.

    Raises
    ------
    TrainingError
        If there is none, or none can be used.
    """
    if not folder.checkpoint.exists() and not folder.checkpoint_before.exists():
        raise TrainingError(
            f"There is no run to resume in {folder.path}",
            hint=f"A run has a file {folder.checkpoint.name}.",
        )
    if folder.checkpoint.exists():
        try:
            return _read(folder.checkpoint, config, device), ""
        except TrainingError:
            if not folder.checkpoint_before.exists():
                raise
    state = _read(folder.checkpoint_before, config, device)
    return state, (
        "The last checkpoint is damaged or missing; going on from the one before, after "
        f"{state.step * config.batch:,} backprops."
    )


def _read(path: Path, config: TrainConfig, device: str) -> TrainState:
    try:
        about = json.loads(safetensors_metadata(first_bytes(path))[_KEY])
        with safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
        return _restored(config, about, tensors, device)
    except (
        OSError, SafetensorError, LookupError, TypeError, ValueError, RuntimeError, ArithmeticError,
        AttributeError,
    ) as error:  # fmt: skip
        raise TrainingError(
            f"{path} cannot be resumed: it is damaged or of another version",
            hint="Start a new run; its weights so far may serve as --initial.",
        ) from error


def _state(config: TrainConfig, arrays: WeightArrays, data_digest: str, device: str) -> TrainState:
    network = network_from(arrays).to(device)
    return TrainState(
        network=network,
        optimiser=make_optimiser(network, config),
        average=network_from(arrays).to(device).requires_grad_(requires_grad=False),
        best=arrays,
        loss_sum=torch.zeros((), device=device),
        data_digest=data_digest,
    )


def _restored(
    config: TrainConfig, about: dict[str, Any], tensors: dict[str, torch.Tensor], device: str
) -> TrainState:
    state = _state(config, _arrays("network", tensors), str(about["data_digest"]), device)
    state.average = network_from(_arrays("average", tensors)).to(device)
    state.average.requires_grad_(requires_grad=False)
    moments: dict[int, dict[str, torch.Tensor]] = {}
    for name, tensor in tensors.items():
        kind, _, rest = name.partition(".")
        if kind == "optimiser":
            index, _, moment = rest.partition(".")
            moments.setdefault(int(index), {})[moment] = tensor.clone()  # aligned in memory
    groups = state.optimiser.state_dict()["param_groups"]
    state.optimiser.load_state_dict({"state": moments, "param_groups": groups})
    state.best = _arrays("best", tensors)
    state.loss_sum = tensors["loss_sum"].to(state.loss_sum).reshape(())
    for name in _NUMBERS:
        setattr(state, name, type(getattr(state, name))(about[name]))
    _check(state, config)
    return state


def _check(state: TrainState, config: TrainConfig) -> None:
    """Raise ``ValueError`` if the run would not go on from there: later it would be a riddle."""
    if not state.network.spec == state.average.spec == config.spec:
        raise ValueError("the weights are not of the network that is trained")
    if [array.shape for array in state.best] != list(config.spec.shapes):
        raise ValueError("the best weights are not of the network that is trained")
    if not all(np.isfinite(array).all() for array in state.best):
        raise ValueError("the best weights are no finite numbers")
    if min(state.step, state.slots, state.events_length, state.best_step, state.waited) < 0:
        raise ValueError("a count is negative")
    fresh = copy.deepcopy(state.network)
    for parameter in fresh.parameters():
        parameter.grad = torch.zeros_like(parameter)
    optimiser = make_optimiser(fresh, config)
    optimiser.step()  # only now it has something to compare with
    expected, found = optimiser.state_dict()["state"], state.optimiser.state_dict()["state"]
    if found and _shapes(found) != _shapes(expected):
        raise ValueError("the optimiser's state is not of the network that is trained")


def _shapes(found: dict[int, dict[str, torch.Tensor | None]]) -> dict[tuple[int, str], torch.Size]:
    return {
        (index, name): tensor.shape
        for index, moments in found.items()
        for name, tensor in moments.items()
        if tensor is not None
    }


def _named(what: str, arrays: WeightArrays) -> dict[str, torch.Tensor]:
    return {f"{what}.{i}": torch.from_numpy(array.copy()) for i, array in enumerate(arrays)}


def _arrays(what: str, tensors: dict[str, torch.Tensor]) -> WeightArrays:
    arrays = tuple(tensors[f"{what}.{i}"].numpy() for i in range(_ARRAYS))
    return cast("WeightArrays", arrays)

"""Training, top to bottom, in the order things happen."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from enum import StrEnum
from math import cos, isfinite, pi
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import torch
from torch.nn.functional import mse_loss

from srcnn.device import resolve_device
from srcnn.errors import TrainingError
from srcnn.network import arrays_of
from trainer.arrangement import arranged
from trainer.checkpoint import fresh_state, save_checkpoint
from trainer.dataset import Crops, load_training_data, rescaled
from trainer.events import (
    CheckpointSaved,
    RunFinished,
    RunStarted,
    StepDone,
    StopReason,
    TrainEvent,
    Validated,
)
from trainer.run_folder import RunFolder
from trainer.validation import bicubic_psnr, weights_psnr

if TYPE_CHECKING:
    from trainer.checkpoint import TrainState
    from trainer.config import TrainConfig
    from trainer.dataset import TrainingData


class Command(StrEnum):
    """What a run is told before each step; to pause it, answer later."""

    GO_ON = "go on"
    STOP = "stopped"  # and keep what was learnt
    DISCARD = "discarded"  # stop, and remove the run's files


Control: TypeAlias = Callable[[], Command]


def go_on() -> Command:
    """Let a run go to its end."""
    return Command.GO_ON


def train(
    config: TrainConfig, control: Control = go_on, state: TrainState | None = None
) -> Iterator[TrainEvent]:
    """Train and report: whoever iterates, drives.

    Parameters
    ----------
    config : TrainConfig
        What to do.
    control : Control
        Asked before each step.
    state : TrainState, optional
        Where an interrupted run stood (``load_checkpoint``); None begins a new one.

    Yields
    ------
    TrainEvent
        ``RunStarted`` first, ``RunFinished`` last.

    Raises
    ------
    SrcnnError
        If data, device, weights or the run's folder are no use, or the run diverges.
    """
    torch.set_num_threads(config.threads)  # sums depend on it in their last bits
    device = resolve_device(config.device).device.id
    data = load_training_data(config)
    folder = RunFolder(config.out)
    if state is None:
        state = fresh_state(config, data.digest, device)
        folder.create()
    else:
        state.check_data(data.digest)
    crops = Crops(rescaled(data.training, config), config.crop, config.spec.halo)
    yield RunStarted(
        folder=folder.path,
        scale=config.scale,
        network=config.spec.name,
        device=device,
        training_pictures=len(data.training),
        validation_pictures=len(data.validation),
        skipped=data.skipped,
        bicubic_db=bicubic_psnr(data.validation, config.scale),
        curve=tuple(state.curve),
    )

    reason = StopReason.COMPLETED
    while config.progress(state.step, state.seconds) < 1:
        if (command := control()) is not Command.GO_ON:
            reason = StopReason(command.value)
            break
        began = time.perf_counter()
        state.step += 1

        # a rising rate, then half a cosine down to 0
        rate = rate_at(config, config.progress(state.step, state.seconds))
        for group in state.optimiser.param_groups:
            group["lr"] = rate

        # forward, backward, update
        low, truth = map(torch.from_numpy, crops.sample(state.rng, config.batch))
        loss = mse_loss(arranged(state.network, low.to(device)), truth.to(device))
        state.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # so in torch's stubs
        state.optimiser.step()
        state.loss_sum += loss.detach()

        # average the weights; the first ones are soon forgotten
        past = min(config.average, (1 + state.step) / (10 + state.step))
        for kept, new in zip(state.average.parameters(), state.network.parameters(), strict=True):
            kept.lerp_(new.detach(), 1 - past)
        state.seconds += time.perf_counter() - began

        # report now and then: reading the loss waits for the device
        if state.step % config.report_every == 0:
            yield _reported(config, state, rate)

        # validate, and make sure that nothing gets lost
        if state.step % config.validate_every == 0:
            yield _validated(config, state, data, device)
            save_checkpoint(state, config, folder.checkpoint)
            yield CheckpointSaved(state.step * config.batch, folder.checkpoint)

    if reason is StopReason.DISCARDED:
        folder.discard()
        yield RunFinished(state.step * config.batch, state.seconds, reason, None, None)
        return

    # what came after the last validation counts too
    if not _is_validated(config, state):
        yield _validated(config, state, data, device)
        save_checkpoint(state, config, folder.checkpoint)
        yield CheckpointSaved(state.step * config.batch, folder.checkpoint)
    weights = folder.save_weights(config, state, len(data.training))
    yield RunFinished(state.step * config.batch, state.seconds, reason, weights, state.best_db)


def rate_at(config: TrainConfig, progress: float) -> float:
    """Return Adam's rate when ``progress`` (0..1) of the budget is used up."""
    rising = progress / config.warmup if config.warmup else 1.0
    return config.rate * min(1.0, rising) * (1 + cos(pi * progress)) / 2


def _reported(config: TrainConfig, state: TrainState, rate: float) -> StepDone:
    """Average the loss since the report before; a loss that is no number ends the run."""
    loss = state.loss_sum.item() / config.report_every
    if not isfinite(loss):
        raise _diverged(config, state)
    state.loss_sum.zero_()
    progress = config.progress(state.step, state.seconds)
    event = StepDone(state.step * config.batch, progress, state.seconds, loss, rate)
    state.curve.append(event)
    return event


def _validated(
    config: TrainConfig, state: TrainState, data: TrainingData, device: str
) -> Validated:
    """Measure the averaged weights, and keep them if they are the best so far."""
    began = time.perf_counter()
    arrays = arrays_of(state.average)
    if not all(np.isfinite(array).all() for array in arrays):
        raise _diverged(config, state)
    psnr_db = weights_psnr(arrays, data.validation, config.scale, device)
    is_best = psnr_db > state.best_db
    if is_best:
        state.best, state.best_db = arrays, psnr_db
    state.seconds += time.perf_counter() - began
    event = Validated(state.step * config.batch, state.seconds, psnr_db, is_best)
    state.curve.append(event)
    return event


def _diverged(config: TrainConfig, state: TrainState) -> TrainingError:
    return TrainingError(
        f"The run diverged after {state.step * config.batch:,} backprops: "
        "its numbers are no numbers any more",
        hint=f"Start again with a rate below {config.rate:g}.",
    )


def _is_validated(config: TrainConfig, state: TrainState) -> bool:
    last = state.curve[-1] if state.curve else None
    return isinstance(last, Validated) and last.backprops == state.step * config.batch
